#include "columns.h"

#include "vectors.h"

typedef lanes columns;

// Units that are computed together: the steps of one wait for each other, those of several do not.
#define TOGETHER 4
#define FOR_UNITS(unit) for (int unit = 0; unit < count; unit++)

// polynomial = square * polynomial + coefficient
#define HORNER(polynomial, coefficient)             \
    FOR_UNITS(u) {                                  \
        columns next = (columns)(coefficient);      \
        ADD_PRODUCT(next, square[u], polynomial[u]); \
        polynomial[u] = next;                       \
    }
// A quotient of odd and even polynomials (the minimax coefficients of XLA and Eigen); past the clamp it is +-1 in floats.
KERNEL_HELPER void tangents(columns *x, const int count) {
    const columns most = (columns)7.90531110763549805f;
    columns square[TOGETHER], p[TOGETHER], q[TOGETHER];
    FOR_UNITS(u) {
        x[u] = x[u] < most ? x[u] : most;
        x[u] = x[u] > -most ? x[u] : -most;
        square[u] = x[u] * x[u];
    }
    FOR_UNITS(u) p[u] = (columns)-2.76076847742355e-16f;
    HORNER(p, 2.00018790482477e-13f);
    HORNER(p, -8.60467152213735e-11f);
    HORNER(p, 5.12229709037114e-08f);
    HORNER(p, 1.48572235717979e-05f);
    HORNER(p, 6.37261928875436e-04f);
    HORNER(p, 4.89352455891786e-03f);
    FOR_UNITS(u) q[u] = (columns)1.19825839466702e-06f;
    HORNER(q, 1.18534705686654e-04f);
    HORNER(q, 2.26843463243900e-03f);
    HORNER(q, 4.89352518554385e-03f);
    FOR_UNITS(u) x[u] = x[u] * p[u] / q[u];
}

KERNEL_HELPER void activate(int activation, columns *x, const int count) {
    switch (activation) {
    case KERNEL_RELU: FOR_UNITS(u) x[u] = x[u] > (columns)0 ? x[u] : (columns)0; break;
    case KERNEL_SOFTSIGN: FOR_UNITS(u) x[u] = x[u] / ((columns)1 + __builtin_elementwise_abs(x[u])); break;
    default: tangents(x, count); break;
    }
}

// `count` hidden units from `first` on, of KERNEL_COLUMNS columns. `count` is a constant where this becomes part of a loop.
KERNEL_HELPER void units(const struct kernel_layer *layer, const int activation, const float *in, size_t step, size_t first,
                         const int count, float *out) {
    columns sum[TOGETHER];
    const float *weights = layer->weights + first;
    FOR_UNITS(u) sum[u] = (columns)layer->bias[first + (size_t)u];
    for (size_t i = 0; i < layer->inputs; i++) {
        const columns value = LOAD(in + i * step);
        FOR_UNITS(u) ADD_PRODUCT(sum[u], weights[u], value);
        weights += layer->stride;
    }
    activate(activation, sum, count);
    FOR_UNITS(u) STORE(out + (first + (size_t)u) * KERNEL_COLUMNS, sum[u]);
}

KERNEL_HELPER void apply(const struct kernel_stack *stack, const int activation, const float *restrict in, size_t stride,
                         size_t count, float *restrict out) {
    const struct kernel_layer *last = stack->layers + stack->layer_count - 1;
    for (size_t column = 0; column < count; column += KERNEL_COLUMNS) {
        const float *source = in + column;
        size_t step = stride;
        float *target = stack->scratch, *other = stack->scratch + stack->widest * KERNEL_COLUMNS;
        for (const struct kernel_layer *layer = stack->layers; layer < last; layer++) {
            size_t o = 0;
            for (; o + TOGETHER <= layer->outputs; o += TOGETHER) {
                units(layer, activation, source, step, o, TOGETHER, target);
            }
            for (; o < layer->outputs; o++) units(layer, activation, source, step, o, 1, target);
            source = target;
            step = KERNEL_COLUMNS;
            target = other;
            other = (float *)source;
        }
        columns sum = (columns)last->bias[0];
        for (size_t i = 0; i < last->inputs; i++) {
            ADD_PRODUCT(sum, last->weights[i * last->stride], LOAD(source + i * step));
        }
        STORE(out + column, sum);
    }
}

void KERNEL(kernel_columns)(const struct kernel_stack *stack, const float *restrict in, size_t stride, size_t count,
                    float *restrict out) {
    // Each activation gets a loop of its own.
    switch (stack->activation) {
    case KERNEL_RELU: apply(stack, KERNEL_RELU, in, stride, count, out); break;
    case KERNEL_SOFTSIGN: apply(stack, KERNEL_SOFTSIGN, in, stride, count, out); break;
    default: apply(stack, KERNEL_TANH, in, stride, count, out); break;
    }
}
