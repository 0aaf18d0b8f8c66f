/*
 * allocations DATA: calls that must not allocate do not. It stands in for the allocator of the C library and counts; built
 * against a shared library only, whose calls come here, and without sanitizers, which have allocators of their own.
 */

#include <unistd.h>

#include "check.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long allocations;

void *malloc(size_t size);
void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size);
void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size);
void *realloc(void *memory, size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size);
int posix_memalign(void **memory, size_t alignment, size_t size) {
    allocations++;
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : 12;
}

void *aligned_alloc(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

enum { servers = 40, count = 3 };

static spane_status status;

/* Does it a few times, as storage is made at the first one, and then counts. */
#define ALLOCATES_NOTHING(call)                                                                                           \
    do {                                                                                                                  \
        for (int turn = 0; turn < 30; turn++) {                                                                           \
            long before = allocations;                                                                                    \
            status = (call);                                                                                              \
            CHECK(status == SPANE_OK || status >= SPANE_OK);                                                              \
            if (turn >= 10) CHECK(allocations == before);                                                                 \
        }                                                                                                                 \
    } while (0)

static void test_cluster(const spane_model *model) {
    const spane_request requests[3] = {REQUEST(1, 2), REQUEST(4, 40), REQUEST(1000, 1)};
    const int32_t some[] = {7, 3, 39, 0};
    const uint64_t last = 1000;
    spane_cluster *cluster = NULL;
    spane_session *sessions[3] = {NULL, NULL, NULL};
    spane_placement placements[servers * SPANE_NODES];
    double capacity[servers * SPANE_NODES * 2], left[servers * SPANE_NODES * 2];
    int32_t numbers[servers];
    float scores[servers * SPANE_NODES];
    uint64_t id = 0;
    size_t found;

    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    DONE(spane_cluster_reserve(cluster, 1000));
    DONE(spane_session_new(cluster, NETWORK(model), &sessions[0]));
    DONE(spane_session_new(cluster, HEURISTIC("balance-fit"), &sessions[1]));
    DONE(spane_session_new(cluster, HEURISTIC("random:1"), &sessions[2]));
    for (int i = 0; i < 3; i++) {
        ALLOCATES_NOTHING(spane_session_choose(sessions[i], &requests[turn % 3], placements));
        ALLOCATES_NOTHING(spane_session_choose_among(sessions[i], &requests[turn % 3], some, 4, placements));
        ALLOCATES_NOTHING(spane_session_choose_many(sessions[i], requests, 3, placements));
        ALLOCATES_NOTHING(spane_session_place(sessions[i], id++, &requests[turn % 2], NULL));
        ALLOCATES_NOTHING(spane_cluster_release(cluster, --id, NULL));
        if (i == 2) continue; /* its generator is copied, so that a list changes no later decision */
        ALLOCATES_NOTHING(spane_session_top(sessions[i], &requests[turn % 3], NULL, 0, 3, placements, scores, &found));
        ALLOCATES_NOTHING(spane_session_top(sessions[i], &requests[turn % 3], some, 4, 3, placements, scores, &found));
    }
    ALLOCATES_NOTHING(spane_session_top(sessions[0], &requests[turn % 3], NULL, 0, servers, placements, scores, &found));
    ALLOCATES_NOTHING(spane_session_top(sessions[0], &requests[0], NULL, 0, 1 + (size_t)turn, placements, NULL, &found));
    ALLOCATES_NOTHING(spane_session_scores(sessions[0], &requests[1], NULL, servers, scores));
    ALLOCATES_NOTHING(spane_session_scores(sessions[0], &requests[0], some, 4, scores));
    ALLOCATES_NOTHING(spane_session_q_values(sessions[0], &requests[1], scores, servers * SPANE_NODES));
    ALLOCATES_NOTHING(spane_cluster_amounts(cluster, NULL, servers, capacity, left));
    ALLOCATES_NOTHING(spane_cluster_amounts(cluster, some, 4, NULL, left));
    ALLOCATES_NOTHING(spane_cluster_servers(cluster, numbers, servers, &found));
    ALLOCATES_NOTHING(spane_cluster_place(cluster, id++, &requests[0], (spane_placement){turn, 1}));
    ALLOCATES_NOTHING(spane_cluster_move(cluster, id - 1 - (uint64_t)turn, (spane_placement){39 - turn, 2}));
    ALLOCATES_NOTHING(spane_cluster_resize(cluster, id - 1, ASKS(1 + turn % 3, 2)));
    ALLOCATES_NOTHING(spane_cluster_rename(cluster, turn % 2 ? last : id - 1, turn % 2 ? id - 1 : last));
    ALLOCATES_NOTHING(spane_cluster_find(cluster, id - 1, placements, NULL));
    ALLOCATES_NOTHING(spane_cluster_vm_amounts(cluster, id - 1, NULL, 0));
    for (int i = 0; i < 3; i++) spane_session_free(sessions[i]);
    spane_cluster_free(cluster);
}

/* The log of a cluster is written from memory that it has. */
static void test_log(const spane_model *model, int32_t durability) {
    const spane_request requests[3] = {REQUEST(1, 2), REQUEST(4, 40), REQUEST(1000, 1)};
    const spane_placement there = {3, 1};
    spane_cluster *cluster = NULL;
    spane_session *sessions[2] = {NULL, NULL};
    spane_log_info info = SPANE_LOG_INFO_INIT;
    spane_placement placements[3];
    char path[64];
    uint64_t id = 0;

    snprintf(path, sizeof path, "/tmp/spane-allocations-%ld.log", (long)getpid());
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    DONE(spane_cluster_reserve(cluster, 1000));
    DONE(spane_session_new(cluster, NETWORK(model), &sessions[0]));
    DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &sessions[1]));
    DONE(spane_cluster_start_log(cluster, path, durability, NULL));
    DONE(spane_cluster_set_log_time(cluster, 1));
    for (int i = 0; i < 2; i++) {
        ALLOCATES_NOTHING(spane_session_choose(sessions[i], &requests[turn % 3], placements));
        ALLOCATES_NOTHING(spane_session_choose_many(sessions[i], requests, 3, placements));
        ALLOCATES_NOTHING(spane_session_place(sessions[i], id++, &requests[turn % 2], NULL));
        ALLOCATES_NOTHING(spane_session_place(sessions[i], 999, &requests[2], NULL));
        ALLOCATES_NOTHING(spane_cluster_set_log_time(cluster, turn));
        ALLOCATES_NOTHING(spane_cluster_release(cluster, --id, NULL));
        ALLOCATES_NOTHING(spane_session_shadow(sessions[i], id++, &requests[0], turn % 3 ? &there : NULL, NULL));
    }
    ALLOCATES_NOTHING(spane_cluster_describe_log(cluster, &info));
    /* Also as often as it takes to write what has been gathered. */
    {
        long before = allocations;
        for (int turn = 0; turn < (durability == SPANE_DURABILITY_BUFFERED ? 12000 : 20); turn++) {
            CHECK(spane_session_choose(sessions[1], &requests[0], placements) == SPANE_OK);
        }
        CHECK(allocations == before);
    }
    DONE(spane_cluster_describe_log(cluster, &info));
    CHECK(info.is_ended == 0 && info.events > 200);
    DONE(spane_cluster_stop_log(cluster));
    unlink(path);
    for (int i = 0; i < 2; i++) spane_session_free(sessions[i]);
    spane_cluster_free(cluster);
}

static void test_environment(const spane_trace *trace, const spane_model *model) {
    float observation[SPANE_OBSERVATION_SIZE(5)];
    uint8_t mask[SPANE_MASK_SIZE(5)];
    spane_env *env = NULL;
    spane_env_session *session = NULL;
    int32_t action = 0;

    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_env_session_new(env, NETWORK(model), &session));
    ALLOCATES_NOTHING(spane_env_reset(env, turn, SPANE_END_LENGTH, 500));
    for (int i = 0; i < 10; i++) {
        ALLOCATES_NOTHING(spane_env_session_decide(session, &action));
        ALLOCATES_NOTHING(spane_env_observe(env, observation, sizeof observation / sizeof *observation));
        ALLOCATES_NOTHING(spane_env_mask(env, mask, sizeof mask));
        DONE(spane_env_step(env, action, NULL));
    }
    ALLOCATES_NOTHING(spane_env_session_decide(session, &action) || spane_env_step(env, action, NULL));
    spane_env_session_free(session);
    spane_env_free(env);
}

static void test_vector(const spane_trace *trace) {
    static float observation[count][SPANE_OBSERVATION_SIZE(5)];
    static uint8_t mask[count][SPANE_MASK_SIZE(5)], terminated[count], truncated[count];
    static double reward[count];
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
    spane_vec_env_buffers buffers = SPANE_VEC_ENV_BUFFERS_INIT;
    int64_t starts[count] = {1, 2, 3};
    int32_t actions[count];
    spane_vec_env *vec = NULL;

    options.count = count;
    options.threads = 2;
    options.end_kind = SPANE_END_LENGTH;
    options.end_count = 8;
    buffers.observation = observation[0];
    buffers.mask = mask[0];
    buffers.reward = reward;
    buffers.terminated = terminated;
    buffers.truncated = truncated;
    DONE(spane_vec_env_new(trace, NULL, &options, &vec));
    DONE(spane_vec_env_bind(vec, &buffers));
    ALLOCATES_NOTHING(spane_vec_env_reset(vec, NULL, NULL));
    ALLOCATES_NOTHING(spane_vec_env_reset_at(vec, starts, NULL));
    ALLOCATES_NOTHING(spane_vec_env_observe(vec));
    for (int i = 0; i < 30; i++) {
        long before = allocations;
        for (int k = 0; k < count; k++) {
            actions[k] = 0;
            while (actions[k] < 9 && !mask[k][actions[k]]) actions[k]++;
        }
        DONE(spane_vec_env_step(vec, actions));
        if (i >= 10) CHECK(allocations == before);
    }
    spane_vec_env_free(vec);
}

int main(int argc, char **argv) {
    spane_model *model = NULL;
    spane_trace *trace = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: allocations DATA\n");
        return EXIT_FAILURE;
    }
    DONE(spane_model_load(check_path(argv[1], "weights/untrained-1.h5"), &model));
    DONE(spane_trace_generate(2000, 1, NULL, &trace));
    CHECK(allocations > 100); /* they are counted */
    test_log(model, SPANE_DURABILITY_BUFFERED);
    test_log(model, SPANE_DURABILITY_WRITTEN);
    test_cluster(model);
    test_environment(trace, model);
    test_vector(trace);
    spane_trace_free(trace);
    spane_model_free(model);
    return check_report("allocations");
}
