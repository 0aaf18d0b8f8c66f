#include "cxx_peer.h"

#include <chrono>
#include <vector>

// What the processor and the memory can do at best, on one thread.

namespace {

// Eight numbers at a time, in as many chains as hide the latency of a fused multiply-add.
typedef float Vector __attribute__((vector_size(32)));
constexpr int kChains = 12;

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

double peer_fma_rate(void) {
    constexpr int64_t kRounds = 20'000'000;
    Vector sums[kChains];
    for (int chain = 0; chain < kChains; ++chain) sums[chain] = Vector{} + static_cast<float>(chain);
    Vector factor = Vector{} + 0.999f, term = Vector{} + 0.001f;
    const auto begin = std::chrono::steady_clock::now();
    for (int64_t round = 0; round < kRounds; ++round) {
        for (int chain = 0; chain < kChains; ++chain) sums[chain] = sums[chain] * factor + term;
        // Keeps the compiler from working the loop out.
        for (int chain = 0; chain < kChains; ++chain) asm volatile("" : "+x"(sums[chain]));
    }
    return static_cast<double>(kRounds) * kChains * 8 / seconds_since(begin);
}

double peer_read_bandwidth(void) {
    // More than any cache holds.
    std::vector<uint64_t> words(64 << 20, 1);
    uint64_t sum = 0;
    double best = 0;
    for (int round = 0; round < 3; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        for (const uint64_t word : words) sum += word;
        asm volatile("" : "+r"(sum));
        const double rate = static_cast<double>(words.size() * sizeof(uint64_t)) / seconds_since(begin);
        if (rate > best) best = rate;
    }
    return best;
}
