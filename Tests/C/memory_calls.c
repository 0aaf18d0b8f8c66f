#include "columns.h"
#include "memory.h"

enum { vms = 6000, servers = 12000, environments = 100, values = 30000 };

static spane_trace *trace;
static spane_model *network, *potential;
static spane_cluster *cluster;
static spane_env *env;
static spane_vec_env *vec;
static spane_session *grown;
static unsigned char *trace_file, *cluster_file, *model_file, *env_state, *vec_state;
static size_t trace_size, cluster_size, model_size, env_size, vec_size;
static char trace_path[4096], csv_path[4096], cluster_path[4096], model_path[4096], saved_path[4096];
static double column[values];

static void write_csv(void) {
    FILE *file = fopen(csv_path, "w");
    if (!file) exit(EXIT_FAILURE);
    fprintf(file, "vmid,cpu,mem,at,lt\n");
    for (int i = 0; i < vms; i++) fprintf(file, "%d,%d,4,%d,100\n", i, 1 + i % 8, i);
    fclose(file);
}

static spane_vec_env_options vec_options(void) {
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
    options.count = environments;
    options.threads = 2;
    return options;
}

static spane_env_options env_options(int32_t count) {
    spane_env_options options = SPANE_ENV_OPTIONS_INIT;
    options.servers = count;
    return options;
}

void memory_prepare(const char *data, const char *scratch) {
    const spane_env_options large = env_options(servers);
    const spane_vec_env_options many = vec_options();
    snprintf(trace_path, sizeof trace_path, "%s/memory-trace.h5", scratch);
    snprintf(csv_path, sizeof csv_path, "%s/memory-trace.csv", scratch);
    snprintf(cluster_path, sizeof cluster_path, "%s/memory-cluster.h5", scratch);
    snprintf(saved_path, sizeof saved_path, "%s/memory-saved.h5", scratch);
    snprintf(model_path, sizeof model_path, "%s/weights/untrained-1.h5", data);
    for (int i = 0; i < values; i++) column[i] = 1 + i % 9;
    write_csv();
    DONE(spane_trace_generate(vms, 1, NULL, &trace));
    DONE(spane_trace_save(trace, trace_path, NULL, NULL, NULL));
    DONE(spane_model_load(model_path, &network));
    DONE(spane_model_load(check_path(data, "weights/potential-synthetic.h5"), &potential));
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    for (uint64_t id = 0; id < servers; id++) {
        DONE(spane_cluster_place(cluster, id, ASKS(1, 2), (spane_placement){(int32_t)id, 1}));
    }
    DONE(spane_cluster_save(cluster, cluster_path, NULL));
    DONE(spane_env_new(trace, &large, &env));
    DONE(spane_env_reset(env, 0, SPANE_END_LENGTH, vms - 2));
    for (int i = 0; i < vms - 3; i++) DONE(spane_env_step(env, 2 * i, NULL));
    DONE(spane_env_save_memory(env, NULL, 0, &env_size));
    env_state = malloc(env_size);
    DONE(spane_env_save_memory(env, env_state, env_size, &env_size));
    DONE(spane_vec_env_new(trace, NULL, &many, &vec));
    DONE(spane_vec_env_save_memory(vec, NULL, 0, &vec_size));
    vec_state = malloc(vec_size);
    DONE(spane_vec_env_save_memory(vec, vec_state, vec_size, &vec_size));
    trace_file = check_read(scratch, "memory-trace.h5", &trace_size);
    cluster_file = check_read(scratch, "memory-cluster.h5", &cluster_size);
    model_file = check_read(data, "weights/untrained-1.h5", &model_size);
}

static spane_trace *made_trace;
static spane_model *made_model;
static spane_cluster *made_cluster;
static spane_env *made_env;
static spane_vec_env *made_vec;
static spane_session *made_session;
static spane_env_session *made_env_session;

static spane_status generate(void) { return spane_trace_generate(vms, 2, NULL, &made_trace); }
static spane_status from_columns(void) {
    /* All arrive at once; every VM has a size of its own. */
    static double arrival[values], size[values];
    for (int i = 0; i < values; i++) size[i] = 1 + i / 16.0;
    return new_trace(NULL, size, column, arrival, column, values, &made_trace);
}
static spane_status load_trace(void) { return spane_trace_load(trace_path, NULL, &made_trace); }
static spane_status load_csv(void) { return spane_trace_load(csv_path, NULL, &made_trace); }
static spane_status load_trace_memory(void) { return spane_trace_load_memory(trace_file, trace_size, NULL, &made_trace); }
static spane_status save_trace(void) { return spane_trace_save(trace, saved_path, NULL, NULL, NULL); }

static spane_status load_model(void) { return spane_model_load(model_path, &made_model); }
static spane_status load_model_memory(void) { return spane_model_load_memory(model_file, model_size, &made_model); }
static spane_status save_model(void) {
    size_t size;
    return spane_model_save_memory(network, NULL, 0, &size);
}

static spane_status add_servers(void) { return spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL); }
static spane_status new_cluster(void) {
    spane_status status = spane_cluster_new(NULL, &made_cluster);
    return status ? status : spane_cluster_add_equal_servers(made_cluster, 40, 90, servers, NULL);
}
/* Four nodes each, with a resource, traits and distances: nothing of it is shared with the servers of other clusters. */
static spane_status new_fleet(void) {
    static const char *const names[] = {"gpu", "disk"};
    static const double amounts[] = {20, 45, 1, 20, 45, 1, 20, 45, 0, 20, 45, 0}, disk = 1000;
    static const uint8_t distances[] = {10, 20, 30, 30, 20, 10, 30, 30, 30, 30, 10, 20, 30, 30, 20, 10};
    const spane_server_type type = {sizeof type, 4, amounts, &disk, 3, distances, NULL};
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    spane_status status;
    options.nodes = 4;
    options.node_resource_count = options.server_resource_count = 1;
    options.node_resources = names;
    options.server_resources = names + 1;
    status = spane_cluster_new(&options, &made_cluster);
    return status ? status : spane_cluster_add_servers(made_cluster, &type, servers, NULL);
}
static spane_status reserve(void) { return spane_cluster_reserve(cluster, 100000); }
static spane_status place_many(void) {
    static uint64_t id = 1000000;
    for (; id < 1020000; id++) {
        const spane_placement where = {(int32_t)(id % servers), 2};
        const spane_status status = spane_cluster_place(cluster, id, ASKS(1, 2), where);
        if (status) return status;
    }
    return SPANE_OK;
}
static spane_status record_many(void) {
    static uint64_t id = 2000000;
    for (; id < 2020000; id++) {
        const spane_placement where = {(int32_t)(id % servers), 3};
        const spane_status status = spane_cluster_record(cluster, id, ASKS(200, 400), where);
        if (status) return status;
    }
    return SPANE_OK;
}
static spane_status load_cluster(void) { return spane_cluster_load(cluster_path, NULL, &made_cluster); }
static spane_status load_cluster_memory(void) {
    return spane_cluster_load_memory(cluster_file, cluster_size, NULL, &made_cluster);
}
static spane_status save_cluster(void) { return spane_cluster_save(cluster, saved_path, NULL); }
static spane_status save_cluster_memory(void) {
    size_t size;
    return spane_cluster_save_memory(cluster, NULL, NULL, 0, &size);
}

static spane_status new_env(void) {
    const spane_env_options options = env_options(8 * servers);
    return spane_env_new(trace, &options, &made_env);
}
static spane_status clone_env(void) { return spane_env_clone(env, &made_env); }
static spane_status save_env(void) {
    size_t size;
    return spane_env_save_memory(env, NULL, 0, &size);
}
static spane_status load_env(void) { return spane_env_load_memory(trace, env_state, env_size, &made_env); }
static spane_status restore_env(void) { return spane_env_restore_memory(env, env_state, env_size); }

static spane_status new_vec(void) {
    const spane_vec_env_options options = vec_options();
    return spane_vec_env_new(trace, NULL, &options, &made_vec);
}
static spane_status save_vec(void) {
    size_t size;
    return spane_vec_env_save_memory(vec, NULL, 0, &size);
}
static spane_status load_vec(void) { return spane_vec_env_load_memory(trace, vec_state, vec_size, 2, &made_vec); }
static spane_status restore_vec(void) { return spane_vec_env_restore_memory(vec, vec_state, vec_size); }
static spane_status set_starts(void) {
    static int64_t starts[values];
    return spane_vec_env_set_starts(vec, starts, values);
}

static spane_status decide(spane_session *session) {
    const spane_request request = REQUEST(1, 2);
    static spane_placement placements[2 * servers];
    spane_status status = spane_session_choose(session, &request, placements);
    size_t found;
    return status ? status : spane_session_top(session, &request, NULL, 0, 2 * servers, placements, NULL, &found);
}
static spane_status session_of(spane_model *model) {
    spane_status status = spane_session_new(cluster, NETWORK(model), &made_session);
    return status ? status : decide(made_session);
}
static spane_status session_of_network(void) { return session_of(network); }
static spane_status session_of_potential(void) { return session_of(potential); }
static spane_status session_of_env(void) {
    int32_t action;
    spane_status status = spane_env_session_new(env, NETWORK(network), &made_env_session);
    return status ? status : spane_env_session_decide(made_env_session, &action);
}
static spane_status session_of_heuristic(void) {
    spane_placement placement;
    spane_status status = spane_session_new(cluster, HEURISTIC("balance-fit"), &made_session);
    return status ? status : spane_session_choose(made_session, ASKS(1, 2), &placement);
}
/* A list of candidates is longer than any before. */
static spane_status session_of_candidates(void) {
    static int32_t candidates[servers];
    static spane_session *session;
    static spane_placement placements[2 * servers];
    size_t found;
    spane_status status;
    for (int32_t i = 0; i < servers; i++) candidates[i] = servers - 1 - i;
    if (!session) {
        status = spane_session_new(cluster, NETWORK(potential), &made_session);
        if (status) return status;
        session = made_session;
    }
    status = spane_session_choose_among(session, ASKS(1, 2), candidates, servers, placements);
    return status ? status : spane_session_top(session, ASKS(1, 2), candidates, servers, 2 * servers, placements, NULL, &found);
}
static spane_status session_of_ranks(void) {
    static spane_placement placements[servers];
    size_t found;
    spane_status status = spane_session_new(cluster, HEURISTIC("best-fit"), &made_session);
    return status ? status : spane_session_top(made_session, ASKS(1, 2), NULL, 0, 3, placements, NULL, &found);
}
/* The cluster grows under a session. */
static spane_status session_that_grows(void) {
    if (!grown) {
        spane_status status = spane_cluster_new(NULL, &made_cluster);
        if (!status) status = spane_cluster_add_equal_servers(made_cluster, 40, 90, 1, NULL);
        if (!status) status = spane_session_new(made_cluster, NETWORK(potential), &made_session);
        if (!status) status = spane_cluster_add_equal_servers(made_cluster, 40, 90, servers, NULL);
        if (status) return status;
        grown = made_session;
    }
    return decide(grown);
}

static spane_status evaluate_with(int32_t server_count) {
    static double waits[3 * 60];
    int64_t starts[60];
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    const spane_policy policies[3] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_MODEL(network),
                                      SPANE_POLICY_MODEL(potential)};
    for (int i = 0; i < 60; i++) starts[i] = i;
    options.threads = 4;
    options.servers = server_count;
    options.length = 3;
    return spane_evaluate(trace, &options, starts, 60, policies, 3, NULL, waits, NULL, NULL);
}
static spane_status evaluate_fleet(void) {
    static double losses[2 * 60 * SPANE_SIZE_CLASSES * SPANE_LOSS_VALUES], metrics[2 * 60 * 32];
    int64_t starts[60];
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    const spane_policy policies[2] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_MODEL(network)};
    if (spane_fleet_metric_count() > 32) return SPANE_INTERNAL;
    for (int i = 0; i < 60; i++) starts[i] = i;
    options.threads = 4;
    options.servers = 600;
    options.length = 3;
    return spane_evaluate_fleet(trace, &options, starts, 60, policies, 2, 0, 1, NULL, NULL, losses, metrics);
}
static int32_t first_room(const spane_decisions *decisions, void *context) {
    (void)context;
    for (int32_t row = 0; row < decisions->count; row++) {
        const uint8_t *mask = decisions->mask + row * decisions->mask_size;
        while (!mask[++decisions->action[row]]) {}
    }
    return 0;
}
static spane_status evaluate_callback(void) {
    static double waits[60];
    int64_t starts[60];
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    const spane_policy policy = SPANE_POLICY_CALLBACK(first_room, NULL);
    for (int i = 0; i < 60; i++) starts[i] = i;
    options.threads = 4;
    options.servers = 600;
    options.length = 3;
    return spane_evaluate(trace, &options, starts, 60, &policy, 1, NULL, waits, NULL, NULL);
}
static spane_status compare(void) {
    static int64_t starts[60], lengths[60];
    spane_estimate metrics[SPANE_WAIT_METRICS];
    for (int i = 0; i < 60; i++) starts[i] = i, lengths[i] = 3;
    return spane_compare_waits(NULL, starts, lengths, 60, column, 1, 0, NULL, metrics, NULL, NULL);
}
static spane_status evaluate(void) { return evaluate_with(5); }
static spane_status evaluate_large(void) { return evaluate_with(600); }

static spane_status mean(void) {
    double result;
    return spane_trimmed_mean(column, values, 0.1, &result);
}

static spane_status generate_vast(void) { return spane_trace_generate(5000000, 2, NULL, &made_trace); }
static spane_status reserve_vast(void) { return spane_cluster_reserve(cluster, 1 << 24); }
static spane_status add_vast(void) {
    return spane_cluster_add_equal_servers(cluster, 40, 90, SPANE_MAX_SERVERS - servers, NULL);
}
static spane_status vec_vast(void) {
    const spane_env_options options = env_options(servers);
    const spane_vec_env_options many = vec_options();
    return spane_vec_env_new(trace, &options, &many, &made_vec);
}

const struct memory_call memory_vast_calls[] = {
    {"trace_generate", generate_vast}, {"cluster_reserve", reserve_vast}, {"cluster_add_servers", add_vast},
    {"vec_env_new", vec_vast},         {NULL, NULL},
};

const struct memory_call memory_calls[] = {
    {"trace_generate", generate},
    {"trace_new", from_columns},
    {"trace_load", load_trace},
    {"trace_load of CSV", load_csv},
    {"trace_load_memory", load_trace_memory},
    {"trace_save", save_trace},
    {"model_load", load_model},
    {"model_load_memory", load_model_memory},
    {"model_save_memory", save_model},
    {"cluster_new", new_cluster},
    {"cluster_add_servers", add_servers},
    {"cluster_add_servers of many nodes", new_fleet},
    {"cluster_reserve", reserve},
    {"cluster_place", place_many},
    {"cluster_record", record_many},
    {"cluster_load", load_cluster},
    {"cluster_load_memory", load_cluster_memory},
    {"cluster_save", save_cluster},
    {"cluster_save_memory", save_cluster_memory},
    {"env_new", new_env},
    {"env_clone", clone_env},
    {"env_save_memory", save_env},
    {"env_load_memory", load_env},
    {"env_restore_memory", restore_env},
    {"vec_env_new", new_vec},
    {"vec_env_save_memory", save_vec},
    {"vec_env_load_memory", load_vec},
    {"vec_env_restore_memory", restore_vec},
    {"vec_env_set_starts", set_starts},
    {"session_new", session_of_network},
    {"session_new of a potential", session_of_potential},
    {"env_session_new", session_of_env},
    {"session_new of a heuristic", session_of_heuristic},
    {"session_choose_among", session_of_candidates},
    {"session_top of a heuristic", session_of_ranks},
    {"session_choose after growth", session_that_grows},
    {"evaluate", evaluate},
    {"evaluate on many servers", evaluate_large},
    {"evaluate a fleet", evaluate_fleet},
    {"evaluate a callback", evaluate_callback},
    {"compare_waits", compare},
    {"trimmed_mean", mean},
    {NULL, NULL},
};
