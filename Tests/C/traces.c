/* Traces. */

#include <math.h>

#include "columns.h"
#include "tests.h"

static const double cpu[] = {1, 2, 4}, mem[] = {1, 4, 64}, arrival[] = {-5, 0, 0}, lifetime[] = {10, 0, 1e6};
static const int64_t ids[] = {7, -7, INT64_MIN};

static void test_columns(void) {
    const double bad_size[] = {0, -1, NAN, INFINITY, 1e-9, 4294967297.0};
    const double bad_time[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300};
    spane_trace *trace = NULL;
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    struct vm vms[3];
    double column[3];

    REFUSES(SPANE_NULL_POINTER, "cpu", trace, new_trace(ids, NULL, mem, arrival, lifetime, 3, &trace));
    REFUSES(SPANE_NULL_POINTER, "mem", trace, new_trace(ids, cpu, NULL, arrival, lifetime, 3, &trace));
    REFUSES(SPANE_NULL_POINTER, "arrival", trace, new_trace(ids, cpu, mem, NULL, lifetime, 3, &trace));
    REFUSES(SPANE_NULL_POINTER, "lifetime", trace, new_trace(ids, cpu, mem, arrival, NULL, 3, &trace));
    FAILS(SPANE_NULL_POINTER, "trace", new_trace(ids, cpu, mem, arrival, lifetime, 3, NULL));
    REFUSES(SPANE_NULL_POINTER, "columns", trace, spane_trace_new(NULL, 3, NULL, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, new_trace(ids, cpu, mem, arrival, lifetime, 0, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, new_trace(ids, cpu, mem, arrival, lifetime, 1, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, new_trace(ids, cpu, mem, arrival, lifetime, SIZE_MAX, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace,
            new_trace(ids, cpu, mem, arrival, lifetime, (size_t)1 << 40, &trace));
    for (int i = 0; i < 6; i++) {
        memcpy(column, cpu, sizeof column);
        column[1] = bad_size[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, new_trace(ids, column, mem, arrival, lifetime, 3, &trace));
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, new_trace(ids, cpu, column, arrival, lifetime, 3, &trace));
    }
    for (int i = 0; i < 5; i++) {
        memcpy(column, arrival, sizeof column);
        column[1] = bad_time[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, new_trace(ids, cpu, mem, column, lifetime, 3, &trace));
        memcpy(column, lifetime, sizeof column);
        column[1] = bad_time[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, new_trace(ids, cpu, mem, arrival, column, 3, &trace));
    }
    column[0] = 1, column[1] = 2, column[2] = 1.5;
    REFUSES(SPANE_INVALID_ARGUMENT, "arrival", trace, new_trace(ids, cpu, mem, column, lifetime, 3, &trace));
    column[1] = -1;
    REFUSES(SPANE_INVALID_ARGUMENT, "lifetime", trace, new_trace(ids, cpu, mem, arrival, column, 3, &trace));

    DONE(new_trace(NULL, cpu, mem, arrival, lifetime, 3, &trace));
    DONE(read_vms(trace, 0, 3, vms));
    CHECK(vms[0].id == 0 && vms[1].id == 1 && vms[2].id == 2);
    spane_trace_free(trace);
    DONE(new_trace(ids, cpu, mem, arrival, lifetime, 3, &trace));
    DONE(read_vms(trace, 0, 3, vms));
    for (int i = 0; i < 3; i++) {
        CHECK(vms[i].id == ids[i] && vms[i].cpu == cpu[i] && vms[i].mem == mem[i]);
        CHECK(vms[i].arrival == arrival[i] && vms[i].lifetime == lifetime[i]);
    }
    DONE(spane_trace_describe(trace, &info));
    CHECK(info.count == 3 && info.flavors == 3 && info.first_arrival == -5 && info.last_arrival == 0);
    CHECK(info.smallest_cpu == 1 && info.smallest_mem == 1 && info.largest_cpu == 4 && info.largest_mem == 64);
    spane_trace_free(trace);
}

/* What most traces do not have: spans and named resources. */
static void test_terms(void) {
    static const int32_t span[] = {0, 2, 8}, wrong_span[] = {0, 9, 0};
    static const char *const names[] = {"gpu", "disk"};
    static const double gpu[] = {0, 1, 2}, disk[] = {10, 0.5, 0}, wrong[] = {0, -1, 0};
    const double *amounts[] = {gpu, disk};
    double read[2][2] = {{-1, -1}, {-1, -1}};
    double *const columns_read[] = {NULL, read[1]};
    int32_t spans[2] = {-1, -1};
    spane_trace *trace = NULL;
    spane_trace_columns columns = SPANE_TRACE_COLUMNS_INIT;
    spane_trace_buffers buffers = SPANE_TRACE_BUFFERS_INIT;
    spane_trace_info info = SPANE_TRACE_INFO_INIT;

    columns.cpu = cpu, columns.mem = mem, columns.arrival = arrival, columns.lifetime = lifetime;
    columns.span = wrong_span;
    REFUSES(SPANE_INVALID_ARGUMENT, "span is 9", trace, spane_trace_new(&columns, 3, NULL, &trace));
    columns.span = span;
    columns.resource_count = 2;
    REFUSES(SPANE_NULL_POINTER, "columns->resources", trace, spane_trace_new(&columns, 3, NULL, &trace));
    columns.resources = names;
    REFUSES(SPANE_NULL_POINTER, "columns->amounts", trace, spane_trace_new(&columns, 3, NULL, &trace));
    columns.amounts = amounts;
    amounts[1] = NULL;
    REFUSES(SPANE_NULL_POINTER, "columns->amounts[1]", trace, spane_trace_new(&columns, 3, NULL, &trace));
    amounts[1] = wrong;
    REFUSES(SPANE_INVALID_ARGUMENT, "disk is -1", trace, spane_trace_new(&columns, 3, NULL, &trace));
    amounts[1] = disk;
    columns.struct_size = 7;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", trace, spane_trace_new(&columns, 3, NULL, &trace));
    columns.struct_size = sizeof columns;
    columns.resource_count = 63;
    REFUSES(SPANE_INVALID_ARGUMENT, "0 ... 62", trace, spane_trace_new(&columns, 3, NULL, &trace));
    columns.resource_count = 2;
    DONE(spane_trace_new(&columns, 3, NULL, &trace));
    DONE(spane_trace_describe(trace, &info));
    CHECK(info.resource_count == 2 && strcmp(info.resources[0], "gpu") == 0 && strcmp(info.resources[1], "disk") == 0);
    buffers.span = spans;
    buffers.resource_count = 3;
    buffers.amounts = columns_read;
    FAILS(SPANE_INVALID_ARGUMENT, "0 ... 2", spane_trace_read(trace, 1, 2, &buffers));
    buffers.resource_count = 2;
    DONE(spane_trace_read(trace, 1, 2, &buffers));
    CHECK(spans[0] == 2 && spans[1] == 8 && read[0][0] == -1 && read[1][0] == 0.5 && read[1][1] == 0);
    spane_trace_free(trace);
}

static void test_generated(void) {
    spane_trace *trace = NULL, *again = NULL;
    spane_cluster *cluster = some_cluster(1);
    spane_trace_info info = SPANE_TRACE_INFO_INIT, before;
    struct vm vms[4], others[4];

    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_generate(10, 1, NULL, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(0, 1, NULL, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(1, 1, NULL, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(100000001, 1, NULL, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(SIZE_MAX, 1, NULL, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate((size_t)1 << 40, 1, NULL, &trace));
    DONE(spane_trace_generate(2, 0, NULL, &trace));
    spane_trace_free(trace);
    DONE(spane_trace_generate(1000, UINT64_MAX, NULL, &trace));
    DONE(spane_trace_generate(1000, UINT64_MAX, NULL, &again));

    REFUSES(SPANE_NULL_POINTER, "trace", vms, read_vms(NULL, 0, 4, vms));
    FAILS(SPANE_NULL_POINTER, "buffers", spane_trace_read(trace, 0, 4, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "trace", vms, read_vms((spane_trace *)cluster, 0, 4, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, read_vms(trace, 997, 4, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, read_vms(trace, SIZE_MAX, 4, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, read_vms(trace, 4, SIZE_MAX, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, read_vms(trace, (size_t)1 << 63, (size_t)1 << 63, vms));
    DONE(read_vms(trace, 996, 4, vms));
    DONE(read_vms(again, 996, 4, others));
    for (int i = 0; i < 4; i++) CHECK(vms[i].id == others[i].id && vms[i].lifetime == others[i].lifetime);
    DONE(read_vms(trace, 1000, 0, vms));

    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_describe(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_trace_describe(trace, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "trace", spane_trace_describe((spane_trace *)cluster, &info));
    check_fill(&info, sizeof info);
    info.struct_size = 0;
    before = info;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_trace_describe(trace, &info));
    CHECK(memcmp(&before, &info, sizeof info) == 0);
    spane_trace_free(NULL);
    spane_trace_free((spane_trace *)cluster);
    DONE(spane_cluster_count(cluster, NULL, NULL));
    spane_trace_free(trace);
    spane_trace_free(again);
    spane_cluster_free(cluster);
}

static void test_files(void) {
    spane_trace *trace = NULL, *other;
    spane_model *model = any_model();
    char path[4096], text[256];
    unsigned char *bytes;
    size_t size = 0, length;

    REFUSES(SPANE_NULL_POINTER, "path", other, spane_trace_load(NULL, NULL, &other));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_load("x", NULL, NULL));
    REFUSES(SPANE_IO, "no such file", other, spane_trace_load("no such file", NULL, &other));
    REFUSES(SPANE_IO, scratch_folder, other, spane_trace_load(scratch_folder, NULL, &other));
    REFUSES(SPANE_FORMAT, "format", other, spane_trace_load(check_path(data_folder, "weights/untrained-1.h5"), NULL, &other));
    REFUSES(SPANE_NULL_POINTER, "path", other, spane_trace_load_part(NULL, 0, 5, NULL, &other));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_load_part("x", 0, 5, NULL, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "first", other, spane_trace_load_part("x", -1, 5, NULL, &other));
    REFUSES(SPANE_INVALID_ARGUMENT, "first", other, spane_trace_load_part("x", INT64_MAX, 5, NULL, &other));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", other, spane_trace_load_part("x", 0, 1, NULL, &other));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", other, spane_trace_load_part("x", 0, INT64_MAX, NULL, &other));
    REFUSES(SPANE_IO, "no such file", other, spane_trace_load_part("no such file", 0, 5, NULL, &other));
    REFUSES(SPANE_SHAPE_MISMATCH, "it has", other,
            spane_trace_load_part(check_path(data_folder, "synthetic.h5"), 1 << 30, 5, NULL, &other));
    DONE(spane_trace_load(check_path(data_folder, "synthetic.h5"), NULL, &trace));

    snprintf(path, sizeof path, "%s", check_path(scratch_folder, "trace.h5"));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_save(NULL, path, NULL, NULL, NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_trace_save(trace, NULL, NULL, NULL, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "trace", spane_trace_save((spane_trace *)model, path, NULL, NULL, NULL));
    FAILS(SPANE_IO, "no such folder", spane_trace_save(trace, check_path(scratch_folder, "no such folder/x"), NULL, NULL, NULL));
    DONE(spane_trace_save(trace, path, NULL, NULL, NULL));
    spane_trace_free(trace);
    DONE(spane_trace_generate(50, 3, NULL, &trace));
    DONE(spane_trace_save(trace, path, "here", "do what you like", NULL));
    bytes = check_read(scratch_folder, "trace.h5", &length);
    REFUSES(SPANE_NULL_POINTER, "trace", size, spane_trace_save_memory(NULL, NULL, NULL, 0, &size));
    FAILS(SPANE_NULL_POINTER, "size", spane_trace_save_memory(trace, NULL, text, sizeof text, NULL));

    REFUSES(SPANE_NULL_POINTER, "data", other, spane_trace_load_memory(NULL, length, NULL, &other));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_load_memory(bytes, length, NULL, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "size", other, spane_trace_load_memory(bytes, SIZE_MAX, NULL, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_trace_load_memory(bytes, 0, NULL, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_trace_load_memory(bytes, length / 2, NULL, &other));
    other = NULL;
    DONE(spane_trace_load_memory(bytes, length, NULL, &other));
    free(bytes);

    REFUSES(SPANE_NULL_POINTER, "trace", size, spane_trace_provenance(NULL, "source", text, sizeof text, &size));
    REFUSES(SPANE_NULL_POINTER, "name", size, spane_trace_provenance(other, NULL, text, sizeof text, &size));
    FAILS(SPANE_NULL_POINTER, "size", spane_trace_provenance(other, "source", text, sizeof text, NULL));
    REFUSES(SPANE_NOT_FOUND, "no such", size, spane_trace_provenance(other, "no such", text, sizeof text, &size));
    FAILS(SPANE_INVALID_ARGUMENT, "trace",
          spane_trace_provenance((spane_trace *)model, "source", text, sizeof text, &size));
    DONE(spane_trace_provenance(other, "source", NULL, 0, &size));
    CHECK(size == 5);
    REFUSES(SPANE_BUFFER_TOO_SMALL, "text", text, spane_trace_provenance(other, "source", text, 4, &size));
    CHECK(size == 5);
    DONE(spane_trace_provenance(other, "source", text, 5, &size));
    CHECK(strcmp(text, "here") == 0);
    DONE(spane_trace_provenance(other, "licence", text, sizeof text, &size));
    CHECK(strcmp(text, "do what you like") == 0);
    DONE(spane_trace_provenance(other, "content_sha256", text, sizeof text, &size));
    CHECK(size == 65);
    spane_trace_free(other);
    spane_trace_free(trace);

    /* CSV. */
    {
        FILE *file = fopen(check_path(scratch_folder, "trace.csv"), "w");
        fputs("vmid,cpu,mem,at,lt\n0,1,2,0,5\n1,2,16,1,5\n2,1,1,1,5\n", file);
        fclose(file);
        DONE(spane_trace_load(check_path(scratch_folder, "trace.csv"), NULL, &trace));
        spane_trace_free(trace);
        file = fopen(check_path(scratch_folder, "trace.csv"), "a");
        fputs("3,1,nan,1,5\n", file);
        fclose(file);
        REFUSES(SPANE_FORMAT, "trace.csv", trace, spane_trace_load(check_path(scratch_folder, "trace.csv"), NULL, &trace));
    }
    spane_model_free(model);
}

void test_traces(void) {
    test_columns();
    test_terms();
    test_generated();
    test_files();
}
