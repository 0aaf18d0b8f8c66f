// The life of a fleet whose servers differ, as in ../c/fleet.c: VMs are spread over one, two or four NUMA nodes by their
// flavor, a server fails and what ran there is started elsewhere, one is emptied by moving its VMs and replaced by another
// kind, one gets more memory, and a VM grows where it runs. A VM that finds no room is turned away.
//
//   c++ -std=c++17 fleet.cpp $(pkg-config --cflags --libs spane) -o fleet
//   ./fleet ../../data/fleets/small.toml ../data/events.csv best-fit
//   ./fleet ../../data/fleets/small.toml ../data/events.csv ../../data/weights/potential-synthetic.h5

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <spane.hpp>

namespace {

spane::ServerType nodes_of(std::size_t count, double cpu, double mem, const std::string &name) {
    spane::ServerType type;
    type.nodes.assign(count, {cpu, mem});
    type.name = name;
    return type;
}

// Four nodes, of which two each are near each other.
spane::ServerType quad() {
    spane::ServerType type = nodes_of(4, 20, 45, "quad");
    type.distances = {10, 12, 30, 30, 12, 10, 30, 30, 30, 30, 10, 12, 30, 30, 12, 10};
    return type;
}

// What a flavor asks for: the largest VMs take all nodes of a large server, the next ones two that are near each other.
spane::Request request_of(double cpu, double mem) {
    spane::Request request{cpu, mem, mem >= 64 ? 4 : mem > 16 ? 2 : 1};
    if (request.span == 2) request.farthest = 12;
    return request;
}

class Fleet {
public:
    Fleet(const std::string &file, const std::string &policy)
        : cluster_(spane::Cluster::load(file)), session_(bind(cluster_, policy)) {}

    // The classes of all servers, those of one class together.
    void print(const std::string &title) const {
        std::vector<std::pair<std::size_t, std::string>> classes;
        for (const std::int32_t server : cluster_.servers()) {
            const std::string type = cluster_.server(server).type;
            if (classes.empty() || classes.back().second != type) classes.emplace_back(0, type);
            classes.back().first++;
        }
        std::cout << title;
        for (std::size_t i = 0; i < classes.size(); i++) {
            std::cout << (i ? ", " : "") << classes[i].first << " x " << classes[i].second;
        }
        std::cout << "\n";
    }

    void arrive(std::uint64_t id, const spane::Request &request) {
        // Where it is placed, the VM is started on that server, on the NUMA nodes whose bits are set.
        session_.place(id, request) ? placed_++ : turned_away_++;
    }

    void leave(std::uint64_t id) {
        if (cluster_.find(id)) cluster_.release(id); // else it was turned away, or lost with its server
    }

    // What ran on a server that has failed is started anew wherever there is room.
    void fail(std::int32_t server) {
        const std::map<std::uint64_t, spane::Request> requests = requests_on(server);
        for (const std::uint64_t id : cluster_.fail_server(server)) {
            session_.place(id, requests.at(id)) ? restarted_++ : lost_++;
        }
    }

    void repair(std::int32_t server) { cluster_.uncordon(server); }

    // Empties a server by moving its VMs, the largest ones first, and replaces it. Whether all found another place.
    bool replace(std::int32_t server, const spane::ServerType &type) {
        const std::map<std::uint64_t, spane::Request> requests = requests_on(server);
        cluster_.cordon(server);
        for (int span = 4; span >= 1; span--) {
            for (const auto &[id, request] : requests) {
                if (request.span != span) continue;
                const spane::Choice choice = session_.choose(request);
                if (!choice) {
                    cluster_.uncordon(server);
                    return false;
                }
                cluster_.move(id, *choice);
                moved_++;
            }
        }
        cluster_.remove_server(server);
        cluster_.add_servers(type); // gets the number that is free
        return true;
    }

    void resize(std::int32_t server, const spane::ServerType &type) { cluster_.resize_server(server, type); }

    // Gives the first VM of a server twice its cores, if they are there.
    bool grow(std::int32_t server) {
        const std::map<std::uint64_t, spane::Request> requests = requests_on(server);
        if (requests.empty()) return false;
        spane::Request request = requests.begin()->second;
        request.cpu *= 2;
        try {
            cluster_.resize(requests.begin()->first, request);
        } catch (const spane::Error &error) {
            if (error.status() != SPANE_INFEASIBLE_ACTION) throw;
            return false;
        }
        return true;
    }

    void report() const {
        const std::vector<std::int64_t> room = cluster_.room(request_of(8, 32));
        std::cout << "placed       " << placed_ << " VMs, " << turned_away_ << " turned away\n"
                  << "failure      " << restarted_ << " VMs started again, " << lost_ << " lost\n"
                  << "retirement   " << moved_ << " VMs moved\n"
                  << "at the end   " << cluster_.count().vms << " VMs, and room for "
                  << std::accumulate(room.begin(), room.end(), std::int64_t(0)) << " more of 8 cores and 32 GB\n";
    }

private:
    static spane::Session bind(spane::Cluster &cluster, const std::string &policy) {
        if (policy.find(".h5") == std::string::npos) return spane::Session::make(cluster, policy);
        return spane::Session::make(cluster, spane::Model::load(policy)); // a potential, which serves any servers
    }

    std::map<std::uint64_t, spane::Request> requests_on(std::int32_t server) const {
        std::map<std::uint64_t, spane::Request> requests;
        for (const std::uint64_t id : cluster_.vms(server)) requests[id] = cluster_.find(id)->request;
        return requests;
    }

    spane::Cluster cluster_;
    spane::Session session_;
    int placed_ = 0, turned_away_ = 0, restarted_ = 0, lost_ = 0, moved_ = 0;
};

void play(std::istream &file, Fleet &fleet) {
    std::string kind;
    std::getline(file, kind); // the header
    double time = 0, cpu = 0, mem = 0;
    std::uint64_t id = 0;
    char comma = 0;
    for (int events = 1; file >> time >> comma && std::getline(file, kind, ',') &&
                         file >> id >> comma >> cpu >> comma >> mem;
         events++) {
        if (events == 450) {
            std::cout << "server 2     "
                      << (fleet.replace(2, quad()) ? "is replaced by one with four nodes" : "cannot be emptied")
                      << "\n";
        }
        if (events == 600) fleet.fail(1);
        if (events == 800) fleet.repair(1);
        if (events == 1100) fleet.resize(3, nodes_of(2, 40, 120, "large dual"));
        if (events == 1300) {
            std::cout << "server 0     its first VM " << (fleet.grow(0) ? "has twice the cores" : "cannot grow") << "\n";
        }
        if (kind == "arrive") {
            fleet.arrive(id, request_of(cpu, mem));
        } else {
            fleet.leave(id);
        }
    }
}

} // namespace

int main(int argc, char **argv) {
    std::ifstream file(argc > 2 ? argv[2] : "");
    if (!file) {
        std::cerr << "usage: fleet FLEET.toml EVENTS.csv [HEURISTIC | POTENTIAL.h5]\n";
        return EXIT_FAILURE;
    }
    try {
        Fleet fleet(argv[1], argc > 3 ? argv[3] : "best-fit");
        fleet.print("fleet        ");
        play(file, fleet);
        fleet.print("now          ");
        fleet.report();
    } catch (const std::exception &error) { // spane::Error is one, whose status() tells more
        std::cerr << "fleet: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
