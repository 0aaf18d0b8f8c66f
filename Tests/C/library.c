/* Version, status names, messages and the log. */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "tests.h"

static int lines, worst_level;
static char last_line[512];

static void listen(int32_t level, const char *message, void *user) {
    CHECK(user == &lines);
    CHECK(strchr(message, '\n') == NULL);
    lines++;
    worst_level = level;
    snprintf(last_line, sizeof last_line, "%s", message);
}

static const char *const note = "the network is made for nodes of 40 cores and 90 GB; "
                                "this cluster has nodes of 64.5 cores and 256 GB";

/* How many lines the decision of a session adds; it must be made. */
static int lines_of_decision(spane_session *session) {
    spane_placement placement;
    int before = lines;
    DONE(spane_session_choose(session, ASKS(2, 4), &placement));
    return lines - before;
}

/* That a network decides about nodes which it is not made for is told once, to those who want to know of more than errors. */
static void test_hardware_note(void) {
    spane_cluster *cluster = some_cluster(1);
    spane_model *model = any_model();
    spane_session *session = NULL, *other = NULL, *heuristic = NULL;
    spane_trace *trace = NULL;
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    spane_policy policies[2] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_MODEL(model)};
    int64_t start = 0;
    double waits[2];
    char expected[256];

    DONE(spane_trace_generate(3000, 1, NULL, &trace));
    options.length = 100;
    options.threads = 1;
    lines = 0;
    DONE(spane_set_log(listen, SPANE_LOG_INFO, &lines));
    DONE(spane_session_new(cluster, NETWORK(model), &session));
    DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &heuristic));
    CHECK(lines_of_decision(session) == 0 && lines == 0);
    DONE(spane_cluster_add_equal_servers(cluster, 64.5, 256, 1, NULL));
    CHECK(lines == 0);
    CHECK(lines_of_decision(heuristic) == 0);
    CHECK(lines_of_decision(session) == 1 && worst_level == SPANE_LOG_INFO);
    snprintf(expected, sizeof expected, "session: %s", note);
    CHECK(strcmp(last_line, expected) == 0);
    CHECK(lines_of_decision(session) == 0);
    DONE(spane_cluster_add_equal_servers(cluster, 1, 2, 1, NULL));
    CHECK(lines_of_decision(session) == 0);
    DONE(spane_session_new(cluster, NETWORK(model), &other));
    CHECK(lines_of_decision(other) == 1 && strcmp(last_line, expected) == 0);

    lines = 0;
    DONE(spane_evaluate(trace, &options, &start, 1, policies, 2, NULL, waits, NULL, NULL));
    CHECK(lines == 0);
    options.node_cpu = 64.5;
    options.node_mem = 256;
    DONE(spane_evaluate(trace, &options, &start, 1, policies, 1, NULL, waits, NULL, NULL));
    CHECK(lines == 0);
    DONE(spane_evaluate(trace, &options, &start, 1, policies, 2, NULL, waits, NULL, NULL));
    snprintf(expected, sizeof expected, "policies[1]: %s", note);
    CHECK(lines == 1 && worst_level == SPANE_LOG_INFO && strcmp(last_line, expected) == 0);

    DONE(spane_set_log(listen, SPANE_LOG_ERROR, &lines));
    spane_session_free(other);
    DONE(spane_session_new(cluster, NETWORK(model), &other));
    CHECK(lines_of_decision(other) == 0);
    DONE(spane_evaluate(trace, &options, &start, 1, policies, 2, NULL, waits, NULL, NULL));
    CHECK(lines == 1);
    DONE(spane_set_log(NULL, SPANE_LOG_ERROR, NULL));
    spane_session_free(session);
    spane_session_free(other);
    spane_session_free(heuristic);
    spane_trace_free(trace);
    spane_model_free(model);
    spane_cluster_free(cluster);
}

void test_library(void) {
    spane_cluster *cluster = NULL;

    CHECK(spane_version() == SPANE_VERSION_MAJOR * 1000000 + SPANE_VERSION_MINOR * 1000 + SPANE_VERSION_PATCH);
    CHECK(strcmp(spane_version_string(), SPANE_VERSION_STRING) == 0);
    CHECK(spane_abi_version() == SPANE_ABI_VERSION);
    for (spane_status status = SPANE_CANCELLED; status <= SPANE_CONFLICT; status++) {
        CHECK(strncmp(spane_status_name(status), "SPANE_", 6) == 0);
    }
    CHECK(strcmp(spane_status_name(SPANE_NO_ROOM), "SPANE_NO_ROOM") == 0);
    CHECK(strcmp(spane_status_name(SPANE_CONFLICT + 1), "unknown status") == 0);
    CHECK(strcmp(spane_status_name(INT32_MIN), "unknown status") == 0);
    CHECK(strcmp(spane_status_name(INT32_MAX), "unknown status") == 0);

    FAILS(SPANE_INVALID_ARGUMENT, "level", spane_set_log(listen, 0, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "level", spane_set_log(NULL, 3, NULL));
    DONE(spane_set_log(listen, SPANE_LOG_ERROR, &lines));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_new(NULL, NULL));
    CHECK(lines == 1 && worst_level == SPANE_LOG_ERROR && strcmp(last_line, spane_last_error()) == 0);
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_save(cluster, check_path(scratch_folder, "log.h5"), NULL));
    CHECK(lines == 1);
    DONE(spane_set_log(listen, SPANE_LOG_INFO, &lines));
    DONE(spane_cluster_save(cluster, check_path(scratch_folder, "log.h5"), NULL));
    CHECK(lines == 2 && worst_level == SPANE_LOG_INFO && strstr(last_line, "log.h5"));
    DONE(spane_set_log(NULL, SPANE_LOG_ERROR, NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_cluster_save(cluster, NULL, NULL));
    CHECK(lines == 2);
    spane_cluster_free(cluster);
    test_hardware_note();
}

/* The message of a thread that has failed differently, and then of one that has not failed. */
static void *fail_elsewhere(void *path) {
    spane_model *model = NULL;
    CHECK(*spane_last_error() == '\0');
    FAILS(SPANE_IO, path, spane_model_load(path, &model));
    return NULL;
}

void test_messages(void) {
    pthread_t thread;
    spane_cluster *cluster = some_cluster(1);
    spane_model *model;
    size_t length = 100000;
    char *path = malloc(length + 1);

    FAILS(SPANE_INVALID_ARGUMENT, "server is 7", spane_cluster_cordon(cluster, 7));
    pthread_create(&thread, NULL, fail_elsewhere, "no such file");
    pthread_join(thread, NULL);
    CHECK(strstr(spane_last_error(), "server is 7") != NULL);
    spane_cluster_free(NULL); /* has no status and so no message */
    CHECK(*spane_status_name(0) && *spane_version_string());
    CHECK(strstr(spane_last_error(), "server is 7") != NULL);
    DONE(spane_cluster_cordon(cluster, 0));

    /* Never cut short. */
    memset(path, 'x', length);
    path[length] = '\0';
    REFUSES(SPANE_IO, path, model, spane_model_load(path, &model));
    free(path);
    spane_cluster_free(cluster);
}
