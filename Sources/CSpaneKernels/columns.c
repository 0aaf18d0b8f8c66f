#include "columns.h"

#include "multiversion.h"

typedef float columns __attribute__((ext_vector_type(KERNEL_COLUMNS), aligned(4)));

#define LOAD(pointer) (*(const columns *)(pointer))
#define STORE(pointer, value) (*(columns *)(pointer) = (value))

// A quotient of odd and even polynomials (the minimax coefficients of XLA and Eigen); past the clamp it is +-1 in floats.
KERNEL_HELPER void tangent(columns *value) {
    columns x = *value;
    const columns most = (columns)7.90531110763549805f;
    x = x < most ? x : most;
    x = x > -most ? x : -most;
    const columns square = x * x;
    columns p = square * -2.76076847742355e-16f + 2.00018790482477e-13f;
    p = square * p + -8.60467152213735e-11f;
    p = square * p + 5.12229709037114e-08f;
    p = square * p + 1.48572235717979e-05f;
    p = square * p + 6.37261928875436e-04f;
    p = square * p + 4.89352455891786e-03f;
    columns q = square * 1.19825839466702e-06f + 1.18534705686654e-04f;
    q = square * q + 2.26843463243900e-03f;
    q = square * q + 4.89352518554385e-03f;
    *value = x * p / q;
}

KERNEL_HELPER void activate(int activation, columns *x) {
    switch (activation) {
    case KERNEL_RELU: *x = *x > (columns)0 ? *x : (columns)0; break;
    case KERNEL_SOFTSIGN: *x = *x / ((columns)1 + __builtin_elementwise_abs(*x)); break;
    default: tangent(x); break;
    }
}

KERNEL_HELPER void apply(const struct kernel_stack *stack, const int activation, const float *restrict in, size_t stride,
                         size_t count, float *restrict out) {
    const struct kernel_layer *last = stack->layers + stack->layer_count - 1;
    for (size_t column = 0; column < count; column += KERNEL_COLUMNS) {
        const float *source = in + column;
        size_t step = stride;
        float *target = stack->scratch, *other = stack->scratch + stack->widest * KERNEL_COLUMNS;
        for (const struct kernel_layer *layer = stack->layers; layer < last; layer++) {
            for (size_t o = 0; o < layer->outputs; o++) {
                columns sum = (columns)layer->bias[o];
                for (size_t i = 0; i < layer->inputs; i++) {
                    sum += layer->weights[i * layer->stride + o] * LOAD(source + i * step);
                }
                activate(activation, &sum);
                STORE(target + o * KERNEL_COLUMNS, sum);
            }
            source = target;
            step = KERNEL_COLUMNS;
            target = other;
            other = (float *)source;
        }
        columns sum = (columns)last->bias[0];
        for (size_t i = 0; i < last->inputs; i++) sum += last->weights[i * last->stride] * LOAD(source + i * step);
        STORE(out + column, sum);
    }
}

KERNEL_MULTIVERSION
void kernel_columns(const struct kernel_stack *stack, const float *restrict in, size_t stride, size_t count,
                    float *restrict out) {
    // Each activation gets a loop of its own.
    switch (stack->activation) {
    case KERNEL_RELU: apply(stack, KERNEL_RELU, in, stride, count, out); break;
    case KERNEL_SOFTSIGN: apply(stack, KERNEL_SOFTSIGN, in, stride, count, out); break;
    default: apply(stack, KERNEL_TANH, in, stride, count, out); break;
    }
}
