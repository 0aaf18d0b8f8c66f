/*
 * What Ganeti allows, as its own htools judge it: a node keeps some memory free after all that runs on it, enough of it for the
 * instances whose secondary it is if their primary fails (N+1), its disk space, and the limits of its group's policy.
 */

#include "model.h"

#include <math.h>
#include <string.h>

const char *const fit_names[FIT_KINDS] = {"Fits",         "FailMem",  "FailN1",     "FailDisk",   "FailCPU",
                                          "FailSpindles", "FailTags", "FailPolicy", "FailNetwork"};

static void put_disks(struct node *node, const struct instance *instance, int sign) {
    if (!instance->template->is_local) return;
    node->free_disk -= sign * instance->disk;
    if (node->has_exclusive_storage) node->free_spindles -= instance->spindles > 0 ? sign * instance->spindles : 0;
    else node->spindle_use += sign * instance->spindle_use;
}

void put_primary(struct cluster *cluster, const struct instance *instance, int node, int sign) {
    struct node *to = &cluster->nodes[node];
    if (instance->runs) to->recorded_mem -= sign * instance->mem;
    to->promised_mem -= sign * instance->mem;
    if (instance->is_online) to->vcpus += sign * instance->vcpus;
    put_disks(to, instance, sign);
}

void put_secondary(struct cluster *cluster, const struct instance *instance, int node, int primary, int sign) {
    int64_t *kept = &cluster->peers[(size_t)node * (size_t)cluster->node_count + (size_t)primary];
    if (instance->is_online) *kept += sign * instance->mem;
    put_disks(&cluster->nodes[node], instance, sign);
}

void put(struct cluster *cluster, const struct instance *instance, int sign) {
    put_primary(cluster, instance, instance->primary, sign);
    if (instance->secondary >= 0) put_secondary(cluster, instance, instance->secondary, instance->primary, sign);
}

int64_t unallocated_mem(const struct node *node) {
    return node->recorded_mem - (node->missing_mem > 0 ? node->missing_mem : 0);
}

int64_t reserved_mem(const struct cluster *cluster, int node) {
    const int64_t *peers = &cluster->peers[(size_t)node * (size_t)cluster->node_count];
    int64_t most = 0;
    for (int i = 0; i < cluster->node_count; i++) most = peers[i] > most ? peers[i] : most;
    return most;
}

/* By how much an instance raises what a node has to keep free. */
int64_t more_reserved(const struct cluster *cluster, const struct instance *instance, int node, int primary) {
    int64_t kept = cluster->peers[(size_t)node * (size_t)cluster->node_count + (size_t)primary];
    int64_t before = reserved_mem(cluster, node), after = kept + (instance->is_online ? instance->mem : 0);
    return after > before ? after - before : 0;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* The memory of the largest instance that may come. A node that lacks its reserve already is not asked for it. */
int64_t free_for_primary(const struct cluster *cluster, int node) {
    const struct node *at = &cluster->nodes[node];
    int64_t unallocated = unallocated_mem(at), reserved = reserved_mem(cluster, node);
    return smaller(unallocated > reserved ? unallocated - reserved : unallocated, at->promised_mem) - 1;
}

double vcpu_limit(const struct cluster *cluster, int node) {
    return floor(cluster->groups[cluster->nodes[node].group].vcpu_ratio * cluster->nodes[node].cpus);
}

static enum fit fits_disks(const struct cluster *cluster, const struct instance *instance, const struct node *node,
                           bool is_forced) {
    if (!instance->template->is_local) return FITS;
    if (node->free_disk - instance->disk <= 0) return FAIL_DISK;
    if (node->has_exclusive_storage) {
        return instance->spindles < 0 || instance->spindles > node->free_spindles ? FAIL_SPINDLES : FITS;
    }
    if (is_forced) return FITS;
    return (double)(node->spindle_use + instance->spindle_use) > cluster->groups[node->group].spindle_ratio * node->spindles
               ? FAIL_DISK
               : FITS;
}

bool is_exclusive_tag(const struct cluster *cluster, const char *tag) {
    static const char prefix[] = "htools:iextags:";
    const json_t *value;
    size_t index;
    json_array_foreach(cluster->tags, index, value) {
        const char *text = json_string_value(value);
        size_t length;
        if (!text || strncmp(text, prefix, sizeof prefix - 1) != 0) continue;
        text += sizeof prefix - 1;
        length = strlen(text);
        if (length > 0 && strncmp(tag, text, length) == 0 && tag[length] == ':') return true;
    }
    return false;
}

bool restricts_migration(const struct cluster *cluster) {
    const json_t *value;
    size_t index;
    json_array_foreach(cluster->tags, index, value) {
        const char *text = json_string_value(value);
        if (text && strncmp(text, "htools:migration:", 17) == 0) return true;
    }
    return false;
}

/* Whether an instance with the same tag of exclusion runs there. */
static bool clashes(const struct cluster *cluster, const struct instance *instance, int node) {
    const json_t *value, *other;
    size_t index, at;
    json_array_foreach(instance->tags, index, value) {
        const char *tag = json_string_value(value);
        if (!tag || !is_exclusive_tag(cluster, tag)) continue;
        for (int i = 0; i < cluster->instance_count; i++) {
            if (cluster->instances[i].primary != node || &cluster->instances[i] == instance) continue;
            json_array_foreach(cluster->instances[i].tags, at, other) {
                if (json_equal(value, other)) return true;
            }
        }
    }
    return false;
}

enum fit fits_primary(const struct cluster *cluster, const struct instance *instance, int node, bool is_forced) {
    const struct node *at = &cluster->nodes[node];
    enum fit disks = fits_disks(cluster, instance, at, is_forced);
    int64_t mem = instance->runs ? instance->mem : 0;
    if (unallocated_mem(at) - mem <= 0) return FAIL_MEM;
    if (disks != FITS || is_forced) return disks;
    if (at->promised_mem - instance->mem <= 0) return FAIL_MEM;
    if (mem > free_for_primary(cluster, node)) return FAIL_N1;
    if (instance->is_online && (double)(at->vcpus + instance->vcpus) > vcpu_limit(cluster, node)) return FAIL_CPU;
    return clashes(cluster, instance, node) ? FAIL_TAGS : FITS;
}

enum fit fits_secondary(const struct cluster *cluster, const struct instance *instance, int node, int primary,
                        bool is_forced) {
    const struct node *at = &cluster->nodes[node];
    enum fit disks = fits_disks(cluster, instance, at, is_forced);
    int64_t mem = instance->is_online ? instance->mem : 0, unallocated = unallocated_mem(at);
    int64_t reserved = reserved_mem(cluster, node);
    if (disks != FITS || is_forced) return disks;
    if (mem >= unallocated || mem >= at->promised_mem) return FAIL_MEM;
    return unallocated > reserved && unallocated <= reserved + more_reserved(cluster, instance, node, primary) ? FAIL_N1 : FITS;
}

/* Whether a size is within a bound, where the policy has one of this name. */
static bool is_within(const json_t *bounds, const char *key, int64_t size) {
    const json_t *least = json_object_get(json_object_get(bounds, "min"), key);
    const json_t *most = json_object_get(json_object_get(bounds, "max"), key);
    return (!least || (double)size >= json_number_value(least)) && (!most || (double)size <= json_number_value(most));
}

static bool suits_bounds(const json_t *bounds, const struct instance *instance, bool has_exclusive_storage) {
    const json_t *disk;
    size_t index;
    json_array_foreach(instance->disks, index, disk) {
        if (!is_within(bounds, "disk-size", json_integer_value(json_object_get(disk, "size")))) return false;
    }
    return is_within(bounds, "memory-size", instance->mem) && is_within(bounds, "cpu-count", instance->vcpus) &&
           is_within(bounds, "spindle-use", has_exclusive_storage ? instance->spindles : instance->spindle_use) &&
           (strcmp(instance->template->name, "diskless") == 0 ||
            is_within(bounds, "disk-count", (int64_t)json_array_size(instance->disks)));
}

/* Whether the policy and the networks of the node's group suit an instance. */
enum fit suits_policy(const struct cluster *cluster, const struct instance *instance, int node) {
    const struct group *group = &cluster->groups[cluster->nodes[node].group];
    const json_t *all = json_object_get(group->ipolicy, "minmax"), *value, *network, *other;
    bool has_template = false, suits = json_array_size(all) == 0;
    size_t index, at;
    json_array_foreach(json_object_get(group->ipolicy, "disk-templates"), index, value) {
        has_template = has_template || strcmp(json_string_value(value) ? json_string_value(value) : "",
                                              instance->template->name) == 0;
    }
    json_array_foreach(all, index, value) {
        suits = suits || suits_bounds(value, instance, cluster->nodes[node].has_exclusive_storage);
    }
    if (!has_template || !suits) return FAIL_POLICY;
    json_array_foreach(instance->nics, index, value) {
        bool is_connected = false;
        network = json_object_get(value, "network");
        if (!json_is_string(network)) continue;
        json_array_foreach(group->networks, at, other) is_connected = is_connected || json_equal(network, other);
        if (!is_connected) return FAIL_NETWORK;
    }
    return FITS;
}
