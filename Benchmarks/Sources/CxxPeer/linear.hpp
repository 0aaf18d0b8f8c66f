#pragma once

namespace peer {

// One linear layer with its sizes known to the compiler. Weights are input-major, so that the loop over outputs becomes
// vector instructions.
template <int Inputs, int Outputs>
struct Linear {
    float weights[Inputs][Outputs];
    float bias[Outputs];

    static constexpr int inputs = Inputs;
    static constexpr int outputs = Outputs;

    // Takes the parameters from (outputs, inputs) values and `Outputs` biases; where they end.
    const float *take(const float *parameters) {
        for (int o = 0; o < Outputs; ++o) {
            for (int i = 0; i < Inputs; ++i) weights[i][o] = *parameters++;
        }
        for (int o = 0; o < Outputs; ++o) bias[o] = *parameters++;
        return parameters;
    }

    // Adds the products of `Count` inputs from `first` on.
    template <int Count>
    void accumulate(const float *input, int first, float *sum) const {
        for (int i = 0; i < Count; ++i) {
            for (int o = 0; o < Outputs; ++o) sum[o] += weights[first + i][o] * input[i];
        }
    }

    void apply(const float *input, float *output) const {
        float sum[Outputs];
        for (int o = 0; o < Outputs; ++o) sum[o] = bias[o];
        accumulate<Inputs>(input, 0, sum);
        for (int o = 0; o < Outputs; ++o) output[o] = sum[o];
    }
};

template <int Count>
void relu(float *values) {
    for (int i = 0; i < Count; ++i) values[i] = values[i] > 0 ? values[i] : 0;
}

}  // namespace peer
