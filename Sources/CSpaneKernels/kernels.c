#include "kernels.h"

#include "multiversion.h"

typedef float lanes __attribute__((ext_vector_type(KERNEL_LANES), aligned(4)));
typedef int32_t int_lanes __attribute__((ext_vector_type(KERNEL_LANES)));
typedef double double_lanes __attribute__((ext_vector_type(KERNEL_LANES), aligned(8)));
typedef int64_t long_lanes __attribute__((ext_vector_type(KERNEL_LANES)));
typedef int64_t stored_long_lanes __attribute__((ext_vector_type(KERNEL_LANES), aligned(8)));

#define LOAD(pointer) (*(const lanes *)(pointer))
#define STORE(pointer, value) (*(lanes *)(pointer) = (value))
// A select that is a single maximum instruction; a NaN becomes the other.
#define LARGER(value, other) ((value) > (other) ? (value) : (other))
#define RELU(value) LARGER(value, (lanes)0)

// `count` vectors of outputs from `first` on. `count` is a constant where this becomes part of a loop.
KERNEL_HELPER void dense_outputs(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu,
                                 size_t first, const int count) {
    lanes sum[4];
    for (int k = 0; k < count; k++) sum[k] = LOAD(layer->bias + first + k * KERNEL_PAD);
    const float *row = layer->weights + first;
    for (size_t i = 0; i < layer->inputs; i++) {
        for (int k = 0; k < count; k++) sum[k] += in[i] * LOAD(row + k * KERNEL_PAD);
        row += layer->stride;
    }
    for (int k = 0; k < count; k++) STORE(out + first + k * KERNEL_PAD, relu ? RELU(sum[k]) : sum[k]);
}

KERNEL_HELPER void dense(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu) {
    size_t o = 0;
    // Several sums at a time hide how long each takes.
    for (; o + 4 * KERNEL_PAD <= layer->stride; o += 4 * KERNEL_PAD) dense_outputs(layer, in, out, relu, o, 4);
    for (; o + 2 * KERNEL_PAD <= layer->stride; o += 2 * KERNEL_PAD) dense_outputs(layer, in, out, relu, o, 2);
    for (; o < layer->stride; o += KERNEL_PAD) dense_outputs(layer, in, out, relu, o, 1);
}

KERNEL_MULTIVERSION
void kernel_dense(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu) {
    dense(layer, in, out, relu);
}

KERNEL_MULTIVERSION
const float *kernel_embed(const struct kernel_embedder *embedder, const float *in, float *fixed) {
    float *out = embedder->scratch, *other = embedder->scratch + embedder->widest;
    const struct kernel_layer *last = embedder->layers + embedder->layer_count - 1;
    for (const struct kernel_layer *layer = embedder->layers; layer <= last; layer++) {
        dense(layer, in, out, layer < last);
        in = out;
        out = other;
        other = (float *)in;
    }
    dense(&embedder->part, in, out, 0);
    for (size_t u = 0; u < embedder->part.outputs; u++) fixed[u * KERNEL_GROUP] = out[u];
    return in;
}

KERNEL_MULTIVERSION
void kernel_replace(float *restrict row, const float *restrict embedding, int64_t *restrict sums, size_t stride,
                    double scale) {
    // Adding 1.5 * 2^52 rounds a number below 2^51 to an integer, ties to the even one, in the low bits of the sum.
    const double_lanes rounder = (double_lanes)0x1.8p52, most = (double_lanes)0x1p42;
    for (size_t i = 0; i < stride; i += KERNEL_PAD) {
        lanes new = LOAD(embedding + i);
        double_lanes after = __builtin_convertvector(new, double_lanes) * scale;
        double_lanes before = __builtin_convertvector(LOAD(row + i), double_lanes) * scale;
        after = after > -most ? after : -most;
        after = after < most ? after : most;
        before = before > -most ? before : -most;
        before = before < most ? before : most;
        *(stored_long_lanes *)(sums + i) += (long_lanes)(after + rounder) - (long_lanes)(before + rounder);
        STORE(row + i, new);
    }
}

// `count` hidden units from `first` on, of a block of servers.
KERNEL_HELPER void hidden_units(const struct kernel_layer *layer, const float *restrict in, float *restrict out,
                                size_t first, const int count) {
    lanes sum[8];
    for (int k = 0; k < count; k++) sum[k] = (lanes)layer->bias[first + (size_t)k];
    const float *row = layer->weights + first;
    for (size_t i = 0; i < layer->inputs; i++) {
        const lanes value = LOAD(in + i * KERNEL_LANES);
        for (int k = 0; k < count; k++) sum[k] += row[k] * value;
        row += layer->stride;
    }
    for (int k = 0; k < count; k++) STORE(out + (first + (size_t)k) * KERNEL_LANES, RELU(sum[k]));
}

// One hidden layer on a block of servers.
KERNEL_HELPER void hidden_block(const struct kernel_layer *layer, const float *restrict in, float *restrict out) {
    size_t o = 0;
    for (; o + 8 <= layer->outputs; o += 8) hidden_units(layer, in, out, o, 8);
    for (; o + 4 <= layer->outputs; o += 4) hidden_units(layer, in, out, o, 4);
    for (; o < layer->outputs; o++) hidden_units(layer, in, out, o, 1);
}

// Where the parts of a block stand.
KERNEL_HELPER const float *part_of(const struct kernel_head *head, const float *fixed, size_t block) {
    const size_t blocks = KERNEL_GROUP / KERNEL_LANES;
    return fixed + block / blocks * head->shared.outputs * KERNEL_GROUP + block % blocks * KERNEL_LANES;
}

// The terms of a decision: [the shared part][its negation][bias of the result and, in a head with one hidden layer, the
// terms with the shared part alone].
//
// Such a head, the paper's shape, goes straight from the parts of that layer into the result. With
// max(0, f + s) = max(f, -s) + s, the terms with s alone are the same for all servers.
struct terms {
    const float *shared;
    const float *negated;
    const float *start;
};

KERNEL_HELPER struct terms read_terms(const struct kernel_head *head, const float *terms) {
    return (struct terms){terms, terms + head->shared.stride, terms + 2 * head->shared.stride};
}

KERNEL_MULTIVERSION
void kernel_terms(const struct kernel_head *head, const float *restrict in, float *restrict terms) {
    const struct kernel_layer *last = head->layers + head->layer_count - 1;
    float *negated = terms + head->shared.stride, *start = terms + 2 * head->shared.stride;
    dense(&head->shared, in, terms, 0);
    for (size_t u = 0; u < head->shared.stride; u += KERNEL_PAD) STORE(negated + u, -LOAD(terms + u));
    for (int node = 0; node < KERNEL_NODES; node++) start[node] = last->bias[node];
    for (size_t u = 0; head->layer_count == 1 && u < head->shared.outputs; u++) {
        for (int node = 0; node < KERNEL_NODES; node++) start[node] += last->weights[u * last->stride + node] * terms[u];
    }
}

// The advantages of one block of servers, one vector of servers for each NUMA node.
KERNEL_HELPER void score_block(const struct kernel_head *head, const float *restrict fixed, struct terms terms,
                               lanes score[KERNEL_NODES]) {
    const struct kernel_layer *last = head->layers + head->layer_count - 1;
    const float *restrict weights = last->weights;
    const size_t stride = last->stride, hidden = head->shared.outputs;
    lanes first = (lanes)terms.start[0], second = (lanes)terms.start[1];
    if (head->layer_count == 1) {
        for (size_t u = 0; u < hidden; u++) {
            lanes value = LARGER(LOAD(fixed + u * KERNEL_GROUP), (lanes)terms.negated[u]);
            first += weights[u * stride] * value;
            second += weights[u * stride + 1] * value;
        }
        score[0] = first;
        score[1] = second;
        return;
    }
    float *in = head->scratch, *out = head->scratch + head->widest * KERNEL_LANES;
    for (size_t u = 0; u < hidden; u++) {
        lanes value = LOAD(fixed + u * KERNEL_GROUP) + terms.shared[u];
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
        first += weights[i * stride] * value;
        second += weights[i * stride + 1] * value;
    }
    score[0] = first;
    score[1] = second;
}

// Keeps the compiler from loading all blocks of a group at once, which would leave too few registers for the sums.
#define ONE_BLOCK_AT_A_TIME __asm__ volatile("" ::: "memory")

// The same for up to a whole group of blocks. A whole one of the paper's shape loads each weight once, and its eight
// chains of sums overlap.
KERNEL_HELPER void score_group(const struct kernel_head *head, const float *fixed, size_t count, struct terms terms,
                               lanes score[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES]) {
    if (head->layer_count > 1 || count < KERNEL_GROUP / KERNEL_LANES) {
        for (size_t block = 0; block < count; block++) {
            score_block(head, fixed + block * KERNEL_LANES, terms, score[block]);
        }
        return;
    }
    const float *weights = head->layers->weights;
    const size_t stride = head->layers->stride;
    const float *start = terms.start, *negated = terms.negated;
    lanes a0 = (lanes)start[0], a1 = (lanes)start[1], b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
    for (size_t u = 0; u < head->shared.outputs; u++) {
        const float *part = fixed + u * KERNEL_GROUP;
        const lanes least = (lanes)negated[u], w0 = (lanes)weights[u * stride], w1 = (lanes)weights[u * stride + 1];
        lanes value = LARGER(LOAD(part), least);
        a0 += w0 * value;
        a1 += w1 * value;
        ONE_BLOCK_AT_A_TIME;
        value = LARGER(LOAD(part + KERNEL_LANES), least);
        b0 += w0 * value;
        b1 += w1 * value;
        ONE_BLOCK_AT_A_TIME;
        value = LARGER(LOAD(part + 2 * KERNEL_LANES), least);
        c0 += w0 * value;
        c1 += w1 * value;
        ONE_BLOCK_AT_A_TIME;
        value = LARGER(LOAD(part + 3 * KERNEL_LANES), least);
        d0 += w0 * value;
        d1 += w1 * value;
    }
    score[0][0] = a0;
    score[0][1] = a1;
    score[1][0] = b0;
    score[1][1] = b1;
    score[2][0] = c0;
    score[2][1] = c1;
    score[3][0] = d0;
    score[3][1] = d1;
}

// Which servers of a block have room on which node; a split VM needs every node of its server.
KERNEL_HELPER void find_room(const double *left, double cpu, double mem, int split, int_lanes fits[KERNEL_NODES]) {
    int_lanes all = -1;
    for (int node = 0; node < KERNEL_NODES; node++) {
        double_lanes cpu_left = *(const double_lanes *)(left + (2 * node) * KERNEL_LANES);
        double_lanes mem_left = *(const double_lanes *)(left + (2 * node + 1) * KERNEL_LANES);
        fits[node] = __builtin_convertvector((cpu_left >= cpu) & (mem_left >= mem), int_lanes);
        all &= fits[node];
    }
    for (int node = 0; split && node < KERNEL_NODES; node++) fits[node] = all;
}

// As find_room with the float bounds of what is left: lanes that it leaves out have no room, the others may have.
KERNEL_HELPER void find_loose_room(const float *left, float cpu, float mem, int split, int_lanes fits[KERNEL_NODES]) {
    int_lanes all = -1;
    for (int node = 0; node < KERNEL_NODES; node++) {
        fits[node] = (LOAD(left + (2 * node) * KERNEL_LANES) >= (lanes)cpu) &
                     (LOAD(left + (2 * node + 1) * KERNEL_LANES) >= (lanes)mem);
        all &= fits[node];
    }
    for (int node = 0; split && node < KERNEL_NODES; node++) fits[node] = all;
}

// A float that is not above the number.
KERNEL_HELPER float rounded_down(double value) {
    float near = (float)value;
    return near > value ? __builtin_nextafterf(near, 0) : near;
}

// Leaves out of `fits` what is not better than the best; whether anything is left. Servers that stand in order win no tie
// against those before them.
KERNEL_HELPER int is_any_better(const struct kernel_servers *servers, size_t count,
                                lanes score[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES], float best,
                                int_lanes fits[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES]) {
    int_lanes any = 0;
    for (size_t block = 0; block < count; block++) {
        for (int node = 0; node < KERNEL_NODES; node++) {
            const lanes value = score[block][node];
            fits[block][node] &= servers->numbers ? value >= (lanes)best : value > (lanes)best;
            any |= fits[block][node];
        }
    }
    return __builtin_reduce_or(any) != 0;
}

KERNEL_MULTIVERSION
struct kernel_choice kernel_choose(const struct kernel_head *head, const float *terms,
                                   const struct kernel_servers *servers, size_t blocks, double cpu, double mem,
                                   int split, struct kernel_choice sofar) {
    const struct terms all_terms = read_terms(head, terms);
    const float loose_cpu = rounded_down(cpu), loose_mem = rounded_down(mem);
    const size_t group = KERNEL_GROUP / KERNEL_LANES;
    for (size_t first = 0; first < blocks; first += group) {
        const size_t count = blocks - first < group ? blocks - first : group;
        int_lanes fits[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES], any = 0;
        for (size_t block = 0; block < count; block++) {
            const float *left = servers->loose + (first + block) * KERNEL_ROOM_PER_BLOCK;
            find_loose_room(left, loose_cpu, loose_mem, split, fits[block]);
            any |= fits[block][0] | fits[block][1];
        }
        if (__builtin_reduce_or(any) == 0) continue;
        lanes score[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES];
        score_group(head, part_of(head, servers->fixed, first), count, all_terms, score);
        if (!is_any_better(servers, count, score, sofar.advantage, fits)) continue;
        for (size_t block = 0; block < count; block++) {
            // The best may have grown in the block before.
            if (count > 1 && !is_any_better(servers, 1, score + block, sofar.advantage, fits + block)) continue;
            int_lanes exact[KERNEL_NODES];
            find_room(servers->exact + (first + block) * KERNEL_ROOM_PER_BLOCK, cpu, mem, split, exact);
            for (int lane = 0; lane < KERNEL_LANES; lane++) {
                for (int node = 0; node < KERNEL_NODES; node++) {
                    if (!(fits[block][node][lane] & exact[node][lane])) continue;
                    const size_t place = (first + block) * KERNEL_LANES + (size_t)lane;
                    const int32_t server = servers->numbers ? servers->numbers[place] : (int32_t)place;
                    const struct kernel_choice found = {server * KERNEL_NODES + node, score[block][node][lane]};
                    if (found.advantage > sofar.advantage ||
                        (found.advantage == sofar.advantage && found.action < sofar.action)) {
                        sofar = found;
                    }
                }
            }
        }
    }
    return sofar;
}

KERNEL_MULTIVERSION
void kernel_rank(const struct kernel_head *head, const float *terms, const struct kernel_servers *servers, size_t blocks,
                 double cpu, double mem, int split, float *restrict out) {
    const struct terms all_terms = read_terms(head, terms);
    const lanes none = (lanes)-__builtin_inff();
    const size_t group = KERNEL_GROUP / KERNEL_LANES;
    for (size_t first = 0; first < blocks; first += group) {
        const size_t count = blocks - first < group ? blocks - first : group;
        lanes score[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES];
        score_group(head, part_of(head, servers->fixed, first), count, all_terms, score);
        for (size_t block = first; block < first + count; block++) {
            int_lanes fits[KERNEL_NODES];
            find_room(servers->exact + block * KERNEL_ROOM_PER_BLOCK, cpu, mem, split, fits);
            lanes most = none;
            for (int node = 0; node < KERNEL_NODES; node++) {
                most = LARGER(fits[node] ? score[block - first][node] : none, most);
            }
            STORE(out + block * KERNEL_LANES, most);
        }
    }
}

KERNEL_MULTIVERSION
size_t kernel_above(const float *values, size_t first, size_t count, float floor) {
    while (first < count && first % KERNEL_LANES != 0) {
        if (values[first] > floor) return first;
        first++;
    }
    while (first + KERNEL_LANES <= count && __builtin_reduce_or(LOAD(values + first) > (lanes)floor) == 0) {
        first += KERNEL_LANES;
    }
    while (first < count && !(values[first] > floor)) first++;
    return first;
}

KERNEL_MULTIVERSION
void kernel_advantages(const struct kernel_head *head, const float *terms, const struct kernel_servers *servers,
                       size_t first, size_t blocks, float *restrict out) {
    const struct terms all_terms = read_terms(head, terms);
    const size_t group = KERNEL_GROUP / KERNEL_LANES;
    for (size_t block = first; block < first + blocks;) {
        // Whole groups at once, and what stands before and behind them block by block.
        const size_t count = block % group == 0 && first + blocks - block >= group ? group : 1;
        lanes score[KERNEL_GROUP / KERNEL_LANES][KERNEL_NODES];
        score_group(head, part_of(head, servers->fixed, block), count, all_terms, score);
        for (size_t i = 0; i < count; i++) {
            for (int lane = 0; lane < KERNEL_LANES; lane++) {
                for (int node = 0; node < KERNEL_NODES; node++) *out++ = score[i][node][lane];
            }
        }
        block += count;
    }
}
