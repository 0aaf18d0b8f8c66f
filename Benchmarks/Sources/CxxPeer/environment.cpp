#include "environment.hpp"

peer_environment *peer_environment_create(const peer_vm *vms, size_t count, peer_cluster cluster) {
    return new peer_environment(std::vector<peer_vm>(vms, vms + count), cluster);
}

void peer_environment_destroy(peer_environment *environment) { delete environment; }

void peer_environment_assign(peer_environment *environment, const peer_environment *other) {
    environment->assign(*other);
}

void peer_environment_reset(peer_environment *environment, int32_t start, int32_t length) {
    environment->reset(start, length);
}

double peer_environment_total_wait(const peer_environment *environment) { return environment->total_wait(); }

void peer_first_fit(peer_environment *environment, int32_t count) {
    for (int32_t placed = 0; placed < count; ++placed) environment->step(environment->first_available());
}

double peer_first_fit_episodes(peer_environment *environment, const int32_t *starts, const int32_t *lengths,
                               size_t count) {
    double total = 0;
    for (size_t episode = 0; episode < count; ++episode) {
        environment->reset(starts[episode], lengths[episode]);
        while (!environment->finished()) environment->step(environment->first_available());
        total += environment->total_wait();
    }
    return total;
}
