/* What the fuzz targets share: reading decisions out of bytes, and HDF5 files that are sound but say strange things. */

#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "../request.h"

/* A claim that must hold; the process ends where it does not, and the fuzzer keeps the input. */
#define MUST(condition) ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *claim, const char *file, int line);

/* The bytes of an input, taken one after the other; zeros at the end. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t left;
};

uint8_t fuzz_byte(struct fuzz_input *input);
uint64_t fuzz_word(struct fuzz_input *input);
/* 0 ... bound - 1 */
uint32_t fuzz_below(struct fuzz_input *input, uint32_t bound);
/* Often a small number; sometimes an extreme one, a NaN or any bits. */
double fuzz_number(struct fuzz_input *input);
int64_t fuzz_integer(struct fuzz_input *input);

/* What a file of a format has, and what the fuzzer may do to it. */
struct fuzz_item {
    char kind; /* 's' text, 'i' integer, 'd' number: attributes; 'I', 'D', 'F': datasets; 'g': a group */
    const char *name;
    const char *text;    /* of 's' */
    double number;       /* of 'i' and 'd'; what datasets are filled with */
    uint64_t dimensions[2]; /* of datasets; a second one of 0 makes it one dimension */
};

/* The file that the items describe, each changed in some way or not as the input says. The caller frees it. */
uint8_t *fuzz_image(struct fuzz_input *input, const struct fuzz_item *items, size_t count, size_t *size);

/* The same file with nothing changed, which its loader must take: else all that is made of the items fails for one reason. */
uint8_t *fuzz_sound_image(const struct fuzz_item *items, size_t count, size_t *size);

#endif
