// The inner loops of the networks, compiled for several instruction sets and chosen at run time.
//
// Nothing here begins with spane_, the prefix of what the shared library exports.
//
// Every path gives the same bits: products of layers are always fused with their sums, with as many instructions as the
// processor needs for that, and each output sums its inputs in ascending order, whichever way the loop is vectorised.

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
    float *scratch;           // 2 * widest, or KERNEL_LANES times that for a block
    size_t widest;            // the widest stride
};

// Writes the part of one server to fixed[unit * KERNEL_GROUP]. Returns the embedding, which lies in the scratch.
const float *kernel_embed(const struct kernel_embedder *embedder, const float *in, float *fixed);

// As kernel_embed for KERNEL_LANES servers, of which `in` is [input][lane]: writes fixed[unit * KERNEL_GROUP + lane] and returns
// [component][lane]. The scratch has KERNEL_LANES times as many values.
const float *kernel_embed_block(const struct kernel_embedder *embedder, const float *in, float *fixed);

// Replaces a server's embedding, kept as steps(x) = x * scale, at most 2^42 in magnitude, rounded to an integer, ties to the
// even one, and moves the sums over all servers along: sums += steps(embedding) - row, row = steps(embedding). `stride` is a
// multiple of KERNEL_PAD.
void kernel_replace(int64_t *row, const float *embedding, int64_t *sums, size_t stride, double scale);

// kernel_replace for KERNEL_LANES servers whose rows follow one another. `embeddings` are [component][lane] with `width`
// components. Where the bit of a server in `present` is 0, its row becomes 0, as that of a server that is not there.
void kernel_replace_block(int64_t *rows, const float *embeddings, uint8_t present, int64_t *sums, size_t width,
                          size_t stride, double scale);

// out = sums / count * inverse; `stride` is a multiple of KERNEL_PAD.
void kernel_means(const int64_t *sums, size_t stride, double count, double inverse, float *out);

// Servers as the kernels score them, in blocks and groups.
//
// What is left on a block: exact[(block * KERNEL_NODES * 2 + node * 2 + resource) * KERNEL_LANES + lane], resource 0 cpu,
// 1 mem. Lanes without a server hold a negative number.
#define KERNEL_ROOM_PER_BLOCK (KERNEL_NODES * 2 * KERNEL_LANES)

struct kernel_servers {
    const float *fixed;      // each server's part of the first hidden layer: [group][unit][server of the group]
    const double *exact;     // what is left
    const float *loose;      // the same as floats that are not below it
    const int32_t *numbers;  // the number of the server in each lane; NULL where they stand in order
};

// Steps of 1 core or 1 GB.
#define KERNEL_STEPS_PER_UNIT 1e6

// One bit for each server of a block.
struct kernel_look {
    uint8_t changed;      // whether it has other left than before
    uint8_t was_present;  // whether it was there before
    uint8_t is_present;
};

// Takes over what is left on a block of servers.
//
// `steps` is [node][resource][lane], and -infinity where there is no server. Writes what is left to
// `exact` and `loose`, where what was left before stands, and to `features`, in the same order, what is left in `units` of
// cpu and mem, at least 0.
struct kernel_look kernel_look(const double *steps, const float *units, double *exact, float *loose, float *features);

// The advantage layers over all servers. Of the first hidden layer, the part that depends on the server alone is kept
// with the servers, and the part that all of them share in the terms of a decision.
struct kernel_head {
    const struct kernel_layer *layers;  // the layers after the first hidden one; the last has KERNEL_NODES outputs
    size_t layer_count;
    struct kernel_layer shared;  // of the first hidden layer, those columns whose inputs all servers share
    size_t widest;               // the most units of any hidden layer
    float *scratch;              // 2 * KERNEL_LANES * widest
};

// Computes what all servers share in a decision: 2 * shared.stride + KERNEL_NODES floats, of which the first are the
// output of the shared part.
void kernel_terms(const struct kernel_head *head, const float *in, float *terms);

// An action and its advantage; the action is -1, and the advantage -infinity, where there is none.
struct kernel_choice {
    int32_t action;
    float advantage;
};

// The better of `sofar` and the available action of these servers with the greatest advantage, ties to the lowest action.
struct kernel_choice kernel_choose(const struct kernel_head *head, const float *terms,
                                   const struct kernel_servers *servers, size_t blocks, double cpu, double mem,
                                   int split, struct kernel_choice sofar);

// The greatest advantage of the available actions of each server: out[block * KERNEL_LANES + lane], -infinity where none is.
void kernel_rank(const struct kernel_head *head, const float *terms, const struct kernel_servers *servers, size_t blocks,
                 double cpu, double mem, int split, float *out);

// The first index from `first` on whose value is greater than `floor`; `count` if there is none.
size_t kernel_above(const float *values, size_t first, size_t count, float floor);

// The advantages of all actions of `blocks` blocks from `first` on: out[(block * KERNEL_LANES + lane) * KERNEL_NODES + node],
// counted from the first block.
void kernel_advantages(const struct kernel_head *head, const float *terms, const struct kernel_servers *servers,
                       size_t first, size_t blocks, float *out);

// The sum of the values that are above -infinity, each rounded to steps as in kernel_replace.
int64_t kernel_total(const float *values, size_t count, double scale);

// Adds an amount to every value.
void kernel_shift(float *values, size_t count, float amount);

// The largest sum of errors[unit] * |part[unit * KERNEL_GROUP + lane]| over those servers of a block whose bit in `servers` is 1.
double kernel_largest_error(const double *errors, size_t units, const float *part, uint8_t servers);

// The instruction set that the kernels are using on this processor: "x86-64-v3", or "baseline".
const char *kernel_instruction_set(void);

#endif
