/* What the library says of itself: its build, heuristics, models, clusters and sessions. */

#include "tests.h"

/* The mark compiles where later versions will have it. */
SPANE_DEPRECATED("use spane_version") int never_called(void);

static void test_build(void) {
    spane_build_info info = SPANE_BUILD_INFO_INIT, shorter = SPANE_BUILD_INFO_INIT;
    unsigned major = 0, minor = 0;
    FAILS(SPANE_NULL_POINTER, "info", spane_build_describe(NULL));
    DONE(spane_build_describe(&info));
    CHECK(info.version == spane_version() && info.abi_version == SPANE_ABI_VERSION);
    CHECK(strcmp(info.version_string, SPANE_VERSION_STRING) == 0);
    CHECK(sscanf(info.hdf5_version, "%u.%u", &major, &minor) == 2 && major >= 1 && (major > 1 || minor >= 8));
    CHECK(info.hdf5_is_threadsafe == 0 || info.hdf5_is_threadsafe == 1);
    CHECK(info.default_threads >= 1 && info.default_threads <= 1024);
    CHECK(strcmp(info.instruction_set, "baseline") == 0 || strcmp(info.instruction_set, "x86-64-v3") == 0);
    shorter.struct_size = 8;
    DONE(spane_build_describe(&shorter));
    CHECK(shorter.version == info.version && shorter.abi_version == 0 && shorter.hdf5_version == NULL);
    shorter.struct_size = 4;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_build_describe(&shorter));
}

/* Each heuristic that is listed can be used, with and without its argument. */
static void test_heuristics(void) {
    const char *known[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random"};
    spane_cluster *cluster = some_cluster(1);
    spane_heuristic_info info = SPANE_HEURISTIC_INFO_INIT, untouched;
    CHECK(spane_heuristic_count() == 5 + 9 + 4);
    for (int32_t i = 0; i < 5; i++) {
        spane_session *session = NULL;
        char name[64];
        DONE(spane_heuristic_describe(i, &info));
        CHECK(strcmp(info.name, known[i]) == 0 && strlen(info.summary) > 10 && strchr(info.summary, '\n') == NULL);
        CHECK((info.argument != NULL) == (i == 4) && info.role == SPANE_HEURISTIC_POLICY);
        DONE(spane_session_new(cluster, HEURISTIC(info.name), &session));
        spane_session_free(session);
        snprintf(name, sizeof name, "%s:7", info.name);
        if (info.argument) {
            CHECK(strcmp(info.argument, "SEED") == 0);
            DONE(spane_session_new(cluster, HEURISTIC(name), &session));
            spane_session_free(session);
        } else {
            FAILS(SPANE_INVALID_ARGUMENT, name, spane_session_new(cluster, HEURISTIC(name), &session));
        }
    }
    FAILS(SPANE_NULL_POINTER, "info", spane_heuristic_describe(0, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "index is -1; it must be in 0 ... 17", untouched, spane_heuristic_describe(-1, &untouched));
    REFUSES(SPANE_INVALID_ARGUMENT, "index is 18", untouched, spane_heuristic_describe(18, &untouched));
    info.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_heuristic_describe(0, &info));
    spane_cluster_free(cluster);
}

/* Rules are made of every server part and every node part, with weights. */
static void test_rules(void) {
    const char *const misspelt[] = {"most-allocated+", "+spread", "most-allocated+far", "most-allocated+spread+pack",
                                    "x*most-allocated", "2*", "nan*first", "1e7*first", "first,", ""};
    spane_cluster *cluster = some_cluster(1);
    spane_heuristic_info server = SPANE_HEURISTIC_INFO_INIT, node = SPANE_HEURISTIC_INFO_INIT;
    spane_session *session = NULL;
    spane_placement placement;
    char name[128];
    for (int32_t i = 5; i < 14; i++) {
        DONE(spane_heuristic_describe(i, &server));
        CHECK(server.role == SPANE_HEURISTIC_SERVER && strlen(server.summary) > 10 && server.argument == NULL);
        for (int32_t k = 14; k < spane_heuristic_count(); k++) {
            DONE(spane_heuristic_describe(k, &node));
            CHECK(node.role == SPANE_HEURISTIC_NODE && strlen(node.summary) > 10 && node.argument == NULL);
            snprintf(name, sizeof name, "%s+%s", server.name, node.name);
            DONE(spane_session_new(cluster, HEURISTIC(name), &session));
            DONE(spane_session_choose(session, ASKS(1, 2), &placement));
            spane_session_free(session);
            snprintf(name, sizeof name, "0.5*%s,-2*first,1e2*most-allocated+%s", server.name, node.name);
            DONE(spane_session_new(cluster, HEURISTIC(name), &session));
            spane_session_free(session);
        }
    }
    for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++) {
        FAILS(SPANE_INVALID_ARGUMENT, "SERVER+NODE", spane_session_new(cluster, HEURISTIC(misspelt[i]), &session));
    }
    DONE(spane_session_new(cluster, HEURISTIC(SPANE_DEFAULT_POLICY), &session));
    spane_session_free(session);
    spane_cluster_free(cluster);
}

/* A mix is for rules that keep room. */
static void test_mix(void) {
    spane_cluster *cluster = some_cluster(1);
    spane_trace *trace = NULL;
    spane_session *session = NULL;
    spane_placement placement;
    spane_policy policy = SPANE_POLICY_HEURISTIC("capacity-lost+spread");
    DONE(spane_trace_generate(100, 1, NULL, &trace));
    policy.mix = trace;
    DONE(spane_session_new(cluster, &policy, &session));
    spane_trace_free(trace); /* the session keeps what it needs */
    DONE(spane_session_choose(session, ASKS(1, 2), &placement));
    spane_session_free(session);
    FAILS(SPANE_INVALID_ARGUMENT, "policy->mix", spane_session_new(cluster, &policy, &session));
    DONE(spane_trace_generate(100, 1, NULL, &trace));
    policy.mix = trace;
    policy.heuristic = "most-allocated";
    FAILS(SPANE_INVALID_ARGUMENT, "policy->mix is set", spane_session_new(cluster, &policy, &session));
    spane_trace_free(trace);
    spane_cluster_free(cluster);
}

/* The metrics of a fleet, as they are listed. */
static void test_fleet_metrics(void) {
    spane_fleet_metric_info info = SPANE_FLEET_METRIC_INFO_INIT, untouched;
    int32_t count = spane_fleet_metric_count(), empty = 0;
    CHECK(count >= 7);
    for (int32_t i = 0; i < count; i++) {
        DONE(spane_fleet_metric_describe(i, &info));
        CHECK(strlen(info.name) > 3 && strlen(info.summary) > 10 && strchr(info.summary, '\n') == NULL);
        if (strcmp(info.name, "empty_servers") == 0) empty++;
    }
    CHECK(empty == 1);
    FAILS(SPANE_NULL_POINTER, "info", spane_fleet_metric_describe(0, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "index is -1", untouched, spane_fleet_metric_describe(-1, &untouched));
    REFUSES(SPANE_INVALID_ARGUMENT, "it must be in 0 ... ", untouched, spane_fleet_metric_describe(count, &untouched));
    info.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_fleet_metric_describe(0, &info));
}

static spane_input_info input_of(const spane_model *model, int32_t index) {
    spane_input_info info = SPANE_INPUT_INFO_INIT;
    DONE(spane_model_input(model, index, &info));
    return info;
}

static void test_models_say_what_they_are(void) {
    spane_model *model = any_model(), *bound = bound_model(), *potential = NULL;
    spane_model_info info = SPANE_MODEL_INFO_INIT;
    spane_input_info input = SPANE_INPUT_INFO_INIT;
    DONE(spane_model_describe(model, &info));
    CHECK(strcmp(info.kind, "spane") == 0 && strstr(info.layers, "server_width=") != NULL);
    CHECK(strstr(info.layers, "\naggregators=") || strncmp(info.layers, "aggregators=", 12) == 0);
    CHECK(info.servers == 0 && info.fewest_nodes == 2 && info.most_nodes == 2 && info.input_count == 7);
    CHECK(info.bytes > 4 * info.parameters && strcmp(info.units, "trained-node") == 0);
    input = input_of(model, 0);
    CHECK(strcmp(input.name, "node0_cpu") == 0 && strcmp(input.unit, "cores") == 0 && input.per == SPANE_PER_SERVER);
    CHECK(input.divisor == info.normalisation_cpu);
    input = input_of(model, 6);
    CHECK(strcmp(input.name, "request_is_split") == 0 && *input.unit == '\0' && input.per == SPANE_PER_DECISION);
    CHECK(input.divisor == 1);
    FAILS(SPANE_INVALID_ARGUMENT, "index is 7; it must be in 0 ... 6", spane_model_input(model, 7, &input));
    FAILS(SPANE_INVALID_ARGUMENT, "index is -1", spane_model_input(model, -1, &input));
    FAILS(SPANE_NULL_POINTER, "model", spane_model_input(NULL, 0, &input));
    FAILS(SPANE_NULL_POINTER, "info", spane_model_input(model, 0, NULL));
    input.struct_size = 7;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_model_input(model, 0, &input));

    DONE(spane_model_describe(bound, &info));
    CHECK(strcmp(info.kind, "mlp") == 0 && info.servers == 2 && strstr(info.layers, "\nservers=2") != NULL);

    DONE(spane_model_load(check_path(data_folder, "weights/potential-synthetic.h5"), &potential));
    DONE(spane_model_describe(potential, &info));
    CHECK(strcmp(info.kind, "potential") == 0 && info.fewest_nodes == 1 && info.most_nodes == SPANE_MAX_NODES);
    CHECK(strstr(info.layers, "activation=") != NULL && info.input_count >= 4);
    input = input_of(potential, 3);
    CHECK(strcmp(input.name, "other_nodes_mem") == 0 && strcmp(input.unit, "GB") == 0 && input.per == SPANE_PER_NODE);
    CHECK(input.divisor == (strcmp(info.units, "own-node") == 0 ? 0 : info.normalisation_mem));
    spane_model_free(model);
    spane_model_free(bound);
    spane_model_free(potential);
}

static void test_clusters_say_how_large_they_are(void) {
    spane_cluster *cluster = mixed_fleet(), *plain = some_cluster(0);
    spane_cluster_info info = SPANE_CLUSTER_INFO_INIT, later = SPANE_CLUSTER_INFO_INIT;
    spane_resource_info resource = SPANE_RESOURCE_INFO_INIT, untouched;

    DONE(spane_cluster_describe(cluster, &info));
    CHECK(info.servers == 3 && info.cordoned == 0 && info.vms == 0 && info.bytes > 0);
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_place(cluster, 1, ASKS(1, 2), (spane_placement){0, 1}));
    DONE(spane_cluster_describe(cluster, &later));
    CHECK(later.servers == 3 && later.cordoned == 1 && later.vms == 1);
    DONE(spane_cluster_reserve(cluster, 100000));
    DONE(spane_cluster_describe(cluster, &info));
    CHECK(info.bytes >= later.bytes + 100000 * 16);
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_describe(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_cluster_describe(cluster, NULL));

    DONE(spane_cluster_resource(cluster, 1, &resource));
    CHECK(strcmp(resource.name, "mem") == 0 && resource.belongs_to_nodes && resource.amount_index == 1);
    CHECK(resource.request_index == -1);
    DONE(spane_cluster_resource(cluster, 2, &resource));
    CHECK(strcmp(resource.name, "gpu") == 0 && resource.belongs_to_nodes && resource.amount_index == 2);
    CHECK(resource.request_index == 0);
    DONE(spane_cluster_find_resource(cluster, "disk", &resource));
    CHECK(strcmp(resource.name, "disk") == 0 && !resource.belongs_to_nodes && resource.amount_index == 0);
    CHECK(resource.request_index == 1);
    REFUSES(SPANE_NOT_FOUND, "0 ... 3", untouched, spane_cluster_resource(cluster, 4, &untouched));
    REFUSES(SPANE_NOT_FOUND, "index is -1", untouched, spane_cluster_resource(cluster, -1, &untouched));
    REFUSES(SPANE_NOT_FOUND, "cpu, mem, gpu, disk", untouched, spane_cluster_find_resource(cluster, "tpu", &untouched));
    REFUSES(SPANE_NOT_FOUND, "gpu", untouched, spane_cluster_find_resource(plain, "gpu", &untouched));
    REFUSES(SPANE_NULL_POINTER, "cluster", untouched, spane_cluster_find_resource(NULL, "gpu", &untouched));
    REFUSES(SPANE_NULL_POINTER, "name", untouched, spane_cluster_find_resource(cluster, NULL, &untouched));
    FAILS(SPANE_NULL_POINTER, "info", spane_cluster_find_resource(cluster, "gpu", NULL));
    FAILS(SPANE_NULL_POINTER, "info", spane_cluster_resource(cluster, 0, NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_resource(NULL, 0, &resource));
    spane_cluster_free(cluster);
    spane_cluster_free(plain);
}

/* Sessions count what they decide and how. */
static void test_sessions_count(void) {
    enum { servers = 500, rounds = 40 };
    spane_model *models[2] = {any_model(), NULL};
    DONE(spane_model_load(check_path(data_folder, "weights/potential-synthetic.h5"), &models[1]));
    for (int i = 0; i < 2; i++) {
        spane_cluster *cluster = some_cluster(servers);
        spane_session *session = NULL, *heuristic = NULL;
        spane_session_info info = SPANE_SESSION_INFO_INIT;
        spane_placement placement;
        size_t found;
        DONE(spane_session_new(cluster, NETWORK(models[i]), &session));
        DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &heuristic));
        DONE(spane_session_describe(session, &info));
        CHECK(info.decisions == 0 && info.shortlist_decisions == 0 && info.tree_decisions == 0 && info.bytes > 0);
        for (uint64_t id = 0; id < rounds; id++) DONE(spane_session_place(session, id, ASKS(1, 2), NULL));
        DONE(spane_session_describe(session, &info));
        CHECK(info.decisions == rounds);
        CHECK((i == 0 ? info.shortlist_decisions : info.tree_decisions) > rounds / 2);
        CHECK((i == 0 ? info.tree_decisions : info.shortlist_decisions) == 0);
        if (i == 1) CHECK(info.cached_scores > 0 && info.computed_scores > 0);
        /* Among the same candidates again and again as well. */
        int32_t list[servers];
        const int64_t before = info.tree_decisions;
        for (int32_t k = 0; k < servers / 2; k++) list[k] = 2 * k;
        for (int round = 0; round < rounds; round++) {
            DONE(spane_session_choose_among(session, ASKS(1, 2), list, servers / 2, &placement));
            DONE(spane_cluster_place(cluster, (uint64_t)(rounds + round), ASKS(1, 2), placement));
        }
        DONE(spane_session_describe(session, &info));
        CHECK(info.decisions == 2 * rounds);
        CHECK(i == 0 ? info.tree_decisions == 0 : info.tree_decisions > before + rounds / 2);
        DONE(spane_session_choose(heuristic, ASKS(1, 2), &placement));
        DONE(spane_session_top(heuristic, ASKS(1, 2), NULL, 0, 3, &(spane_placement[3]){{0, 0}}[0], NULL, &found));
        DONE(spane_session_describe(heuristic, &info));
        CHECK(info.decisions == 2 && info.shortlist_decisions == 0 && info.cached_scores == 0 && info.computed_scores == 0);
        FAILS(SPANE_NULL_POINTER, "session", spane_session_describe(NULL, &info));
        FAILS(SPANE_NULL_POINTER, "info", spane_session_describe(session, NULL));
        spane_session_free(session);
        spane_session_free(heuristic);
        spane_cluster_free(cluster);
        spane_model_free(models[i]);
    }
}

void test_self_description(void) {
    test_build();
    test_heuristics();
    test_rules();
    test_mix();
    test_fleet_metrics();
    test_models_say_what_they_are();
    test_clusters_say_how_large_they_are();
    test_sessions_count();
}
