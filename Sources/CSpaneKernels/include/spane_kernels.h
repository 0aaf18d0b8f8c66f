// The inner loops of the networks, compiled for several instruction sets and chosen at run time.
//
// Every path gives the same bits: products are never fused with sums, and each output sums its inputs in ascending
// order, whichever way the loop is vectorised.

#ifndef SPANE_KERNELS_H
#define SPANE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Servers are scored in blocks of this many, one to a vector lane.
#define SPANE_LANES 8

// Widths are padded with zero weights to a multiple of this.
#define SPANE_PAD 8

// out[o] = bias[o] + sum over i of weights[i * outputs + o] * in[i], then max(0, .) if relu is not 0.
//
// weights are input-major; `outputs` is a multiple of SPANE_PAD. `out` must not overlap `in`.
void spane_dense(float *out, const float *in, const float *weights, const float *bias, size_t inputs, size_t outputs,
                 int relu);

// The advantage layers of one block of servers, for a head with one hidden layer.
//
// hidden[u][lane] = max(0, fixed[u * SPANE_LANES + lane] + shared[u]);
// out[o * SPANE_LANES + lane] = bias[o] + sum over u of weights[u * outputs + o] * hidden[u][lane].
void spane_score_block(float *out, const float *fixed, const float *shared, const float *weights, const float *bias,
                       size_t hidden, size_t outputs);

// The same for deeper heads: one layer on a block, lane by lane.
//
// out[o][lane] = bias[o] + sum over i of weights[i * outputs + o] * in[i][lane], then max(0, .) if relu is not 0.
void spane_dense_block(float *out, const float *in, const float *weights, const float *bias, size_t inputs,
                       size_t outputs, int relu);

// out[u * SPANE_LANES + lane] = max(0, fixed[u * SPANE_LANES + lane] + shared[u]).
void spane_add_relu_block(float *out, const float *fixed, const float *shared, size_t hidden);

#endif
