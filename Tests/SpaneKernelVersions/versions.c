#include "versions.h"

#include <stdlib.h>
#include <string.h>

#include "../../Sources/CSpaneKernels/include/columns.h"
#include "../../Sources/CSpaneKernels/include/kernels.h"
#include "../../Sources/CSpaneKernels/include/training.h"
#include "software.h"
// In this order: software.h says what the vectors do.
#include "../../Sources/CSpaneKernels/vectors.h"

#define FOR_EACH_KERNEL(X)                                                                                             \
    X(kernel_dense) X(kernel_embed) X(kernel_embed_block) X(kernel_replace) X(kernel_replace_block) X(kernel_means)    \
    X(kernel_look) X(kernel_terms) X(kernel_choose) X(kernel_rank) X(kernel_above) X(kernel_advantages)                \
    X(kernel_total) X(kernel_shift) X(kernel_largest_error) X(kernel_columns) X(training_forward) X(training_backward) \
    X(training_gradient) X(training_collect) X(training_pool) X(training_unpool) X(training_fold) X(training_base)     \
    X(training_best) X(training_pick) X(training_spread) X(training_adam)

#define MEMBER(name) __typeof__(name) *name;
struct version {
    FOR_EACH_KERNEL(MEMBER)
};

#define SOFTWARE(name) extern __typeof__(name) name##_software;
FOR_EACH_KERNEL(SOFTWARE)
#define OF_SOFTWARE(name) .name = name##_software,
#define OF_LIBRARY(name) .name = name,
static const struct version software = {FOR_EACH_KERNEL(OF_SOFTWARE)};

// Those that the library would choose on some processor.
static int library_versions(struct version *versions) {
    int count = 0;
    versions[count++] = (struct version){FOR_EACH_KERNEL(OF_LIBRARY)};
#ifdef KERNEL_IS_MULTIVERSION
#define BASELINE(name) extern __typeof__(name) name##_baseline;
    FOR_EACH_KERNEL(BASELINE)
#define OF_BASELINE(name) .name = name##_baseline,
    versions[count++] = (struct version){FOR_EACH_KERNEL(OF_BASELINE)};
#endif
    return count;
}

int kernel_version_count(void) {
    struct version versions[2];
    return 1 + library_versions(versions);
}

float fused_in_software(float factor, float other, float sum) {
    const lanes factors = (lanes)factor, others = (lanes)other;
    lanes sums = (lanes)sum;
    fuse_in_software(&factors, &others, &sums);
    return sums[3];
}

static uint64_t state;

static uint64_t draw(uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
}

// Mostly ordinary; sometimes 0 or far from 1.
static float draw_float(void) {
    const float value = (float)draw(1 << 24) / (1 << 23) - 1;
    switch (draw(16)) {
    case 0: return 0;
    case 1: return value * 0x1p-60f;
    case 2: return value * 0x1p12f;
    default: return value;
    }
}

// What a version wrote, kernel by kernel.
struct log {
    struct {
        const char *name;
        size_t end;
    } notes[4096];
    int count;
    size_t size;
    unsigned char bytes[1 << 22];
};

static void note(struct log *log, const char *name, const void *bytes, size_t size) {
    if (log->count == 4096 || log->size + size > sizeof log->bytes) abort();
    memcpy(log->bytes + log->size, bytes, size);
    log->size += size;
    log->notes[log->count].name = name;
    log->notes[log->count++].end = log->size;
}

enum { WIDEST = 48, COLUMNS = 64, SERVERS = 96 };

static void fill(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = draw_float();
}

// A layer with weights of its own in `storage`.
static struct kernel_layer any_layer(float *storage, size_t inputs, size_t outputs) {
    const size_t stride = (outputs + KERNEL_PAD - 1) / KERNEL_PAD * KERNEL_PAD;
    memset(storage, 0, sizeof(float) * (inputs + 1) * stride);
    for (size_t i = 0; i <= inputs; i++) fill(storage + i * stride, outputs);
    return (struct kernel_layer){storage + stride, storage, inputs, outputs, stride};
}

#define NOTE(log, name, values, count) note(log, #name, values, sizeof *(values) * (count))

static void run_network(const struct version *v, struct log *log) {
    static float weights[8][(WIDEST + 1) * WIDEST];
    static float scratch[2 * KERNEL_LANES * WIDEST], fixed[SERVERS * WIDEST], terms[2 * WIDEST + 8], in[WIDEST * 8];
    static float loose[SERVERS * 4], features[KERNEL_ROOM_PER_BLOCK], out[SERVERS * 2];
    static int64_t rows[SERVERS * WIDEST];
    static double exact[SERVERS * 4], steps[KERNEL_ROOM_PER_BLOCK], errors[WIDEST];
    int64_t sums[WIDEST] = {0};
    memset(fixed, 0, sizeof fixed);
    memset(rows, 0, sizeof rows);
    for (size_t i = 0; i < SERVERS * 4; i++) exact[i] = -__builtin_inf();
    const size_t width = 1 + draw(20), hidden = 1 + draw(WIDEST), depth = 1 + draw(3), shared = 1 + draw(20);
    const struct kernel_layer embedding[2] = {any_layer(weights[0], 4, width), any_layer(weights[1], width, width)};
    const struct kernel_embedder embedder = {embedding, 2, any_layer(weights[2], width, hidden), scratch, WIDEST};
    struct kernel_layer layers[3];
    for (size_t i = 0; i < depth; i++) {
        layers[i] = any_layer(weights[3 + i], hidden, i + 1 == depth ? KERNEL_NODES : hidden);
    }
    const struct kernel_head head = {layers, depth, any_layer(weights[6], shared, hidden), WIDEST, scratch};

    fill(in, shared);
    float dense[WIDEST];
    v->kernel_dense(&head.shared, in, dense, (int)draw(2));
    NOTE(log, kernel_dense, dense, hidden);
    const size_t stride = embedding[1].stride;
    const float units[2] = {40, 90};
    for (size_t block = 0; block < SERVERS / KERNEL_LANES; block++) {
        float *part = fixed + block / 4 * KERNEL_GROUP * hidden + block % 4 * KERNEL_LANES;
        for (int value = 0; value < KERNEL_ROOM_PER_BLOCK; value++) {
            steps[value] = draw(9) == 0 ? -__builtin_inf() : (double)draw(90000001) * (draw(4) == 0 ? 9973 : 1) - 1000000;
        }
        const struct kernel_look look = v->kernel_look(steps, units, exact + block * KERNEL_ROOM_PER_BLOCK,
                                                       loose + block * KERNEL_ROOM_PER_BLOCK, features);
        NOTE(log, kernel_look, &look, 1);
        NOTE(log, kernel_look, features, KERNEL_ROOM_PER_BLOCK);
        const float *embeddings = v->kernel_embed_block(&embedder, features, part);
        NOTE(log, kernel_embed_block, embeddings, width * KERNEL_LANES);
        v->kernel_replace_block(rows + block * KERNEL_LANES * stride, embeddings, look.is_present, sums, width, stride,
                                0x1p30);
        // One server alone gives the same as the block that it stands in.
        const size_t lane = draw(KERNEL_LANES);
        float one[4];
        static float alone[KERNEL_GROUP * WIDEST];
        for (size_t i = 0; i < 4; i++) one[i] = features[i * KERNEL_LANES + lane];
        const float *single = v->kernel_embed(&embedder, one, alone);
        for (size_t i = 0; i < hidden; i++) {
            if (memcmp(alone + i * KERNEL_GROUP, part + i * KERNEL_GROUP + lane, sizeof(float)) != 0) {
                note(log, "kernel_embed beside kernel_embed_block", "differs", 8);
            }
        }
        NOTE(log, kernel_embed, single, width);
        fill(dense, stride);
        v->kernel_replace(rows + (block * KERNEL_LANES + lane) * stride, dense, sums, stride, 0x1p30);
        for (size_t i = 0; i < hidden; i++) errors[i] = (double)draw(100);
        const double error = v->kernel_largest_error(errors, hidden, part, (uint8_t)draw(256));
        NOTE(log, kernel_largest_error, &error, 1);
    }
    NOTE(log, kernel_look, loose, SERVERS * 4);
    NOTE(log, kernel_look, exact, SERVERS * 4);
    NOTE(log, kernel_replace, rows, SERVERS * stride);
    NOTE(log, kernel_replace, sums, stride);
    v->kernel_means(sums, stride, SERVERS, 0x1p-30, dense);
    NOTE(log, kernel_means, dense, stride);

    v->kernel_terms(&head, in, terms);
    NOTE(log, kernel_terms, terms, 2 * head.shared.stride + KERNEL_NODES);
    const struct kernel_servers servers = {fixed, exact, loose, NULL};
    const size_t blocks = 1 + draw(SERVERS / KERNEL_LANES), first = draw(blocks);
    const double cpu = (double)draw(80), mem = (double)draw(80);
    const int split = (int)draw(2);
    const struct kernel_choice choice =
        v->kernel_choose(&head, terms, &servers, blocks, cpu, mem, split, (struct kernel_choice){-1, -__builtin_inff()});
    NOTE(log, kernel_choose, &choice, 1);
    v->kernel_rank(&head, terms, &servers, blocks, cpu, mem, split, out);
    NOTE(log, kernel_rank, out, blocks * KERNEL_LANES);
    const size_t above = v->kernel_above(out, first, blocks * KERNEL_LANES, draw_float());
    NOTE(log, kernel_above, &above, 1);
    v->kernel_advantages(&head, terms, &servers, first, blocks - first, out);
    const size_t actions = (blocks - first) * KERNEL_LANES * KERNEL_NODES;
    NOTE(log, kernel_advantages, out, actions);
    const int64_t total = v->kernel_total(out, actions - draw(8), 0x1p20);
    NOTE(log, kernel_total, &total, 1);
    v->kernel_shift(out, actions, draw_float());
    NOTE(log, kernel_shift, out, actions);
}

static void run_columns(const struct version *v, struct log *log) {
    static float weights[3][(WIDEST + 1) * WIDEST], scratch[2 * KERNEL_COLUMNS * WIDEST], in[6 * COLUMNS], out[COLUMNS];
    const size_t width = 1 + draw(WIDEST);
    const struct kernel_layer layers[3] = {any_layer(weights[0], 6, width), any_layer(weights[1], width, width),
                                           any_layer(weights[2], width, 1)};
    fill(in, 6 * COLUMNS);
    for (int activation = KERNEL_RELU; activation <= KERNEL_TANH; activation++) {
        const struct kernel_stack stack = {layers, 3, activation, scratch, WIDEST};
        v->kernel_columns(&stack, in, COLUMNS, COLUMNS, out);
        NOTE(log, kernel_columns, out, COLUMNS);
    }
}

static void run_training(const struct version *v, struct log *log) {
    static float weights[WIDEST * WIDEST], bias[WIDEST], values[6][WIDEST * COLUMNS], partials[WIDEST * WIDEST * 8];
    const size_t inputs = 1 + draw(WIDEST), outputs = 1 + draw(WIDEST);
    const struct training_layer layer = {weights, inputs, outputs, inputs};
    struct training_matrix matrix[6];
    fill(weights, WIDEST * WIDEST);
    fill(bias, WIDEST);
    for (int i = 0; i < 6; i++) {
        fill(values[i], WIDEST * COLUMNS);
        matrix[i] = (struct training_matrix){values[i], COLUMNS};
    }
    const struct training_matrix none = {0};
    v->training_forward(&layer, bias, none, matrix[0], matrix[1], COLUMNS, 1);
    NOTE(log, training_forward, values[1], outputs * COLUMNS);
    v->training_backward(&layer, matrix[2], none, matrix[0], matrix[3], COLUMNS);
    NOTE(log, training_backward, values[3], inputs * COLUMNS);
    memset(partials, 0, sizeof partials);
    float bias_partials[WIDEST * 8] = {0}, gradient[WIDEST * WIDEST], first[WIDEST * WIDEST], second[WIDEST * WIDEST];
    v->training_gradient(&layer, matrix[0], matrix[2], COLUMNS, partials, bias_partials);
    NOTE(log, training_gradient, partials, inputs * outputs * 8);
    v->training_collect(partials, gradient, inputs * outputs);
    NOTE(log, training_collect, gradient, inputs * outputs);
    fill(first, inputs * outputs);
    for (size_t i = 0; i < inputs * outputs; i++) second[i] = first[i] * first[i];
    const struct training_rates rates = {1e-4f, 0.999f, 0.1f, 0.001f, 0.01f, 0.5f, 1e-8f};
    v->training_adam(&rates, gradient, weights, first, second, inputs * outputs);
    NOTE(log, training_adam, weights, inputs * outputs);

    // Three items at most, of sixteen samples.
    const size_t offsets[3] = {0, 16, 32}, extents[3] = {16, 16, 8};
    int32_t counts[16], chosen[16];
    for (int s = 0; s < 16; s++) counts[s] = s < 8 ? (int32_t)draw(4) : (int32_t)draw(3);
    const struct training_items items = {offsets, extents, 3, counts, 16};
    for (int pool = TRAINING_MEAN; pool <= TRAINING_STD; pool++) {
        v->training_pool(&items, (enum training_pooling)pool, matrix[0], matrix[1], 4);
        NOTE(log, training_pool, values[1], 4 * COLUMNS);
        v->training_unpool(&items, (enum training_pooling)pool, matrix[0], matrix[1], matrix[2], matrix[3], 4);
        NOTE(log, training_unpool, values[3], 4 * COLUMNS);
    }
    v->training_fold(&items, matrix[0], matrix[4], 4);
    NOTE(log, training_fold, values[4], 4 * COLUMNS);
    v->training_base(&items, values[0], values[2], values[4]);
    NOTE(log, training_base, values[4], 16);
    v->training_best(&items, values[0], values[2], chosen);
    NOTE(log, training_best, chosen, 16);
    v->training_pick(&items, values[0], values[4], chosen, values[5]);
    NOTE(log, training_pick, values[5], 16);
    v->training_spread(&items, values[2], chosen, values[5]);
    NOTE(log, training_spread, values[5], 48);
}

static void run(const struct version *version, struct log *log, uint64_t seed) {
    state = seed;
    log->count = 0;
    log->size = 0;
    run_network(version, log);
    run_columns(version, log);
    run_training(version, log);
}

const char *kernel_that_differs(uint64_t seed) {
    struct version versions[2];
    const int count = library_versions(versions);
    static struct log expected, found;
    run(&software, &expected, seed);
    for (int i = 0; i < expected.count; i++) {
        if (strstr(expected.notes[i].name, "beside")) return expected.notes[i].name;
    }
    for (int version = 0; version < count; version++) {
        run(&versions[version], &found, seed);
        size_t start = 0;
        for (int i = 0; i < expected.count && i < found.count; i++) {
            const size_t end = expected.notes[i].end;
            if (memcmp(expected.bytes + start, found.bytes + start, end - start) != 0) return expected.notes[i].name;
            start = end;
        }
        if (expected.count != found.count || expected.size != found.size) return "the number of notes";
    }
    return NULL;
}
