// A plain C++ implementation of what the benchmarks measure: the environment, First Fit, the paper's network, and a CSV
// reader. It is written as one writes good C++ without special effort, and shares no code with libspane.

#ifndef CXX_PEER_H
#define CXX_PEER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_vm {
    double cpu;
    double mem;
    double arrival;
    double lifetime;
};

// What one NUMA node has, and the memory above which a VM is split.
struct peer_cluster {
    int32_t servers;
    double cpu;
    double mem;
    double split_above;
};

// The environment. It keeps its own copy of the VMs.
struct peer_environment;
struct peer_environment *peer_environment_create(const struct peer_vm *vms, size_t count, struct peer_cluster cluster);
void peer_environment_destroy(struct peer_environment *environment);
void peer_environment_assign(struct peer_environment *environment, const struct peer_environment *other);
void peer_environment_reset(struct peer_environment *environment, int32_t start, int32_t length);
double peer_environment_total_wait(const struct peer_environment *environment);

// Places `count` VMs with First Fit.
void peer_first_fit(struct peer_environment *environment, int32_t count);
// Plays whole episodes with First Fit; the sum of their total waits.
double peer_first_fit_episodes(struct peer_environment *environment, const int32_t *starts, const int32_t *lengths,
                               size_t count);

// The paper's network (server 8x1, value 8x1, advantage 16x1, mean). The parameters follow each other in the order of
// the architecture's tensors; the inputs are divided by `cpu` and `mem`.
struct peer_network;
struct peer_network *peer_network_create(const float *parameters, size_t count, float cpu, float mem);
void peer_network_destroy(struct peer_network *network);

// Writes Q of every action for the VM at the head: a whole forward pass.
void peer_forward(struct peer_network *network, const struct peer_environment *environment, float *scores);
// Places `count` VMs where the network says.
void peer_decide(struct peer_environment *environment, struct peer_network *network, int32_t count);
// Places `count` VMs at the given actions; the number of those that the network would have chosen too.
int32_t peer_agreements(struct peer_environment *environment, struct peer_network *network, const int32_t *actions,
                        int32_t count);
// Plays whole episodes with the network; the sum of their total waits.
double peer_decide_episodes(struct peer_environment *environment, struct peer_network *network, const int32_t *starts,
                            const int32_t *lengths, size_t count);

// Fused multiply-adds a second, each lane of a vector counted, and bytes a second that are read from memory, at best and on one thread.
double peer_fma_rate(void);
double peer_read_bandwidth(void);

// Reads a file with the columns vmid,cpu,mem,at,lt; the number of VMs, or -1 when the file is not such a file.
int64_t peer_read_csv(const char *path);

#ifdef __cplusplus
}
#endif

#endif
