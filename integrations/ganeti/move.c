/* Requests that move instances: to another node, off a node, to another group. */

#include "answer.h"

#include <stdlib.h>
#include <string.h>

/* What changes of an instance. */
enum change { CHANGE_PRIMARY, CHANGE_SECONDARY, CHANGE_ALL };

static bool *flags(int count, bool value) {
    bool *all = calloc((size_t)count + 1, sizeof *all);
    if (!all) die("out of memory");
    for (int i = 0; i < count; i++) all[i] = value;
    return all;
}

static json_t *migrate(const struct instance *instance, const char *target) {
    json_t *opcode = json_pack("{ss ss sb sb sb sb sb}", "OP_ID", "OP_INSTANCE_MIGRATE", "instance_name", instance->name,
                               "allow_runtime_changes", 0, "ignore_ipolicy", 0, "cleanup", 0, "allow_failover", 1,
                               "ignore_hvversions", 1);
    if (target) json_object_set_new(opcode, "target_node", json_string(target));
    return opcode;
}

static json_t *replace_secondary(const struct instance *instance, const char *node) {
    return json_pack("{ss ss sb sb ss s[] ss}", "OP_ID", "OP_INSTANCE_REPLACE_DISKS", "instance_name", instance->name,
                     "early_release", 0, "ignore_ipolicy", 0, "mode", "replace_new_secondary", "disks", "remote_node", node);
}

/* Lets the secondary node take over. */
static const char *fail_over(struct cluster *cluster, struct instance *instance, bool is_forced) {
    int from = instance->primary, to = instance->secondary;
    if (!cluster->nodes[to].is_usable || fits_primary(cluster, instance, to, is_forced) != FITS) {
        return "the secondary node cannot take it over";
    }
    put_primary(cluster, instance, to, 1);
    if (fits_secondary(cluster, instance, from, to, is_forced) != FITS) {
        put_primary(cluster, instance, to, -1);
        return "the primary node cannot become the secondary one";
    }
    put_primary(cluster, instance, to, -1);
    instance->primary = to;
    instance->secondary = from;
    return NULL;
}

/* Both nodes of a mirrored instance: a new secondary, which takes over, and another new secondary. */
static const char *move_pair(const struct call *call, struct instance *instance, const struct limits *limits, json_t *job,
                             struct tally *tally) {
    struct cluster *cluster = call->cluster;
    int primary = instance->primary, secondary = instance->secondary;
    bool is_lost = !cluster->nodes[primary].is_usable;
    if (is_lost) {
        const char *failure = fail_over(cluster, instance, true);
        instance->primary = primary;
        instance->secondary = secondary;
        if (failure) return failure;
    }
    if (!choose_nodes(call->chooser, cluster, instance, limits, tally)) return reasons(tally);
    put(cluster, instance, -1); /* the caller books it */
    if (is_lost) json_array_append_new(job, migrate(instance, NULL));
    json_array_append_new(job, replace_secondary(instance, cluster->nodes[instance->primary].name));
    json_array_append_new(job, migrate(instance, NULL));
    json_array_append_new(job, replace_secondary(instance, cluster->nodes[instance->secondary].name));
    return NULL;
}

/* Moves an instance that is booked nowhere, and says how in `job`. NULL, or why it stays. */
static const char *move(const struct call *call, struct instance *instance, enum change change, struct limits *limits,
                        json_t *job) {
    struct cluster *cluster = call->cluster;
    int primary = instance->primary, secondary = instance->secondary, target;
    const char *failure;
    struct tally tally = {{0}};
    if (instance->template->mirror == MIRROR_NONE) return "instances of this disk template cannot be moved";
    if (restricts_migration(cluster)) return "clusters with htools:migration tags are not supported";
    if (instance->template->mirror == MIRROR_EXTERNAL) {
        if (change == CHANGE_SECONDARY) return "instances of this disk template have no secondary node";
        limits->is_forced = !cluster->nodes[primary].is_usable;
        if (limits->is_new) {
            if (!choose_nodes(call->chooser, cluster, instance, limits, &tally)) return reasons(&tally);
            put(cluster, instance, -1);
        } else {
            target = choose_node(call->chooser, cluster, instance, -1, limits, &tally);
            if (target < 0) return reasons(&tally);
            instance->primary = target;
        }
        json_array_append_new(job, migrate(instance, cluster->nodes[instance->primary].name));
        return NULL;
    }
    if (secondary < 0) return "it has no secondary node";
    if (change == CHANGE_ALL) return move_pair(call, instance, limits, job, &tally);
    if (change == CHANGE_PRIMARY) {
        failure = fail_over(cluster, instance, !cluster->nodes[primary].is_usable);
        if (!failure) json_array_append_new(job, migrate(instance, NULL));
        return failure;
    }
    limits->is_forced = !cluster->nodes[secondary].is_usable;
    put_primary(cluster, instance, primary, 1);
    target = choose_node(call->chooser, cluster, instance, primary, limits, &tally);
    put_primary(cluster, instance, primary, -1);
    if (target < 0) return reasons(&tally);
    instance->secondary = target;
    json_array_append_new(job, replace_secondary(instance, cluster->nodes[target].name));
    return NULL;
}

/* Moves an instance if that is possible; its nodes are booked either way. */
static const char *try_move(const struct call *call, struct instance *instance, enum change change, struct limits *limits,
                            json_t *job) {
    int primary = instance->primary, secondary = instance->secondary;
    const char *failure;
    put(call->cluster, instance, -1);
    failure = move(call, instance, change, limits, job);
    if (failure) {
        instance->primary = primary;
        instance->secondary = secondary;
    }
    put(call->cluster, instance, 1);
    return failure;
}

static void keep_group(const struct cluster *cluster, int group, bool *nodes) {
    for (int node = 0; node < cluster->node_count; node++) nodes[node] = nodes[node] && cluster->nodes[node].group == group;
}

json_t *answer_relocate(const struct call *call) {
    struct cluster *cluster = call->cluster;
    const char *name = text_of(call->request, "name", "the request"), *failure, *from, *to;
    const json_t *leave = list_of(call->request, "relocate_from", "the request");
    int index = find_instance(cluster, name), old;
    struct instance *instance = &cluster->instances[index < 0 ? 0 : index];
    bool *allowed;
    json_t *job;
    if (index < 0) return answer(NULL, "there is no instance %s", name);
    if (json_integer_value(json_object_get(call->request, "required_nodes")) != 1) {
        return answer(NULL, "only one node of an instance can be exchanged");
    }
    old = instance->template->mirror == MIRROR_INTERNAL ? instance->secondary : instance->primary;
    from = json_string_value(json_array_get(leave, 0));
    if (old < 0 || json_array_size(leave) != 1 || !from || strcmp(from, cluster->nodes[old].name) != 0) {
        return answer(NULL, "relocate_from is not the %s node of %s",
                      instance->template->mirror == MIRROR_INTERNAL ? "secondary" : "primary", name);
    }
    allowed = flags(cluster->node_count, true);
    keep_group(cluster, cluster->nodes[instance->primary].group, allowed);
    allowed[old] = false;
    job = json_array();
    failure = try_move(call, instance, instance->template->mirror == MIRROR_INTERNAL ? CHANGE_SECONDARY : CHANGE_PRIMARY,
                       &(struct limits){allowed, -1, false, false, CHECK_OFF}, job);
    json_decref(job);
    free(allowed);
    if (failure) return answer(NULL, "%s stays: %s", name, failure);
    to = cluster->nodes[instance->template->mirror == MIRROR_INTERNAL ? instance->secondary : instance->primary].name;
    return answer(json_pack("[s]", to), "%s moves from %s to %s", name, from, to);
}

/* The result of requests that move many instances: those that moved, those that stay, and the jobs. */
struct moves {
    json_t *moved, *failed, *jobs;
};

static void tell(const struct cluster *cluster, struct moves *moves, const struct instance *instance, const char *failure,
                 json_t *job) {
    json_t *nodes;
    if (failure) {
        json_array_append_new(moves->failed, json_pack("[ss]", instance->name, failure));
        json_decref(job);
        return;
    }
    nodes = json_pack("[s]", cluster->nodes[instance->primary].name);
    if (instance->secondary >= 0) json_array_append_new(nodes, json_string(cluster->nodes[instance->secondary].name));
    json_array_append_new(moves->moved, json_pack("[sso]", instance->name,
                                                  cluster->groups[cluster->nodes[instance->primary].group].name, nodes));
    json_array_append_new(moves->jobs, job);
}

static json_t *finish(const struct moves *moves) {
    return answer(json_pack("[ooo]", moves->moved, moves->failed, moves->jobs),
                  "%zu instances failed to move and %zu were moved successfully", json_array_size(moves->failed),
                  json_array_size(moves->moved));
}

/* The instances of the request; NULL with the name of one that there is not. */
static struct instance **instances_of(const struct call *call, size_t *count, const char **unknown) {
    const json_t *names = list_of(call->request, "instances", "the request"), *name;
    struct instance **instances = calloc(json_array_size(names) + 1, sizeof *instances);
    size_t index;
    if (!instances) die("out of memory");
    json_array_foreach(names, index, name) {
        int found = json_is_string(name) ? find_instance(call->cluster, json_string_value(name)) : -1;
        if (found < 0) {
            *unknown = json_is_string(name) ? json_string_value(name) : "that is no string";
            free(instances);
            return NULL;
        }
        instances[index] = &call->cluster->instances[found];
    }
    *count = json_array_size(names);
    return instances;
}

json_t *answer_node_evacuate(const struct call *call) {
    static const char *const modes[] = {"primary-only", "secondary-only", "all"};
    struct cluster *cluster = call->cluster;
    const char *mode = text_of(call->request, "evac_mode", "the request"), *unknown = NULL;
    enum change change = CHANGE_PRIMARY;
    struct moves moves = {json_array(), json_array(), json_array()};
    size_t count = 0;
    struct instance **instances = instances_of(call, &count, &unknown);
    bool *left = flags(cluster->node_count, false);
    if (!instances) return answer(NULL, "there is no instance %s", unknown);
    while (change <= CHANGE_ALL && strcmp(mode, modes[change]) != 0) change++;
    if (change > CHANGE_ALL) return answer(NULL, "evac_mode is \"%s\"; it must be primary-only, secondary-only or all", mode);
    for (size_t i = 0; i < count; i++) {
        if (change != CHANGE_SECONDARY) left[instances[i]->primary] = true;
        if (change != CHANGE_PRIMARY && instances[i]->secondary >= 0) left[instances[i]->secondary] = true;
    }
    for (size_t i = 0; i < count; i++) {
        bool *allowed = flags(cluster->node_count, true);
        json_t *job = json_array();
        const char *failure;
        keep_group(cluster, cluster->nodes[instances[i]->primary].group, allowed);
        for (int node = 0; node < cluster->node_count; node++) {
            allowed[node] = allowed[node] && !left[node] && node != instances[i]->primary;
        }
        failure = try_move(call, instances[i], change, &(struct limits){allowed, -1, false, false, CHECK_OFF}, job);
        tell(cluster, &moves, instances[i], failure, job);
        free(allowed);
    }
    free(left);
    free(instances);
    return finish(&moves);
}

json_t *answer_change_group(const struct call *call) {
    struct cluster *cluster = call->cluster;
    const json_t *targets = list_of(call->request, "target_groups", "the request"), *target;
    struct moves moves = {json_array(), json_array(), json_array()};
    const char *unknown = NULL;
    size_t count = 0, index;
    struct instance **instances = instances_of(call, &count, &unknown);
    bool *groups = flags(cluster->group_count, json_array_size(targets) == 0), *allowed = flags(cluster->node_count, false);
    if (!instances) return answer(NULL, "there is no instance %s", unknown);
    json_array_foreach(targets, index, target) {
        bool is_known = false;
        for (int group = 0; group < cluster->group_count; group++) {
            if (!json_is_string(target) || strcmp(json_string_value(target), cluster->groups[group].uuid) != 0) continue;
            groups[group] = is_known = true;
        }
        if (!is_known) return answer(NULL, "there is no group %s", json_is_string(target) ? json_string_value(target) : "");
    }
    for (size_t i = 0; i < count; i++) groups[cluster->nodes[instances[i]->primary].group] = false;
    for (int node = 0; node < cluster->node_count; node++) allowed[node] = groups[cluster->nodes[node].group];
    for (size_t i = 0; i < count; i++) {
        json_t *job = json_array();
        struct limits limits = {allowed, -1, true, false, call->checks};
        const char *failure = try_move(call, instances[i], CHANGE_ALL, &limits, job);
        tell(cluster, &moves, instances[i], failure, job);
    }
    free(allowed);
    free(groups);
    free(instances);
    return finish(&moves);
}
