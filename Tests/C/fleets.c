/* Clusters of servers that differ: what they can have, and that all of it is saved. */

#include <math.h>

#include "tests.h"

static const double four_nodes[] = {20, 45, 1, 20, 45, 1, 20, 45, 1, 20, 45, 1}, one_node[] = {40, 90, 0};
static const double two_nodes[] = {8, 16, 0, 32, 64, 2};
static const double disks[] = {1000, 500, 0};
static const uint8_t near_pairs[] = {10, 20, 30, 30, 20, 10, 30, 30, 30, 30, 10, 20, 30, 30, 20, 10};
static const char *const node_names[] = {"gpu"}, *const server_names[] = {"disk"};

static spane_cluster_options mixed_options(void) {
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    options.nodes = 4;
    options.split_from = 16;
    options.node_resource_count = 1;
    options.node_resources = node_names;
    options.server_resource_count = 1;
    options.server_resources = server_names;
    return options;
}

const spane_server_type *mixed_type(int server) {
    static const spane_server_type types[] = {
        {sizeof(spane_server_type), 4, four_nodes, &disks[0], 1, near_pairs, NULL},
        {sizeof(spane_server_type), 1, one_node, &disks[1], 2, NULL, NULL},
        {sizeof(spane_server_type), 2, two_nodes, &disks[2], 3, NULL, NULL},
    };
    return &types[server];
}

spane_cluster *mixed_fleet(void) {
    const spane_cluster_options options = mixed_options();
    spane_cluster *cluster = NULL;
    DONE(spane_cluster_new(&options, &cluster));
    for (int server = 0; server < 3; server++) {
        int32_t number = -1;
        DONE(spane_cluster_add_servers(cluster, mixed_type(server), 1, &number));
        CHECK(number == server);
    }
    return cluster;
}

void left_of(const spane_cluster *cluster, int32_t server, double left[fleet_width]) {
    DONE(spane_cluster_amounts(cluster, &server, 1, NULL, left));
}

spane_request large_request(double cpu, double mem, int32_t span, double gpu, double disk) {
    static double amounts[16][2];
    static int next;
    spane_request request = REQUEST(cpu, mem);
    double *mine = amounts[next++ % 16];
    mine[0] = gpu;
    mine[1] = disk;
    request.span = span;
    request.amounts = mine;
    request.amount_count = 2;
    return request;
}

static void test_bad_options(void) {
    const char *const twice[] = {"gpu", "gpu"}, *const unnamed[] = {""}, *const missing[] = {NULL};
    const char *many[100];
    spane_cluster_options options = mixed_options();
    spane_cluster *cluster;

    options.node_resources = NULL;
    REFUSES(SPANE_NULL_POINTER, "node_resources", cluster, spane_cluster_new(&options, &cluster));
    options.node_resources = missing;
    REFUSES(SPANE_NULL_POINTER, "node_resources", cluster, spane_cluster_new(&options, &cluster));
    options.node_resources = unnamed;
    REFUSES(SPANE_INVALID_ARGUMENT, "name", cluster, spane_cluster_new(&options, &cluster));
    options.node_resources = server_names;
    REFUSES(SPANE_INVALID_ARGUMENT, "disk", cluster, spane_cluster_new(&options, &cluster));
    options.node_resources = twice;
    options.node_resource_count = 2;
    REFUSES(SPANE_INVALID_ARGUMENT, "gpu", cluster, spane_cluster_new(&options, &cluster));
    for (int i = 0; i < 100; i++) many[i] = "x";
    options = mixed_options();
    options.server_resource_count = 100;
    options.server_resources = many;
    REFUSES(SPANE_INVALID_ARGUMENT, "options->server_resource_count is 100", cluster, spane_cluster_new(&options, &cluster));
    options.server_resource_count = UINT32_MAX;
    REFUSES(SPANE_INVALID_ARGUMENT, "resource", cluster, spane_cluster_new(&options, &cluster));
    options = mixed_options();
    options.server_resources = NULL;
    REFUSES(SPANE_NULL_POINTER, "server_resources", cluster, spane_cluster_new(&options, &cluster));
}

/* A cluster tells the options that it was made with; the names are its own. */
static void test_told_options(void) {
    char gpu[] = "gpu", disk[] = "disk";
    const char *gpus[] = {gpu}, *shared[] = {disk};
    spane_cluster_options options = mixed_options(), told = SPANE_CLUSTER_OPTIONS_INIT, before;
    struct {
        spane_cluster_options told;
        unsigned char beyond[16];
    } newer;
    spane_cluster *cluster = NULL, *plain = some_cluster(1);

    options.node_resources = gpus;
    options.server_resources = shared;
    options.span = 4;
    options.split_above = INFINITY;
    DONE(spane_cluster_new(&options, &cluster));
    memset(gpu, 'x', 3);
    memset(disk, 'x', 4);
    DONE(spane_cluster_get_options(cluster, &told));
    CHECK(told.struct_size == sizeof told && told.nodes == 4 && told.span == 4 && told.trait_count == 0);
    CHECK(told.split_above == INFINITY && told.split_from == 16);
    CHECK(told.node_resource_count == 1 && strcmp(told.node_resources[0], "gpu") == 0);
    CHECK(told.server_resource_count == 1 && strcmp(told.server_resources[0], "disk") == 0);

    /* What an older program knows of, and what a newer one knows of. */
    check_fill(&told, sizeof told);
    told.struct_size = 8;
    DONE(spane_cluster_get_options(cluster, &told));
    CHECK(told.struct_size == 8 && told.nodes == 4);
    CHECK(check_is_filled(&told.split_above, sizeof told - offsetof(spane_cluster_options, split_above)));
    check_fill(&newer, sizeof newer);
    newer.told.struct_size = sizeof newer;
    DONE(spane_cluster_get_options(cluster, &newer.told));
    CHECK(newer.told.struct_size == sizeof newer && newer.told.span == 4);
    CHECK(check_is_filled(newer.beyond, sizeof newer.beyond));
    for (uint32_t size = 0; size <= 4; size += 4) {
        told.struct_size = size;
        before = told;
        FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_get_options(cluster, &told));
        CHECK(memcmp(&told, &before, sizeof told) == 0);
    }
    FAILS(SPANE_NULL_POINTER, "options", spane_cluster_get_options(cluster, NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_get_options(NULL, &told));

    told = (spane_cluster_options)SPANE_CLUSTER_OPTIONS_INIT;
    DONE(spane_cluster_get_options(plain, &told));
    CHECK(told.nodes == 2 && told.split_above == 10 && told.split_from == HUGE_VAL && told.span == 2);
    CHECK(told.node_resource_count == 0 && told.server_resource_count == 0);
    spane_cluster_free(cluster);
    spane_cluster_free(plain);
}

static void test_bad_types(void) {
    const double bad[] = {-1, NAN, INFINITY, 4294967297.0};
    spane_cluster *cluster = mixed_fleet();
    spane_server_type type;
    double amounts[12], disk;
    int32_t number;
    int64_t servers;

    for (int32_t nodes = 0; nodes <= 5; nodes += 5) {
        type = *mixed_type(0);
        type.nodes = nodes;
        REFUSES(SPANE_INVALID_ARGUMENT, "nodes", number, spane_cluster_add_servers(cluster, &type, 1, &number));
        FAILS(SPANE_INVALID_ARGUMENT, "nodes", spane_cluster_resize_server(cluster, 0, &type));
    }
    type.nodes = INT32_MIN;
    REFUSES(SPANE_INVALID_ARGUMENT, "nodes", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    type.nodes = INT32_MAX;
    REFUSES(SPANE_INVALID_ARGUMENT, "nodes", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    for (int i = 0; i < 4; i++) {
        for (int at = 0; at < 3; at++) {
            memcpy(amounts, four_nodes, sizeof amounts);
            amounts[6 + at] = bad[i];
            type = *mixed_type(0);
            type.node_amounts = amounts;
            REFUSES(SPANE_INVALID_ARGUMENT, "node 2", number, spane_cluster_add_servers(cluster, &type, 1, &number));
            FAILS(SPANE_INVALID_ARGUMENT, "node 2", spane_cluster_resize_server(cluster, 0, &type));
        }
        type = *mixed_type(0);
        disk = bad[i];
        type.server_amounts = &disk;
        REFUSES(SPANE_INVALID_ARGUMENT, "disk", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    }
    /* One node at least has cores and memory. */
    memset(amounts, 0, sizeof amounts);
    for (int node = 0; node < 4; node++) amounts[node * 3 + node % 2] = 8;
    type = *mixed_type(0);
    type.node_amounts = amounts;
    REFUSES(SPANE_INVALID_ARGUMENT, "cores", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    type.node_amounts = NULL;
    REFUSES(SPANE_NULL_POINTER, "node_amounts", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    type = *mixed_type(0);
    type.server_amounts = NULL;
    REFUSES(SPANE_NULL_POINTER, "server_amounts", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    for (uint32_t size = 0; size <= 4; size += 4) {
        type = *mixed_type(0);
        type.struct_size = size;
        REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", number, spane_cluster_add_servers(cluster, &type, 1, &number));
        FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_resize_server(cluster, 0, &type));
    }
    DONE(spane_cluster_count(cluster, &servers, NULL));
    CHECK(servers == 3);
    /* An older program, whose types end before the traits; and a newer one. */
    type = *mixed_type(0);
    type.struct_size = (uint32_t)offsetof(spane_server_type, traits);
    DONE(spane_cluster_add_servers(cluster, &type, 1, &number));
    {
        spane_server_info info = SPANE_SERVER_INFO_INIT;
        struct {
            spane_server_type type;
            double more[2];
        } newer;
        DONE(spane_cluster_server(cluster, number, &info));
        CHECK(number == 3 && info.traits == 0 && info.nodes == 4);
        newer.type = *mixed_type(2);
        newer.type.struct_size = sizeof newer;
        newer.more[0] = 7;
        DONE(spane_cluster_add_servers(cluster, &newer.type, 1, &number));
        DONE(spane_cluster_server(cluster, number, &info));
        CHECK(number == 4 && info.traits == 3 && info.nodes == 2);
    }
    /* The resources that are not named are none. */
    DONE(spane_cluster_add_equal_servers(cluster, 10, 20, 1, &number));
    {
        double capacity[fleet_width];
        DONE(spane_cluster_amounts(cluster, &number, 1, capacity, NULL));
        for (int i = 0; i < 12; i++) CHECK(capacity[i] == (i % 3 == 0 ? 10 : i % 3 == 1 ? 20 : 0));
        CHECK(capacity[12] == 0);
    }
    spane_cluster_free(cluster);
}

static void test_descriptions(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    double capacity[3 * fleet_width], left[3 * fleet_width], some[2 * fleet_width];
    const int32_t reversed[] = {2, 0}, unknown[] = {0, 3}, negative[] = {-1};
    struct {
        spane_server_info info;
        unsigned char beyond[16];
    } newer;

    for (int32_t server = 0; server < 3; server++) {
        DONE(spane_cluster_server(cluster, server, &info));
        CHECK(info.nodes == mixed_type(server)->nodes && info.traits == mixed_type(server)->traits);
        CHECK(info.vms == 0 && info.is_cordoned == 0 && info.struct_size == sizeof info);
    }
    DONE(spane_cluster_amounts(cluster, NULL, 3, capacity, left));
    CHECK(memcmp(capacity, left, sizeof left) == 0);
    for (int server = 0; server < 3; server++) {
        const spane_server_type *type = mixed_type(server);
        const double *amounts = capacity + server * fleet_width;
        for (int i = 0; i < 12; i++) CHECK(amounts[i] == (i < type->nodes * 3 ? type->node_amounts[i] : 0));
        CHECK(amounts[12] == type->server_amounts[0]);
    }
    DONE(spane_cluster_amounts(cluster, reversed, 2, NULL, some));
    CHECK(memcmp(some, left + 2 * fleet_width, fleet_width * sizeof *some) == 0);
    CHECK(memcmp(some + fleet_width, left, fleet_width * sizeof *some) == 0);
    DONE(spane_cluster_amounts(cluster, reversed, 2, NULL, NULL));
    DONE(spane_cluster_amounts(cluster, reversed, 0, NULL, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", some, spane_cluster_amounts(cluster, NULL, 2, some, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", some, spane_cluster_amounts(cluster, NULL, 4, NULL, some));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", some, spane_cluster_amounts(cluster, NULL, SIZE_MAX, NULL, some));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", some, spane_cluster_amounts(cluster, reversed, SIZE_MAX, NULL, some));
    REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", some, spane_cluster_amounts(cluster, unknown, 2, NULL, some));
    REFUSES(SPANE_INVALID_ARGUMENT, "servers[0]", some, spane_cluster_amounts(cluster, negative, 1, some, NULL));
    REFUSES(SPANE_NULL_POINTER, "cluster", some, spane_cluster_amounts(NULL, reversed, 2, NULL, some));

    check_fill(&info, sizeof info);
    info.struct_size = 8;
    DONE(spane_cluster_server(cluster, 0, &info));
    CHECK(info.is_cordoned == 0 && check_is_filled(&info.vms, sizeof info - offsetof(spane_server_info, vms)));
    check_fill(&newer, sizeof newer);
    newer.info.struct_size = sizeof newer;
    DONE(spane_cluster_server(cluster, 0, &newer.info));
    CHECK(newer.info.nodes == 4 && check_is_filled(newer.beyond, sizeof newer.beyond));
    spane_cluster_free(cluster);
}

/* A fleet in which everything has happened. */
static spane_cluster *lived_in(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_request split = large_request(8, 20, 2, 2, 100), wide = large_request(4, 8, 4, 0, 0.5);
    const spane_request excessive = large_request(50, 9, 1, 0, 0);
    int32_t numbers[2];
    uint64_t lost[4];
    size_t count;

    split.require = 1;
    split.forbid = 8;
    split.farthest = 20;
    DONE(spane_cluster_place(cluster, 10, &split, (spane_placement){0, 12}));
    DONE(spane_cluster_place(cluster, 11, &wide, (spane_placement){0, 15}));
    DONE(spane_cluster_place(cluster, 12, ASKS(0.1, 0.7), (spane_placement){2, 1}));
    DONE(spane_cluster_add_servers(cluster, mixed_type(2), 2, numbers));
    DONE(spane_cluster_place(cluster, 13, ASKS(1, 1), (spane_placement){4, 2}));
    DONE(spane_cluster_remove_server(cluster, 3));
    DONE(spane_cluster_cordon(cluster, 2));
    DONE(spane_cluster_record(cluster, UINT64_MAX, &excessive, (spane_placement){1, 1}));
    DONE(spane_cluster_resize_server(cluster, 4, mixed_type(0)));
    DONE(spane_cluster_set_free(cluster, 4, 0, 3.25, 7));
    DONE(spane_cluster_add_equal_servers(cluster, 2, 4, 3, NULL));
    DONE(spane_cluster_place(cluster, 14, ASKS(1, 1), (spane_placement){5, 2}));
    DONE(spane_cluster_fail_server(cluster, 5, lost, 4, &count));
    DONE(spane_cluster_remove_server(cluster, 3));
    return cluster;
}

/* Whatever is asked, both give the same answer. */
static void test_same(const spane_cluster *one, const spane_cluster *other) {
    spane_cluster_options first = SPANE_CLUSTER_OPTIONS_INIT, second = SPANE_CLUSTER_OPTIONS_INIT;
    double capacity[2][8 * fleet_width], left[2][8 * fleet_width];
    int32_t servers[2][8];
    uint64_t vms[2][8];
    size_t counts[2];
    const spane_cluster *both[] = {one, other};

    DONE(spane_cluster_get_options(one, &first));
    DONE(spane_cluster_get_options(other, &second));
    CHECK(first.nodes == second.nodes && first.split_above == second.split_above && first.span == second.span);
    CHECK(first.split_from == second.split_from && second.node_resource_count == 1 && second.server_resource_count == 1);
    CHECK(strcmp(second.node_resources[0], "gpu") == 0 && strcmp(second.server_resources[0], "disk") == 0);
    check_fill(servers, sizeof servers);
    check_fill(vms, sizeof vms);
    for (int i = 0; i < 2; i++) {
        DONE(spane_cluster_servers(both[i], servers[i], 8, &counts[i]));
        check_fill(capacity[i], sizeof capacity[i]);
        check_fill(left[i], sizeof left[i]);
        DONE(spane_cluster_amounts(both[i], NULL, counts[i], capacity[i], left[i]));
    }
    CHECK(counts[0] == counts[1] && memcmp(servers[0], servers[1], sizeof servers[0]) == 0);
    CHECK(memcmp(capacity[0], capacity[1], sizeof capacity[0]) == 0 && memcmp(left[0], left[1], sizeof left[0]) == 0);
    for (size_t i = 0; i < counts[0]; i++) {
        spane_server_info here = SPANE_SERVER_INFO_INIT, there = SPANE_SERVER_INFO_INIT;
        DONE(spane_cluster_server(one, servers[0][i], &here));
        DONE(spane_cluster_server(other, servers[0][i], &there));
        CHECK(strcmp(here.type, there.type) == 0); /* each cluster has the text for itself */
        here.type = there.type;
        CHECK(memcmp(&here, &there, sizeof here) == 0);
    }
    for (int i = 0; i < 2; i++) DONE(spane_cluster_vms(both[i], -1, vms[i], 8, &counts[i]));
    CHECK(counts[0] == counts[1] && memcmp(vms[0], vms[1], sizeof vms[0]) == 0);
    for (size_t i = 0; i < counts[0]; i++) {
        spane_request here = SPANE_REQUEST_INIT, there = SPANE_REQUEST_INIT;
        spane_placement at[2];
        double amounts[2][2];
        DONE(spane_cluster_find(one, vms[0][i], &at[0], &here));
        DONE(spane_cluster_find(other, vms[0][i], &at[1], &there));
        DONE(spane_cluster_vm_amounts(one, vms[0][i], amounts[0], 2));
        DONE(spane_cluster_vm_amounts(other, vms[0][i], amounts[1], 2));
        CHECK(memcmp(&here, &there, sizeof here) == 0 && memcmp(&at[0], &at[1], sizeof at[0]) == 0);
        CHECK(memcmp(amounts[0], amounts[1], sizeof amounts[0]) == 0);
    }
}

static void test_saving(void) {
    spane_cluster *cluster = lived_in(), *loaded = NULL, *again = NULL;
    size_t size = 0, size_again = 0;
    unsigned char *bytes, *bytes_again;
    int32_t next[2] = {-1, -1};

    DONE(spane_cluster_save_memory(cluster, NULL, NULL, 0, &size));
    bytes = malloc(size);
    DONE(spane_cluster_save_memory(cluster, NULL, bytes, size, &size));
    DONE(spane_cluster_load_memory(bytes, size, NULL, &loaded));
    test_same(cluster, loaded);
    DONE(spane_cluster_save(loaded, check_path(scratch_folder, "fleet.h5"), NULL));
    DONE(spane_cluster_load(check_path(scratch_folder, "fleet.h5"), NULL, &again));
    test_same(cluster, again);
    DONE(spane_cluster_save_memory(again, NULL, NULL, 0, &size_again));
    CHECK(size_again == size);
    bytes_again = malloc(size_again);
    DONE(spane_cluster_save_memory(again, NULL, bytes_again, size_again, &size_again));
    CHECK(size == size_again && memcmp(bytes, bytes_again, size) == 0);
    /* Life goes on in both alike: decisions, and the numbers of new servers. */
    for (int i = 0; i < 2; i++) {
        spane_session *session = NULL;
        spane_cluster *one = i ? again : cluster;
        DONE(spane_session_new(one, HEURISTIC("best-fit"), &session));
        for (uint64_t id = 100; id < 130; id++) {
            spane_request request = large_request(1 + (double)(id % 5), 1 + (double)(id % 17), 0, id % 3 == 0, 1);
            CHECK(spane_session_place(session, id, &request, NULL) >= 0);
        }
        DONE(spane_cluster_add_equal_servers(one, 5, 5, 1, &next[i]));
        spane_session_free(session);
    }
    CHECK(next[0] == 3 && next[1] == 3);
    DONE(spane_cluster_save_memory(cluster, NULL, NULL, 0, &size));
    DONE(spane_cluster_save_memory(again, NULL, NULL, 0, &size_again));
    CHECK(size == size_again);
    free(bytes);
    free(bytes_again);
    spane_cluster_free(cluster);
    spane_cluster_free(loaded);
    spane_cluster_free(again);
}

void test_fleets(void) {
    test_bad_options();
    test_told_options();
    test_bad_types();
    test_descriptions();
    test_saving();
}
