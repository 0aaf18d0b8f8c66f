// A cluster in SimGrid whose scheduler asks libspane. A host is a NUMA node; a VM is a SimGrid VM with one thread for each of
// its cores, or one such half on each of two hosts. It ends when SimGrid has done its work, lifetime times cores: on a host
// with more threads than cores that is late, and so is what waits for it.

#include "replay.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include <simgrid/s4u.hpp>

namespace sg = simgrid::s4u;

namespace {

constexpr double speed = 1;         // of a core: it does a second's work in a second
constexpr double gigabyte = 1e9;

class Cluster {
public:
    Cluster(const Scenario &scenario, const spane::Trace &trace)
        : scenario_(scenario), vms_(trace.columns(static_cast<std::size_t>(scenario.start), scenario.requests)) {
        cluster_.add_equal_servers(scenario.node_cpu, scenario.node_mem, static_cast<std::size_t>(scenario.servers));
        session_ = with_policy(scenario.policy, [this](const spane::Policy &policy) {
            return spane::Session::make(cluster_, policy);
        });
        build_hosts();
    }

    /// The actor that places all VMs in order of arrival; one that fits nowhere waits, and all behind it.
    void schedule() {
        const double first = vms_.arrival.front();
        for (std::size_t vm = 0; vm < vms_.cpu.size(); vm++) {
            const double arrival = vms_.arrival[vm] - first;
            if (arrival > sg::Engine::get_clock()) sg::this_actor::sleep_until(arrival);
            const spane::Placement placement = place(vm);
            // SimGrid may wake the scheduler some nanoseconds early.
            replay_.outcomes.push_back({placement, std::max(0.0, sg::Engine::get_clock() - arrival)});
            start(vm, placement);
        }
        replay_.end = sg::Engine::get_clock();
        sg::Actor::kill_all(); // what still runs tells nothing any more
    }

    Replay result() { return std::move(replay_); }

private:
    void build_hosts() {
        sg::NetZone *zone = sg::create_full_zone("cluster");
        const int cores = scenario_.host_cores > 0 ? scenario_.host_cores : static_cast<int>(scenario_.node_cpu);
        const double mem = scenario_.host_mem > 0 ? scenario_.host_mem : scenario_.node_mem;
        for (int node = 0; node < scenario_.servers * SPANE_NODES; node++) {
            sg::Host *host = zone->create_host("server" + std::to_string(node / SPANE_NODES) + "-node" +
                                                   std::to_string(node % SPANE_NODES), speed);
            host->set_core_count(cores)->seal();
            hosts_.push_back(host);
            room_.push_back(mem);
        }
        manager_ = zone->create_host("manager", speed);
        manager_->seal();
        zone->seal();
    }

    spane::Placement place(std::size_t vm) {
        const spane::Request request{vms_.cpu[vm], vms_.mem[vm], vms_.span[vm]};
        for (;;) {
            settle();
            if (has_room(request)) {
                const auto before = std::chrono::steady_clock::now();
                const spane::Choice choice = session_.place(vm, request);
                replay_.deciding += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
                replay_.decisions++;
                if (!choice) throw std::runtime_error("VM " + std::to_string(vm) + " has room, but the policy finds none");
                return *choice;
            }
            std::unique_lock<sg::Mutex> lock(*mutex_);
            const std::size_t seen = releases_;
            ended_->wait(lock, [this, seen] { return releases_ != seen; });
        }
    }

    /// Policies that remember what they were asked for, as "random" and "capacity-lost" do, are asked once for each VM.
    bool has_room(const spane::Request &request) const {
        const std::vector<std::int64_t> room = cluster_.room(request);
        return std::any_of(room.begin(), room.end(), [](std::int64_t vms) { return vms > 0; });
    }

    /// Lets all that ends at this moment end: the scheduler looks at the cluster after that. A VM takes a turn for each of its
    /// halves.
    void settle() {
        std::size_t seen;
        do {
            seen = releases_;
            for (int turn = 0; turn < 4; turn++) sg::this_actor::yield();
        } while (releases_ != seen);
    }

    /// Starts the VM's half on each of its nodes, and an actor that waits for their end.
    void start(std::size_t vm, spane::Placement placement) {
        std::vector<sg::Host *> nodes;
        for (int node = 0; node < SPANE_NODES; node++) {
            if (placement.nodes >> node & 1U) nodes.push_back(hosts_[host_index(placement.server, node)]);
        }
        const double share = 1 / static_cast<double>(nodes.size());
        const int cores = static_cast<int>(vms_.cpu[vm] * share);
        if (cores < 1 || cores != vms_.cpu[vm] * share) {
            throw std::runtime_error("VM " + std::to_string(vm) + " has no whole number of cores on each of its nodes");
        }
        const double mem = vms_.mem[vm] * share;
        std::vector<sg::VirtualMachine *> halves;
        std::vector<sg::ExecPtr> works;
        for (sg::Host *host : nodes) {
            take(host, mem);
            const std::string name = std::to_string(vm) + "@" + host->get_name();
            sg::VirtualMachine *half = host->create_vm(name, cores, static_cast<std::size_t>(mem * gigabyte));
            half->start();
            halves.push_back(half);
            works.push_back(sg::Exec::init());
            works.back()->set_flops_amount(vms_.lifetime[vm] * speed)->set_thread_count(cores)->set_host(half)->start();
        }
        sg::Actor::create("vm" + std::to_string(vm), manager_, [this, vm, nodes, mem, halves, works] {
            for (const sg::ExecPtr &work : works) work->wait();
            // Actors run one at a time, and this one goes on until it calls SimGrid: settle() counts on it.
            for (const sg::Host *host : nodes) take(host, -mem);
            cluster_.release(vm);
            releases_++;
            ended_->notify_all();
            for (sg::VirtualMachine *half : halves) half->destroy();
        })->daemonize();
    }

    /// SimGrid lets the VMs of a host have more memory than it has, so it is counted here.
    void take(const sg::Host *host, double mem) {
        const auto index = static_cast<std::size_t>(std::find(hosts_.begin(), hosts_.end(), host) - hosts_.begin());
        room_[index] -= mem;
        if (room_[index] < 0) {
            throw std::runtime_error(host->get_name() + " lacks " + std::to_string(-room_[index]) + " GB");
        }
    }

    static std::size_t host_index(std::int32_t server, int node) {
        return static_cast<std::size_t>(server) * SPANE_NODES + static_cast<std::size_t>(node);
    }

    const Scenario &scenario_;
    spane::TraceColumns vms_;
    spane::Cluster cluster_ = spane::Cluster::make();
    spane::Session session_{nullptr};
    std::vector<sg::Host *> hosts_; // [server][node]
    std::vector<double> room_;      // GB, of each host
    sg::Host *manager_ = nullptr;   // where the scheduler runs
    sg::MutexPtr mutex_ = sg::Mutex::create();
    sg::ConditionVariablePtr ended_ = sg::ConditionVariable::create();
    std::size_t releases_ = 0;
    Replay replay_;
};

} // namespace

Replay replay_in_simgrid(const Scenario &scenario, const spane::Trace &trace) {
    int argc = 1;
    char name[] = "spane-simgrid";
    char *argv[] = {name, nullptr};
    sg::Engine engine(&argc, argv);
    Cluster cluster(scenario, trace);
    std::exception_ptr failure; // it must not leave an actor
    sg::Actor::create("scheduler", sg::Host::by_name("manager"), [&] {
        try {
            cluster.schedule();
        } catch (const std::runtime_error &) {
            failure = std::current_exception();
            sg::Actor::kill_all();
        }
    });
    engine.run();
    if (failure) std::rethrow_exception(failure);
    return cluster.result();
}
