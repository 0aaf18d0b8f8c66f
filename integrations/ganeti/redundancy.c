/*
 * Whether a group survives the failure of any one node: instances with a secondary start there, all others on any node that
 * has the memory and the disk space. As in Ganeti's htools, that comes before limits of processors and of policy, and is not
 * asked of nodes with exclusive storage, whose instances count on their own disks alone.
 */

#include "model.h"

#include <stdlib.h>

static int by_memory(const void *left, const void *right) {
    const struct instance *a = *(const struct instance *const *)left, *b = *(const struct instance *const *)right;
    return (a->mem < b->mem) - (a->mem > b->mem);
}

/* What a node has left. */
struct left {
    int64_t mem, disk, spindles;
};

/* The node that has the least left, or the most, and takes the instance; -1 for none. */
static int refuge(const struct cluster *cluster, const struct instance *instance, int from, const struct left *left,
                  bool wants_least) {
    int best = -1;
    for (int node = 0; node < cluster->node_count; node++) {
        const struct node *at = &cluster->nodes[node];
        if (node == from || at->group != cluster->nodes[from].group || !at->is_usable) continue;
        if (left[node].mem <= (instance->runs ? instance->mem : 0)) continue;
        if (instance->template->is_local && left[node].disk <= instance->disk) continue;
        if (instance->template->is_local && at->has_exclusive_storage &&
            (instance->spindles < 0 || instance->spindles > left[node].spindles)) continue;
        if (best < 0 || (wants_least ? left[node].mem < left[best].mem : left[node].mem > left[best].mem)) best = node;
    }
    return best;
}

/* Whether it works when each instance goes where least is left, or most. */
static bool survives_by(const struct cluster *cluster, int node, bool wants_least) {
    size_t count = 0;
    const struct instance **homeless = calloc((size_t)cluster->instance_count + 1, sizeof *homeless);
    struct left *left = calloc((size_t)cluster->node_count + 1, sizeof *left);
    bool is_safe = true;
    if (!homeless || !left) die("out of memory");
    for (int i = 0; i < cluster->node_count; i++) {
        const struct node *at = &cluster->nodes[i];
        left[i] = (struct left){unallocated_mem(at), at->free_disk, at->free_spindles};
    }
    for (int i = 0; i < cluster->instance_count && !cluster->nodes[node].has_exclusive_storage; i++) {
        const struct instance *instance = &cluster->instances[i];
        if (instance->primary != node) continue;
        if (instance->secondary >= 0) {
            left[instance->secondary].mem -= instance->runs ? instance->mem : 0;
            if (left[instance->secondary].mem <= 0) is_safe = false;
        } else {
            homeless[count++] = instance;
        }
    }
    qsort(homeless, count, sizeof(struct instance *), by_memory);
    for (size_t i = 0; i < count && is_safe; i++) {
        int target = refuge(cluster, homeless[i], node, left, wants_least);
        if (target >= 0) {
            left[target].mem -= homeless[i]->runs ? homeless[i]->mem : 0;
            if (homeless[i]->template->is_local) {
                left[target].disk -= homeless[i]->disk;
                left[target].spindles -= homeless[i]->spindles;
            }
        } else {
            is_safe = false;
        }
    }
    free(homeless);
    free(left);
    return is_safe;
}

bool survives(const struct cluster *cluster, int node) {
    return survives_by(cluster, node, true) || survives_by(cluster, node, false);
}

void find_survivors(const struct cluster *cluster, bool *survivors) {
    for (int node = 0; node < cluster->node_count; node++) survivors[node] = survives(cluster, node);
}

bool is_redundant(const struct cluster *cluster, int group, enum capacity_checks checks, const bool *survivors) {
    for (int node = 0; checks != CHECK_OFF && node < cluster->node_count; node++) {
        if (cluster->nodes[node].group != group || (checks == CHECK_EXISTING && !survivors[node])) continue;
        if (!survives(cluster, node)) return false;
    }
    return true;
}
