#include <stdexcept>
#include <vector>

#include "environment.hpp"
#include "linear.hpp"

// The paper's network. Every decision is a whole forward pass: nothing is kept from one to the next. Within one pass the
// part of the first advantage layer that all servers share is computed once.
struct peer_network {
    peer_network(const float *parameters, size_t count, float cpu, float mem) : cpu_(cpu), mem_(mem) {
        const float *end = parameters;
        end = embed1_.take(end);
        end = embed2_.take(end);
        end = value1_.take(end);
        end = value2_.take(end);
        end = advantage1_.take(end);
        end = advantage2_.take(end);
        if (end != parameters + count) throw std::invalid_argument("the parameters are not of this network");
    }

    void forward(const peer::Environment &environment, float *scores) {
        const int servers = environment.servers();
        embeddings_.resize(static_cast<size_t>(servers) * kWidth);
        const double *free = environment.free();
        float mean[kWidth] = {};
        for (int server = 0; server < servers; ++server) {
            float input[4];
            for (int i = 0; i < 4; i += 2) {
                input[i] = static_cast<float>(free[4 * server + i]) / cpu_;
                input[i + 1] = static_cast<float>(free[4 * server + i + 1]) / mem_;
            }
            float hidden[kWidth];
            embed1_.apply(input, hidden);
            peer::relu<kWidth>(hidden);
            float *embedding = &embeddings_[static_cast<size_t>(server) * kWidth];
            embed2_.apply(hidden, embedding);
            for (int i = 0; i < kWidth; ++i) mean[i] += embedding[i];
        }
        float shared[kWidth + 3];
        for (int i = 0; i < kWidth; ++i) shared[i] = mean[i] / static_cast<float>(servers);
        const peer::Request &request = environment.request();
        const float whole = request.split ? 2 : 1;
        shared[kWidth] = static_cast<float>(request.cpu) * whole / cpu_;
        shared[kWidth + 1] = static_cast<float>(request.mem) * whole / mem_;
        shared[kWidth + 2] = request.split ? 1 : 0;

        float hidden[kWidth], value;
        value1_.apply(shared, hidden);
        peer::relu<kWidth>(hidden);
        value2_.apply(hidden, &value);

        float common[kAdvantageWidth];
        for (int o = 0; o < kAdvantageWidth; ++o) common[o] = advantage1_.bias[o];
        advantage1_.accumulate<kWidth + 3>(shared, kWidth, common);
        float sum = 0;
        for (int server = 0; server < servers; ++server) {
            float units[kAdvantageWidth];
            for (int o = 0; o < kAdvantageWidth; ++o) units[o] = common[o];
            advantage1_.accumulate<kWidth>(&embeddings_[static_cast<size_t>(server) * kWidth], 0, units);
            peer::relu<kAdvantageWidth>(units);
            float advantage[2];
            advantage2_.apply(units, advantage);
            scores[2 * server] = advantage[0];
            scores[2 * server + 1] = advantage[1];
            sum += advantage[0] + advantage[1];
        }
        const float base = value - sum / static_cast<float>(2 * servers);
        for (int action = 0; action < 2 * servers; ++action) scores[action] += base;
    }

    // The available action with the greatest Q, ties to the lowest.
    int32_t decide(const peer::Environment &environment) {
        scores_.resize(environment.actions());
        forward(environment, scores_.data());
        int32_t best = -1;
        for (int32_t action = 0; action < environment.actions(); ++action) {
            if (!environment.available(action)) continue;
            if (best < 0 || scores_[action] > scores_[best]) best = action;
        }
        return best;
    }

  private:
    static constexpr int kWidth = 8;
    static constexpr int kAdvantageWidth = 16;

    peer::Linear<4, kWidth> embed1_;
    peer::Linear<kWidth, kWidth> embed2_;
    peer::Linear<kWidth + 3, kWidth> value1_;
    peer::Linear<kWidth, 1> value2_;
    peer::Linear<2 * kWidth + 3, kAdvantageWidth> advantage1_;
    peer::Linear<kAdvantageWidth, 2> advantage2_;
    float cpu_, mem_;
    // [server][component]
    std::vector<float> embeddings_;
    std::vector<float> scores_;
};

peer_network *peer_network_create(const float *parameters, size_t count, float cpu, float mem) {
    return new peer_network(parameters, count, cpu, mem);
}

void peer_network_destroy(peer_network *network) { delete network; }

void peer_forward(peer_network *network, const peer_environment *environment, float *scores) {
    network->forward(*environment, scores);
}

void peer_decide(peer_environment *environment, peer_network *network, int32_t count) {
    for (int32_t placed = 0; placed < count; ++placed) environment->step(network->decide(*environment));
}

int32_t peer_agreements(peer_environment *environment, peer_network *network, const int32_t *actions, int32_t count) {
    int32_t same = 0;
    for (int32_t placed = 0; placed < count; ++placed) {
        same += network->decide(*environment) == actions[placed];
        environment->step(actions[placed]);
    }
    return same;
}

double peer_decide_episodes(peer_environment *environment, peer_network *network, const int32_t *starts,
                            const int32_t *lengths, size_t count) {
    double total = 0;
    for (size_t episode = 0; episode < count; ++episode) {
        environment->reset(starts[episode], lengths[episode]);
        while (!environment->finished()) environment->step(network->decide(*environment));
        total += environment->total_wait();
    }
    return total;
}
