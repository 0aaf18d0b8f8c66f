/* Requests for new instances, and for the secondary of one that becomes mirrored. */

#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* [node]: those of one group and on one list, if the request has such. NULL with a reason where a name is unknown. */
static bool *nodes_allowed(const struct cluster *cluster, const json_t *request, char *reason, size_t size) {
    const char *group = json_string_value(json_object_get(request, "group_name"));
    const json_t *names = json_object_get(request, "restrict-to-nodes"), *name;
    bool *allowed = calloc((size_t)cluster->node_count + 1, sizeof *allowed), is_known = !group;
    size_t index;
    if (!allowed) die("out of memory");
    for (int i = 0; i < cluster->group_count; i++) is_known = is_known || strcmp(cluster->groups[i].name, group) == 0;
    for (int node = 0; node < cluster->node_count; node++) {
        bool is_listed = !json_is_array(names);
        json_array_foreach(names, index, name) {
            is_listed = is_listed || (json_is_string(name) && strcmp(json_string_value(name), cluster->nodes[node].name) == 0);
        }
        allowed[node] = is_listed && (!group || strcmp(cluster->groups[cluster->nodes[node].group].name, group) == 0);
    }
    if (is_known) return allowed;
    snprintf(reason, size, "no group is named %s", group);
    free(allowed);
    return NULL;
}

/* Adds the instance of a request to the cluster, on the nodes that suit it best. NULL with a reason where there are none. */
static const struct instance *allocate(const struct call *call, const json_t *request, char *reason, size_t size) {
    struct cluster *cluster = call->cluster;
    struct instance *instance = &cluster->instances[cluster->instance_count];
    const char *name = text_of(request, "name", "the request");
    const json_t *required = json_object_get(request, "required_nodes");
    struct tally tally = {{0}};
    struct limits limits = {NULL, -1, true, false, call->checks};
    int nodes;
    bool *allowed, found;
    memset(instance, 0, sizeof *instance);
    read_instance(name, request, instance);
    nodes = instance->template->mirror == MIRROR_INTERNAL ? 2 : 1;
    if (required && json_integer_value(required) != nodes) {
        snprintf(reason, size, "required_nodes is not %d, which %s takes", nodes, instance->template->name);
        return NULL;
    }
    limits.nodes = allowed = nodes_allowed(cluster, request, reason, size);
    if (!allowed) return NULL;
    cluster->instance_count++;
    found = choose_nodes(call->chooser, cluster, instance, &limits, &tally);
    free(allowed);
    if (found) return instance;
    cluster->instance_count--;
    snprintf(reason, size, "no valid allocation, %s", reasons(&tally));
    return NULL;
}

static json_t *nodes_of(const struct cluster *cluster, const struct instance *instance) {
    json_t *nodes = json_pack("[s]", cluster->nodes[instance->primary].name);
    if (instance->secondary >= 0) json_array_append_new(nodes, json_string(cluster->nodes[instance->secondary].name));
    return nodes;
}

json_t *answer_allocate(const struct call *call) {
    char reason[512];
    const struct instance *instance = allocate(call, call->request, reason, sizeof reason);
    if (!instance) return answer(NULL, "%s", reason);
    return answer(nodes_of(call->cluster, instance), "selected group %s",
                  call->cluster->groups[call->cluster->nodes[instance->primary].group].name);
}

json_t *answer_multi_allocate(const struct call *call) {
    json_t *placed = json_array(), *failed = json_array();
    const json_t *request;
    size_t index;
    json_array_foreach(list_of(call->request, "instances", "the request"), index, request) {
        char reason[512];
        const struct instance *instance = allocate(call, request, reason, sizeof reason);
        if (instance) json_array_append_new(placed, json_pack("[so]", instance->name, nodes_of(call->cluster, instance)));
        else json_array_append_new(failed, json_string(text_of(request, "name", "the request")));
    }
    return answer(json_pack("[oo]", placed, failed), "%zu instances failed to allocate and %zu were allocated successfully",
                  json_array_size(failed), json_array_size(placed));
}

json_t *answer_allocate_secondary(const struct call *call) {
    static const struct template drbd = {"drbd", MIRROR_INTERNAL, true};
    const char *name = text_of(call->request, "name", "the request");
    struct cluster *cluster = call->cluster;
    int index = find_instance(cluster, name), primary;
    bool *allowed = calloc((size_t)cluster->node_count + 1, sizeof *allowed), found;
    struct instance *instance = &cluster->instances[index < 0 ? 0 : index];
    struct tally tally = {{0}};
    struct limits limits = {allowed, -1, true, false, call->checks};
    if (!allowed) die("out of memory");
    for (int node = 0; node < cluster->node_count; node++) allowed[node] = true;
    if (index < 0 || instance->secondary >= 0) {
        free(allowed);
        return answer(NULL, index < 0 ? "there is no instance %s" : "%s has a secondary node already", name);
    }
    limits.primary = primary = instance->primary;
    put(cluster, instance, -1);
    instance->template = &drbd;
    instance->primary = -1;
    found = choose_nodes(call->chooser, cluster, instance, &limits, &tally);
    free(allowed);
    if (!found) return answer(NULL, "no valid allocation, %s", reasons(&tally));
    return answer(json_string(cluster->nodes[instance->secondary].name), "secondary of %s for %s", cluster->nodes[primary].name,
                  name);
}
