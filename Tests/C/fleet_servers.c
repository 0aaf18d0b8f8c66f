/* Servers that come, go, fail and change, and how much more they hold. */

#include <math.h>

#include "tests.h"

static const int32_t outside[] = {-1, 3, INT32_MIN, INT32_MAX};

/* The servers of a cluster must be these, in this order. */
static void expect_servers(const spane_cluster *cluster, size_t count, const int32_t *expected) {
    int32_t servers[16];
    size_t found = 0;
    int64_t counted = -1;
    check_fill(servers, sizeof servers);
    DONE(spane_cluster_servers(cluster, servers, 16, &found));
    DONE(spane_cluster_count(cluster, &counted, NULL));
    CHECK(found == count && counted == (int64_t)count && memcmp(servers, expected, count * sizeof *expected) == 0);
    CHECK(check_is_filled(servers + count, sizeof servers - count * sizeof *servers));
}

/* The VMs on a server, or on all, must be these. */
static void expect_vms(const spane_cluster *cluster, int32_t server, size_t count, const uint64_t *expected) {
    uint64_t ids[16];
    size_t found = 99;
    check_fill(ids, sizeof ids);
    DONE(spane_cluster_vms(cluster, server, ids, 16, &found));
    CHECK(found == count && memcmp(ids, expected, count * sizeof *expected) == 0);
    CHECK(check_is_filled(ids + count, sizeof ids - count * sizeof *ids));
}

static void test_removing(void) {
    spane_cluster *cluster = mixed_fleet(), *other = some_cluster(0);
    spane_session *session = NULL;
    spane_model *model = any_model();
    spane_placement placement;
    int32_t numbers[4];
    double left[fleet_width];

    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
    expect_servers(cluster, 3, (int32_t[]){0, 1, 2});
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_remove_server(NULL, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_remove_server((spane_cluster *)model, 0));
    for (int i = 0; i < 4; i++) FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_remove_server(cluster, outside[i]));
    DONE(spane_cluster_place(cluster, 1, ASKS(1, 1), (spane_placement){1, 1}));
    DONE(spane_cluster_place(cluster, 2, ASKS(1, 1), (spane_placement){2, 2}));
    FAILS(SPANE_BAD_STATE, "VM", spane_cluster_remove_server(cluster, 1));
    DONE(spane_cluster_remove_server(cluster, 0));
    /* The last one stands where it was, under its old number, with its VMs. */
    expect_servers(cluster, 2, (int32_t[]){2, 1});
    FAILS(SPANE_INVALID_ARGUMENT, "removed", spane_cluster_remove_server(cluster, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "removed", spane_cluster_cordon(cluster, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "removed", spane_cluster_place(cluster, 3, ASKS(1, 1), (spane_placement){0, 1}));
    expect_vms(cluster, 2, 1, (uint64_t[]){2});
    left_of(cluster, 2, left);
    CHECK(left[3] == 31 && left[4] == 63 && left[5] == 2);
    DONE(spane_session_choose(session, ASKS(1, 1), &placement));
    CHECK(placement.server == 2 && placement.nodes == 1);
    CHECK(spane_session_place(session, 4, ASKS(30, 1), &placement) == SPANE_NEVER_FITS); /* it would have held it */
    DONE(spane_cluster_find(cluster, 2, &placement, NULL));
    CHECK(placement.server == 2 && placement.nodes == 2);

    /* The lowest free numbers come first. */
    DONE(spane_cluster_add_servers(cluster, mixed_type(0), 3, numbers));
    CHECK(numbers[0] == 0 && numbers[1] == 3 && numbers[2] == 4);
    expect_servers(cluster, 5, (int32_t[]){2, 1, 0, 3, 4});
    DONE(spane_cluster_remove_server(cluster, 4));
    DONE(spane_cluster_remove_server(cluster, 0));
    expect_servers(cluster, 3, (int32_t[]){2, 1, 3});
    DONE(spane_cluster_add_equal_servers(cluster, 1, 2, 1, numbers));
    DONE(spane_cluster_add_equal_servers(cluster, 1, 2, 1, numbers + 1));
    CHECK(numbers[0] == 0 && numbers[1] == 4);

    REFUSES(SPANE_NULL_POINTER, "cluster", numbers, spane_cluster_servers(NULL, numbers, 4, &(size_t){0}));
    FAILS(SPANE_NULL_POINTER, "count", spane_cluster_servers(cluster, numbers, 4, NULL));
    {
        size_t count = 0;
        REFUSES(SPANE_BUFFER_TOO_SMALL, "5", numbers, spane_cluster_servers(cluster, numbers, 4, &count));
        CHECK(count == 5);
        FAILS(SPANE_NULL_POINTER, "servers", spane_cluster_servers(cluster, NULL, 5, &count));
        DONE(spane_cluster_servers(other, NULL, 0, &count));
        CHECK(count == 0);
    }
    /* Down to none, and again. */
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_release(cluster, 2, NULL));
    for (int32_t server = 0; server < 5; server++) DONE(spane_cluster_remove_server(cluster, server));
    CHECK(spane_session_choose(session, ASKS(1, 1), &placement) == SPANE_NO_ROOM);
    DONE(spane_cluster_add_servers(cluster, mixed_type(1), 1, numbers));
    DONE(spane_session_choose(session, ASKS(1, 1), &placement));
    CHECK(numbers[0] == 0 && placement.server == 0 && placement.nodes == 1);
    spane_session_free(session);
    spane_cluster_free(cluster);
    spane_cluster_free(other);
    spane_model_free(model);
}

static void test_failing(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_model *model = any_model();
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    spane_placement placement;
    double left[fleet_width];
    uint64_t ids[4];
    size_t count = 0;

    for (uint64_t id = 9; id > 6; id--) DONE(spane_cluster_place(cluster, id, ASKS(1, 1), (spane_placement){2, 2}));
    DONE(spane_cluster_place(cluster, 1, ASKS(1, 1), (spane_placement){0, 8}));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_fail_server(NULL, 2, ids, 4, &count));
    FAILS(SPANE_NULL_POINTER, "count", spane_cluster_fail_server(cluster, 2, ids, 4, NULL));
    FAILS(SPANE_NULL_POINTER, "ids", spane_cluster_fail_server(cluster, 2, NULL, 4, &count));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", ids, spane_cluster_fail_server((spane_cluster *)model, 2, ids, 4, &count));
    for (int i = 0; i < 4; i++) {
        REFUSES(SPANE_INVALID_ARGUMENT, "server", ids, spane_cluster_fail_server(cluster, outside[i], ids, 4, &count));
    }
    /* Without room for the ids nothing changes. */
    for (size_t capacity = 0; capacity < 3; capacity++) {
        count = 0;
        REFUSES(SPANE_BUFFER_TOO_SMALL, "3", ids, spane_cluster_fail_server(cluster, 2, ids, capacity, &count));
        CHECK(count == 3);
        DONE(spane_cluster_server(cluster, 2, &info));
        CHECK(info.vms == 3 && info.is_cordoned == 0);
    }
    expect_vms(cluster, -1, 4, (uint64_t[]){1, 7, 8, 9});
    check_fill(ids, sizeof ids);
    DONE(spane_cluster_fail_server(cluster, 2, ids, 4, &count));
    CHECK(count == 3 && ids[0] == 7 && ids[1] == 8 && ids[2] == 9 && check_is_filled(ids + 3, sizeof *ids));
    DONE(spane_cluster_server(cluster, 2, &info));
    CHECK(info.vms == 0 && info.is_cordoned == 1);
    left_of(cluster, 2, left);
    CHECK(left[3] == 32 && left[4] == 64);
    expect_vms(cluster, -1, 1, (uint64_t[]){1});
    REFUSES(SPANE_NOT_FOUND, "id is 8", placement, spane_cluster_find(cluster, 8, &placement, NULL));
    /* Again, with nothing on it; then it is back. */
    DONE(spane_cluster_fail_server(cluster, 2, NULL, 0, &count));
    CHECK(count == 0);
    FAILS(SPANE_INFEASIBLE_ACTION, "cordoned", spane_cluster_place(cluster, 7, ASKS(1, 1), (spane_placement){2, 2}));
    DONE(spane_cluster_uncordon(cluster, 2));
    DONE(spane_cluster_place(cluster, 7, ASKS(1, 1), (spane_placement){2, 2}));
    /* Who does not want the ids need not take them. */
    DONE(spane_cluster_fail_server(cluster, 2, NULL, 0, &count));
    CHECK(count == 1);
    expect_vms(cluster, -1, 1, (uint64_t[]){1});
    spane_cluster_free(cluster);
    spane_model_free(model);
}

static void test_resizing(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    double left[fleet_width], capacity[fleet_width];
    const double small[] = {10, 20, 0, 2, 4, 0}, disk = 5;
    spane_server_type type = {sizeof type, 2, small, &disk, 1u << 7, NULL, NULL};
    int64_t room;
    int32_t server = 0;

    DONE(spane_cluster_place(cluster, 1, ASKS(4, 8), (spane_placement){0, 2}));
    DONE(spane_cluster_place(cluster, 2, ASKS(1, 1), (spane_placement){0, 4}));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_resize_server(NULL, 0, &type));
    FAILS(SPANE_NULL_POINTER, "type", spane_cluster_resize_server(cluster, 0, NULL));
    for (int i = 0; i < 4; i++) {
        FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_resize_server(cluster, outside[i], &type));
    }
    /* A VM runs on node 2, which it would lack. */
    FAILS(SPANE_INVALID_ARGUMENT, "nodes", spane_cluster_resize_server(cluster, 0, &type));
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.nodes == 4 && info.traits == 1);
    DONE(spane_cluster_move(cluster, 2, (spane_placement){0, 1}));
    DONE(spane_cluster_resize_server(cluster, 0, &type));
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.nodes == 2 && info.traits == 1u << 7 && info.vms == 2);
    DONE(spane_cluster_amounts(cluster, &server, 1, capacity, left));
    CHECK(capacity[0] == 10 && capacity[1] == 20 && capacity[3] == 2 && capacity[12] == 5 && capacity[6] == 0);
    /* More runs on node 1 than it holds now. */
    CHECK(left[0] == 9 && left[1] == 19 && left[3] == -2 && left[4] == -4 && left[12] == 5);
    DONE(spane_cluster_room(cluster, ASKS(1, 1), &server, 1, &room));
    CHECK(room == 9);
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 3, ASKS(1, 1), (spane_placement){0, 2}));
    DONE(spane_cluster_release(cluster, 1, NULL));
    left_of(cluster, 0, left);
    CHECK(left[3] == 2 && left[4] == 4);
    DONE(spane_cluster_resize_server(cluster, 0, mixed_type(0)));
    left_of(cluster, 0, left);
    CHECK(left[0] == 19 && left[1] == 44 && left[2] == 1 && left[9] == 20 && left[12] == 1000);
    spane_cluster_free(cluster);
}

static void test_listing(void) {
    spane_cluster *cluster = mixed_fleet();
    uint64_t ids[4];
    size_t count = 7;

    expect_vms(cluster, -1, 0, ids);
    expect_vms(cluster, 1, 0, ids);
    DONE(spane_cluster_place(cluster, UINT64_MAX, ASKS(1, 1), (spane_placement){0, 8}));
    DONE(spane_cluster_place(cluster, 0, ASKS(2, 20), (spane_placement){0, 9}));
    DONE(spane_cluster_place(cluster, 77, ASKS(1, 1), (spane_placement){2, 2}));
    DONE(spane_cluster_place(cluster, 5, ASKS(1, 1), (spane_placement){0, 1}));
    expect_vms(cluster, -1, 4, (uint64_t[]){0, 5, 77, UINT64_MAX});
    expect_vms(cluster, 0, 3, (uint64_t[]){0, 5, UINT64_MAX});
    expect_vms(cluster, 1, 0, ids);
    expect_vms(cluster, 2, 1, (uint64_t[]){77});
    REFUSES(SPANE_BUFFER_TOO_SMALL, "4", ids, spane_cluster_vms(cluster, -1, ids, 3, &count));
    CHECK(count == 4);
    count = 7;
    REFUSES(SPANE_BUFFER_TOO_SMALL, "3", ids, spane_cluster_vms(cluster, 0, ids, 2, &count));
    CHECK(count == 3);
    count = 7;
    DONE(spane_cluster_vms(cluster, 0, NULL, 0, &count));
    CHECK(count == 3);
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_vms(NULL, 0, ids, 4, &count));
    FAILS(SPANE_NULL_POINTER, "ids", spane_cluster_vms(cluster, 0, NULL, 4, &count));
    FAILS(SPANE_NULL_POINTER, "count", spane_cluster_vms(cluster, 0, ids, 4, NULL));
    for (int i = 1; i < 4; i++) {
        REFUSES(SPANE_INVALID_ARGUMENT, "server", ids, spane_cluster_vms(cluster, outside[i], ids, 4, &count));
    }
    spane_cluster_free(cluster);
}

/* How many VMs of a size a server takes, placed one after another on whatever set of nodes leaves room for most. */
static int64_t placed_by_search(spane_cluster *cluster, const spane_request *request, int32_t server, uint64_t id) {
    int64_t best = 0;
    for (uint32_t nodes = 1; nodes < 16; nodes++) {
        const spane_placement placement = {server, nodes};
        int64_t count;
        if (spane_cluster_place(cluster, id, request, placement) != SPANE_OK) continue;
        count = 1 + placed_by_search(cluster, request, server, id + 1);
        DONE(spane_cluster_release(cluster, id, NULL));
        if (count > best) best = count;
    }
    return best;
}

static void test_room(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_model *model = any_model();
    const spane_request plain[] = {REQUEST(8, 3), REQUEST(12, 9.5), REQUEST(20, 11), REQUEST(41, 2), REQUEST(33, 4)};
    spane_request requests[12];
    spane_session *session = NULL;
    const int32_t some[] = {2, 0}, unknown[] = {0, 3};
    int64_t room[3], again[2];
    unsigned long long random = 11;

    for (int i = 0; i < 5; i++) requests[i] = plain[i];
    requests[5] = large_request(8, 8, 1, 1, 0);
    requests[6] = large_request(12, 4, 2, 2, 300);
    requests[7] = large_request(30, 4, 3, 0, 1);
    requests[8] = large_request(40, 4, 4, 2, 0);
    requests[9] = large_request(20, 20, 2, 0, 0);
    requests[9].farthest = 20;
    requests[10] = large_request(12, 20, 1, 0, 0);
    requests[10].require = 2;
    requests[11] = large_request(12, 20, 1, 0, 0);
    requests[11].forbid = 2;
    for (int state = 0; state < 3; state++) {
        int64_t total = 0;
        for (int i = 0; i < 12; i++) {
            DONE(spane_cluster_room(cluster, &requests[i], NULL, 3, room));
            for (int32_t server = 0; server < 3; server++) {
                CHECK(room[server] == placed_by_search(cluster, &requests[i], server, 1000));
                total += room[server];
            }
            DONE(spane_cluster_room(cluster, &requests[i], some, 2, again));
            CHECK(again[0] == room[2] && again[1] == room[0]);
        }
        CHECK(total > 10);
        /* Something comes, so that the nodes of a server differ. */
        for (uint64_t id = 0; id < 3; id++) {
            const double cpu = 1 + (double)(check_random(&random) % 5), mem = 1 + (double)(check_random(&random) % 9);
            DONE(spane_cluster_place(cluster, 100 * (uint64_t)state + id, ASKS(cpu, mem),
                                     (spane_placement){(int32_t)id, id == 0 ? 1u << state : id == 1 ? 1 : 2}));
        }
    }
    /* As many as a session places. */
    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
    DONE(spane_cluster_room(cluster, ASKS(1, 2), NULL, 3, room));
    for (int64_t i = 0; i < room[0] + room[1] + room[2]; i++) {
        DONE(spane_session_place(session, 5000 + (uint64_t)i, ASKS(1, 2), NULL));
    }
    DONE(spane_cluster_room(cluster, ASKS(1, 2), NULL, 3, room));
    CHECK(room[0] == 0 && room[1] == 0 && room[2] == 0);
    CHECK(spane_session_choose(session, ASKS(1, 2), &(spane_placement){0, 0}) == SPANE_NO_ROOM);
    spane_cluster_free(cluster);
    spane_session_free(session);

    cluster = mixed_fleet();
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_room(cluster, ASKS(1, 1), NULL, 3, room));
    CHECK(room[0] == 80 && room[1] == 0 && room[2] == 40);
    REFUSES(SPANE_NULL_POINTER, "cluster", again, spane_cluster_room(NULL, ASKS(1, 1), some, 2, again));
    REFUSES(SPANE_NULL_POINTER, "request", again, spane_cluster_room(cluster, NULL, some, 2, again));
    FAILS(SPANE_NULL_POINTER, "room", spane_cluster_room(cluster, ASKS(1, 1), some, 2, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", again,
            spane_cluster_room((spane_cluster *)model, ASKS(1, 1), some, 2, again));
    REFUSES(SPANE_INVALID_ARGUMENT, "request", again, spane_cluster_room(cluster, ASKS(0, 1), some, 2, again));
    REFUSES(SPANE_INVALID_ARGUMENT, "request", again, spane_cluster_room(cluster, ASKS(1, NAN), some, 2, again));
    REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", again, spane_cluster_room(cluster, ASKS(1, 1), unknown, 2, again));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", again, spane_cluster_room(cluster, ASKS(1, 1), NULL, 2, again));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", again, spane_cluster_room(cluster, ASKS(1, 1), some, SIZE_MAX, again));
    requests[0].struct_size = 0;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", again, spane_cluster_room(cluster, requests, some, 2, again));
    spane_cluster_free(cluster);
    spane_model_free(model);
}

void test_fleet_servers(void) {
    test_removing();
    test_failing();
    test_resizing();
    test_listing();
    test_room();
}
