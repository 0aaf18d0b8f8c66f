#include "training.h"

#include <math.h>

#include "vectors.h"

#define COUNTS(pointer) (*(const int_lanes *)(pointer))

// What a tile of a product is made of:
// out[row] = start + sum over inner of weights[row * row_step + inner * inner_step] * in[inner].
struct product {
    const float *weights;
    size_t row_step, inner_step, rows, inner;
    const float *bias;
    struct training_matrix added, gate, in, out;
    int relu;
};

// `height` rows of `width` vectors, whose sums stay in registers. Both are constants where this becomes part of a loop.
KERNEL_HELPER void tile(const struct product *p, size_t row, size_t column, const int height, const int width) {
    lanes sum[6][2];
    for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
            const size_t at = column + (size_t)c * TRAINING_LANES;
            if (p->added.values) {
                sum[r][c] = LOAD(p->added.values + (row + (size_t)r) * p->added.stride + at);
            } else {
                sum[r][c] = (lanes)(p->bias ? p->bias[row + (size_t)r] : 0.0f);
            }
        }
    }
    const float *weights = p->weights + row * p->row_step;
    const float *in = p->in.values + column;
    for (size_t i = 0; i < p->inner; i++) {
        lanes value[2];
        for (int c = 0; c < width; c++) value[c] = LOAD(in + c * TRAINING_LANES);
        for (int r = 0; r < height; r++) {
            const lanes weight = (lanes)weights[(size_t)r * p->row_step];
            for (int c = 0; c < width; c++) ADD_PRODUCT(sum[r][c], weight, value[c]);
        }
        weights += p->inner_step;
        in += p->in.stride;
    }
    for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
            const size_t at = column + (size_t)c * TRAINING_LANES;
            lanes result = sum[r][c];
            if (p->relu) result = result > (lanes)0 ? result : (lanes)0;
            if (p->gate.values) {
                const lanes gate = LOAD(p->gate.values + (row + (size_t)r) * p->gate.stride + at);
                result = gate > (lanes)0 ? result : (lanes)0;
            }
            STORE(p->out.values + (row + (size_t)r) * p->out.stride + at, result);
        }
    }
}

KERNEL_HELPER void tile_row(const struct product *p, size_t row, size_t columns, const int height) {
    size_t column = 0;
    for (; column + 2 * TRAINING_LANES <= columns; column += 2 * TRAINING_LANES) tile(p, row, column, height, 2);
    if (column < columns) tile(p, row, column, height, 1);
}

KERNEL_HELPER void product(const struct product *p, size_t columns) {
    size_t row = 0;
    // Six rows keep the adders busy; four and four are better than six and two.
    for (; row + 6 <= p->rows && row + 8 != p->rows; row += 6) tile_row(p, row, columns, 6);
    for (; row + 4 <= p->rows; row += 4) tile_row(p, row, columns, 4);
    for (; row + 2 <= p->rows; row += 2) tile_row(p, row, columns, 2);
    if (row < p->rows) tile_row(p, row, columns, 1);
}

void KERNEL(training_forward)(const struct training_layer *layer, const float *bias, struct training_matrix added,
                      struct training_matrix in, struct training_matrix out, size_t columns, int relu) {
    const struct product p = {layer->weights, layer->stride, 1, layer->outputs, layer->inputs,
                              bias, added, {0}, in, out, relu};
    product(&p, columns);
}

void KERNEL(training_backward)(const struct training_layer *layer, struct training_matrix in,
                       struct training_matrix added, struct training_matrix gate,
                       struct training_matrix out, size_t columns) {
    const struct product p = {layer->weights, 1, layer->stride, layer->inputs, layer->outputs,
                              0, added, gate, in, out, 0};
    product(&p, columns);
}

// Partial sums of `height` outputs times `width` inputs over all columns.
KERNEL_HELPER void gradient_tile(const struct training_layer *layer, struct training_matrix in,
                                 struct training_matrix gradient, size_t columns, float *weights, size_t output,
                                 size_t input, const int height, const int width) {
    lanes sum[4][2];
    for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
            const size_t at = (output + (size_t)r) * layer->stride + input + (size_t)c;
            sum[r][c] = LOAD(weights + at * TRAINING_LANES);
        }
    }
    const float *left = gradient.values + output * gradient.stride, *right = in.values + input * in.stride;
    for (size_t column = 0; column < columns; column += TRAINING_LANES) {
        lanes value[2];
        for (int c = 0; c < width; c++) value[c] = LOAD(right + (size_t)c * in.stride + column);
        for (int r = 0; r < height; r++) {
            const lanes slope = LOAD(left + (size_t)r * gradient.stride + column);
            for (int c = 0; c < width; c++) ADD_PRODUCT(sum[r][c], slope, value[c]);
        }
    }
    for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
            const size_t at = (output + (size_t)r) * layer->stride + input + (size_t)c;
            STORE(weights + at * TRAINING_LANES, sum[r][c]);
        }
    }
}

KERNEL_HELPER void gradient_rows(const struct training_layer *layer, struct training_matrix in,
                                 struct training_matrix gradient, size_t columns, float *weights, float *bias,
                                 size_t output, const int height) {
    size_t input = 0;
    for (; input + 2 <= layer->inputs; input += 2) {
        gradient_tile(layer, in, gradient, columns, weights, output, input, height, 2);
    }
    if (input < layer->inputs) gradient_tile(layer, in, gradient, columns, weights, output, input, height, 1);
    if (!bias) return;
    lanes sum[4];
    for (int r = 0; r < height; r++) sum[r] = LOAD(bias + (output + (size_t)r) * TRAINING_LANES);
    for (size_t column = 0; column < columns; column += TRAINING_LANES) {
        for (int r = 0; r < height; r++) {
            sum[r] += LOAD(gradient.values + (output + (size_t)r) * gradient.stride + column);
        }
    }
    for (int r = 0; r < height; r++) STORE(bias + (output + (size_t)r) * TRAINING_LANES, sum[r]);
}

void KERNEL(training_gradient)(const struct training_layer *layer, struct training_matrix in, struct training_matrix gradient,
                       size_t columns, float *weights, float *bias) {
    size_t output = 0;
    for (; output + 4 <= layer->outputs; output += 4) {
        gradient_rows(layer, in, gradient, columns, weights, bias, output, 4);
    }
    for (; output + 2 <= layer->outputs; output += 2) {
        gradient_rows(layer, in, gradient, columns, weights, bias, output, 2);
    }
    if (output < layer->outputs) gradient_rows(layer, in, gradient, columns, weights, bias, output, 1);
}

void KERNEL(training_collect)(float *partials, float *gradient, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float *p = partials + i * TRAINING_LANES;
        gradient[i] = ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7]));
        STORE(p, (lanes)0);
    }
}

// For every item that a vector of samples has; which of the samples have it; and where it stands in a row.
#define FOR_ITEMS(items, sample, item) \
    for (size_t item = 0; item < (items)->count && sample < (items)->extents[item]; item++)
#define PRESENT(items, sample, item) (COUNTS((items)->counts + sample) > (int_lanes)(int32_t)(item))
#define AT(items, matrix, row, sample, item) \
    ((matrix).values + (row) * (matrix).stride + (items)->offsets[item] + sample)

// These are macros because a function that takes or returns vectors has no fixed convention without AVX.
#define SELECT(mask, value, other) ((mask) ? (value) : (other))
#define ITEMS_OF(items, sample) (__builtin_convertvector(COUNTS((items)->counts + sample), lanes))
#define AT_LEAST_ONE(count) SELECT((count) > (lanes)1, count, (lanes)1)

KERNEL_HELPER void sum_items(const struct training_items *items, struct training_matrix in, size_t row, size_t sample,
                             lanes *result) {
    lanes sum = 0;
    FOR_ITEMS(items, sample, item) {
        sum += SELECT(PRESENT(items, sample, item), LOAD(AT(items, in, row, sample, item)), (lanes)0);
    }
    *result = sum;
}

KERNEL_HELPER void average_items(const struct training_items *items, struct training_matrix in, size_t row,
                                 size_t sample, lanes *result) {
    const lanes count = ITEMS_OF(items, sample);
    sum_items(items, in, row, sample, result);
    *result /= AT_LEAST_ONE(count);
}

// How far the items of a row are from the first one, on average: exactly 0 where all are equal.
KERNEL_HELPER void average_shift(const struct training_items *items, struct training_matrix in, size_t row,
                                 size_t sample, lanes *result) {
    const lanes count = ITEMS_OF(items, sample), first = LOAD(AT(items, in, row, sample, 0));
    lanes sum = 0;
    FOR_ITEMS(items, sample, item) {
        sum += SELECT(PRESENT(items, sample, item), LOAD(AT(items, in, row, sample, item)) - first, (lanes)0);
    }
    *result = sum / AT_LEAST_ONE(count);
}

KERNEL_HELPER void deviation(const struct training_items *items, struct training_matrix in, size_t row, size_t sample,
                             lanes *result) {
    const lanes freedom = ITEMS_OF(items, sample) - (lanes)1, first = LOAD(AT(items, in, row, sample, 0));
    lanes shift, squares = 0;
    average_shift(items, in, row, sample, &shift);
    FOR_ITEMS(items, sample, item) {
        const lanes apart = LOAD(AT(items, in, row, sample, item)) - first - shift;
        squares += SELECT(PRESENT(items, sample, item), apart * apart, (lanes)0);
    }
    *result = __builtin_elementwise_sqrt(squares / AT_LEAST_ONE(freedom));
}

void KERNEL(training_pool)(const struct training_items *items, enum training_pooling pool, struct training_matrix in,
                   struct training_matrix out, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t sample = 0; sample < items->samples; sample += TRAINING_LANES) {
            lanes result = 0;
            if (pool == TRAINING_MAX) {
                FOR_ITEMS(items, sample, item) {
                    const lanes value = LOAD(AT(items, in, row, sample, item));
                    const int_lanes is_better = item == 0 ? (int_lanes)-1 : (int_lanes)(value > result);
                    result = SELECT(PRESENT(items, sample, item) & is_better, value, result);
                }
            } else if (pool == TRAINING_STD) {
                deviation(items, in, row, sample, &result);
            } else {
                average_items(items, in, row, sample, &result);
            }
            STORE(out.values + row * out.stride + sample, result);
        }
    }
}

void KERNEL(training_unpool)(const struct training_items *items, enum training_pooling pool, struct training_matrix in,
                     struct training_matrix out, struct training_matrix out_gradient,
                     struct training_matrix in_gradient, size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t sample = 0; sample < items->samples; sample += TRAINING_LANES) {
            const lanes gradient = LOAD(out_gradient.values + row * out_gradient.stride + sample);
            const lanes result = LOAD(out.values + row * out.stride + sample);
            const lanes count = ITEMS_OF(items, sample), freedom = count - (lanes)1;
            lanes center = 0, share;
            int_lanes is_free = -1;
            if (pool == TRAINING_STD) {
                average_shift(items, in, row, sample, &center);
                center += LOAD(AT(items, in, row, sample, 0));
                share = gradient / (result * AT_LEAST_ONE(freedom));
                share = result > (lanes)0 ? share : (lanes)0;
            } else {
                share = pool == TRAINING_MEAN ? gradient / count : gradient;
            }
            FOR_ITEMS(items, sample, item) {
                int_lanes takes = PRESENT(items, sample, item);
                lanes slope = share;
                const lanes value = LOAD(AT(items, in, row, sample, item));
                if (pool == TRAINING_MAX) {
                    takes &= is_free & (int_lanes)(value == result);
                    is_free &= ~takes;
                } else if (pool == TRAINING_STD) {
                    slope *= value - center;
                }
                float *to = AT(items, in_gradient, row, sample, item);
                STORE(to, LOAD(to) + SELECT(takes, slope, (lanes)0));
            }
        }
    }
}

void KERNEL(training_fold)(const struct training_items *items, struct training_matrix in, struct training_matrix out,
                   size_t rows) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t sample = 0; sample < items->samples; sample += TRAINING_LANES) {
            lanes sum;
            sum_items(items, in, row, sample, &sum);
            STORE(out.values + row * out.stride + sample, sum);
        }
    }
}

void KERNEL(training_base)(const struct training_items *items, const float *advantages, const float *value, float *base) {
    const struct training_matrix in = {(float *)advantages, 0};
    for (size_t sample = 0; sample < items->samples; sample += TRAINING_LANES) {
        lanes mean;
        average_items(items, in, 0, sample, &mean);
        STORE(base + sample, LOAD(value + sample) - mean);
    }
}

void KERNEL(training_best)(const struct training_items *items, const float *advantages, const float *penalties,
                   int32_t *best) {
    for (size_t sample = 0; sample < items->samples; sample += TRAINING_LANES) {
        lanes most = -__builtin_inff();
        int_lanes chosen = 0;
        FOR_ITEMS(items, sample, item) {
            lanes value = LOAD(advantages + items->offsets[item] + sample);
            if (penalties) value += LOAD(penalties + item * items->samples + sample);
            const int_lanes better = PRESENT(items, sample, item) & (int_lanes)(value > most);
            most = SELECT(better, value, most);
            chosen = better ? (int_lanes)(int32_t)item : chosen;
        }
        *(int_lanes *)(best + sample) = chosen;
    }
}

void KERNEL(training_pick)(const struct training_items *items, const float *advantages, const float *base,
                   const int32_t *chosen, float *q) {
    for (size_t sample = 0; sample < items->samples; sample++) {
        q[sample] = base[sample];
        if (items->counts[sample] > 0) q[sample] += advantages[items->offsets[chosen[sample]] + sample];
    }
}

void KERNEL(training_spread)(const struct training_items *items, const float *gradient, const int32_t *chosen,
                     float *advantages) {
    for (size_t sample = 0; sample < items->samples; sample += TRAINING_LANES) {
        const lanes whole = LOAD(gradient + sample), count = ITEMS_OF(items, sample);
        const lanes share = whole / AT_LEAST_ONE(count);
        FOR_ITEMS(items, sample, item) {
            const int_lanes is_chosen = COUNTS(chosen + sample) == (int_lanes)(int32_t)item;
            const lanes slope = SELECT(is_chosen, whole, (lanes)0) - share;
            STORE(advantages + items->offsets[item] + sample,
                  SELECT(PRESENT(items, sample, item), slope, (lanes)0));
        }
    }
}

void KERNEL(training_adam)(const struct training_rates *rates, const float *restrict gradient, float *restrict parameters,
                   float *restrict first, float *restrict second, size_t count) {
    const float decay = rates->weight_decay, keep2 = rates->keep_second;
    const float change1 = rates->change_first, change2 = rates->change_second;
    for (size_t i = 0; i < count; i++) {
        const float slope = gradient[i] + decay * parameters[i];
        first[i] += change1 * (slope - first[i]);
        second[i] = keep2 * second[i] + change2 * (slope * slope);
        const float divisor = sqrtf(second[i]) / rates->second_scale + rates->epsilon;
        parameters[i] -= rates->step_size * (first[i] / divisor);
    }
}
