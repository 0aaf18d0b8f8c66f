// Stacks of linear layers over many columns at once, compiled for several instruction sets; see kernels.h for what all
// paths have in common.

#ifndef CSPANEKERNELS_COLUMNS_H
#define CSPANEKERNELS_COLUMNS_H

#include "kernels.h"

enum kernel_activation {
    KERNEL_RELU,
    // x / (1 + |x|)
    KERNEL_SOFTSIGN,
    // Within 1e-6 of the hyperbolic tangent, and the same bits everywhere, which a library's tanh is not.
    KERNEL_TANH,
};

// Columns per vector; counts of columns are padded to a multiple of it.
#define KERNEL_COLUMNS 8

// Layers with an activation after each but the last, which has one output.
struct kernel_stack {
    const struct kernel_layer *layers;
    size_t layer_count;
    int activation;
    float *scratch;  // 2 * KERNEL_COLUMNS * widest
    size_t widest;   // the most units of any hidden layer
};

// out[column] of `columns` columns, a multiple of KERNEL_COLUMNS. `in` is [input][column] with rows of `stride` values.
void kernel_columns(const struct kernel_stack *stack, const float *in, size_t stride, size_t columns, float *out);

#endif
