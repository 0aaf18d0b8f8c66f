// All versions of the kernels that this processor can run, side by side.

#ifndef SPANE_KERNEL_VERSIONS_H
#define SPANE_KERNEL_VERSIONS_H

#include <stddef.h>
#include <stdint.h>

// Runs every kernel in every version on the same random input.
//
// Returns the name of the first kernel of which two versions write different bits, NULL if there is none.
const char *kernel_that_differs(uint64_t seed);

// How many versions are compared; the one without a fused instruction is always among them.
int kernel_version_count(void);

// factor * other + sum as the kernels compute it where there is no instruction for it.
float fused_in_software(float factor, float other, float sum);

#endif
