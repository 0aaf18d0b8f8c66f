#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "cxx_peer.h"

namespace peer {

// What the VM at the head takes from each NUMA node that it uses.
struct Request {
    double cpu;
    double mem;
    bool split;
};

struct Step {
    double reward;
    double wait;
};

// The environment: VMs are placed strictly in order of arrival.
class Environment {
  public:
    Environment(std::vector<peer_vm> vms, peer_cluster cluster)
        : vms_(std::move(vms)), cluster_(cluster), free_(4 * static_cast<size_t>(cluster.servers)) {}

    // The state of another environment of the same VMs.
    void assign(const Environment &other) {
        free_ = other.free_;
        departures_ = other.departures_;
        request_ = other.request_;
        clock_ = other.clock_;
        total_wait_ = other.total_wait_;
        head_ = other.head_;
        placed_ = other.placed_;
        length_ = other.length_;
        finished_ = other.finished_;
    }

    void reset(int32_t start, int32_t length) {
        for (size_t node = 0; node < free_.size(); node += 2) {
            free_[node] = cluster_.cpu;
            free_[node + 1] = cluster_.mem;
        }
        departures_.clear();
        head_ = start;
        length_ = length;
        placed_ = 0;
        total_wait_ = 0;
        clock_ = vms_[start].arrival;
        request_ = request_for(vms_[start]);
        finished_ = false;
    }

    Step step(int32_t action) {
        if (finished_) throw std::logic_error("the episode has ended");
        if (action < 0 || action >= actions() || !available(action)) throw std::invalid_argument("unavailable action");
        const peer_vm &vm = vms_[head_];
        change(request_, action, -1);
        departures_.push_back({clock_ + vm.lifetime, head_, action});
        std::push_heap(departures_.begin(), departures_.end(), Later());
        const double wait = clock_ - vm.arrival;
        const double reward = wait == 0 ? 0 : -std::log(1 + wait);
        total_wait_ += wait;
        ++placed_;
        ++head_;
        request_ = request_for(vms_[head_]);
        finished_ = placed_ >= length_ || head_ >= static_cast<int32_t>(vms_.size()) - 1;
        if (!finished_) move_clock();
        return {reward, wait};
    }

    // The lowest available action, or -1.
    int32_t first_available() const {
        for (int32_t action = 0; action < actions(); action += request_.split ? 2 : 1) {
            if (available(action)) return action;
        }
        return -1;
    }

    bool available(int32_t action) const {
        if (request_.split) return fits(action & ~1) && fits(action | 1);
        return fits(action);
    }

    int32_t servers() const { return cluster_.servers; }
    int32_t actions() const { return 2 * cluster_.servers; }
    bool finished() const { return finished_; }
    double total_wait() const { return total_wait_; }
    const Request &request() const { return request_; }
    // [server][node][cpu, mem]
    const double *free() const { return free_.data(); }

  private:
    struct Departure {
        double end;
        int32_t vm;
        int32_t action;
    };

    struct Later {
        bool operator()(const Departure &left, const Departure &right) const {
            return left.end > right.end || (left.end == right.end && left.vm > right.vm);
        }
    };

    Request request_for(const peer_vm &vm) const {
        if (vm.mem > cluster_.split_above) return {vm.cpu / 2, vm.mem / 2, true};
        return {vm.cpu, vm.mem, false};
    }

    bool fits(int32_t node) const {
        return free_[2 * node] >= request_.cpu && free_[2 * node + 1] >= request_.mem;
    }

    void change(const Request &request, int32_t action, double sign) {
        const int32_t first = request.split ? action & ~1 : action;
        const int32_t last = request.split ? action | 1 : action;
        for (int32_t node = first; node <= last; ++node) {
            free_[2 * node] += sign * request.cpu;
            free_[2 * node + 1] += sign * request.mem;
        }
    }

    void remove_first_departure() {
        const Departure departure = departures_.front();
        std::pop_heap(departures_.begin(), departures_.end(), Later());
        departures_.pop_back();
        clock_ = departure.end;
        change(request_for(vms_[departure.vm]), departure.action, 1);
    }

    void move_clock() {
        const double arrival = vms_[head_].arrival;
        while (!departures_.empty() && departures_.front().end <= arrival) remove_first_departure();
        while (first_available() < 0) {
            const double end = departures_.front().end;
            while (!departures_.empty() && departures_.front().end == end) remove_first_departure();
        }
        clock_ = std::max(clock_, arrival);
    }

    std::vector<peer_vm> vms_;
    peer_cluster cluster_;
    std::vector<double> free_;
    // A heap, the earliest end first.
    std::vector<Departure> departures_;
    Request request_{};
    double clock_ = 0;
    double total_wait_ = 0;
    int32_t head_ = 0;
    int32_t placed_ = 0;
    int32_t length_ = 0;
    bool finished_ = true;
};

}  // namespace peer

struct peer_environment : peer::Environment {
    using peer::Environment::Environment;
};
