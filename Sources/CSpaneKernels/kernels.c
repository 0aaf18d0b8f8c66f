#include "kernels.h"

#include "vectors.h"

// `count` vectors of outputs from `first` on. `count` is a constant where this becomes part of a loop.
KERNEL_HELPER void dense_outputs(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu,
                                 size_t first, const int count) {
    lanes sum[4];
    for (int k = 0; k < count; k++) sum[k] = LOAD(layer->bias + first + k * KERNEL_PAD);
    const float *row = layer->weights + first;
    for (size_t i = 0; i < layer->inputs; i++) {
        for (int k = 0; k < count; k++) ADD_PRODUCT(sum[k], in[i], LOAD(row + k * KERNEL_PAD));
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

void KERNEL(kernel_dense)(const struct kernel_layer *layer, const float *restrict in, float *restrict out, int relu) {
    dense(layer, in, out, relu);
}

const float *KERNEL(kernel_embed)(const struct kernel_embedder *embedder, const float *in, float *fixed) {
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

// `count` units from `first` on, of a block of servers. Units of the output are `step` values apart.
KERNEL_HELPER void block_units(const struct kernel_layer *layer, const float *restrict in, float *restrict out,
                               const size_t step, const int relu, size_t first, const int count) {
    lanes sum[8];
    for (int k = 0; k < count; k++) sum[k] = (lanes)layer->bias[first + (size_t)k];
    const float *row = layer->weights + first;
    for (size_t i = 0; i < layer->inputs; i++) {
        const lanes value = LOAD(in + i * KERNEL_LANES);
        for (int k = 0; k < count; k++) ADD_PRODUCT(sum[k], row[k], value);
        row += layer->stride;
    }
    for (int k = 0; k < count; k++) {
        STORE(out + (first + (size_t)k) * step, relu ? RELU(sum[k]) : sum[k]);
    }
}

// One layer on a block of servers.
KERNEL_HELPER void dense_block(const struct kernel_layer *layer, const float *restrict in, float *restrict out,
                               const size_t step, const int relu) {
    size_t o = 0;
    for (; o + 8 <= layer->outputs; o += 8) block_units(layer, in, out, step, relu, o, 8);
    for (; o + 4 <= layer->outputs; o += 4) block_units(layer, in, out, step, relu, o, 4);
    for (; o < layer->outputs; o++) block_units(layer, in, out, step, relu, o, 1);
}

const float *KERNEL(kernel_embed_block)(const struct kernel_embedder *embedder, const float *in, float *fixed) {
    float *out = embedder->scratch, *other = embedder->scratch + KERNEL_LANES * embedder->widest;
    const struct kernel_layer *last = embedder->layers + embedder->layer_count - 1;
    for (const struct kernel_layer *layer = embedder->layers; layer < last; layer++) {
        dense_block(layer, in, out, KERNEL_LANES, 1);
        in = out;
        out = other;
        other = (float *)in;
    }
    dense_block(last, in, out, KERNEL_LANES, 0);
    dense_block(&embedder->part, out, fixed, KERNEL_GROUP, 0);
    return out;
}

// Values as steps of a grid.
KERNEL_HELPER void round_steps(const lanes *value, double scale, long_lanes *steps) {
    // Adding 1.5 * 2^52 rounds a number below 2^51 to an integer, ties to the even one, in the low bits of the sum.
    const double_lanes rounder = (double_lanes)0x1.8p52, most = (double_lanes)0x1p42;
    double_lanes scaled = __builtin_convertvector(*value, double_lanes) * scale;
    scaled = scaled > -most ? scaled : -most;
    scaled = scaled < most ? scaled : most;
    *steps = (long_lanes)(scaled + rounder) - (long_lanes)rounder;
}

void KERNEL(kernel_replace)(int64_t *restrict row, const float *restrict embedding, int64_t *restrict sums, size_t stride,
                            double scale) {
    for (size_t i = 0; i < stride; i += KERNEL_PAD) {
        const lanes value = LOAD(embedding + i);
        long_lanes *place = (long_lanes *)(row + i), steps;
        round_steps(&value, scale, &steps);
        *(long_lanes *)(sums + i) += steps - *place;
        *place = steps;
    }
}

// Adds those that are above -infinity.
KERNEL_HELPER void add_steps(const lanes *value, double scale, long_lanes *total) {
    long_lanes steps;
    round_steps(value, scale, &steps);
    *total += steps & __builtin_convertvector(*value > (lanes)-__builtin_inff(), long_lanes);
}

int64_t KERNEL(kernel_total)(const float *values, size_t count, double scale) {
    long_lanes total = 0;
    size_t i = 0;
    for (; i + KERNEL_LANES <= count; i += KERNEL_LANES) {
        const lanes value = LOAD(values + i);
        add_steps(&value, scale, &total);
    }
    lanes rest = (lanes)-__builtin_inff();
    for (size_t lane = 0; i + lane < count; lane++) rest[lane] = values[i + lane];
    add_steps(&rest, scale, &total);
    return __builtin_reduce_add(total);
}

void KERNEL(kernel_shift)(float *values, size_t count, float amount) {
    for (size_t i = 0; i < count; i++) values[i] += amount;
}

void KERNEL(kernel_means)(const int64_t *sums, size_t stride, double count, double inverse, float *restrict out) {
    for (size_t i = 0; i < stride; i += KERNEL_PAD) {
        const double_lanes sum = __builtin_convertvector(*(const long_lanes *)(sums + i), double_lanes);
        STORE(out + i, __builtin_convertvector(sum / (double_lanes)count * (double_lanes)inverse, lanes));
    }
}

// Columns become rows.
KERNEL_HELPER void transpose(lanes row[KERNEL_LANES]) {
    for (int distance = 1; distance < KERNEL_LANES; distance *= 2) {
        lanes next[KERNEL_LANES];
        for (int i = 0; i < KERNEL_LANES / 2; i++) {
            const lanes one = row[i], other = row[i + KERNEL_LANES / 2];
            next[2 * i] = __builtin_shufflevector(one, other, 0, 8, 1, 9, 2, 10, 3, 11);
            next[2 * i + 1] = __builtin_shufflevector(one, other, 4, 12, 5, 13, 6, 14, 7, 15);
        }
        for (int i = 0; i < KERNEL_LANES; i++) row[i] = next[i];
    }
}

void KERNEL(kernel_replace_block)(int64_t *restrict rows, const float *restrict embeddings, uint8_t present,
                                  int64_t *restrict sums, size_t width, size_t stride, double scale) {
    for (size_t first = 0; first < stride; first += KERNEL_PAD) {
        lanes row[KERNEL_LANES];
        for (size_t c = 0; c < KERNEL_LANES; c++) {
            row[c] = first + c < width ? LOAD(embeddings + (first + c) * KERNEL_LANES) : (lanes)0;
        }
        transpose(row);
        long_lanes change = 0;
        for (size_t server = 0; server < KERNEL_LANES; server++) {
            const lanes value = (present >> server & 1) ? row[server] : (lanes)0;
            long_lanes *place = (long_lanes *)(rows + server * stride + first), steps;
            round_steps(&value, scale, &steps);
            change += steps - *place;
            *place = steps;
        }
        *(long_lanes *)(sums + first) += change;
    }
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

void KERNEL(kernel_terms)(const struct kernel_head *head, const float *restrict in, float *restrict terms) {
    const struct kernel_layer *last = head->layers + head->layer_count - 1;
    float *negated = terms + head->shared.stride, *start = terms + 2 * head->shared.stride;
    dense(&head->shared, in, terms, 0);
    for (size_t u = 0; u < head->shared.stride; u += KERNEL_PAD) STORE(negated + u, -LOAD(terms + u));
    // Sums that do not wait for each other.
    lanes sums[4] = {LOAD(last->bias), 0, 0, 0};
    const size_t units = head->layer_count == 1 ? head->shared.outputs : 0, stride = last->stride;
    size_t u = 0;
    for (; u + 4 <= units; u += 4) {
        for (size_t k = 0; k < 4; k++) ADD_PRODUCT(sums[k], LOAD(last->weights + (u + k) * stride), terms[u + k]);
    }
    for (; u < units; u++) ADD_PRODUCT(sums[0], LOAD(last->weights + u * stride), terms[u]);
    const lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (int node = 0; node < KERNEL_NODES; node++) start[node] = sum[node];
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
            ADD_PRODUCT(first, weights[u * stride], value);
            ADD_PRODUCT(second, weights[u * stride + 1], value);
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
        dense_block(layer, in, out, KERNEL_LANES, 1);
        float *swap = in;
        in = out;
        out = swap;
    }
    for (size_t i = 0; i < last->inputs; i++) {
        lanes value = LOAD(in + i * KERNEL_LANES);
        ADD_PRODUCT(first, weights[i * stride], value);
        ADD_PRODUCT(second, weights[i * stride + 1], value);
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
        ADD_PRODUCT(a0, w0, value);
        ADD_PRODUCT(a1, w1, value);
        ONE_BLOCK_AT_A_TIME;
        value = LARGER(LOAD(part + KERNEL_LANES), least);
        ADD_PRODUCT(b0, w0, value);
        ADD_PRODUCT(b1, w1, value);
        ONE_BLOCK_AT_A_TIME;
        value = LARGER(LOAD(part + 2 * KERNEL_LANES), least);
        ADD_PRODUCT(c0, w0, value);
        ADD_PRODUCT(c1, w1, value);
        ONE_BLOCK_AT_A_TIME;
        value = LARGER(LOAD(part + 3 * KERNEL_LANES), least);
        ADD_PRODUCT(d0, w0, value);
        ADD_PRODUCT(d1, w1, value);
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

// Lanes as bits.
typedef _Bool lane_bits __attribute__((ext_vector_type(KERNEL_LANES)));
KERNEL_HELPER uint8_t bits_of(const long_lanes *mask) {
    const lane_bits bits = __builtin_convertvector(*mask, lane_bits);
    uint8_t result;
    __builtin_memcpy(&result, &bits, sizeof result);
    return result;
}

// *amounts = *steps / KERNEL_STEPS_PER_UNIT, rounded once.
KERNEL_HELPER void divide_steps(const double_lanes *steps, double_lanes *amounts) {
#ifdef KERNEL_HAS_FUSED_INSTRUCTION
    // Markstein: the constant below is the reciprocal, correctly rounded, and its product less than one unit in the last place
    // from the quotient; then this correction, whose first step is exact, rounds right. It takes a third of the time of a division.
    const double_lanes reciprocal = (double_lanes)(1 / KERNEL_STEPS_PER_UNIT), near = *steps * reciprocal;
    const double_lanes rest = __builtin_elementwise_fma(-near, (double_lanes)KERNEL_STEPS_PER_UNIT, *steps);
    *amounts = *steps > (double_lanes)-__builtin_inf() ? __builtin_elementwise_fma(rest, reciprocal, near) : *steps;
#else
    *amounts = *steps / (double_lanes)KERNEL_STEPS_PER_UNIT;
#endif
}

struct kernel_look KERNEL(kernel_look)(const double *steps, const float *units, double *restrict exact,
                                       float *restrict loose, float *restrict features) {
    const double_lanes nothing = (double_lanes)0;
    const long_lanes was = *(const double_lanes *)exact > (double_lanes)-__builtin_inf();
    long_lanes changed = 0;
    for (int value = 0; value < KERNEL_NODES * 2; value++) {
        double_lanes left;
        divide_steps((const double_lanes *)(steps + value * KERNEL_LANES), &left);
        double_lanes *place = (double_lanes *)(exact + value * KERNEL_LANES);
        changed |= *place != left;
        *place = left;
        // The next float where the nearest is below: the bits of a float ascend with its magnitude.
        const lanes near = __builtin_convertvector(left, lanes);
        const int_lanes is_below =
            __builtin_convertvector(__builtin_convertvector(near, double_lanes) < left, int_lanes);
        const int_lanes bits = (int_lanes)near;
        STORE(loose + value * KERNEL_LANES, (lanes)(bits + (is_below & ((bits >> 31) | 1))));
        // Where more runs than there is room for, nothing is left.
        const lanes some = __builtin_convertvector(LARGER(left, nothing), lanes);
        STORE(features + value * KERNEL_LANES, some / (lanes)units[value % 2]);
    }
    const long_lanes is = *(const double_lanes *)exact > (double_lanes)-__builtin_inf();
    return (struct kernel_look){bits_of(&changed), bits_of(&was), bits_of(&is)};
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

struct kernel_choice KERNEL(kernel_choose)(const struct kernel_head *head, const float *terms,
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

void KERNEL(kernel_rank)(const struct kernel_head *head, const float *terms, const struct kernel_servers *servers, size_t blocks,
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

size_t KERNEL(kernel_above)(const float *values, size_t first, size_t count, float floor) {
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

void KERNEL(kernel_advantages)(const struct kernel_head *head, const float *terms, const struct kernel_servers *servers,
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

double KERNEL(kernel_largest_error)(const double *errors, size_t units, const float *part, uint8_t servers) {
    double_lanes sum = 0;
    for (size_t unit = 0; unit < units; unit++) {
        const lanes magnitude = __builtin_elementwise_abs(LOAD(part + unit * KERNEL_GROUP));
        sum += errors[unit] * __builtin_convertvector(magnitude, double_lanes);
    }
    double largest = 0;
    for (int lane = 0; lane < KERNEL_LANES; lane++) {
        if ((servers >> lane & 1) && sum[lane] > largest) largest = sum[lane];
    }
    return largest;
}
