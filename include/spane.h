/*
 * libspane: where should the next virtual machine go?
 *
 * Decisions for clusters of servers with two NUMA nodes, by a heuristic or by a SPANE network, and the simulator in
 * which such policies are trained and compared. This header is the specification of the library.
 *
 * Conventions
 * -----------
 * - Every function that can fail returns a spane_status: 0 is success, a positive number is an expected outcome that
 *   is no error (SPANE_NO_ROOM), a negative number is an error. On an error every output is left as it was, except
 *   where a function says otherwise, and spane_last_error() describes it.
 * - Handles (spane_model *, spane_cluster *, ...) are made by a function whose name ends in _new, _load or _clone and
 *   given back with the _free of their type. _free(NULL) does nothing. A handle keeps alive what it was made from, so
 *   the order in which handles are given back does not matter. Using a handle after its _free is undefined, as with
 *   free(3).
 * - Sizes of VMs and servers are cores and GB, times are seconds. Amounts are rounded to multiples of 2^-20, which
 *   makes all sums of them exact; they must be above 0 and at most 2^32 unless a function says otherwise.
 * - Servers are numbered from 0 in the order in which they were added. Strings are UTF-8 and end in a zero byte.
 * - "Threads: any" means that calls may run at once in any number of threads. "Threads: one at a time" means that calls
 *   on one handle must not overlap; an overlap is noticed and answered with SPANE_BAD_STATE. Different handles never
 *   disturb each other, except that sessions read the cluster that they are bound to.
 * - "Cost" is given in servers (S), running VMs (V) and network width (W).
 * - Results depend neither on the number of threads nor on the processor's instruction set.
 * - The library never writes to stdout or stderr, installs no signal handlers and starts no threads except in the
 *   functions that take a number of threads, which end before the function returns.
 */

#ifndef SPANE_H
#define SPANE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------ Version */

#define SPANE_VERSION_MAJOR 0
#define SPANE_VERSION_MINOR 1
#define SPANE_VERSION_PATCH 0
#define SPANE_VERSION_STRING "0.1.0"
/* Moves when a program that was compiled with an earlier header no longer works. */
#define SPANE_ABI_VERSION 0

/*
 * The version of the library that runs, as major * 1000000 + minor * 1000 + patch.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
int32_t spane_version(void);

/*
 * The version of the library that runs, such as "0.1.0"; it belongs to the library.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
const char *spane_version_string(void);

/*
 * SPANE_ABI_VERSION of the library that runs; a program compiled with another number must not go on.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
int32_t spane_abi_version(void);

/* ------------------------------------------------------------------------------------------------- Status */

typedef int32_t spane_status;

#define SPANE_OK 0                   /* done */
#define SPANE_NO_ROOM 1              /* the request fits on no server; nothing was changed */
#define SPANE_INVALID_ARGUMENT (-1)  /* an argument is outside its range */
#define SPANE_NULL_POINTER (-2)      /* a pointer that must not be NULL is NULL */
#define SPANE_BUFFER_TOO_SMALL (-3)  /* an output needs more room than its capacity; the message says how much */
#define SPANE_INFEASIBLE_ACTION (-4) /* the placement has no room, or its server is cordoned */
#define SPANE_BAD_STATE (-5)         /* the call does not fit the state of the handle, or overlaps another call on it */
#define SPANE_IO (-6)                /* the operating system refused to read or write a file */
#define SPANE_FORMAT (-7)            /* the content of a file or buffer is damaged or not what it should be */
#define SPANE_SHAPE_MISMATCH (-8)    /* an array or network has other dimensions than its partner needs */
#define SPANE_UNKNOWN_VERSION (-9)         /* a file, buffer or struct is of a version that this library does not know */
#define SPANE_OUT_OF_MEMORY (-10)    /* memory for the request cannot be had; it was refused before it was tried */
#define SPANE_INTERNAL (-11)         /* a mistake in the library; please report it with its message */
#define SPANE_NOT_FOUND (-12)        /* no VM with this id is placed */
#define SPANE_EXISTS (-13)           /* a VM with this id is placed already */
#define SPANE_UNSUPPORTED (-14)      /* this kind of policy cannot do that */

/*
 * The name of a status, such as "SPANE_NO_ROOM", or "unknown status"; it belongs to the library.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
const char *spane_status_name(spane_status status);

/*
 * What went wrong in the last call of this thread that returns a spane_status: one sentence, never cut short, that names
 * the argument, dataset or file, its value and what is allowed; "" if that call did not fail.
 * It belongs to the library and is valid until the next such call of this thread.
 * Status: none. Threads: any; each has a message of its own. Cost: O(1). Since: 0.1.
 */
const char *spane_last_error(void);

/* ---------------------------------------------------------------------------------------------------- Log */

#define SPANE_LOG_ERROR 1 /* each call that fails, with its message */
#define SPANE_LOG_INFO 2  /* also files that are loaded and saved */

/* Receives one line without a line end. Called in the thread of the call that it is about. */
typedef void (*spane_log_callback)(int32_t level, const char *message, void *user);

/*
 * Sets who hears of what the library does; NULL (the start) for nobody.
 *   level     the most detailed level wanted, SPANE_LOG_ERROR or SPANE_LOG_INFO
 *   user      handed to every call of `callback`, which must cope with several threads
 * Status: SPANE_OK; SPANE_INVALID_ARGUMENT (level). Threads: any. Cost: O(1). Since: 0.1.
 */
spane_status spane_set_log(spane_log_callback callback, int32_t level, void *user);

/* ------------------------------------------------------------------------------------------------- Models */

/* The weights of a network. Immutable: any number of threads may use one at once. */
typedef struct spane_model spane_model;

/* What a model is. Initialise with SPANE_MODEL_INFO_INIT. */
typedef struct spane_model_info {
    uint32_t struct_size;     /* sizeof(spane_model_info) */
    int32_t servers;          /* the number of servers that the network is bound to; 0 for any */
    int64_t parameters;       /* the number of weights */
    double normalisation_cpu; /* cores of one NUMA node, by which inputs are divided */
    double normalisation_mem; /* GB of one NUMA node */
} spane_model_info;

#define SPANE_MODEL_INFO_INIT {sizeof(spane_model_info), 0, 0, 0, 0}

/*
 * Loads weights (HDF5, format "spane-weights").
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION.
 * Threads: any. Cost: O(parameters). Since: 0.1.
 */
spane_status spane_model_load(const char *path, spane_model **model);

/*
 * Loads weights from the content of such a file, which is copied.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION.
 * Threads: any. Cost: O(size). Since: 0.1.
 */
spane_status spane_model_load_memory(const void *data, size_t size, spane_model **model);

/*
 * Describes a model; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size). Threads: any. Cost: O(1). Since: 0.1.
 */
spane_status spane_model_describe(const spane_model *model, spane_model_info *info);

/*
 * A text of the model's provenance, such as "command", "metrics", "trace_licence" or "note".
 *   text      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the text takes with its zero byte; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND (no such entry); SPANE_BUFFER_TOO_SMALL.
 * Threads: any. Cost: O(size). Since: 0.1.
 */
spane_status spane_model_provenance(const spane_model *model, const char *name, char *text, size_t capacity,
                                    size_t *size);

/*
 * Gives a model back; sessions that use it keep what they need.
 * Status: none. Threads: one at a time. Cost: O(parameters). Since: 0.1.
 */
void spane_model_free(spane_model *model);

/* ----------------------------------------------------------------------------------------------- Clusters */

/* What each server has left, and which VMs run where: the mirror of a fleet that a scheduler keeps up to date. */
typedef struct spane_cluster spane_cluster;

/* NUMA nodes of one server. */
#define SPANE_NODES 2

/* The most servers of one cluster. */
#define SPANE_MAX_SERVERS 524288

/* spane_placement.node of a VM that is split over all nodes of its server. */
#define SPANE_ALL_NODES (-1)

/* What one NUMA node of a server has; both nodes of a server are alike. */
typedef struct spane_node {
    double cpu; /* cores */
    double mem; /* GB */
} spane_node;

/* What a VM asks for. */
typedef struct spane_request {
    double cpu; /* cores in all */
    double mem; /* GB in all; above the cluster's split_above the VM is split evenly over the nodes of its server */
} spane_request;

/* Where a VM runs or may run. */
typedef struct spane_placement {
    int32_t server; /* 0 ... servers - 1 */
    int32_t node;   /* 0 ... SPANE_NODES - 1, or SPANE_ALL_NODES for a split VM */
} spane_placement;

/* How a cluster behaves. Initialise with SPANE_CLUSTER_OPTIONS_INIT. */
typedef struct spane_cluster_options {
    uint32_t struct_size; /* sizeof(spane_cluster_options) */
    uint32_t reserved;    /* 0 */
    double split_above;   /* GB; a VM with more memory is split. 0 or more, infinity for never */
} spane_cluster_options;

#define SPANE_CLUSTER_OPTIONS_INIT {sizeof(spane_cluster_options), 0, 10.0}

/*
 * Writes SPANE_CLUSTER_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_options_init(spane_cluster_options *options);

/* One server of a cluster. Initialise with SPANE_SERVER_INFO_INIT. */
typedef struct spane_server_info {
    uint32_t struct_size;         /* sizeof(spane_server_info) */
    int32_t is_cordoned;          /* 1 if no VM may be placed there, else 0 */
    int32_t vms;                  /* VMs placed there */
    uint32_t reserved;            /* 0 */
    spane_node capacity;          /* of each NUMA node */
    spane_node free[SPANE_NODES]; /* left on each NUMA node */
} spane_server_info;

#define SPANE_SERVER_INFO_INIT {sizeof(spane_server_info), 0, 0, 0, {0, 0}, {{0, 0}, {0, 0}}}

/*
 * Makes a cluster without servers.
 *   options   NULL for the defaults
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_new(const spane_cluster_options *options, spane_cluster **cluster);

/*
 * Gives a cluster back; sessions that are bound to it keep it alive.
 * Status: none. Threads: one at a time. Cost: O(S + V). Since: 0.1.
 */
void spane_cluster_free(spane_cluster *cluster);

/*
 * Adds `count` empty servers; server i of them has nodes of nodes[i].
 *   first     receives the number of the first one; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (a capacity, or more than SPANE_MAX_SERVERS in all);
 * SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(count), amortised. Since: 0.1.
 */
spane_status spane_cluster_add_servers(spane_cluster *cluster, const spane_node *nodes, size_t count, int32_t *first);

/*
 * Makes room for `vms` placed VMs, so that no later placement up to that number allocates.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (more than 2^28); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(V + vms). Since: 0.1.
 */
spane_status spane_cluster_reserve(spane_cluster *cluster, size_t vms);

/*
 * The number of servers and of placed VMs; either pointer may be NULL.
 * Status: SPANE_OK; SPANE_NULL_POINTER (cluster); SPANE_BAD_STATE. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_count(const spane_cluster *cluster, int64_t *servers, int64_t *vms);

/*
 * Describes a server; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_server(const spane_cluster *cluster, int32_t server, spane_server_info *info);

/*
 * Takes a server out of placement. Decisions are made as if it were not there; its VMs stay and can be released.
 * Cordoning a cordoned server changes nothing.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_cordon(spane_cluster *cluster, int32_t server);

/*
 * Puts a server back into placement. Uncordoning a server that is not cordoned changes nothing.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_uncordon(spane_cluster *cluster, int32_t server);

/*
 * Records that the VM `id` runs at `placement`, wherever that was decided.
 *   placement node must be SPANE_ALL_NODES exactly when the VM is split
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_INFEASIBLE_ACTION (no room, or cordoned);
 * SPANE_EXISTS; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(1), amortised. Since: 0.1.
 */
spane_status spane_cluster_place(spane_cluster *cluster, uint64_t id, spane_request request, spane_placement placement);

/*
 * Removes the VM `id` and gives back what it used.
 *   placement receives where it ran; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER (cluster); SPANE_NOT_FOUND; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_release(spane_cluster *cluster, uint64_t id, spane_placement *placement);

/*
 * Where the VM `id` runs and what it asked for; either output may be NULL.
 * Status: SPANE_OK; SPANE_NULL_POINTER (cluster); SPANE_NOT_FOUND; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_find(const spane_cluster *cluster, uint64_t id, spane_placement *placement,
                                spane_request *request);

/*
 * Corrects what a NUMA node has left, for what the cluster cannot know of: other tenants, drift, maintenance.
 *   free      0 up to the capacity less what the VMs placed there use
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server, node, free); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
spane_status spane_cluster_set_free(spane_cluster *cluster, int32_t server, int32_t node, spane_node free);

/*
 * Saves the whole state (HDF5, format "spane-cluster"); an existing file is replaced in one step.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(S + V). Since: 0.1.
 */
spane_status spane_cluster_save(const spane_cluster *cluster, const char *path);

/*
 * Makes a cluster from a saved state.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION.
 * Threads: any. Cost: O(S + V). Since: 0.1.
 */
spane_status spane_cluster_load(const char *path, spane_cluster **cluster);

/*
 * As spane_cluster_save, into memory.
 *   data      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the state takes; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_IO; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(S + V). Since: 0.1.
 */
spane_status spane_cluster_save_memory(const spane_cluster *cluster, void *data, size_t capacity, size_t *size);

/*
 * As spane_cluster_load, from memory, which is copied.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION.
 * Threads: any. Cost: O(S + V). Since: 0.1.
 */
spane_status spane_cluster_load_memory(const void *data, size_t size, spane_cluster **cluster);

/* ----------------------------------------------------------------------------------------------- Sessions */

/*
 * A policy bound to a cluster. It follows the cluster's changes by itself. Sessions on one cluster may decide at once in
 * several threads as long as nobody changes the cluster meanwhile. Deciding neither allocates nor locks, except for the
 * first decision after servers were added.
 */
typedef struct spane_session spane_session;

/*
 * Binds a heuristic to a cluster.
 *   heuristic "first-fit", "best-fit", "balance-fit", "move-to-front" or "random[:SEED]"
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (heuristic). Threads: any. Cost: O(1). Since: 0.1.
 */
spane_status spane_session_new_heuristic(spane_cluster *cluster, const char *heuristic, spane_session **session);

/*
 * Binds a network to a cluster.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_SHAPE_MISMATCH (the network is bound to another number of servers);
 * SPANE_INVALID_ARGUMENT (weights too large to sum over servers). Threads: any. Cost: O(parameters). Since: 0.1.
 */
spane_status spane_session_new(spane_cluster *cluster, const spane_model *model, spane_session **session);

/*
 * Gives a session back.
 * Status: none. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
void spane_session_free(spane_session *session);

/*
 * The best placement for a request; the cluster stays as it is.
 * Status: SPANE_OK; SPANE_NO_ROOM; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request); SPANE_SHAPE_MISMATCH (the
 * network is bound to another number of servers); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(S * W), blocks of servers without room nearly free. Since: 0.1.
 */
spane_status spane_session_choose(spane_session *session, spane_request request, spane_placement *placement);

/*
 * Chooses as spane_session_choose and places the VM `id` there, in one step.
 *   placement receives where; may be NULL
 * Status: as spane_session_choose; also SPANE_EXISTS, SPANE_OUT_OF_MEMORY.
 * Threads: one at a time, and nothing else on the cluster meanwhile. Cost: as spane_session_choose. Since: 0.1.
 */
spane_status spane_session_place(spane_session *session, uint64_t id, spane_request request,
                                 spane_placement *placement);

/*
 * Chooses for each of `count` requests as if it were the only one; the cluster stays as it is.
 *   placements  receives `count` placements; server -1 where there is no room
 * Status: SPANE_OK (also where some have no room); else as spane_session_choose. On an error none is written.
 * Threads: one at a time. Cost: count * spane_session_choose. Since: 0.1.
 */
spane_status spane_session_choose_many(spane_session *session, const spane_request *requests, size_t count,
                                       spane_placement *placements);

/*
 * The `k` best placements with room, best first, ties to the lower server, then node; networks only.
 *   placements, scores   receive up to `k` of each; scores may be NULL. A split VM gets one placement a server
 *   found                receives how many
 * Status: SPANE_OK; SPANE_NO_ROOM (found is set to 0); SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, k is 0);
 * SPANE_UNSUPPORTED (a heuristic); SPANE_SHAPE_MISMATCH; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(S * W + S log k). Since: 0.1.
 */
spane_status spane_session_top(spane_session *session, spane_request request, size_t k, spane_placement *placements,
                               float *scores, size_t *found);

/*
 * Scores of all servers, or of some that the caller has already filtered; networks only. A score is the advantage
 * A(s, a) of the dueling network: scores of one request can be compared with each other, higher is better.
 *   servers   `count` server numbers, or NULL for all servers; then `count` must be the number of servers
 *   scores    receives count * SPANE_NODES values, one for each NUMA node of each server, whether it has room or not;
 *             -infinity for a cordoned server
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, a server, count); SPANE_UNSUPPORTED (a
 * heuristic); SPANE_SHAPE_MISMATCH; SPANE_BAD_STATE. Threads: one at a time. Cost: O(count * W). Since: 0.1.
 */
spane_status spane_session_scores(spane_session *session, spane_request request, const int32_t *servers, size_t count,
                                  float *scores);

/*
 * Q(s, a) = V(s) + A(s, a) - mean A of every action; networks only.
 *   values    receives `count` values, which must be servers * SPANE_NODES; -infinity for a cordoned server
 * Status: as spane_session_scores. Threads: one at a time. Cost: O(S * W). Since: 0.1.
 */
spane_status spane_session_q_values(spane_session *session, spane_request request, float *values, size_t count);

#ifdef __cplusplus
}
#endif

#endif
