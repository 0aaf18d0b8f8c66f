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

// NUMA nodes of a server, each an action.
#define SPANE_NODES 2

// y = Wx + b. Weights are input-major: weights[input * stride + output].
struct spane_layer {
    const float *weights;
    const float *bias;
    size_t inputs;
    size_t outputs;
    size_t stride;  // outputs, padded to a multiple of SPANE_PAD
};

// out = layer(in), with max(0, .) if relu is not 0. Writes `stride` values; `out` must not overlap `in`.
void spane_dense(const struct spane_layer *layer, const float *in, float *out, int relu);

// What turns a server into its embedding and its part of the first advantage layer.
struct spane_embedder {
    const struct spane_layer *layers;  // of the embedding, with a ReLU between them
    size_t layer_count;
    struct spane_layer part;  // of the first advantage layer, those columns that take the embedding
    float *scratch;           // 2 * widest
    size_t widest;            // the widest stride
};

// Writes the part of one server to fixed[unit * SPANE_LANES]. Returns the embedding, which lies in the scratch.
const float *spane_embed(const struct spane_embedder *embedder, const float *in, float *fixed);

// Replaces a server's embedding and moves the sums over all servers along: sums += steps(embedding) - steps(row), with
// steps(x) = x * scale rounded to an integer, ties to the even one; |x * scale| < 2^51. `stride` is a multiple of SPANE_PAD.
void spane_replace(float *row, const float *embedding, int64_t *sums, size_t stride, double scale);

// What is left on a block of servers: room[(node * 2 + resource) * SPANE_LANES + lane], resource 0 cpu, 1 mem.
// Lanes without a server hold a negative number.
#define SPANE_ROOM_PER_BLOCK (SPANE_NODES * 2 * SPANE_LANES)

// The advantage layers over all servers. Of the first hidden layer, the part that depends on the server alone is kept
// in `fixed` (block by block, [unit][lane]) and the part that all servers share is `shared` ([unit]).
struct spane_head {
    const struct spane_layer *layers;  // the layers after the first hidden one; the last has SPANE_NODES outputs
    size_t layer_count;
    size_t hidden;   // units of the first hidden layer
    float *scratch;  // 2 * SPANE_LANES * the widest stride
};

// The available action with the greatest advantage, ties to the lowest action; -1 if none is available, -2 if
// no available action has an advantage that can be compared (all are NaN). Blocks without room cost a few compares.
int32_t spane_choose(const struct spane_head *head, const float *fixed, const float *shared, const double *room,
                     size_t blocks, double cpu, double mem, int split);

// The advantages of all actions: out[(block * SPANE_LANES + lane) * SPANE_NODES + node].
void spane_advantages(const struct spane_head *head, const float *fixed, const float *shared, size_t blocks,
                      float *out);

#endif
