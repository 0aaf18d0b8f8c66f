/*
 * libspane sees a server for each usable node, with one NUMA node of as many cores as the group's policy allows vCPUs, and ranks
 * by cores and memory those that the rules allow. 1000 MiB are its GB, which makes a MiB an exact amount.
 */

#include "choose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spane.h>

static const double gigabyte = 1000, least = 1e-6;

struct chooser {
    spane_cluster *cluster;
    spane_session *session;
    int32_t *server_of;            /* [node]; -1 for one that is not usable */
    int *node_of;                  /* [server] */
    int32_t *servers;              /* scratch, of as many elements as there are nodes */
    spane_placement *placements;
    int *primaries, *secondaries;
    bool *survivors;
};

static void check(spane_status status) {
    if (status < 0) die("%s: %s", spane_status_name(status), spane_last_error());
}

static void *array(int count, size_t size) {
    void *memory = calloc((size_t)count + 1, size);
    if (!memory) die("out of memory");
    return memory;
}

/* What runs now is what room is kept for, by policies that do so. NULL where there are too few instances for that. */
static spane_trace *mix_of(const struct cluster *cluster) {
    size_t count = (size_t)cluster->instance_count;
    double *values = array(4 * cluster->instance_count, sizeof *values);
    spane_trace_columns columns = SPANE_TRACE_COLUMNS_INIT;
    spane_trace *trace = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct instance *instance = &cluster->instances[i];
        values[i] = fmax((double)instance->vcpus, least);
        values[count + i] = fmax((double)instance->mem / gigabyte, least);
    }
    columns.cpu = values;
    columns.mem = values + count;
    columns.arrival = columns.lifetime = values + 2 * count;
    if (count >= 2) check(spane_trace_new(&columns, count, NULL, &trace));
    free(values);
    return trace;
}

static spane_session *open_session(spane_cluster *servers, const struct cluster *cluster, const char *name) {
    spane_policy policy = SPANE_POLICY_HEURISTIC(name);
    spane_session *session;
    spane_model *model = NULL;
    spane_trace *mix = NULL;
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, ".h5") == 0) {
        check(spane_model_load(name, &model));
        policy = (spane_policy)SPANE_POLICY_MODEL(model);
    } else if (strstr(name, "capacity-lost")) {
        policy.mix = mix = mix_of(cluster);
    }
    check(spane_session_new(servers, &policy, &session));
    spane_trace_free(mix);
    spane_model_free(model);
    return session;
}

struct chooser *chooser_new(const struct cluster *cluster, const char *policy) {
    struct chooser *chooser = array(1, sizeof *chooser);
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    int count = cluster->node_count;
    options.nodes = 1;
    options.split_above = HUGE_VAL;
    check(spane_cluster_new(&options, &chooser->cluster));
    chooser->server_of = array(count, sizeof *chooser->server_of);
    chooser->node_of = array(count, sizeof *chooser->node_of);
    chooser->servers = array(count, sizeof *chooser->servers);
    chooser->placements = array(count, sizeof *chooser->placements);
    chooser->primaries = array(count, sizeof *chooser->primaries);
    chooser->secondaries = array(count, sizeof *chooser->secondaries);
    chooser->survivors = array(count, sizeof *chooser->survivors);
    for (int node = 0; node < count; node++) {
        const struct node *at = &cluster->nodes[node];
        chooser->server_of[node] = -1;
        if (!at->is_usable) continue;
        check(spane_cluster_add_equal_servers(chooser->cluster, fmax(vcpu_limit(cluster, node), 1),
                                              fmax((double)(at->mem - at->own_mem), 1) / gigabyte, 1,
                                              &chooser->server_of[node]));
        chooser->node_of[chooser->server_of[node]] = node;
    }
    find_survivors(cluster, chooser->survivors);
    chooser->session = open_session(chooser->cluster, cluster, policy);
    return chooser;
}

void chooser_free(struct chooser *chooser) {
    spane_session_free(chooser->session);
    spane_cluster_free(chooser->cluster);
    free(chooser->server_of);
    free(chooser->node_of);
    free(chooser->servers);
    free(chooser->placements);
    free(chooser->primaries);
    free(chooser->secondaries);
    free(chooser->survivors);
    free(chooser);
}

static double between(double low, double value, double high) { return fmin(fmax(value, low), high); }

/* Orders nodes as the policy prefers them. Those that are too small, and are taken if an instance must move, come last. */
static void rank(struct chooser *chooser, const struct cluster *cluster, double vcpus, double mem, int *nodes, int count) {
    spane_request request = SPANE_REQUEST(fmax(vcpus, least), fmax(mem / gigabyte, least));
    size_t found = 0;
    if (count < 2) return;
    for (int i = 0; i < count; i++) {
        const struct node *at = &cluster->nodes[nodes[i]];
        double cpu_limit = fmax(vcpu_limit(cluster, nodes[i]), 1);
        double mem_limit = fmax((double)(at->mem - at->own_mem), 1) / gigabyte;
        double cpu_free = fmax(vcpu_limit(cluster, nodes[i]) - (double)at->vcpus, request.cpu);
        double mem_free = fmax((double)free_for_primary(cluster, nodes[i]) / gigabyte, request.mem);
        chooser->servers[i] = chooser->server_of[nodes[i]];
        check(spane_cluster_set_free(chooser->cluster, chooser->servers[i], 0, between(0, cpu_free, cpu_limit),
                                     between(0, mem_free, mem_limit)));
    }
    check(spane_session_top(chooser->session, &request, chooser->servers, (size_t)count, (size_t)count,
                            chooser->placements, NULL, &found));
    for (size_t i = 0; i < found; i++) {
        int node = chooser->node_of[chooser->placements[i].server], at = (int)i;
        while (nodes[at] != node) at++;
        memmove(&nodes[i + 1], &nodes[i], ((size_t)at - i) * sizeof *nodes);
        nodes[i] = node;
    }
}

/* Nodes that can be the secondary of an instance: those first on which least more memory is kept free for it. */
static int rank_secondaries(struct chooser *chooser, const struct cluster *cluster, const struct instance *instance,
                            int primary, const struct limits *limits, struct tally *tally) {
    int count = 0, *nodes = chooser->secondaries;
    for (int node = 0; node < cluster->node_count; node++) {
        enum fit fit;
        if (node == primary || !cluster->nodes[node].is_usable || !limits->nodes[node]) continue;
        if (cluster->nodes[node].group != cluster->nodes[primary].group) continue;
        fit = fits_secondary(cluster, instance, node, primary, limits->is_forced);
        if (fit == FITS) nodes[count++] = node;
        else tally->of[fit]++;
    }
    for (int first = 0; first < count;) {
        int64_t smallest = INT64_MAX;
        int last = first;
        for (int i = first; i < count; i++) {
            int64_t more = more_reserved(cluster, instance, nodes[i], primary);
            if (more < smallest) {
                smallest = more;
                last = first;
            }
            if (more > smallest) continue;
            int node = nodes[i];
            memmove(&nodes[last + 1], &nodes[last], (size_t)(i - last) * sizeof *nodes);
            nodes[last++] = node;
        }
        rank(chooser, cluster, 0, (double)smallest, nodes + first, last - first);
        first = last;
    }
    return count;
}

/* Nodes that can be the primary of an instance, the best first. */
static int rank_primaries(struct chooser *chooser, const struct cluster *cluster, const struct instance *instance,
                          const struct limits *limits, enum alloc_policy worst, struct tally *tally) {
    int count = 0, *nodes = chooser->primaries;
    for (int node = 0; node < cluster->node_count; node++) {
        enum alloc_policy policy = cluster->groups[cluster->nodes[node].group].alloc_policy;
        enum fit fit;
        if (!cluster->nodes[node].is_usable || !limits->nodes[node] || policy > worst) continue;
        if (limits->primary >= 0 && limits->primary != node) continue;
        fit = limits->is_new ? suits_policy(cluster, instance, node) : FITS;
        if (fit == FITS) fit = fits_primary(cluster, instance, node, limits->is_forced);
        if (fit == FITS) nodes[count++] = node;
        else tally->of[fit]++;
    }
    rank(chooser, cluster, (double)instance->vcpus, (double)instance->mem, nodes, count);
    return count;
}

/* Books the instance with one more pair of nodes, unless some failure would then be too much. */
static bool try_nodes(const struct chooser *chooser, struct cluster *cluster, struct instance *instance, int primary,
                      int secondary, enum capacity_checks checks, struct tally *tally) {
    int group = cluster->nodes[primary].group;
    instance->primary = primary;
    instance->secondary = secondary;
    put(cluster, instance, 1);
    if (is_redundant(cluster, group, checks, chooser->survivors)) return true;
    put(cluster, instance, -1);
    instance->primary = instance->secondary = -1;
    tally->of[FAIL_N1]++;
    return false;
}

/* Whether some failure was too much for the node's group from the start; no further instance changes that. */
static bool is_lost(const struct chooser *chooser, const struct cluster *cluster, int group) {
    for (int node = 0; node < cluster->node_count; node++) {
        if (cluster->nodes[node].group == group && !chooser->survivors[node]) return true;
    }
    return false;
}

static bool choose_in(struct chooser *chooser, struct cluster *cluster, struct instance *instance,
                      const struct limits *limits, enum alloc_policy worst, struct tally *tally) {
    int primaries = rank_primaries(chooser, cluster, instance, limits, worst, tally);
    for (int i = 0; i < primaries; i++) {
        int primary = chooser->primaries[i], secondaries;
        if (limits->checks == CHECK_ALL && is_lost(chooser, cluster, cluster->nodes[primary].group)) {
            tally->of[FAIL_N1]++;
            continue;
        }
        if (instance->template->mirror != MIRROR_INTERNAL) {
            if (try_nodes(chooser, cluster, instance, primary, -1, limits->checks, tally)) return true;
            continue;
        }
        put_primary(cluster, instance, primary, 1);
        secondaries = rank_secondaries(chooser, cluster, instance, primary, limits, tally);
        put_primary(cluster, instance, primary, -1);
        for (int j = 0; j < secondaries; j++) {
            if (try_nodes(chooser, cluster, instance, primary, chooser->secondaries[j], limits->checks, tally)) return true;
        }
    }
    return false;
}

bool choose_nodes(struct chooser *chooser, struct cluster *cluster, struct instance *instance, const struct limits *limits,
                  struct tally *tally) {
    struct tally ignored = {{0}};
    if (!limits->is_new) return choose_in(chooser, cluster, instance, limits, UNALLOCABLE, tally);
    return choose_in(chooser, cluster, instance, limits, PREFERRED, &ignored) ||
           choose_in(chooser, cluster, instance, limits, LAST_RESORT, tally);
}

int choose_node(struct chooser *chooser, const struct cluster *cluster, const struct instance *instance, int primary,
                const struct limits *limits, struct tally *tally) {
    if (primary >= 0) {
        return rank_secondaries(chooser, cluster, instance, primary, limits, tally) > 0 ? chooser->secondaries[0] : -1;
    }
    return rank_primaries(chooser, cluster, instance, limits, UNALLOCABLE, tally) > 0 ? chooser->primaries[0] : -1;
}
