/*
 * Times a live cluster through the C API: decisions, and the events between them. Prints one line of JSON per size.
 *
 *   decisions WEIGHTS.h5 SERVERS [SERVERS ...]
 *
 * Every decision follows one event on the cluster (a VM leaves and one comes), as in a scheduler.
 */
#define _POSIX_C_SOURCE 200809L
#include <spane.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static void check(spane_status status, const char *what) {
    if (status < 0) {
        fprintf(stderr, "%s: %s: %s\n", what, spane_status_name(status), spane_last_error());
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint64_t state = 1;

static uint64_t draw(uint64_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % bound;
}

/* Sizes as they are in public clouds: mostly small, some split over both nodes. */
static spane_request any_request(void) {
    static const spane_request sizes[] = {{1, 1}, {1, 2}, {1, 2}, {1, 2}, {2, 4}, {2, 4}, {4, 8}, {8, 16}, {16, 32}};
    return sizes[draw(sizeof sizes / sizeof *sizes)];
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

enum { ROUNDS = 15 };

struct vm {
    uint64_t id;
    spane_request request;
    spane_placement where;
};

static void measure(spane_model *model, int32_t servers, int64_t vms_wanted) {
    spane_cluster *cluster;
    spane_session *session, *filler;
    check(spane_cluster_new(NULL, &cluster), "cluster_new");
    spane_node *nodes = malloc((size_t)servers * sizeof *nodes);
    for (int32_t i = 0; i < servers; i++) nodes[i] = (spane_node){40, 90};
    check(spane_cluster_add_servers(cluster, nodes, (size_t)servers, NULL), "add_servers");
    free(nodes);
    check(spane_cluster_reserve(cluster, (size_t)vms_wanted), "reserve");
    check(spane_session_new(cluster, model, &session), "session_new");
    check(spane_session_new_heuristic(cluster, "move-to-front", &filler), "session_new_heuristic");

    uint64_t next_id = 0;
    struct vm *live = malloc((size_t)vms_wanted * sizeof *live);
    int64_t count = 0;
    double begin = now();
    while (count < vms_wanted) {
        struct vm vm = {next_id++, vms_wanted > (int64_t)servers * 20 ? (spane_request){2, 4} : any_request(), {0, 0}};
        vm.where.server = (int32_t)draw((uint64_t)servers);
        vm.where.node = vm.request.mem > 10 ? SPANE_ALL_NODES : (int32_t)draw(2);
        if (spane_cluster_place(cluster, vm.id, vm.request, vm.where) != SPANE_OK) {
            spane_status status = spane_session_place(filler, vm.id, vm.request, &vm.where);
            check(status, "place");
            if (status == SPANE_NO_ROOM) break;
        }
        live[count++] = vm;
    }
    double filled = now() - begin;

    double decide[ROUNDS], place[ROUNDS], release[ROUNDS], cordon[ROUNDS];
    int repeats = servers <= 100 ? 20000 : servers <= 2000 ? 4000 : servers <= 20000 ? 400 : 50;
    for (int round = 0; round < ROUNDS; round++) {
        double total = 0;
        for (int i = 0; i < repeats; i++) {
            /* One VM leaves and one comes: two events on one server. */
            struct vm *vm = &live[draw((uint64_t)count)];
            check(spane_cluster_release(cluster, vm->id, NULL), "release");
            vm->id = next_id++;
            check(spane_cluster_place(cluster, vm->id, vm->request, vm->where), "place");
            spane_request wanted = any_request();
            spane_placement chosen;
            double start = now();
            check(spane_session_choose(session, wanted, &chosen), "choose");
            total += now() - start;
        }
        decide[round] = total / repeats;

        /* A tenth of the VMs, spread over the fleet, leaves and comes back. */
        int64_t step = 10, events = (count + step - 1) / step;
        double start = now();
        for (int64_t i = 0; i < count; i += step) check(spane_cluster_release(cluster, live[i].id, NULL), "release");
        release[round] = (now() - start) / (double)events;
        start = now();
        for (int64_t i = 0; i < count; i += step) {
            check(spane_cluster_place(cluster, live[i].id, live[i].request, live[i].where), "place");
        }
        place[round] = (now() - start) / (double)events;
        start = now();
        for (int i = 0; i < 2000; i++) {
            check(spane_cluster_cordon(cluster, i % servers), "cordon");
            check(spane_cluster_uncordon(cluster, i % servers), "uncordon");
        }
        cordon[round] = (now() - start) / 4000;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"servers\": %d, \"vms\": %lld, \"decide_ns\": %.1f, \"place_ns\": %.1f, \"release_ns\": %.1f, "
           "\"cordon_ns\": %.1f, \"fill_s\": %.2f, \"peak_memory_mb\": %.1f}\n",
           servers, (long long)count, median(decide, ROUNDS), median(place, ROUNDS), median(release, ROUNDS),
           median(cordon, ROUNDS), filled / 1e9, (double)usage.ru_maxrss / 1024);
    fflush(stdout);
    free(live);
    spane_session_free(filler);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

int main(int count, char **arguments) {
    if (count < 3) {
        fprintf(stderr, "usage: %s WEIGHTS.h5 SERVERS[:VMS] ...\n", arguments[0]);
        return 2;
    }
    spane_model *model;
    check(spane_model_load(arguments[1], &model), "model_load");
    for (int i = 2; i < count; i++) {
        char *rest;
        long servers = strtol(arguments[i], &rest, 10);
        long long vms = *rest == ':' ? atoll(rest + 1) : 15 * servers;
        measure(model, (int32_t)servers, vms);
    }
    spane_model_free(model);
    return 0;
}
