/*
 * Times decisions of one and of several threads on one shared cluster. Prints one line of JSON per number of threads.
 *
 *   threads POLICY THREADS SERVERS [SECONDS]
 *
 * POLICY is a heuristic, or the file of a network. The fleet: servers of 2 x (40 cores, 90 GB), filled to 85 % of their cores with VMs
 * of 1, 2, 4 and 8 cores. Then each thread, with a session of its own, for SECONDS (2) in each of five rounds:
 *
 * choose_per_s: decides, and changes nothing.
 * mixed_per_s: decides nine times, then releases one of its VMs and places another.
 * place_per_s: releases one of its VMs and places another.
 *
 * All are decisions per second of all threads together, medians of the rounds. In the end it checks that no server is overcommitted, that
 * each VM is where its thread left it, and that the amounts in use are those of all VMs.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <spane.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 64, ROUNDS = 5 };

static void check(spane_status status, const char *what) {
    if (status < 0) {
        fprintf(stderr, "%s: %s: %s\n", what, spane_status_name(status), spane_last_error());
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint64_t draw(uint64_t *state, uint64_t bound) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % bound;
}

static spane_request any_request(uint64_t *state) {
    const double cores = (double)(1 << draw(state, 4));
    const spane_request request = SPANE_REQUEST(cores, 2 * cores);
    return request;
}

struct vm {
    uint64_t id;
    double cpu;
};

struct worker {
    pthread_t thread;
    spane_cluster *cluster;
    spane_session *session;
    struct vm *vms;
    int64_t count, decisions;
    uint64_t next_id, state;
    int between; /* decisions between two placements; -1 for no placement */
};

static atomic_int is_over;

static int place(struct worker *self, spane_request request) {
    struct vm vm = {self->next_id++, request.cpu};
    spane_status status = spane_session_place(self->session, vm.id, &request, NULL);
    check(status, "place");
    if (status != SPANE_OK) return 0;
    self->vms[self->count++] = vm;
    return 1;
}

static void *work(void *argument) {
    struct worker *self = argument;
    spane_placement chosen;
    int left = self->between;
    while (!atomic_load_explicit(&is_over, memory_order_relaxed)) {
        spane_request request = any_request(&self->state);
        self->decisions++;
        if (left != 0) {
            left--;
            check(spane_session_choose(self->session, &request, &chosen), "choose");
            continue;
        }
        left = self->between;
        int64_t gone = (int64_t)draw(&self->state, (uint64_t)self->count);
        check(spane_cluster_release(self->cluster, self->vms[gone].id, NULL), "release");
        self->vms[gone] = self->vms[--self->count];
        /* Of the size of another one, so that the fleet stays as full as it is. */
        place(self, request);
    }
    return NULL;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Decisions per second of `threads` workers that do the same. */
static double measure(struct worker *workers, int threads, int between, double seconds) {
    double rates[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        int64_t decisions = 0;
        atomic_store(&is_over, 0);
        double begin = now();
        for (int i = 0; i < threads; i++) {
            workers[i].between = between;
            workers[i].decisions = 0;
            pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        }
        const struct timespec wait = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
        nanosleep(&wait, NULL);
        atomic_store(&is_over, 1);
        for (int i = 0; i < threads; i++) pthread_join(workers[i].thread, NULL);
        double took = now() - begin;
        for (int i = 0; i < threads; i++) decisions += workers[i].decisions;
        rates[round] = (double)decisions / took;
    }
    qsort(rates, ROUNDS, sizeof *rates, compare);
    return rates[ROUNDS / 2];
}

/* Ends the program where a VM is lost or a server overcommitted. */
static void verify(spane_cluster *cluster, const struct worker *workers, int threads, int32_t servers) {
    double *left = malloc((size_t)servers * 4 * sizeof *left), used = 0, wanted = 0;
    check(spane_cluster_amounts(cluster, NULL, (size_t)servers, NULL, left), "amounts");
    for (int32_t i = 0; i < servers * 4; i++) {
        if (left[i] < 0) {
            fprintf(stderr, "server %d is overcommitted\n", i / 4);
            exit(1);
        }
        if (i % 2 == 0) used += 40 - left[i];
    }
    for (int i = 0; i < threads; i++) {
        for (int64_t j = 0; j < workers[i].count; j++) {
            check(spane_cluster_find(cluster, workers[i].vms[j].id, NULL, NULL), "find");
            wanted += workers[i].vms[j].cpu;
        }
    }
    if (used != wanted) {
        fprintf(stderr, "%g cores are in use; the VMs have %g\n", used, wanted);
        exit(1);
    }
    free(left);
}

int main(int count, char **arguments) {
    static struct worker workers[MOST_THREADS];
    if (count < 4) {
        fprintf(stderr, "usage: %s POLICY THREADS SERVERS [SECONDS]\n", arguments[0]);
        return 2;
    }
    const int threads = atoi(arguments[2]);
    const int32_t servers = atoi(arguments[3]);
    const double seconds = count > 4 ? atof(arguments[4]) : 2;
    if (threads < 1 || threads > MOST_THREADS || servers < 1 || seconds <= 0) return 2;
    spane_cluster *cluster;
    spane_model *model = NULL;
    spane_policy policy = SPANE_POLICY_HEURISTIC(arguments[1]);
    if (strstr(arguments[1], ".h5")) {
        check(spane_model_load(arguments[1], &model), "model_load");
        policy = (spane_policy)SPANE_POLICY_MODEL(model);
    }
    check(spane_cluster_new(NULL, &cluster), "cluster_new");
    check(spane_cluster_add_equal_servers(cluster, 40, 90, (size_t)servers, NULL), "add_equal_servers");
    check(spane_cluster_share(cluster), "share");
    for (int i = 0; i < threads; i++) {
        workers[i].cluster = cluster;
        workers[i].next_id = (uint64_t)i << 40;
        workers[i].state = (uint64_t)i + 1;
        workers[i].vms = malloc((size_t)servers * 80 * sizeof *workers[i].vms);
        check(spane_session_new(cluster, &policy, &workers[i].session), "session_new");
    }
    double cpu = 0;
    for (int i = 0; cpu < 0.85 * 80 * servers; i = (i + 1) % threads) {
        spane_request request = any_request(&workers[i].state);
        if (place(&workers[i], request)) cpu += request.cpu;
    }
    double chosen = measure(workers, threads, -1, seconds);
    double mixed = measure(workers, threads, 9, seconds);
    double placed = measure(workers, threads, 0, seconds);
    verify(cluster, workers, threads, servers);
    printf("{\"policy\": \"%s\", \"servers\": %d, \"threads\": %d, \"choose_per_s\": %.0f, \"mixed_per_s\": %.0f, "
           "\"place_per_s\": %.0f}\n",
           arguments[1], servers, threads, chosen, mixed, placed);
    for (int i = 0; i < threads; i++) {
        free(workers[i].vms);
        spane_session_free(workers[i].session);
    }
    spane_cluster_free(cluster);
    spane_model_free(model);
    return 0;
}
