// The compression function of SHA-256 (FIPS 180-4), with the instructions that the processor has for it.

#ifndef CSPANEHASH_SHA256_H
#define CSPANEHASH_SHA256_H

#include <stddef.h>
#include <stdint.h>

// Takes `count` blocks of 64 bytes into the state.
void hash_sha256(uint32_t state[8], const uint8_t *blocks, size_t count);

// The same without such instructions.
void hash_sha256_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
