// What is replayed, and what comes out of it: the same whether SimGrid or libspane's own simulator does it.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <spane.hpp>

/// The servers, and the VMs of a trace that are asked for one after the other.
struct Scenario {
    std::string trace = "data/synthetic.h5";
    std::string policy = "best-fit"; ///< a heuristic by name, or the file *.h5 of a network
    std::int64_t start = 0;          ///< the first VM
    std::size_t requests = 10'000;
    std::int32_t servers = 5;
    double node_cpu = 40;            ///< cores of each NUMA node, of which a server has two
    double node_mem = 90;            ///< GB of each
    // What SimGrid's hosts have. It is what the scheduler believes, unless a test wants to see that too little is noticed.
    int host_cores = 0;              ///< 0 for node_cpu
    double host_mem = 0;             ///< GB; 0 for node_mem
};

/// Where a VM went, and how long it had waited.
struct Outcome {
    spane::Placement placement;
    double wait; ///< seconds
};

struct Replay {
    std::vector<Outcome> outcomes;   ///< of each VM, in order of arrival
    std::size_t decisions = 0;       ///< how often the policy was asked
    double deciding = 0;             ///< seconds of this machine that this took
    double end = 0;                  ///< seconds of simulated time after the first arrival at which the last VM was placed
};

/// Hands the policy of a scenario to `use`.
template <class Use>
auto with_policy(const std::string &name, const Use &use) {
    if (name.size() > 3 && name.compare(name.size() - 3, 3, ".h5") == 0) return use(spane::Policy(spane::Model::load(name)));
    return use(spane::Policy(name));
}

/// In SimGrid. Throws std::runtime_error where a host has not the memory or the cores for what is placed there.
Replay replay_in_simgrid(const Scenario &scenario, const spane::Trace &trace);

/// In libspane's simulator, step by step.
Replay replay_in_spane(const Scenario &scenario, const spane::Trace &trace);

/// In libspane's simulator, by the one call that evaluates: the total wait in seconds.
double total_wait_in_spane(const Scenario &scenario, const spane::Trace &trace);
