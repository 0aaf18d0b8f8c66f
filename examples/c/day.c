/*
 * A day of a fleet: 120 servers of three kinds in three zones of four racks. Services come with one to three VMs that may not share a rack
 * or have to be in three zones, VMs grow and end, a server and then a whole rack fail, servers are emptied for maintenance, and where a
 * large VM fits nowhere others move to make room for it. What is asked for and done is logged if a file is named.
 *
 *   cc day.c $(pkg-config --cflags --libs spane) -o day
 *   ./day 'capacity-lost,10*most-allocated+spread' day.log && spane replay day.log --policy first-fit
 */

#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <spane.h>

enum { SERVERS = 120, PER_RACK = 10, PER_ZONE = 40, MINUTES = 24 * 60, MOST = 20000, ZONE = 0, RACK = 1 };

static struct { spane_request request; int end; } vms[MOST]; /* by id; end is a minute, 0 for what does not run */
static uint64_t next_id = 1, seed = 1;
static spane_cluster *cluster;
static spane_session *session;
static int placed, refused, reasons, ended, grown, stunted, restarted, lost, moved, emptied, made_room;
static double seconds;
static long decisions;

static spane_status check(spane_status status) {
    if (status >= 0) return status;
    fprintf(stderr, "day: %s: %s\n", spane_status_name(status), spane_last_error());
    exit(EXIT_FAILURE);
}

/* A number below a bound; the same ones each time. */
static int below(int bound) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int)((seed >> 33) % (uint64_t)bound);
}

static void build_fleet(void) {
    static const char *const levels[] = {"zone", "rack"}, *const traits[] = {"local-ssd"};
    static const double dual[] = {40, 90, 40, 90}, quad[] = {20, 45, 20, 45, 20, 45, 20, 45}, large[] = {64, 256, 64, 256};
    static const uint8_t distances[] = {10, 12, 30, 30, 12, 10, 30, 30, 30, 30, 10, 12, 30, 30, 12, 10};
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    options.nodes = 4;
    options.traits = traits;
    options.trait_count = 1;
    check(spane_cluster_new(&options, &cluster));
    check(spane_cluster_set_levels(cluster, levels, 2));
    for (int32_t server = 0; server < SERVERS; server++) {
        spane_server_type type = SPANE_SERVER_TYPE_INIT;
        int kind = server % PER_RACK < 6 ? 0 : server % PER_RACK < 8 ? 1 : 2;
        type.nodes = kind == 1 ? 4 : 2;
        type.node_amounts = kind == 0 ? dual : kind == 1 ? quad : large;
        type.distances = kind == 1 ? distances : NULL;
        type.traits = kind == 2;
        type.name = kind == 0 ? "dual" : kind == 1 ? "quad" : "large";
        check(spane_cluster_add_servers(cluster, &type, 1, NULL));
        check(spane_cluster_set_domain(cluster, server, ZONE, server / PER_ZONE));
        check(spane_cluster_set_domain(cluster, server, RACK, server / PER_RACK));
    }
}

/* Finds a place for a VM, where need be by moving others. */
static int place(uint64_t id) {
    struct timespec begin, end;
    spane_placement placement;
    spane_plan *plan;
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    spane_status status = check(spane_session_place(session, id, &vms[id].request, &placement));
    clock_gettime(CLOCK_MONOTONIC, &end);
    seconds += (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    decisions++;
    if (status == SPANE_OK) return 1; /* here the VM is started on placement.server, on the nodes whose bits are set */
    check(spane_cluster_plan_room(cluster, &vms[id].request, 1, NULL, &plan));
    check(spane_plan_describe(plan, &info));
    if (info.outcome > 0) {
        check(spane_cluster_apply(cluster, plan)); /* here the hypervisors migrate, in the order of the moves */
        moved += (int)info.moves;
        made_room++;
        status = check(spane_session_place(session, id, &vms[id].request, &placement));
    }
    spane_plan_free(plan);
    return status == SPANE_OK;
}

static void stop(uint64_t id) {
    check(spane_cluster_release(cluster, id, NULL));
    vms[id].end = 0;
}

/* A service of one VM, of two that share no rack, or of three in three zones: all of them start, or none. */
static void arrive(int minute) {
    static const double cores[] = {1, 2, 4, 8, 16, 32};
    int kind = below(20), count = kind < 11 ? 1 : kind < 14 ? 2 : 3, size = below(6), started = 0;
    spane_group_rule rule = SPANE_GROUP_RULE_INIT;
    rule.kind = count == 3 ? SPANE_GROUP_SPREAD : SPANE_GROUP_AT_MOST;
    rule.level = count == 3 ? ZONE : RACK;
    rule.count = count == 3 ? 3 : 1;
    const uint64_t first = next_id;
    if (count > 1) check(spane_cluster_set_group(cluster, first, &rule, 1));
    for (int i = 0; i < count; i++) {
        spane_request request = SPANE_REQUEST(cores[size], cores[size] * (below(2) ? 2 : 4));
        request.span = request.mem > 64 ? 2 : 1;
        request.group = count > 1 ? first : 0;
        request.require = size < 3 && below(10) == 0; /* a few want a local SSD */
        vms[next_id].request = request;
        if (place(next_id)) started++, vms[next_id].end = minute + 30 + below(600);
        next_id++;
    }
    placed += started;
    if (started == count) return;
    char text[1024];
    size_t length;
    refused += count;
    if (reasons++ < 3) {
        check(spane_session_explain(session, &vms[first].request, NULL, 0, 1, SPANE_TEXT, text, sizeof text, &length));
        printf("minute %4d: a service of %d is refused: %s\n", minute, count, text);
    }
    for (uint64_t id = first; id < next_id; id++)
        if (vms[id].end) stop(id), placed--;
}

/* A VM doubles where it runs, if there is room. */
static void grow(void) {
    uint64_t id = 1 + (uint64_t)below((int)next_id - 1);
    if (!vms[id].end) return;
    spane_request request = vms[id].request;
    request.cpu *= 2;
    request.mem *= 2;
    spane_status status = spane_cluster_resize(cluster, id, &request);
    if (status == SPANE_INFEASIBLE_ACTION) stunted++;
    else check(status), vms[id].request = request, grown++;
}

/* Servers fail, and what ran there is started elsewhere. */
static void fail(int32_t first, int32_t count) {
    for (int32_t server = first; server < first + count; server++) {
        static uint64_t ids[MOST];
        size_t found;
        check(spane_cluster_fail_server(cluster, server, ids, MOST, &found));
        for (size_t i = 0; i < found; i++) {
            if (place(ids[i])) restarted++;
            else vms[ids[i]].end = 0, lost++;
        }
    }
}

/* Empties a server; VMs that must stay apart from others, which plans leave alone, go where a session would place them anew. */
static void empty(int32_t server) {
    static uint64_t ids[MOST];
    spane_plan *plan;
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    size_t stuck;
    check(spane_cluster_cordon(cluster, server));
    check(spane_cluster_plan_drain(cluster, server, NULL, &plan));
    check(spane_plan_describe(plan, &info));
    check(spane_cluster_apply(cluster, plan));
    moved += (int)info.moves;
    spane_plan_free(plan);
    check(spane_cluster_vms(cluster, server, ids, MOST, &stuck));
    size_t left = stuck;
    for (size_t i = 0; i < stuck; i++) {
        spane_placement target;
        check(spane_cluster_begin_trial(cluster));
        check(spane_cluster_release(cluster, ids[i], NULL));
        spane_status status = check(spane_session_choose(session, &vms[ids[i]].request, &target));
        check(spane_cluster_drop_trial(cluster));
        if (status != SPANE_OK) continue;
        check(spane_cluster_move(cluster, ids[i], target));
        moved++, left--;
    }
    emptied += left == 0;
}

int main(int argc, char **argv) {
    spane_policy policy = SPANE_POLICY_HEURISTIC(argc > 1 ? argv[1] : SPANE_DEFAULT_POLICY);
    build_fleet();
    check(spane_session_new(cluster, &policy, &session));
    if (argc > 2) check(spane_cluster_start_log(cluster, argv[2], SPANE_DURABILITY_WRITTEN, NULL));
    for (int minute = 1; minute <= MINUTES; minute++) {
        if (argc > 2) check(spane_cluster_set_log_time(cluster, 60.0 * minute));
        for (uint64_t id = 1; id < next_id; id++)
            if (vms[id].end && vms[id].end <= minute) stop(id), ended++;
        for (int count = below(5); count > 0; count--) arrive(minute);
        if (minute % 7 == 0) grow();
        if (minute == 6 * 60) fail(17, 1);
        if (minute == 14 * 60) fail(30, PER_RACK);
        for (int32_t server = 30; minute == 15 * 60 && server < 40; server++) check(spane_cluster_uncordon(cluster, server));
        if (minute % 180 == 0) empty(40 + minute / 180);
        if (minute % 180 == 60 && minute > 180) check(spane_cluster_uncordon(cluster, 40 + minute / 180));
    }
    printf("placed %d VMs, refused %d; %d ended, %d grew, %d had no room to\n", placed, refused, ended, grown, stunted);
    printf("%d VMs of failed servers started elsewhere, %d did not\n", restarted, lost);
    printf("emptied %d servers, made room %d times, by %d moves\n", emptied, made_room, moved);
    fprintf(stderr, "%.1f us a decision\n", seconds / (double)decisions * 1e6);
    if (argc > 2) check(spane_cluster_stop_log(cluster));
    spane_session_free(session);
    spane_cluster_free(cluster);
}
