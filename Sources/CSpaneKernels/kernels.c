#include "spane_kernels.h"

// A product rounded together with its sum would differ between instruction sets.
#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((ext_vector_type(SPANE_LANES), aligned(4)));

#if defined(__x86_64__) && defined(__ELF__)
#define SPANE_MULTIVERSION __attribute__((target_clones("avx2", "default")))
#else
#define SPANE_MULTIVERSION
#endif

#define LOAD(pointer) (*(const lanes *)(pointer))
#define STORE(pointer, value) (*(lanes *)(pointer) = (value))
// A select that is a single maximum instruction; a NaN becomes 0.
#define RELU(value) ((value) > (lanes)0 ? (value) : (lanes)0)

SPANE_MULTIVERSION
void spane_dense(float *restrict out, const float *restrict in, const float *restrict weights,
                 const float *restrict bias, size_t inputs, size_t outputs, int relu) {
    size_t o = 0;
    // Two accumulators at a time hide the latency of the sums.
    for (; o + 2 * SPANE_PAD <= outputs; o += 2 * SPANE_PAD) {
        lanes first = LOAD(bias + o), second = LOAD(bias + o + SPANE_PAD);
        for (size_t i = 0; i < inputs; i++) {
            const float *row = weights + i * outputs + o;
            first += in[i] * LOAD(row);
            second += in[i] * LOAD(row + SPANE_PAD);
        }
        STORE(out + o, relu ? RELU(first) : first);
        STORE(out + o + SPANE_PAD, relu ? RELU(second) : second);
    }
    for (; o < outputs; o += SPANE_PAD) {
        lanes sum = LOAD(bias + o);
        for (size_t i = 0; i < inputs; i++) sum += in[i] * LOAD(weights + i * outputs + o);
        STORE(out + o, relu ? RELU(sum) : sum);
    }
}

SPANE_MULTIVERSION
void spane_score_block(float *restrict out, const float *restrict fixed, const float *restrict shared,
                       const float *restrict weights, const float *restrict bias, size_t hidden, size_t outputs) {
    size_t o = 0;
    for (; o + 2 <= outputs; o += 2) {
        lanes first = (lanes)0 + bias[o], second = (lanes)0 + bias[o + 1];
        for (size_t u = 0; u < hidden; u++) {
            lanes value = LOAD(fixed + u * SPANE_LANES) + shared[u];
            value = RELU(value);
            first += weights[u * outputs + o] * value;
            second += weights[u * outputs + o + 1] * value;
        }
        STORE(out + o * SPANE_LANES, first);
        STORE(out + (o + 1) * SPANE_LANES, second);
    }
    for (; o < outputs; o++) {
        lanes sum = (lanes)0 + bias[o];
        for (size_t u = 0; u < hidden; u++) {
            lanes value = LOAD(fixed + u * SPANE_LANES) + shared[u];
            sum += weights[u * outputs + o] * RELU(value);
        }
        STORE(out + o * SPANE_LANES, sum);
    }
}

SPANE_MULTIVERSION
void spane_dense_block(float *restrict out, const float *restrict in, const float *restrict weights,
                       const float *restrict bias, size_t inputs, size_t outputs, int relu) {
    size_t o = 0;
    for (; o + 4 <= outputs; o += 4) {
        lanes a = (lanes)0 + bias[o], b = (lanes)0 + bias[o + 1];
        lanes c = (lanes)0 + bias[o + 2], d = (lanes)0 + bias[o + 3];
        for (size_t i = 0; i < inputs; i++) {
            const float *row = weights + i * outputs + o;
            lanes value = LOAD(in + i * SPANE_LANES);
            a += row[0] * value;
            b += row[1] * value;
            c += row[2] * value;
            d += row[3] * value;
        }
        STORE(out + o * SPANE_LANES, relu ? RELU(a) : a);
        STORE(out + (o + 1) * SPANE_LANES, relu ? RELU(b) : b);
        STORE(out + (o + 2) * SPANE_LANES, relu ? RELU(c) : c);
        STORE(out + (o + 3) * SPANE_LANES, relu ? RELU(d) : d);
    }
    for (; o < outputs; o++) {
        lanes sum = (lanes)0 + bias[o];
        for (size_t i = 0; i < inputs; i++) sum += weights[i * outputs + o] * LOAD(in + i * SPANE_LANES);
        STORE(out + o * SPANE_LANES, relu ? RELU(sum) : sum);
    }
}

SPANE_MULTIVERSION
void spane_add_relu_block(float *restrict out, const float *restrict fixed, const float *restrict shared,
                          size_t hidden) {
    for (size_t u = 0; u < hidden; u++) {
        lanes value = LOAD(fixed + u * SPANE_LANES) + shared[u];
        STORE(out + u * SPANE_LANES, RELU(value));
    }
}
