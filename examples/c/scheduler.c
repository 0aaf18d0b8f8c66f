/*
 * A scheduler's main loop with libspane: VMs arrive and leave, a fleet is kept up to date, each VM is placed by a policy,
 * and VMs that fit nowhere wait in a queue. A VM that no server is large enough for would make it wait for ever, so it is
 * refused.
 *
 *   cc scheduler.c $(pkg-config --cflags --libs spane) -o scheduler
 *   ./scheduler ../data/events.csv best-fit
 *   ./scheduler ../data/events.csv ../../data/weights/potential-synthetic.h5
 *   ./scheduler ../data/events.csv best-fit 4
 *
 * With a number of moves, at most so many live migrations make room for the VM that waits longest.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spane.h>

#define SERVERS 5
#define NODE_CPU 40.0 /* cores on each of the two NUMA nodes of a server */
#define NODE_MEM 90.0 /* GB */

/* A VM that waits. */
struct waiting {
    uint64_t id;
    spane_request request;
    double since;
    int is_explained;
    struct waiting *next;
};

struct scheduler {
    spane_cluster *cluster;
    spane_session *session;
    struct waiting *queue; /* first come, first served */
    double used_cpu;
    int most_moves; /* that may make room for one VM */
    int placed, waited, gave_up, refused, moves;
    double total_wait, moved_mem;
};

/* Ends the program if a call failed; passes on what is no error. */
static spane_status check(spane_status status) {
    if (status >= 0) return status;
    fprintf(stderr, "scheduler: %s: %s\n", spane_status_name(status), spane_last_error());
    exit(EXIT_FAILURE);
}

/* Binds a heuristic by its name, or the network in a file *.h5. */
static spane_session *open_session(spane_cluster *cluster, const char *name) {
    spane_policy policy = SPANE_POLICY_HEURISTIC(name);
    spane_session *session = NULL;
    spane_model *model = NULL;
    if (strstr(name, ".h5")) {
        check(spane_model_load(name, &model));
        policy = (spane_policy)SPANE_POLICY_MODEL(model);
    }
    check(spane_session_new(cluster, &policy, &session));
    spane_model_free(model); /* the session keeps what it needs */
    return session;
}

/* Prints why a VM goes nowhere, in one line. */
static void explain(struct scheduler *self, uint64_t id, const char *what, const spane_request *request) {
    char why[1024];
    size_t size;
    check(spane_session_explain(self->session, request, NULL, 0, 0, SPANE_TEXT, why, sizeof why, &size));
    fprintf(stderr, "scheduler: VM %" PRIu64 " %s: %s\n", id, what, why);
}

/* Returns whether the VM need not wait: it was placed, or is refused because no server is large enough for it. */
static int try_to_place(struct scheduler *self, uint64_t id, const spane_request *request) {
    spane_placement placement;
    switch (check(spane_session_place(self->session, id, request, &placement))) {
    case SPANE_NO_ROOM: return 0;
    case SPANE_NEVER_FITS:
        explain(self, id, "is refused", request);
        self->refused++;
        return 1;
    default: break;
    }
    /* Here the VM is started on placement.server, on the NUMA nodes whose bits are set in placement.nodes. */
    self->placed++;
    self->used_cpu += request->cpu;
    return 1;
}

/* Moves running VMs so that the request fits; returns whether that was possible. */
static int make_room(struct scheduler *self, const spane_request *request) {
    spane_plan_options options = SPANE_PLAN_OPTIONS_INIT;
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    spane_move moves[SPANE_MAX_MOVES];
    spane_plan *plan;
    size_t count, i;

    if (self->most_moves == 0) return 0;
    options.moves = self->most_moves;
    check(spane_cluster_plan_room(self->cluster, request, 1, &options, &plan));
    check(spane_plan_describe(plan, &info)); /* spane_plan_text says why */
    check(spane_plan_moves(plan, moves, SPANE_MAX_MOVES, &count));
    spane_plan_free(plan);
    if (info.outcome < SPANE_PLAN_FOUND) return 0;
    for (i = 0; i < count; i++) {
        /* Here the hypervisor migrates moves[i].vm, which both servers hold meanwhile. */
        check(spane_cluster_apply_move(self->cluster, &moves[i]));
        self->moves++;
        self->moved_mem += moves[i].mem;
    }
    return 1;
}

/* Places those that wait, in order, as long as the first one fits or room can be made for it. */
static void serve_queue(struct scheduler *self, double now) {
    struct waiting *first;
    while ((first = self->queue)) {
        int placed = self->placed;
        if (!try_to_place(self, first->id, &first->request)) {
            if (make_room(self, &first->request)) continue;
            if (!first->is_explained) explain(self, first->id, "waits", &first->request);
            first->is_explained = 1;
            break;
        }
        if (self->placed > placed) {
            self->waited++;
            self->total_wait += now - first->since;
        }
        self->queue = first->next;
        free(first);
    }
}

static void arrive(struct scheduler *self, double now, uint64_t id, const spane_request *request) {
    struct waiting **end = &self->queue, *last;
    if (!self->queue && try_to_place(self, id, request)) return;
    if (!(last = malloc(sizeof *last))) exit(EXIT_FAILURE);
    *last = (struct waiting){id, *request, now, 0, NULL};
    while (*end) end = &(*end)->next;
    *end = last;
}

static void leave(struct scheduler *self, uint64_t id, const spane_request *request) {
    struct waiting **link = &self->queue, *gone;
    while (*link && (*link)->id != id) link = &(*link)->next;
    if ((gone = *link)) { /* it has waited for too long */
        *link = gone->next;
        free(gone);
        self->gave_up++;
    } else {
        spane_status status = spane_cluster_release(self->cluster, id, NULL);
        if (status == SPANE_NOT_FOUND) return; /* it was refused */
        check(status);
        self->used_cpu -= request->cpu;
    }
}

int main(int argc, char **argv) {
    struct scheduler self = {0};
    char line[256], event[16];
    double now = 0, first = -1, busy = 0, time;
    uint64_t id;
    spane_request request = SPANE_REQUEST_INIT; /* its span is 0: above 10 GB over both nodes, the rule of the cluster */
    int events = 0;
    FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;

    if (!file || spane_abi_version() != SPANE_ABI_VERSION) {
        fprintf(stderr, "usage: scheduler EVENTS.csv [HEURISTIC | WEIGHTS.h5 [MOVES]]\n");
        return EXIT_FAILURE;
    }
    check(spane_cluster_new(NULL, &self.cluster));
    check(spane_cluster_add_equal_servers(self.cluster, NODE_CPU, NODE_MEM, SERVERS, NULL));
    self.most_moves = argc > 3 ? atoi(argv[3]) : 0;
    self.session = open_session(self.cluster, argc > 2 ? argv[2] : "balance-fit");

    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%lf,%15[a-z],%" SCNu64 ",%lf,%lf", &time, event, &id, &request.cpu, &request.mem) != 5) continue;
        if (first < 0) first = now = time;
        busy += self.used_cpu * (time - now);
        now = time;
        /* Server 0 is taken out for maintenance: its VMs go on, and new ones go elsewhere. */
        if (events == 1000) check(spane_cluster_cordon(self.cluster, 0));
        if (events == 1200) check(spane_cluster_uncordon(self.cluster, 0));
        events++;
        if (strcmp(event, "arrive") == 0) {
            arrive(&self, now, id, &request);
        } else {
            leave(&self, id, &request);
        }
        serve_queue(&self, now);
    }
    fclose(file);

    printf("placed       %d VMs\n", self.placed);
    printf("waited       %d VMs, %.0f s on average\n", self.waited, self.waited ? self.total_wait / self.waited : 0);
    printf("gave up      %d VMs\n", self.gave_up);
    printf("refused      %d VMs\n", self.refused);
    printf("utilisation  %.1f %% of the cores\n", 100 * busy / (now - first) / (SERVERS * 2 * NODE_CPU));
    if (self.most_moves > 0) printf("moved        %d VMs of %.0f GB in all\n", self.moves, self.moved_mem);
    spane_session_free(self.session);
    spane_cluster_free(self.cluster);
    return EXIT_SUCCESS;
}
