/* Paths that are empty and names that are not UTF-8: refused by whatever call they are given to. */

#include "tests.h"

#define LATIN "caf\xe9" /* ISO 8859-1 */

/* A path may be any bytes, but there must be some. */
static void test_empty_paths(void) {
    spane_cluster *cluster = some_cluster(2), *other_cluster;
    spane_model *model = any_model(), *other_model;
    spane_trace *trace = NULL, *other_trace;
    int64_t starts[2];
    size_t count;

    DONE(spane_trace_generate(50, 1, NULL, &trace));
    REFUSES(SPANE_IO, "path is empty", other_cluster, spane_cluster_load("", NULL, &other_cluster));
    REFUSES(SPANE_IO, "path is empty", other_model, spane_model_load("", &other_model));
    REFUSES(SPANE_IO, "path is empty", other_trace, spane_trace_load("", NULL, &other_trace));
    FAILS(SPANE_IO, "path is empty", spane_cluster_save(cluster, "", NULL));
    FAILS(SPANE_IO, "path is empty", spane_model_save(model, ""));
    FAILS(SPANE_IO, "path is empty", spane_trace_save(trace, "", NULL, NULL, NULL));
    REFUSES(SPANE_IO, "text is empty", count, spane_starts_read("", starts, 2, &count));

    /* Other bytes than UTF-8 name a file like any. */
    const char *path = check_path(scratch_folder, LATIN);
    DONE(spane_cluster_save(cluster, path, NULL));
    DONE(spane_cluster_load(path, NULL, &other_cluster));
    spane_cluster_free(other_cluster);
    REFUSES(SPANE_FORMAT, "", count, spane_starts_read(path, starts, 2, &count));
    CHECK(remove(path) == 0);
    REFUSES(SPANE_IO, "", count, spane_starts_read(path, starts, 2, &count));
    spane_cluster_free(cluster);
    spane_model_free(model);
    spane_trace_free(trace);
}

static void test_names(void) {
    static const char *const names[] = {"gpu", LATIN};
    const double amounts[] = {8, 16}, gpus[] = {0, 0}, times[] = {0, 1};
    const double *const resources[] = {gpus, gpus};
    spane_cluster *cluster = some_cluster(2), *other;
    spane_session *session;
    spane_model *model = any_model();
    spane_trace *trace = NULL, *other_trace;
    spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
    spane_server_type type = SPANE_SERVER_TYPE_INIT;
    spane_trace_columns columns = SPANE_TRACE_COLUMNS_INIT;
    spane_resource_info info = SPANE_RESOURCE_INFO_INIT;
    int32_t number;
    size_t size;

    options.node_resources = names;
    options.node_resource_count = 2;
    REFUSES(SPANE_INVALID_ARGUMENT, "node_resources[1] is \"caf", other, spane_cluster_new(&options, &other));
    options.node_resource_count = 0;
    options.server_resources = names;
    options.server_resource_count = 2;
    REFUSES(SPANE_INVALID_ARGUMENT, "server_resources[1] is \"caf", other, spane_cluster_new(&options, &other));
    options.server_resource_count = 0;
    options.traits = names;
    options.trait_count = 2;
    REFUSES(SPANE_INVALID_ARGUMENT, "traits[1] is \"caf", other, spane_cluster_new(&options, &other));

    type.nodes = 1;
    type.node_amounts = amounts;
    type.name = LATIN;
    REFUSES(SPANE_INVALID_ARGUMENT, "type->name is \"caf", number, spane_cluster_add_servers(cluster, &type, 1, &number));
    FAILS(SPANE_INVALID_ARGUMENT, "type->name is \"caf", spane_cluster_resize_server(cluster, 0, &type));
    FAILS(SPANE_INVALID_ARGUMENT, "it must be UTF-8", spane_cluster_find_resource(cluster, LATIN, &info));
    FAILS(SPANE_NOT_FOUND, "name is \"\"", spane_cluster_find_resource(cluster, "", &info));

    REFUSES(SPANE_INVALID_ARGUMENT, "heuristic is \"caf", session,
            spane_session_new(cluster, HEURISTIC(LATIN), &session));
    REFUSES(SPANE_INVALID_ARGUMENT, "it must be UTF-8", size, spane_model_provenance(model, LATIN, NULL, 0, &size));

    columns.cpu = columns.mem = columns.lifetime = amounts;
    columns.arrival = times;
    columns.resources = names;
    columns.resource_count = 2;
    columns.amounts = resources;
    REFUSES(SPANE_INVALID_ARGUMENT, "resources[1] is \"caf", other_trace,
            spane_trace_new(&columns, 2, NULL, &other_trace));
    DONE(spane_trace_generate(50, 1, NULL, &trace));
    const char *path = check_path(scratch_folder, "texts.h5");
    REFUSES(SPANE_INVALID_ARGUMENT, "it must be UTF-8", size, spane_trace_provenance(trace, LATIN, NULL, 0, &size));
    FAILS(SPANE_INVALID_ARGUMENT, "source is \"caf", spane_trace_save(trace, path, LATIN, NULL, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "licence is \"caf", spane_trace_save(trace, path, NULL, LATIN, NULL));
    REFUSES(SPANE_IO, "texts.h5", other_trace, spane_trace_load(path, NULL, &other_trace));
    spane_cluster_free(cluster);
    spane_model_free(model);
    spane_trace_free(trace);
}

void test_texts(void) {
    test_empty_paths();
    test_names();
}
