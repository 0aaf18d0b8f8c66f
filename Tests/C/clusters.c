/* Clusters and their servers. */

#include <math.h>

#include "tests.h"

static void test_options(void) {
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT, initialised;
    spane_cluster *cluster = NULL;
    spane_placement placement = {0, 1};
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
    options.trait_count = 1;
    REFUSES(SPANE_NULL_POINTER, "options->traits", cluster, spane_cluster_new(&options, &cluster));
    options.trait_count = 65;
    REFUSES(SPANE_INVALID_ARGUMENT, "options->trait_count is 65", cluster, spane_cluster_new(&options, &cluster));
    options.trait_count = 0;
    options.struct_size = 0;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", cluster, spane_cluster_new(&options, &cluster));
    options.struct_size = UINT32_MAX;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", cluster, spane_cluster_new(&options, &cluster));

    for (int32_t nodes = -1; nodes <= SPANE_MAX_NODES + 1; nodes += SPANE_MAX_NODES + 2) {
        options.struct_size = sizeof options;
        options.nodes = nodes;
        REFUSES(SPANE_INVALID_ARGUMENT, "nodes", cluster, spane_cluster_new(&options, &cluster));
        options.nodes = 2;
        options.span = nodes;
        REFUSES(SPANE_INVALID_ARGUMENT, "span", cluster, spane_cluster_new(&options, &cluster));
        options.span = 2;
    }
    for (int i = 0; i < 3; i++) {
        options.split_from = bad[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "split_from", cluster, spane_cluster_new(&options, &cluster));
    }
    options.split_from = INFINITY;
    /* To spread over another number of nodes needs a bound above which that is done. */
    options.split_above = INFINITY;
    options.span = 1;
    REFUSES(SPANE_INVALID_ARGUMENT, "span is 1", cluster, spane_cluster_new(&options, &cluster));
    options.span = SPANE_MAX_NODES;
    REFUSES(SPANE_INVALID_ARGUMENT, "split_above and options->split_from", cluster, spane_cluster_new(&options, &cluster));
    options.split_above = 10;
    options.span = 2;

    /* Never split; then an older program, which knows no split_above. */
    options.struct_size = sizeof options;
    options.split_above = INFINITY;
    DONE(spane_cluster_new(&options, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "node",
          spane_cluster_place(cluster, 1, ASKS(1, 80), (spane_placement){0, 3}));
    DONE(spane_cluster_place(cluster, 1, ASKS(1, 80), placement));
    spane_cluster_free(cluster);
    options.struct_size = 8;
    DONE(spane_cluster_new(&options, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_place(cluster, 1, ASKS(1, 80), placement));
    spane_cluster_free(cluster);
}

static void test_adding(void) {
    const double bad[] = {0, -1, NAN, INFINITY, 1e-9, 4294967297.0, 1e300};
    const double amounts[] = {40, 90, 20, 45};
    spane_server_type type = {sizeof type, 2, amounts, NULL, 0, NULL, NULL};
    spane_cluster *cluster = some_cluster(0);
    spane_model *model = any_model();
    int32_t added[3], *many = malloc(SPANE_MAX_SERVERS * sizeof *many);
    int64_t servers = -1, vms = -1;

    REFUSES(SPANE_NULL_POINTER, "cluster", added, spane_cluster_add_equal_servers(NULL, 40, 90, 1, added));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", added,
            spane_cluster_add_equal_servers((spane_cluster *)model, 40, 90, 1, added));
    REFUSES(SPANE_NULL_POINTER, "cluster", added, spane_cluster_add_servers(NULL, &type, 1, added));
    REFUSES(SPANE_NULL_POINTER, "type", added, spane_cluster_add_servers(cluster, NULL, 1, added));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", added,
            spane_cluster_add_servers((spane_cluster *)model, &type, 1, added));
    for (int i = 0; i < 3; i++) {
        const size_t wrong[] = {SIZE_MAX, (size_t)1 << 40, SPANE_MAX_SERVERS + 1};
        REFUSES(SPANE_INVALID_ARGUMENT, "count", added, spane_cluster_add_equal_servers(cluster, 40, 90, wrong[i], added));
        REFUSES(SPANE_INVALID_ARGUMENT, "count", added, spane_cluster_add_servers(cluster, &type, wrong[i], added));
    }
    for (int i = 0; i < 7; i++) {
        REFUSES(SPANE_INVALID_ARGUMENT, "node_cpu", added, spane_cluster_add_equal_servers(cluster, bad[i], 90, 2, added));
        REFUSES(SPANE_INVALID_ARGUMENT, "node_mem", added, spane_cluster_add_equal_servers(cluster, 40, bad[i], 2, added));
    }
    DONE(spane_cluster_count(cluster, &servers, &vms));
    CHECK(servers == 0 && vms == 0);

    check_fill(added, sizeof added);
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 0, added));
    DONE(spane_cluster_add_servers(cluster, &type, 0, NULL));
    CHECK(check_is_filled(added, sizeof added));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
    DONE(spane_cluster_add_equal_servers(cluster, 4294967296.0, 1e-6, 1, added));
    CHECK(added[0] == 1);
    DONE(spane_cluster_add_servers(cluster, &type, 2, added));
    CHECK(added[0] == 2 && added[1] == 3 && check_is_filled(added + 2, sizeof *added));
    REFUSES(SPANE_INVALID_ARGUMENT, "servers", added,
            spane_cluster_add_equal_servers(cluster, 40, 90, SPANE_MAX_SERVERS - 3, added));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, SPANE_MAX_SERVERS - 4, many));
    CHECK(many[0] == 4 && many[SPANE_MAX_SERVERS - 5] == SPANE_MAX_SERVERS - 1);
    REFUSES(SPANE_INVALID_ARGUMENT, "servers", added, spane_cluster_add_equal_servers(cluster, 40, 90, 1, added));
    REFUSES(SPANE_INVALID_ARGUMENT, "servers", added, spane_cluster_add_servers(cluster, &type, 1, added));
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
    const int32_t outside[] = {-1, 2, INT32_MIN, INT32_MAX}, second = 1;
    double capacity[4], left[4];

    REFUSES(SPANE_NULL_POINTER, "cluster", servers, spane_cluster_count(NULL, &servers, NULL));
    DONE(spane_cluster_count(cluster, NULL, NULL));
    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &session));
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
    DONE(spane_cluster_place(cluster, 5, ASKS(4, 20), (spane_placement){1, 3}));
    DONE(spane_cluster_place(cluster, 6, ASKS(0.5, 3), (spane_placement){1, 2}));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_server(cluster, 1, &info));
    CHECK(info.is_cordoned == 1 && info.vms == 2 && info.nodes == 2 && info.traits == 0);
    DONE(spane_cluster_amounts(cluster, &second, 1, capacity, left));
    for (int i = 0; i < 4; i++) CHECK(capacity[i] == (i % 2 ? 90 : 40));
    CHECK(left[0] == 38 && left[1] == 80 && left[2] == 37.5 && left[3] == 77);
    DONE(spane_cluster_uncordon(cluster, 1));
    DONE(spane_cluster_uncordon(cluster, 1));
    DONE(spane_cluster_server(cluster, 1, &info));
    CHECK(info.is_cordoned == 0);
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.vms == 0);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_free_amounts(void) {
    spane_cluster *cluster = some_cluster(1);
    spane_model *model = any_model();
    double left[4];
    const double bad[] = {-1, NAN, INFINITY, -INFINITY, 40.001, 1e300};

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_set_free(NULL, 0, 0, 1, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_set_free((spane_cluster *)model, 0, 0, 1, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_set_free(cluster, 1, 0, 1, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_set_free(cluster, INT32_MIN, 0, 1, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_set_free(cluster, 0, 2, 1, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_set_free(cluster, 0, -1, 1, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "node", spane_cluster_set_free(cluster, 0, INT32_MAX, 1, 1));
    DONE(spane_cluster_place(cluster, 1, ASKS(4, 6), (spane_placement){0, 1}));
    for (int i = 0; i < 6; i++) {
        FAILS(SPANE_INVALID_ARGUMENT, "free", spane_cluster_set_free(cluster, 0, 1, bad[i], 1));
        FAILS(SPANE_INVALID_ARGUMENT, "free", spane_cluster_set_free(cluster, 0, 1, 1, bad[i] * 3));
    }
    FAILS(SPANE_INVALID_ARGUMENT, "free", spane_cluster_set_free(cluster, 0, 0, 37, 1));
    DONE(spane_cluster_amounts(cluster, NULL, 1, NULL, left));
    CHECK(left[0] == 36 && left[1] == 84 && left[2] == 40 && left[3] == 90);
    DONE(spane_cluster_set_free(cluster, 0, 0, 36, 84));
    DONE(spane_cluster_set_free(cluster, 0, 0, 0, 0));
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_amounts(cluster, NULL, 1, NULL, left));
    CHECK(left[0] == 4 && left[1] == 6 && left[2] == 40 && left[3] == 90);
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
