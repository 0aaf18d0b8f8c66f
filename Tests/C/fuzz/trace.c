/* Traces from memory: the input itself where it starts like HDF5, else a file or columns made of what the input says. */

#include <stdlib.h>
#include <string.h>

#include <spane.h>

#include "fuzz.h"

#define COLUMNS                                                                                                           \
    {'I', "vmid", NULL, -1, {6, 0}}, {'D', "cpu", NULL, 2, {6, 0}}, {'D', "mem", NULL, 12, {6, 0}},                       \
    {'D', "arrival", NULL, -1, {6, 0}}, {'D', "lifetime", NULL, 100, {6, 0}}

static const struct fuzz_item items[] = {
    {'s', "format", "spane-trace", 0, {0, 0}},
    {'i', "format_version", NULL, 1, {0, 0}},
    {'s', "source", "here", 0, {0, 0}},
    {'s', "licence", "any", 0, {0, 0}},
    COLUMNS,
};

/* With spans and further resources. */
static const struct fuzz_item items_with_terms[] = {
    {'s', "format", "spane-trace", 0, {0, 0}},
    {'i', "format_version", NULL, 2, {0, 0}},
    COLUMNS,
    {'I', "span", NULL, 2, {6, 0}},
    {'g', "resources", NULL, 0, {0, 0}},
    {'D', "resources/gpu", NULL, 1, {6, 0}},
    {'D', "resources/disk space", NULL, 0.5, {6, 0}},
};

enum { items_count = sizeof items / sizeof *items, terms_count = sizeof items_with_terms / sizeof *items_with_terms };

static void must_load(const struct fuzz_item *sound, size_t count) {
    spane_trace *trace = NULL;
    size_t size;
    uint8_t *image = fuzz_sound_image(sound, count, &size);
    MUST(spane_trace_load_memory(image, size, NULL, &trace) == SPANE_OK);
    spane_trace_free(trace);
    free(image);
}

/* What was accepted comes back from its own file, with the same hash. */
static void save(const spane_trace *trace, const char *hash) {
    spane_trace *again = NULL;
    char text[128];
    size_t size;
    uint8_t *image;
    MUST(spane_trace_save_memory(trace, NULL, NULL, 0, &size) == SPANE_OK);
    image = malloc(size);
    MUST(image != NULL && spane_trace_save_memory(trace, NULL, image, size, &size) == SPANE_OK);
    MUST(spane_trace_load_memory(image, size, NULL, &again) == SPANE_OK);
    MUST(spane_trace_provenance(again, "content_sha256", text, sizeof text, &size) == SPANE_OK);
    MUST(strcmp(text, hash) == 0);
    spane_trace_free(again);
    free(image);
}

static void use(const spane_trace *trace) {
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    spane_env *env = NULL;
    spane_step_result result = {0, 0, 0, 0, 0};
    uint8_t mask[10];
    char text[128];
    size_t size;
    spane_status status;

    MUST(spane_trace_describe(trace, &info) == SPANE_OK && info.count >= 2 && info.flavors >= 1);
    MUST(info.first_arrival <= info.last_arrival && info.smallest_cpu > 0 && info.smallest_mem > 0);
    MUST(spane_trace_provenance(trace, "content_sha256", text, sizeof text, &size) == SPANE_OK);
    save(trace, text);
    status = spane_env_new(trace, NULL, &env);
    MUST(status == SPANE_OK || status == SPANE_INVALID_ARGUMENT);
    if (status != SPANE_OK) return;
    status = spane_env_reset(env, 0, SPANE_END_EXCEED, 100);
    MUST(status == SPANE_OK || status == SPANE_INVALID_ARGUMENT);
    for (int step = 0; status == SPANE_OK && step < 50 && !result.terminated && !result.truncated; step++) {
        int32_t action = 0;
        MUST(spane_env_mask(env, mask, sizeof mask) == SPANE_OK);
        while (action < 10 && !mask[action]) action++;
        MUST(action < 10);
        MUST(spane_env_step(env, action, &result) == SPANE_OK);
        MUST(result.wait >= 0 && result.reward <= 0);
    }
    spane_env_free(env);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_input input = {data, size};
    spane_trace *trace = NULL;
    spane_status status;
    static int is_checked;
    uint8_t kind;

    if (!is_checked) {
        must_load(items, items_count);
        must_load(items_with_terms, terms_count);
        is_checked = 1;
    }
    if (size >= 9 && memcmp(data, "\x89HDF\r\n\x1a\n", 8) == 0) {
        status = spane_trace_load_memory(data, size, NULL, &trace);
    } else if ((kind = fuzz_byte(&input)) & 1) {
        uint8_t *image = kind & 2 ? fuzz_image(&input, items_with_terms, terms_count, &size)
                                  : fuzz_image(&input, items, items_count, &size);
        status = spane_trace_load_memory(image, size, NULL, &trace);
        free(image);
    } else {
        double cpu[32], mem[32], arrival[32], lifetime[32], gpu[32];
        const double *amounts[] = {gpu, cpu};
        const char *const names[] = {"gpu", fuzz_byte(&input) & 1 ? "disk" : "gpu"};
        int32_t span[32];
        int64_t ids[32];
        spane_trace_columns columns = SPANE_TRACE_COLUMNS_INIT;
        size_t count = fuzz_below(&input, 33);
        for (size_t i = 0; i < count; i++) {
            ids[i] = fuzz_integer(&input);
            cpu[i] = fuzz_number(&input);
            mem[i] = fuzz_number(&input);
            arrival[i] = (i ? arrival[i - 1] : 0) + fuzz_number(&input);
            lifetime[i] = fuzz_number(&input);
            gpu[i] = fuzz_number(&input);
            span[i] = (int32_t)fuzz_below(&input, 10);
        }
        columns.ids = fuzz_byte(&input) & 1 ? ids : NULL;
        columns.cpu = cpu, columns.mem = mem, columns.arrival = arrival, columns.lifetime = lifetime;
        columns.span = fuzz_byte(&input) & 1 ? span : NULL;
        columns.resource_count = (uint32_t)fuzz_below(&input, 3);
        columns.resources = names;
        columns.amounts = amounts;
        status = spane_trace_new(&columns, count, NULL, &trace);
        MUST(status == SPANE_OK || status == SPANE_INVALID_ARGUMENT);
    }
    if (status == SPANE_OK) {
        use(trace);
        spane_trace_free(trace);
    } else {
        MUST(status == SPANE_FORMAT || status == SPANE_SHAPE_MISMATCH || status == SPANE_UNKNOWN_VERSION ||
             status == SPANE_INVALID_ARGUMENT || status == SPANE_OUT_OF_MEMORY);
        MUST(trace == NULL && *spane_last_error());
    }
    return 0;
}
