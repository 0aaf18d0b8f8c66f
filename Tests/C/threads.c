/* threads DATA: many threads decide what one decides; calls that overlap although they must not are noticed. */

#define _GNU_SOURCE

#include <pthread.h>
#include <sched.h>

#include "check.h"

enum { threads = 8, servers = 60, decisions = 600, rounds = 20000 };

struct decider {
    spane_session *session;
    spane_placement placements[decisions], among[decisions], best[decisions][3];
    float values[servers * SPANE_NODES];
    spane_status worst;
};

static spane_request some_request(unsigned long long *random) {
    spane_request request = SPANE_REQUEST_INIT;
    request.cpu = (double)(1 + check_random(random) % 8);
    request.mem = (double)(1 + check_random(random) % 32);
    return request;
}

static spane_cluster *half_full(void) {
    spane_cluster *cluster = NULL;
    spane_session *session = NULL;
    unsigned long long random = 5;
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    DONE(spane_session_new(cluster, HEURISTIC("random:1"), &session));
    for (uint64_t id = 0; id < 6 * servers; id++) {
        const spane_request request = some_request(&random);
        CHECK(spane_session_place(session, id, &request, NULL) >= 0);
    }
    spane_session_free(session);
    return cluster;
}

static const int32_t candidates[] = {41, 7, 0, 59, 23, 24, 2};
enum { candidate_count = sizeof candidates / sizeof *candidates };

static void *decide(void *argument) {
    struct decider *self = argument;
    size_t found;
    unsigned long long random = 9;
    for (int i = 0; i < decisions; i++) {
        spane_request request = some_request(&random);
        spane_status status;
        self->placements[i] = (spane_placement){-1, 0};
        status = spane_session_choose(self->session, &request, &self->placements[i]);
        if (status < self->worst) self->worst = status;
        self->among[i] = (spane_placement){-1, 0};
        status = spane_session_choose_among(self->session, &request, candidates, candidate_count, &self->among[i]);
        if (status < self->worst) self->worst = status;
        status = spane_session_top(self->session, &request, i % 2 ? candidates : NULL, i % 2 ? candidate_count : 0, 3,
                                   self->best[i], NULL, &found);
        if (status < self->worst) self->worst = status;
        status = spane_session_q_values(self->session, &request, self->values, servers * SPANE_NODES);
        if (status < self->worst && status != SPANE_UNSUPPORTED) self->worst = status;
    }
    return NULL;
}

/* Eight sessions on one cluster and one model give bit for bit what one gives. */
static void test_reading(spane_model *model, const char *heuristic) {
    static struct decider alone, together[threads];
    pthread_t workers[threads];
    spane_cluster *cluster = half_full();

    memset(&alone, 0, sizeof alone);
    memset(together, 0, sizeof together);
    for (int i = -1; i < threads; i++) {
        spane_session **session = i < 0 ? &alone.session : &together[i].session;
        DONE(spane_session_new(cluster, model ? NETWORK(model) : HEURISTIC(heuristic), session));
    }
    decide(&alone);
    for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, decide, &together[i]);
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    CHECK(alone.worst == SPANE_OK);
    for (int i = 0; i < threads; i++) {
        CHECK(together[i].worst == SPANE_OK);
        CHECK(memcmp(together[i].placements, alone.placements, sizeof alone.placements) == 0);
        CHECK(memcmp(together[i].among, alone.among, sizeof alone.among) == 0);
        CHECK(memcmp(together[i].best, alone.best, sizeof alone.best) == 0);
        CHECK(memcmp(together[i].values, alone.values, sizeof alone.values) == 0);
        spane_session_free(together[i].session);
    }
    spane_session_free(alone.session);
    spane_cluster_free(cluster);
}

static void *choose_for_log(void *argument) {
    struct decider *self = argument;
    unsigned long long random = 9;
    for (int i = 0; i < decisions; i++) {
        const spane_request request = some_request(&random);
        spane_status status = spane_session_choose(self->session, &request, &self->placements[i]);
        if (status < self->worst) self->worst = status;
        status = spane_session_choose_many(self->session, &request, 1, &self->among[i]);
        if (status < self->worst) self->worst = status;
    }
    return NULL;
}

/* Sessions that decide at once write into one log, each event whole, whatever it has to survive. */
static void test_log(int32_t durability) {
    static struct decider together[threads];
    const char *path = "/tmp/spane-threads.log";
    pthread_t workers[threads];
    spane_cluster *cluster = half_full();
    spane_log_info info = SPANE_LOG_INFO_INIT;
    spane_replay_figures figures = SPANE_REPLAY_FIGURES_INIT;

    memset(together, 0, sizeof together);
    remove(path);
    DONE(spane_cluster_start_log(cluster, path, durability, NULL));
    for (int i = 0; i < threads; i++) DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &together[i].session));
    for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, choose_for_log, &together[i]);
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    for (int i = 0; i < threads; i++) {
        CHECK(together[i].worst == SPANE_OK);
        CHECK(memcmp(together[i].placements, together[0].placements, sizeof together[0].placements) == 0);
        spane_session_free(together[i].session);
    }
    DONE(spane_cluster_describe_log(cluster, &info));
    CHECK(info.is_ended == 0 && info.events == 1 + 2 * threads * decisions);
    DONE(spane_cluster_stop_log(cluster));
    /* Nothing is torn: all of it is read again. */
    DONE(spane_replay(path, NULL, NULL, NULL, &figures));
    DONE(spane_cluster_start_log(cluster, path, durability, NULL));
    DONE(spane_cluster_describe_log(cluster, &info));
    CHECK(info.cut == 0);
    spane_cluster_free(cluster);
    remove(path);
}

struct overlap {
    spane_cluster *cluster;
    spane_session *session;
    int refused, done, wrong;
    uint64_t first_id;
};

static void *choose_only(void *argument) {
    struct overlap *self = argument;
    unsigned long long random = 3;
    for (int i = 0; i < rounds; i++) {
        spane_placement placement = {-1, 0};
        spane_request request = some_request(&random);
        spane_status status;
        while ((status = spane_session_choose(self->session, &request, &placement)) == SPANE_BAD_STATE) self->refused++;
        self->done += status == SPANE_OK;
        self->wrong += status < 0;
        self->wrong += status == SPANE_OK && (placement.server < 0 || placement.server >= servers);
    }
    return NULL;
}

static void *place_and_release(void *argument) {
    struct overlap *self = argument;
    unsigned long long random = 4;
    for (int i = 0; i < rounds; i++) {
        uint64_t id = self->first_id + (uint64_t)i;
        spane_request request = some_request(&random);
        spane_status status;
        while ((status = spane_session_place(self->session, id, &request, NULL)) == SPANE_BAD_STATE) self->refused++;
        self->wrong += status < 0;
        if (status != SPANE_OK) continue;
        self->done++;
        /* Moved, renamed and resized, it is released all the same. */
        while ((status = spane_cluster_move(self->cluster, id, (spane_placement){i % servers, 1})) == SPANE_BAD_STATE) {
            self->refused++;
        }
        self->wrong += status != SPANE_OK && status != SPANE_INFEASIBLE_ACTION && status != SPANE_INVALID_ARGUMENT;
        while ((status = spane_cluster_rename(self->cluster, id, id + 1)) == SPANE_BAD_STATE) self->refused++;
        self->wrong += status != SPANE_OK;
        request.cpu = request.cpu / 2;
        while ((status = spane_cluster_resize(self->cluster, ++id, &request)) == SPANE_BAD_STATE) {
            id--;
            self->refused++;
        }
        self->wrong += status != SPANE_OK;
        while ((status = spane_cluster_release(self->cluster, id, NULL)) == SPANE_BAD_STATE) self->refused++;
        self->wrong += status != SPANE_OK;
    }
    return NULL;
}

/* Calls that must not overlap and do: each is done wholly or refused, and the cluster stays exact. */
static void test_overlap(spane_model *model, int one_session) {
    spane_cluster *cluster = NULL;
    spane_session *first = NULL, *second = NULL;
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    pthread_t worker;
    double left[2 * SPANE_NODES];
    int64_t vms;

    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    DONE(spane_session_new(cluster, NETWORK(model), &first));
    DONE(spane_session_new(cluster, NETWORK(model), &second));
    {
        struct overlap reader = {cluster, first, 0, 0, 0, 0};
        struct overlap writer = {cluster, one_session ? first : second, 0, 0, 0, 1000000};
        pthread_create(&worker, NULL, choose_only, &reader);
        place_and_release(&writer);
        pthread_join(worker, NULL);
        CHECK(reader.wrong == 0 && writer.wrong == 0 && reader.done == rounds && writer.done == rounds);
        printf("threads: overlaps refused: %d of choose, %d of place and release\n", reader.refused, writer.refused);
    }
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 0);
    for (int32_t server = 0; server < servers; server++) {
        DONE(spane_cluster_server(cluster, server, &info));
        CHECK(info.vms == 0);
        DONE(spane_cluster_amounts(cluster, &server, 1, NULL, left));
        CHECK(left[0] == 40 && left[1] == 90 && left[2] == 40 && left[3] == 90);
    }
    spane_session_free(first);
    spane_session_free(second);
    spane_cluster_free(cluster);
}

/* A thread that decides, places, releases and reads on a cluster that others use. */
struct sharer {
    spane_cluster *cluster;
    spane_session *session;
    uint64_t first_id;
    double cpu, mem; /* of its VMs in the end */
    int64_t vms, conflicts, changed;
    int wrong;
};

enum { shared_servers = 20, shared_rounds = 4000, own_most = 60, shared_group = 7 };

/* Places one VM in one of the three ways; 1 where it runs now. */
static int place_somehow(struct sharer *self, uint64_t id, const spane_request *request) {
    spane_proposal proposal = SPANE_PROPOSAL_INIT;
    spane_status status;
    if (id % 3 == 0) {
        status = spane_session_place(self->session, id, request, NULL);
    } else if (id % 3 == 1) {
        status = spane_session_place_many(self->session, &id, request, 1, &proposal.placement, NULL);
    } else {
        do {
            status = spane_session_propose(self->session, request, NULL, 0, &proposal);
            if (status != SPANE_OK) break;
            status = spane_cluster_commit(self->cluster, id, request, &proposal);
            self->conflicts += status == SPANE_CONFLICT;
        } while (status == SPANE_CONFLICT);
    }
    self->wrong += status != SPANE_OK && status != SPANE_NO_ROOM;
    return status == SPANE_OK;
}

static void *share(void *argument) {
    struct sharer *self = argument;
    struct {
        uint64_t id;
        spane_request request;
    } own[own_most];
    unsigned long long random = self->first_id;
    int count = 0;
    for (int i = 0; i < shared_rounds; i++) {
        const uint64_t id = self->first_id + (uint64_t)i;
        if (count < own_most) {
            own[count].id = id;
            own[count].request = some_request(&random);
            own[count].request.group = i % 5 == 0 ? shared_group : 0;
            count += place_somehow(self, id, &own[count].request);
        }
        if (count == own_most || check_random(&random) % 2) {
            const int gone = count > 0 ? (int)(check_random(&random) % (unsigned)count) : -1;
            if (gone >= 0) {
                self->wrong += spane_cluster_release(self->cluster, own[gone].id, NULL) != SPANE_OK;
                own[gone] = own[--count];
            }
        }
        if (i % 16 == 0) {
            /* What is read holds together: of no server is more in use than there is. */
            double left[shared_servers * 2 * SPANE_NODES];
            spane_request told = SPANE_REQUEST_INIT;
            self->wrong += spane_cluster_amounts(self->cluster, NULL, shared_servers, NULL, left) != SPANE_OK;
            for (int j = 0; j < shared_servers * 2 * SPANE_NODES; j++) self->wrong += left[j] < 0;
            if (count > 0) {
                self->wrong += spane_cluster_find(self->cluster, own[0].id, NULL, &told) != SPANE_OK;
                self->wrong += told.cpu != own[0].request.cpu || told.group != own[0].request.group;
            }
        }
        if (i % 64 == 0) {
            self->wrong += spane_cluster_cordon(self->cluster, (int32_t)(id % shared_servers)) != SPANE_OK;
            self->wrong += spane_cluster_uncordon(self->cluster, (int32_t)(id % shared_servers)) != SPANE_OK;
            self->changed++;
        }
    }
    for (int i = 0; i < count; i++) {
        self->cpu += own[i].request.cpu;
        self->mem += own[i].request.mem;
    }
    self->vms = count;
    return NULL;
}

/* Several threads decide, place, release and read at once: nothing is lost, nothing is overcommitted, no rule is broken. */
static void test_sharing(const spane_policy *policy) {
    static struct sharer sharers[threads];
    pthread_t workers[threads];
    spane_group_rule rule = SPANE_GROUP_RULE_INIT;
    spane_cluster *cluster = NULL;
    double used[2] = {0, 0}, wanted[2] = {0, 0}, left[shared_servers * 2 * SPANE_NODES];
    uint64_t ids[threads * own_most];
    int64_t vms = 0, all = 0, conflicts = 0;
    size_t count = 0;

    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, shared_servers, NULL));
    rule.count = 3;
    DONE(spane_cluster_set_group(cluster, shared_group, &rule, 1));
    DONE(spane_cluster_share(cluster));
    for (int i = 0; i < threads; i++) {
        sharers[i] = (struct sharer){cluster, NULL, 1000000 * (uint64_t)(i + 1), 0, 0, 0, 0, 0, 0};
        DONE(spane_session_new(cluster, policy, &sharers[i].session));
    }
    for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, share, &sharers[i]);
    for (int i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    for (int i = 0; i < threads; i++) {
        CHECK(sharers[i].wrong == 0);
        wanted[0] += sharers[i].cpu;
        wanted[1] += sharers[i].mem;
        all += sharers[i].vms;
        conflicts += sharers[i].conflicts;
        spane_session_free(sharers[i].session);
    }
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == all);
    DONE(spane_cluster_amounts(cluster, NULL, shared_servers, NULL, left));
    for (int i = 0; i < shared_servers * SPANE_NODES; i++) {
        CHECK(left[2 * i] >= 0 && left[2 * i + 1] >= 0);
        used[0] += 40 - left[2 * i];
        used[1] += 90 - left[2 * i + 1];
    }
    CHECK(used[0] == wanted[0] && used[1] == wanted[1]);
    for (int32_t server = 0; server < shared_servers; server++) {
        int of_group = 0;
        DONE(spane_cluster_vms(cluster, server, ids, sizeof ids / sizeof *ids, &count));
        for (size_t i = 0; i < count; i++) {
            spane_request told = SPANE_REQUEST_INIT;
            DONE(spane_cluster_find(cluster, ids[i], NULL, &told));
            of_group += told.group == shared_group;
        }
        CHECK(of_group <= 3);
    }
    printf("threads: shared: %lld VMs in the end, %lld conflicts\n", (long long)vms, (long long)conflicts);
    spane_cluster_free(cluster);
}

/* The rules of one thread hold for proposals too: what matters and what does not. */
static void test_proposals(void) {
    const spane_policy policy = SPANE_POLICY_HEURISTIC("first-fit");
    const spane_request request = SPANE_REQUEST(4, 8), none = SPANE_REQUEST(0, 0), huge = SPANE_REQUEST(1000, 8);
    spane_request member = SPANE_REQUEST(4, 8);
    spane_group_rule rule = SPANE_GROUP_RULE_INIT;
    spane_proposal proposal = SPANE_PROPOSAL_INIT, small;
    spane_cluster *cluster = NULL;
    spane_session *session = NULL;
    int32_t second = 1, wrong[] = {0, 0};
    int64_t vms;

    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 3, NULL));
    DONE(spane_session_new(cluster, &policy, &session));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_share(NULL));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_propose(NULL, &request, NULL, 0, &proposal));
    FAILS(SPANE_NULL_POINTER, "request", spane_session_propose(session, NULL, NULL, 0, &proposal));
    FAILS(SPANE_NULL_POINTER, "proposal", spane_session_propose(session, &request, NULL, 0, NULL));
    FAILS(SPANE_NULL_POINTER, "servers", spane_session_propose(session, &request, NULL, 1, &proposal));
    FAILS(SPANE_INVALID_ARGUMENT, "twice", spane_session_propose(session, &request, wrong, 2, &proposal));
    FAILS(SPANE_INVALID_ARGUMENT, "request", spane_session_propose(session, &none, NULL, 0, &proposal));
    CHECK(spane_session_propose(session, &huge, NULL, 0, &proposal) == SPANE_NEVER_FITS);
    small = proposal;
    small.struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "proposal->struct_size", spane_session_propose(session, &request, NULL, 0, &small));
    FAILS(SPANE_UNKNOWN_VERSION, "proposal->struct_size", spane_cluster_commit(cluster, 1, &request, &small));
    FAILS(SPANE_INVALID_ARGUMENT, "server", spane_cluster_commit(cluster, 1, &request, &proposal));
    DONE(spane_session_propose(session, &request, NULL, 0, &proposal));
    CHECK(proposal.placement.server == 0 && proposal.placement.nodes == 1);
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_commit(NULL, 1, &request, &proposal));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_commit(cluster, 1, NULL, &proposal));
    FAILS(SPANE_NULL_POINTER, "proposal", spane_cluster_commit(cluster, 1, &request, NULL));

    /* Another server does not matter; its own does, and so does the same proposal a second time. */
    DONE(spane_cluster_place(cluster, 10, &request, (spane_placement){1, 1}));
    DONE(spane_cluster_commit(cluster, 1, &request, &proposal));
    FAILS(SPANE_EXISTS, "id is 1", spane_cluster_commit(cluster, 1, &request, &proposal));
    CHECK(spane_cluster_commit(cluster, 2, &request, &proposal) == SPANE_CONFLICT);
    DONE(spane_session_propose(session, &request, NULL, 0, &proposal));
    DONE(spane_cluster_cordon(cluster, 0));
    CHECK(spane_cluster_commit(cluster, 2, &request, &proposal) == SPANE_CONFLICT);
    DONE(spane_cluster_uncordon(cluster, 0));
    CHECK(spane_cluster_commit(cluster, 2, &request, &proposal) == SPANE_CONFLICT);
    DONE(spane_session_propose(session, &request, &second, 1, &proposal));
    CHECK(proposal.placement.server == 1);
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
    CHECK(spane_cluster_commit(cluster, 2, &request, &proposal) == SPANE_CONFLICT);
    /* Nor does one of a later state than this. */
    proposal.revision += 100;
    CHECK(spane_cluster_commit(cluster, 2, &request, &proposal) == SPANE_CONFLICT);

    /* With a group its VMs and rules matter wherever they are, for VMs of the group alone. */
    member.group = shared_group;
    rule.hard = 0;
    DONE(spane_cluster_set_group(cluster, shared_group, &rule, 1));
    small = proposal;
    DONE(spane_session_propose(session, &member, NULL, 0, &proposal));
    DONE(spane_session_propose(session, &request, NULL, 0, &small));
    DONE(spane_cluster_place(cluster, 3, &member, (spane_placement){3, 1}));
    CHECK(spane_cluster_commit(cluster, 2, &member, &proposal) == SPANE_CONFLICT);
    DONE(spane_session_propose(session, &member, NULL, 0, &proposal));
    DONE(spane_cluster_set_group(cluster, shared_group, &rule, 1));
    CHECK(spane_cluster_commit(cluster, 2, &member, &proposal) == SPANE_CONFLICT);
    DONE(spane_cluster_commit(cluster, 2, &request, &small));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 4);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

struct caller {
    spane_cluster *cluster;
    int calls, refused, read;
};

static int32_t change_meanwhile(int64_t done, int64_t total, void *user) {
    struct caller *self = user;
    int64_t vms;
    (void)done;
    (void)total;
    self->calls++;
    self->refused += spane_cluster_cordon(self->cluster, 0) == SPANE_BAD_STATE;
    self->read += spane_cluster_count(self->cluster, NULL, &vms) == SPANE_OK;
    return 0;
}

/* In a callback calls do not wait for the call that it belongs to. */
static void test_callbacks(void) {
    spane_cluster *cluster = half_full();
    struct caller caller = {cluster, 0, 0, 0};
    const spane_progress progress = {change_meanwhile, &caller};
    size_t size = 0;
    DONE(spane_cluster_share(cluster));
    CHECK(spane_cluster_save_memory(cluster, &progress, NULL, 0, &size) == SPANE_OK);
    CHECK(caller.calls > 0 && caller.refused == caller.calls && caller.read == caller.calls);
    spane_cluster_free(cluster);
}

static void hear(int32_t level, const char *message, void *user) {
    (void)user;
    if (level < SPANE_LOG_ERROR || !*message) abort();
}

static void *load_and_fail(void *folder) {
    long failed = 0;
    for (int i = 0; i < 20; i++) {
        spane_model *model = NULL;
        char path[4096];
        snprintf(path, sizeof path, "%s/weights/untrained-1.h5", (const char *)folder);
        failed += spane_model_load(path, &model) != SPANE_OK;
        failed += spane_model_load(folder, &model) >= 0 || !strstr(spane_last_error(), folder);
        failed += spane_set_log(i % 2 ? NULL : hear, SPANE_LOG_INFO, NULL) != SPANE_OK;
        spane_model_free(model);
    }
    return failed ? folder : NULL;
}

/* Loading files, failing and setting the log in many threads at once. */
static void test_loading(char *folder) {
    pthread_t workers[threads];
    void *failed;
    for (int i = 0; i < threads; i++) pthread_create(&workers[i], NULL, load_and_fail, folder);
    for (int i = 0; i < threads; i++) {
        pthread_join(workers[i], &failed);
        CHECK(failed == NULL);
    }
    DONE(spane_set_log(NULL, SPANE_LOG_ERROR, NULL));
}

/* 0 threads stand for the processors that may be used, which are fewer than the machine has for a thread that is bound. */
static void test_default(void) {
    spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT, told = SPANE_VEC_ENV_OPTIONS_INIT;
    spane_trace *trace = NULL;
    spane_vec_env *vec = NULL;
    cpu_set_t all, one;
    size_t first = 0;
    DONE(spane_trace_generate(100, 1, NULL, &trace));
    options.threads = 0;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0);
    while (!CPU_ISSET(first, &all)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    DONE(spane_vec_env_new(trace, NULL, &options, &vec));
    DONE(spane_vec_env_get_options(vec, NULL, &told));
    CHECK(told.threads == 1);
    spane_vec_env_free(vec);
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
    DONE(spane_vec_env_new(trace, NULL, &options, &vec));
    DONE(spane_vec_env_get_options(vec, NULL, &told));
    CHECK(told.threads >= 1 && told.threads <= CPU_COUNT(&all));
    spane_vec_env_free(vec);
    spane_trace_free(trace);
}

int main(int argc, char **argv) {
    spane_model *model = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: threads DATA\n");
        return EXIT_FAILURE;
    }
    DONE(spane_model_load(check_path(argv[1], "weights/untrained-1.h5"), &model));
    test_reading(model, NULL);
    test_reading(NULL, "balance-fit");
    test_reading(NULL, "random:7");
    test_log(SPANE_DURABILITY_BUFFERED);
    test_log(SPANE_DURABILITY_WRITTEN);
    test_overlap(model, 0);
    test_overlap(model, 1);
    test_proposals();
    test_callbacks();
    test_sharing(NETWORK(model));
    test_sharing(HEURISTIC(SPANE_DEFAULT_POLICY));
    test_sharing(HEURISTIC("first-fit"));
    spane_model_free(model);
    test_loading(argv[1]);
    test_default();
    return check_report("threads");
}
