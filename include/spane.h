/*
 * libspane: where should the next virtual machine go?
 *
 *     spane_cluster *cluster;
 *     spane_session *session;
 *     spane_policy policy = SPANE_POLICY_HEURISTIC("best-fit");    or SPANE_POLICY_MODEL(model) after spane_model_load
 *     spane_request request = SPANE_REQUEST(4, 16);                4 cores and 16 GB
 *     spane_placement placement;
 *     if (spane_cluster_new(NULL, &cluster) || spane_cluster_add_equal_servers(cluster, 40, 90, 100, NULL) ||
 *         spane_session_new(cluster, &policy, &session)) fail(spane_last_error());    100 servers, 2 nodes of 40 cores, 90 GB
 *     if (spane_session_place(session, 1234, &request, &placement) == SPANE_OK) start_on(placement.server, placement.nodes);
 *     spane_cluster_release(cluster, 1234, NULL);                  once VM 1234 has ended
 *
 * libspane decides for servers with 1 to 8 NUMA nodes, by a heuristic or a trained network, and brings the simulator in
 * which such policies are trained and compared. This header is its specification.
 *
 * Conventions
 * -----------
 * - Every function that can fail returns a spane_status: 0 is success, a positive number is an expected outcome that
 *   is no error (SPANE_NO_ROOM, SPANE_NEVER_FITS, SPANE_CONFLICT), a negative number is an error. On an error every output is left as it
 *   was unless the function says otherwise, and spane_last_error() describes the error.
 * - Handles (spane_model *, spane_cluster *, ...) are created by a function whose name ends in _new, _load or _clone and
 *   released by the _free of their type. _free(NULL) does nothing. A handle keeps alive what it was made from, so handles
 *   may be freed in any order. Using a handle after its _free is undefined, as with free(3).
 * - A struct that begins with struct_size may grow in later versions: initialise it with its _INIT macro. The library fills
 *   or reads the first struct_size bytes. In an array of such structs all elements have the struct_size of the first.
 * - VM and server sizes are in cores and GB, times in seconds. Amounts are rounded to multiples of 10^-6, which makes sums
 *   of them exact as long as a node has at most 2^33 in use; they must be above 0 and at most 2^32 unless a function says
 *   otherwise.
 * - Servers are numbered from 0 and keep their numbers until they are removed. Strings are NUL-terminated and UTF-8,
 *   others are refused; paths may be any bytes but none at all (SPANE_IO).
 * - "Threads: any" means that calls may run at once in any number of threads. "Threads: one at a time" means that calls
 *   on one handle must not overlap; an overlap is detected and answered with SPANE_BAD_STATE. Different handles never
 *   disturb each other, except that sessions read the cluster that they are bound to. Calls on a cluster that is shared
 *   (spane_cluster_share) may overlap: they wait for each other.
 * - "Cost" is given in servers (S), running VMs (V) and network width (W).
 * - Results depend neither on the number of threads nor on the processor's instruction set.
 * - The library never writes to stdout or stderr, installs no signal handlers and starts no threads unless asked for a
 *   number of them: those of spane_evaluate end before it returns, those of a spane_vec_env with it.
 * - 0 threads means one for each processor that the calling thread may use: those in its affinity mask
 *   (sched_setaffinity, taskset), at most the CPU quota of its control groups (cgroup v1 or v2), rounded up. Where memory
 *   or the system's limits do not allow as many threads as requested, there are fewer.
 * - SPANE_OUT_OF_MEMORY is returned before anything is allocated: when the system does not grant the memory (RLIMIT_AS,
 *   ulimit -v, overcommitment) or, from 1 MB on, when it exceeds what the machine has available or what the memory limit of
 *   a control group leaves.
 * - After fork(2) the child can use and free all handles; threads that waited for work stay behind, so a
 *   spane_vec_env works on the calling thread alone there. As with malloc(3) in general, another thread of the parent may
 *   hold a lock at the moment of the fork: fork while no other thread is inside a call that loads, saves, hashes or logs.
 * - Files are HDF5 with checksums; what is in one of HDF5's older formats is answered with SPANE_UNKNOWN_VERSION.
 */

#ifndef SPANE_H
#define SPANE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* -------------------------------------------------------------------------------------------------------- Version */

/* The one place where the version stands; everything else derives it from these. */
#define SPANE_VERSION_MAJOR 0
#define SPANE_VERSION_MINOR 1
#define SPANE_VERSION_PATCH 0
/* Moves when a program that was compiled with an earlier header no longer works. */
#define SPANE_ABI_VERSION 1

/* Such as "0.1.0". */
#define SPANE_VERSION_STRING                                                                                              \
    SPANE_TEXT_(SPANE_VERSION_MAJOR) "." SPANE_TEXT_(SPANE_VERSION_MINOR) "." SPANE_TEXT_(SPANE_VERSION_PATCH)
#define SPANE_TEXT_(number) SPANE_QUOTE_(number)
#define SPANE_QUOTE_(text) #text

/* Marks what the library exports. */
#ifndef SPANE_API
#if defined(_WIN32)
#define SPANE_API __declspec(dllimport)
#elif defined(__GNUC__)
#define SPANE_API __attribute__((visibility("default")))
#else
#define SPANE_API
#endif
#endif

/* Marks what a later version will drop; `text` names what to use instead. */
#ifndef SPANE_DEPRECATED
#if defined(__GNUC__)
#define SPANE_DEPRECATED(text) __attribute__((deprecated(text)))
#elif defined(_MSC_VER)
#define SPANE_DEPRECATED(text) __declspec(deprecated(text))
#else
#define SPANE_DEPRECATED(text)
#endif
#endif

/* Marks functions whose status must not be ignored, since their outputs have no value on an error. */
#ifndef SPANE_NODISCARD
#if defined(__cplusplus) && __cplusplus >= 201703L
#define SPANE_NODISCARD [[nodiscard]]
#elif defined(__GNUC__)
#define SPANE_NODISCARD __attribute__((warn_unused_result))
#else
#define SPANE_NODISCARD
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The version of the library that runs, as major * 1000000 + minor * 1000 + patch.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API int32_t spane_version(void);

/*
 * The version of the library that runs, such as "0.1.0"; it belongs to the library.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API const char *spane_version_string(void);

/*
 * SPANE_ABI_VERSION of the library that runs; a program compiled with another number must not go on.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API int32_t spane_abi_version(void);

/* --------------------------------------------------------------------------------------------------------- Status */

typedef int32_t spane_status;

#define SPANE_OK 0                   /* done */
#define SPANE_NO_ROOM 1              /* the request fits on no server now, or on none that its group allows; nothing was changed */
#define SPANE_NEVER_FITS 2           /* no server, cordoned ones included, could hold the request even if it were empty, so
                                        waiting is in vain; nothing was changed. A cluster without servers returns
                                        SPANE_NO_ROOM instead */
#define SPANE_CONFLICT 3             /* what was proposed has been overtaken by other changes; nothing was changed: decide again */
#define SPANE_INVALID_ARGUMENT (-1)  /* an argument is outside its range */
#define SPANE_NULL_POINTER (-2)      /* a pointer that must not be NULL is NULL */
#define SPANE_BUFFER_TOO_SMALL (-3)  /* an output needs more room than its capacity; the message says how much */
#define SPANE_INFEASIBLE_ACTION (-4) /* the placement has no room, its server is cordoned, or a hard rule of its group forbids it */
#define SPANE_BAD_STATE (-5)         /* the handle is in the wrong state for the call, or the call overlaps another one on it */
#define SPANE_IO (-6)                /* the operating system could not read or write a file */
#define SPANE_FORMAT (-7)            /* the content of a file or buffer is damaged or not in the expected format */
#define SPANE_SHAPE_MISMATCH (-8)    /* the dimensions of an array or network do not match what it is used with */
#define SPANE_UNKNOWN_VERSION (-9)   /* a file, buffer or struct is of a version that this library does not know,
                                        or a file is in an older format of HDF5 that has no checksums */
#define SPANE_OUT_OF_MEMORY (-10)    /* there is not enough memory; nothing was allocated */
#define SPANE_INTERNAL (-11)         /* a bug in the library; please report it with its message */
#define SPANE_NOT_FOUND (-12)        /* no VM with this id is placed */
#define SPANE_EXISTS (-13)           /* a VM with this id is placed already */
#define SPANE_UNSUPPORTED (-14)      /* this kind of policy cannot do that */
#define SPANE_CANCELLED (-15)        /* the caller cancelled the call by its spane_progress or spane_decide_callback */

/*
 * The name of a status, such as "SPANE_NO_ROOM", or "unknown status"; it belongs to the library.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API const char *spane_status_name(spane_status status);

/*
 * What went wrong in this thread's last call that returns a spane_status: one sentence, never truncated, that names
 * the argument, dataset or file, its value and what is allowed; "" if that call did not fail.
 * It belongs to the library and is valid until the next such call of this thread.
 * Status: none. Threads: any; each has a message of its own. Cost: O(1). Since: 0.1.
 */
SPANE_API const char *spane_last_error(void);

/* ------------------------------------------------------------------------------------------------------- Progress */

/*
 * Told how far a call is, in the thread that makes it: at least about every 50 ms of its work, and at the end with `done` equal
 * to `total`. Only while the call waits for a disk, or works on one thing that cannot be cut, may it be told later.
 *   done, total   in the unit that the function names; `total` stays the same, and `done` never falls
 * Returns 0 to go on, anything else to cancel: the call returns SPANE_CANCELLED, and nothing has happened. It may read what a
 * signal handler or another thread has written, and may call functions of this library, though not change what the call reads;
 * what such a call of its own fails with is forgotten when it returns.
 */
typedef int32_t (*spane_progress_callback)(int64_t done, int64_t total, void *user);

/* Who is told how far a call is. Functions that take one take NULL for nobody, and read it by the call alone. */
typedef struct spane_progress {
    spane_progress_callback callback; /* NULL for nobody */
    void *user;                       /* handed to every call of `callback` */
} spane_progress;

/* ------------------------------------------------------------------------------------------------------- Clusters */

/* What each server has left and which VMs run where: a mirror of the fleet that the scheduler keeps up to date. */
typedef struct spane_cluster spane_cluster;

/* The most NUMA nodes of one server. */
#define SPANE_MAX_NODES 8

/* The most servers of one cluster. */
#define SPANE_MAX_SERVERS 524288

/* spane_placement.server where a request has no room. */
#define SPANE_NOWHERE (-1)

/* spane_placement.server of a request that no server could hold even if it were empty. */
#define SPANE_NEVER (-2)

/*
 * What the servers of a cluster may have. Initialise with SPANE_CLUSTER_OPTIONS_INIT: two NUMA nodes of cores and GB, VMs
 * with more than 10 GB spread over both.
 *
 * Wherever amounts of a node stand in an array, they are cores and GB, then the resources of node_resources in their order;
 * amounts of a server are those of server_resources.
 */
typedef struct spane_cluster_options {
    uint32_t struct_size;                 /* sizeof(spane_cluster_options) */
    int32_t nodes;                        /* the most NUMA nodes that a server has, 1 ... SPANE_MAX_NODES */
    double split_above;                   /* GB; a request with span 0 and more memory is spread. Infinity for never */
    double split_from;                    /* cores; so is a request with at least as many. Infinity for never */
    int32_t span;                         /* over how many nodes it is spread then, 1 ... SPANE_MAX_NODES; 2 where no bound is set */
    uint32_t node_resource_count;         /* resources of nodes besides cores and GB; at most 62 with those of servers */
    const char *const *node_resources;    /* their names, such as "gpu"; at most 255 bytes each */
    const char *const *server_resources;  /* the names of resources of whole servers, such as "disk" */
    uint32_t server_resource_count;       /* the number of these */
    uint32_t trait_count;                 /* traits that have names, at most 64 */
    const char *const *traits;            /* their names, such as "local-ssd", that of bit 0 first */
} spane_cluster_options;

#define SPANE_CLUSTER_OPTIONS_INIT {sizeof(spane_cluster_options), 2, 10.0, HUGE_VAL, 2, 0, 0, 0, 0, 0, 0}

/* The capacities of a server. Initialise with SPANE_SERVER_TYPE_INIT. */
typedef struct spane_server_type {
    uint32_t struct_size;         /* sizeof(spane_server_type) */
    int32_t nodes;                /* NUMA nodes, 1 ... nodes of the cluster */
    const double *node_amounts;   /* [nodes][2 + node_resource_count]; 0 where a node has none */
    const double *server_amounts; /* [server_resource_count]; NULL without */
    uint64_t traits;              /* a bit for each trait that requests may require, forbid or prefer */
    const uint8_t *distances;     /* [nodes][nodes], as in the SLIT of the firmware; NULL where they do not matter */
    const char *name;             /* of at most 255 bytes, such as "gen3"; NULL or "" for none */
} spane_server_type;

#define SPANE_SERVER_TYPE_INIT {sizeof(spane_server_type), 0, 0, 0, 0, 0, 0}

/* What a VM asks for. Initialise with SPANE_REQUEST_INIT or SPANE_REQUEST(cpu, mem). */
typedef struct spane_request {
    uint32_t struct_size;  /* sizeof(spane_request) */
    int32_t span;          /* the NUMA nodes over which it is spread evenly; 0 for what the cluster's rule says */
    double cpu;            /* cores in all */
    double mem;            /* GB in all */
    const double *amounts; /* in all, of the other resources of nodes, then of those of servers; NULL for none */
    uint32_t amount_count; /* at most as many as there are resources; what is missing is 0 */
    uint32_t farthest;     /* the largest distance between two of its nodes, 1 ... 255; 0 for any. A server whose distances are
                              not known holds to any */
    uint64_t require;      /* traits that its server must have */
    uint64_t forbid;       /* traits that its server must not have */
    uint64_t group;        /* the group to which it belongs, see spane_cluster_set_group; 0 for none */
    uint64_t prefer;       /* traits that its server should have: sessions look first at servers that have them all, then at those that
                              lack one, and so on, whatever their policy; see spane_cluster_group_violations */
} spane_request;

#define SPANE_REQUEST_INIT SPANE_REQUEST(0, 0)
/* So many cores and GB. */
#define SPANE_REQUEST(cpu, mem) {sizeof(spane_request), 0, (cpu), (mem), 0, 0, 0, 0, 0, 0, 0}

/* Where a VM runs or may run. */
typedef struct spane_placement {
    int32_t server; /* the number of the server */
    uint32_t nodes; /* bit n for its NUMA node n; as many as the VM spans */
} spane_placement;

/* One server of a cluster. Initialise with SPANE_SERVER_INFO_INIT. */
typedef struct spane_server_info {
    uint32_t struct_size; /* sizeof(spane_server_info) */
    int32_t is_cordoned;  /* 1 if no VM may be placed there, else 0 */
    int32_t vms;          /* VMs placed there */
    int32_t nodes;        /* NUMA nodes */
    uint64_t traits;      /* as in its type; spane_cluster_options has their names */
    const char *type;     /* the name of its type, "" for none; it belongs to the cluster and is valid as long as that lives */
} spane_server_info;

#define SPANE_SERVER_INFO_INIT {sizeof(spane_server_info), 0, 0, 0, 0, 0}

/*
 * Writes SPANE_CLUSTER_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_options_init(spane_cluster_options *options);

/*
 * Creates a cluster without servers.
 *   options   NULL for the defaults
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_new(const spane_cluster_options *options, spane_cluster **cluster);

/*
 * Frees a cluster; sessions that are bound to it keep it alive.
 * Status: none. Threads: one at a time. Cost: O(S + V). Since: 0.1.
 */
SPANE_API void spane_cluster_free(spane_cluster *cluster);

/*
 * Adds `count` empty servers of one type. They get the lowest numbers that are free: 0, 1, 2 ... in a new cluster, and those of
 * servers that were removed. A server keeps its number until it is removed.
 *   servers   receives `count` numbers; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (the type, or more than SPANE_MAX_SERVERS in all);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(count), amortised. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_add_servers(spane_cluster *cluster, const spane_server_type *type, size_t count,
                                                 int32_t *servers);

/*
 * As spane_cluster_add_servers, for servers whose NUMA nodes are alike and have cores and GB alone; as many nodes as the
 * options say.
 *   node_cpu, node_mem  cores and GB of each node, above 0
 * Status: as spane_cluster_add_servers. Threads: one at a time. Cost: O(count), amortised. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_add_equal_servers(spane_cluster *cluster, double node_cpu, double node_mem,
                                                       size_t count, int32_t *servers);

/*
 * Removes a server on which no VM runs: move or release its VMs first, or call spane_cluster_fail_server.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BAD_STATE (VMs run there, a trial is open, or overlap).
 * Threads: one at a time. Cost: O(VMs of one server). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_remove_server(spane_cluster *cluster, int32_t server);

/*
 * Records that a server has failed: its VMs are gone and it is cordoned.
 *   ids       room for `capacity` ids of the VMs that ran there, which are written in ascending order; NULL with capacity 0
 *             where they are not wanted
 *   count     receives how many ran there; also when it returns SPANE_BUFFER_TOO_SMALL, and then nothing changes
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE;
 * SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(n log n) for n VMs on it. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_fail_server(spane_cluster *cluster, int32_t server, uint64_t *ids, size_t capacity,
                                                 size_t *count);

/*
 * Changes the capacities, traits or distances of a server. Its VMs stay; where they use more than there is now, the server has
 * no room. It stays cordoned or not, and what spane_cluster_set_free has taken from its nodes stays taken.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server, or a type that lacks a node on which a VM runs);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE. Threads: one at a time. Cost: O(VMs on it). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_resize_server(spane_cluster *cluster, int32_t server,
                                                   const spane_server_type *type);

/*
 * Reserves room for `vms` placed VMs, so that no later placement up to that number allocates.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (more than 2^28); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(V + vms). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_reserve(spane_cluster *cluster, size_t vms);

/*
 * The numbers of servers and of placed VMs; either pointer may be NULL.
 * Status: SPANE_OK; SPANE_NULL_POINTER (cluster); SPANE_BAD_STATE. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_count(const spane_cluster *cluster, int64_t *servers, int64_t *vms);

/* How large a cluster is. Initialise with SPANE_CLUSTER_INFO_INIT. */
typedef struct spane_cluster_info {
    uint32_t struct_size; /* sizeof(spane_cluster_info) */
    uint32_t reserved;    /* 0 */
    int64_t servers;      /* servers, cordoned ones included */
    int64_t cordoned;     /* cordoned servers */
    int64_t vms;          /* placed VMs */
    int64_t bytes;        /* memory in use; without the sessions that are bound to it */
} spane_cluster_info;

#define SPANE_CLUSTER_INFO_INIT {sizeof(spane_cluster_info), 0, 0, 0, 0, 0}

/*
 * Describes a cluster; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(S). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_describe(const spane_cluster *cluster, spane_cluster_info *info);

/* A resource of a cluster. Initialise with SPANE_RESOURCE_INFO_INIT. */
typedef struct spane_resource_info {
    uint32_t struct_size;     /* sizeof(spane_resource_info) */
    int32_t belongs_to_nodes; /* 1 if each NUMA node has an amount of it, 0 if the server as a whole has */
    int32_t amount_index;     /* its index in the amounts of a node, or in those of a server */
    int32_t request_index;    /* its index in spane_request.amounts; -1 for cores and GB */
    const char *name;         /* "cpu", "mem", or the name in the options; valid as long as the cluster lives */
} spane_resource_info;

#define SPANE_RESOURCE_INFO_INIT {sizeof(spane_resource_info), 0, 0, 0, 0}

/*
 * Finds a resource by its index; fills the first info->struct_size bytes of `info`.
 *   index     0 for cores, 1 for GB, then the node resources of the options, then the server resources
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND (no resource with this index); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_resource(const spane_cluster *cluster, int32_t index, spane_resource_info *info);

/*
 * Finds a resource by its name; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (name is not UTF-8);
 * SPANE_NOT_FOUND (no resource of this name); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(resources). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_find_resource(const spane_cluster *cluster, const char *name,
                                                   spane_resource_info *info);

/*
 * The options with which a cluster was made. The names belong to the cluster and are valid as long as it lives.
 * Fills the first options->struct_size bytes.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size). Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_get_options(const spane_cluster *cluster, spane_cluster_options *options);

/*
 * The numbers of all servers, in the order in which policies look at them. That is ascending until a server is removed; the
 * last one then takes the place of the one that is gone.
 *   servers   room for `capacity` numbers; NULL with capacity 0 to ask for how many there are
 *   count     receives how many there are; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE. Threads: one at a time. Cost: O(S). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_servers(const spane_cluster *cluster, int32_t *servers, size_t capacity,
                                             size_t *count);

/*
 * Describes a server; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_server(const spane_cluster *cluster, int32_t server, spane_server_info *info);

/*
 * The capacities of each of `count` servers and what is left of them, on cordoned servers too. What is left is negative where
 * more runs than the server can hold.
 *   servers   `count` numbers, or NULL for all servers in the order of spane_cluster_servers; then `count` must be their number
 *   capacity  receives count * (nodes * (2 + node_resource_count) + server_resource_count) amounts: of each server those of its
 *             nodes, as many as the cluster's options say (0 for a node that it lacks), then its own; may be NULL
 *   free      as capacity, what is left; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (a server, count); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(count), without allocation. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_amounts(const spane_cluster *cluster, const int32_t *servers, size_t count,
                                             double *capacity, double *free);

/*
 * How many VMs of one size still fit on each of `count` servers when each is placed in the best way: 0 where a
 * server has no room, is cordoned, or lacks what is requested. Where a request over three or more nodes limits distances, it is a
 * lower bound.
 *   servers   as in spane_cluster_amounts
 *   room      receives `count` numbers
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, a server, count); SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_BAD_STATE. Threads: one at a time. Cost: O(count). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_room(const spane_cluster *cluster, const spane_request *request,
                                          const int32_t *servers, size_t count, int64_t *room);

/* How many VMs of one size fit on the servers of a type. */
typedef struct spane_type_room {
    const char *type; /* the name of the type, "" for servers without one; valid as long as the cluster lives */
    int64_t servers;  /* its servers, cordoned ones included */
    int64_t room;     /* how many VMs fit on them; at most 2^63 - 1 */
} spane_type_room;

/*
 * As spane_cluster_room, summed over all servers and over those of each type.
 *   total     receives the sum over all servers, at most 2^63 - 1; may be NULL
 *   types     room for `capacity` types, in the order in which spane_cluster_servers first has a server of each; NULL with
 *             capacity 0 to ask for how many there are
 *   count     receives how many types there are; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request); SPANE_BUFFER_TOO_SMALL; SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_BAD_STATE. Threads: one at a time. Cost: O(S). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_room_by_type(const spane_cluster *cluster, const spane_request *request,
                                                  int64_t *total, spane_type_room *types, size_t capacity,
                                                  size_t *count);

/*
 * spane_reason.reason: why a VM does not go to a server now. The first one that holds is told, in the order of this list except
 * that a server that fits or is too far is never too small. A later version may have more.
 */
enum {
    SPANE_REASON_FITS = 0,            /* it has room */
    SPANE_REASON_CORDONED = 1,        /* it is cordoned */
    SPANE_REASON_LACKS_TRAIT = 2,     /* it lacks a trait that the request requires */
    SPANE_REASON_FORBIDDEN_TRAIT = 3, /* it has a trait that the request forbids */
    SPANE_REASON_TOO_FEW_NODES = 4,   /* it has fewer NUMA nodes than the VM spans */
    SPANE_REASON_TOO_SMALL = 5,       /* it could not hold the VM even if it were empty */
    SPANE_REASON_TOO_FAR = 6,         /* it has the room, but on nodes too far from each other, or no nodes are near enough at all */
    SPANE_REASON_NO_ROOM = 7,         /* too much is in use */
    SPANE_REASON_GROUP = 8,           /* it has room, and a hard rule of the VM's group forbids it */
    SPANE_REASON_RESERVED = 9         /* too much is in use, and without what is reserved there it would have room; told instead
                                         of SPANE_REASON_NO_ROOM, with what that tells */
};

/*
 * Why a VM does not go to a server. Where amounts are short, one is named: on the nodes for which the sum of what is lacking, each
 * as a share of what there is in all, is least (of equal ones on those nearest to each other, then the lowest) that with the
 * largest such share. With just `short_by` more of it there, the VM fits, or another one is named. Initialise with
 * SPANE_REASON_INIT.
 */
typedef struct spane_reason {
    uint32_t struct_size; /* sizeof(spane_reason) */
    int32_t reason;       /* SPANE_REASON_... */
    int32_t resource;     /* what is short, an index for spane_cluster_resource; -1 where it is no amount */
    int32_t node;         /* the NUMA node where it is short; -1 for the server as a whole, or where it is no amount */
    double short_by;      /* cores, GB or devices that are missing; nodes with TOO_FEW_NODES; with TOO_FAR by how much the distance
                             is above what is allowed; 0 else */
    uint32_t nodes;       /* bit n for NUMA node n: the nodes that can have the VM (FITS), are least short (TOO_SMALL, NO_ROOM, RESERVED) or
                             nearest to each other (TOO_FAR); 0 else */
    int32_t trait;        /* the bit of the lowest trait that is lacking or forbidden; -1 else */
} spane_reason;

#define SPANE_REASON_INIT {sizeof(spane_reason), 0, -1, -1, 0.0, 0, -1}

/*
 * Why a VM does not go to each of `count` servers now.
 *   servers   as in spane_cluster_amounts
 *   reasons   receives `count` reasons; the struct_size of the first, which the caller sets, is written to all
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, a server, count); SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_BAD_STATE. Threads: one at a time. Cost: O(count * nodes * resources), and O(sets of nodes) for servers with distances.
 * Since: 0.1.
 */
SPANE_API spane_status spane_cluster_explain(const spane_cluster *cluster, const spane_request *request,
                                             const int32_t *servers, size_t count, spane_reason *reasons);

/*
 * Excludes a server from placement. Decisions are made as if it were not there; its VMs stay and can be released.
 * Cordoning a cordoned server changes nothing.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_cordon(spane_cluster *cluster, int32_t server);

/*
 * Includes a server in placement again. Uncordoning a server that is not cordoned changes nothing.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_uncordon(spane_cluster *cluster, int32_t server);

/*
 * Places the VM `id` at `placement`, whoever decided that.
 *   placement as many nodes as the request spans
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, placement); SPANE_INFEASIBLE_ACTION (no room,
 * cordoned, or forbidden by a hard rule of its group); SPANE_EXISTS; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE;
 * SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(1), amortised; O(servers of the group) more in a group. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_place(spane_cluster *cluster, uint64_t id,
                                                           const spane_request *request, spane_placement placement);

/*
 * Records that the VM `id` already runs at `placement`, whether or not there is room and rules of its group allow it, also on a
 * cordoned server.
 * Status: as spane_cluster_place, without SPANE_INFEASIBLE_ACTION. Threads: one at a time. Cost: O(1), amortised. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_record(spane_cluster *cluster, uint64_t id, const spane_request *request,
                                            spane_placement placement);

/*
 * Removes the VM `id` and returns what it used to its server.
 *   placement receives where it ran; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER (cluster); SPANE_NOT_FOUND; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_release(spane_cluster *cluster, uint64_t id, spane_placement *placement);

/*
 * Moves the VM `id` to another server or to other nodes of its own, as many as it has now. The room that it leaves counts as
 * free; moving it to where it runs already is allowed. Rules of its group are judged by where its other VMs run; a rule by which
 * both servers are in one domain does not forbid the move.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_INVALID_ARGUMENT (placement); SPANE_INFEASIBLE_ACTION (no room,
 * cordoned, or forbidden by a hard rule of its group); SPANE_BAD_STATE. Threads: one at a time. Cost: O(1); O(servers of the
 * group) more in a group. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_move(spane_cluster *cluster, uint64_t id,
                                                          spane_placement placement);

/*
 * Resizes the VM `id` where it runs. The room that it has counts as free; a size that is nowhere larger than the present one
 * always fits, and on a cordoned server no other does.
 *   request   with as many nodes as before; its group is not read, as the VM stays in its own
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_INVALID_ARGUMENT (request); SPANE_INFEASIBLE_ACTION (no room);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_resize(spane_cluster *cluster, uint64_t id,
                                                            const spane_request *request);

/*
 * Changes the id of the VM `id` to `other`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_EXISTS (other); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_rename(spane_cluster *cluster, uint64_t id, uint64_t other);

/*
 * Where the VM `id` runs and what it asked for; either output may be NULL.
 *   request   its first request->struct_size bytes are filled, but `amounts` with NULL and `amount_count` with 0
 * Status: SPANE_OK; SPANE_NULL_POINTER (cluster); SPANE_NOT_FOUND; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_find(const spane_cluster *cluster, uint64_t id, spane_placement *placement,
                                          spane_request *request);

/*
 * What the VM `id` asked for besides cores and GB.
 *   amounts   receives `count` amounts as in spane_request.amounts; `count` must be the number of those resources
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_INVALID_ARGUMENT (count); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(count). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_vm_amounts(const spane_cluster *cluster, uint64_t id, double *amounts,
                                                size_t count);

/*
 * The ids of the VMs on a server, or of all VMs, in ascending order.
 *   server    its number, or -1 for all servers
 *   ids       room for `capacity` ids; NULL with capacity 0 to ask for their number
 *   count     receives how many there are; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server); SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE;
 * SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(n log n) for n VMs, O(S) more for all servers. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_vms(const spane_cluster *cluster, int32_t server, uint64_t *ids, size_t capacity,
                                         size_t *count);

/*
 * Corrects what a NUMA node has left, for what the cluster cannot know: other tenants, drift, maintenance.
 *   cpu, mem  0 up to the capacity less what the VMs placed there use; other resources cannot be corrected
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server, node, cpu, mem); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_set_free(spane_cluster *cluster, int32_t server, int32_t node, double cpu,
                                              double mem);

/*
 * Saves the whole state (HDF5, format "spane-cluster") in the way of spane_model_save.
 *   progress  in servers and VMs; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: one at a time. Cost: O(S + V log V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_save(const spane_cluster *cluster, const char *path,
                                                          const spane_progress *progress);

/*
 * Makes a cluster from a saved state (HDF5), or from a fleet in TOML with nothing running on it: its classes of servers, one
 * after another, with their names, traits and distances, and its rule for spans; see docs/fleets.md.
 *   progress  in bytes of the file; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION;
 * SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(S + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_load(const char *path, const spane_progress *progress,
                                                          spane_cluster **cluster);

/*
 * As spane_cluster_save, into memory.
 *   progress  in servers and VMs; NULL for none
 *   data      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the state takes; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_IO; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY;
 * SPANE_CANCELLED.
 * Threads: one at a time. Cost: O(S + V log V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_save_memory(const spane_cluster *cluster,
                                                                 const spane_progress *progress, void *data,
                                                                 size_t capacity, size_t *size);

/*
 * As spane_cluster_load, from the content of such a file, which is copied.
 *   progress  in bytes; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size); SPANE_FORMAT; SPANE_SHAPE_MISMATCH;
 * SPANE_UNKNOWN_VERSION; SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(S + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_load_memory(const void *data, size_t size,
                                                                 const spane_progress *progress,
                                                                 spane_cluster **cluster);

/* ---------------------------------------------------------------------------------------------------------- Groups */

/*
 * VMs of a group run together or apart, as its rules say: on servers, and in fault domains of several levels, such as racks and
 * zones, that the caller numbers. A request names its group; docs/groups.md has examples.
 *
 * Sessions place VMs where no hard rule of their group is broken; of these servers first where no soft rule is, then where soft
 * rules are broken by fewest VMs, each trait that the VM prefers and the server lacks counted as one more. spane_cluster_place and spane_cluster_move refuse what a hard rule forbids;
 * spane_cluster_record does not. A server whose domain is not known breaks every rule of that level.
 */

/* The most levels of fault domains beside that of the server itself. */
#define SPANE_MAX_LEVELS 7
/* The level of the server itself. */
#define SPANE_LEVEL_SERVER (-1)
/* The most rules of a group. */
#define SPANE_MAX_GROUP_RULES 64

/* spane_group_rule.kind */
#define SPANE_GROUP_AT_MOST 0  /* at most `count` VMs of the group in one domain; 1 is anti-affinity. Broken by as many VMs as there
                                  would be more */
#define SPANE_GROUP_TOGETHER 1 /* all in one domain: affinity. Broken by the VMs in other domains */
#define SPANE_GROUP_SPREAD 2   /* in at least `count` domains: while they are in fewer, none goes to a domain in use if one that is
                                  not in use could hold it, which is one with a server in placement that has room for the VM and
                                  breaks no hard rule of another kind. A soft one is broken by one VM in a domain in use while they are
                                  in fewer */

/* A rule of a group. Initialise with SPANE_GROUP_RULE_INIT. */
typedef struct spane_group_rule {
    uint32_t struct_size; /* sizeof(spane_group_rule) */
    int32_t kind;         /* SPANE_GROUP_... */
    int32_t level;        /* an index into the levels of the cluster, or SPANE_LEVEL_SERVER */
    int32_t count;        /* VMs or domains, at least 1; not read for SPANE_GROUP_TOGETHER */
    int32_t hard;         /* 1 to refuse what breaks it, 0 to prefer what does not */
    uint32_t reserved;    /* 0 */
} spane_group_rule;

#define SPANE_GROUP_RULE_INIT {sizeof(spane_group_rule), SPANE_GROUP_AT_MOST, SPANE_LEVEL_SERVER, 1, 1, 0}

/*
 * Names the levels of fault domains of a cluster, once. No server has a domain yet, nor has one that is added later.
 *   levels    `count` names, such as "rack" and "zone", of at most 255 bytes each; "server" is none of them
 *   count     at most SPANE_MAX_LEVELS
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_BAD_STATE (it has levels); SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(S). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_set_levels(spane_cluster *cluster, const char *const *levels, size_t count);

/*
 * The name of a level; it belongs to the cluster and is valid as long as that lives.
 *   level     0 up to the number of levels - 1
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND (level); SPANE_BAD_STATE. Threads: one at a time. Cost: O(1).
 * Since: 0.1.
 */
SPANE_API spane_status spane_cluster_level(const spane_cluster *cluster, int32_t level, const char **name);

/*
 * Says in which domain of a level a server is. VMs that run there stay where they are.
 *   level     an index into the levels
 *   domain    a number of the caller's, at least 0; -1 where none is known
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (server, level, domain); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_set_domain(spane_cluster *cluster, int32_t server, int32_t level, int32_t domain);

/*
 * In which domain of a level a server is.
 *   level     an index into the levels, or SPANE_LEVEL_SERVER, whose domains are the numbers of the servers
 *   domain    receives it; -1 where none is known
 * Status: as spane_cluster_set_domain. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_domain(const spane_cluster *cluster, int32_t server, int32_t level,
                                            int32_t *domain);

/*
 * Gives a group rules in place of those that it has. VMs that run stay where they are.
 *   group     any number but 0. A group without rules, and one that is not known, may run anywhere
 *   rules     `count` rules, all with the struct_size of the first; NULL without
 *   count     at most SPANE_MAX_GROUP_RULES
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (group, rules, count); SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(count), amortised. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_set_group(spane_cluster *cluster, uint64_t group, const spane_group_rule *rules,
                                               size_t count);

/*
 * The rules of a group and how many of its VMs run; none of either for a group that is not known.
 *   rules     room for `capacity` rules, the struct_size of the first set; NULL with capacity 0 to ask for their number
 *   count     receives how many there are; also when it returns SPANE_BUFFER_TOO_SMALL
 *   vms       receives the number of VMs; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(count). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_group(const spane_cluster *cluster, uint64_t group, spane_group_rule *rules,
                                           size_t capacity, size_t *count, int64_t *vms);

/*
 * What the rules of a request's group say of servers, and its preferences, whether or not there is room.
 *   servers     `count` numbers, or NULL for all servers in the order of spane_cluster_servers; then `count` must be their
 *               number
 *   violations  receives by how many VMs soft rules are broken if one more goes there, and how many of the traits that it prefers are
 *               lacking there, in sum; -1 where a hard rule forbids it. Sessions choose where this is least
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, a server, count); SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_BAD_STATE. Threads: one at a time. Cost: O(servers of the group + count * rules); O(S) more for a hard rule of
 * SPANE_GROUP_SPREAD. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_group_violations(const spane_cluster *cluster, const spane_request *request,
                                                      const int32_t *servers, size_t count, int64_t *violations);

/* --------------------------------------------------------------------------------------------------------- What if */

/*
 * Begins a trial: changes to the cluster from now on can be taken back, which answers what would happen if. Place, move and
 * release VMs, cordon and fail servers, make and apply plans, ask sessions; then call spane_cluster_keep_trial or
 * spane_cluster_drop_trial. Trials may be opened within one another. Servers are not added, removed or resized meanwhile
 * (SPANE_BAD_STATE). What is saved in a trial is the cluster as it is then. The memory of sessions is not taken back: a rule that
 * learns its mix from requests learns from those of a trial too, move-to-front begins where it last placed, and random goes on.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (overlap). Threads: one at a time. Cost: O(1); a change in a trial takes
 * some 100 bytes until it ends. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_begin_trial(spane_cluster *cluster);

/*
 * Ends the innermost trial and keeps its changes; one around it can still take them back.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no trial is open, or overlap).
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_keep_trial(spane_cluster *cluster);

/*
 * Ends the innermost trial and takes its changes back.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no trial is open, or overlap).
 * Threads: one at a time. Cost: O(changes). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_drop_trial(spane_cluster *cluster);

/* ----------------------------------------------------------------------------------------------------------- Logs */

/* What an event of a log has to survive: `durability` of spane_cluster_start_log. */
#define SPANE_DURABILITY_BUFFERED 0 /* nothing: events are written when there are 64 KB of them */
#define SPANE_DURABILITY_WRITTEN 1  /* the end of the process, however sudden; some 2 us an event */
#define SPANE_DURABILITY_SYNCED 2   /* the end of the machine: each event waits for the disk */

/* What became of a log. Initialise with SPANE_LOG_INFO_INIT. */
typedef struct spane_log_info {
    uint32_t struct_size; /* sizeof(spane_log_info) */
    int32_t is_ended;     /* 1 when the log could not be written any more and has ended, 0 otherwise */
    int64_t events;       /* since it was started */
    int64_t bytes;        /* of its file, with what has not been written yet */
    int64_t cut;          /* bytes that were cut off when it was started: what was not written whole */
} spane_log_info;

#define SPANE_LOG_INFO_INIT {sizeof(spane_log_info), 0, 0, 0, 0}

/*
 * Starts a log of the cluster: its state now, then every change, and every question that a session answers with
 * spane_session_choose (and _among, _many), _place (and _many) or _shadow. `spane replay` and spane_replay tell what other policies
 * would have made of it. A log that is there goes on: what was not written whole when its writer ended is cut off, and the state of
 * this cluster follows. Memory is bounded (64 KB). A log that cannot be written any more, as when the disk is full, ends with its last
 * whole event, the calls that it followed go on as without one, and spane_cluster_describe_log, _sync_log and _stop_log tell so. The log
 * stays its process's: what a child of fork(2) does is not in it, and the child may stop it. What
 * happens in a trial is in the log with the trial's end, and is left out of replays when it was dropped. When the call fails, the file
 * is as it was, or there is none.
 *   durability   SPANE_DURABILITY_BUFFERED, _WRITTEN or _SYNCED
 *   progress     in servers and VMs; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (durability); SPANE_BAD_STATE (the cluster has a log, a trial is open, or
 * overlap); SPANE_IO (not writable, no regular file, or a log that another cluster or process writes); SPANE_FORMAT (the file is no log);
 * SPANE_UNKNOWN_VERSION; SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: one at a time. Cost: O(S + V), and reading the log that is there. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_start_log(spane_cluster *cluster, const char *path, int32_t durability,
                                                               const spane_progress *progress);

/*
 * Ends the log of the cluster. It ends too when the cluster and all of its sessions are freed.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no log, a trial is open, or overlap; the log goes on); SPANE_IO (what was left
 * could not be written, or the log had ended before; the cluster has none now). Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_stop_log(spane_cluster *cluster);

/*
 * Waits until the log so far is safe on the disk.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no log, or overlap); SPANE_IO (the log has ended).
 * Threads: one at a time. Cost: that of the disk. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_sync_log(spane_cluster *cluster);

/*
 * Takes the time of events from the caller from now on, for simulated or recorded time, and no longer from the clock of the system.
 * The first time stands for the moment of the call, whatever it is; where it is set before anything else happens in the log, for
 * that of its beginning too. Call it whenever time has passed.
 *   seconds   -2^42 ... 2^42, kept to microseconds; where it is less than before, replays take it for the latest
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_BAD_STATE (no log, or overlap).
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_set_log_time(spane_cluster *cluster, double seconds);

/*
 * Describes the log of the cluster.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no log, or a change overlaps); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any, but not during a change. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_describe_log(const spane_cluster *cluster, spane_log_info *info);

/* ---------------------------------------------------------------------------------------------------------- Moves */

/*
 * Live migrations: that let a VM in where it fits nowhere, that empty a server, that even out its NUMA nodes.
 *
 * A plan changes nothing. Its moves stand in an order in which every one has room for its VM while its source still holds it,
 * which is what a live migration takes. Carry it out with spane_cluster_apply, or move by move with spane_cluster_apply_move
 * after the hypervisor has done it; a plan that the cluster has overtaken is refused.
 *
 * VMs whose group has a hard rule stay on their servers in every plan, so that no move breaks one, and reservations stay where they
 * are; what is said of other plans is said of those that leave them there. A VM that is let in goes where the hard rules of its group allow it.
 */
typedef struct spane_plan spane_plan;

/* The most live migrations of a plan that makes room. While a VM moves, it has its room in both places. */
#define SPANE_MAX_MOVES 64

/* spane_plan_info.outcome */
#define SPANE_PLAN_CHEAPEST 2         /* a plan, and proof that none costs less */
#define SPANE_PLAN_FOUND 1            /* a plan */
#define SPANE_PLAN_NOT_FOUND 0        /* none was found for all that was asked for within the budget; one may exist */
#define SPANE_PLAN_TOO_LARGE (-1)     /* no server in placement could hold the VM even if it were empty */
#define SPANE_PLAN_FLEET_FULL (-2)    /* the servers have not enough left in sum, wherever VMs run */
#define SPANE_PLAN_TOO_MANY_MOVES (-3) /* no plan of so few moves exists */
#define SPANE_PLAN_NO_SERVERS (-4)    /* no server is in placement: there is none, or each is cordoned or closed */

/* How a plan is looked for. Initialise with SPANE_PLAN_OPTIONS_INIT. */
typedef struct spane_plan_options {
    uint32_t struct_size;   /* sizeof(spane_plan_options) */
    int32_t moves;          /* the most moves that make room for one VM, 0 ... SPANE_MAX_MOVES; a list of VMs shares them */
    int64_t budget;         /* steps of the search after the greedy plan, of about a microsecond each; 0 for that alone */
    int32_t exact;          /* 1 to spend what is left of the budget on all sequences of moves, which proves a plan to be the
                               cheapest or none to exist on up to 64 servers; else 0 */
    int32_t at_once;        /* moves at once that a server takes part in, at least 1: spane_move.round follows from it */
    double move_price;      /* what a move costs beside its GB, 0 ... 10^6 */
    double local_price;     /* what a GB costs that goes from node to node of a server, 0 ... 1; to another server it is 1 */
    const uint64_t *pinned; /* VMs that may not move; NULL for none */
    size_t pinned_count;    /* how many */
    const uint64_t *priced; /* VMs whose GB cost not 1 but what `prices` says; NULL for none */
    const double *prices;   /* at least 0 */
    size_t priced_count;    /* how many */
    const int32_t *closed;  /* servers that take no VM, as cordoned ones do not; NULL for none */
    size_t closed_count;    /* how many */
    const int32_t *fixed;   /* servers that no VM leaves; NULL for none */
    size_t fixed_count;     /* how many */
} spane_plan_options;

#define SPANE_PLAN_OPTIONS_INIT {sizeof(spane_plan_options), 4, 2000, 0, 1, 2.0, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* One move of a plan. */
typedef struct spane_move {
    uint64_t vm;            /* the id of the VM */
    spane_placement source; /* where it runs */
    spane_placement target; /* where it is to run */
    double mem;             /* its GB */
    double price;           /* what the move costs */
    int32_t request;        /* for which of the requests it makes room; -1 where a server is emptied or evened out */
    int32_t round;          /* moves of one round may run at once; rounds follow each other */
} spane_move;

/* What a plan comes to. Initialise with SPANE_PLAN_INFO_INIT. */
typedef struct spane_plan_info {
    uint32_t struct_size;      /* sizeof(spane_plan_info) */
    int32_t outcome;           /* SPANE_PLAN_... */
    spane_placement placement; /* where the first request fits then; SPANE_NOWHERE without a plan for it */
    size_t moves;              /* moves */
    size_t requests;           /* requests it was made for */
    size_t servers;            /* servers that it empties */
    size_t stuck;              /* VMs that should leave and for which no place was found */
    double mem;                /* GB that are moved */
    double price;              /* what all moves cost */
    double bound;              /* of a drain: no plan costs less; of a consolidation: no more servers can be emptied */
} spane_plan_info;

#define SPANE_PLAN_INFO_INIT {sizeof(spane_plan_info), 0, {SPANE_NOWHERE, 0}, 0, 0, 0, 0, 0.0, 0.0, 0.0}

/*
 * Writes SPANE_PLAN_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_plan_options_init(spane_plan_options *options);

/*
 * Plans moves that let VMs in: of all plans that it finds the one whose moves cost least. It returns a plan in any case; ask
 * spane_plan_describe for its outcome and spane_plan_text for the reason.
 *   requests  `count` VMs, 1 ... 65535, the first to be served first; all with the struct_size of the first
 *   options   NULL for the defaults
 *   plan      receives the plan
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_NOT_FOUND (a VM of the options); SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(S + VMs on up to 64 servers) for each
 * request, and the budget; of more than 64 servers VMs leave those alone that are least short, and of more than 4096 those
 * that follow a VM's own are looked at for its target. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_plan_room(spane_cluster *cluster, const spane_request *requests,
                                                               size_t count, const spane_plan_options *options,
                                                               spane_plan **plan);

/*
 * Plans moves that empty a server, for maintenance or removal: the largest VMs first, each to where it takes least of the room
 * for what runs in the cluster; where one fits nowhere, at most `moves` of the options make room for it. Cordon the server
 * before you carry the plan out, so that nothing new comes.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_NOT_FOUND (a VM of the options); SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(V + VMs on it * S), and the budget for
 * each that fits nowhere. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_plan_drain(spane_cluster *cluster, int32_t server,
                                                                const spane_plan_options *options, spane_plan **plan);

/*
 * Plans at most `moves` moves that empty as many servers as it can, those first on which the fewest VMs run. A VM that runs on
 * such a server goes at once to one that stays in use.
 *   moves     in all, at least 0
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_NOT_FOUND (a VM of the options); SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(V + VMs moved * S), and the budget for
 * each that fits nowhere. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_plan_consolidation(spane_cluster *cluster, int64_t moves,
                                                                        const spane_plan_options *options,
                                                                        spane_plan **plan);

/*
 * The same for a large fleet, where it may take minutes.
 *   progress  in servers; NULL for none
 * Status: as spane_cluster_plan_consolidation; SPANE_CANCELLED. Threads: one at a time. Cost: as
 * spane_cluster_plan_consolidation. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_plan_consolidation_with_progress(spane_cluster *cluster, int64_t moves,
                                                                                      const spane_plan_options *options,
                                                                                      const spane_progress *progress,
                                                                                      spane_plan **plan);

/*
 * Plans moves from node to node of a server after which its nodes are used more evenly, at most `moves` of the options.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_NOT_FOUND (a VM of the options); SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(moves * VMs on it * sets of nodes).
 * Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_plan_repair(spane_cluster *cluster, int32_t server,
                                                                 const spane_plan_options *options, spane_plan **plan);

/*
 * Carries out all moves of a plan, or none: a plan that the cluster has overtaken is refused.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (a server that is gone); SPANE_NOT_FOUND (a VM that has left);
 * SPANE_BAD_STATE (a VM that runs elsewhere by now); SPANE_INFEASIBLE_ACTION (a target without room by now, or one that a hard
 * rule forbids by now).
 * Threads: one at a time. Cost: O(moves). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_apply(spane_cluster *cluster, const spane_plan *plan);

/*
 * Carries out one move, when it has happened.
 * Status: as spane_cluster_apply. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_apply_move(spane_cluster *cluster, const spane_move *move);

/*
 * Tells what a plan comes to.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (plan); SPANE_UNKNOWN_VERSION (struct_size). Threads: any.
 * Cost: O(moves). Since: 0.1.
 */
SPANE_API spane_status spane_plan_describe(const spane_plan *plan, spane_plan_info *info);

/*
 * The moves in their order.
 *   moves     room for `capacity` moves; NULL with capacity 0 to ask for their number
 *   count     receives how many there are; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (plan); SPANE_BUFFER_TOO_SMALL. Threads: any. Cost: O(moves).
 * Since: 0.1.
 */
SPANE_API spane_status spane_plan_moves(const spane_plan *plan, spane_move *moves, size_t capacity, size_t *count);

/*
 * Where each request fits after the moves for it and for those before it, which are placed by then; SPANE_NOWHERE where no
 * plan was found.
 * Status: as spane_plan_moves. Threads: any. Cost: O(requests). Since: 0.1.
 */
SPANE_API spane_status spane_plan_placements(const spane_plan *plan, spane_placement *placements, size_t capacity,
                                             size_t *count);

/*
 * The numbers of the servers that a plan empties.
 * Status: as spane_plan_moves. Threads: any. Cost: O(servers). Since: 0.1.
 */
SPANE_API spane_status spane_plan_servers(const spane_plan *plan, int32_t *servers, size_t capacity, size_t *count);

/*
 * The ids of the VMs that should leave and for which no place was found.
 * Status: as spane_plan_moves. Threads: any. Cost: O(VMs). Since: 0.1.
 */
SPANE_API spane_status spane_plan_stuck(const spane_plan *plan, uint64_t *ids, size_t capacity, size_t *count);

/*
 * Why the plan is this one: what is short where, what the moves cost, what other places would.
 *   text      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the text takes with its zero byte; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (plan); SPANE_BUFFER_TOO_SMALL. Threads: any. Cost: O(size).
 * Since: 0.1.
 */
SPANE_API spane_status spane_plan_text(const spane_plan *plan, char *text, size_t capacity, size_t *size);

/*
 * Frees a plan.
 * Status: none. Threads: one at a time. Cost: O(moves). Since: 0.1.
 */
SPANE_API void spane_plan_free(spane_plan *plan);

/* ------------------------------------------------------------------------------------------------------- Policies */

/* The weights of a network. Immutable: any number of threads may use one at once. */
typedef struct spane_model spane_model;

/* VMs in order of arrival: what is replayed. Immutable: any number of threads may use one at once. */
typedef struct spane_trace spane_trace;

/*
 * Decisions that one policy of the caller's own is asked for at once, a row for each: the episodes are different ones, each of which
 * stands at a decision. All arrays belong to the library and may be used by the call alone; only `action` may be written.
 */
typedef struct spane_decisions {
    uint32_t struct_size;     /* sizeof(spane_decisions) as the library knows it; a later version may have more behind */
    int32_t count;            /* rows, 1 ... the policy's batch */
    int32_t servers;          /* of each episode */
    uint32_t reserved;        /* 0 */
    int64_t observation_size; /* float values of an observation */
    int64_t mask_size;        /* bytes of a mask, one for each action */
    const float *observation; /* [count][observation_size]; as spane_env_observe writes it */
    const uint8_t *mask;      /* [count][mask_size]; as spane_env_mask writes it: each row has a 1 */
    const int64_t *episode;   /* [count]; the index of the episode's start in `starts` */
    const int64_t *vm;        /* [count]; the index of the VM in the trace */
    const uint8_t *is_first;  /* [count]; 1 for the first decision of an episode, else 0 */
    int32_t *action;          /* [count]; receives an action whose mask is 1, for each row; -1 before */
} spane_decisions;

/* For tests of a callback. */
#define SPANE_DECISIONS_INIT {sizeof(spane_decisions), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/*
 * A policy of the caller's own: writes an action for each row. Called in the thread that made the call whose policy it is, never twice
 * at once; there may be any number of rows up to the policy's batch, and which episodes stand beside each other may change from version
 * to version, so that a policy should decide about each row by itself. One that remembers something of an episode does so by
 * decisions->episode, and forgets it where is_first is 1.
 *   context   that of the policy
 * Returns 0 to go on, anything else to end the call, which returns SPANE_CANCELLED then. It may call functions of this library, as a
 * spane_progress_callback may.
 */
typedef int32_t (*spane_decide_callback)(const spane_decisions *decisions, void *context);

/*
 * What decides: `heuristic`, `model` or `decide`; the other ones are NULL. Initialise with SPANE_POLICY_INIT,
 * SPANE_POLICY_HEURISTIC(name), SPANE_POLICY_MODEL(model) or SPANE_POLICY_CALLBACK(decide, context). Functions read it during the call
 * alone, and sessions keep what they need of it.
 */
typedef struct spane_policy {
    uint32_t struct_size;     /* sizeof(spane_policy) */
    uint32_t reserved;        /* 0 */
    const char *heuristic;    /* "best-fit", "random:SEED", "most-allocated+spread" and so on; see below */
    const spane_model *model; /* a network */
    const spane_trace *mix;   /* for rules with "capacity-lost": the flavors of these VMs are what room is kept for, each as
                                 much as it is frequent; NULL to learn them from the requests that are decided about. NULL for
                                 any other policy */
    spane_decide_callback decide; /* a policy of the caller's own, for spane_evaluate and spane_evaluate_fleet; other functions return
                                     SPANE_UNSUPPORTED. The rest is for `decide` alone, and 0 without it */
    void *context;                /* handed to every call of `decide` */
    int32_t batch;                /* the most decisions at once, 1 ... 2^20: as many episodes are under way together; 0 for 256, and fewer
                                     on thousands of servers */
    uint32_t flags;               /* 0 or SPANE_OBSERVE_NORMALISED, for its observations */
} spane_policy;

#define SPANE_POLICY_INIT {sizeof(spane_policy), 0, 0, 0, 0, 0, 0, 0, 0}
#define SPANE_POLICY_HEURISTIC(name) {sizeof(spane_policy), 0, (name), 0, 0, 0, 0, 0, 0}
#define SPANE_POLICY_MODEL(model) {sizeof(spane_policy), 0, 0, (model), 0, 0, 0, 0, 0}
#define SPANE_POLICY_CALLBACK(decide, context) {sizeof(spane_policy), 0, 0, 0, 0, (decide), (context), 0, 0}

/*
 * Heuristics by name. The paper's: "first-fit", "best-fit", "balance-fit", "move-to-front", "random:SEED". The rules of the
 * field: SERVER+NODE, where SERVER says which server is best and NODE which of its NUMA nodes a VM gets, such as
 * "most-allocated+spread"; without +NODE they are the emptiest. SERVER may be a sum, whose parts are separated by commas and may
 * have weights in -10^6 ... 10^6, such as "capacity-lost,100*most-allocated+spread"; the highest sum wins.
 * spane_heuristic_describe lists every name and every part of one.
 */

/* The best rule that is known, whatever the servers; docs/results.md compares it with the others and with networks. */
#define SPANE_DEFAULT_POLICY "capacity-lost,10*most-allocated+spread"

/* What a name that spane_heuristic_describe lists stands for. */
enum {
    SPANE_HEURISTIC_POLICY = 0, /* a policy as it is */
    SPANE_HEURISTIC_SERVER = 1, /* the server part of a rule; it is a policy of its own too */
    SPANE_HEURISTIC_NODE = 2    /* the node part of a rule */
};

/* A heuristic that the library knows, or a part of one. Initialise with SPANE_HEURISTIC_INFO_INIT. */
typedef struct spane_heuristic_info {
    uint32_t struct_size; /* sizeof(spane_heuristic_info) */
    uint32_t role;        /* SPANE_HEURISTIC_POLICY, SPANE_HEURISTIC_SERVER or SPANE_HEURISTIC_NODE */
    const char *name;     /* such as "best-fit" */
    const char *summary;  /* what it does, in one line */
    const char *argument; /* what may follow the name after a colon, such as "SEED", a whole number of 64 bits; NULL for
                             nothing */
} spane_heuristic_info;

#define SPANE_HEURISTIC_INFO_INIT {sizeof(spane_heuristic_info), 0, 0, 0, 0}

/*
 * The number of heuristics and parts of them.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API int32_t spane_heuristic_count(void);

/*
 * Describes a heuristic or a part of one; fills the first info->struct_size bytes of `info`. Its texts belong to the library.
 *   index     0 ... spane_heuristic_count() - 1
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (index); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_heuristic_describe(int32_t index, spane_heuristic_info *info);

/* ------------------------------------------------------------------------------------------------------- Sessions */

/*
 * A policy bound to a cluster, whose changes it follows by itself. Sessions on one cluster may decide at once in several
 * threads as long as nobody changes the cluster meanwhile, or if it is shared (spane_cluster_share). Deciding neither allocates
 * nor locks, except for the first decision after servers were added, for the first call with a longer list of candidates or a
 * larger `k` than any before, for spane_session_explain, for spane_session_top with a heuristic, and when a rule with
 * "capacity-lost" learns what is asked for.
 *
 * Candidates: where a call takes `servers` and `count`, the policy chooses among these servers alone, each named once; ties go
 * to the one listed first. NULL with count 0 means all servers; on a list with count 0 there is no room. The cost depends on
 * the list, not on the cluster. To filter by class, use the traits that a request requires or forbids instead of a list.
 *
 * Any heuristic decides about any servers, and so does a network of the kind "potential"; the other networks need servers with
 * two NUMA nodes.
 */
typedef struct spane_session spane_session;

/* What a session has done, and the memory that it uses; the last four are of networks, and 0 for heuristics. Initialise with
   SPANE_SESSION_INFO_INIT. */
typedef struct spane_session_info {
    uint32_t struct_size;        /* sizeof(spane_session_info) */
    uint32_t reserved;           /* 0 */
    int64_t bytes;               /* memory in use, estimated from above; without the cluster or environment */
    int64_t decisions;           /* placements or actions asked for; a list of best ones counts as one */
    int64_t shortlist_decisions; /* of these, how many a shortlist of the best servers answered */
    int64_t tree_decisions;      /* of these, how many only scored the servers that had changed since the same request */
    int64_t cached_scores;       /* scores of servers that were remembered */
    int64_t computed_scores;     /* scores of servers that were not, where scores are remembered at all */
} spane_session_info;

#define SPANE_SESSION_INFO_INIT {sizeof(spane_session_info), 0, 0, 0, 0, 0, 0, 0}

/*
 * Binds a policy to a cluster.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (policy: an unknown heuristic, both or neither of heuristic and
 * model, a mix that it has no use for, or weights too large to sum over servers); SPANE_UNSUPPORTED (policy->decide is set);
 * SPANE_SHAPE_MISMATCH (the network is bound to another number of servers, or needs two nodes); SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(1); O(VMs) of a mix; O(parameters + S * W) for a network. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_new(spane_cluster *cluster, const spane_policy *policy,
                                                         spane_session **session);

/*
 * Frees a session.
 * Status: none. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API void spane_session_free(spane_session *session);

/*
 * The best placement for a request that the rules of its group allow; the cluster stays as it is.
 * Status: SPANE_OK; SPANE_NO_ROOM; SPANE_NEVER_FITS; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_SHAPE_MISMATCH (as spane_session_new); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY (after
 * servers were added).
 * Threads: one at a time. Cost: O(S * W); blocks of servers without room cost next to nothing. In a group O(servers of the group)
 * more, and O(S) where soft rules are broken everywhere or a hard one asks for a spread. With traits that are preferred it is that of
 * two decisions at most where there is one of them, without a group; else O(S) for each number of them that may be lacking. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_choose(spane_session *session, const spane_request *request,
                                                            spane_placement *placement);

/*
 * As spane_session_choose, among some servers.
 *   servers, count  the candidates
 * Status: as spane_session_choose; also SPANE_INVALID_ARGUMENT (the candidate that is named). SPANE_NEVER_FITS is about all
 * servers. Threads: one at a time. Cost: O(count * W). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_choose_among(spane_session *session, const spane_request *request,
                                                                  const int32_t *servers, size_t count,
                                                                  spane_placement *placement);

/*
 * Chooses as spane_session_choose and places the VM `id` there, in one step.
 *   placement receives where; may be NULL
 * Status: as spane_session_choose; also SPANE_EXISTS.
 * Threads: one at a time, and nothing else on the cluster meanwhile unless it is shared. Cost: as spane_session_choose.
 * Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_place(spane_session *session, uint64_t id,
                                                           const spane_request *request, spane_placement *placement);

/*
 * Chooses for each of `count` requests as if it were the only one; the cluster stays as it is.
 *   requests    `count` requests, one after another, all with the struct_size of the first
 *   placements  receives `count` placements; server SPANE_NOWHERE where there is no room, or SPANE_NEVER where
 *               spane_session_choose would return SPANE_NEVER_FITS, with nodes 0
 * Status: SPANE_OK (also where some have no room); else as spane_session_choose. On an error none is written.
 * Threads: one at a time. Cost: count * spane_session_choose. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_choose_many(spane_session *session, const spane_request *requests,
                                                                 size_t count, spane_placement *placements);

/*
 * Places all of `count` VMs or none, one after another, each as spane_session_place does with those before it in place.
 *   ids, requests  `count` of each; the requests with the struct_size of the first
 *   placements     receives `count` placements; may be NULL
 *   refused        receives the index of the VM that does not fit; may be NULL
 * Status: as spane_session_place, for the first VM that is not placed. On anything but SPANE_OK the cluster stays as it was and
 * no placement is written; the memory of the session is as after a trial (spane_cluster_begin_trial).
 * Threads: one at a time, and nothing else on the cluster meanwhile unless it is shared. Cost: count * spane_session_place.
 * Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_place_many(spane_session *session, const uint64_t *ids,
                                                                const spane_request *requests, size_t count,
                                                                spane_placement *placements, size_t *refused);

/*
 * The `k` best placements with room, best first. A network ranks placements by their scores, ties to the server that stands
 * first, then to the lower nodes. A heuristic ranks servers: its choice, then its choice among the other servers, and so on. Of the
 * servers that the hard rules of the request's group allow, those come first where spane_cluster_group_violations tells less.
 *   servers, count       the candidates
 *   placements, scores   receive up to `k` of each; scores may be NULL. Those of a heuristic are 0, -1, -2 and so on
 *   found                receives how many
 * Status: SPANE_OK; SPANE_NO_ROOM, SPANE_NEVER_FITS (found is set to 0); SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT
 * (request, a candidate, k is 0); SPANE_UNKNOWN_VERSION (struct_size); SPANE_SHAPE_MISMATCH (as spane_session_new);
 * SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY (after servers were added, or for a larger k or a longer list than any before).
 * Threads: one at a time. Cost: O(count * W + count log k); with a heuristic O(count * k). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_top(spane_session *session, const spane_request *request,
                                                         const int32_t *servers, size_t count, size_t k,
                                                         spane_placement *placements, float *scores, size_t *found);

/* How spane_session_explain tells it. */
#define SPANE_TEXT 0 /* for people */
#define SPANE_JSON 1 /* for programs */

/*
 * Why spane_session_choose would return what it returns now, in one line without a line end. Nothing changes: neither the cluster
 * nor what the policy remembers.
 *
 * The line tells how many servers are considered, how many of them have room, how many are excluded for each reason
 * (spane_reason), up to three that are least short and what is short there, and the `k` best placements: first what
 * spane_session_choose would return, each with its score and what adds up to it. Rules by name have a part for each weighted term,
 * "best-fit" what remains (less than nothing, as less is better), "balance-fit" the unevenness, "first-fit" the position in the
 * list (less than nothing), "move-to-front" 1 for the last place, "random" and others the turn; networks have their score.
 *
 * JSON is an object: "request" (a text), "considered", "with_room", "excluded" (an object of counts: "cordoned", "lacks_trait",
 * "forbidden_trait", "too_few_nodes", "too_small", "too_far", "no_room", "group", "reserved"; those that are 0 are left out), "nearest" (an array of
 * "server", "reason", "nodes", and "short": an array of "resource", "node", -1 for the server as a whole, and "by"), and "best" (an
 * array of "server", "nodes", "score", and "parts": an array of "name" and "value"). A later version may have more.
 *   servers, count  the candidates
 *   k               0 or more
 *   format          SPANE_TEXT or SPANE_JSON
 *   text            room for `capacity` bytes, or NULL to ask for the size
 *   size            receives the bytes that the text takes with its zero byte; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK (also where there is no room); SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, a candidate, format);
 * SPANE_BUFFER_TOO_SMALL; SPANE_UNKNOWN_VERSION (struct_size); SPANE_SHAPE_MISMATCH (as spane_session_new); SPANE_BAD_STATE;
 * SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: as spane_session_top and spane_cluster_explain. Since: 0.1.
 */
SPANE_API spane_status spane_session_explain(spane_session *session, const spane_request *request,
                                             const int32_t *servers, size_t count, size_t k, int32_t format, char *text,
                                             size_t capacity, size_t *size);

/* The most sets of NUMA nodes over which one VM may be spread on a server with this many nodes. */
#define SPANE_PLACEMENTS(nodes)                                                                                           \
    ((nodes) == 4 ? 6 : (nodes) == 5 ? 10 : (nodes) == 6 ? 20 : (nodes) == 7 ? 35 : (nodes) == 8 ? 70 : (nodes))

/* spane_shadow.outcome */
#define SPANE_SHADOW_SAME 0         /* both take the same nodes of the same server */
#define SPANE_SHADOW_OTHER_NODES 1  /* the same server, but other nodes */
#define SPANE_SHADOW_OTHER_SERVER 2 /* another server */
#define SPANE_SHADOW_ONLY_OWN 3     /* the session has room where the other scheduler refused */
#define SPANE_SHADOW_ONLY_OTHER 4   /* the session sees no room where the other scheduler placed: the cluster is no true mirror, or
                                       the other scheduler overcommits */
#define SPANE_SHADOW_NEITHER 5      /* neither has room */

/* How a session would have decided beside another scheduler. Initialise with SPANE_SHADOW_INIT. */
typedef struct spane_shadow {
    uint32_t struct_size;    /* sizeof(spane_shadow) */
    int32_t outcome;         /* SPANE_SHADOW_... */
    spane_placement own;     /* where the session would have placed it; server is SPANE_NOWHERE for nowhere */
    double advantage;        /* the session's score of its own choice less that of the best placement on the server that the other
                                scheduler took, at least 0; NAN where one of the two has no room */
} spane_shadow;

#define SPANE_SHADOW_INIT {sizeof(spane_shadow), 0, {0, 0}, 0.0}

/*
 * Runs in the shadow of another scheduler: tells what the session would have done with a request, then records what the other one
 * did, as spane_cluster_record does. With a log (spane_cluster_start_log) both are in it, and `spane replay` sums it up.
 *   other    where the other scheduler has placed the VM; NULL when it has refused it
 *   shadow   may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_EXISTS; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_OUT_OF_MEMORY; SPANE_BAD_STATE (overlap); nothing is recorded then. Threads: one at a time.
 * Cost: as spane_session_choose, and that of two scores. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_shadow(spane_session *session, uint64_t id, const spane_request *request,
                                                            const spane_placement *other, spane_shadow *shadow);

/*
 * Scores of all servers, or of those that the caller has already selected; networks only. A score is the advantage
 * A(s, a) of the dueling network, or what a placement adds to a potential: scores of one request can be compared with each
 * other, higher is better. The group of the request is not looked at.
 *   servers   `count` server numbers, or NULL for all servers in the order of spane_cluster_servers; then `count` must be their
 *             number
 *   scores    receives count * SPANE_PLACEMENTS(nodes) values, for each server one for each set of as many nodes as the request
 *             spans, in ascending order of spane_placement.nodes, again from the first one on where there are fewer sets, whether
 *             it has room or not; -infinity for a cordoned server and for nodes that a server lacks
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, a server, count); SPANE_UNSUPPORTED (a
 * heuristic); SPANE_UNKNOWN_VERSION (struct_size); SPANE_SHAPE_MISMATCH (as spane_session_new); SPANE_BAD_STATE;
 * SPANE_OUT_OF_MEMORY (after servers were added, or for a longer list than any before).
 * Threads: one at a time. Cost: O(count * W). Since: 0.1.
 */
SPANE_API spane_status spane_session_scores(spane_session *session, const spane_request *request,
                                            const int32_t *servers, size_t count, float *scores);

/*
 * Q(s, a) = V(s) + A(s, a) - mean A of every action; networks only.
 *   values    receives `count` values as spane_session_scores does for all servers; `count` must be their number
 * Status: as spane_session_scores. Threads: one at a time. Cost: O(S * W). Since: 0.1.
 */
SPANE_API spane_status spane_session_q_values(spane_session *session, const spane_request *request, float *values,
                                              size_t count);

/*
 * What a session has done so far; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE (overlap).
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_session_describe(spane_session *session, spane_session_info *info);

/* -------------------------------------------------------------------------------------------------------- Threads */

/*
 * Lets any number of threads use a cluster at once from now on, for good: calls on it that would overlap wait for each other instead
 * of failing with SPANE_BAD_STATE. docs/threads.md has a program and what it reaches.
 *
 * Calls that read the cluster run at the same time: decisions of different sessions, and every function that takes a const
 * spane_cluster. Calls that change it run alone and last for less than a microsecond; longer do those whose cost depends on S or V,
 * plans, and spane_session_place_many, which decides while nobody else may read. A writer waits for the calls that run, and readers
 * that come later wait for it. A session is still for one thread at a time (SPANE_BAD_STATE): make one for each thread.
 *
 * Each call sees the cluster before or after each change as a whole, and leaves it so. spane_session_place decides beside other threads
 * and then places, while nobody else changes anything, if the server and the VM's group are as they were when it decided, as
 * spane_cluster_commit does; else it decides again, after four such conflicts while nobody else may read. So servers are never
 * overcommitted, no rule of a group is broken, and what is placed is what the policy chose in a state of the cluster that held
 * during the call and in which that server and that group were the same as when it was placed.
 *
 * A trial is one of the cluster and not of a thread: in the meantime other threads' changes belong to it. In a function that the library
 * calls (spane_progress, spane_log_callback) calls do not wait: they return SPANE_BAD_STATE where they would. Functions of Python do not
 * run in the thread that waits: those must not use the cluster whose call they are told about. Before fork(2), and before freeing a
 * cluster or a session, see that no other thread is inside a call on it.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (overlap). Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_share(spane_cluster *cluster);

/* A decision that is carried out later, or not at all. Initialise with SPANE_PROPOSAL_INIT. */
typedef struct spane_proposal {
    uint32_t struct_size;      /* sizeof(spane_proposal) */
    uint32_t reserved;         /* 0 */
    spane_placement placement; /* where the VM would go */
    uint64_t revision;         /* stands for the servers as they were when it was decided */
    uint64_t group_revision;   /* for the rules of the VM's group, and for where its VMs ran; 0 without a group */
} spane_proposal;

#define SPANE_PROPOSAL_INIT {sizeof(spane_proposal), 0, {SPANE_NOWHERE, 0}, 0, 0}

/*
 * As spane_session_choose_among, for a decision to be carried out by spane_cluster_commit, in any thread: after another program has
 * agreed, say. Nothing is held for it; see spane_session_reserve for that.
 *   servers, count  the candidates, as in spane_session_choose_among
 *   proposal        its first proposal->struct_size bytes are filled
 * Status: as spane_session_choose_among. Threads: one at a time. Cost: as spane_session_choose. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_propose(spane_session *session, const spane_request *request,
                                                             const int32_t *servers, size_t count,
                                                             spane_proposal *proposal);

/*
 * Places the VM `id` as proposed, if nothing has changed that matters: its server is as it was when that was decided, its group has the
 * rules and its VMs run where they did, and the rules allow it still. What has been changed and changed back, in a trial or otherwise, is
 * a change; so is every server that was added, removed or resized, and whatever came before the latest S changes.
 *   request   that of the proposal, which was made by a session of this cluster
 * Status: SPANE_OK; SPANE_CONFLICT; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (request, proposal); SPANE_EXISTS;
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: as
 * spane_cluster_place, and O(changes since). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_commit(spane_cluster *cluster, uint64_t id,
                                                            const spane_request *request,
                                                            const spane_proposal *proposal);

/* --------------------------------------------------------------------------------------------------- Reservations */

/*
 * A reservation is a placed VM whose place ends at some time, unless it is confirmed before. Everything that holds for VMs holds for
 * it: what it asks for is in use, it counts as a VM of its server and its group, it is found, listed, moved, resized, renamed and
 * released by its id, and saved with its end; release it to cancel it. The time is the caller's, in any unit: nothing ends by itself,
 * and spane_cluster_expire says what time it is. docs/reservations.md has examples.
 */

/*
 * Chooses as spane_session_choose and reserves the place for the VM `id`, in one step.
 *   expires   when the reservation ends, a finite number
 *   placement receives where; may be NULL
 * Status: as spane_session_place; also SPANE_INVALID_ARGUMENT (expires). Threads: as spane_session_place. Cost: as
 * spane_session_choose, and O(log reservations). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_session_reserve(spane_session *session, uint64_t id,
                                                             const spane_request *request, double expires,
                                                             spane_placement *placement);

/*
 * Makes the VM `id`, which is placed, a reservation that ends at a time, or gives a reservation another end.
 *   expires   a finite number; INFINITY as spane_cluster_confirm
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_INVALID_ARGUMENT (expires); SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(log reservations). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_set_expiry(spane_cluster *cluster, uint64_t id, double expires);

/*
 * Confirms the reservation `id`: it is a VM that stays. To confirm a VM that is no reservation changes nothing; one that has ended
 * and was released is SPANE_NOT_FOUND.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_BAD_STATE. Threads: one at a time. Cost: O(log reservations).
 * Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_cluster_confirm(spane_cluster *cluster, uint64_t id);

/*
 * When the place of the VM `id` ends.
 *   expires   receives it; INFINITY for a VM that is no reservation
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_NOT_FOUND; SPANE_BAD_STATE. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_cluster_expiry(const spane_cluster *cluster, uint64_t id, double *expires);

/*
 * Releases the reservations that end at a time or before.
 *   now       any number but NaN
 *   ids       room for `capacity` ids of those that are released, which are written in the order of their ends and then of the ids;
 *             NULL with capacity 0 where they are not wanted
 *   count     receives how many there are; also when it returns SPANE_BUFFER_TOO_SMALL, and then nothing changes
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (now); SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE;
 * SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(1), and O(log reservations) for each one that has ended. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_expire(spane_cluster *cluster, double now, uint64_t *ids, size_t capacity,
                                            size_t *count);

/*
 * All reservations, in the order of their ends and then of their ids.
 *   ids       room for `capacity` ids; NULL with capacity 0 to ask for their number
 *   expires   room for `capacity` ends; may be NULL
 *   count     receives how many there are; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(n log n) for n of them. Since: 0.1.
 */
SPANE_API spane_status spane_cluster_reservations(const spane_cluster *cluster, uint64_t *ids, double *expires,
                                                  size_t capacity, size_t *count);

/* --------------------------------------------------------------------------------------------------------- Models */

/* What a model is. Initialise with SPANE_MODEL_INFO_INIT. */
typedef struct spane_model_info {
    uint32_t struct_size;     /* sizeof(spane_model_info) */
    int32_t servers;          /* the number of servers that the network is bound to; 0 for any */
    int64_t parameters;       /* the number of weights */
    int64_t bytes;            /* memory in use, estimated from above */
    double normalisation_cpu; /* cores of the NUMA node that it was trained on, by which inputs are divided */
    double normalisation_mem; /* GB of that node */
    const char *kind;         /* the architecture: "spane", "afterstate", "mlp" or "potential" */
    const char *layers;       /* its settings, one "name=value" a line, as docs/file-formats.md lists them */
    const char *units;        /* "trained-node" where amounts of servers are divided by normalisation_*, "own-node" where they
                                 are divided by what the node itself has */
    int32_t fewest_nodes;     /* it decides about servers with so many NUMA nodes */
    int32_t most_nodes;       /* up to so many */
    int32_t input_count;      /* the values that it reads; see spane_model_input */
    uint32_t reserved;        /* 0 */
} spane_model_info;

#define SPANE_MODEL_INFO_INIT {sizeof(spane_model_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* For what a network reads a value. */
#define SPANE_PER_DECISION 0 /* once */
#define SPANE_PER_SERVER 1   /* for each server */
#define SPANE_PER_NODE 2     /* for each NUMA node of each server */

/* A value that a network reads. Initialise with SPANE_INPUT_INFO_INIT. */
typedef struct spane_input_info {
    uint32_t struct_size; /* sizeof(spane_input_info) */
    int32_t per;          /* SPANE_PER_... */
    double divisor;       /* what the amount is divided by; 0 for the capacity of the node itself, 1 for a flag */
    const char *name;     /* such as "node0_cpu" */
    const char *unit;     /* of the amount before it is divided: "cores", "GB", or "" for a flag */
} spane_input_info;

#define SPANE_INPUT_INFO_INIT {sizeof(spane_input_info), 0, 0, 0, 0}

/*
 * Loads weights (HDF5, format "spane-weights").
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION;
 * SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(parameters). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_model_load(const char *path, spane_model **model);

/*
 * Loads weights from the content of such a file, which is copied.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size); SPANE_FORMAT; SPANE_SHAPE_MISMATCH;
 * SPANE_UNKNOWN_VERSION; SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(size). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_model_load_memory(const void *data, size_t size, spane_model **model);

/*
 * Saves a model with its provenance (HDF5, format "spane-weights"); an existing file is replaced in one step.
 * A file that is replaced keeps its mode, and its owner where the system permits; several threads and processes may
 * save to one path at a time. A symbolic link is followed. A device or pipe is written to.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(parameters). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_model_save(const spane_model *model, const char *path);

/*
 * As spane_model_save, into memory. Equal models with equal provenance give equal bytes.
 *   data      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the file takes; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_IO; SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(parameters). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_model_save_memory(const spane_model *model, void *data, size_t capacity,
                                                               size_t *size);

/*
 * Describes a model; fills the first info->struct_size bytes of `info`. Its texts are valid as long as the model lives.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size). Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_model_describe(const spane_model *model, spane_model_info *info);

/*
 * Describes one of the values that the network reads; fills the first info->struct_size bytes of `info`. Its texts belong to
 * the library.
 *   index     0 ... input_count - 1 of spane_model_info
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (index); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_model_input(const spane_model *model, int32_t index, spane_input_info *info);

/*
 * A text of the model's provenance, such as "command", "metrics", "trace_licence" or "note".
 *   text      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the text takes with its zero byte; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (name is not UTF-8); SPANE_NOT_FOUND (no such entry);
 * SPANE_BUFFER_TOO_SMALL.
 * Threads: any. Cost: O(size). Since: 0.1.
 */
SPANE_API spane_status spane_model_provenance(const spane_model *model, const char *name, char *text, size_t capacity,
                                              size_t *size);

/*
 * Frees a model; sessions that use it keep what they need.
 * Status: none. Threads: one at a time. Cost: O(parameters). Since: 0.1.
 */
SPANE_API void spane_model_free(spane_model *model);

/* --------------------------------------------------------------------------------------------------------- Traces */

/* The columns of which a trace is made, with a value for each VM. Initialise with SPANE_TRACE_COLUMNS_INIT. */
typedef struct spane_trace_columns {
    uint32_t struct_size;           /* sizeof(spane_trace_columns) */
    uint32_t resource_count;        /* named resources, beside cores and GB; at most 62 */
    const int64_t *ids;             /* the names that the trace gives them; NULL for 0 ... count - 1 */
    const double *cpu;              /* cores in all */
    const double *mem;              /* GB in all */
    const double *arrival;          /* seconds since the start of the trace's clock, -2^53 ... 2^53; ascending, equal ones are
                                       allowed */
    const double *lifetime;         /* seconds from a VM's placement to its end, 0 ... 2^53 */
    const int32_t *span;            /* the NUMA nodes over which a VM is spread, 1 ... SPANE_MAX_NODES, or 0 for what the rule of
                                       the servers says; NULL for 0 everywhere */
    const char *const *resources;   /* [resource_count]: the names of the resources, such as "gpu", of at most 255 bytes */
    const double *const *amounts;   /* [resource_count]: for each resource the column of amounts in all, 0 ... 2^32 */
} spane_trace_columns;

#define SPANE_TRACE_COLUMNS_INIT {sizeof(spane_trace_columns), 0, 0, 0, 0, 0, 0, 0, 0, 0}

/* Where columns of a trace are written; those that are NULL are not. Initialise with SPANE_TRACE_BUFFERS_INIT. */
typedef struct spane_trace_buffers {
    uint32_t struct_size;    /* sizeof(spane_trace_buffers) */
    uint32_t resource_count; /* columns in `amounts`, at most as many as the trace has resources */
    int64_t *ids;
    double *cpu;
    double *mem;
    double *arrival;
    double *lifetime;
    int32_t *span;
    double *const *amounts;  /* [resource_count]: in the order of spane_trace_info.resources; each may be NULL */
} spane_trace_buffers;

#define SPANE_TRACE_BUFFERS_INIT {sizeof(spane_trace_buffers), 0, 0, 0, 0, 0, 0, 0, 0}

/* What a trace holds. Initialise with SPANE_TRACE_INFO_INIT. */
typedef struct spane_trace_info {
    uint32_t struct_size; /* sizeof(spane_trace_info) */
    uint32_t resource_count; /* named resources for which VMs ask */
    int64_t count;        /* VMs */
    int64_t flavors;      /* distinct sizes of VMs */
    double first_arrival; /* seconds */
    double last_arrival;  /* seconds */
    double smallest_cpu;  /* the fewest cores of any VM */
    double smallest_mem;  /* the least GB of any VM, not always of the same one */
    double largest_cpu;   /* the most cores */
    double largest_mem;   /* the most GB */
    const char *const *resources; /* their names; they belong to the trace and are valid as long as that lives */
} spane_trace_info;

#define SPANE_TRACE_INFO_INIT {sizeof(spane_trace_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/*
 * Loads a trace: HDF5 (format "spane-trace"), or CSV with the columns vmid,cpu,mem,at,lt or vmid,cpu,memory,time,type, in any
 * order; docs/file-formats.md says what else it may have. Of the log of a cluster, the VMs that asked for a place become a trace.
 *   progress  in bytes of the file; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_IO; SPANE_FORMAT; SPANE_SHAPE_MISMATCH; SPANE_UNKNOWN_VERSION;
 * SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(count log count). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_load(const char *path, const spane_progress *progress,
                                                        spane_trace **trace);

/*
 * Loads some VMs of a trace in a file, which are a trace of their own. Of an HDF5 file nothing else is read: the checksums of what
 * is read are compared, the hash of all columns is not.
 *   first     the first of the VMs
 *   count     how many, 2 ... 2^31 - 2
 *   progress  in bytes of the file; NULL for none
 * Status: as spane_trace_load; also SPANE_INVALID_ARGUMENT (first, count), SPANE_SHAPE_MISMATCH (the file has fewer VMs).
 * Threads: any. Cost: O(count), of other files than HDF5 O(VMs). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_load_part(const char *path, int64_t first, int64_t count,
                                                             const spane_progress *progress, spane_trace **trace);

/*
 * Loads a trace from the content of such an HDF5 file, which is copied.
 *   progress  in bytes; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size); SPANE_FORMAT; SPANE_SHAPE_MISMATCH;
 * SPANE_UNKNOWN_VERSION; SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(size). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_load_memory(const void *data, size_t size,
                                                               const spane_progress *progress, spane_trace **trace);

/*
 * Writes SPANE_TRACE_COLUMNS_INIT to `columns`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_trace_columns_init(spane_trace_columns *columns);

/*
 * Writes SPANE_TRACE_BUFFERS_INIT to `buffers`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_trace_buffers_init(spane_trace_buffers *buffers);

/*
 * Makes a trace from columns. They are copied: an episode reads whole VMs, so a trace keeps each VM's values together.
 *   count     2 ... 2^31 - 2; the last VM only ends an episode and is never placed
 *   progress  in VMs; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (count, a resource, or the VM and column that is named);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(count). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_new(const spane_trace_columns *columns, size_t count,
                                                       const spane_progress *progress, spane_trace **trace);

/*
 * Makes the synthetic trace of docs/synthetic-trace.md; the same arguments give the same VMs on every machine.
 *   count     2 ... 100,000,000
 *   progress  in VMs; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (count); SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(count log count). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_generate(size_t count, uint64_t seed, const spane_progress *progress,
                                                            spane_trace **trace);

/*
 * Saves a trace (HDF5, format "spane-trace") in the way of spane_model_save.
 *   source    where the trace comes from; NULL to keep what the trace says
 *   licence   what may be done with it; NULL to keep what the trace says
 *   progress  in VMs; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (source, licence: not UTF-8); SPANE_IO;
 * SPANE_FORMAT (a resource whose name cannot be written); SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(count). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_save(const spane_trace *trace, const char *path, const char *source,
                                                        const char *licence, const spane_progress *progress);

/*
 * As spane_trace_save, into memory, with the source and licence that the trace has. Equal traces give equal bytes.
 *   progress  in VMs; NULL for none
 *   data      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the file takes; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_IO; SPANE_FORMAT (as spane_trace_save);
 * SPANE_OUT_OF_MEMORY; SPANE_CANCELLED. Threads: any. Cost: O(count). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_trace_save_memory(const spane_trace *trace, const spane_progress *progress,
                                                               void *data, size_t capacity, size_t *size);

/*
 * Describes a trace; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size). Threads: any. Cost: O(flavors). Since: 0.1.
 */
SPANE_API spane_status spane_trace_describe(const spane_trace *trace, spane_trace_info *info);

/*
 * A text about a trace: "source", "licence", or "content_sha256", the hash of its columns as docs/file-formats.md says.
 *   text      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the text takes with its zero byte; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (name is not UTF-8); SPANE_NOT_FOUND (no such entry);
 * SPANE_BUFFER_TOO_SMALL.
 * Threads: any. Cost: O(size), O(count) for the first hash of a trace that was not loaded. Since: 0.1.
 */
SPANE_API spane_status spane_trace_provenance(const spane_trace *trace, const char *name, char *text, size_t capacity,
                                              size_t *size);

/*
 * Copies the values of `count` VMs from index `first` on. Sizes and amounts are the rounded ones.
 *   buffers   columns with room for `count` values each
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (first, count, resource_count); SPANE_UNKNOWN_VERSION
 * (struct_size). Threads: any. Cost: O(count), without allocation. Since: 0.1.
 */
SPANE_API spane_status spane_trace_read(const spane_trace *trace, size_t first, size_t count,
                                        const spane_trace_buffers *buffers);

/*
 * Gives a trace back; what was made from it keeps it alive.
 * Status: none. Threads: one at a time. Cost: O(count). Since: 0.1.
 */
SPANE_API void spane_trace_free(spane_trace *trace);

/* --------------------------------------------------------------------------------------------------- Environments */

/* NUMA nodes of each server of an environment, unless its options name a fleet. */
#define SPANE_NODES 2

/*
 * An episode of a trace: VMs are placed strictly in order of arrival; one that fits nowhere waits, and all behind it wait
 * too. A VM's lifetime starts when it is placed. After a placement the clock moves to the moment at which the next VM can
 * start, so that between reset and end some action is always available.
 *
 * An action is a number: server * P + i, with P = SPANE_PLACEMENTS(nodes) for the most nodes that a server has. It places the
 * VM on that server's set of as many nodes as it spans number i modulo the number of such sets, in ascending order of
 * spane_placement.nodes. With two nodes that is server * 2 + node, and for a split VM both actions of a server mean the same
 * placement. Servers are counted from 0 in the order in which they are given, those of a fleet as in spane_cluster_servers.
 * An episode is *terminated* when its length or its limit of SPANE_END_EXCEED is reached, and *truncated* when the next
 * VM would be the last one of the trace, which is never placed; where both happen it counts as truncated.
 */
typedef struct spane_env spane_env;

/* What a placement is worth. */
#define SPANE_REWARD_LOG_WAIT 0 /* -ln(1 + wait) with the wait in seconds */
#define SPANE_REWARD_BALANCE 1  /* that plus balance_weight * (B - B at the placement before); B = 0 at a reset, else minus
                                   the sum over servers of |cpu0 - cpu1| / node_cpu + |mem0 - mem1| / node_mem */

/* spane_env_options.flags: observations are divided by node_cpu and node_mem. */
#define SPANE_OBSERVE_NORMALISED 1u

/* When an episode ends. */
#define SPANE_END_LENGTH 0 /* after `end_count` placements; start + end_count must be below the trace's count - 1 */
#define SPANE_END_EXCEED 1 /* `end_count` placements after (and counting) the first one whose successor fits nowhere right
                              after it, before the clock moves */
#define SPANE_END_AUTO 2   /* after as many placements as First Fit makes under SPANE_END_EXCEED with 1, and 40 more;
                              `end_count` must be 0. The episode is truncated if the trace has not as many */

/* How an environment behaves. Initialise with SPANE_ENV_OPTIONS_INIT. */
typedef struct spane_env_options {
    uint32_t struct_size;  /* sizeof(spane_env_options) */
    int32_t servers;       /* 1 ... SPANE_MAX_SERVERS, all alike */
    int32_t reward;        /* SPANE_REWARD_LOG_WAIT or SPANE_REWARD_BALANCE */
    uint32_t flags;        /* 0 or SPANE_OBSERVE_NORMALISED */
    double balance_weight; /* finite, also where it is not used; for SPANE_REWARD_BALANCE only */
    double node_cpu;       /* cores of each NUMA node */
    double node_mem;       /* GB of each NUMA node */
    double split_above;    /* GB; a VM with more memory is split. 0 or more, infinity for never */
    const spane_cluster *fleet; /* the servers of this cluster, as they are while nothing runs on them, with its rule for spans,
                                   in place of servers, node_cpu, node_mem and split_above; read by the call alone. Cordoned
                                   ones take part, and spane_cluster_set_free has no effect. NULL for those four */
    int32_t moves;              /* where a VM fits nowhere, at most so many live migrations make room for it: 0 (nothing is moved)
                                   ... SPANE_MAX_MOVES */
    int32_t move_budget;        /* steps of the search for a plan of moves after a greedy one, 0 or more */
    double move_price;          /* what every move costs beside its GB when plans are compared, in GB, 0 ... 1e6 */
    double move_seconds_per_gb; /* how long a GB takes that is moved, 0 ... 1e6; the VM waits for its moves, one after
                                   the other */
} spane_env_options;

#define SPANE_ENV_OPTIONS_INIT                                                                                            \
    {sizeof(spane_env_options), 5, SPANE_REWARD_LOG_WAIT, 0, 1.0, 40.0, 90.0, 10.0, 0, 0, 2000, 2.0, 0.0}

/* The number of float values of an observation, and of bytes of a mask, where servers have two nodes of cores and GB; on any
   servers see spane_env_info. */
#define SPANE_OBSERVATION_SIZE(servers) ((size_t)(servers) * SPANE_NODES * 2 + 3)
#define SPANE_MASK_SIZE(servers) ((size_t)(servers) * SPANE_NODES)

/* What one step did. */
typedef struct spane_step_result {
    double reward;      /* what the placement is worth */
    double wait;        /* seconds that the placed VM has waited */
    double clock;       /* the time now, in seconds */
    int32_t terminated; /* 1 if the episode has reached its end, else 0 */
    int32_t truncated;  /* 1 if the trace has come to its end, else 0 */
} spane_step_result;

/* Where an episode stands. Initialise with SPANE_ENV_INFO_INIT. */
typedef struct spane_env_info {
    uint32_t struct_size; /* sizeof(spane_env_info) */
    int32_t servers;      /* as in the options */
    int32_t finished;     /* 1 if no episode is under way: it has ended or none was started, else 0 */
    int32_t terminated;   /* 1 if the episode has reached its end, else 0 */
    int32_t truncated;    /* 1 if the episode has come to the end of the trace, else 0 */
    uint32_t reserved;    /* 0 */
    double clock;         /* seconds */
    double total_wait;    /* seconds that the placed VMs have waited, in all */
    int64_t start;        /* the index of the episode's first VM; -1 before the first reset */
    int64_t head;         /* the index of the VM that is next */
    int64_t placed;       /* VMs placed since the reset */
    int64_t running;      /* VMs placed that have not left */
    int64_t length;       /* placements after which the episode ends; 0 where that is not known yet */
    int64_t observation_size; /* float values of an observation */
    int64_t mask_size;        /* bytes of a mask, one for each action */
    int64_t moves;            /* live migrations since the reset */
    double moved;             /* GB that they took to other servers */
    double moved_local;       /* GB that they took from node to node of a server */
} spane_env_info;

#define SPANE_ENV_INFO_INIT {sizeof(spane_env_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/*
 * Writes SPANE_ENV_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_env_options_init(spane_env_options *options);

/*
 * Creates an environment; call spane_env_reset next.
 *   options   NULL for the defaults
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (an option, or a VM of the trace fits on no empty server);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_OUT_OF_MEMORY. Threads: any. Cost: O(S + flavors). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_new(const spane_trace *trace, const spane_env_options *options,
                                                     spane_env **env);

/*
 * Creates an independent environment in the same state.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(S + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_clone(const spane_env *env, spane_env **clone);

/*
 * Frees an environment.
 * Status: none. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API void spane_env_free(spane_env *env);

/*
 * Starts an episode: empty servers, the clock at the arrival of VM `start`. On an error the episode under way stays.
 *   start     0 ... count of the trace - 3; count - 2 also, except with SPANE_END_LENGTH
 *   end_kind  SPANE_END_LENGTH, SPANE_END_EXCEED or SPANE_END_AUTO
 *   end_count what the kind says; at least 1, or 0 for SPANE_END_AUTO
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_BAD_STATE.
 * Threads: one at a time. Cost: O(S); O(S * length) with SPANE_END_AUTO. Since: 0.1.
 */
SPANE_API spane_status spane_env_reset(spane_env *env, int64_t start, int32_t end_kind, int64_t end_count);

/*
 * Places the next VM. On an error nothing changes.
 *   action    one whose mask is 1
 *   result    may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER (env); SPANE_INFEASIBLE_ACTION; SPANE_BAD_STATE (no episode is under way).
 * Threads: one at a time. Cost: O(S + departures * log V). Since: 0.1.
 */
SPANE_API spane_status spane_env_step(spane_env *env, int32_t action, spane_step_result *result);

/*
 * Writes the observation: what each NUMA node has left as [server][node][cpu, mem and the fleet's other resources of nodes],
 * then the next VM's cpu, mem and, where servers have at most two nodes, 1 if it is split, else 0; elsewhere its span. After the
 * end of an episode it shows the state before the clock moves on.
 *   observation   room for `capacity` values; info.observation_size are written
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE (never reset).
 * Threads: one at a time. Cost: O(S), without allocation. Since: 0.1.
 */
SPANE_API spane_status spane_env_observe(const spane_env *env, float *observation, size_t capacity);

/*
 * Writes the mask: 1 for each action that has room for the next VM, else 0.
 *   mask      room for `capacity` bytes; info.mask_size are written
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE (never reset).
 * Threads: one at a time. Cost: O(S), without allocation. Since: 0.1.
 */
SPANE_API spane_status spane_env_mask(const spane_env *env, uint8_t *mask, size_t capacity);

/*
 * What the next VM asks for; fills the first request->struct_size bytes as spane_cluster_find does. `span` is never 0.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE (never reset, or overlap).
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_env_request(const spane_env *env, spane_request *request);

/*
 * Where the episode stands; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE (overlap).
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_env_describe(const spane_env *env, spane_env_info *info);

/*
 * Saves options and state, so that the episode can go on elsewhere, bit for bit. Equal states give equal bytes.
 *   data      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the state takes; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(V log V), O(count of the trace) for the first one. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_save_memory(const spane_env *env, void *data, size_t capacity,
                                                             size_t *size);

/*
 * Creates an environment with the saved options and state.
 *   trace     one with the content of the trace that was used then
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size); SPANE_FORMAT (damaged); SPANE_SHAPE_MISMATCH
 * (another trace); SPANE_UNKNOWN_VERSION; SPANE_OUT_OF_MEMORY. Threads: any. Cost: O(S + flavors + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_load_memory(const spane_trace *trace, const void *data, size_t size,
                                                             spane_env **env);

/*
 * Restores an environment to a saved state. On an error nothing changes.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size); SPANE_FORMAT (damaged); SPANE_SHAPE_MISMATCH
 * (another trace or other options); SPANE_UNKNOWN_VERSION; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(S + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_restore_memory(spane_env *env, const void *data, size_t size);

/* ------------------------------------------------------------------------------------------- Environment sessions */

/* A policy bound to an environment, which it keeps alive; it decides about the next VM of the episode. */
typedef struct spane_env_session spane_env_session;

/*
 * Binds a policy to an environment.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (policy, as spane_session_new); SPANE_UNSUPPORTED (policy->decide is
 * set); SPANE_SHAPE_MISMATCH (the network is bound to another number of servers, or needs two nodes); SPANE_UNKNOWN_VERSION
 * (struct_size); SPANE_BAD_STATE (overlap); SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(1); O(parameters + S * W) for a network. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_session_new(spane_env *env, const spane_policy *policy,
                                                             spane_env_session **session);

/*
 * Frees a session.
 * Status: none. Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API void spane_env_session_free(spane_env_session *session);

/*
 * The action that the policy takes for the next VM; the environment stays as it is. Pass the action to spane_env_step. An
 * episode that is decided from its reset to its end comes out as in spane_evaluate; the policy forgets the last one when
 * the environment is reset or restored.
 *   action    receives an action whose mask is 1
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no episode is under way, or overlap).
 * Threads: one at a time. Cost: as spane_session_choose, without allocation. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_session_decide(spane_env_session *session, int32_t *action);

/*
 * The `k` best placements for the next VM, best first, each as the lowest action that stands for it; ranked as by
 * spane_session_top.
 *   actions, scores   receive up to `k` of each; scores may be NULL. Those of a heuristic are 0, -1, -2 and so on
 *   found             receives how many
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (k is 0); SPANE_BAD_STATE (no episode is under way, or overlap);
 * SPANE_OUT_OF_MEMORY (for a larger k than any before).
 * Threads: one at a time. Cost: as spane_session_top. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_env_session_top(spane_env_session *session, size_t k, int32_t *actions,
                                                             float *scores, size_t *found);

/*
 * Scores of all actions for the next VM, whether they have room or not; networks only. See spane_session_scores.
 *   scores    receives `count` values; `count` must be the mask_size of spane_env_info
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (count); SPANE_UNSUPPORTED (a heuristic); SPANE_BAD_STATE (never
 * reset, or overlap).
 * Threads: one at a time. Cost: O(S * W). Since: 0.1.
 */
SPANE_API spane_status spane_env_session_scores(spane_env_session *session, float *scores, size_t count);

/*
 * Q(s, a) = V(s) + A(s, a) - mean A of all actions for the next VM; networks only.
 *   values    as for spane_env_session_scores
 * Status: as spane_env_session_scores. Threads: one at a time. Cost: O(S * W). Since: 0.1.
 */
SPANE_API spane_status spane_env_session_q_values(spane_env_session *session, float *values, size_t count);

/*
 * What a session has done so far; fills the first info->struct_size bytes of `info`.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE (overlap).
 * Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_env_session_describe(spane_env_session *session, spane_session_info *info);

/* -------------------------------------------------------------------------------------------- Vector environments */

/* Many environments on one trace that are stepped together and write into arrays of the caller. */
typedef struct spane_vec_env spane_vec_env;

/* What happens to an environment whose episode has ended, as Gymnasium defines it. */
#define SPANE_AUTORESET_NEXT_STEP 0 /* the next step ignores its action and resets it: reward 0, both flags 0 */
#define SPANE_AUTORESET_SAME_STEP 1 /* it is reset in the step that ended the episode: the flags are those of the end, the
                                       observation and mask are those of the new episode, final_* those of the old one */
#define SPANE_AUTORESET_DISABLED 2  /* it must be reset by spane_vec_env_reset before the next step */

/* How many environments there are and what they play. Initialise with SPANE_VEC_ENV_OPTIONS_INIT. */
typedef struct spane_vec_env_options {
    uint32_t struct_size; /* sizeof(spane_vec_env_options) */
    int32_t count;        /* environments, 1 ... 2^20 */
    int32_t threads;      /* that step them, the caller's among them: 1 ... 1024, or 0 for all processors */
    int32_t autoreset;    /* SPANE_AUTORESET_... */
    uint64_t seed;        /* of the starts */
    int64_t start_low;    /* starts are drawn uniformly from start_low ... start_high - 1, */
    int64_t start_high;   /* each environment from a stream of its own; 0 for all that the trace allows */
    int64_t end_count;    /* of end_kind; see spane_env_reset */
    int32_t end_kind;     /* SPANE_END_... */
    uint32_t reserved;    /* 0 */
} spane_vec_env_options;

#define SPANE_VEC_ENV_OPTIONS_INIT                                                                                        \
    {sizeof(spane_vec_env_options), 1, 1, SPANE_AUTORESET_NEXT_STEP, 0, 0, 0, 0, SPANE_END_AUTO, 0}

/*
 * The arrays that steps and resets write, row by row, one row an environment. Initialise with
 * SPANE_VEC_ENV_BUFFERS_INIT. They belong to the caller, must stay valid until others are bound or the environments are
 * freed, and must not overlap. Those marked * may be NULL.
 */
typedef struct spane_vec_env_buffers {
    uint32_t struct_size;     /* sizeof(spane_vec_env_buffers) */
    uint32_t reserved;        /* 0 */
    float *observation;       /* [count][info.observation_size] */
    uint8_t *mask;            /* [count][info.mask_size] */
    double *reward;           /* [count]; 0 after a reset */
    uint8_t *terminated;      /* [count]; 0 or 1 */
    uint8_t *truncated;       /* [count]; 0 or 1 */
    float *final_observation; /* * as observation; rows of episodes that this step ended. SPANE_AUTORESET_SAME_STEP only */
    uint8_t *final_mask;      /* * as mask; as final_observation */
    double *wait;             /* * [count]; seconds that the VM placed by this step has waited; 0 after a reset */
    double *total_wait;       /* * [count]; seconds, of the episode that this step belonged to, even if it was reset since */
    int64_t *placed;          /* * [count]; VMs placed in that episode */
    int64_t *start;           /* * [count]; the first VM of that episode */
    int64_t *moves;           /* * [count]; live migrations in that episode */
    double *moved;            /* * [count]; GB that they took to other servers */
    double *moved_local;      /* * [count]; GB that they took from node to node of a server */
} spane_vec_env_buffers;

#define SPANE_VEC_ENV_BUFFERS_INIT {sizeof(spane_vec_env_buffers), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/*
 * Writes SPANE_VEC_ENV_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_options_init(spane_vec_env_options *options);

/*
 * Creates environments; call spane_vec_env_bind and spane_vec_env_reset next. With more than one thread, threads - 1 are
 * started; they wait between steps and end in spane_vec_env_free. In a process made by fork(2) the calling thread does all the work.
 *   env_options   NULL for the defaults
 *   options       NULL for the defaults
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (an option, or a VM of the trace fits on no empty server);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_OUT_OF_MEMORY. Threads: any. Cost: O(count * S). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_vec_env_new(const spane_trace *trace, const spane_env_options *env_options,
                                                         const spane_vec_env_options *options, spane_vec_env **vec);

/*
 * The options in force, with the number of threads and the starts that 0 stands for. Fills the first struct_size
 * bytes of each; either may be NULL. A fleet is NULL there, with its number of servers and its first node.
 * Status: SPANE_OK; SPANE_NULL_POINTER (vec); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_get_options(const spane_vec_env *vec, spane_env_options *env_options,
                                                 spane_vec_env_options *options);

/*
 * Frees the environments and ends their threads; the buffers stay the caller's.
 * Status: none. Threads: one at a time. Cost: O(count). Since: 0.1.
 */
SPANE_API void spane_vec_env_free(spane_vec_env *vec);

/*
 * Sets the arrays to write to. Nothing is written yet; rows that the next reset or step does not write stay as they are.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (final_* without SPANE_AUTORESET_SAME_STEP);
 * SPANE_UNKNOWN_VERSION (struct_size); SPANE_BAD_STATE (overlap). Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_bind(spane_vec_env *vec, const spane_vec_env_buffers *buffers);

/*
 * Sets where episodes start from now on, after resets and autoresets. With n environments, environment i
 * takes starts[i], starts[i + n], starts[i + 2 n] and so on, each index modulo `count`: so the list is played in order,
 * n episodes at a time, whatever their lengths and the number of threads.
 *   starts    `count` indices of VMs, copied
 *   count     at most 2^31 - 1; 0 to draw starts again
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (count, or the start that is named); SPANE_BAD_STATE (overlap);
 * SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(count). Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_set_starts(spane_vec_env *vec, const int64_t *starts, size_t count);

/*
 * Starts new episodes and writes the rows of their environments.
 *   seed      the streams of starts of these environments begin anew with this seed, or their list at its beginning; NULL to
 *             go on with them
 *   which     `count` bytes, not 0 for the environments to reset; NULL for all
 * Status: SPANE_OK; SPANE_NULL_POINTER (vec); SPANE_BAD_STATE (no buffers bound, or overlap).
 * Threads: one at a time. Cost: count * spane_env_reset. Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_reset(spane_vec_env *vec, const uint64_t *seed, const uint8_t *which);

/*
 * As spane_vec_env_reset, with a start for each environment; streams and lists of starts stay where they are. On an error
 * nothing changes.
 *   starts    `count` indices of VMs, one an environment; those of environments that are not reset are ignored
 * Status: SPANE_OK; SPANE_NULL_POINTER (vec, starts); SPANE_INVALID_ARGUMENT (the start that is named); SPANE_BAD_STATE (no
 * buffers bound, or overlap). Threads: one at a time. Cost: count * spane_env_reset. Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_reset_at(spane_vec_env *vec, const int64_t *starts, const uint8_t *which);

/*
 * Writes the rows of all environments as they stand, with reward and wait 0: after other buffers were bound, or a state was
 * loaded. Rows of environments that were never reset stay as they are, and so do final_*.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BAD_STATE (no buffers bound, or overlap).
 * Threads: one at a time. Cost: O(count * S), divided by the threads. Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_observe(spane_vec_env *vec);

/*
 * Steps all environments and writes all rows. On an error nothing changes in any of them.
 *   actions   `count` actions; that of an environment that this step resets is ignored
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INFEASIBLE_ACTION (the message names the environment); SPANE_BAD_STATE (no
 * buffers bound, an environment never reset, or its episode has ended and autoreset is disabled).
 * Threads: one at a time. Cost: count * (spane_env_step + S), divided by the threads; without allocation. An episode that
 * starts costs as much as its spane_env_reset. Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_step(spane_vec_env *vec, const int32_t *actions);

/*
 * Where one environment stands; fills the first info->struct_size bytes of `info`.
 *   index     0 ... count - 1
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (index); SPANE_UNKNOWN_VERSION (struct_size);
 * SPANE_BAD_STATE (overlap). Threads: one at a time. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_vec_env_describe(const spane_vec_env *vec, int32_t index, spane_env_info *info);

/*
 * Saves the options, all episodes, and where the streams and the list of starts stand, so that all can go on elsewhere, bit
 * for bit. Equal states give equal bytes.
 *   data      room for `capacity` bytes, or NULL to ask for the size
 *   size      receives the bytes that the state takes; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_BUFFER_TOO_SMALL; SPANE_BAD_STATE; SPANE_OUT_OF_MEMORY.
 * Threads: one at a time. Cost: O(count + V log V) with V of all environments, O(count of the trace) for the first one.
 * Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_vec_env_save_memory(const spane_vec_env *vec, void *data, size_t capacity,
                                                                 size_t *size);

/*
 * Creates environments with the saved options and state; call spane_vec_env_bind next.
 *   trace     one with the content of the trace that was used then
 *   threads   as in spane_vec_env_options
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size, threads); SPANE_FORMAT (damaged); SPANE_SHAPE_MISMATCH
 * (another trace); SPANE_UNKNOWN_VERSION; SPANE_OUT_OF_MEMORY. Threads: any. Cost: O(count * S + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_vec_env_load_memory(const spane_trace *trace, const void *data,
                                                                 size_t size, int32_t threads, spane_vec_env **vec);

/*
 * Restores all environments to a saved state; spane_vec_env_observe shows it. On an error nothing changes.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (size); SPANE_FORMAT (damaged); SPANE_SHAPE_MISMATCH
 * (another trace or other options; seed and threads do not matter); SPANE_UNKNOWN_VERSION; SPANE_BAD_STATE (overlap);
 * SPANE_OUT_OF_MEMORY. Threads: one at a time. Cost: O(count * S + V). Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_vec_env_restore_memory(spane_vec_env *vec, const void *data, size_t size);

/* ----------------------------------------------------------------------------------------------------- Evaluation */

/* What is counted of the live migrations of an episode: their number, GB that they took to other servers, and GB that they took
   from node to node of a server. */
#define SPANE_MOVED_VALUES 3

/* What is evaluated and how. Initialise with SPANE_EVALUATION_OPTIONS_INIT. */
typedef struct spane_evaluation_options {
    uint32_t struct_size; /* sizeof(spane_evaluation_options) */
    int32_t servers;      /* 1 ... SPANE_MAX_SERVERS, all alike */
    double node_cpu;      /* cores of each NUMA node */
    double node_mem;      /* GB of each NUMA node */
    double split_above;   /* GB; a VM with more memory is split. 0 or more, infinity for never */
    int64_t length;       /* VMs placed in each episode; 0 for what First Fit places until the cluster is first full + 40 */
    int32_t threads;      /* 1 ... 1024, or 0 for all processors; they end before the function returns */
    uint32_t reserved;    /* 0 */
    const spane_cluster *fleet; /* the servers of this cluster, as they are while nothing runs on them, with its rule for spans,
                                   in place of servers, node_cpu, node_mem and split_above; read by the call alone. Cordoned
                                   ones take part, and spane_cluster_set_free has no effect. NULL for those four */
    int32_t moves;              /* where a VM fits nowhere, at most so many live migrations make room for it: 0 (nothing is moved)
                                   ... SPANE_MAX_MOVES */
    int32_t move_budget;        /* steps of the search for a plan of moves after a greedy one, 0 or more */
    double move_price;          /* what every move costs beside its GB when plans are compared, in GB, 0 ... 1e6 */
    double move_seconds_per_gb; /* how long a GB takes that is moved, 0 ... 1e6; not counted where nothing waits */
    double *moved;              /* receives [policy_count][count][SPANE_MOVED_VALUES] counts of moves; may be NULL */
} spane_evaluation_options;

#define SPANE_EVALUATION_OPTIONS_INIT                                                                                     \
    {sizeof(spane_evaluation_options), 5, 40.0, 90.0, 10.0, 0, 0, 0, 0, 0, 2000, 2.0, 0.0, 0}

/*
 * Writes SPANE_EVALUATION_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_evaluation_options_init(spane_evaluation_options *options);

/*
 * Reads the starts of episodes from a text in the syntax of --starts of the spane command.
 *   text      "LO..<HI:COUNT:SEED" for COUNT distinct indices of LO ... HI - 1 drawn with SEED, or the path of a text file
 *             with one index a line
 *   starts    room for `capacity` indices, or NULL to ask for their number
 *   count     receives the number of indices; also when it returns SPANE_BUFFER_TOO_SMALL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (the range or the COUNT); SPANE_BUFFER_TOO_SMALL; SPANE_IO;
 * SPANE_FORMAT. Threads: any. Cost: O(count). Since: 0.1.
 */
SPANE_API spane_status spane_starts_read(const char *text, int64_t *starts, size_t capacity, size_t *count);

/*
 * Plays one episode from each start under each policy, as `spane evaluate` does. The results do not depend on the number
 * of threads; those of a policy of the caller's own that decides about each row by itself depend neither on that nor on its batch.
 *   options   NULL for the defaults
 *   starts    `count` indices of VMs
 *   policies  `policy_count` policies, all with the struct_size of the first; 0 for lengths and bounds only
 *   progress  in episodes, each counted once for its length and bound, and once for each policy; NULL for none
 *   waits     receives [policy_count][count] total waits of episodes in seconds; may be NULL without policies
 *   lengths   receives `count` numbers of VMs placed; may be NULL
 *   bounds    receives `count` lower bounds on the total wait in seconds, which no policy can beat; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (an option, a start that the trace cannot serve, a policy, or
 * a VM of the trace fits on no empty server); SPANE_SHAPE_MISMATCH (a network is bound to another number of servers, or needs
 * two nodes); SPANE_INFEASIBLE_ACTION (`decide` chose an action that does not exist or has no room; the message names policy, VM,
 * episode and action); SPANE_UNKNOWN_VERSION (struct_size); SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(policy_count * sum of lengths * S * W), divided by the threads; with `decide` what its calls take, and beside
 * them O(S) for each decision. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_evaluate(const spane_trace *trace, const spane_evaluation_options *options,
                                                      const int64_t *starts, size_t count, const spane_policy *policies,
                                                      size_t policy_count, const spane_progress *progress,
                                                      double *waits, int64_t *lengths, double *bounds);

/* A number that tells how well a fleet is used at one moment. Initialise with SPANE_FLEET_METRIC_INFO_INIT. */
typedef struct spane_fleet_metric_info {
    uint32_t struct_size; /* sizeof(spane_fleet_metric_info) */
    uint32_t reserved;    /* 0 */
    const char *name;     /* such as "empty_servers" */
    const char *summary;  /* what it is, in one line; a share, 0 ... 1 */
} spane_fleet_metric_info;

#define SPANE_FLEET_METRIC_INFO_INIT {sizeof(spane_fleet_metric_info), 0, 0, 0}

/*
 * The number of metrics of a fleet; a later version may have more, behind these.
 * Status: none. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API int32_t spane_fleet_metric_count(void);

/*
 * Describes a metric of a fleet; fills the first info->struct_size bytes of `info`. Its texts belong to the library.
 *   index     0 ... spane_fleet_metric_count() - 1
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (index); SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_fleet_metric_describe(int32_t index, spane_fleet_metric_info *info);

/* How VMs are counted by size: all; those with fewer cores than a sixteenth of the largest server; from there on; and from a
   quarter of it on. */
#define SPANE_SIZE_CLASSES 4
/* What is counted of each: VMs asked for and refused, cores asked for and refused, core-seconds (cores times lifetime) asked for
   and refused. */
#define SPANE_LOSS_VALUES 6

/*
 * As spane_evaluate, of episodes with a queue or without one: then every VM comes at its time, and one that fits nowhere is
 * refused and gone. Tells what is refused, and metrics of the fleet, which are taken before decisions that are spread evenly
 * over the second half of each episode: for s samples of n VMs before VM ceil(n / 2) + floor(j * floor(n / 2) / s), j = 0 ... s - 1.
 *   options   NULL for the defaults; without a queue its length must be at least 1
 *   queue     1 for episodes with a queue, 0 for episodes without one
 *   samples   0 ... 2^31 - 1, how often in an episode metrics are taken; fewer times in one with fewer VMs
 *   progress  in episodes, each counted once for each policy, and with a queue once for its length; NULL for none. While metrics
 *             of a fleet of many thousand servers are taken, it may be told later
 *   waits     receives [policy_count][count] total waits of episodes in seconds, 0 without a queue; may be NULL
 *   losses    receives [policy_count][count][SPANE_SIZE_CLASSES][SPANE_LOSS_VALUES] counts; must be NULL with a queue, where
 *             nothing is refused, and may be NULL without one
 *   metrics   receives [policy_count][count][spane_fleet_metric_count()] means, NaN where there is none; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (an option, queue, samples, losses, a start that the trace cannot
 * serve, a policy, or a VM of the trace fits on no empty server); SPANE_SHAPE_MISMATCH (a network is bound to another number of
 * servers, or needs two nodes); SPANE_INFEASIBLE_ACTION (as spane_evaluate); SPANE_UNKNOWN_VERSION (struct_size); SPANE_OUT_OF_MEMORY;
 * SPANE_CANCELLED.
 * Threads: any. Cost: O(policy_count * sum of lengths * S * W), and for each sample O(VMs that fit * S), divided by the threads.
 * Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_evaluate_fleet(const spane_trace *trace,
                                                            const spane_evaluation_options *options,
                                                            const int64_t *starts, size_t count,
                                                            const spane_policy *policies, size_t policy_count,
                                                            int32_t queue, int32_t samples,
                                                            const spane_progress *progress, double *waits, double *losses,
                                                            double *metrics);

/* A figure and its confidence interval. */
typedef struct spane_estimate {
    double value; /* in the episodes themselves */
    double low;   /* the ends of the interval; NaN where there are fewer than two blocks of episodes */
    double high;
} spane_estimate;

/* What is made of the total waits of many episodes; the figures of spane_compare_waits stand in this order. */
enum {
    SPANE_TRIMMED_MEAN_10 = 0, /* the mean without the lowest and the highest tenth, in seconds */
    SPANE_TRIMMED_MEAN_15 = 1, /* the same, of 15 % */
    SPANE_MEAN_LOG = 2,        /* the mean of ln(1 + wait / 1000 s) */
    SPANE_SHARE_ABOVE = 3      /* the share of episodes that wait longer than the threshold */
};
#define SPANE_WAIT_METRICS 4

/* How waits are compared. Initialise with SPANE_COMPARISON_OPTIONS_INIT. */
typedef struct spane_comparison_options {
    uint32_t struct_size; /* sizeof(spane_comparison_options) */
    int32_t threads;      /* 1 ... 1024, or 0 for all processors */
    double confidence;    /* the share of intervals that should hold the true value, above 0 and below 1 */
    double threshold;     /* of SPANE_SHARE_ABOVE, in seconds, 0 or more */
    int64_t block_length; /* episodes that the bootstrap draws together, 1 ... half of them; 0 for what suits them */
    int64_t resamples;    /* how often it draws, 100 ... 10^6 */
    uint64_t seed;        /* of the draws */
} spane_comparison_options;

#define SPANE_COMPARISON_OPTIONS_INIT {sizeof(spane_comparison_options), 0, 0.95, 500000.0, 0, 5000, 1}

/* The blocks that the episodes were drawn in. Initialise with SPANE_COMPARISON_INFO_INIT. */
typedef struct spane_comparison_info {
    uint32_t struct_size; /* sizeof(spane_comparison_info) */
    uint32_t reserved;    /* 0 */
    int64_t block_length; /* episodes of a block */
    int64_t blocks;       /* whole blocks that the episodes make */
    double spans;         /* how many times what an episode covers, on average, a block covers; below 2 the intervals are too narrow */
} spane_comparison_info;

#define SPANE_COMPARISON_INFO_INIT {sizeof(spane_comparison_info), 0, 0, 0, 0.0}

/*
 * Writes SPANE_COMPARISON_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_comparison_options_init(spane_comparison_options *options);

/*
 * Compares policies by their waits in the same episodes, as `spane experiment wait-time` does, with the same figures: each metric of
 * each policy and how much it is above that of a baseline, with confidence intervals of a block bootstrap over time, whose resamples
 * are the same for all policies. docs/experiments.md says how it draws.
 *   options        NULL for the defaults
 *   starts         `count` indices of VMs, in any order; see spane_evaluate
 *   lengths        `count` numbers of VMs placed
 *   count          1 ... 2^31 - 1
 *   waits          [policy_count][count] total waits in seconds, none of them negative or NaN; the bounds may be one of the rows
 *   policy_count   1 ... 2^20
 *   baseline       the row that the others are compared with
 *   progress       in resamples; NULL for none
 *   metrics        receives [policy_count][SPANE_WAIT_METRICS] figures
 *   differences    receives as many, less those of the baseline in the same resamples; may be NULL
 *   info           receives the blocks; fills the first info->struct_size bytes; may be NULL
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (an option, count, policy_count, baseline, or the start, length or wait
 * that is named); SPANE_UNKNOWN_VERSION (struct_size); SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(resamples * policy_count * count), divided by the threads. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_compare_waits(const spane_comparison_options *options, const int64_t *starts,
                                                           const int64_t *lengths, size_t count, const double *waits,
                                                           size_t policy_count, size_t baseline,
                                                           const spane_progress *progress, spane_estimate *metrics,
                                                           spane_estimate *differences, spane_comparison_info *info);

/* How a log is replayed. Initialise with SPANE_REPLAY_OPTIONS_INIT. */
typedef struct spane_replay_options {
    uint32_t struct_size; /* sizeof(spane_replay_options) */
    int32_t servers;      /* VMs are placed on so many of the servers that the log begins with, those with the lowest numbers: 1 ... their
                             number, or 0 for all */
    int32_t queue;        /* 1: a VM that fits nowhere waits, and all behind it too; 0: it is refused until the log asks again */
    int32_t needed;       /* 1: also find the fewest servers on which nothing is refused; needs a queue of 0 */
    int32_t moves;        /* as in spane_evaluation_options */
    int32_t move_budget;  /* as in spane_evaluation_options */
    double move_price;    /* as in spane_evaluation_options */
} spane_replay_options;

#define SPANE_REPLAY_OPTIONS_INIT {sizeof(spane_replay_options), 0, 0, 0, 0, 2000, 2.0}

/* What came of the events of a log. Initialise with SPANE_REPLAY_INIT. */
typedef struct spane_replay_figures {
    uint32_t struct_size;    /* sizeof(spane_replay_figures) */
    int32_t servers_needed;  /* the fewest servers on which nothing is refused; 0 where that was not asked for, -1 where there is no such
                                number */
    int64_t vms;             /* that asked for a place; one that a failure took away asks once more */
    int64_t refused;         /* of them, those that never got one */
    double cores;            /* of all of them */
    double refused_cores;    /* of those that never got a place */
    int64_t waited;          /* those that got one later than they asked, or wait at the end */
    double wait;             /* of all that waited, in seconds */
    double longest_wait;     /* in seconds */
    int64_t moves;           /* live migrations */
    double moved_mem;        /* GB that they moved from server to server */
    int64_t compared;        /* VMs that were placed when the log's scheduler placed them; 0 without a policy */
    int64_t alike;           /* of them, those that went to the same nodes */
    int64_t refused_resizes; /* VMs that were to grow and found no room for it */
    int64_t decisions;       /* how often a place was looked for */
    double seconds;          /* that the decisions took; 0 without a policy */
} spane_replay_figures;

#define SPANE_REPLAY_FIGURES_INIT {sizeof(spane_replay_figures), 0, 0, 0, 0.0, 0.0, 0, 0.0, 0.0, 0, 0.0, 0, 0, 0, 0, 0.0}

/*
 * Writes SPANE_REPLAY_OPTIONS_INIT to `options`.
 * Status: SPANE_OK; SPANE_NULL_POINTER. Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_replay_options_init(spane_replay_options *options);

/*
 * Plays the log of a cluster (spane_cluster_start_log) with a policy: what the scheduler asked for is asked again, and VMs end when they
 * ended, or as much later as they start later. Those that the log never placed run as long as VMs of their size do there on average.
 *   policy    NULL to tell what came of it in the log itself
 *   options   NULL for the defaults; without a policy of no effect
 *   progress  in bytes of the log; NULL for none
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT (an option or the policy); SPANE_UNSUPPORTED (policy->decide is set);
 * SPANE_IO; SPANE_FORMAT (the file is no log, or an event makes no sense); SPANE_BAD_STATE (an event contradicts those before it);
 * SPANE_UNKNOWN_VERSION; SPANE_SHAPE_MISMATCH (a network is bound to another number of servers, or needs two nodes);
 * SPANE_OUT_OF_MEMORY; SPANE_CANCELLED.
 * Threads: any. Cost: O(events * S * W), and O(log S) times that with `needed`. Since: 0.1.
 */
SPANE_NODISCARD SPANE_API spane_status spane_replay(const char *path, const spane_policy *policy,
                                                    const spane_replay_options *options, const spane_progress *progress,
                                                    spane_replay_figures *figures);

/*
 * The mean without the lowest and the highest (size_t)(count * fraction) values, by which waits are compared.
 *   values    `count` numbers, none of them NaN
 *   count     at least 1
 *   fraction  0 or more, below 0.5; 0.1 is customary
 *   mean      receives it
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_INVALID_ARGUMENT; SPANE_OUT_OF_MEMORY.
 * Threads: any. Cost: O(count log count). Since: 0.1.
 */
SPANE_API spane_status spane_trimmed_mean(const double *values, size_t count, double fraction, double *mean);

/* ------------------------------------------------------------------------------------------------------------ Log */

#define SPANE_LOG_ERROR 1 /* each call that fails, with its message */
#define SPANE_LOG_INFO 2  /* also files that are loaded and saved, and a network that decides about nodes of another size
                             than it is made for: once a session, at its first decision, and once an evaluation */

/* Receives one line without a line end. Called in the thread of the call that it is about. It may call functions of this library;
   what these fail with is forgotten when it returns. */
typedef void (*spane_log_callback)(int32_t level, const char *message, void *user);

/*
 * Installs a log callback; NULL, the default, disables logging.
 *   level     the most detailed level wanted, SPANE_LOG_ERROR or SPANE_LOG_INFO
 *   user      handed to every call of `callback`, which must cope with several threads
 * Status: SPANE_OK; SPANE_INVALID_ARGUMENT (level). Threads: any. Cost: O(1). Since: 0.1.
 */
SPANE_API spane_status spane_set_log(spane_log_callback callback, int32_t level, void *user);

/* ---------------------------------------------------------------------------------------------------------- Build */

/* The library that runs, and the machine it runs on. Initialise with SPANE_BUILD_INFO_INIT. */
typedef struct spane_build_info {
    uint32_t struct_size;        /* sizeof(spane_build_info) */
    int32_t version;             /* spane_version() */
    int32_t abi_version;         /* spane_abi_version() */
    int32_t default_threads;     /* how many threads 0 stands for in the calling thread now */
    int32_t hdf5_is_threadsafe;  /* 1 if this HDF5 locks by itself; libspane makes one call into it at a time either way */
    uint32_t reserved;           /* 0 */
    const char *version_string;  /* spane_version_string() */
    const char *hdf5_version;    /* of the HDF5 that is loaded, such as "1.10.8" */
    const char *instruction_set; /* what the kernels use on this processor: "x86-64-v3", or "baseline" */
} spane_build_info;

#define SPANE_BUILD_INFO_INIT {sizeof(spane_build_info), 0, 0, 0, 0, 0, 0, 0, 0}

/*
 * Describes the library; fills the first info->struct_size bytes of `info`. Its texts belong to the library.
 * Status: SPANE_OK; SPANE_NULL_POINTER; SPANE_UNKNOWN_VERSION (struct_size).
 * Threads: any. Cost: O(1), reads files of the system for default_threads. Since: 0.1.
 */
SPANE_API spane_status spane_build_describe(spane_build_info *info);

#ifdef __cplusplus
}
#endif

#endif
