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

void test_library(void) {
    spane_cluster *cluster = NULL;

    CHECK(spane_version() == SPANE_VERSION_MAJOR * 1000000 + SPANE_VERSION_MINOR * 1000 + SPANE_VERSION_PATCH);
    CHECK(strcmp(spane_version_string(), SPANE_VERSION_STRING) == 0);
    CHECK(spane_abi_version() == SPANE_ABI_VERSION);
    for (spane_status status = SPANE_CANCELLED; status <= SPANE_NEVER_FITS; status++) {
        CHECK(strncmp(spane_status_name(status), "SPANE_", 6) == 0);
    }
    CHECK(strcmp(spane_status_name(SPANE_NO_ROOM), "SPANE_NO_ROOM") == 0);
    CHECK(strcmp(spane_status_name(SPANE_NEVER_FITS + 1), "unknown status") == 0);
    CHECK(strcmp(spane_status_name(INT32_MIN), "unknown status") == 0);
    CHECK(strcmp(spane_status_name(INT32_MAX), "unknown status") == 0);

    FAILS(SPANE_INVALID_ARGUMENT, "level", spane_set_log(listen, 0, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "level", spane_set_log(NULL, 3, NULL));
    DONE(spane_set_log(listen, SPANE_LOG_ERROR, &lines));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_new(NULL, NULL));
    CHECK(lines == 1 && worst_level == SPANE_LOG_ERROR && strcmp(last_line, spane_last_error()) == 0);
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_save(cluster, check_path(scratch_folder, "log.h5")));
    CHECK(lines == 1);
    DONE(spane_set_log(listen, SPANE_LOG_INFO, &lines));
    DONE(spane_cluster_save(cluster, check_path(scratch_folder, "log.h5")));
    CHECK(lines == 2 && worst_level == SPANE_LOG_INFO && strstr(last_line, "log.h5"));
    DONE(spane_set_log(NULL, SPANE_LOG_ERROR, NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_cluster_save(cluster, NULL));
    CHECK(lines == 2);
    spane_cluster_free(cluster);
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
