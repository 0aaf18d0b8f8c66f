// The inner loops of learning: many samples at once, one to a vector lane.
//
// A matrix has one row a feature and one column a sample, or a sample's item: a server, or a placement. `stride` is the
// distance between rows; the number of columns is a multiple of TRAINING_LANES. Columns that no sample uses may
// hold any finite value: whatever is summed over columns is weighted by gradients, which are 0 there.
//
// As in kernels.h, every path gives the same bits: the order of every sum is fixed, and the products of layers are always
// fused with their sums, with as many instructions as the processor needs for that.

#ifndef CSPANETRAINING_H
#define CSPANETRAINING_H

#include <stddef.h>
#include <stdint.h>

// Columns come in multiples of this, and gradients are kept as this many partial sums.
#define TRAINING_LANES 8

// Without values it is as good as not there.
struct training_matrix {
    float *values;
    size_t stride;
};

// y = Wx + b with W as PyTorch has it: weights[output * stride + input]. A layer may be some columns of a wider one.
struct training_layer {
    const float *weights;
    size_t inputs;
    size_t outputs;
    size_t stride;
};

// out = W in + start, with max(0, .) if relu is not 0. `start` is bias[output] in all columns, or `added` if there is
// such a matrix; without either it is 0.
void training_forward(const struct training_layer *layer, const float *bias, struct training_matrix added,
                      struct training_matrix in, struct training_matrix out, size_t columns, int relu);

// The gradient of the input: out = Wᵀ in, where `in` is the gradient of the output; plus `added` if there is any; 0
// where `gate` is not above 0 if there is any: the subgradient of the ReLU at 0 is 0. `added` may be `out`.
void training_backward(const struct training_layer *layer, struct training_matrix in,
                       struct training_matrix added, struct training_matrix gate,
                       struct training_matrix out, size_t columns);

// The gradient of W and b: partial sums of gradient * inᵀ, added to
// weights[(output * stride + input) * TRAINING_LANES + lane] and bias[output * TRAINING_LANES + lane], where the
// lane is the column modulo TRAINING_LANES. `bias` may be null.
void training_gradient(const struct training_layer *layer, struct training_matrix in, struct training_matrix gradient,
                       size_t columns, float *weights, float *bias);

// gradient[i] = the sum of the partial sums of i, which become 0.
void training_collect(float *partials, float *gradient, size_t count);

// Samples may have different numbers of items. Item k of sample s stands in column offsets[k] + s, for s < extents[k];
// extents do not ascend, and sample s has counts[s] items, which are its first ones.
struct training_items {
    const size_t *offsets;
    const size_t *extents;  // multiples of TRAINING_LANES
    size_t count;           // the most items of any sample
    const int32_t *counts;  // by sample, padded with 0
    size_t samples;         // padded to a multiple of TRAINING_LANES
};

enum training_pooling { TRAINING_MEAN = 0, TRAINING_MAX = 1, TRAINING_STD = 2 };

// out[row][sample] = the mean, the maximum or the unbiased standard deviation over the items of the sample; 0 for a
// sample without items, and the deviation of one item is 0.
void training_pool(const struct training_items *items, enum training_pooling pool, struct training_matrix in,
                   struct training_matrix out, size_t rows);

// Adds the gradient of the items to `in_gradient`. The maximum hands its gradient to the first item that holds it; the
// gradient of a deviation of 0 is 0.
void training_unpool(const struct training_items *items, enum training_pooling pool, struct training_matrix in,
                     struct training_matrix out, struct training_matrix out_gradient,
                     struct training_matrix in_gradient, size_t rows);

// out[row][sample] = the sum over the items of the sample.
void training_fold(const struct training_items *items, struct training_matrix in, struct training_matrix out,
                   size_t rows);

// base[sample] = value[sample] - the mean of the advantages of its items, so that Q of an item is base + advantage.
void training_base(const struct training_items *items, const float *advantages, const float *value, float *base);

// The item with the largest advantage, ties to the first; an item with penalties[item * samples + sample] of -infinity
// never wins. Without any item that can win the first. `penalties` may be null.
void training_best(const struct training_items *items, const float *advantages, const float *penalties,
                   int32_t *best);

// q[sample] = base + the advantage of the chosen item.
void training_pick(const struct training_items *items, const float *advantages, const float *base,
                   const int32_t *chosen, float *q);

// The gradient of all advantages when that of the Q of the chosen items is `gradient`: writes every column of every
// item.
void training_spread(const struct training_items *items, const float *gradient, const int32_t *chosen,
                     float *advantages);

// Asks for a cache line.
static inline void training_prefetch(const void *address) { __builtin_prefetch(address); }

// One step of Adam as PyTorch does it, weight decay added to the gradient.
struct training_rates {
    float weight_decay;
    float keep_second;    // beta 2
    float change_first;   // 1 - beta 1
    float change_second;  // 1 - beta 2
    float step_size;      // learning rate / (1 - beta1^t)
    float second_scale;   // sqrt(1 - beta2^t)
    float epsilon;
};

void training_adam(const struct training_rates *rates, const float *gradient, float *parameters, float *first,
                   float *second, size_t count);

#endif
