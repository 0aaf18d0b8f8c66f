/* Vector environments. */

#include "tests.h"

enum { count = 6, servers = 5, observation_size = servers * SPANE_NODES * 2 + 3, mask_size = servers * SPANE_NODES };

struct arrays {
    float observation[count][observation_size], final_observation[count][observation_size];
    uint8_t mask[count][mask_size], final_mask[count][mask_size];
    double reward[count], wait[count], total_wait[count];
    uint8_t terminated[count], truncated[count];
    int64_t placed[count], start[count];
};

static spane_vec_env_buffers buffers_of(struct arrays *arrays) {
    spane_vec_env_buffers buffers = SPANE_VEC_ENV_BUFFERS_INIT;
    buffers.observation = arrays->observation[0];
    buffers.mask = arrays->mask[0];
    buffers.reward = arrays->reward;
    buffers.terminated = arrays->terminated;
    buffers.truncated = arrays->truncated;
    buffers.wait = arrays->wait;
    buffers.total_wait = arrays->total_wait;
    buffers.placed = arrays->placed;
    buffers.start = arrays->start;
    return buffers;
}

static void choose(const struct arrays *arrays, int32_t *actions) {
    for (int i = 0; i < count; i++) {
        actions[i] = 0;
        while (actions[i] < mask_size - 1 && !arrays->mask[i][actions[i]]) actions[i]++;
    }
}

static void test_options(const spane_trace *trace) {
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT, initialised;
    spane_env_options env_options = SPANE_ENV_OPTIONS_INIT;
    spane_vec_env *vec;
    spane_cluster *cluster = some_cluster(1);

    FAILS(SPANE_NULL_POINTER, "options", spane_vec_env_options_init(NULL));
    check_fill(&initialised, sizeof initialised);
    DONE(spane_vec_env_options_init(&initialised));
    CHECK(memcmp(&initialised, &options, sizeof options) == 0);
    REFUSES(SPANE_NULL_POINTER, "trace", vec, spane_vec_env_new(NULL, NULL, NULL, &vec));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_new(trace, NULL, NULL, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "trace", vec, spane_vec_env_new((spane_trace *)cluster, NULL, NULL, &vec));
#define REFUSES_OPTION(status, field, value)                                                                              \
    (options.field = (value), REFUSES(status, #field, vec, spane_vec_env_new(trace, NULL, &options, &vec)),               \
     options.field = initialised.field)
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, count, 0);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, count, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, count, (1 << 20) + 1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, count, INT32_MAX);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, threads, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, threads, 1025);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, autoreset, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, autoreset, 3);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, end_kind, 3);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, end_count, 1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, start_low, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, start_low, INT64_MAX);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, start_high, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, start_high, INT64_MAX);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, start_high, 2000);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, reserved, 1);
    REFUSES_OPTION(SPANE_UNKNOWN_VERSION, struct_size, 0);
    options.start_low = 10;
    options.start_high = 10;
    REFUSES(SPANE_INVALID_ARGUMENT, "start", vec, spane_vec_env_new(trace, NULL, &options, &vec));
    env_options.servers = 0;
    REFUSES(SPANE_INVALID_ARGUMENT, "servers", vec, spane_vec_env_new(trace, &env_options, NULL, &vec));
    /* More than any machine has. */
    env_options.servers = SPANE_MAX_SERVERS;
    options = initialised;
    options.count = 1 << 20;
    REFUSES(SPANE_OUT_OF_MEMORY, "", vec, spane_vec_env_new(trace, &env_options, &options, &vec));
    spane_vec_env_free(NULL);
    spane_vec_env_free((spane_vec_env *)cluster);
    DONE(spane_cluster_count(cluster, NULL, NULL));
    spane_cluster_free(cluster);
}

static void test_order(const spane_trace *trace) {
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
    static struct arrays arrays;
    spane_vec_env_buffers buffers = buffers_of(&arrays), bad;
    spane_vec_env *vec = NULL;
    spane_cluster *cluster = some_cluster(1);
    spane_env_info info = SPANE_ENV_INFO_INIT;
    int32_t actions[count] = {0};
    uint8_t which[count] = {1, 0, 0, 0, 0, 0};
    uint64_t seed = 4;

    options.count = count;
    options.autoreset = SPANE_AUTORESET_DISABLED;
    options.end_kind = SPANE_END_LENGTH;
    options.end_count = 3;
    DONE(spane_vec_env_new(trace, NULL, &options, &vec));
    FAILS(SPANE_BAD_STATE, "buffers", spane_vec_env_reset(vec, NULL, NULL));
    FAILS(SPANE_BAD_STATE, "buffers", spane_vec_env_step(vec, actions));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_bind(NULL, &buffers));
    FAILS(SPANE_NULL_POINTER, "buffers", spane_vec_env_bind(vec, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "vec", spane_vec_env_bind((spane_vec_env *)cluster, &buffers));
#define REFUSES_BUFFER(status, field, value)                                                                              \
    (bad = buffers, bad.field = (value), FAILS(status, #field, spane_vec_env_bind(vec, &bad)))
    REFUSES_BUFFER(SPANE_NULL_POINTER, observation, NULL);
    REFUSES_BUFFER(SPANE_NULL_POINTER, mask, NULL);
    REFUSES_BUFFER(SPANE_NULL_POINTER, reward, NULL);
    REFUSES_BUFFER(SPANE_NULL_POINTER, terminated, NULL);
    REFUSES_BUFFER(SPANE_NULL_POINTER, truncated, NULL);
    REFUSES_BUFFER(SPANE_INVALID_ARGUMENT, final_observation, arrays.final_observation[0]);
    REFUSES_BUFFER(SPANE_INVALID_ARGUMENT, final_mask, arrays.final_mask[0]);
    REFUSES_BUFFER(SPANE_UNKNOWN_VERSION, struct_size, 0);
    FAILS(SPANE_BAD_STATE, "buffers", spane_vec_env_reset(vec, NULL, NULL));

    check_fill(&arrays, sizeof arrays);
    DONE(spane_vec_env_bind(vec, &buffers));
    CHECK(check_is_filled(&arrays, sizeof arrays));
    FAILS(SPANE_BAD_STATE, "reset", spane_vec_env_step(vec, actions));
    CHECK(check_is_filled(&arrays, sizeof arrays));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_reset(NULL, &seed, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "vec", spane_vec_env_reset((spane_vec_env *)cluster, &seed, NULL));
    DONE(spane_vec_env_reset(vec, &seed, which));
    CHECK(arrays.reward[0] == 0 && arrays.mask[0][0] == 1);
    CHECK(check_is_filled(arrays.observation[1], sizeof arrays.observation[1]) && check_is_filled(&arrays.reward[1], 8));
    FAILS(SPANE_BAD_STATE, "reset", spane_vec_env_step(vec, actions));
    DONE(spane_vec_env_reset(vec, NULL, NULL));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_step(NULL, actions));
    FAILS(SPANE_NULL_POINTER, "actions", spane_vec_env_step(vec, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "vec", spane_vec_env_step((spane_vec_env *)cluster, actions));
    actions[4] = mask_size;
    FAILS(SPANE_INFEASIBLE_ACTION, "4", spane_vec_env_step(vec, actions));
    actions[4] = INT32_MIN;
    FAILS(SPANE_INFEASIBLE_ACTION, "4", spane_vec_env_step(vec, actions));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_describe(NULL, 0, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_vec_env_describe(vec, 0, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "vec", spane_vec_env_describe((spane_vec_env *)cluster, 0, &info));
    FAILS(SPANE_INVALID_ARGUMENT, "index", spane_vec_env_describe(vec, count, &info));
    FAILS(SPANE_INVALID_ARGUMENT, "index", spane_vec_env_describe(vec, -1, &info));
    info.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_vec_env_describe(vec, 0, &info));
    info.struct_size = sizeof info;
    DONE(spane_vec_env_describe(vec, 4, &info));
    CHECK(info.placed == 0 && info.finished == 0); /* on an error nothing changes in any of them */
    for (int step = 0; step < 3; step++) {
        choose(&arrays, actions);
        DONE(spane_vec_env_step(vec, actions));
    }
    for (int i = 0; i < count; i++) CHECK(arrays.terminated[i] == 1 && arrays.truncated[i] == 0 && arrays.placed[i] == 3);
    FAILS(SPANE_BAD_STATE, "", spane_vec_env_step(vec, actions));
    spane_vec_env_free(vec);
    spane_cluster_free(cluster);
}

/* Any number of threads gives the same, and each environment does as a spane_env does. */
static void test_threads(spane_trace *trace, int32_t autoreset) {
    static struct arrays all[2];
    spane_vec_env *vecs[2] = {NULL, NULL};
    spane_env *env = NULL;
    int32_t actions[count];
    uint64_t seed = 11;

    memset(all, 0, sizeof all);
    for (int i = 0; i < 2; i++) {
        spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
        spane_vec_env_buffers buffers = buffers_of(&all[i]);
        options.count = count;
        options.threads = i == 0 ? 1 : 3;
        options.autoreset = autoreset;
        options.end_kind = SPANE_END_EXCEED;
        options.end_count = 5;
        options.start_high = 500;
        if (autoreset == SPANE_AUTORESET_SAME_STEP) {
            buffers.final_observation = all[i].final_observation[0];
            buffers.final_mask = all[i].final_mask[0];
        }
        DONE(spane_vec_env_new(trace, NULL, &options, &vecs[i]));
        DONE(spane_vec_env_bind(vecs[i], &buffers));
        DONE(spane_vec_env_reset(vecs[i], &seed, NULL));
    }
    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_env_reset(env, all[0].start[2], SPANE_END_EXCEED, 5));
    spane_trace_free(trace);
    for (int step = 0, follows = 1; step < 600; step++) {
        choose(&all[0], actions);
        for (int i = 0; i < 2; i++) DONE(spane_vec_env_step(vecs[i], actions));
        CHECK(memcmp(&all[0], &all[1], sizeof all[0]) == 0);
        if (follows) {
            spane_step_result result;
            DONE(spane_env_step(env, actions[2], &result));
            CHECK(all[0].reward[2] == result.reward && all[0].wait[2] == result.wait);
            CHECK(all[0].terminated[2] == result.terminated && all[0].truncated[2] == result.truncated);
            follows = !result.terminated && !result.truncated;
        }
    }
    spane_env_free(env);
    spane_vec_env_free(vecs[0]);
    spane_vec_env_free(vecs[1]);
}

void test_vector_environments(void) {
    spane_trace *trace = NULL;
    DONE(spane_trace_generate(2000, 1, NULL, &trace));
    test_options(trace);
    test_order(trace);
    test_threads(trace, SPANE_AUTORESET_NEXT_STEP);
    DONE(spane_trace_generate(2000, 1, NULL, &trace));
    test_threads(trace, SPANE_AUTORESET_SAME_STEP);
}
