/* Trials: changes that are taken back; and batches. */

#include "tests.h"

static void test_batches(void) {
    spane_cluster *cluster = some_cluster(2);
    const spane_policy policy = SPANE_POLICY_HEURISTIC("first-fit");
    const spane_request requests[] = {REQUEST(40, 9), REQUEST(40, 9), REQUEST(40, 9), REQUEST(40, 9), REQUEST(1, 1)};
    const uint64_t ids[] = {1, 2, 3, 4, 5};
    spane_placement placements[5] = {{7, 7}};
    spane_session *session = NULL;
    size_t refused = 99;
    int64_t vms;

    DONE(spane_session_new(cluster, &policy, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_place_many(NULL, ids, requests, 4, placements, &refused));
    FAILS(SPANE_NULL_POINTER, "ids", spane_session_place_many(session, NULL, requests, 4, placements, &refused));
    FAILS(SPANE_NULL_POINTER, "requests", spane_session_place_many(session, ids, NULL, 4, placements, &refused));
    CHECK(spane_session_place_many(session, ids, requests, 5, placements, &refused) == SPANE_NO_ROOM);
    CHECK(refused == 4 && placements[0].server == 7);
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 0);
    DONE(spane_session_place_many(session, ids, requests, 0, NULL, NULL));
    DONE(spane_session_place_many(session, ids, requests, 4, placements, NULL));
    CHECK(placements[0].server == 0 && placements[0].nodes == 1 && placements[3].server == 1 && placements[3].nodes == 2);
    DONE(spane_cluster_release(cluster, 4, NULL));
    FAILS(SPANE_EXISTS, "id is 1", spane_session_place_many(session, (uint64_t[]){9, 1}, requests + 3, 2, NULL, NULL));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 3);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

void test_trials(void) {
    spane_cluster *cluster = some_cluster(3);
    spane_model *model = any_model();
    const spane_request small = REQUEST(2, 4);
    const spane_policy policy = SPANE_POLICY_HEURISTIC("first-fit");
    spane_session *session = NULL;
    spane_placement placement, before;
    uint64_t lost[4];
    size_t count = 0;
    int64_t vms;

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_begin_trial(NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_keep_trial(NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_drop_trial(NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "cluster", spane_cluster_begin_trial((spane_cluster *)model));
    FAILS(SPANE_BAD_STATE, "no trial is open", spane_cluster_keep_trial(cluster));
    FAILS(SPANE_BAD_STATE, "no trial is open", spane_cluster_drop_trial(cluster));

    DONE(spane_session_new(cluster, &policy, &session));
    DONE(spane_session_place(session, 1, &small, &before));
    DONE(spane_session_place(session, 2, &small, NULL));

    /* Would what runs on server 0 fit elsewhere? */
    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_cluster_fail_server(cluster, 0, lost, 4, &count));
    CHECK(count == 2);
    for (size_t i = 0; i < count; i++) {
        DONE(spane_session_place(session, lost[i], &small, &placement));
        CHECK(placement.server == 1);
    }
    FAILS(SPANE_BAD_STATE, "trial", spane_cluster_remove_server(cluster, 2));
    FAILS(SPANE_BAD_STATE, "trial", spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
    DONE(spane_cluster_drop_trial(cluster));
    DONE(spane_cluster_find(cluster, 1, &placement, NULL));
    CHECK(placement.server == before.server && placement.nodes == before.nodes);

    /* Sessions see what was taken back, too. */
    DONE(spane_session_place(session, 3, &small, &placement));
    CHECK(placement.server == 0);

    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_cluster_release(cluster, 3, NULL));
    DONE(spane_cluster_keep_trial(cluster));
    DONE(spane_cluster_keep_trial(cluster));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 2);

    /* One that is open when the cluster goes is gone with it. */
    DONE(spane_cluster_begin_trial(cluster));
    spane_session_free(session);
    spane_cluster_free(cluster);
    spane_model_free(model);
    test_batches();
}
