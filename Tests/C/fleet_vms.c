/* VMs on servers that differ: spans, resources, traits and distances, and VMs that move, change or were there before. */

#include <math.h>

#include "tests.h"

/* A session must choose these nodes of this server. */
static void expect_choice(spane_session *session, const spane_request *request, int32_t server, uint32_t nodes) {
    spane_placement placement = {-7, 0};
    DONE(spane_session_choose(session, request, &placement));
    CHECK(placement.server == server && placement.nodes == nodes);
}

static spane_request spread(double cpu, double mem, int32_t span) { return large_request(cpu, mem, span, 0, 0); }

static void test_spans(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_session *session = NULL;
    spane_placement placement = {-7, 0};
    spane_request request = SPANE_REQUEST_INIT;
    double left[fleet_width];

    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
    /* By the rule: above 10 GB, and from 16 cores on. */
    expect_choice(session, ASKS(4, 10), 0, 1);
    expect_choice(session, ASKS(4, 10.000001), 0, 3);
    expect_choice(session, ASKS(15.999999, 4), 0, 1);
    expect_choice(session, ASKS(16, 4), 0, 3);
    /* By the request, whatever the rule says. */
    for (int32_t span = 1; span <= 4; span++) {
        request = spread(18, 44, span);
        expect_choice(session, &request, 0, (1u << span) - 1);
    }
    request = spread(4, 8, 5);
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NEVER_FITS);
    for (int32_t span = -1; span <= 9; span += 10) {
        request.span = span;
        REFUSES(SPANE_INVALID_ARGUMENT, "span", placement, spane_session_choose(session, &request, &placement));
        FAILS(SPANE_INVALID_ARGUMENT, "span", spane_cluster_place(cluster, 1, &request, (spane_placement){0, 1}));
    }
    /* As many nodes as it spans, of those that the server has. */
    request = spread(4, 8, 3);
    for (uint32_t nodes = 0; nodes < 40; nodes++) {
        int bits = 0;
        for (uint32_t rest = nodes; rest; rest &= rest - 1) bits++;
        if (bits == 3 && nodes < 16) continue;
        FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_place(cluster, 1, &request, (spane_placement){0, nodes}));
        FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_record(cluster, 1, &request, (spane_placement){0, nodes}));
    }
    FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_place(cluster, 1, ASKS(1, 1), (spane_placement){1, 2}));
    FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_place(cluster, 1, ASKS(1, 20), (spane_placement){1, 3}));

    /* Spread evenly; of the nodes that are left those that are near each other. */
    DONE(spane_cluster_place(cluster, 1, ASKS(12, 9), (spane_placement){0, 1}));
    request = spread(20, 20, 2);
    DONE(spane_session_place(session, 2, &request, &placement));
    CHECK(placement.server == 0 && placement.nodes == 12);
    left_of(cluster, 0, left);
    CHECK(left[0] == 8 && left[1] == 36 && left[3] == 20 && left[6] == 10 && left[7] == 35 && left[9] == 10);
    DONE(spane_cluster_find(cluster, 2, &placement, &request));
    CHECK(placement.nodes == 12 && request.span == 2 && request.cpu == 20 && request.mem == 20);
    request = spread(1, 1, 3);
    DONE(spane_cluster_place(cluster, 3, &request, (spane_placement){0, 7}));
    for (uint64_t id = 1; id <= 3; id++) DONE(spane_cluster_release(cluster, id, NULL));
    left_of(cluster, 0, left);
    for (int i = 0; i < 12; i++) CHECK(left[i] == mixed_type(0)->node_amounts[i]);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_decimals(void) {
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    spane_cluster *cluster = NULL;
    spane_session *session = NULL;
    spane_placement placement;
    double left[2];

    options.nodes = 1;
    DONE(spane_cluster_new(&options, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 1, 0.7, 1, NULL));
    DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &session));
    for (uint64_t id = 0; id < 10; id++) DONE(spane_session_place(session, id, ASKS(0.1, 0.07), NULL));
    DONE(spane_cluster_amounts(cluster, NULL, 1, NULL, left));
    CHECK(left[0] == 0 && left[1] == 0);
    CHECK(spane_session_place(session, 10, ASKS(0.000001, 0.000001), &placement) == SPANE_NO_ROOM);
    for (uint64_t id = 0; id < 9; id++) DONE(spane_cluster_release(cluster, id, NULL));
    DONE(spane_cluster_amounts(cluster, NULL, 1, NULL, left));
    CHECK(left[0] == 0.9 && left[1] == 0.63);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_resources(void) {
    spane_cluster *cluster = mixed_fleet(), *plain = some_cluster(1);
    spane_session *session = NULL;
    spane_placement placement = {-7, 0};
    spane_request request;
    double amounts[3] = {1, 0, 0}, left[fleet_width];
    const double bad[] = {-1, NAN, INFINITY, 4294967297.0};
    const spane_placement expected[] = {{0, 1}, {0, 2}, {0, 4}, {0, 8}, {2, 2}, {2, 2}};

    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
    /* A gpu each, with the disk left out. */
    request = large_request(1, 1, 0, 1, 0);
    request.amount_count = 1;
    for (uint64_t id = 0; id < 6; id++) {
        DONE(spane_session_place(session, id, &request, &placement));
        CHECK(placement.server == expected[id].server && placement.nodes == expected[id].nodes);
    }
    CHECK(spane_session_place(session, 6, &request, &placement) == SPANE_NO_ROOM);
    CHECK(spane_session_place(session, 6, ASKS(1, 1), &placement) == SPANE_OK && placement.server == 0);
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 7, &request, (spane_placement){0, 1}));
    DONE(spane_cluster_release(cluster, 3, NULL));
    expect_choice(session, &request, 0, 8);
    request = large_request(1, 1, 0, 3, 0);
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NEVER_FITS);
    /* Over two nodes each gives half: server 0 has a gpu on node 3 alone. */
    request = large_request(2, 2, 2, 1, 0);
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NO_ROOM);
    DONE(spane_cluster_release(cluster, 2, NULL));
    expect_choice(session, &request, 0, 12);
    /* Tenths of a gpu. */
    request = large_request(0.1, 0.1, 1, 0.1, 0);
    for (uint64_t id = 100; id < 110; id++) DONE(spane_cluster_place(cluster, id, &request, (spane_placement){0, 4}));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 110, &request, (spane_placement){0, 4}));
    left_of(cluster, 0, left);
    CHECK(left[8] == 0 && left[6] == 19 && left[7] == 44);

    /* The disk of a server, which no node has. */
    request = large_request(1, 1, 0, 0, 600);
    expect_choice(session, &request, 0, 1);
    DONE(spane_session_place(session, 200, &request, NULL));
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NO_ROOM);
    request = large_request(1, 20, 2, 0, 400.000001);
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NO_ROOM); /* server 1 has one node only */
    request = large_request(1, 1, 0, 0, 400.000001);
    expect_choice(session, &request, 1, 1);
    left_of(cluster, 0, left);
    CHECK(left[12] == 400);
    request = large_request(1, 1, 0, 0, 1000.5);
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NEVER_FITS);

    /* What was asked for, in all. */
    DONE(spane_cluster_vm_amounts(cluster, 200, left, 2));
    CHECK(left[0] == 0 && left[1] == 600);
    request = large_request(2, 2, 2, 0.5, 0.25);
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 201, &request, (spane_placement){0, 12}));
    DONE(spane_cluster_release(cluster, 100, NULL));
    DONE(spane_cluster_release(cluster, 101, NULL));
    DONE(spane_cluster_release(cluster, 102, NULL));
    DONE(spane_cluster_place(cluster, 201, &request, (spane_placement){0, 12}));
    DONE(spane_cluster_vm_amounts(cluster, 201, left, 2));
    CHECK(left[0] == 0.5 && left[1] == 0.25);
    DONE(spane_cluster_vm_amounts(cluster, 6, left, 2));
    CHECK(left[0] == 0 && left[1] == 0);
    REFUSES(SPANE_NOT_FOUND, "id is 999", left, spane_cluster_vm_amounts(cluster, 999, left, 2));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", left, spane_cluster_vm_amounts(cluster, 201, left, 1));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", left, spane_cluster_vm_amounts(cluster, 201, left, 3));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", left, spane_cluster_vm_amounts(cluster, 201, left, SIZE_MAX));
    REFUSES(SPANE_NULL_POINTER, "cluster", left, spane_cluster_vm_amounts(NULL, 201, left, 2));
    FAILS(SPANE_NULL_POINTER, "amounts", spane_cluster_vm_amounts(cluster, 201, NULL, 2));
    DONE(spane_cluster_place(plain, 1, ASKS(1, 1), (spane_placement){0, 1}));
    DONE(spane_cluster_vm_amounts(plain, 1, NULL, 0));

    request = large_request(1, 1, 0, 1, 1);
    request.amounts = amounts;
    request.amount_count = 3;
    FAILS(SPANE_INVALID_ARGUMENT, "amount_count", spane_cluster_place(cluster, 300, &request, (spane_placement){0, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "amount_count", spane_cluster_place(plain, 300, &request, (spane_placement){0, 1}));
    request.amount_count = UINT32_MAX;
    FAILS(SPANE_INVALID_ARGUMENT, "amount_count", spane_cluster_place(cluster, 300, &request, (spane_placement){0, 1}));
    request.amount_count = 2;
    request.amounts = NULL;
    FAILS(SPANE_NULL_POINTER, "amounts", spane_cluster_place(cluster, 300, &request, (spane_placement){0, 1}));
    request.amounts = amounts;
    for (int i = 0; i < 4; i++) {
        for (int at = 0; at < 2; at++) {
            amounts[at] = bad[i];
            amounts[1 - at] = 0;
            FAILS(SPANE_INVALID_ARGUMENT, at ? "disk" : "gpu",
                  spane_cluster_place(cluster, 300, &request, (spane_placement){0, 1}));
            REFUSES(SPANE_INVALID_ARGUMENT, at ? "disk" : "gpu", placement,
                    spane_session_choose(session, &request, &placement));
        }
    }
    spane_session_free(session);
    spane_cluster_free(cluster);
    spane_cluster_free(plain);
}

static void test_traits(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_session *session = NULL;
    spane_placement placement;
    spane_request request = *ASKS(1, 1);
    static const struct {
        uint64_t require, forbid;
        int32_t server; /* the first one; SPANE_NEVER where there is none */
    } cases[] = {
        {0, 0, 0},           {1, 0, 0},           {2, 0, 1},           {3, 0, 2}, {0, 1, 1}, {0, 2, 0}, {1, 2, 0},
        {2, 1, 1},           {4, 0, SPANE_NEVER}, {0, 3, SPANE_NEVER}, {3, 3, SPANE_NEVER},
        {1ull << 63, 0, SPANE_NEVER}, {0, 1ull << 63, 0},
    };
    const char *const heuristics[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random:1"};

    for (int i = 0; i < 5; i++) {
        DONE(spane_session_new(cluster, HEURISTIC(heuristics[i]), &session));
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            spane_status status;
            request.require = cases[k].require;
            request.forbid = cases[k].forbid;
            status = spane_session_choose(session, &request, &placement);
            CHECK(status == (cases[k].server == SPANE_NEVER ? SPANE_NEVER_FITS : SPANE_OK));
            if (status != SPANE_OK) continue;
            CHECK((mixed_type(placement.server)->traits & request.require) == request.require);
            CHECK((mixed_type(placement.server)->traits & request.forbid) == 0);
            CHECK(i > 0 || placement.server == cases[k].server);
        }
        spane_session_free(session);
    }
    request.require = 2;
    request.forbid = 0;
    FAILS(SPANE_INFEASIBLE_ACTION, "", spane_cluster_place(cluster, 1, &request, (spane_placement){0, 1}));
    DONE(spane_cluster_record(cluster, 1, &request, (spane_placement){0, 1})); /* it is there all the same */
    spane_cluster_free(cluster);
}

static void test_distances(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_session *session = NULL;
    spane_placement placement;
    spane_request request = spread(2, 2, 2);

    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
    for (int32_t server = 2; server > 0; server--) DONE(spane_cluster_remove_server(cluster, server));
    request.farthest = 20;
    FAILS(SPANE_INFEASIBLE_ACTION, "", spane_cluster_place(cluster, 1, &request, (spane_placement){0, 5}));
    DONE(spane_cluster_place(cluster, 1, &request, (spane_placement){0, 3}));
    /* Nodes 0 and 2 are full, so that those left are far from each other. */
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_set_free(cluster, 0, 0, 0, 0));
    DONE(spane_cluster_set_free(cluster, 0, 2, 0, 0));
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NO_ROOM);
    request.farthest = 29;
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NO_ROOM);
    request.farthest = 30;
    expect_choice(session, &request, 0, 10);
    request.farthest = 0;
    expect_choice(session, &request, 0, 10);
    request.farthest = 19;
    CHECK(spane_session_choose(session, &request, &placement) == SPANE_NEVER_FITS);
    request.farthest = 256;
    REFUSES(SPANE_INVALID_ARGUMENT, "farthest", placement, spane_session_choose(session, &request, &placement));
    request.farthest = UINT32_MAX;
    REFUSES(SPANE_INVALID_ARGUMENT, "farthest", placement, spane_session_choose(session, &request, &placement));
    /* Servers that tell no distances have none that is too far. */
    DONE(spane_cluster_add_servers(cluster, mixed_type(2), 1, NULL));
    request.farthest = 1;
    expect_choice(session, &request, 1, 3);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_recording(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_session *session = NULL;
    spane_model *model = any_model();
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    spane_placement placement;
    spane_request request = spread(30, 9, 1);
    double left[fleet_width];
    int64_t vms;

    DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &session));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_record(cluster, 1, &request, (spane_placement){1, 1}));
    DONE(spane_cluster_record(cluster, 2, &request, (spane_placement){1, 1}));
    left_of(cluster, 1, left);
    CHECK(left[0] == -20 && left[1] == 72);
    DONE(spane_cluster_server(cluster, 1, &info));
    CHECK(info.vms == 2 && info.is_cordoned == 1);
    DONE(spane_cluster_uncordon(cluster, 1));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 3, ASKS(1, 1), (spane_placement){1, 1}));
    DONE(spane_session_choose(session, ASKS(1, 1), &placement));
    CHECK(placement.server != 1);
    /* It may shrink where it is, though not grow. */
    request.cpu = 29;
    DONE(spane_cluster_resize(cluster, 1, &request));
    request.cpu = 29.5;
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_resize(cluster, 1, &request));
    left_of(cluster, 1, left);
    CHECK(left[0] == -19);
    DONE(spane_cluster_release(cluster, 1, &placement));
    CHECK(placement.server == 1 && placement.nodes == 1);
    left_of(cluster, 1, left);
    CHECK(left[0] == 10 && left[1] == 81);
    DONE(spane_cluster_place(cluster, 3, ASKS(1, 1), (spane_placement){1, 1}));

    FAILS(SPANE_EXISTS, "id", spane_cluster_record(cluster, 2, ASKS(1, 1), (spane_placement){0, 1}));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_record(NULL, 4, ASKS(1, 1), (spane_placement){0, 1}));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_record(cluster, 4, NULL, (spane_placement){0, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster",
          spane_cluster_record((spane_cluster *)model, 4, ASKS(1, 1), (spane_placement){0, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_record(cluster, 4, ASKS(1, 1), (spane_placement){3, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_record(cluster, 4, ASKS(1, 1), (spane_placement){-1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "request", spane_cluster_record(cluster, 4, ASKS(NAN, 1), (spane_placement){0, 1}));
    request.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_record(cluster, 4, &request, (spane_placement){0, 1}));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 2);
    spane_session_free(session);
    spane_cluster_free(cluster);
    spane_model_free(model);
}

static void test_moving(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_placement placement;
    spane_request request = spread(30, 20, 2);
    double left[fleet_width];

    DONE(spane_cluster_place(cluster, 1, ASKS(12, 9), (spane_placement){0, 8}));
    DONE(spane_cluster_place(cluster, 2, &request, (spane_placement){0, 3}));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_move(NULL, 1, (spane_placement){0, 1}));
    FAILS(SPANE_NOT_FOUND, "id is 3", spane_cluster_move(cluster, 3, (spane_placement){0, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_move(cluster, 1, (spane_placement){3, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_move(cluster, 1, (spane_placement){0, 3}));
    FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_move(cluster, 1, (spane_placement){1, 2}));
    FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_move(cluster, 1, (spane_placement){0, 0}));
    FAILS(SPANE_INVALID_ARGUMENT, "placement", spane_cluster_move(cluster, 1, (spane_placement){0, 0x108}));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_move(cluster, 1, (spane_placement){2, 1}));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_move(cluster, 1, (spane_placement){0, 1}));
    DONE(spane_cluster_cordon(cluster, 1));
    FAILS(SPANE_INFEASIBLE_ACTION, "cordoned", spane_cluster_move(cluster, 1, (spane_placement){1, 1}));
    DONE(spane_cluster_uncordon(cluster, 1));
    DONE(spane_cluster_find(cluster, 1, &placement, NULL));
    CHECK(placement.server == 0 && placement.nodes == 8);
    left_of(cluster, 0, left);
    CHECK(left[0] == 5 && left[3] == 5 && left[6] == 20 && left[9] == 8);

    DONE(spane_cluster_move(cluster, 1, (spane_placement){1, 1}));
    left_of(cluster, 0, left);
    CHECK(left[9] == 20 && left[10] == 45);
    left_of(cluster, 1, left);
    CHECK(left[0] == 28 && left[1] == 81);
    /* What it leaves counts as free, where it keeps a node. */
    DONE(spane_cluster_move(cluster, 2, (spane_placement){0, 6}));
    left_of(cluster, 0, left);
    CHECK(left[0] == 20 && left[3] == 5 && left[6] == 5 && left[9] == 20);
    DONE(spane_cluster_cordon(cluster, 0));
    DONE(spane_cluster_move(cluster, 2, (spane_placement){0, 6}));
    DONE(spane_cluster_find(cluster, 2, &placement, &request));
    CHECK(placement.nodes == 6 && request.span == 2 && request.cpu == 30);
    spane_cluster_free(cluster);
}

static void test_resizing(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_request request = spread(20, 20, 2), found = SPANE_REQUEST_INIT;
    double left[fleet_width], amounts[2];

    DONE(spane_cluster_place(cluster, 1, &request, (spane_placement){0, 3}));
    DONE(spane_cluster_place(cluster, 2, ASKS(1, 1), (spane_placement){0, 1}));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_resize(NULL, 1, &request));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_resize(cluster, 1, NULL));
    FAILS(SPANE_NOT_FOUND, "id is 3", spane_cluster_resize(cluster, 3, &request));
    FAILS(SPANE_INVALID_ARGUMENT, "request", spane_cluster_resize(cluster, 1, ASKS(0, 20)));
    FAILS(SPANE_INVALID_ARGUMENT, "NUMA nodes", spane_cluster_resize(cluster, 1, ASKS(4, 4)));
    request.span = 3;
    FAILS(SPANE_INVALID_ARGUMENT, "NUMA nodes", spane_cluster_resize(cluster, 1, &request));
    request = spread(38.000002, 20, 2);
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_resize(cluster, 1, &request));
    request = large_request(20, 20, 2, 2.5, 0);
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_resize(cluster, 1, &request));
    request.struct_size = 4;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_resize(cluster, 1, &request));
    left_of(cluster, 0, left);
    CHECK(left[0] == 9 && left[3] == 10 && left[4] == 35);

    request = large_request(38, 40, 2, 2, 1000);
    DONE(spane_cluster_resize(cluster, 1, &request));
    left_of(cluster, 0, left);
    CHECK(left[0] == 0 && left[1] == 24 && left[2] == 0 && left[3] == 1 && left[5] == 0 && left[12] == 0);
    DONE(spane_cluster_vm_amounts(cluster, 1, amounts, 2));
    CHECK(amounts[0] == 2 && amounts[1] == 1000);
    DONE(spane_cluster_resize(cluster, 1, ASKS(2, 11))); /* over two nodes by the rule */
    DONE(spane_cluster_find(cluster, 1, NULL, &found));
    CHECK(found.cpu == 2 && found.mem == 11 && found.span == 2);
    DONE(spane_cluster_vm_amounts(cluster, 1, amounts, 2));
    CHECK(amounts[0] == 0 && amounts[1] == 0);
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_release(cluster, 2, NULL));
    left_of(cluster, 0, left);
    for (int i = 0; i < 12; i++) CHECK(left[i] == mixed_type(0)->node_amounts[i]);
    CHECK(left[12] == 1000);
    spane_cluster_free(cluster);
}

static void test_renaming(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_placement placement;
    int64_t vms;

    DONE(spane_cluster_place(cluster, 1, ASKS(1, 1), (spane_placement){0, 8}));
    DONE(spane_cluster_place(cluster, 2, ASKS(1, 1), (spane_placement){2, 2}));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_rename(NULL, 1, 3));
    FAILS(SPANE_NOT_FOUND, "id is 3", spane_cluster_rename(cluster, 3, 4));
    FAILS(SPANE_NOT_FOUND, "id is 3", spane_cluster_rename(cluster, 3, 1));
    FAILS(SPANE_EXISTS, "id is 2", spane_cluster_rename(cluster, 1, 2));
    DONE(spane_cluster_rename(cluster, 1, 1));
    DONE(spane_cluster_rename(cluster, 1, UINT64_MAX));
    REFUSES(SPANE_NOT_FOUND, "id is 1", placement, spane_cluster_find(cluster, 1, &placement, NULL));
    DONE(spane_cluster_find(cluster, UINT64_MAX, &placement, NULL));
    CHECK(placement.server == 0 && placement.nodes == 8);
    DONE(spane_cluster_rename(cluster, 2, 1)); /* it is free again */
    DONE(spane_cluster_release(cluster, 1, &placement));
    CHECK(placement.server == 2 && placement.nodes == 2);
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 1);
    spane_cluster_free(cluster);
}

/* What was asked for is told to older and newer programs, and heard from them. */
static void test_sizes(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_session *session = NULL;
    spane_placement placement, many[3];
    spane_request request = large_request(8, 20, 2, 1, 100), found, before;
    struct newer {
        spane_request request;
        double more[3];
    } newer, list[3];

    request.require = 1;
    request.forbid = 4;
    request.farthest = 20;
    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
    DONE(spane_cluster_place(cluster, 1, &request, (spane_placement){0, 3}));
    found = request;
    found.require = found.forbid = 0;
    DONE(spane_cluster_find(cluster, 1, NULL, &found));
    CHECK(found.span == 2 && found.cpu == 8 && found.mem == 20 && found.require == 1 && found.forbid == 4);
    CHECK(found.farthest == 20 && !found.amounts && found.amount_count == 0);
    check_fill(&found, sizeof found);
    found.struct_size = (uint32_t)offsetof(spane_request, amounts);
    DONE(spane_cluster_find(cluster, 1, NULL, &found));
    CHECK(found.span == 2 && found.cpu == 8 && found.mem == 20);
    CHECK(check_is_filled(&found.amounts, sizeof found - offsetof(spane_request, amounts)));
    check_fill(&newer, sizeof newer);
    newer.request.struct_size = sizeof newer;
    DONE(spane_cluster_find(cluster, 1, NULL, &newer.request));
    CHECK(newer.request.require == 1 && check_is_filled(newer.more, sizeof newer.more));

    /* An older program knows of cores and GB alone; what is behind them is not looked at. */
    request = large_request(1, 1, 0, 50, 5000);
    request.require = 64;
    request.struct_size = (uint32_t)offsetof(spane_request, amounts);
    expect_choice(session, &request, 0, 1);
    DONE(spane_cluster_place(cluster, 2, &request, (spane_placement){0, 1}));
    for (int i = 0; i < 3; i++) {
        check_fill(&list[i], sizeof list[i]);
        list[i].request = large_request(1, 1, 0, i == 1 ? 50 : 0, 0);
        list[i].request.require = i == 2 ? 2 : 0;
        list[i].request.struct_size = sizeof *list;
    }
    expect_choice(session, &list[2].request, 1, 1);
    DONE(spane_session_choose_many(session, &list[0].request, 3, many));
    CHECK(many[0].server == 0 && many[0].nodes == 1 && many[1].server == SPANE_NEVER && many[1].nodes == 0);
    CHECK(many[2].server == 1 && many[2].nodes == 1);

    for (uint32_t size = 0; size <= 4; size += 4) {
        request.struct_size = size;
        FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_place(cluster, 9, &request, (spane_placement){0, 1}));
        REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", placement, spane_session_choose(session, &request, &placement));
        REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", placement, spane_session_place(session, 9, &request, &placement));
        REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", many, spane_session_choose_many(session, &request, 1, many));
        before = request;
        REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", placement, spane_cluster_find(cluster, 1, &placement, &request));
        CHECK(memcmp(&request, &before, sizeof request) == 0);
    }
    spane_session_free(session);
    spane_cluster_free(cluster);
}

void test_fleet_vms(void) {
    test_spans();
    test_decimals();
    test_resources();
    test_traits();
    test_distances();
    test_recording();
    test_moving();
    test_resizing();
    test_renaming();
    test_sizes();
}
