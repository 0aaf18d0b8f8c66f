/*
 * Times what a log of the cluster costs a decision through the C API. Prints one line of JSON without a log, and one for each
 * durability.
 *
 *   logs FOLDER [SERVERS [DECISIONS]]
 *
 * On SERVERS (1000) servers of 2 x (40 cores, 90 GB) the default rule places a VM of 1 to 8 cores, and the one before it of the same
 * number modulo 4 * SERVERS leaves: a round is two events. The medians of 15 batches of DECISIONS / 15 rounds, in processor time
 * (cpu_ns) and in all (wall_ns), with what the disk takes; synced logs get a hundredth of them.
 */
#define _POSIX_C_SOURCE 200809L
#include <spane.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 15 };

static void check(spane_status status, const char *what) {
    if (status >= 0) return;
    fprintf(stderr, "%s: %s: %s\n", what, spane_status_name(status), spane_last_error());
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void measure(const char *name, int32_t durability, const char *path, int32_t servers, int64_t rounds) {
    const spane_policy rule = SPANE_POLICY_HEURISTIC(SPANE_DEFAULT_POLICY);
    spane_cluster *cluster = NULL;
    spane_session *session = NULL;
    spane_log_info before = SPANE_LOG_INFO_INIT, after = SPANE_LOG_INFO_INIT;
    const uint64_t running = (uint64_t)servers * 4;
    double wall[BATCHES], cpu[BATCHES];
    uint64_t id = 0;

    check(spane_cluster_new(NULL, &cluster), "cluster_new");
    check(spane_cluster_add_equal_servers(cluster, 40, 90, (size_t)servers, NULL), "add_equal_servers");
    check(spane_session_new(cluster, &rule, &session), "session_new");
    for (; id < running; id++) {
        const spane_request request = SPANE_REQUEST(1 << id % 4, 2 << id % 4);
        check(spane_session_place(session, id, &request, NULL), "place");
    }
    if (durability >= 0) {
        unlink(path);
        check(spane_cluster_start_log(cluster, path, durability, NULL), "start_log");
        check(spane_cluster_describe_log(cluster, &before), "describe_log");
    }
    rounds /= BATCHES;
    for (int batch = 0; batch < BATCHES; batch++) {
        const double start = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
        for (int64_t round = 0; round < rounds; round++, id++) {
            const spane_request request = SPANE_REQUEST(1 << id % 4, 2 << id % 4);
            check(spane_cluster_release(cluster, id - running, NULL), "release");
            check(spane_session_place(session, id, &request, NULL), "place");
        }
        wall[batch] = (now(CLOCK_MONOTONIC) - start) / (double)rounds;
        cpu[batch] = (now(CLOCK_PROCESS_CPUTIME_ID) - used) / (double)rounds;
    }
    if (durability >= 0) check(spane_cluster_describe_log(cluster, &after), "describe_log");
    qsort(wall, BATCHES, sizeof *wall, compare);
    qsort(cpu, BATCHES, sizeof *cpu, compare);
    printf("{\"log\": \"%s\", \"servers\": %d, \"cpu_ns\": %.0f, \"wall_ns\": %.0f", name, servers, cpu[BATCHES / 2],
           wall[BATCHES / 2]);
    if (durability >= 0) {
        printf(", \"bytes_per_event\": %.1f", (double)(after.bytes - before.bytes) / (double)(after.events - before.events));
        check(spane_cluster_stop_log(cluster), "stop_log");
        unlink(path);
    }
    printf("}\n");
    fflush(stdout);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

int main(int argc, char **argv) {
    const int32_t servers = argc > 2 ? atoi(argv[2]) : 1000;
    const int64_t rounds = argc > 3 ? atol(argv[3]) : 300000;
    char path[4096];
    if (argc < 2 || servers < 1 || rounds < 100 * BATCHES) {
        fprintf(stderr, "usage: logs FOLDER [SERVERS [DECISIONS]]\n");
        return 1;
    }
    snprintf(path, sizeof path, "%s/spane-%ld.log", argv[1], (long)getpid());
    measure("none", -1, path, servers, rounds);
    measure("buffered", SPANE_DURABILITY_BUFFERED, path, servers, rounds);
    measure("written", SPANE_DURABILITY_WRITTEN, path, servers, rounds);
    measure("synced", SPANE_DURABILITY_SYNCED, path, servers, rounds / 100);
    return 0;
}
