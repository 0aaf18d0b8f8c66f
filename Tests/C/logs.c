/* Logs of clusters, shadows and replays. */

#define _GNU_SOURCE

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

static char path[4096];

/* A file that is not there. */
static const char *fresh(const char *name) {
    snprintf(path, sizeof path, "%s", check_path(scratch_folder, name));
    unlink(path);
    return path;
}

static long long size_of(const char *file) {
    struct stat status;
    return stat(file, &status) == 0 ? (long long)status.st_size : -1;
}

static spane_log_info described(const spane_cluster *cluster) {
    spane_log_info info = SPANE_LOG_INFO_INIT;
    DONE(spane_cluster_describe_log(cluster, &info));
    return info;
}

static spane_replay_figures replayed(const char *file, const spane_policy *policy, const spane_replay_options *options) {
    spane_replay_figures figures = SPANE_REPLAY_FIGURES_INIT;
    DONE(spane_replay(file, policy, options, NULL, &figures));
    return figures;
}

static int32_t cancel(int64_t done, int64_t total, void *user) {
    (void)done, (void)total, (void)user;
    return 1;
}

static void test_log_states(void) {
    spane_cluster *cluster = some_cluster(2), *other = some_cluster(1);
    spane_log_info info = SPANE_LOG_INFO_INIT, wrong = {3, 0, 0, 0, 0};
    const spane_progress never = {cancel, NULL};
    const char *file = fresh("states.log");
    char text[4096];
    FILE *stream;

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_start_log(NULL, file, SPANE_DURABILITY_WRITTEN, NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_cluster_start_log(cluster, NULL, SPANE_DURABILITY_WRITTEN, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "durability is 3", spane_cluster_start_log(cluster, file, 3, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "durability is -1", spane_cluster_start_log(cluster, file, -1, NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_stop_log(NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_sync_log(NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_set_log_time(NULL, 1));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_describe_log(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_cluster_describe_log(cluster, NULL));
    FAILS(SPANE_BAD_STATE, "no log", spane_cluster_stop_log(cluster));
    FAILS(SPANE_BAD_STATE, "no log", spane_cluster_sync_log(cluster));
    FAILS(SPANE_BAD_STATE, "no log", spane_cluster_set_log_time(cluster, 1));
    FAILS(SPANE_BAD_STATE, "no log", spane_cluster_describe_log(cluster, &info));

    /* What cannot be a log; nothing is left of it. */
    FAILS(SPANE_IO, "no-such-folder", spane_cluster_start_log(cluster, "no-such-folder/a.log", 0, NULL));
    FAILS(SPANE_IO, "regular", spane_cluster_start_log(cluster, scratch_folder, 0, NULL));
    FAILS(SPANE_IO, "regular", spane_cluster_start_log(cluster, "/dev/null", 0, NULL));
    FAILS(SPANE_IO, "", spane_cluster_start_log(cluster, "", 0, NULL));
    snprintf(text, sizeof text, "%s", check_path(data_folder, "fleets/small.toml"));
    {
        const long long before = size_of(text);
        FAILS(SPANE_FORMAT, "is no log", spane_cluster_start_log(cluster, text, 0, NULL));
        CHECK(size_of(text) == before);
    }
    FAILS(SPANE_CANCELLED, "", spane_cluster_start_log(cluster, file, SPANE_DURABILITY_WRITTEN, &never));
    CHECK(size_of(file) == -1);
    DONE(spane_cluster_begin_trial(cluster));
    FAILS(SPANE_BAD_STATE, "trial", spane_cluster_start_log(cluster, file, SPANE_DURABILITY_WRITTEN, NULL));
    CHECK(size_of(file) == -1);
    DONE(spane_cluster_drop_trial(cluster));

    DONE(spane_cluster_start_log(cluster, file, SPANE_DURABILITY_SYNCED, NULL));
    FAILS(SPANE_BAD_STATE, "has a log", spane_cluster_start_log(cluster, file, SPANE_DURABILITY_WRITTEN, NULL));
    FAILS(SPANE_IO, "another cluster", spane_cluster_start_log(other, file, SPANE_DURABILITY_WRITTEN, NULL));
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_describe_log(cluster, &wrong));
    FAILS(SPANE_INVALID_ARGUMENT, "seconds is nan", spane_cluster_set_log_time(cluster, NAN));
    FAILS(SPANE_INVALID_ARGUMENT, "seconds is inf", spane_cluster_set_log_time(cluster, HUGE_VAL));
    FAILS(SPANE_INVALID_ARGUMENT, "seconds is", spane_cluster_set_log_time(cluster, 0x1p53));
    DONE(spane_cluster_set_log_time(cluster, 0x1p42));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_set_log_time(cluster, -0x1p42));
    DONE(spane_cluster_uncordon(cluster, 1));
    DONE(spane_cluster_sync_log(cluster));
    info = described(cluster);
    CHECK(info.is_ended == 0 && info.cut == 0 && info.bytes == size_of(file));
    CHECK(info.events == 4); /* the state, the clock, and two changes */
    DONE(spane_cluster_stop_log(cluster));
    FAILS(SPANE_BAD_STATE, "no log", spane_cluster_stop_log(cluster));

    /* It goes on after what was not written whole. */
    stream = fopen(file, "ab");
    CHECK(stream && fputs("\x7f torn", stream) >= 0);
    if (stream) fclose(stream);
    DONE(spane_cluster_start_log(cluster, file, SPANE_DURABILITY_BUFFERED, NULL));
    info = described(cluster);
    CHECK(info.cut == 6 && info.events == 1);
    DONE(spane_cluster_cordon(cluster, 0));
    CHECK(described(cluster).bytes > size_of(file));
    /* A log ends with its cluster. */
    info = described(cluster);
    spane_cluster_free(cluster);
    CHECK(info.bytes == size_of(file));
    (void)replayed(file, NULL, NULL);
    spane_cluster_free(other);
}

/* What a scheduler does: trials, batches, refusals; and what replays make of it. */
static void test_replays(void) {
    spane_cluster *cluster = some_cluster(2);
    const spane_policy first = SPANE_POLICY_HEURISTIC("first-fit"), none = SPANE_POLICY_HEURISTIC("no-such-rule");
    const spane_request node = REQUEST(40, 9), small = REQUEST(1, 1);
    const spane_request batch[] = {REQUEST(40, 9), REQUEST(40, 9)};
    const uint64_t ids[] = {10, 11};
    spane_replay_options options = SPANE_REPLAY_OPTIONS_INIT, read = SPANE_REPLAY_OPTIONS_INIT;
    spane_replay_figures figures = SPANE_REPLAY_FIGURES_INIT, again;
    const spane_progress never = {cancel, NULL};
    spane_session *session = NULL;
    const char *file = fresh("replays.log");
    FILE *stream;

    DONE(spane_session_new(cluster, &first, &session));
    DONE(spane_session_place(session, 1, &node, NULL));
    DONE(spane_cluster_start_log(cluster, file, SPANE_DURABILITY_WRITTEN, NULL));
    DONE(spane_cluster_set_log_time(cluster, 0));
    DONE(spane_session_place(session, 2, &node, NULL));
    DONE(spane_session_place(session, 3, &node, NULL));
    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_session_place(session, 99, &small, NULL));
    DONE(spane_cluster_drop_trial(cluster));
    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_cluster_release(cluster, 3, NULL));
    DONE(spane_session_place(session, 3, &node, NULL));
    DONE(spane_cluster_keep_trial(cluster));
    /* Of two there is room for one: neither is placed. */
    CHECK(spane_session_place_many(session, ids, batch, 2, NULL, NULL) == SPANE_NO_ROOM);
    DONE(spane_cluster_set_log_time(cluster, 10));
    DONE(spane_cluster_release(cluster, 2, NULL));
    DONE(spane_session_place(session, 10, &node, NULL));
    CHECK(spane_session_place(session, 12, &batch[0], NULL) == SPANE_OK);
    CHECK(spane_session_place(session, 13, ASKS(400, 9), NULL) == SPANE_NEVER_FITS);
    /* What fails is not in it. */
    FAILS(SPANE_EXISTS, "id is 3", spane_session_place(session, 3, &node, NULL));
    FAILS(SPANE_NOT_FOUND, "77", spane_cluster_release(cluster, 77, NULL));
    DONE(spane_cluster_set_log_time(cluster, 25));
    DONE(spane_cluster_release(cluster, 10, NULL));
    DONE(spane_cluster_stop_log(cluster));

    figures = replayed(file, NULL, NULL);
    /* 2, 3 twice, 10, 11, 12 and 13, of which 11 and 13 were never placed; 10 waited. */
    CHECK(figures.vms == 7 && figures.refused == 2 && figures.refused_cores == 440);
    CHECK(figures.waited == 1 && figures.wait == 10 && figures.longest_wait == 10);
    CHECK(figures.compared == 0 && figures.seconds == 0 && figures.servers_needed == 0);
    again = replayed(file, &first, NULL);
    /* 10 need not wait for 11, so that 12 goes where it went. */
    CHECK(again.vms == figures.vms && again.refused == 2 && again.waited == 0 && again.compared == 4 && again.alike == 3);
    options.needed = 1;
    again = replayed(file, &first, &options);
    CHECK(again.servers_needed == -1);
    options.needed = 0;
    options.servers = 1;
    again = replayed(file, &first, &options);
    CHECK(again.refused > figures.refused);
    options.servers = 0;
    options.queue = 1;
    again = replayed(file, &first, &options);
    CHECK(again.refused >= 1 && again.waited >= 1);

    DONE(spane_replay_options_init(&read));
    options = (spane_replay_options)SPANE_REPLAY_OPTIONS_INIT;
    CHECK(memcmp(&read, &options, sizeof read) == 0);
    FAILS(SPANE_NULL_POINTER, "options", spane_replay_options_init(NULL));
    FAILS(SPANE_NULL_POINTER, "path", spane_replay(NULL, &first, NULL, NULL, &figures));
    FAILS(SPANE_NULL_POINTER, "figures", spane_replay(file, &first, NULL, NULL, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "no-such-rule", spane_replay(file, &none, NULL, NULL, &figures));
    FAILS(SPANE_IO, "no-such.log", spane_replay("no-such.log", &first, NULL, NULL, &figures));
    FAILS(SPANE_IO, "", spane_replay(scratch_folder, &first, NULL, NULL, &figures));
    FAILS(SPANE_FORMAT, "is no log",
          spane_replay(check_path(data_folder, "fleets/small.toml"), &first, NULL, NULL, &figures));
    FAILS(SPANE_CANCELLED, "", spane_replay(file, &first, NULL, &never, &figures));
    options.servers = 3;
    FAILS(SPANE_INVALID_ARGUMENT, "options->servers is 3", spane_replay(file, &first, &options, NULL, &figures));
    options.servers = -1;
    FAILS(SPANE_INVALID_ARGUMENT, "options->servers is -1", spane_replay(file, &first, &options, NULL, &figures));
    options.servers = 0;
    options.queue = 2;
    FAILS(SPANE_INVALID_ARGUMENT, "options->queue is 2", spane_replay(file, &first, &options, NULL, &figures));
    options.queue = options.needed = 1;
    FAILS(SPANE_INVALID_ARGUMENT, "options->needed and options->queue",
          spane_replay(file, &first, &options, NULL, &figures));
    options.needed = options.queue = 0;
    options.moves = -1;
    FAILS(SPANE_INVALID_ARGUMENT, "options->moves is -1", spane_replay(file, &first, &options, NULL, &figures));
    options.moves = 0;
    options.struct_size = 3;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_replay(file, &first, &options, NULL, &figures));
    figures.struct_size = 3;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_replay(file, &first, NULL, NULL, &figures));

    /* A file of another version, and one that is cut off in its first bytes. */
    stream = fopen(fresh("future.log"), "wb");
    CHECK(stream && fwrite("SPANELOG\0\0\0\x09", 1, 12, stream) == 12);
    if (stream) fclose(stream);
    figures = (spane_replay_figures)SPANE_REPLAY_FIGURES_INIT;
    FAILS(SPANE_UNKNOWN_VERSION, "version 9", spane_replay(path, &first, NULL, NULL, &figures));
    FAILS(SPANE_UNKNOWN_VERSION, "version 9", spane_cluster_start_log(cluster, path, SPANE_DURABILITY_WRITTEN, NULL));
    spane_session_free(session);
    spane_cluster_free(cluster);
}

static void test_shadows(void) {
    spane_cluster *cluster = some_cluster(3);
    spane_model *model = any_model();
    const spane_policy first = SPANE_POLICY_HEURISTIC("first-fit");
    const spane_request node = REQUEST(40, 9), wide = REQUEST(4, 40);
    const spane_placement at00 = {0, 1}, at01 = {0, 2}, at11 = {1, 2}, at10 = {1, 1}, at20 = {2, 1}, nowhere = {7, 1};
    spane_shadow shadow = SPANE_SHADOW_INIT, wrong = {3, 0, {0, 0}, 0};
    spane_session *session = NULL, *network = NULL;
    int64_t vms;

    DONE(spane_session_new(cluster, &first, &session));
    DONE(spane_session_new(cluster, NETWORK(model), &network));
    DONE(spane_cluster_start_log(cluster, fresh("shadow.log"), SPANE_DURABILITY_BUFFERED, NULL));
    DONE(spane_cluster_set_log_time(cluster, 0));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_shadow(NULL, 1, &node, &at00, &shadow));
    FAILS(SPANE_NULL_POINTER, "request", spane_session_shadow(session, 1, NULL, &at00, &shadow));
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_session_shadow(session, 1, &node, &at00, &wrong));
    REFUSES(SPANE_INVALID_ARGUMENT, "nodes", wrong.own, spane_session_shadow(session, 1, &wide, &at00, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "server is 7", spane_session_shadow(session, 1, &node, &nowhere, &shadow));
    CHECK(shadow.outcome == 0 && shadow.own.server == 0 && shadow.own.nodes == 0);
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 0);

    DONE(spane_session_shadow(session, 1, &node, &at00, &shadow));
    CHECK(shadow.outcome == SPANE_SHADOW_SAME && shadow.own.server == 0 && shadow.own.nodes == 1 && shadow.advantage == 0);
    FAILS(SPANE_EXISTS, "id is 1", spane_session_shadow(session, 1, &node, &at01, &shadow));
    DONE(spane_session_shadow(session, 2, &node, &at11, &shadow));
    CHECK(shadow.outcome == SPANE_SHADOW_OTHER_SERVER && shadow.own.server == 0 && shadow.advantage >= 0);
    DONE(spane_cluster_cordon(cluster, 0));
    DONE(spane_cluster_release(cluster, 2, NULL));
    DONE(spane_session_shadow(session, 3, &node, &at11, &shadow));
    CHECK(shadow.outcome == SPANE_SHADOW_OTHER_NODES && shadow.own.server == 1 && shadow.own.nodes == 1);
    DONE(spane_session_shadow(session, 4, &node, NULL, &shadow));
    CHECK(shadow.outcome == SPANE_SHADOW_ONLY_OWN && shadow.own.server == 1 && isnan(shadow.advantage));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 2);
    DONE(spane_session_shadow(network, 5, &node, &at10, NULL));
    DONE(spane_cluster_cordon(cluster, 2));
    DONE(spane_session_shadow(session, 6, &node, NULL, &shadow));
    CHECK(shadow.outcome == SPANE_SHADOW_NEITHER && shadow.own.server == SPANE_NOWHERE && shadow.own.nodes == 0);
    /* What runs is recorded wherever it runs. */
    DONE(spane_session_shadow(session, 6, &node, &at20, &shadow));
    CHECK(shadow.outcome == SPANE_SHADOW_ONLY_OTHER && isnan(shadow.advantage));
    DONE(spane_cluster_uncordon(cluster, 2));
    DONE(spane_session_shadow(network, 7, ASKS(2, 4), &at20, &shadow));
    CHECK(shadow.advantage >= 0 || isnan(shadow.advantage));
    DONE(spane_cluster_stop_log(cluster));
    {
        const spane_replay_figures figures = replayed(path, NULL, NULL);
        CHECK(figures.vms == 7 && figures.refused == 1 && figures.waited == 0);
        CHECK(replayed(path, &first, NULL).vms == 7);
    }
    spane_session_free(session);
    spane_session_free(network);
    spane_cluster_free(cluster);
    spane_model_free(model);
}

/* A file that may not grow stands for a full disk: the calls go on, the log ends with its last whole event and says so. */
static void test_full_disk(int32_t durability) {
    spane_cluster *cluster = some_cluster(4);
    const spane_request small = REQUEST(0.5, 0.5);
    const spane_policy first = SPANE_POLICY_HEURISTIC("first-fit");
    struct rlimit before, limit;
    spane_session *session = NULL;
    spane_log_info info;
    spane_replay_figures figures;
    spane_status status;
    int64_t vms;
    int failures = 0;
    const char *file = fresh("full.log");

    DONE(spane_session_new(cluster, &first, &session));
    DONE(spane_cluster_start_log(cluster, file, durability, NULL));
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    limit = before;
    limit.rlim_cur = (rlim_t)size_of(file) + 100;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    /* More than are gathered where nothing has to survive. What the test itself prints may be limited too. */
    for (uint64_t id = 0; id < 6000; id++) {
        failures += spane_session_place(session, id, &small, NULL) != SPANE_OK;
        failures += spane_cluster_release(cluster, id, NULL) != SPANE_OK;
    }
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(failures == 0);
    DONE(spane_session_place(session, 1, &small, NULL));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 1);
    info = described(cluster);
    CHECK(info.is_ended == 1 && info.bytes == size_of(file) && info.events < 12);
    FAILS(SPANE_IO, "the log ends here", spane_cluster_sync_log(cluster));
    FAILS(SPANE_IO, file, spane_cluster_stop_log(cluster));
    FAILS(SPANE_BAD_STATE, "no log", spane_cluster_stop_log(cluster));
    /* One that has no room for the state is not started, and nothing is left of it. */
    limit.rlim_cur = 100;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    status = spane_cluster_start_log(cluster, fresh("full-new.log"), durability, NULL);
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    FAILS(SPANE_IO, "full-new.log", status);
    CHECK(size_of(path) == -1);
    snprintf(path, sizeof path, "%s", check_path(scratch_folder, "full.log"));
    figures = replayed(path, &first, NULL);
    CHECK(figures.vms == (info.events - 1 + 1) / 2 && figures.refused == 0);
    /* With room again, it goes on. */
    DONE(spane_cluster_start_log(cluster, path, durability, NULL));
    CHECK(described(cluster).cut == 0);
    DONE(spane_cluster_stop_log(cluster));
    spane_session_free(session);
    spane_cluster_free(cluster);
}

/* The log stays that of the parent, whatever a child does with it. */
static void test_fork(int32_t durability) {
    spane_cluster *cluster = some_cluster(1);
    spane_log_info info;
    long long before;
    pid_t child;
    int status = -1;

    DONE(spane_cluster_start_log(cluster, fresh("fork.log"), durability, NULL));
    DONE(spane_cluster_cordon(cluster, 0));
    before = size_of(path);
    info = described(cluster);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        int wrong = spane_cluster_uncordon(cluster, 0) != SPANE_OK;
        wrong += (spane_cluster_sync_log(cluster) == SPANE_IO) != 1;
        wrong += (spane_cluster_stop_log(cluster) == SPANE_IO) != 1;
        spane_cluster_free(cluster);
        _exit(wrong);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(size_of(path) == before);
    DONE(spane_cluster_uncordon(cluster, 0));
    CHECK(described(cluster).events == info.events + 1);
    /* A child that only ends holds no lock when the parent has let go. */
    child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    DONE(spane_cluster_stop_log(cluster));
    DONE(spane_cluster_start_log(cluster, path, durability, NULL));
    kill(child, SIGKILL);
    CHECK(waitpid(child, &status, 0) == child);
    DONE(spane_cluster_stop_log(cluster));
    (void)replayed(path, NULL, NULL);
    spane_cluster_free(cluster);
}

void test_logs(void) {
    test_log_states();
    test_replays();
    test_shadows();
    for (int32_t durability = SPANE_DURABILITY_BUFFERED; durability <= SPANE_DURABILITY_SYNCED; durability++) {
        test_full_disk(durability);
    }
    test_fork(SPANE_DURABILITY_BUFFERED);
    test_fork(SPANE_DURABILITY_WRITTEN);
}
