/* Reads the message that Ganeti hands to an allocator: protocol version 2. */

#include "model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct template templates[] = {
    {"diskless", MIRROR_EXTERNAL, false}, {"file", MIRROR_NONE, false},         {"sharedfile", MIRROR_EXTERNAL, false},
    {"plain", MIRROR_NONE, true},         {"blockdev", MIRROR_EXTERNAL, false}, {"drbd", MIRROR_INTERNAL, true},
    {"rbd", MIRROR_EXTERNAL, false},      {"ext", MIRROR_EXTERNAL, false},      {"gluster", MIRROR_EXTERNAL, false},
};

_Noreturn void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("spane-iallocator: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(EXIT_FAILURE);
}

static void *room_for(size_t count, size_t size) {
    void *memory = calloc(count + 1, size);
    if (!memory) die("out of memory");
    return memory;
}

static const json_t *member(const json_t *object, const char *key, const char *owner) {
    const json_t *value = json_object_get(object, key);
    if (!value) die("%s has no \"%s\"", owner, key);
    return value;
}

const char *text_of(const json_t *object, const char *key, const char *owner) {
    const char *text = json_string_value(member(object, key, owner));
    if (!text) die("\"%s\" of %s is no string", key, owner);
    return text;
}

/* An array; an empty one where it is missing. */
json_t *list_of(const json_t *object, const char *key, const char *owner) {
    static json_t *empty;
    json_t *list = json_object_get(object, key);
    if (!empty) empty = json_array();
    if (!list || json_is_null(list)) return empty;
    if (!json_is_array(list)) die("\"%s\" of %s is no list", key, owner);
    return list;
}

static double number_of(const json_t *object, const char *key, const char *owner) {
    const json_t *value = member(object, key, owner);
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0 && number <= 1e12)) {
        die("\"%s\" of %s is not a number from 0 to 10^12", key, owner);
    }
    return number;
}

static int64_t size_of(const json_t *object, const char *key, const char *owner) {
    return (int64_t)number_of(object, key, owner);
}

static int64_t size_or(const json_t *object, const char *key, const char *owner, int64_t otherwise) {
    const json_t *value = json_object_get(object, key);
    return !value || json_is_null(value) ? otherwise : size_of(object, key, owner);
}

static bool flag_or(const json_t *object, const char *key, bool otherwise) {
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static json_t *objects_of(const json_t *message, const char *key) {
    json_t *objects = json_object_get(message, key);
    if (!json_is_object(objects)) die("the message has no object \"%s\"", key);
    return objects;
}

static void read_group(const char *uuid, const json_t *object, struct group *group) {
    static const char *const policies[] = {"preferred", "last_resort", "unallocable"};
    const char *policy = text_of(object, "alloc_policy", uuid);
    group->uuid = uuid;
    group->name = text_of(object, "name", uuid);
    group->networks = list_of(object, "networks", uuid);
    group->ipolicy = objects_of(object, "ipolicy");
    group->vcpu_ratio = number_of(group->ipolicy, "vcpu-ratio", group->name);
    group->spindle_ratio = number_of(group->ipolicy, "spindle-ratio", group->name);
    for (int i = 0; i < 3; i++) {
        if (strcmp(policy, policies[i]) != 0) continue;
        group->alloc_policy = (enum alloc_policy)i;
        return;
    }
    die("\"alloc_policy\" of %s is \"%s\"; it must be preferred, last_resort or unallocable", group->name, policy);
}

static void read_node(const struct cluster *cluster, const char *name, const json_t *object, bool is_kvm,
                      int64_t kvm_node_mem, struct node *node) {
    const char *uuid = text_of(object, "group", name);
    const json_t *parameters = json_object_get(object, "ndparams");
    node->name = name;
    node->group = -1;
    for (int i = 0; i < cluster->group_count; i++) {
        if (strcmp(cluster->groups[i].uuid, uuid) == 0) node->group = i;
    }
    if (node->group < 0) die("%s is in the group %s, which is not among the \"nodegroups\"", name, uuid);
    node->is_offline = flag_or(object, "offline", false) || !flag_or(object, "vm_capable", true);
    node->is_usable = !node->is_offline && !flag_or(object, "drained", false);
    node->has_exclusive_storage = flag_or(parameters, "exclusive_storage", false);
    if (node->is_offline || !json_object_get(object, "total_memory")) {
        if (node->is_usable) die("%s has no \"total_memory\"", name);
        node->is_offline = true; /* Ganeti tells nothing of such a node */
        return;
    }
    node->mem = size_of(object, "total_memory", name);
    node->own_mem = is_kvm && kvm_node_mem > 0 ? kvm_node_mem : size_or(object, "reserved_memory", name, 0);
    node->recorded_mem = node->mem - node->own_mem;
    node->promised_mem = size_of(object, "free_memory", name);
    node->disk = size_of(object, "total_disk", name);
    node->free_disk = size_of(object, "free_disk", name);
    node->cpus = number_of(object, "total_cpus", name);
    node->vcpus = size_or(object, "reserved_cpus", name, 0);
    node->free_spindles = size_or(object, "free_spindles", name, 0);
    node->spindles = (double)(node->has_exclusive_storage ? size_or(object, "total_spindles", name, 0)
                                                          : size_or(parameters, "spindle_count", name, 1));
}

void read_instance(const char *name, const json_t *object, struct instance *instance) {
    const char *template = text_of(object, "disk_template", name);
    const char *state = json_object_get(object, "admin_state") ? text_of(object, "admin_state", name) : "up";
    const json_t *disk;
    size_t index;
    instance->name = name;
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        if (strcmp(templates[i].name, template) == 0) instance->template = &templates[i];
    }
    if (!instance->template) die("%s has the unknown disk template \"%s\"", name, template);
    instance->mem = size_of(object, "memory", name);
    instance->vcpus = size_of(object, "vcpus", name);
    instance->disk = size_of(object, "disk_space_total", name);
    instance->spindle_use = size_or(object, "spindle_use", name, 1);
    instance->disks = list_of(object, "disks", name);
    instance->nics = list_of(object, "nics", name);
    instance->tags = list_of(object, "tags", name);
    instance->runs = strcmp(state, "up") == 0;
    instance->is_online = strcmp(state, "offline") != 0;
    json_array_foreach(instance->disks, index, disk) {
        int64_t spindles = size_or(disk, "spindles", name, -1);
        if (instance->spindles >= 0) instance->spindles = spindles < 0 ? -1 : instance->spindles + spindles;
        size_of(disk, "size", name);
    }
    instance->primary = instance->secondary = -1;
}

/* Where it runs now. Its disks are not in the node's free space already if it is only to come. */
static void read_nodes_of(struct cluster *cluster, const json_t *object, struct instance *instance) {
    const json_t *nodes = list_of(object, "nodes", instance->name);
    if (json_array_size(nodes) == 0) die("%s has no \"nodes\"", instance->name);
    for (size_t i = 0; i < json_array_size(nodes) && i < 2; i++) {
        const char *name = json_string_value(json_array_get(nodes, i));
        int node = name ? find_node(cluster, name) : -1;
        if (node < 0) die("%s runs on %s, which is not among the \"nodes\"", instance->name, name ? name : "no string");
        if (i == 0) instance->primary = node;
        else if (instance->template->mirror == MIRROR_INTERNAL) instance->secondary = node;
        if (!instance->template->is_local || flag_or(object, "forthcoming", false)) continue;
        cluster->nodes[node].free_disk += instance->disk; /* put() takes it again */
        if (instance->spindles > 0) cluster->nodes[node].free_spindles += instance->spindles;
    }
}

int find_node(const struct cluster *cluster, const char *name) {
    for (int i = 0; i < cluster->node_count; i++) {
        if (strcmp(cluster->nodes[i].name, name) == 0) return i;
    }
    return -1;
}

int find_instance(const struct cluster *cluster, const char *name) {
    for (int i = 0; i < cluster->instance_count; i++) {
        if (strcmp(cluster->instances[i].name, name) == 0) return i;
    }
    return -1;
}

void read_cluster(const json_t *message, int64_t kvm_node_mem, struct cluster *cluster) {
    json_t *groups = objects_of(message, "nodegroups"), *nodes = objects_of(message, "nodes");
    json_t *instances = objects_of(message, "instances"), *value;
    size_t to_come = json_array_size(json_object_get(json_object_get(message, "request"), "instances")) + 1;
    const char *hypervisor = json_string_value(json_array_get(json_object_get(message, "enabled_hypervisors"), 0));
    const char *key;
    if (size_or(message, "version", "the message", 2) != 2) die("the message is not of version 2 of the protocol");
    memset(cluster, 0, sizeof *cluster);
    cluster->tags = list_of(message, "cluster_tags", "the message");
    cluster->groups = room_for(json_object_size(groups), sizeof *cluster->groups);
    cluster->nodes = room_for(json_object_size(nodes), sizeof *cluster->nodes);
    cluster->instances = room_for(json_object_size(instances) + to_come, sizeof *cluster->instances);
    cluster->peers = room_for(json_object_size(nodes) * json_object_size(nodes), sizeof *cluster->peers);
    json_object_foreach(groups, key, value) { read_group(key, value, &cluster->groups[cluster->group_count++]); }
    json_object_foreach(nodes, key, value) {
        bool is_kvm = hypervisor && strcmp(hypervisor, "kvm") == 0;
        read_node(cluster, key, value, is_kvm, kvm_node_mem, &cluster->nodes[cluster->node_count]);
        cluster->node_count++;
    }
    json_object_foreach(instances, key, value) {
        struct instance *instance = &cluster->instances[cluster->instance_count++];
        read_instance(key, value, instance);
        read_nodes_of(cluster, value, instance);
        /* What runs has its memory already in the report, what is to come has not. */
        if (instance->runs && !flag_or(value, "forthcoming", false)) cluster->nodes[instance->primary].promised_mem += instance->mem;
        put(cluster, instance, 1);
    }
    for (int i = 0; i < cluster->node_count; i++) {
        struct node *node = &cluster->nodes[i];
        int64_t reported = node->is_offline ? 0 : size_of(json_object_get(nodes, node->name), "free_memory", node->name);
        node->missing_mem = node->recorded_mem - reported;
    }
}
