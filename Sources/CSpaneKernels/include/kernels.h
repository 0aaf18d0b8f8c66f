// The inner loops of the networks, compiled for several instruction sets and chosen at run time.
//
// Nothing here begins with spane_, the prefix of what the shared library exports.
//
// Every path gives the same bits: products are never fused with sums, and each output sums its inputs in ascending
// order, whichever way the loop is vectorised.

#ifndef CSPANEKERNELS_H
#define CSPANEKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Servers are scored in blocks of this many, one to a vector lane.
#define KERNEL_LANES 8

// Blocks are kept in groups of this many servers, so that a scan runs straight through memory.
#define KERNEL_GROUP 32

// Widths are padded with zero weights to a multiple of this.
#define KERNEL_PAD 8

// NUMA nodes of a server, each an action.
#define KERNEL_NODES 2

// y = Wx + b. Weights are input-major: weights[input * stride + output].
struct kernel_layer {
    const float *weights;
    const float *bias;
    size_t inputs;
    size_t outputs;
    size_t stride;  // outputs, padded to a multiple of KERNEL_PAD
};

// out = layer(in), with max(0, .) if relu is not 0. Writes `stride` values; `out` must not overlap `in`.
void kernel_dense(const struct kernel_layer *layer, const float *in, float *out, int relu);

// What turns a server into its embedding and its part of the first advantage layer.
struct kernel_embedder {
    const struct kernel_layer *layers;  // of the embedding, with a ReLU between them
    size_t layer_count;
    struct kernel_layer part;  // of the first advantage layer, those columns that take the embedding
    float *scratch;           // 2 * widest
    size_t widest;            // the widest stride
};

// Writes the part of one server to fixed[unit * KERNEL_GROUP]. Returns the embedding, which lies in the scratch.
const float *kernel_embed(const struct kernel_embedder *embedder, const float *in, float *fixed);

// Replaces a server's embedding and moves the sums over all servers along: sums += steps(embedding) - steps(row), with
// steps(x) = x * scale, at most 2^42 in magnitude, rounded to an integer, ties to the even one. `stride` is a multiple of KERNEL_PAD.
void kernel_replace(float *row, const float *embedding, int64_t *sums, size_t stride, double scale);

// What is left on a block of servers: room[(node * 2 + resource) * KERNEL_LANES + lane], resource 0 cpu, 1 mem.
// Lanes without a server hold a negative number.
#define KERNEL_ROOM_PER_BLOCK (KERNEL_NODES * 2 * KERNEL_LANES)

// The advantage layers over all servers. Of the first hidden layer, the part that depends on the server alone is kept
// in `fixed` (group by group, [unit][server of the group]) and the part that all servers share is `shared` ([unit]).
struct kernel_head {
    const struct kernel_layer *layers;  // the layers after the first hidden one; the last has KERNEL_NODES outputs
    size_t layer_count;
    size_t hidden;   // units of the first hidden layer
    size_t widest;   // the most units of any hidden layer
    float *scratch;  // 2 * KERNEL_LANES * widest
    float *negated;  // `hidden` values of scratch
};

// What is left on the servers, three times: exactly, as floats that are not below it, and as the most cpu and the most mem
// on any node of each block, which spares blocks that are full.
struct kernel_room {
    const double *exact;
    const float *loose;  // in the order of `exact`
    const double *most;  // [block][cpu, mem]
};

// The available action with the greatest advantage, ties to the lowest action; -1 if none is available or can be compared.
int32_t kernel_choose(const struct kernel_head *head, const float *fixed, const float *shared,
                      const struct kernel_room *room, size_t blocks, double cpu, double mem, int split);

// The advantages of all actions of `blocks` blocks from `first` on: out[(block * KERNEL_LANES + lane) * KERNEL_NODES + node],
// counted from the first block.
void kernel_advantages(const struct kernel_head *head, const float *fixed, const float *shared, size_t first,
                       size_t blocks, float *out);

#endif
