/* Environments. */

#include <math.h>

#include "tests.h"

enum { servers = 5, observation_size = servers * SPANE_NODES * 2 + 3, mask_size = servers * SPANE_NODES };

static int32_t first_available(const spane_env *env) {
    uint8_t mask[mask_size];
    DONE(spane_env_mask(env, mask, mask_size));
    for (int32_t action = 0; action < mask_size; action++) {
        if (mask[action]) return action;
    }
    CHECK(0);
    return 0;
}

static void test_options(const spane_trace *trace) {
    spane_env_options options = SPANE_ENV_OPTIONS_INIT, initialised;
    spane_env *env;
    spane_cluster *cluster = some_cluster(1);
    const double bad[] = {0, -1, NAN, INFINITY, 4294967297.0, 1e300};
    const int32_t bad_servers[] = {0, -1, INT32_MIN, SPANE_MAX_SERVERS + 1, INT32_MAX};

    FAILS(SPANE_NULL_POINTER, "options", spane_env_options_init(NULL));
    check_fill(&initialised, sizeof initialised);
    DONE(spane_env_options_init(&initialised));
    CHECK(memcmp(&initialised, &options, sizeof options) == 0);
    REFUSES(SPANE_NULL_POINTER, "trace", env, spane_env_new(NULL, &options, &env));
    FAILS(SPANE_NULL_POINTER, "env", spane_env_new(trace, &options, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "trace", env, spane_env_new((spane_trace *)cluster, &options, &env));
#define REFUSES_OPTION(status, field, value)                                                                              \
    (options.field = (value), REFUSES(status, #field, env, spane_env_new(trace, &options, &env)),                         \
     options.field = initialised.field)
    for (int i = 0; i < 5; i++) REFUSES_OPTION(SPANE_INVALID_ARGUMENT, servers, bad_servers[i]);
    for (int i = 0; i < 6; i++) {
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, node_cpu, bad[i]);
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, node_mem, bad[i]);
    }
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, split_above, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, split_above, NAN);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, reward, 2);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, reward, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, flags, 2);
    /* Used or not. */
    for (options.reward = SPANE_REWARD_BALANCE; options.reward >= SPANE_REWARD_LOG_WAIT; options.reward--) {
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, balance_weight, NAN);
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, balance_weight, INFINITY);
    }
    options.reward = SPANE_REWARD_LOG_WAIT;
    /* Used or not, too. */
    for (options.moves = 0; options.moves < 2; options.moves++) {
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, move_budget, -1);
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, move_price, NAN);
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, move_seconds_per_gb, -1);
        REFUSES_OPTION(SPANE_INVALID_ARGUMENT, move_seconds_per_gb, 2e6);
    }
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, moves, SPANE_MAX_MOVES + 1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, moves, -1);
    options = initialised;
    REFUSES_OPTION(SPANE_UNKNOWN_VERSION, struct_size, 0);
    REFUSES_OPTION(SPANE_UNKNOWN_VERSION, struct_size, UINT32_MAX);
    options.node_cpu = 0.25; /* some VM of the trace fits on no empty server */
    REFUSES(SPANE_INVALID_ARGUMENT, "", env, spane_env_new(trace, &options, &env));
    options = initialised;
    options.struct_size = 8; /* an older program: all but the servers are the defaults */
    DONE(spane_env_new(trace, &options, &env));
    spane_env_free(env);
    spane_env_free(NULL);
    spane_env_free((spane_env *)cluster);
    DONE(spane_cluster_count(cluster, NULL, NULL));
    spane_cluster_free(cluster);
}

/* Servers of a cluster in place of equal ones. */
static void test_fleet(const spane_trace *trace) {
    spane_env_options options = SPANE_ENV_OPTIONS_INIT;
    spane_cluster_options kinds = SPANE_CLUSTER_OPTIONS_INIT;
    spane_server_type quad = SPANE_SERVER_TYPE_INIT;
    spane_env_info info = SPANE_ENV_INFO_INIT;
    spane_request request = SPANE_REQUEST_INIT;
    spane_cluster *cluster, *empty;
    spane_env_session *session;
    spane_env *env;
    const double amounts[] = {60, 200, 60, 200, 60, 200, 60, 200};
    float observation[64];
    uint8_t mask[64];
    int32_t action;

    kinds.nodes = quad.nodes = 4;
    quad.node_amounts = amounts;
    DONE(spane_cluster_new(&kinds, &cluster));
    DONE(spane_cluster_new(NULL, &empty));
    DONE(spane_cluster_add_servers(cluster, &quad, 2, NULL));
    quad.nodes = 2;
    DONE(spane_cluster_add_servers(cluster, &quad, 1, NULL));
    options.fleet = empty;
    REFUSES(SPANE_INVALID_ARGUMENT, "options->fleet has no servers", env, spane_env_new(trace, &options, &env));
    options.fleet = (spane_cluster *)(uintptr_t)trace;
    REFUSES(SPANE_INVALID_ARGUMENT, "fleet", env, spane_env_new(trace, &options, &env));
    options.fleet = cluster;
    options.servers = -1; /* not looked at */
    DONE(spane_env_new(trace, &options, &env));
    spane_cluster_free(cluster);
    spane_cluster_free(empty);
    DONE(spane_env_describe(env, &info));
    CHECK(info.servers == 3 && info.observation_size == 3 * 4 * 2 + 3 && info.mask_size == 3 * SPANE_PLACEMENTS(4));
    DONE(spane_env_reset(env, 0, SPANE_END_LENGTH, 30));
    FAILS(SPANE_BUFFER_TOO_SMALL, "mask", spane_env_mask(env, mask, (size_t)info.mask_size - 1));
    FAILS(SPANE_BUFFER_TOO_SMALL, "observation", spane_env_observe(env, observation, (size_t)info.observation_size - 1));
    DONE(spane_env_observe(env, observation, 64));
    /* The third server has two nodes of four. */
    CHECK(observation[16] == 60 && observation[19] == 200 && observation[20] == 0 && observation[23] == 0);
    DONE(spane_env_session_new(env, HEURISTIC("best-fit"), &session));
    for (int step = 0; step < 30; step++) {
        DONE(spane_env_request(env, &request));
        CHECK(request.span == (request.mem > 10 ? 2 : 1));
        DONE(spane_env_mask(env, mask, 64));
        DONE(spane_env_session_decide(session, &action));
        CHECK(action >= 0 && action < info.mask_size && mask[action]);
        DONE(spane_env_step(env, action, NULL));
    }
    DONE(spane_env_describe(env, &info));
    CHECK(info.terminated && info.placed == 30);
    spane_env_session_free(session);
    spane_env_free(env);
}

static void test_order(const spane_trace *trace) {
    spane_env *env = NULL, *clone;
    spane_env_info info = SPANE_ENV_INFO_INIT, before;
    spane_step_result result;
    spane_request request = SPANE_REQUEST_INIT, untouched = SPANE_REQUEST_INIT;
    spane_cluster *cluster = some_cluster(1);
    float observation[observation_size + 1];
    uint8_t mask[mask_size + 1];
    size_t size;

    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_env_describe(env, &info));
    CHECK(info.servers == servers && info.finished == 1 && info.start == -1);
    REFUSES(SPANE_BAD_STATE, "reset", result, spane_env_step(env, 0, &result));
    REFUSES(SPANE_BAD_STATE, "reset", observation, spane_env_observe(env, observation, observation_size));
    REFUSES(SPANE_BAD_STATE, "reset", mask, spane_env_mask(env, mask, mask_size));
    FAILS(SPANE_BAD_STATE, "reset", spane_env_request(env, &request));

    FAILS(SPANE_NULL_POINTER, "env", spane_env_reset(NULL, 0, SPANE_END_LENGTH, 10));
    FAILS(SPANE_INVALID_ARGUMENT, "env", spane_env_reset((spane_env *)cluster, 0, SPANE_END_LENGTH, 10));
    FAILS(SPANE_INVALID_ARGUMENT, "start", spane_env_reset(env, -1, SPANE_END_LENGTH, 10));
    FAILS(SPANE_INVALID_ARGUMENT, "start", spane_env_reset(env, INT64_MIN, SPANE_END_EXCEED, 10));
    FAILS(SPANE_INVALID_ARGUMENT, "start", spane_env_reset(env, INT64_MAX, SPANE_END_EXCEED, 10));
    FAILS(SPANE_INVALID_ARGUMENT, "start", spane_env_reset(env, 1999, SPANE_END_AUTO, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "", spane_env_reset(env, 0, SPANE_END_LENGTH, 1999));
    FAILS(SPANE_INVALID_ARGUMENT, "", spane_env_reset(env, 0, SPANE_END_LENGTH, INT64_MAX));
    FAILS(SPANE_INVALID_ARGUMENT, "", spane_env_reset(env, 0, SPANE_END_LENGTH, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "", spane_env_reset(env, 0, SPANE_END_EXCEED, 0));
    FAILS(SPANE_INVALID_ARGUMENT, "", spane_env_reset(env, 0, SPANE_END_EXCEED, INT64_MIN));
    FAILS(SPANE_INVALID_ARGUMENT, "", spane_env_reset(env, 0, SPANE_END_AUTO, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "end_kind", spane_env_reset(env, 0, 3, 1));
    FAILS(SPANE_INVALID_ARGUMENT, "end_kind", spane_env_reset(env, 0, -1, 1));

    DONE(spane_env_reset(env, 0, SPANE_END_LENGTH, 3));
    FAILS(SPANE_INVALID_ARGUMENT, "start", spane_env_reset(env, -1, SPANE_END_LENGTH, 10));
    REFUSES(SPANE_NULL_POINTER, "env", result, spane_env_step(NULL, 0, &result));
    REFUSES(SPANE_INVALID_ARGUMENT, "env", result, spane_env_step((spane_env *)cluster, 0, &result));
    REFUSES(SPANE_INFEASIBLE_ACTION, "action", result, spane_env_step(env, mask_size, &result));
    REFUSES(SPANE_INFEASIBLE_ACTION, "action", result, spane_env_step(env, -1, &result));
    REFUSES(SPANE_INFEASIBLE_ACTION, "action", result, spane_env_step(env, INT32_MAX, &result));
    REFUSES(SPANE_INFEASIBLE_ACTION, "action", result, spane_env_step(env, INT32_MIN, &result));

    REFUSES(SPANE_NULL_POINTER, "env", observation, spane_env_observe(NULL, observation, observation_size));
    FAILS(SPANE_NULL_POINTER, "observation", spane_env_observe(env, NULL, observation_size));
    FAILS(SPANE_INVALID_ARGUMENT, "env", spane_env_observe((spane_env *)cluster, observation, observation_size));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "observation", observation,
            spane_env_observe(env, observation, observation_size - 1));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "observation", observation, spane_env_observe(env, observation, 0));
    REFUSES(SPANE_NULL_POINTER, "env", mask, spane_env_mask(NULL, mask, mask_size));
    FAILS(SPANE_NULL_POINTER, "mask", spane_env_mask(env, NULL, mask_size));
    FAILS(SPANE_INVALID_ARGUMENT, "env", spane_env_mask((spane_env *)cluster, mask, mask_size));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "mask", mask, spane_env_mask(env, mask, mask_size - 1));
    check_fill(observation, sizeof observation);
    check_fill(mask, sizeof mask);
    DONE(spane_env_observe(env, observation, observation_size));
    DONE(spane_env_mask(env, mask, SIZE_MAX));
    CHECK(check_is_filled(observation + observation_size, sizeof(float)) && check_is_filled(mask + mask_size, 1));
    CHECK(observation[0] == 40 && observation[1] == 90 && mask[0] == 1 && mask[mask_size - 1] == 1);
    FAILS(SPANE_NULL_POINTER, "env", spane_env_request(NULL, &request));
    FAILS(SPANE_NULL_POINTER, "request", spane_env_request(env, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "env", spane_env_request((spane_env *)cluster, &request));
    request.struct_size = untouched.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_env_request(env, &request));
    CHECK(memcmp(&request, &untouched, sizeof request) == 0);
    request = *ASKS(0, 0);
    DONE(spane_env_request(env, &request));
    CHECK(observation[observation_size - 3] == (float)request.cpu && request.span == (request.mem > 10 ? 2 : 1));
    CHECK(!request.amounts && request.amount_count == 0 && request.require == 0 && request.forbid == 0);
    /* As it is, it is asked of a cluster. */
    CHECK(spane_cluster_place(cluster, 1, &request, (spane_placement){0, request.span == 2 ? 3 : 1}) == SPANE_OK);

    REFUSES(SPANE_NULL_POINTER, "env", clone, spane_env_clone(NULL, &clone));
    FAILS(SPANE_NULL_POINTER, "clone", spane_env_clone(env, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "env", clone, spane_env_clone((spane_env *)cluster, &clone));
    FAILS(SPANE_NULL_POINTER, "env", spane_env_describe(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_env_describe(env, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "env", spane_env_describe((spane_env *)cluster, &info));
    check_fill(&info, sizeof info);
    info.struct_size = 0;
    before = info;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_env_describe(env, &info));
    CHECK(memcmp(&before, &info, sizeof info) == 0);
    REFUSES(SPANE_NULL_POINTER, "env", size, spane_env_save_memory(NULL, mask, sizeof mask, &size));

    for (int step = 0; step < 3; step++) DONE(spane_env_step(env, first_available(env), step == 1 ? NULL : &result));
    CHECK(result.terminated == 1 && result.truncated == 0 && result.wait >= 0 && result.reward <= 0);
    info.struct_size = sizeof info;
    DONE(spane_env_describe(env, &info));
    CHECK(info.finished == 1 && info.terminated == 1 && info.placed == 3 && info.start == 0 && info.length == 3);
    REFUSES(SPANE_BAD_STATE, "", result, spane_env_step(env, 0, &result));
    DONE(spane_env_observe(env, observation, observation_size));

    /* The trace comes to its end. */
    DONE(spane_env_reset(env, 1990, SPANE_END_EXCEED, 100000));
    do {
        DONE(spane_env_step(env, first_available(env), &result));
    } while (!result.terminated && !result.truncated);
    CHECK(result.truncated == 1 && result.terminated == 0);
    DONE(spane_env_reset(env, 100, SPANE_END_AUTO, 0));
    spane_env_free(env);
    spane_cluster_free(cluster);
}

static size_t saved(const spane_env *env, unsigned char **bytes) {
    size_t size = 0;
    DONE(spane_env_save_memory(env, NULL, 0, &size));
    *bytes = malloc(size);
    DONE(spane_env_save_memory(env, *bytes, size, &size));
    return size;
}

/* A clone, a loaded and a restored environment go on as the first one does, even when all it came from is gone. */
static void test_copies(spane_trace *trace) {
    spane_env *all[4] = {NULL, NULL, NULL, NULL}, *other = NULL;
    spane_trace *another = NULL;
    spane_env_options options = SPANE_ENV_OPTIONS_INIT;
    spane_step_result results[4];
    unsigned char *bytes, *ends[4], short_buffer[16];
    size_t size, needed, sizes[4];

    DONE(spane_env_new(trace, NULL, &all[0]));
    DONE(spane_env_reset(all[0], 500, SPANE_END_LENGTH, 400));
    for (int step = 0; step < 200; step++) DONE(spane_env_step(all[0], first_available(all[0]), NULL));
    size = saved(all[0], &bytes);
    FAILS(SPANE_NULL_POINTER, "size", spane_env_save_memory(all[0], short_buffer, 16, NULL));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "data", short_buffer, spane_env_save_memory(all[0], short_buffer, 16, &needed));
    CHECK(needed == size);

    DONE(spane_trace_generate(2000, 77, NULL, &another));
    REFUSES(SPANE_NULL_POINTER, "trace", other, spane_env_load_memory(NULL, bytes, size, &other));
    REFUSES(SPANE_NULL_POINTER, "data", other, spane_env_load_memory(trace, NULL, size, &other));
    FAILS(SPANE_NULL_POINTER, "env", spane_env_load_memory(trace, bytes, size, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "trace", other, spane_env_load_memory((spane_trace *)all[0], bytes, size, &other));
    REFUSES(SPANE_INVALID_ARGUMENT, "size", other, spane_env_load_memory(trace, bytes, SIZE_MAX, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_env_load_memory(trace, bytes, 0, &other));
    REFUSES(SPANE_SHAPE_MISMATCH, "trace", other, spane_env_load_memory(another, bytes, size, &other));
    FAILS(SPANE_NULL_POINTER, "env", spane_env_restore_memory(NULL, bytes, size));
    FAILS(SPANE_NULL_POINTER, "data", spane_env_restore_memory(all[0], NULL, size));
    FAILS(SPANE_INVALID_ARGUMENT, "env", spane_env_restore_memory((spane_env *)trace, bytes, size));
    FAILS(SPANE_INVALID_ARGUMENT, "size", spane_env_restore_memory(all[0], bytes, SIZE_MAX));
    options.servers = 6;
    DONE(spane_env_new(trace, &options, &other));
    FAILS(SPANE_SHAPE_MISMATCH, "", spane_env_restore_memory(other, bytes, size));
    spane_env_free(other);
    DONE(spane_env_new(another, NULL, &other));
    FAILS(SPANE_SHAPE_MISMATCH, "trace", spane_env_restore_memory(other, bytes, size));
    spane_env_free(other);
    spane_trace_free(another);

    DONE(spane_env_clone(all[0], &all[1]));
    DONE(spane_env_load_memory(trace, bytes, size, &all[2]));
    DONE(spane_env_new(trace, NULL, &all[3]));
    DONE(spane_env_restore_memory(all[3], bytes, size));
    spane_trace_free(trace);
    free(bytes);
    for (int step = 0; step < 200; step++) {
        int32_t action = first_available(all[0]);
        memset(results, 0, sizeof results);
        for (int i = 0; i < 4; i++) DONE(spane_env_step(all[i], action, &results[i]));
        for (int i = 1; i < 4; i++) CHECK(memcmp(&results[0], &results[i], sizeof results[0]) == 0);
    }
    CHECK(results[0].terminated == 1);
    for (int i = 0; i < 4; i++) sizes[i] = saved(all[i], &ends[i]);
    for (int i = 1; i < 4; i++) CHECK(sizes[i] == sizes[0] && memcmp(ends[i], ends[0], sizes[0]) == 0);
    for (int i = 0; i < 4; i++) {
        free(ends[i]);
        spane_env_free(all[i]);
    }
}

/* Damaged states: an error, or a state that goes on. */
static void test_damage(const spane_trace *trace) {
    spane_env *env = NULL, *other;
    unsigned char *bytes;
    unsigned long long random = 1;
    size_t size;

    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_env_reset(env, 500, SPANE_END_LENGTH, 400));
    for (int step = 0; step < 100; step++) DONE(spane_env_step(env, first_available(env), NULL));
    size = saved(env, &bytes);
    for (size_t length = 0; length < size; length++) {
        unsigned char *cut = malloc(length ? length : 1);
        memcpy(cut, bytes, length);
        REFUSES(SPANE_FORMAT, "data", other, spane_env_load_memory(trace, cut, length, &other));
        FAILS(SPANE_FORMAT, "data", spane_env_restore_memory(env, cut, length));
        free(cut);
    }
    for (int i = 0; i < 5000; i++) {
        size_t at = (size_t)(check_random(&random) % size);
        unsigned char bit = (unsigned char)(1 << check_random(&random) % 8);
        bytes[at] = (unsigned char)(bytes[at] ^ bit);
        check_fill(&other, sizeof other);
        if (spane_env_load_memory(trace, bytes, size, &other) == SPANE_OK) {
            for (int step = 0; step < 20; step++) (void)spane_env_step(other, first_available(other), NULL);
            spane_env_free(other);
        } else {
            CHECK(check_is_filled(&other, sizeof other));
        }
        bytes[at] = (unsigned char)(bytes[at] ^ bit);
    }
    DONE(spane_env_restore_memory(env, bytes, size));
    free(bytes);
    spane_env_free(env);
}

void test_environments(void) {
    spane_trace *trace = NULL;
    DONE(spane_trace_generate(2000, 1, NULL, &trace));
    test_options(trace);
    test_fleet(trace);
    test_order(trace);
    test_damage(trace);
    test_copies(trace); /* gives it back */
}
