// spane-simgrid: libspane as the scheduler of a cluster that SimGrid simulates, compared VM by VM with libspane's simulator.

#include "replay.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace {

// SimGrid adds up the work that is done, so that a VM may end a rounding error early or late.
constexpr double tolerance = 1e-6; // seconds

constexpr const char *usage =
    "usage: spane-simgrid [--trace FILE] [--policy NAME|FILE.h5] [--start N] [--requests N] [--servers N] [--node-cpu CORES]\n"
    "                     [--node-mem GB] [--host-cores N] [--host-mem GB]\n";

double number(const std::string &option, const char *text, double least) {
    char *end = nullptr;
    const double value = std::strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= least) || value > 1e9) {
        throw std::runtime_error(option + " is " + text + ", but must be a number of at least " + std::to_string(least));
    }
    return value;
}

long whole(const std::string &option, const char *text, double least) {
    const double value = number(option, text, least);
    if (value != std::floor(value)) throw std::runtime_error(option + " is " + text + ", but must be a whole number");
    return static_cast<long>(value);
}

Scenario read_options(int argc, char **argv) {
    Scenario scenario;
    for (int i = 1; i < argc; i += 2) {
        const std::string option = argv[i];
        if (i + 1 == argc) throw std::runtime_error(option + " has no value\n" + usage);
        const char *value = argv[i + 1];
        if (option == "--trace") scenario.trace = value;
        else if (option == "--policy") scenario.policy = value;
        else if (option == "--start") scenario.start = whole(option, value, 0);
        else if (option == "--requests") scenario.requests = static_cast<std::size_t>(whole(option, value, 1));
        else if (option == "--servers") scenario.servers = static_cast<std::int32_t>(whole(option, value, 1));
        else if (option == "--node-cpu") scenario.node_cpu = static_cast<double>(whole(option, value, 1));
        else if (option == "--node-mem") scenario.node_mem = number(option, value, 1e-6);
        else if (option == "--host-cores") scenario.host_cores = static_cast<int>(whole(option, value, 1));
        else if (option == "--host-mem") scenario.host_mem = number(option, value, 1e-6);
        else throw std::runtime_error("unknown option " + option + "\n" + usage);
    }
    return scenario;
}

/// Prints the differences and says how many there are.
std::size_t compare(const Scenario &scenario, const Replay &simgrid, const Replay &spane, double evaluated) {
    std::size_t elsewhere = 0, late = 0, waited = 0, split = 0;
    double largest = 0, total = 0, expected = 0;
    for (std::size_t vm = 0; vm < scenario.requests; vm++) {
        const Outcome &here = simgrid.outcomes[vm], &there = spane.outcomes[vm];
        const double difference = std::fabs(here.wait - there.wait);
        elsewhere += here.placement.server != there.placement.server || here.placement.nodes != there.placement.nodes;
        late += !(difference <= tolerance);
        waited += there.wait > 0;
        split += there.placement.nodes == 3;
        largest = std::fmax(largest, difference);
        total += here.wait;
        expected += there.wait;
    }
    const bool differs = !(std::fabs(total - evaluated) <= tolerance * static_cast<double>(scenario.requests));
    std::printf("%-40s %zu VMs (%zu over two nodes, %zu had to wait), %zu decisions, %.2f us each\n", scenario.policy.c_str(),
                scenario.requests, split, waited, simgrid.decisions,
                1e6 * simgrid.deciding / static_cast<double>(simgrid.decisions));
    std::printf("%-40s differences: %zu placements, %zu waits, at most %g s; total wait %.6f s in SimGrid, %.6f s by "
                "evaluation, bits %s\n",
                "", elsewhere, late, largest, total, evaluated, total == evaluated ? "equal" : "differ");
    return elsewhere + late + (differs ? 1 : 0) + (expected == evaluated ? 0 : 1);
}

} // namespace

int main(int argc, char **argv) {
    try {
        const Scenario scenario = read_options(argc, argv);
        const auto trace = spane::Trace::load(scenario.trace);
        const Replay expected = replay_in_spane(scenario, trace);
        const double evaluated = total_wait_in_spane(scenario, trace);
        const std::size_t differences = compare(scenario, replay_in_simgrid(scenario, trace), expected, evaluated);
        return differences == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "spane-simgrid: %s\n", error.what());
        return 2;
    }
}
