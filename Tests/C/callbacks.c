/* What the library calls back may call the library: neither call notices the other. */

#include "tests.h"

/* So many that a call works on them for longer than it takes to tell of progress. */
enum { image_vms = 200000 };

struct image {
    unsigned char *data;
    size_t size;
    double arrival; /* of its last VM */
};

/* Reads the arrival of the last VM, which tells one trace from another. */
static double last_arrival(const spane_trace *trace) {
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    DONE(spane_trace_describe(trace, &info));
    return info.last_arrival;
}

static struct image image_of(unsigned long long seed) {
    struct image image = {NULL, 0, 0};
    spane_trace *trace = NULL;
    spane_trace_columns columns = SPANE_TRACE_COLUMNS_INIT;
    double *size = malloc(2 * image_vms * sizeof *size), *arrival = size + image_vms;
    for (int i = 0; i < image_vms; i++) {
        size[i] = 1 + (double)(check_random(&seed) % 16);
        arrival[i] = (i > 0 ? arrival[i - 1] : 0) + (double)(check_random(&seed) % 16);
    }
    columns.cpu = columns.mem = columns.lifetime = size;
    columns.arrival = arrival;
    DONE(spane_trace_new(&columns, image_vms, NULL, &trace));
    free(size);
    image.arrival = last_arrival(trace);
    /* Asking for the size first would take as long again. */
    image.data = malloc(image_vms * sizeof(double) * 8);
    DONE(spane_trace_save_memory(trace, NULL, image.data, image_vms * sizeof(double) * 8, &image.size));
    spane_trace_free(trace);
    return image;
}

static void load(const struct image *image, const spane_progress *progress) {
    spane_trace *trace = NULL;
    DONE(spane_trace_load_memory(image->data, image->size, progress, &trace));
    CHECK(last_arrival(trace) == image->arrival);
    spane_trace_free(trace);
}

struct nested {
    struct image other;
    const spane_cluster *cluster;
    int calls; /* while the call was under way */
};

/* Loads another trace, saves, and ends with a failure of its own. */
static int32_t call_within(int64_t done, int64_t total, void *user) {
    struct nested *nested = user;
    spane_trace *trace = NULL;
    size_t size = 0;
    if (done == total || nested->calls > 0) return 0;
    nested->calls++;
    load(&nested->other, NULL);
    DONE(spane_cluster_save_memory(nested->cluster, NULL, NULL, 0, &size));
    DONE(spane_cluster_save(nested->cluster, check_path(scratch_folder, "within.h5"), NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_trace_load(NULL, NULL, &trace));
    return 0;
}

/* Files in memory are told apart, whichever calls they belong to. */
static void test_progress(void) {
    struct image image = image_of(1);
    spane_cluster *cluster = some_cluster(3);
    struct nested nested = {image_of(2), cluster, 0};
    const spane_progress progress = {call_within, &nested};
    spane_trace *trace = NULL;
    size_t size = 0;
    CHECK(image.arrival < nested.other.arrival || image.arrival > nested.other.arrival);
    load(&image, &progress);
    CHECK(nested.calls == 1);
    nested.calls = 0;
    DONE(spane_trace_load_memory(image.data, image.size, NULL, &trace));
    DONE(spane_trace_save_memory(trace, &progress, NULL, 0, &size));
    CHECK(nested.calls == 1 && size == image.size);
    spane_trace_free(trace);
    spane_cluster_free(cluster);
    free(image.data);
    free(nested.other.data);
}

static void log_within(int32_t level, const char *message, void *user) {
    int *calls = user;
    spane_status status;
    (void)level;
    if ((*calls)++ > 0) return;
    CHECK(strcmp(message, spane_last_error()) == 0);
    status = spane_cluster_cordon(NULL, 0);
    CHECK(status == SPANE_NULL_POINTER);
}

/* A call keeps its message, or that it has none, whatever its log callback does. */
static void test_log(void) {
    spane_trace *trace = NULL;
    spane_model *model = NULL;
    int calls = 0;
    DONE(spane_set_log(log_within, SPANE_LOG_ERROR, &calls));
    FAILS(SPANE_NULL_POINTER, "path is NULL", spane_trace_load(NULL, NULL, &trace));
    CHECK(calls == 2);
    DONE(spane_set_log(NULL, SPANE_LOG_ERROR, NULL));
    DONE(spane_model_load(check_path(data_folder, "weights/untrained-1.h5"), &model));
    spane_model_free(model);
}

void test_callbacks(void) {
    test_progress();
    test_log();
}
