// Vectors of eight, and the one way in which products and sums are rounded.

#ifndef CSPANEKERNELS_VECTORS_H
#define CSPANEKERNELS_VECTORS_H

#include <stdint.h>

#include "multiversion.h"

#define VECTOR_LANES 8

typedef float lanes __attribute__((ext_vector_type(VECTOR_LANES), aligned(4)));
typedef int32_t int_lanes __attribute__((ext_vector_type(VECTOR_LANES), aligned(4)));
typedef double double_lanes __attribute__((ext_vector_type(VECTOR_LANES), aligned(8)));
typedef int64_t long_lanes __attribute__((ext_vector_type(VECTOR_LANES), aligned(8)));

#define LOAD(pointer) (*(const lanes *)(pointer))
#define STORE(pointer, value) (*(lanes *)(pointer) = (value))
// A select that is a single maximum instruction; a NaN becomes the other.
#define LARGER(value, other) ((value) > (other) ? (value) : (other))
#define RELU(value) LARGER(value, (lanes)0)

// sum += factor * other, rounded once, without an instruction for it. These take pointers because a function that takes
// or returns vectors has no fixed convention without AVX.
//
// The product of two floats is exact in doubles. Their sum is rounded to odd: where bits are lost, the last one is set, so that
// rounding to a float, which is shorter by more than two bits, sees on which side of a tie the exact sum lies.
KERNEL_HELPER void fuse_in_software(const lanes *factor, const lanes *other, lanes *sum) {
    const double_lanes product =
        __builtin_convertvector(*factor, double_lanes) * __builtin_convertvector(*other, double_lanes);
    const double_lanes addend = __builtin_convertvector(*sum, double_lanes);
    const double_lanes near = product + addend, back = near - product;
    // What was lost, exactly (Knuth's two-sum); a NaN where the sum is no number.
    const double_lanes lost = (product - (near - back)) + (addend - back);
    long_lanes bits = (long_lanes)near;
    const long_lanes is_inexact = (long_lanes)(lost < (double_lanes)0) | (long_lanes)(lost > (double_lanes)0);
    const long_lanes is_even = (bits & 1) - 1;
    const long_lanes away = ((bits ^ (long_lanes)lost) >> 63) | 1;
    bits += is_inexact & is_even & away;
    *sum = __builtin_convertvector((double_lanes)bits, lanes);
}

// sum += factor * other of vectors, rounded once on every processor.
#ifdef KERNEL_HAS_FUSED_INSTRUCTION
#define ADD_PRODUCT(sum, factor, other) ((sum) = __builtin_elementwise_fma((lanes)(factor), (lanes)(other), (sum)))
#else
#define ADD_PRODUCT(sum, factor, other)                      \
    do {                                                     \
        const lanes factor_ = (factor), other_ = (other);    \
        fuse_in_software(&factor_, &other_, &(sum));         \
    } while (0)
#endif

#endif
