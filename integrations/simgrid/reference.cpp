// What SimGrid is compared with: libspane's own simulator.

#include "replay.hpp"

#include <array>

namespace {

template <class Options>
Options of_servers(const Scenario &scenario) {
    Options options;
    options.servers = scenario.servers;
    options.node_cpu = scenario.node_cpu;
    options.node_mem = scenario.node_mem;
    return options;
}

} // namespace

Replay replay_in_spane(const Scenario &scenario, const spane::Trace &trace) {
    auto environment = spane::Environment::make(trace, of_servers<spane::EnvironmentOptions>(scenario));
    auto session = with_policy(scenario.policy, [&](const spane::Policy &policy) {
        return spane::EnvironmentSession::make(environment, policy);
    });
    environment.reset(scenario.start, spane::End::length(static_cast<std::int64_t>(scenario.requests)));
    Replay replay;
    for (std::size_t vm = 0; vm < scenario.requests; vm++) {
        const bool is_split = environment.request().span == 2;
        const std::int32_t action = session.decide();
        const std::uint32_t nodes = is_split ? 3U : 1U << (action % SPANE_NODES);
        replay.outcomes.push_back({{action / SPANE_NODES, nodes}, environment.step(action).wait});
    }
    replay.decisions = scenario.requests;
    return replay;
}

double total_wait_in_spane(const Scenario &scenario, const spane::Trace &trace) {
    auto options = of_servers<spane::EvaluationOptions>(scenario);
    options.length = static_cast<std::int64_t>(scenario.requests);
    return with_policy(scenario.policy, [&](const spane::Policy &policy) {
        const std::array<std::int64_t, 1> starts{scenario.start};
        const std::array<spane::Policy, 1> policies{policy};
        return spane::evaluate(trace, starts, policies, options).waits.front();
    });
}
