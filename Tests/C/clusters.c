/* Clusters and their servers. */

#include <math.h>

#include "tests.h"

static void test_options(void) {
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT, initialised;
    spane_cluster *cluster = NULL;
    spane_placement placement = {0, 0};
    const double bad[] = {-1, -INFINITY, NAN};

    FAILS(SPANE_NULL_POINTER, "options", spane_cluster_options_init(NULL));
    check_fill(&initialised, sizeof initialised);
    DONE(spane_cluster_options_init(&initialised));
    CHECK(memcmp(&initialised, &options, sizeof options) == 0);

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_new(&options, NULL));
    for (int i = 0; i < 3; i++) {
        options.split_above = bad[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "split_above", cluster, spane_cluster_new(&options, &cluster));
    }
    options.split_above = 10;
    options.reserved = 1;
    REFUSES(SPANE_INVALID_ARGUMENT, "reserved", cluster, spane_cluster_new(&options, &cluster));
    options.reserved = 0;
    options.struct_size = 0;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", cluster, spane_cluster_new(&options, &cluster));
    options.struct_size = UINT32_MAX;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", cluster, spane_cluster_new(&options, &cluster));

    /* Never split; then an older program, which knows no split_above. */
    options.struct_size = sizeof options;
    options.split_above = INFINITY;
    DONE(spane_cluster_new(&options, &cluster));
    DONE(spane_cluster_add_servers(cluster, &(spane_node){40, 90}, 1, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "node",
          spane_cluster_place(cluster, 1, (spane_request){1, 80}, (spane_placement){0, SPANE_ALL_NODES}));
    DONE(spane_cluster_place(cluster, 1, (spane_request){1, 80}, placement));
    spane_cluster_free(cluster);
    options.struct_size = 8;
    DONE(spane_cluster_new(&options, &cluster));
    DONE(spane_cluster_add_servers(cluster, &(spane_node){40, 90}, 1, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, (spane_request){1, 80}, placement));
    spane_cluster_free(cluster);
}

static void test_adding(void) {
    const double bad[] = {0, -1, NAN, INFINITY, 1e-9, 4294967297.0, 1e300};
    spane_cluster *cluster = some_cluster(0);
    spane_model *model = any_model();
    spane_node node = {40, 90}, *many;
    int32_t first;
    int64_t servers = -1, vms = -1;

    REFUSES(SPANE_NULL_POINTER, "cluster", first, spane_cluster_add_servers(NULL, &node, 1, &first));
    REFUSES(SPANE_NULL_POINTER, "nodes", first, spane_cluster_add_servers(cluster, NULL, 1, &first));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", first,
            spane_cluster_add_servers((spane_cluster *)model, &node, 1, &first));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", first, spane_cluster_add_servers(cluster, &node, SIZE_MAX, &first));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", first, spane_cluster_add_servers(cluster, &node, (size_t)1 << 40, &first));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", first,
            spane_cluster_add_servers(cluster, &node, SPANE_MAX_SERVERS + 1, &first));
    for (int i = 0; i < 7; i++) {
        spane_node nodes[2] = {{40, 90}, {bad[i], 90}};
        REFUSES(SPANE_INVALID_ARGUMENT, "nodes[1]", first, spane_cluster_add_servers(cluster, nodes, 2, &first));
        nodes[1] = (spane_node){40, bad[i]};
        REFUSES(SPANE_INVALID_ARGUMENT, "nodes[1]", first, spane_cluster_add_servers(cluster, nodes, 2, &first));
    }
    DONE(spane_cluster_count(cluster, &servers, &vms));
    CHECK(servers == 0 && vms == 0);

    DONE(spane_cluster_add_servers(cluster, NULL, 0, &first));
    CHECK(first == 0);
    DONE(spane_cluster_add_servers(cluster, &node, 1, NULL));
    DONE(spane_cluster_add_servers(cluster, &(spane_node){4294967296.0, 1e-6}, 1, &first));
    CHECK(first == 1);
    many = malloc(SPANE_MAX_SERVERS * sizeof *many);
    for (int i = 0; i < SPANE_MAX_SERVERS; i++) many[i] = node;
    REFUSES(SPANE_INVALID_ARGUMENT, "servers", first,
            spane_cluster_add_servers(cluster, many, SPANE_MAX_SERVERS - 1, &first));
    DONE(spane_cluster_add_servers(cluster, many, SPANE_MAX_SERVERS - 2, &first));
    CHECK(first == 2);
    REFUSES(SPANE_INVALID_ARGUMENT, "servers", first, spane_cluster_add_servers(cluster, many, 1, &first));
    DONE(spane_cluster_count(cluster, &servers, NULL));
    CHECK(servers == SPANE_MAX_SERVERS);
    free(many);
    spane_cluster_free(cluster);
    spane_model_free(model);
}

static void test_servers(void) {
    spane_cluster *cluster = some_cluster(2);
    spane_session *session = NULL;
    spane_server_info info = SPANE_SERVER_INFO_INIT, before;
    int64_t servers;
    const int32_t outside[] = {-1, 2, INT32_MIN, INT32_MAX};

    REFUSES(SPANE_NULL_POINTER, "cluster", servers, spane_cluster_count(NULL, &servers, NULL));
    DONE(spane_cluster_count(cluster, NULL, NULL));
    DONE(spane_session_new_heuristic(cluster, "first-fit", &session));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", servers, spane_cluster_count((spane_cluster *)session, &servers, NULL));

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_server(NULL, 0, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_cluster_server(cluster, 0, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_server((spane_cluster *)session, 0, &info));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_cordon(NULL, 0));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_uncordon(NULL, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_cordon((spane_cluster *)session, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_uncordon((spane_cluster *)session, 0));
    check_fill(&info, sizeof info);
    info.struct_size = sizeof info;
    before = info;
    for (int i = 0; i < 4; i++) {
        FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_server(cluster, outside[i], &info));
        FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_cordon(cluster, outside[i]));
        FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_uncordon(cluster, outside[i]));
    }
    info.struct_size = before.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_server(cluster, 0, &info));
    CHECK(memcmp(&info, &before, sizeof info) == 0);

    info.struct_size = sizeof info;
    DONE(spane_cluster_place(cluster, 5, (spane_request){4, 20}, (spane_placement){1, SPANE_ALL_NODES}));
    DONE(spane_cluster_place(cluster, 6, (spane_request){0.5, 3}, (spane_placement){1, 1}));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_server(cluster, 1, &info));
    CHECK(info.is_cordoned == 1 && info.vms == 2 && info.reserved == 0);
    CHECK(info.capacity.cpu == 40 && info.capacity.mem == 90);
    CHECK(info.free[0].cpu == 38 && info.free[0].mem == 80);
    CHECK(info.free[1].cpu == 37.5 && info.free[1].mem == 77);
    DONE(spane_cluster_uncordon(cluster, 1));
    DONE(spane_cluster_uncordon(cluster, 1));
    DONE(spane_cluster_server(cluster, 1, &info));
    CHECK(info.is_cordoned == 0);
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.vms == 0 && info.free[0].cpu == 40 && info.free[1].mem == 90);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_free_amounts(void) {
    spane_cluster *cluster = some_cluster(1);
    spane_model *model = any_model();
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    const double bad[] = {-1, NAN, INFINITY, -INFINITY, 40.001, 1e300};

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_set_free(NULL, 0, 0, (spane_node){1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_set_free((spane_cluster *)model, 0, 0, (spane_node){1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_set_free(cluster, 1, 0, (spane_node){1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_set_free(cluster, INT32_MIN, 0, (spane_node){1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_set_free(cluster, 0, 2, (spane_node){1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_set_free(cluster, 0, SPANE_ALL_NODES, (spane_node){1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_set_free(cluster, 0, INT32_MAX, (spane_node){1, 1}));
    DONE(spane_cluster_place(cluster, 1, (spane_request){4, 6}, (spane_placement){0, 0}));
    for (int i = 0; i < 6; i++) {
        FAILS(SPANE_INVALID_ARGUMENT, "free", spane_cluster_set_free(cluster, 0, 1, (spane_node){bad[i], 1}));
        FAILS(SPANE_INVALID_ARGUMENT, "free", spane_cluster_set_free(cluster, 0, 1, (spane_node){1, bad[i] * 3}));
    }
    FAILS(SPANE_INVALID_ARGUMENT, "free", spane_cluster_set_free(cluster, 0, 0, (spane_node){37, 1}));
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.free[0].cpu == 36 && info.free[0].mem == 84 && info.free[1].cpu == 40);
    DONE(spane_cluster_set_free(cluster, 0, 0, (spane_node){36, 84}));
    DONE(spane_cluster_set_free(cluster, 0, 0, (spane_node){0, 0}));
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.free[0].cpu == 4 && info.free[0].mem == 6);
    /* All at once. */
    {
        spane_node left[3 * SPANE_NODES], one[SPANE_NODES];
        int64_t servers = 0;
        DONE(spane_cluster_count(cluster, &servers, NULL));
        DONE(spane_cluster_add_servers(cluster, (spane_node[]){{8, 16}, {4, 32}}, 2, NULL));
        DONE(spane_cluster_cordon(cluster, (int32_t)servers));
        DONE(spane_cluster_read_free(cluster, 0, 1, left));
        CHECK(left[0].cpu == 4 && left[0].mem == 6 && left[1].cpu == 40 && left[1].mem == 90);
        DONE(spane_cluster_read_free(cluster, (size_t)servers - 1, 3, left));
        CHECK(left[2].cpu == 8 && left[3].mem == 16 && left[4].cpu == 4 && left[5].mem == 32);
        DONE(spane_cluster_read_free(cluster, (size_t)servers + 2, 0, NULL));
        FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_read_free(NULL, 0, 1, one));
        FAILS(SPANE_NULL_POINTER, "free", spane_cluster_read_free(cluster, 0, 1, NULL));
        REFUSES(SPANE_INVALID_ARGUMENT, "first", one, spane_cluster_read_free(cluster, (size_t)servers + 3, 0, one));
        REFUSES(SPANE_INVALID_ARGUMENT, "count", one, spane_cluster_read_free(cluster, 1, (size_t)servers + 2, one));
        REFUSES(SPANE_INVALID_ARGUMENT, "first", one, spane_cluster_read_free(cluster, SIZE_MAX, 1, one));
        REFUSES(SPANE_INVALID_ARGUMENT, "count", one, spane_cluster_read_free(cluster, 0, SIZE_MAX, one));
        REFUSES(SPANE_INVALID_ARGUMENT, "cluster", one, spane_cluster_read_free((spane_cluster *)model, 0, 1, one));
    }
    spane_cluster_free(cluster);
    spane_model_free(model);
}

void test_clusters(void) {
    test_options();
    test_adding();
    test_servers();
    test_free_amounts();
    spane_cluster_free(NULL);
}
