/*
 * damage DATA: loads files from memory that were cut short or have a flipped bit. Whatever was hit, the answer is an error
 * that leaves the output alone, or an object that works. What a cut does not reach is equal to the whole.
 */

#include "check.h"
#include "columns.h"

enum { flips = 1500 };

static spane_cluster *cluster;

static int is_documented(spane_status status) {
    return status == SPANE_OK || status == SPANE_FORMAT || status == SPANE_SHAPE_MISMATCH ||
           status == SPANE_UNKNOWN_VERSION || status == SPANE_OUT_OF_MEMORY;
}

/* Loads, and writes what the object is like into `text`: numbers that depend on all of its content. */
typedef spane_status (*loader)(const unsigned char *bytes, size_t size, char *text, size_t capacity);

#define LOADED(status, object)                                                                                            \
    (CHECK(is_documented(status)), (status) == SPANE_OK                                                                   \
                                       ? 1                                                                                \
                                       : (CHECK(check_is_filled(&(object), sizeof(object)) && *spane_last_error()), 0))

static spane_status load_model(const unsigned char *bytes, size_t size, char *text, size_t capacity) {
    spane_model *model;
    spane_session *session = NULL;
    spane_status status;
    float values[20] = {0};

    check_fill(&model, sizeof model);
    status = spane_model_load_memory(bytes, size, &model);
    if (!LOADED(status, model)) return status;
    if (spane_session_new(cluster, NETWORK(model), &session) == SPANE_OK) {
        DONE(spane_session_q_values(session, ASKS(2, 4), values, 10));
        DONE(spane_session_q_values(session, ASKS(8, 40), values + 10, 10));
        CHECK(spane_session_place(session, 1, ASKS(1, 1), NULL) == SPANE_OK);
        DONE(spane_cluster_release(cluster, 1, NULL));
    }
    *text = '\0';
    for (int i = 0; i < 20; i++) snprintf(text + strlen(text), capacity - strlen(text), "%a ", (double)values[i]);
    spane_session_free(session);
    spane_model_free(model);
    return status;
}

static spane_status load_cluster(const unsigned char *bytes, size_t size, char *text, size_t capacity) {
    spane_cluster *loaded;
    spane_session *session = NULL;
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    spane_status status;
    int64_t servers = 0, vms = 0;
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    spane_placement placement;
    double has[64 * SPANE_MAX_NODES], left[64 * SPANE_MAX_NODES]; /* the most resources on the most nodes */
    int32_t numbers[64];
    uint64_t ids[64];
    size_t count = 0, width;

    check_fill(&loaded, sizeof loaded);
    status = spane_cluster_load_memory(bytes, size, NULL, &loaded);
    if (!LOADED(status, loaded)) return status;
    DONE(spane_cluster_count(loaded, &servers, &vms));
    snprintf(text, capacity, "%lld servers, %lld VMs: ", (long long)servers, (long long)vms);
    DONE(spane_cluster_get_options(loaded, &options));
    width = (size_t)options.nodes * (2 + options.node_resource_count) + options.server_resource_count;
    snprintf(text + strlen(text), capacity - strlen(text), "%d %a %a %d %u %u: ", options.nodes, options.split_above,
             options.split_from, options.span, options.node_resource_count, options.server_resource_count);
    DONE(spane_cluster_servers(loaded, numbers, 64, &count));
    CHECK((int64_t)count == servers);
    for (size_t i = 0; i < count; i++) {
        DONE(spane_cluster_server(loaded, numbers[i], &info));
        DONE(spane_cluster_amounts(loaded, &numbers[i], 1, has, left));
        snprintf(text + strlen(text), capacity - strlen(text), "%d %d %d %d %llx", numbers[i], info.vms, info.is_cordoned,
                 info.nodes, (unsigned long long)info.traits);
        for (size_t k = 0; k < width; k++) {
            CHECK(has[k] >= 0 && left[k] <= has[k]);
            snprintf(text + strlen(text), capacity - strlen(text), " %a %a", has[k], left[k]);
        }
    }
    DONE(spane_cluster_vms(loaded, -1, ids, 64, &count));
    for (size_t i = 0; i < count; i++) {
        spane_request request = SPANE_REQUEST_INIT;
        DONE(spane_cluster_find(loaded, ids[i], &placement, &request));
        DONE(spane_cluster_vm_amounts(loaded, ids[i], has, options.node_resource_count + options.server_resource_count));
        snprintf(text + strlen(text), capacity - strlen(text), "; %llu %d %x %d %a %a %llx %llx %u", (unsigned long long)ids[i],
                 placement.server, placement.nodes, request.span, request.cpu, request.mem,
                 (unsigned long long)request.require, (unsigned long long)request.forbid, request.farthest);
    }
    DONE(spane_session_new(loaded, HEURISTIC("best-fit"), &session));
    CHECK(spane_session_place(session, 123456789, ASKS(1, 1), NULL) >= 0);
    spane_session_free(session);
    spane_cluster_free(loaded);
    return status;
}

static spane_status load_trace(const unsigned char *bytes, size_t size, char *text, size_t capacity) {
    spane_trace *trace;
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    struct vm vm;
    spane_status status;

    check_fill(&trace, sizeof trace);
    status = spane_trace_load_memory(bytes, size, NULL, &trace);
    if (!LOADED(status, trace)) return status;
    DONE(spane_trace_describe(trace, &info));
    snprintf(text, capacity, "%lld VMs of %lld flavors, %a to %a: ", (long long)info.count, (long long)info.flavors,
             info.first_arrival, info.last_arrival);
    for (int64_t i = 0; i < info.count; i++) {
        DONE(read_vms(trace, (size_t)i, 1, &vm));
        snprintf(text + strlen(text), capacity - strlen(text), "%lld %a %a %a %a; ", (long long)vm.id, vm.cpu, vm.mem,
                 vm.arrival, vm.lifetime);
    }
    spane_trace_free(trace);
    return status;
}

static void test_damage(const char *name, unsigned char *bytes, size_t size, loader load) {
    static char whole[1 << 16], text[1 << 16];
    unsigned long long random = 1;
    int survived = 0;

    CHECK(size > 8 && bytes[8] == 3);
    /* Older formats have no checksums, and HDF5 itself crashes on them when they are damaged. */
    for (unsigned char version = 0; version < 2; version++) {
        bytes[8] = version;
        CHECK(load(bytes, size, text, sizeof text) == SPANE_UNKNOWN_VERSION);
        CHECK(strstr(spane_last_error(), "h5repack") != NULL);
    }
    bytes[8] = 3;
    if (load(bytes, size, whole, sizeof whole) != SPANE_OK) {
        fprintf(stderr, "%s: %s\n", name, spane_last_error());
        check_failures++;
        return;
    }
    for (size_t length = 0; length < size; length += 97) {
        /* In memory of its own, so that tools see a read beyond the end. */
        unsigned char *cut = malloc(length + 1);
        memcpy(cut, bytes, length);
        cut = realloc(cut, length ? length : 1);
        if (load(cut, length, text, sizeof text) == SPANE_OK) CHECK(strcmp(text, whole) == 0);
        free(cut);
    }
    for (int i = 0; i < flips; i++) {
        size_t at = (size_t)(check_random(&random) % size);
        unsigned char bit = (unsigned char)(1 << check_random(&random) % 8);
        bytes[at] = (unsigned char)(bytes[at] ^ bit);
        survived += load(bytes, size, text, sizeof text) == SPANE_OK;
        bytes[at] = (unsigned char)(bytes[at] ^ bit);
    }
    printf("damage: %s: %zu bytes, %d of %d flipped bits did not matter or changed a number\n", name, size, survived, flips);
    free(bytes);
}

static unsigned char *small_cluster(size_t *size) {
    spane_cluster *saved = NULL;
    unsigned char *bytes;
    DONE(spane_cluster_new(NULL, &saved));
    DONE(spane_cluster_add_equal_servers(saved, 40, 90, 3, NULL));
    for (uint64_t id = 0; id < 9; id++) {
        DONE(spane_cluster_place(saved, id, ASKS(1, 2), (spane_placement){(int32_t)(id % 3), 1u << id % 2}));
    }
    DONE(spane_cluster_cordon(saved, 2));
    DONE(spane_cluster_save_memory(saved, NULL, NULL, 0, size));
    bytes = malloc(*size);
    DONE(spane_cluster_save_memory(saved, NULL, bytes, *size, size));
    spane_cluster_free(saved);
    return bytes;
}

static unsigned char *small_trace(const char *scratch, size_t *size) {
    spane_trace *trace = NULL;
    DONE(spane_trace_generate(100, 1, NULL, &trace));
    DONE(spane_trace_save(trace, check_path(scratch, "small-trace.h5"), "a test", "MIT", NULL));
    spane_trace_free(trace);
    return check_read(scratch, "small-trace.h5", size);
}

/* A trace whose VMs have spans and a further resource. */
static unsigned char *small_trace_with_terms(const char *scratch, size_t *size) {
    spane_trace *trace = NULL;
    FILE *file = fopen(check_path(scratch, "terms.csv"), "w");
    CHECK(file != NULL);
    if (!file) exit(EXIT_FAILURE);
    fprintf(file, "vmid,cpu,mem,at,lt,span,resource:gpu\n");
    for (int i = 0; i < 100; i++) fprintf(file, "%d,%d,%d,%d,9,%d,0.%d\n", i, 1 + i % 4, 2 + i % 3, i, i % 3, i % 10);
    fclose(file);
    DONE(spane_trace_load(check_path(scratch, "terms.csv"), NULL, &trace));
    DONE(spane_trace_save(trace, check_path(scratch, "terms.h5"), "a test", "MIT", NULL));
    spane_trace_free(trace);
    return check_read(scratch, "terms.h5", size);
}

/* A cluster whose servers differ, with everything that such a file may have. */
static unsigned char *small_fleet(size_t *size) {
    static const char *const names[] = {"gpu", "disk"};
    static const double amounts[] = {20, 45, 1, 8, 16, 0, 20, 45, 2}, disk = 100, asked[] = {1, 10};
    static const uint8_t distances[] = {10, 20, 30, 20, 10, 30, 30, 30, 10};
    spane_server_type type = {sizeof type, 3, amounts, &disk, 5, distances, NULL};
    spane_request request = REQUEST(4, 20);
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    spane_cluster *fleet = NULL;
    unsigned char *bytes;

    options.nodes = 3;
    options.split_from = 16;
    options.node_resource_count = options.server_resource_count = 1;
    options.node_resources = names;
    options.server_resources = names + 1;
    DONE(spane_cluster_new(&options, &fleet));
    DONE(spane_cluster_add_servers(fleet, &type, 3, NULL));
    type.nodes = 1;
    type.distances = NULL;
    DONE(spane_cluster_add_servers(fleet, &type, 2, NULL));
    request.amounts = asked;
    request.amount_count = 2;
    request.require = 1;
    request.forbid = 2;
    request.farthest = 30;
    DONE(spane_cluster_place(fleet, 7, &request, (spane_placement){2, 5}));
    DONE(spane_cluster_place(fleet, UINT64_MAX, ASKS(1, 1), (spane_placement){4, 1}));
    DONE(spane_cluster_record(fleet, 8, ASKS(15, 1), (spane_placement){4, 1}));
    DONE(spane_cluster_record(fleet, 9, ASKS(15, 1), (spane_placement){4, 1}));
    DONE(spane_cluster_remove_server(fleet, 0));
    DONE(spane_cluster_cordon(fleet, 1));
    DONE(spane_cluster_save_memory(fleet, NULL, NULL, 0, size));
    bytes = malloc(*size);
    DONE(spane_cluster_save_memory(fleet, NULL, bytes, *size, size));
    spane_cluster_free(fleet);
    return bytes;
}

int main(int argc, char **argv) {
    unsigned char *bytes;
    size_t size = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: damage DATA SCRATCH\n");
        return EXIT_FAILURE;
    }
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 5, NULL));
    bytes = check_read(argv[1], "weights/untrained-1.h5", &size);
    test_damage("weights", bytes, size, load_model);
    bytes = small_cluster(&size);
    test_damage("cluster", bytes, size, load_cluster);
    bytes = small_fleet(&size);
    test_damage("cluster of servers that differ", bytes, size, load_cluster);
    bytes = small_trace(argv[2], &size);
    test_damage("trace", bytes, size, load_trace);
    bytes = small_trace_with_terms(argv[2], &size);
    test_damage("trace with spans and resources", bytes, size, load_trace);
    spane_cluster_free(cluster);
    return check_report("damage");
}
