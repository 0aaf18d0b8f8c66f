/* Traces. */

#include <math.h>

#include "tests.h"

static const double cpu[] = {1, 2, 4}, mem[] = {1, 4, 64}, arrival[] = {-5, 0, 0}, lifetime[] = {10, 0, 1e6};
static const int64_t ids[] = {7, -7, INT64_MIN};

static void test_columns(void) {
    const double bad_size[] = {0, -1, NAN, INFINITY, 1e-9, 4294967297.0};
    const double bad_time[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300};
    spane_trace *trace = NULL;
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    spane_vm vms[3];
    double column[3];

    REFUSES(SPANE_NULL_POINTER, "cpu", trace, spane_trace_new(ids, NULL, mem, arrival, lifetime, 3, &trace));
    REFUSES(SPANE_NULL_POINTER, "mem", trace, spane_trace_new(ids, cpu, NULL, arrival, lifetime, 3, &trace));
    REFUSES(SPANE_NULL_POINTER, "arrival", trace, spane_trace_new(ids, cpu, mem, NULL, lifetime, 3, &trace));
    REFUSES(SPANE_NULL_POINTER, "lifetime", trace, spane_trace_new(ids, cpu, mem, arrival, NULL, 3, &trace));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_new(ids, cpu, mem, arrival, lifetime, 3, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_new(ids, cpu, mem, arrival, lifetime, 0, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_new(ids, cpu, mem, arrival, lifetime, 1, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_new(ids, cpu, mem, arrival, lifetime, SIZE_MAX, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace,
            spane_trace_new(ids, cpu, mem, arrival, lifetime, (size_t)1 << 40, &trace));
    for (int i = 0; i < 6; i++) {
        memcpy(column, cpu, sizeof column);
        column[1] = bad_size[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, spane_trace_new(ids, column, mem, arrival, lifetime, 3, &trace));
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, spane_trace_new(ids, cpu, column, arrival, lifetime, 3, &trace));
    }
    for (int i = 0; i < 5; i++) {
        memcpy(column, arrival, sizeof column);
        column[1] = bad_time[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, spane_trace_new(ids, cpu, mem, column, lifetime, 3, &trace));
        memcpy(column, lifetime, sizeof column);
        column[1] = bad_time[i];
        REFUSES(SPANE_INVALID_ARGUMENT, "1", trace, spane_trace_new(ids, cpu, mem, arrival, column, 3, &trace));
    }
    column[0] = 1, column[1] = 2, column[2] = 1.5;
    REFUSES(SPANE_INVALID_ARGUMENT, "arrival", trace, spane_trace_new(ids, cpu, mem, column, lifetime, 3, &trace));
    column[1] = -1;
    REFUSES(SPANE_INVALID_ARGUMENT, "lifetime", trace, spane_trace_new(ids, cpu, mem, arrival, column, 3, &trace));

    DONE(spane_trace_new(NULL, cpu, mem, arrival, lifetime, 3, &trace));
    DONE(spane_trace_vms(trace, 0, 3, vms));
    CHECK(vms[0].id == 0 && vms[1].id == 1 && vms[2].id == 2);
    spane_trace_free(trace);
    DONE(spane_trace_new(ids, cpu, mem, arrival, lifetime, 3, &trace));
    DONE(spane_trace_vms(trace, 0, 3, vms));
    for (int i = 0; i < 3; i++) {
        CHECK(vms[i].id == ids[i] && vms[i].cpu == cpu[i] && vms[i].mem == mem[i]);
        CHECK(vms[i].arrival == arrival[i] && vms[i].lifetime == lifetime[i]);
    }
    DONE(spane_trace_describe(trace, &info));
    CHECK(info.count == 3 && info.flavors == 3 && info.first_arrival == -5 && info.last_arrival == 0);
    CHECK(info.smallest_cpu == 1 && info.smallest_mem == 1 && info.largest_cpu == 4 && info.largest_mem == 64);
    spane_trace_free(trace);
}

static void test_generated(void) {
    spane_trace *trace = NULL, *again = NULL;
    spane_cluster *cluster = some_cluster(1);
    spane_trace_info info = SPANE_TRACE_INFO_INIT, before;
    spane_vm vms[4], others[4];

    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_generate(10, 1, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(0, 1, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(1, 1, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(100000001, 1, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate(SIZE_MAX, 1, &trace));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", trace, spane_trace_generate((size_t)1 << 40, 1, &trace));
    DONE(spane_trace_generate(2, 0, &trace));
    spane_trace_free(trace);
    DONE(spane_trace_generate(1000, UINT64_MAX, &trace));
    DONE(spane_trace_generate(1000, UINT64_MAX, &again));

    REFUSES(SPANE_NULL_POINTER, "trace", vms, spane_trace_vms(NULL, 0, 4, vms));
    FAILS(SPANE_NULL_POINTER, "vms", spane_trace_vms(trace, 0, 4, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "trace", vms, spane_trace_vms((spane_trace *)cluster, 0, 4, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, spane_trace_vms(trace, 997, 4, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, spane_trace_vms(trace, SIZE_MAX, 4, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, spane_trace_vms(trace, 4, SIZE_MAX, vms));
    REFUSES(SPANE_INVALID_ARGUMENT, "", vms, spane_trace_vms(trace, (size_t)1 << 63, (size_t)1 << 63, vms));
    DONE(spane_trace_vms(trace, 996, 4, vms));
    DONE(spane_trace_vms(again, 996, 4, others));
    CHECK(memcmp(vms, others, sizeof vms) == 0);
    DONE(spane_trace_vms(trace, 1000, 0, vms));

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

    REFUSES(SPANE_NULL_POINTER, "path", other, spane_trace_load(NULL, &other));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_load("x", NULL));
    REFUSES(SPANE_IO, "no such file", other, spane_trace_load("no such file", &other));
    REFUSES(SPANE_IO, scratch_folder, other, spane_trace_load(scratch_folder, &other));
    REFUSES(SPANE_FORMAT, "format", other, spane_trace_load(check_path(data_folder, "weights/untrained-1.h5"), &other));
    DONE(spane_trace_load(check_path(data_folder, "synthetic.h5"), &trace));

    snprintf(path, sizeof path, "%s", check_path(scratch_folder, "trace.h5"));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_save(NULL, path, NULL, NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_trace_save(trace, NULL, NULL, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "trace", spane_trace_save((spane_trace *)model, path, NULL, NULL));
    FAILS(SPANE_IO, "no such folder", spane_trace_save(trace, check_path(scratch_folder, "no such folder/x"), NULL, NULL));
    DONE(spane_trace_save(trace, path, NULL, NULL));
    spane_trace_free(trace);
    DONE(spane_trace_generate(50, 3, &trace));
    DONE(spane_trace_save(trace, path, "here", "do what you like"));
    bytes = check_read(scratch_folder, "trace.h5", &length);

    REFUSES(SPANE_NULL_POINTER, "data", other, spane_trace_load_memory(NULL, length, &other));
    FAILS(SPANE_NULL_POINTER, "trace", spane_trace_load_memory(bytes, length, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "size", other, spane_trace_load_memory(bytes, SIZE_MAX, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_trace_load_memory(bytes, 0, &other));
    REFUSES(SPANE_FORMAT, "data", other, spane_trace_load_memory(bytes, length / 2, &other));
    other = NULL;
    DONE(spane_trace_load_memory(bytes, length, &other));
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
        DONE(spane_trace_load(check_path(scratch_folder, "trace.csv"), &trace));
        spane_trace_free(trace);
        file = fopen(check_path(scratch_folder, "trace.csv"), "a");
        fputs("3,1,nan,1,5\n", file);
        fclose(file);
        REFUSES(SPANE_FORMAT, "trace.csv", trace, spane_trace_load(check_path(scratch_folder, "trace.csv"), &trace));
    }
    spane_model_free(model);
}

void test_traces(void) {
    test_columns();
    test_generated();
    test_files();
}
