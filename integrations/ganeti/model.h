/* A Ganeti cluster as a request for placement describes it, and Ganeti's own rules about it. Sizes are in MiB. */

#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

enum mirror {
    MIRROR_NONE,     /* the data are on one node: the instance cannot move */
    MIRROR_INTERNAL, /* DRBD: on a primary and a secondary node */
    MIRROR_EXTERNAL  /* on storage that all nodes of the group reach */
};

struct template {
    const char *name;
    enum mirror mirror;
    bool is_local; /* takes disk space of its nodes */
};

enum alloc_policy { PREFERRED, LAST_RESORT, UNALLOCABLE };

struct group {
    const char *uuid, *name;
    enum alloc_policy alloc_policy;
    json_t *networks, *ipolicy;
    double vcpu_ratio, spindle_ratio;
};

struct node {
    const char *name;
    int group;
    bool is_usable;                    /* neither offline nor drained, and capable of running instances */
    bool is_offline;                   /* not there, or no node for instances: nothing is known of what it has */
    bool has_exclusive_storage;        /* spindles are given out as disks are */
    double cpus, spindles;             /* physical ones */
    int64_t mem, own_mem, disk;        /* in all, and what the node takes for itself */
    int64_t free_disk, free_spindles;
    int64_t recorded_mem;              /* free by the record: without the node's own and that of instances that run */
    int64_t missing_mem;               /* by how much less the node itself reports */
    int64_t promised_mem;              /* free by report, without what instances that are down will take */
    int64_t vcpus, spindle_use;        /* in use */
};

struct instance {
    const char *name;
    const struct template *template;
    int64_t mem, disk, vcpus, spindle_use;
    int64_t spindles;                  /* of all disks; -1 where not known */
    json_t *disks, *nics, *tags;
    bool runs, is_online;              /* takes memory; will take it when it is started */
    int primary, secondary;            /* indices of nodes, -1 for none */
};

struct cluster {
    struct group *groups;
    struct node *nodes;
    struct instance *instances;        /* with room for those of the request */
    int group_count, node_count, instance_count;
    int64_t *peers;                    /* [secondary][primary]: memory to keep free on the one in case the other fails */
    json_t *tags;                      /* of the cluster */
};

/* How new instances are guarded against the failure of any one node. */
enum capacity_checks {
    CHECK_ALL,      /* all that runs in the group can be started again, whichever node fails */
    CHECK_EXISTING, /* the same, but for nodes of which it is not so already */
    CHECK_OFF       /* instances with a secondary node alone */
};

enum fit {
    FITS, FAIL_MEM, FAIL_N1, FAIL_DISK, FAIL_CPU, FAIL_SPINDLES, FAIL_TAGS, FAIL_POLICY, FAIL_NETWORK, FIT_KINDS
};
extern const char *const fit_names[FIT_KINDS];

/* read.c: ends the program with a message where the request cannot be understood. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void read_cluster(const json_t *message, int64_t kvm_node_mem, struct cluster *cluster);
void read_instance(const char *name, const json_t *object, struct instance *instance);
int find_node(const struct cluster *cluster, const char *name);
int find_instance(const struct cluster *cluster, const char *name);
const char *text_of(const json_t *object, const char *key, const char *owner);
json_t *list_of(const json_t *object, const char *key, const char *owner);

/* rules.c */
void put_primary(struct cluster *cluster, const struct instance *instance, int node, int sign);
void put_secondary(struct cluster *cluster, const struct instance *instance, int node, int primary, int sign);
void put(struct cluster *cluster, const struct instance *instance, int sign); /* on the nodes that it has */
int64_t unallocated_mem(const struct node *node);
int64_t reserved_mem(const struct cluster *cluster, int node);
int64_t free_for_primary(const struct cluster *cluster, int node);
int64_t more_reserved(const struct cluster *cluster, const struct instance *instance, int node, int primary);
double vcpu_limit(const struct cluster *cluster, int node);
/* `is_forced` where an instance must leave a node that is not usable: then only what is physically there counts. */
enum fit fits_primary(const struct cluster *cluster, const struct instance *instance, int node, bool is_forced);
enum fit fits_secondary(const struct cluster *cluster, const struct instance *instance, int node, int primary,
                        bool is_forced);
enum fit suits_policy(const struct cluster *cluster, const struct instance *instance, int node);
bool is_exclusive_tag(const struct cluster *cluster, const char *tag);
bool restricts_migration(const struct cluster *cluster);

/* redundancy.c: whether what runs on a node can be started elsewhere in its group if the node fails. */
bool survives(const struct cluster *cluster, int node);
void find_survivors(const struct cluster *cluster, bool *survivors);
bool is_redundant(const struct cluster *cluster, int group, enum capacity_checks checks, const bool *survivors);

#endif
