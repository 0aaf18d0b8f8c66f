/* Sessions and their decisions. */

#include <math.h>

#include "tests.h"

static const spane_request small = REQUEST(2, 4);
static const double bad[] = {0, -1, NAN, INFINITY, -INFINITY, 1e-9, 4294967297.0, 1e300};

static void test_making(void) {
    spane_cluster *cluster = some_cluster(2), *three = some_cluster(3);
    spane_model *model = any_model(), *bound = bound_model();
    spane_session *session = NULL;
    const char *names[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random", "random:18446744073709551615"};
    const char *unknown[] = {"", "First-Fit", "random:", "random:-1", "random:18446744073709551616", "random:1 ", "first-fit\n"};

    spane_policy both = SPANE_POLICY_HEURISTIC("first-fit");
    both.model = model;

    REFUSES(SPANE_NULL_POINTER, "cluster", session, spane_session_new(NULL, HEURISTIC("first-fit"), &session));
    REFUSES(SPANE_NULL_POINTER, "policy", session, spane_session_new(cluster, NULL, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_new(cluster, HEURISTIC("first-fit"), NULL));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_new(cluster, NETWORK(model), NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "cluster", session,
            spane_session_new((spane_cluster *)model, HEURISTIC("first-fit"), &session));
    REFUSES(SPANE_INVALID_ARGUMENT, "all NULL", session, spane_session_new(cluster, HEURISTIC(NULL), &session));
    REFUSES(SPANE_INVALID_ARGUMENT, "both set", session, spane_session_new(cluster, &both, &session));
    both.reserved = 1;
    REFUSES(SPANE_INVALID_ARGUMENT, "policy->reserved", session, spane_session_new(cluster, &both, &session));
    both.struct_size = 0;
    REFUSES(SPANE_UNKNOWN_VERSION, "policy->struct_size", session, spane_session_new(cluster, &both, &session));
    for (int i = 0; i < 7; i++) {
        REFUSES(SPANE_INVALID_ARGUMENT, "policy->heuristic", session,
                spane_session_new(cluster, HEURISTIC(unknown[i]), &session));
        CHECK(strstr(spane_last_error(), "first-fit, best-fit, balance-fit, move-to-front, random[:SEED]") != NULL);
    }
    for (int i = 0; i < 6; i++) {
        DONE(spane_session_new(cluster, HEURISTIC(names[i]), &session));
        spane_session_free(session);
    }
    REFUSES(SPANE_INVALID_ARGUMENT, "policy->model", session,
            spane_session_new(cluster, NETWORK((spane_model *)cluster), &session));
    REFUSES(SPANE_SHAPE_MISMATCH, "servers", session, spane_session_new(three, NETWORK(bound), &session));
    DONE(spane_session_new(cluster, NETWORK(bound), &session));
    spane_session_free(session);
    spane_session_free(NULL);
    spane_session_free((spane_session *)cluster);
    DONE(spane_cluster_count(cluster, NULL, NULL));
    spane_cluster_free(cluster);
    spane_cluster_free(three);
    spane_model_free(model);
    spane_model_free(bound);
}

static void test_deciding(spane_cluster *cluster, spane_session *session) {
    spane_placement placement, many[3];
    spane_request requests[3] = {REQUEST(1, 1), REQUEST(1000, 1), REQUEST(1, 40)};
    int64_t vms;

    REFUSES(SPANE_NULL_POINTER, "session", placement, spane_session_choose(NULL, &small, &placement));
    FAILS(SPANE_NULL_POINTER, "placement", spane_session_choose(session, &small, NULL));
    REFUSES(SPANE_NULL_POINTER, "request", placement, spane_session_choose(session, NULL, &placement));
    REFUSES(SPANE_NULL_POINTER, "request", placement, spane_session_place(session, 1, NULL, &placement));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", placement,
            spane_session_choose((spane_session *)cluster, &small, &placement));
    REFUSES(SPANE_NULL_POINTER, "session", placement, spane_session_place(NULL, 1, &small, &placement));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", placement,
            spane_session_place((spane_session *)cluster, 1, &small, &placement));
    REFUSES(SPANE_NULL_POINTER, "session", many, spane_session_choose_many(NULL, requests, 3, many));
    REFUSES(SPANE_NULL_POINTER, "requests", many, spane_session_choose_many(session, NULL, 3, many));
    FAILS(SPANE_NULL_POINTER, "placements", spane_session_choose_many(session, requests, 3, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", many,
            spane_session_choose_many((spane_session *)cluster, requests, 3, many));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", many, spane_session_choose_many(session, requests, SIZE_MAX, many));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", many, spane_session_choose_many(session, requests, (size_t)1 << 40, many));
    for (int i = 0; i < 8; i++) {
        spane_request cpu = REQUEST(bad[i], 1), mem = REQUEST(1, bad[i]);
        REFUSES(SPANE_INVALID_ARGUMENT, "request", placement, spane_session_choose(session, &cpu, &placement));
        REFUSES(SPANE_INVALID_ARGUMENT, "request", placement, spane_session_choose(session, &mem, &placement));
        REFUSES(SPANE_INVALID_ARGUMENT, "request", placement, spane_session_place(session, 1, &cpu, &placement));
        REFUSES(SPANE_INVALID_ARGUMENT, "request", placement, spane_session_place(session, 1, &mem, &placement));
        requests[2] = cpu;
        REFUSES(SPANE_INVALID_ARGUMENT, "requests[2]", many, spane_session_choose_many(session, requests, 3, many));
    }

    requests[2] = *ASKS(1, 40);
    requests[2].struct_size = 24;
    REFUSES(SPANE_UNKNOWN_VERSION, "requests[2].struct_size is 24", many,
            spane_session_choose_many(session, requests, 3, many));
    requests[2].struct_size = sizeof *requests;
    DONE(spane_session_choose_many(session, NULL, 0, NULL));
    DONE(spane_session_choose_many(session, requests, 3, many));
    CHECK(many[0].server >= 0 && (many[0].nodes == 1 || many[0].nodes == 2));
    CHECK(many[1].server == SPANE_NEVER && many[1].nodes == 0);
    CHECK(many[2].server >= 0 && many[2].nodes == 3);
    DONE(spane_session_choose(session, &small, &placement));
    CHECK(placement.server >= 0 && placement.server < 2 && (placement.nodes == 1 || placement.nodes == 2));

    check_fill(&placement, sizeof placement);
    CHECK(spane_session_choose(session, ASKS(4294967296.0, 1), &placement) == SPANE_NEVER_FITS);
    CHECK(spane_session_place(session, 1, ASKS(1, 181), &placement) == SPANE_NEVER_FITS);
    CHECK(check_is_filled(&placement, sizeof placement) && *spane_last_error() == '\0');
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 0);

    DONE(spane_session_place(session, 1, &small, &placement));
    REFUSES(SPANE_EXISTS, "id", placement, spane_session_place(session, 1, &small, &placement));
    REFUSES(SPANE_EXISTS, "id", placement, spane_session_place(session, 1, ASKS(1000, 1), &placement));
    DONE(spane_session_place(session, 2, &small, NULL));
    DONE(spane_cluster_release(cluster, 1, NULL));
    DONE(spane_cluster_release(cluster, 2, NULL));

    /* Nothing goes to cordoned servers. */
    DONE(spane_cluster_cordon(cluster, 0));
    DONE(spane_session_choose(session, &small, &placement));
    CHECK(placement.server == 1);
    DONE(spane_cluster_cordon(cluster, 1));
    CHECK(spane_session_choose(session, &small, &placement) == SPANE_NO_ROOM);
    DONE(spane_session_choose_many(session, &small, 1, many));
    CHECK(many[0].server == SPANE_NOWHERE && many[0].nodes == 0);
    CHECK(spane_session_choose(session, ASKS(1, 181), &placement) == SPANE_NEVER_FITS);
    DONE(spane_cluster_uncordon(cluster, 0));
    DONE(spane_cluster_uncordon(cluster, 1));
}

static void test_growing(const spane_policy *policy) {
    spane_cluster *cluster = some_cluster(0);
    spane_session *session = NULL;
    spane_placement placement;

    DONE(spane_session_new(cluster, policy, &session));
    CHECK(spane_session_choose(session, &small, &placement) == SPANE_NO_ROOM);
    for (int32_t servers = 1; servers < 40; servers++) {
        DONE(spane_cluster_add_equal_servers(cluster, 2, 4.5, 1, NULL));
        DONE(spane_session_place(session, (uint64_t)(2 * servers), &small, &placement));
        DONE(spane_session_place(session, (uint64_t)(2 * servers + 1), &small, &placement));
        CHECK(placement.server == servers - 1);
        CHECK(spane_session_choose(session, &small, &placement) == SPANE_NO_ROOM);
    }
    spane_session_free(session);
    spane_cluster_free(cluster);
}

void test_sessions(void) {
    const char *names[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random:3"};
    spane_model *models[] = {any_model(), bound_model()};
    spane_placement placement;

    test_making();
    for (int i = 0; i < 7; i++) {
        spane_cluster *cluster = some_cluster(2);
        spane_session *session = NULL;
        if (i < 5) {
            DONE(spane_session_new(cluster, HEURISTIC(names[i]), &session));
            test_growing(HEURISTIC(names[i]));
        } else {
            DONE(spane_session_new(cluster, NETWORK(models[i - 5]), &session));
        }
        test_deciding(cluster, session);
        if (i == 6) { /* bound to two servers */
            DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
            REFUSES(SPANE_SHAPE_MISMATCH, "servers", placement, spane_session_choose(session, &small, &placement));
            REFUSES(SPANE_SHAPE_MISMATCH, "servers", placement, spane_session_place(session, 1, &small, &placement));
            REFUSES(SPANE_SHAPE_MISMATCH, "servers", placement,
                    spane_session_choose_many(session, &small, 1, &placement));
        }
        spane_session_free(session);
        spane_cluster_free(cluster);
    }
    test_growing(NETWORK(models[0]));
    spane_model_free(models[0]);
    spane_model_free(models[1]);
}
