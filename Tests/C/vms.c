/* The VMs of a cluster. */

#include <math.h>

#include "tests.h"

static const spane_request small = REQUEST(2, 4), large = REQUEST(8, 64);
static const spane_placement somewhere = {0, 2}, split = {0, 3};

static void test_placing(void) {
    spane_cluster *cluster = some_cluster(2);
    spane_model *model = any_model();
    const double bad[] = {0, -1, NAN, INFINITY, -INFINITY, 1e-9, 4294967297.0, 1e300};
    int64_t vms;

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_place(NULL, 1, &small, somewhere));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_place(cluster, 1, NULL, somewhere));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_place((spane_cluster *)model, 1, &small, somewhere));
    for (int i = 0; i < 8; i++) {
        FAILS(SPANE_INVALID_ARGUMENT, "request", spane_cluster_place(cluster, 1, ASKS(bad[i], 1), somewhere));
        FAILS(SPANE_INVALID_ARGUMENT, "request", spane_cluster_place(cluster, 1, ASKS(1, bad[i]), somewhere));
    }
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_place(cluster, 1, &small, (spane_placement){2, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_place(cluster, 1, &small, (spane_placement){-1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_place(cluster, 1, &small, (spane_placement){INT32_MAX, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_place(cluster, 1, &small, (spane_placement){INT32_MIN, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &small, (spane_placement){0, 4}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &small, (spane_placement){0, UINT32_MAX}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &small, (spane_placement){0, 0}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &small, (spane_placement){0, 1u << 31 | 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &small, (spane_placement){0, 0x101}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &small, split));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, &large, somewhere));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 1, ASKS(41, 1), somewhere));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 1, ASKS(4294967296.0, 1), somewhere));
    FAILS(SPANE_INFEASIBLE_ACTION, "room", spane_cluster_place(cluster, 1, ASKS(1, 181), split));
    DONE(spane_cluster_cordon(cluster, 0));
    FAILS(SPANE_INFEASIBLE_ACTION, "cordoned", spane_cluster_place(cluster, 1, &small, somewhere));
    DONE(spane_cluster_uncordon(cluster, 0));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 0);

    DONE(spane_cluster_place(cluster, UINT64_MAX, &small, somewhere));
    DONE(spane_cluster_place(cluster, 0, ASKS(80, 172), (spane_placement){1, 3}));
    FAILS(SPANE_EXISTS, "id", spane_cluster_place(cluster, 0, &small, somewhere));
    FAILS(SPANE_EXISTS, "id", spane_cluster_place(cluster, UINT64_MAX, &small, (spane_placement){1, 1}));
    spane_cluster_free(cluster);
    spane_model_free(model);
}

static void test_finding(void) {
    spane_cluster *cluster = some_cluster(2);
    spane_model *model = any_model();
    spane_placement placement;
    spane_request request = SPANE_REQUEST_INIT, before;

    DONE(spane_cluster_place(cluster, 7, &small, somewhere));
    DONE(spane_cluster_place(cluster, 8, &large, split));
    REFUSES(SPANE_NULL_POINTER, "cluster", placement, spane_cluster_find(NULL, 7, &placement, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", placement,
            spane_cluster_find((spane_cluster *)model, 7, &placement, NULL));
    REFUSES(SPANE_NOT_FOUND, "id is 9", placement, spane_cluster_find(cluster, 9, &placement, NULL));
    before = request;
    FAILS(SPANE_NOT_FOUND, "id is 9", spane_cluster_find(cluster, 9, NULL, &request));
    CHECK(memcmp(&request, &before, sizeof request) == 0);
    DONE(spane_cluster_find(cluster, 7, NULL, NULL));
    DONE(spane_cluster_find(cluster, 7, &placement, &request));
    CHECK(placement.server == 0 && placement.nodes == 2 && request.span == 1 && request.cpu == 2 && request.mem == 4);
    DONE(spane_cluster_find(cluster, 8, &placement, &request));
    CHECK(placement.server == 0 && placement.nodes == 3 && request.span == 2 && request.cpu == 8 && request.mem == 64);

    REFUSES(SPANE_NULL_POINTER, "cluster", placement, spane_cluster_release(NULL, 7, &placement));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", placement,
            spane_cluster_release((spane_cluster *)model, 7, &placement));
    REFUSES(SPANE_NOT_FOUND, "id is 9", placement, spane_cluster_release(cluster, 9, &placement));
    DONE(spane_cluster_release(cluster, 8, &placement));
    CHECK(placement.server == 0 && placement.nodes == 3);
    REFUSES(SPANE_NOT_FOUND, "id is 8", placement, spane_cluster_release(cluster, 8, &placement));
    DONE(spane_cluster_release(cluster, 7, NULL));
    spane_cluster_free(cluster);
    spane_model_free(model);
}

static void test_reserving(void) {
    spane_cluster *cluster = some_cluster(1);
    spane_model *model = any_model();

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_reserve(NULL, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_reserve((spane_cluster *)model, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "vms", spane_cluster_reserve(cluster, SIZE_MAX));
    FAILS(SPANE_INVALID_ARGUMENT, "vms", spane_cluster_reserve(cluster, (size_t)1 << 40));
    FAILS(SPANE_INVALID_ARGUMENT, "vms", spane_cluster_reserve(cluster, ((size_t)1 << 28) + 1));
    DONE(spane_cluster_reserve(cluster, 0));
    DONE(spane_cluster_reserve(cluster, 1000));
    DONE(spane_cluster_reserve(cluster, 10));
    spane_cluster_free(cluster);
    spane_model_free(model);
}

/* Many VMs come and go: what is left is exactly what was there. */
static void test_churn(void) {
    enum { vms = 20000, servers = 50 };
    spane_cluster *cluster = some_cluster(servers);
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    unsigned long long random = 1;
    double left[4];
    int placed = 0;
    int64_t count;

    for (uint64_t id = 0; id < vms; id++) {
        spane_request request = REQUEST((double)(1 + check_random(&random) % 100) / 7, (double)(1 + check_random(&random) % 99) / 9);
        spane_placement placement = {(int32_t)(check_random(&random) % servers), 1u << check_random(&random) % 2};
        if (request.mem > 10) placement.nodes = 3;
        if (spane_cluster_place(cluster, id * id, &request, placement) == SPANE_OK) placed++;
        if (id > 200 && spane_cluster_release(cluster, (id - 200) * (id - 200), NULL) == SPANE_OK) placed--;
    }
    DONE(spane_cluster_count(cluster, NULL, &count));
    CHECK(count == placed && placed > 50);
    for (uint64_t id = 0; id < vms; id++) {
        spane_status status = spane_cluster_release(cluster, id * id, NULL);
        CHECK(status == SPANE_OK || status == SPANE_NOT_FOUND);
    }
    for (int32_t server = 0; server < servers; server++) {
        DONE(spane_cluster_server(cluster, server, &info));
        CHECK(info.vms == 0);
        DONE(spane_cluster_amounts(cluster, &server, 1, NULL, left));
        CHECK(left[0] == 40 && left[1] == 90 && left[2] == 40 && left[3] == 90);
    }
    spane_cluster_free(cluster);
}

void test_vms(void) {
    test_placing();
    test_finding();
    test_reserving();
    test_churn();
}
