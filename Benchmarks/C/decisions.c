/*
 * Times a live cluster through the C API: decisions, and the events between them. Prints one line of JSON per size.
 *
 *   decisions WEIGHTS.h5 SERVERS[:VMS] ...
 *
 * The fleet: servers of 2 x (40 cores, 90 GB), filled by Move To Front with VMs in the sizes of the shipped trace, each as
 * often as it runs there, until 85 % of all cores or memory are used; then half of the VMs leave at random, one after
 * the other, and others come. With VMS, so many VMs of 2 cores and 4 GB instead.
 *
 * decide_ns: a VM leaves at random, the network places another. Only the decision is timed; it takes over the two events.
 * decide_new_ns: the same for sizes that never came before.
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

/* Uniform in [0, 1). */
static double draw_share(void) { return (double)draw(1 << 30) / (1 << 30); }

/* The sizes in data/synthetic.h5 and their shares of its running VMs, in hundredths of a per cent. */
static spane_request any_request(void) {
    static const struct {
        double size[2];
        int share;
    } sizes[] = {
        {{1, 2}, 4188}, {{1, 1}, 3236}, {{2, 4}, 1019},  {{4, 8}, 766},  {{2, 8}, 306},  {{8, 16}, 94},   {{32, 64}, 89},
        {{4, 16}, 86},  {{16, 32}, 68}, {{64, 128}, 47}, {{8, 32}, 43},  {{1, 4}, 31},   {{24, 48}, 22},  {{48, 96}, 5},
    };
    spane_request request = SPANE_REQUEST_INIT;
    int left = (int)draw(10000), i = 0;
    while (left >= sizes[i].share) left -= sizes[i++].share;
    request.cpu = sizes[i].size[0];
    request.mem = sizes[i].size[1];
    return request;
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

struct fleet {
    spane_cluster *cluster;
    struct vm *live;
    int64_t count;
    uint64_t next_id;
    double cpu, mem; /* in use */
};

static void leave(struct fleet *fleet, int64_t index) {
    struct vm vm = fleet->live[index];
    check(spane_cluster_release(fleet->cluster, vm.id, NULL), "release");
    fleet->live[index] = fleet->live[--fleet->count];
    fleet->cpu -= vm.request.cpu;
    fleet->mem -= vm.request.mem;
}

/* Whether there was room. */
static int come(struct fleet *fleet, spane_session *session, spane_request request) {
    struct vm vm = {fleet->next_id++, request, {0, 0}};
    spane_status status = spane_session_place(session, vm.id, &vm.request, &vm.where);
    check(status, "place");
    if (status == SPANE_NO_ROOM || status == SPANE_NEVER_FITS) return 0;
    fleet->live[fleet->count++] = vm;
    fleet->cpu += request.cpu;
    fleet->mem += request.mem;
    return 1;
}

static int is_loaded(const struct fleet *fleet, int32_t servers) {
    return fleet->cpu >= 0.85 * 80 * servers || fleet->mem >= 0.85 * 180 * servers;
}

static void fill(struct fleet *fleet, spane_session *session, int32_t servers, int64_t vms) {
    if (vms > 0) {
        spane_request small = SPANE_REQUEST(2, 4);
        while (fleet->count < vms && come(fleet, session, small)) continue;
        return;
    }
    while (!is_loaded(fleet, servers)) come(fleet, session, any_request());
    for (int64_t i = fleet->count / 2; i > 0; i--) {
        leave(fleet, (int64_t)draw((uint64_t)fleet->count));
        while (!is_loaded(fleet, servers)) come(fleet, session, any_request());
    }
}

static void measure(spane_model *model, int32_t servers, int64_t vms_wanted) {
    spane_session *session, *filler;
    struct fleet fleet = {0};
    /* No VM is smaller than one core. */
    int64_t most = vms_wanted > 0 ? vms_wanted : (int64_t)servers * 80;
    check(spane_cluster_new(NULL, &fleet.cluster), "cluster_new");
    spane_cluster *cluster = fleet.cluster;
    check(spane_cluster_add_equal_servers(cluster, 40, 90, (size_t)servers, NULL), "add_equal_servers");
    if (vms_wanted > 0) check(spane_cluster_reserve(cluster, (size_t)vms_wanted), "reserve");
    const spane_policy network = SPANE_POLICY_MODEL(model), heuristic = SPANE_POLICY_HEURISTIC("move-to-front");
    check(spane_session_new(cluster, &network, &session), "session_new");
    check(spane_session_new(cluster, &heuristic, &filler), "session_new");
    fleet.live = malloc((size_t)most * sizeof *fleet.live);
    double begin = now();
    fill(&fleet, filler, servers, vms_wanted);
    double filled = now() - begin;

    double decide[ROUNDS], decide_new[ROUNDS], place[ROUNDS], release[ROUNDS], cordon[ROUNDS];
    int repeats = servers <= 2000 ? 20000 : servers <= 20000 ? 4000 : 1000;
    for (int round = 0; round < ROUNDS; round++) {
        for (int is_new = 0; is_new < 2; is_new++) {
            int times = is_new ? repeats / 20 : repeats;
            double total = 0;
            for (int i = 0; i < times; i++) {
                leave(&fleet, (int64_t)draw((uint64_t)fleet.count));
                spane_request wanted = any_request();
                if (is_new) wanted.mem *= 0.9 + 0.2 * draw_share();
                spane_placement chosen;
                double start = now();
                spane_status status = spane_session_choose(session, &wanted, &chosen);
                total += now() - start;
                check(status, "choose");
                if (status == SPANE_NO_ROOM || status == SPANE_NEVER_FITS) continue;
                struct vm vm = {fleet.next_id++, wanted, chosen};
                check(spane_cluster_place(cluster, vm.id, &wanted, chosen), "place");
                fleet.live[fleet.count++] = vm;
                fleet.cpu += wanted.cpu;
                fleet.mem += wanted.mem;
            }
            (is_new ? decide_new : decide)[round] = total / times;
        }

        /* A tenth of the VMs, spread over the fleet, leaves and comes back. */
        struct vm *live = fleet.live;
        int64_t count = fleet.count, step = 10, events = (count + step - 1) / step;
        double start = now();
        for (int64_t i = 0; i < count; i += step) check(spane_cluster_release(cluster, live[i].id, NULL), "release");
        release[round] = (now() - start) / (double)events;
        start = now();
        for (int64_t i = 0; i < count; i += step) {
            check(spane_cluster_place(cluster, live[i].id, &live[i].request, live[i].where), "place");
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
    printf("{\"servers\": %d, \"vms\": %lld, \"decide_ns\": %.1f, \"decide_new_ns\": %.1f, \"place_ns\": %.1f, "
           "\"release_ns\": %.1f, \"cordon_ns\": %.1f, \"fill_s\": %.2f, \"peak_memory_mb\": %.1f}\n",
           servers, (long long)fleet.count, median(decide, ROUNDS), median(decide_new, ROUNDS), median(place, ROUNDS),
           median(release, ROUNDS), median(cordon, ROUNDS), filled / 1e9, (double)usage.ru_maxrss / 1024);
    fflush(stdout);
    free(fleet.live);
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
        long long vms = *rest == ':' ? atoll(rest + 1) : 0;
        measure(model, (int32_t)servers, vms);
    }
    spane_model_free(model);
    return 0;
}
