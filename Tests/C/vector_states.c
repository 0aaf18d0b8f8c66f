/* Vector environments: explicit starts, saved states, and what becomes of them after fork. */

#define _POSIX_C_SOURCE 200809L

#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

enum { count = 5, servers = 5, observation_size = servers * SPANE_NODES * 2 + 3, mask_size = servers * SPANE_NODES };

struct arrays {
    float observation[count][observation_size];
    uint8_t mask[count][mask_size], terminated[count], truncated[count];
    double reward[count], wait[count], total_wait[count];
    int64_t placed[count], start[count];
};

static void bind(spane_vec_env *vec, struct arrays *arrays) {
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
    memset(arrays, 0, sizeof *arrays);
    DONE(spane_vec_env_bind(vec, &buffers));
}

static spane_vec_env *make(const spane_trace *trace, int32_t threads, int32_t autoreset, int64_t length) {
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
    spane_vec_env *vec = NULL;
    options.count = count;
    options.threads = threads;
    options.autoreset = autoreset;
    options.seed = 3;
    options.end_kind = SPANE_END_LENGTH;
    options.end_count = length;
    DONE(spane_vec_env_new(trace, NULL, &options, &vec));
    return vec;
}

static void step(spane_vec_env *vec, const struct arrays *arrays, int steps) {
    for (; steps > 0; steps--) {
        int32_t actions[count];
        for (int i = 0; i < count; i++) {
            actions[i] = 0;
            while (actions[i] < mask_size - 1 && !arrays->mask[i][actions[i]]) actions[i]++;
        }
        DONE(spane_vec_env_step(vec, actions));
    }
}

static unsigned char *save(const spane_vec_env *vec, size_t *size) {
    unsigned char *bytes;
    DONE(spane_vec_env_save_memory(vec, NULL, 0, size));
    bytes = malloc(*size);
    DONE(spane_vec_env_save_memory(vec, bytes, *size, size));
    return bytes;
}

/* What a state is made of, as bytes that can be compared. */
static void expect_state(const spane_vec_env *vec, const unsigned char *bytes, size_t size) {
    size_t found;
    unsigned char *now = save(vec, &found);
    CHECK(found == size && memcmp(now, bytes, size) == 0);
    free(now);
}

static void test_starts(const spane_trace *trace) {
    static struct arrays arrays, before;
    const int64_t list[7] = {11, 22, 33, 44, 55, 66, 77};
    int64_t starts[count] = {5, 6, 7, 8, 9};
    uint8_t some[count] = {0, 1, 0, 1, 0};
    spane_vec_env *vec = make(trace, 2, SPANE_AUTORESET_SAME_STEP, 4);
    uint64_t seed = 1;
    size_t size;
    unsigned char *state;

    FAILS(SPANE_BAD_STATE, "bind", spane_vec_env_reset_at(vec, starts, NULL));
    FAILS(SPANE_BAD_STATE, "bind", spane_vec_env_observe(vec));
    bind(vec, &arrays);
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_reset_at(NULL, starts, NULL));
    FAILS(SPANE_NULL_POINTER, "starts", spane_vec_env_reset_at(vec, NULL, NULL));
    DONE(spane_vec_env_reset_at(vec, starts, NULL));
    for (int i = 0; i < count; i++) CHECK(arrays.start[i] == 5 + i && arrays.placed[i] == 0);
    step(vec, &arrays, 2);
    for (int i = 0; i < count; i++) starts[i] = i % 2 ? 100 + i : -1; /* those that are not reset do not matter */
    DONE(spane_vec_env_reset_at(vec, starts, some));
    for (int i = 0; i < count; i++) CHECK(arrays.start[i] == (i % 2 ? 100 + i : 5 + i) && arrays.placed[i] == (i % 2 ? 0 : 2));

    /* A start that cannot be played changes nothing. */
    state = save(vec, &size);
    before = arrays;
    starts[3] = 200 - 1 - 4;
    FAILS(SPANE_INVALID_ARGUMENT, "starts[3] is 195; this trace allows such episodes from 0 ... 194",
          spane_vec_env_reset_at(vec, starts, some));
    FAILS(SPANE_INVALID_ARGUMENT, "starts[0] is -1", spane_vec_env_reset_at(vec, starts, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "starts[0] is -1", spane_vec_env_set_starts(vec, starts, count));
    FAILS(SPANE_INVALID_ARGUMENT, "count", spane_vec_env_set_starts(vec, list, SIZE_MAX));
    FAILS(SPANE_NULL_POINTER, "starts", spane_vec_env_set_starts(vec, NULL, 2));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_set_starts(NULL, list, 7));
    FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_observe(NULL));
    CHECK(memcmp(&before, &arrays, sizeof arrays) == 0);
    expect_state(vec, state, size);
    free(state);

    /* Environment i takes i, i + n, i + 2 n, ... of the list, in turn, whenever its episodes end. */
    DONE(spane_vec_env_set_starts(vec, list, 7));
    DONE(spane_vec_env_reset(vec, NULL, NULL));
    for (int episode = 0; episode < 9; episode++) {
        spane_env_info info = SPANE_ENV_INFO_INIT;
        for (int i = 0; i < count; i++) {
            DONE(spane_vec_env_describe(vec, i, &info));
            CHECK(info.start == list[(i + episode * count) % 7]);
        }
        step(vec, &arrays, 4);
    }
    /* A reset of one begins its next episode; a seed begins the list anew. */
    DONE(spane_vec_env_reset(vec, NULL, some));
    CHECK(arrays.start[1] == list[(1 + 10 * count) % 7] && arrays.start[3] == list[(3 + 10 * count) % 7]);
    DONE(spane_vec_env_reset(vec, &seed, NULL));
    for (int i = 0; i < count; i++) CHECK(arrays.start[i] == list[i]);
    /* Without a list the streams go on as if there had been none. */
    DONE(spane_vec_env_set_starts(vec, NULL, 0));
    DONE(spane_vec_env_reset(vec, NULL, NULL));
    before = arrays;
    DONE(spane_vec_env_reset(vec, &seed, NULL));
    CHECK(memcmp(before.start, arrays.start, sizeof arrays.start) == 0);
    spane_vec_env_free(vec);
}

static void test_saving(const spane_trace *trace) {
    static struct arrays arrays, others, before;
    const int64_t list[3] = {10, 60, 110};
    const int32_t modes[] = {SPANE_AUTORESET_NEXT_STEP, SPANE_AUTORESET_SAME_STEP};
    spane_trace *another = NULL;
    size_t size = 0, length;
    unsigned char *state;

    DONE(spane_trace_generate(200, 9, NULL, &another));
    for (int i = 0; i < 4; i++) {
        spane_vec_env *vec = make(trace, 2, modes[i % 2], 7), *loaded = NULL, *other;
        spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
        spane_env_options env_options = SPANE_ENV_OPTIONS_INIT;

        bind(vec, &arrays);
        if (i >= 2) DONE(spane_vec_env_set_starts(vec, list, 3));
        DONE(spane_vec_env_reset(vec, NULL, NULL));
        step(vec, &arrays, 10 + i);
        state = save(vec, &size);

        REFUSES(SPANE_NULL_POINTER, "vec", length, spane_vec_env_save_memory(NULL, NULL, 0, &length));
        FAILS(SPANE_NULL_POINTER, "size", spane_vec_env_save_memory(vec, NULL, 0, NULL));
        REFUSES(SPANE_BUFFER_TOO_SMALL, "data", others, spane_vec_env_save_memory(vec, &others, size - 1, &length));
        CHECK(length == size);
        REFUSES(SPANE_NULL_POINTER, "trace", other, spane_vec_env_load_memory(NULL, state, size, 1, &other));
        REFUSES(SPANE_NULL_POINTER, "data", other, spane_vec_env_load_memory(trace, NULL, size, 1, &other));
        REFUSES(SPANE_INVALID_ARGUMENT, "size", other, spane_vec_env_load_memory(trace, state, SIZE_MAX, 1, &other));
        REFUSES(SPANE_INVALID_ARGUMENT, "threads", other, spane_vec_env_load_memory(trace, state, size, -1, &other));
        FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_load_memory(trace, state, size, 1, NULL));
        REFUSES(SPANE_SHAPE_MISMATCH, "trace", other, spane_vec_env_load_memory(another, state, size, 1, &other));
        FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_restore_memory(NULL, state, size));
        FAILS(SPANE_NULL_POINTER, "data", spane_vec_env_restore_memory(vec, NULL, size));

        DONE(spane_vec_env_load_memory(trace, state, size, 1, &loaded));
        expect_state(loaded, state, size);
        FAILS(SPANE_NULL_POINTER, "vec", spane_vec_env_get_options(NULL, &env_options, &options));
        DONE(spane_vec_env_get_options(loaded, NULL, NULL));
        DONE(spane_vec_env_get_options(loaded, &env_options, &options));
        CHECK(options.count == count && options.threads == 1 && options.autoreset == modes[i % 2] && options.seed == 3);
        CHECK(options.start_low == 0 && options.start_high == 200 - 1 - 7 && options.end_count == 7);
        CHECK(env_options.servers == servers && env_options.node_cpu == 40 && env_options.split_above == 10);
        env_options.struct_size = 1;
        before = arrays;
        FAILS(SPANE_UNKNOWN_VERSION, "env_options->struct_size", spane_vec_env_get_options(loaded, &env_options, &options));
        options.struct_size = 1;
        FAILS(SPANE_UNKNOWN_VERSION, "options->struct_size", spane_vec_env_get_options(loaded, NULL, &options));

        /* What is shown is what is there; then both go on alike. */
        bind(loaded, &others);
        DONE(spane_vec_env_observe(loaded));
        CHECK(memcmp(others.observation, arrays.observation, sizeof arrays.observation) == 0);
        CHECK(memcmp(others.mask, arrays.mask, sizeof arrays.mask) == 0);
        for (int turn = 0; turn < 20; turn++) {
            step(vec, &arrays, 1);
            step(loaded, &others, 1);
            CHECK(memcmp(&arrays, &others, sizeof arrays) == 0);
        }
        /* And again from the same point. */
        before = arrays;
        DONE(spane_vec_env_restore_memory(vec, state, size));
        expect_state(vec, state, size);
        DONE(spane_vec_env_observe(vec));
        step(vec, &arrays, 20);
        CHECK(memcmp(&arrays, &before, sizeof arrays) == 0);

        /* Other options, and damage, change nothing. */
        other = make(trace, 1, modes[i % 2], 8);
        FAILS(SPANE_SHAPE_MISMATCH, "options", spane_vec_env_restore_memory(other, state, size));
        spane_vec_env_free(other);
        {
            unsigned char *now = save(vec, &length);
            for (size_t at = 0; at < size; at += 5) {
                state[at] ^= 4;
                FAILS(SPANE_FORMAT, "data", spane_vec_env_restore_memory(vec, state, size));
                state[at] ^= 4;
                REFUSES(SPANE_FORMAT, "data", other, spane_vec_env_load_memory(trace, state, at, 1, &other));
            }
            expect_state(vec, now, length);
            free(now);
        }
        free(state);
        spane_vec_env_free(vec);
        spane_vec_env_free(loaded);
    }

    /* Before the first reset, too. */
    {
        spane_vec_env *vec = make(trace, 1, SPANE_AUTORESET_DISABLED, 7), *loaded = NULL;
        state = save(vec, &size);
        DONE(spane_vec_env_load_memory(trace, state, size, 2, &loaded));
        bind(vec, &arrays);
        bind(loaded, &others);
        DONE(spane_vec_env_observe(loaded));
        CHECK(others.mask[0][0] == 0); /* a row of an environment that was never reset */
        DONE(spane_vec_env_reset(vec, NULL, NULL));
        DONE(spane_vec_env_reset(loaded, NULL, NULL));
        CHECK(memcmp(&arrays, &others, sizeof arrays) == 0);
        free(state);
        spane_vec_env_free(vec);
        spane_vec_env_free(loaded);
    }
    spane_trace_free(another);
}

/* States whose checksum is right but that were never saved: refused as damaged, or good for playing. */
static void test_forging(const spane_trace *trace) {
    static struct arrays arrays;
    const double number = 1;
    uint64_t values[] = {0, 1, 2, INT64_MAX, 1ull << 63, UINT64_MAX, 0};
    spane_vec_env *vec = make(trace, 1, SPANE_AUTORESET_NEXT_STEP, 7);
    const int64_t list[3] = {10, 60, 110};
    int refused = 0, taken = 0;
    size_t size;
    unsigned char *state, *forged;

    memcpy(&values[6], &number, sizeof number);
    bind(vec, &arrays);
    DONE(spane_vec_env_set_starts(vec, list, 3));
    DONE(spane_vec_env_reset(vec, NULL, NULL));
    step(vec, &arrays, 10);
    state = save(vec, &size);
    forged = malloc(size);
    for (size_t at = 0; at + 8 < size; at += 8) {
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            uint64_t sum = 0x5350414E45000001u, word;
            spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
            spane_env_options env_options = SPANE_ENV_OPTIONS_INIT;
            spane_vec_env *loaded = NULL;
            spane_status status;
            memcpy(forged, state, size);
            memcpy(forged + at, &values[i], 8);
            for (size_t k = 0; k + 8 < size; k += 8) {
                memcpy(&word, forged + k, 8);
                sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
                sum ^= sum >> 29;
            }
            memcpy(forged + size - 8, &sum, 8);
            status = spane_vec_env_load_memory(trace, forged, size, 1, &loaded);
            if (status != SPANE_OK) {
                CHECK((status == SPANE_FORMAT || status == SPANE_SHAPE_MISMATCH || status == SPANE_UNKNOWN_VERSION ||
                       status == SPANE_OUT_OF_MEMORY) &&
                      !loaded && *spane_last_error());
                refused++;
                continue;
            }
            taken++;
            DONE(spane_vec_env_get_options(loaded, &env_options, &options));
            if (options.count == count && env_options.servers == servers && options.autoreset != SPANE_AUTORESET_DISABLED) {
                bind(loaded, &arrays);
                DONE(spane_vec_env_observe(loaded));
                step(loaded, &arrays, 30);
            }
            spane_vec_env_free(loaded);
        }
    }
    CHECK(refused > taken && taken > 0);
    free(forged);
    free(state);
    spane_vec_env_free(vec);
}

/* A child has the environments but not their threads: it works, comes to the same, and ends. */
static void test_fork(const spane_trace *trace) {
    static struct arrays arrays;
    spane_vec_env *vec = make(trace, 4, SPANE_AUTORESET_SAME_STEP, 7);
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
    int pipes[2], ended = 0;
    unsigned char *mine, *its;
    size_t size, got = 0;
    pid_t child;

    bind(vec, &arrays);
    DONE(spane_vec_env_reset(vec, NULL, NULL));
    step(vec, &arrays, 5);
    CHECK(pipe(pipes) == 0);
    fflush(NULL);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        spane_vec_env *another = NULL;
        ssize_t written;
        alarm(60); /* a child that hangs fails */
        step(vec, &arrays, 30);
        its = save(vec, &size);
        written = write(pipes[1], its, size);
        free(its);
        spane_vec_env_free(vec);
        /* New ones have threads again. */
        options.count = count;
        options.threads = 3;
        DONE(spane_vec_env_new(trace, NULL, &options, &another));
        bind(another, &arrays);
        DONE(spane_vec_env_reset(another, NULL, NULL));
        step(another, &arrays, 20);
        spane_vec_env_free(another);
        _exit(check_failures == 0 && written == (ssize_t)size ? 0 : 1);
    }
    close(pipes[1]);
    step(vec, &arrays, 30);
    mine = save(vec, &size);
    its = malloc(size);
    while (got < size) {
        ssize_t more = read(pipes[0], its + got, size - got);
        if (more <= 0) break;
        got += (size_t)more;
    }
    CHECK(got == size && memcmp(mine, its, size) == 0);
    CHECK(waitpid(child, &ended, 0) == child && WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    close(pipes[0]);
    free(mine);
    free(its);
    spane_vec_env_free(vec);
}

void test_vector_states(void) {
    spane_trace *trace = NULL;
    DONE(spane_trace_generate(200, 5, NULL, &trace));
    test_starts(trace);
    test_saving(trace);
    test_forging(trace);
    test_fork(trace);
    spane_trace_free(trace);
}
