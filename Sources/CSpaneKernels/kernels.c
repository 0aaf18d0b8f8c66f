#include "kernels.h"

// A product rounded together with its sum would differ between instruction sets.
#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((ext_vector_type(KERNEL_LANES), aligned(4)));
typedef int32_t int_lanes __attribute__((ext_vector_type(KERNEL_LANES)));
typedef double double_lanes __attribute__((ext_vector_type(KERNEL_LANES), aligned(8)));
typedef int64_t long_lanes __attribute__((ext_vector_type(KERNEL_LANES)));
typedef int64_t stored_long_lanes __attribute__((ext_vector_type(KERNEL_LANES), aligned(8)));

#if defined(__x86_64__) && defined(__ELF__)
#define KERNEL_MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define KERNEL_MULTIVERSION
#endif
// Helpers have no instruction set of their own: they become part of the function that calls them.
#define KERNEL_HELPER static inline __attribute__((always_inline))

#define LOAD(pointer) (*(const lanes *)(pointer))
#define STORE(pointer, value) (*(lanes *)(pointer) = (value))
// A select that is a single maximum instruction; a NaN becomes 0.
#define RELU(value) ((value) > (lanes)0 ? (value) : (lanes)0)

KERNEL_HELPER void dense(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu) {
    const float *restrict weights = layer->weights, *restrict bias = layer->bias;
    const size_t inputs = layer->inputs, stride = layer->stride;
    size_t o = 0;
    // Two accumulators at a time hide the latency of the sums.
    for (; o + 2 * KERNEL_PAD <= stride; o += 2 * KERNEL_PAD) {
        lanes first = LOAD(bias + o), second = LOAD(bias + o + KERNEL_PAD);
        for (size_t i = 0; i < inputs; i++) {
            const float *row = weights + i * stride + o;
            first += in[i] * LOAD(row);
            second += in[i] * LOAD(row + KERNEL_PAD);
        }
        STORE(out + o, relu ? RELU(first) : first);
        STORE(out + o + KERNEL_PAD, relu ? RELU(second) : second);
    }
    for (; o < stride; o += KERNEL_PAD) {
        lanes sum = LOAD(bias + o);
        for (size_t i = 0; i < inputs; i++) sum += in[i] * LOAD(weights + i * stride + o);
        STORE(out + o, relu ? RELU(sum) : sum);
    }
}

KERNEL_MULTIVERSION
void kernel_dense(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu) {
    dense(layer, in, out, relu);
}

KERNEL_MULTIVERSION
const float *spane_embed(const struct spane_embedder *embedder, const float *in, float *fixed) {
    float *out = embedder->scratch, *other = embedder->scratch + embedder->widest;
    const struct kernel_layer *last = embedder->layers + embedder->layer_count - 1;
    for (const struct kernel_layer *layer = embedder->layers; layer <= last; layer++) {
        dense(layer, in, out, layer < last);
        in = out;
        out = other;
        other = (float *)in;
    }
    dense(&embedder->part, in, out, 0);
    for (size_t u = 0; u < embedder->part.outputs; u++) fixed[u * KERNEL_LANES] = out[u];
    return in;
}

KERNEL_MULTIVERSION
void spane_replace(float *restrict row, const float *restrict embedding, int64_t *restrict sums, size_t stride,
                   double scale) {
    // Adding 1.5 * 2^52 rounds a number below 2^51 to an integer, ties to the even one, in the low bits of the sum.
    const double_lanes rounder = (double_lanes)0x1.8p52;
    for (size_t i = 0; i < stride; i += KERNEL_PAD) {
        lanes new = LOAD(embedding + i);
        double_lanes after = __builtin_convertvector(new, double_lanes) * scale + rounder;
        double_lanes before = __builtin_convertvector(LOAD(row + i), double_lanes) * scale + rounder;
        *(stored_long_lanes *)(sums + i) += (long_lanes)after - (long_lanes)before;
        STORE(row + i, new);
    }
}

// One hidden layer on a block of servers.
KERNEL_HELPER void hidden_block(const struct kernel_layer *layer, const float *restrict in, float *restrict out) {
    const float *restrict weights = layer->weights, *restrict bias = layer->bias;
    size_t o = 0;
    for (; o + 4 <= layer->outputs; o += 4) {
        lanes a = (lanes)bias[o], b = (lanes)bias[o + 1], c = (lanes)bias[o + 2], d = (lanes)bias[o + 3];
        for (size_t i = 0; i < layer->inputs; i++) {
            const float *row = weights + i * layer->stride + o;
            lanes value = LOAD(in + i * KERNEL_LANES);
            a += row[0] * value;
            b += row[1] * value;
            c += row[2] * value;
            d += row[3] * value;
        }
        STORE(out + o * KERNEL_LANES, RELU(a));
        STORE(out + (o + 1) * KERNEL_LANES, RELU(b));
        STORE(out + (o + 2) * KERNEL_LANES, RELU(c));
        STORE(out + (o + 3) * KERNEL_LANES, RELU(d));
    }
    for (; o < layer->outputs; o++) {
        lanes sum = (lanes)bias[o];
        for (size_t i = 0; i < layer->inputs; i++) sum += weights[i * layer->stride + o] * LOAD(in + i * KERNEL_LANES);
        STORE(out + o * KERNEL_LANES, RELU(sum));
    }
}

// The advantages of one block: one vector of servers for each NUMA node.
KERNEL_HELPER void score_block(const struct kernel_head *head, const float *restrict fixed,
                              const float *restrict shared, lanes score[KERNEL_NODES]) {
    const struct kernel_layer *last = head->layers + head->layer_count - 1;
    const float *restrict weights = last->weights;
    for (int node = 0; node < KERNEL_NODES; node++) score[node] = (lanes)last->bias[node];
    if (head->layer_count == 1) {
        // The paper's shape: the hidden layer goes straight from its parts into the result.
        for (size_t u = 0; u < head->hidden; u++) {
            lanes value = LOAD(fixed + u * KERNEL_LANES) + shared[u];
            value = RELU(value);
            for (int node = 0; node < KERNEL_NODES; node++) score[node] += weights[u * last->stride + node] * value;
        }
        return;
    }
    size_t widest = head->hidden;
    for (size_t l = 0; l < head->layer_count; l++) {
        if (head->layers[l].stride > widest) widest = head->layers[l].stride;
    }
    float *in = head->scratch, *out = head->scratch + widest * KERNEL_LANES;
    for (size_t u = 0; u < head->hidden; u++) {
        lanes value = LOAD(fixed + u * KERNEL_LANES) + shared[u];
        STORE(in + u * KERNEL_LANES, RELU(value));
    }
    for (const struct kernel_layer *layer = head->layers; layer < last; layer++) {
        hidden_block(layer, in, out);
        float *swap = in;
        in = out;
        out = swap;
    }
    for (size_t i = 0; i < last->inputs; i++) {
        lanes value = LOAD(in + i * KERNEL_LANES);
        for (int node = 0; node < KERNEL_NODES; node++) score[node] += weights[i * last->stride + node] * value;
    }
}

KERNEL_MULTIVERSION
int32_t kernel_choose(const struct kernel_head *head, const float *restrict fixed, const float *restrict shared,
                     const double *restrict room, size_t blocks, double cpu, double mem, int split) {
    lanes best[KERNEL_NODES];
    int_lanes where[KERNEL_NODES], seen = 0;
    for (int node = 0; node < KERNEL_NODES; node++) {
        best[node] = (lanes)-__builtin_inff();
        where[node] = -1;
    }
    for (size_t block = 0; block < blocks; block++) {
        const double *left = room + block * KERNEL_ROOM_PER_BLOCK;
        int_lanes fits[KERNEL_NODES], all = -1, any = 0;
        for (int node = 0; node < KERNEL_NODES; node++) {
            double_lanes cpu_left = *(const double_lanes *)(left + (2 * node) * KERNEL_LANES);
            double_lanes mem_left = *(const double_lanes *)(left + (2 * node + 1) * KERNEL_LANES);
            fits[node] = __builtin_convertvector((cpu_left >= cpu) & (mem_left >= mem), int_lanes);
            all &= fits[node];
            any |= fits[node];
        }
        // A split VM needs every NUMA node of its server.
        if (split) any = all;
        if (__builtin_reduce_or(any) == 0) continue;
        lanes score[KERNEL_NODES];
        score_block(head, fixed + block * head->hidden * KERNEL_LANES, shared, score);
        seen |= any;
        for (int node = 0; node < KERNEL_NODES; node++) {
            int_lanes better = (split ? all : fits[node]) & (score[node] > best[node]);
            best[node] = better ? score[node] : best[node];
            where[node] = better ? (int_lanes)(int32_t)block : where[node];
        }
    }
    float most = -__builtin_inff();
    int32_t chosen = -1;
    for (int lane = 0; lane < KERNEL_LANES; lane++) {
        for (int node = 0; node < KERNEL_NODES; node++) {
            if (where[node][lane] < 0) continue;
            int32_t action = (where[node][lane] * KERNEL_LANES + lane) * KERNEL_NODES + node;
            if (chosen < 0 || best[node][lane] > most || (best[node][lane] == most && action < chosen)) {
                most = best[node][lane];
                chosen = action;
            }
        }
    }
    return chosen < 0 && __builtin_reduce_or(seen) != 0 ? -2 : chosen;
}

KERNEL_MULTIVERSION
void kernel_advantages(const struct kernel_head *head, const float *restrict fixed, const float *restrict shared,
                      size_t blocks, float *restrict out) {
    for (size_t block = 0; block < blocks; block++) {
        lanes score[KERNEL_NODES];
        score_block(head, fixed + block * head->hidden * KERNEL_LANES, shared, score);
        float *to = out + block * KERNEL_LANES * KERNEL_NODES;
        for (int lane = 0; lane < KERNEL_LANES; lane++) {
            for (int node = 0; node < KERNEL_NODES; node++) to[lane * KERNEL_NODES + node] = score[node][lane];
        }
    }
}
