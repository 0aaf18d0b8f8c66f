/* Saved clusters, environments and vector environments from memory. The first byte says which; see also weights.c. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spane.h>

#include "fuzz.h"

static const struct fuzz_item items[] = {
    {'s', "format", "spane-cluster", 0, {0, 0}},
    {'i', "format_version", NULL, 3, {0, 0}},
    {'i', "nodes", NULL, 2, {0, 0}},
    {'s', "node_resources", "", 0, {0, 0}},
    {'s', "server_resources", "", 0, {0, 0}},
    {'s', "traits", "ssd", 0, {0, 0}},
    {'d', "split_above", NULL, 10, {0, 0}},
    {'d', "split_from_cores", NULL, 1000, {0, 0}},
    {'i', "split_span", NULL, 2, {0, 0}},
    /* Of three kinds without names, one server each. */
    {'S', "type_name", NULL, 0, {3, 0}},
    {'I', "type_nodes", NULL, 2, {3, 0}},
    {'D', "type_capacity", NULL, 40, {12, 0}},
    {'D', "type_shared", NULL, 0, {0, 0}},
    {'I', "type_traits", NULL, 1, {3, 0}},
    {'I', "type_has_distances", NULL, 1, {3, 0}},
    {'I', "type_distances", NULL, 10, {12, 0}},
    {'I', "server_number", NULL, -1, {3, 0}},
    {'I', "server_type", NULL, -1, {3, 0}},
    {'I', "cordoned", NULL, 0, {3, 0}},
    {'D', "free", NULL, 20, {12, 0}},
    {'D', "shared_free", NULL, 0, {0, 0}},
    /* Three VMs on the first nodes, each with the first terms. */
    {'I', "vm_id", NULL, -1, {3, 0}},
    {'D', "vm_cpu", NULL, 2, {3, 0}},
    {'D', "vm_mem", NULL, 4, {3, 0}},
    {'I', "vm_span", NULL, 1, {3, 0}},
    {'I', "vm_server", NULL, -1, {3, 0}},
    {'I', "vm_nodes", NULL, 1, {3, 0}},
    {'I', "vm_terms", NULL, 0, {3, 0}},
    {'D', "terms_extras", NULL, 0, {0, 0}},
    {'I', "terms_require", NULL, 1, {1, 0}},
    {'I', "terms_forbid", NULL, 2, {1, 0}},
    {'I', "terms_farthest", NULL, 20, {1, 0}},
};

enum { items_count = sizeof items / sizeof *items };

static int is_refusal(spane_status status) {
    return (status == SPANE_FORMAT || status == SPANE_SHAPE_MISMATCH || status == SPANE_UNKNOWN_VERSION ||
            status == SPANE_OUT_OF_MEMORY) &&
           *spane_last_error();
}

/* A cluster that was accepted keeps its books. */
static void use_cluster(spane_cluster *cluster) {
    spane_session *session = NULL;
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    spane_placement placement;
    int64_t servers, vms, counted = 0;
    size_t size, width;
    int32_t *numbers;
    double *capacity, *left;
    spane_status status;

    MUST(spane_cluster_count(cluster, &servers, &vms) == SPANE_OK);
    MUST(spane_cluster_get_options(cluster, &options) == SPANE_OK);
    width = (size_t)options.nodes * (2 + options.node_resource_count) + options.server_resource_count;
    numbers = malloc(((size_t)servers + 1) * sizeof *numbers);
    capacity = malloc((width + 1) * sizeof *capacity);
    left = malloc((width + 1) * sizeof *left);
    MUST(numbers && capacity && left);
    MUST(spane_cluster_servers(cluster, numbers, (size_t)servers, &size) == SPANE_OK && size == (size_t)servers);
    for (int64_t place = 0; place < servers; place++) {
        MUST(spane_cluster_server(cluster, numbers[place], &info) == SPANE_OK);
        counted += info.vms;
        MUST(info.nodes >= 1 && info.nodes <= options.nodes);
        status = spane_cluster_vms(cluster, numbers[place], NULL, 0, &size);
        MUST((status == SPANE_OK || status == SPANE_BUFFER_TOO_SMALL) && size == (size_t)info.vms);
        MUST(spane_cluster_amounts(cluster, &numbers[place], 1, capacity, left) == SPANE_OK);
        for (size_t amount = 0; amount < width; amount++) {
            MUST(capacity[amount] >= 0 && capacity[amount] <= 0x1p32);
            /* More may run than there is room for, where it was recorded as running already. */
            MUST(isfinite(left[amount]) && left[amount] <= capacity[amount]);
        }
    }
    MUST(counted == vms);
    free(numbers);
    free(capacity);
    free(left);
    MUST(spane_session_new(cluster, HEURISTIC("best-fit"), &session) == SPANE_OK);
    status = spane_session_place(session, 1ull << 60, ASKS(1, 1), &placement);
    MUST(status >= SPANE_OK || status == SPANE_EXISTS);
    if (status == SPANE_OK) MUST(spane_cluster_release(cluster, 1ull << 60, NULL) == SPANE_OK);
    MUST(spane_cluster_save_memory(cluster, NULL, NULL, 0, &size) == SPANE_OK);
    spane_session_free(session);
}

static void fuzz_cluster(const uint8_t *data, size_t size) {
    spane_cluster *cluster = NULL;
    spane_status status = spane_cluster_load_memory(data, size, NULL, &cluster);
    if (status == SPANE_OK) {
        use_cluster(cluster);
        spane_cluster_free(cluster);
    } else {
        MUST(cluster == NULL && is_refusal(status));
    }
}

/* A state may be one of any number of servers. */
static void step(spane_env *env, int steps) {
    spane_env_info info = SPANE_ENV_INFO_INIT;
    spane_step_result result = {0, 0, 0, 0, 0};
    int32_t actions;
    uint8_t *mask;

    MUST(spane_env_describe(env, &info) == SPANE_OK);
    MUST(info.servers >= 1 && info.servers <= SPANE_MAX_SERVERS);
    actions = info.servers * SPANE_NODES;
    if (info.servers > 1000 && steps > 2) steps = 2;
    mask = malloc((size_t)actions);
    MUST(mask != NULL);
    for (; steps > 0 && !result.terminated && !result.truncated; steps--) {
        int32_t action = 0;
        spane_status status = spane_env_mask(env, mask, (size_t)actions);
        MUST(status == SPANE_OK || status == SPANE_BAD_STATE);
        if (status != SPANE_OK) break;
        while (action < actions && !mask[action]) action++;
        status = spane_env_step(env, action < actions ? action : 0, &result);
        MUST(status == SPANE_OK || status == SPANE_BAD_STATE ||
             (status == SPANE_INFEASIBLE_ACTION && action == actions));
        if (status != SPANE_OK) break;
    }
    free(mask);
}

/* Makes the checksum of a state right, so that what is wrong in it is seen. */
static void seal(uint8_t *bytes, size_t size) {
    uint64_t sum = 0x5350414E45000001u, word;
    for (size_t at = 0; at + 8 < size; at += 8) {
        memcpy(&word, bytes + at, 8);
        sum = (sum ^ word) * 0x9E3779B97F4A7C15u;
        sum ^= sum >> 29;
    }
    memcpy(bytes + size - 8, &sum, 8);
}

/* A sound state in which the input has changed some bytes or words; or the input itself. The caller frees it. */
static uint8_t *changed(struct fuzz_input *input, const uint8_t *sound, size_t sound_size, size_t *size) {
    uint8_t *bytes, kind = fuzz_byte(input);
    if (kind & 1) {
        *size = input->left;
        bytes = malloc(*size ? *size : 1);
        if (*size) memcpy(bytes, input->bytes, *size);
    } else {
        *size = sound_size;
        bytes = malloc(*size);
        memcpy(bytes, sound, *size);
        while (input->left > 0) {
            size_t at = (fuzz_byte(input) | (size_t)fuzz_byte(input) << 8) % *size;
            uint64_t word;
            double number;
            switch (fuzz_byte(input) % 4) {
            case 0: word = (uint64_t)fuzz_integer(input); break;
            case 1:
                number = fuzz_number(input);
                memcpy(&word, &number, 8);
                break;
            case 2: word = fuzz_word(input); break;
            default: bytes[at] = fuzz_byte(input); continue;
            }
            memcpy(bytes + at / 8 * 8, &word, 8);
        }
    }
    if (kind & 6 && *size >= 8) seal(bytes, *size / 8 * 8);
    return bytes;
}

static void fuzz_environment(struct fuzz_input *input) {
    static spane_trace *trace;
    static spane_env *env;
    static uint8_t *sound;
    static size_t sound_size;
    uint8_t *bytes;
    size_t size;
    spane_env *loaded = NULL;
    spane_status status;

    if (!trace) {
        MUST(spane_trace_generate(500, 1, NULL, &trace) == SPANE_OK);
        MUST(spane_env_new(trace, NULL, &env) == SPANE_OK);
        MUST(spane_env_reset(env, 100, SPANE_END_LENGTH, 300) == SPANE_OK);
        step(env, 40);
        MUST(spane_env_save_memory(env, NULL, 0, &sound_size) == SPANE_OK);
        sound = malloc(sound_size);
        MUST(spane_env_save_memory(env, sound, sound_size, &sound_size) == SPANE_OK);
    }
    bytes = changed(input, sound, sound_size, &size);
    status = spane_env_load_memory(trace, bytes, size, &loaded);
    MUST(status == SPANE_OK || (loaded == NULL && is_refusal(status)));
    if (status == SPANE_OK) step(loaded, 20);
    spane_env_free(loaded);
    status = spane_env_restore_memory(env, bytes, size);
    MUST(status == SPANE_OK || is_refusal(status));
    step(env, 3);
    MUST(spane_env_restore_memory(env, sound, sound_size) == SPANE_OK);
    free(bytes);
}

enum { count = 3 };

static float observation[count][SPANE_OBSERVATION_SIZE(5)];
static uint8_t mask[count][SPANE_MASK_SIZE(5)], terminated[count], truncated[count];
static double reward[count];

/* Steps environments of the shape that the arrays have. */
static void step_all(spane_vec_env *vec, int steps) {
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
    spane_env_options env_options = SPANE_ENV_OPTIONS_INIT;
    spane_vec_env_buffers buffers = SPANE_VEC_ENV_BUFFERS_INIT;
    int32_t actions[count];
    MUST(spane_vec_env_get_options(vec, &env_options, &options) == SPANE_OK);
    if (options.count != count || env_options.servers != 5) return;
    buffers.observation = observation[0];
    buffers.mask = mask[0];
    buffers.reward = reward;
    buffers.terminated = terminated;
    buffers.truncated = truncated;
    MUST(spane_vec_env_bind(vec, &buffers) == SPANE_OK);
    memset(mask, 0, sizeof mask);
    MUST(spane_vec_env_observe(vec) == SPANE_OK);
    for (; steps > 0; steps--) {
        spane_status status;
        for (int i = 0; i < count; i++) {
            actions[i] = 0;
            while (actions[i] < 9 && !mask[i][actions[i]]) actions[i]++;
        }
        status = spane_vec_env_step(vec, actions);
        /* No episode under way, or one that has ended where that does not reset it. */
        MUST(status == SPANE_OK || status == SPANE_BAD_STATE);
        if (status != SPANE_OK) return;
    }
}

static void fuzz_vector(struct fuzz_input *input) {
    static spane_trace *trace;
    static spane_vec_env *vec;
    static uint8_t *sound;
    static size_t sound_size;
    uint8_t *bytes;
    size_t size;
    spane_vec_env *loaded = NULL;
    spane_status status;

    if (!trace) {
        const int64_t starts[] = {3, 50, 7, 300};
        spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
        options.count = count;
        options.end_kind = SPANE_END_EXCEED;
        options.end_count = 3;
        MUST(spane_trace_generate(500, 1, NULL, &trace) == SPANE_OK);
        MUST(spane_vec_env_new(trace, NULL, &options, &vec) == SPANE_OK);
        MUST(spane_vec_env_set_starts(vec, starts, 4) == SPANE_OK);
        step_all(vec, 0);
        MUST(spane_vec_env_reset(vec, NULL, NULL) == SPANE_OK);
        step_all(vec, 40);
        MUST(spane_vec_env_save_memory(vec, NULL, 0, &sound_size) == SPANE_OK);
        sound = malloc(sound_size);
        MUST(spane_vec_env_save_memory(vec, sound, sound_size, &sound_size) == SPANE_OK);
    }
    bytes = changed(input, sound, sound_size, &size);
    status = spane_vec_env_load_memory(trace, bytes, size, 1, &loaded);
    MUST(status == SPANE_OK || (loaded == NULL && is_refusal(status)));
    if (status == SPANE_OK) step_all(loaded, 20);
    spane_vec_env_free(loaded);
    status = spane_vec_env_restore_memory(vec, bytes, size);
    MUST(status == SPANE_OK || is_refusal(status));
    step_all(vec, 3);
    MUST(spane_vec_env_restore_memory(vec, sound, sound_size) == SPANE_OK);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_input input = {data, size};
    uint8_t kind;
    static int is_checked;
    if (!is_checked) {
        size_t sound_size;
        uint8_t *sound = fuzz_sound_image(items, items_count, &sound_size);
        spane_cluster *cluster = NULL;
        MUST(spane_cluster_load_memory(sound, sound_size, NULL, &cluster) == SPANE_OK);
        spane_cluster_free(cluster);
        free(sound);
        is_checked = 1;
    }
    if (size >= 9 && memcmp(data, "\x89HDF\r\n\x1a\n", 8) == 0) {
        fuzz_cluster(data, size);
        return 0;
    }
    kind = fuzz_byte(&input) % 4;
    if (kind == 0) {
        uint8_t *image = fuzz_image(&input, items, items_count, &size);
        fuzz_cluster(image, size);
        free(image);
    } else if (kind == 1) {
        fuzz_vector(&input);
    } else {
        fuzz_environment(&input);
    }
    return 0;
}
