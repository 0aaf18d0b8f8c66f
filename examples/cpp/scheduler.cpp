// A scheduler's main loop with libspane: VMs arrive and leave, a fleet is kept up to date, each VM is placed by a policy,
// and VMs that fit nowhere wait in a queue; one that no server is large enough for is refused. Networks rank the
// placements, and the scheduler has the last word: it keeps the two replicas of a service on different servers.
//
//   c++ -std=c++17 scheduler.cpp $(pkg-config --cflags --libs spane) -o scheduler
//   ./scheduler ../data/events.csv best-fit
//   ./scheduler ../data/events.csv ../../data/weights/potential-synthetic.h5

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <spane.hpp>

namespace {

constexpr std::size_t servers = 5;
constexpr double node_cpu = 40, node_mem = 90; // of each of the two NUMA nodes of a server

struct Event {
    double time;
    bool arrives; // or leaves
    std::uint64_t id;
    spane::Request request;
};

// Reads lines of time,arrive|leave,id,cpu,mem.
std::vector<Event> read_events(const std::string &path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + " cannot be read");
    std::vector<Event> events;
    std::string kind;
    std::getline(file, kind); // the header
    Event event{};
    char comma;
    while (file >> event.time >> comma && std::getline(file, kind, ',') && file >> event.id >> comma >>
               event.request.cpu >> comma >> event.request.mem) {
        event.arrives = kind == "arrive";
        events.push_back(event);
    }
    return events;
}

class Scheduler {
public:
    explicit Scheduler(const std::string &policy) {
        cluster_.add_equal_servers(node_cpu, node_mem, servers);
        ranks_ = policy.find(".h5") != std::string::npos;
        if (ranks_) {
            session_ = spane::Session::make(cluster_, spane::Model::load(policy)); // keeps what it needs of the model
        } else {
            session_ = spane::Session::make(cluster_, policy);
        }
    }

    void handle(const Event &event) {
        busy_ += used_cpu_ * (event.time - now_);
        now_ = event.time;
        event.arrives ? queue_.push_back(event) : leave(event);
        // First come, first served: the first one that fits nowhere makes those behind it wait.
        while (!queue_.empty() && try_to_place(queue_.front())) queue_.pop_front();
    }

    // Takes a server out for maintenance: its VMs go on, and new ones go elsewhere.
    void start_maintenance(std::int32_t server) { cluster_.cordon(server); }
    void end_maintenance(std::int32_t server) { cluster_.uncordon(server); }

    void report(double start) const {
        std::cout << std::fixed << std::setprecision(1) << "placed       " << placed_ << " VMs\n"
                  << "waited       " << waited_ << " VMs, " << total_wait_ / std::max(waited_, 1) << " s on average\n"
                  << "gave up      " << gave_up_ << " VMs\n"
                  << "refused      " << refused_ << " VMs\n"
                  << "utilisation  " << 100 * busy_ / (now_ - start) / (servers * 2 * node_cpu)
                  << " % of the cores\n";
    }

private:
    // The best placement that the scheduler's own rule allows.
    spane::Choice choose(const Event &event) {
        spane::Choice choice = session_->choose(event.request);
        if (!choice || !ranks_) return choice;
        std::array<spane::Placement, servers * 2> best;
        const std::size_t found = session_->top(event.request, best);
        const auto replica = cluster_.find(event.id ^ 1); // services have two replicas, 2n and 2n + 1
        for (std::size_t i = 0; i < found; i++) {
            if (!replica || best[i].server != replica->placement.server) return best[i];
        }
        return {};
    }

    // Whether the VM need not wait: it was placed, or is refused because no server is large enough for it.
    bool try_to_place(const Event &event) {
        const spane::Choice placement = choose(event);
        if (placement.never_fits) {
            explain(event, "is refused");
            refused_++;
            return true;
        }
        if (!placement) {
            if (explained_ != event.id) explain(event, "waits"); // the first in the queue until it is placed
            explained_ = event.id;
            return false;
        }
        // Here the VM is started on placement->server, on the NUMA nodes whose bits are set in placement->nodes.
        cluster_.place(event.id, event.request, *placement);
        placed_++;
        used_cpu_ += event.request.cpu;
        if (now_ > event.time) waited_++;
        total_wait_ += now_ - event.time;
        return true;
    }

    // Prints why a VM goes nowhere, in one line.
    void explain(const Event &event, const char *what) {
        std::cerr << "scheduler: VM " << event.id << ' ' << what << ": " << session_->explain(event.request, 0) << '\n';
    }

    void leave(const Event &event) {
        const auto waiting = std::find_if(queue_.begin(), queue_.end(), [&](auto &it) { return it.id == event.id; });
        if (waiting != queue_.end()) { // it has waited for too long
            queue_.erase(waiting);
            gave_up_++;
        } else if (cluster_.find(event.id)) { // else it was refused
            cluster_.release(event.id);
            used_cpu_ -= event.request.cpu;
        }
    }

    spane::Cluster cluster_ = spane::Cluster::make();
    std::optional<spane::Session> session_;
    bool ranks_ = false;
    std::deque<Event> queue_;
    std::optional<std::uint64_t> explained_;
    double now_ = 0, used_cpu_ = 0, busy_ = 0, total_wait_ = 0;
    int placed_ = 0, waited_ = 0, gave_up_ = 0, refused_ = 0;
};

} // namespace

int main(int argc, char **argv) {
    if (argc < 2) {
        std::cerr << "usage: scheduler EVENTS.csv [HEURISTIC | WEIGHTS.h5]\n";
        return EXIT_FAILURE;
    }
    try {
        const std::vector<Event> events = read_events(argv[1]);
        Scheduler scheduler(argc > 2 ? argv[2] : "balance-fit");
        for (std::size_t i = 0; i < events.size(); i++) {
            if (i == 1000) scheduler.start_maintenance(0);
            if (i == 1200) scheduler.end_maintenance(0);
            scheduler.handle(events[i]);
        }
        scheduler.report(events.empty() ? 0 : events.front().time);
    } catch (const std::exception &error) { // spane::Error is one, whose status() tells more
        std::cerr << "scheduler: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
