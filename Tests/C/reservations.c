/* Places that are held until a time, and traits that are preferred. */

#include "tests.h"

#include <math.h>
#include <stddef.h>

static void test_times(void) {
    spane_cluster *cluster = some_cluster(1), *loaded = NULL;
    const spane_policy policy = SPANE_POLICY_HEURISTIC("first-fit");
    const spane_request half = REQUEST(20, 9), whole = REQUEST(40, 9), huge = REQUEST(1000, 9);
    spane_session *session = NULL;
    spane_placement placement = {7, 7};
    spane_reason reason = SPANE_REASON_INIT;
    unsigned char *image;
    uint64_t ids[4];
    double ends[4], end;
    char text[1000];
    size_t count = 9, size = 0;
    int64_t vms;

    DONE(spane_session_new(cluster, &policy, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_reserve(NULL, 1, &half, 1, NULL));
    FAILS(SPANE_NULL_POINTER, "request", spane_session_reserve(session, 1, NULL, 1, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "expires is nan", spane_session_reserve(session, 1, &half, NAN, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "expires is inf", spane_session_reserve(session, 1, &huge, INFINITY, NULL));
    CHECK(spane_session_reserve(session, 1, &huge, 1, &placement) == SPANE_NEVER_FITS && placement.server == 7);
    DONE(spane_session_reserve(session, 1, &half, 10, &placement));
    CHECK(placement.server == 0 && placement.nodes == 1);
    FAILS(SPANE_EXISTS, "id is 1", spane_session_reserve(session, 1, &half, 10, NULL));
    DONE(spane_session_reserve(session, 2, &half, 30, NULL));
    DONE(spane_session_reserve(session, 3, &half, 10, NULL));
    DONE(spane_session_place(session, 4, &half, NULL));
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 4);
    CHECK(spane_session_place(session, 5, &half, NULL) == SPANE_NO_ROOM);

    FAILS(SPANE_NULL_POINTER, "expires", spane_cluster_expiry(cluster, 1, NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_expiry(NULL, 1, &end));
    FAILS(SPANE_NOT_FOUND, "id is 9", spane_cluster_expiry(cluster, 9, &end));
    DONE(spane_cluster_expiry(cluster, 2, &end));
    CHECK(end == 30);
    DONE(spane_cluster_expiry(cluster, 4, &end));
    CHECK(isinf(end) && end > 0);

    FAILS(SPANE_NULL_POINTER, "count", spane_cluster_reservations(cluster, NULL, NULL, 0, NULL));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_reservations(NULL, ids, ends, 4, &count));
    FAILS(SPANE_NULL_POINTER, "ids", spane_cluster_reservations(cluster, NULL, ends, 4, &count));
    DONE(spane_cluster_reservations(cluster, NULL, NULL, 0, &count));
    CHECK(count == 3);
    REFUSES(SPANE_BUFFER_TOO_SMALL, "ids", ids, spane_cluster_reservations(cluster, ids, ends, 2, &count));
    DONE(spane_cluster_reservations(cluster, ids, ends, 4, &count));
    CHECK(count == 3 && ids[0] == 1 && ids[1] == 3 && ids[2] == 2 && ends[0] == 10 && ends[2] == 30);
    DONE(spane_cluster_reservations(cluster, ids, NULL, 3, &count));

    /* Nodes of 40 cores are full; without the reservation of 20 a VM of 20 would fit, of 40 none. */
    DONE(spane_cluster_explain(cluster, &half, NULL, 1, &reason));
    CHECK(reason.reason == SPANE_REASON_RESERVED && reason.resource == 0 && reason.node == 0 && reason.short_by == 20);
    DONE(spane_cluster_explain(cluster, &whole, NULL, 1, &reason));
    CHECK(reason.reason == SPANE_REASON_RESERVED);
    DONE(spane_session_explain(session, &half, NULL, 0, 1, SPANE_TEXT, text, sizeof text, &size));
    CHECK(strstr(text, "Excluded: 1 reserved.") && strstr(text, "without what is reserved there"));
    DONE(spane_session_explain(session, &half, NULL, 0, 1, SPANE_JSON, text, sizeof text, &size));
    CHECK(strstr(text, "\"excluded\":{\"reserved\":1}") != NULL);

    /* A saved cluster has them. */
    CHECK(spane_cluster_save_memory(cluster, NULL, NULL, 0, &size) == SPANE_OK);
    image = malloc(size);
    DONE(spane_cluster_save_memory(cluster, NULL, image, size, &size));
    DONE(spane_cluster_load_memory(image, size, NULL, &loaded));
    DONE(spane_cluster_reservations(loaded, ids, ends, 4, &count));
    CHECK(count == 3 && ids[0] == 1 && ids[1] == 3 && ids[2] == 2 && ends[1] == 10 && ends[2] == 30);
    spane_cluster_free(loaded);
    free(image);

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_confirm(NULL, 3));
    FAILS(SPANE_NOT_FOUND, "id is 9", spane_cluster_confirm(cluster, 9));
    DONE(spane_cluster_confirm(cluster, 3));
    DONE(spane_cluster_confirm(cluster, 3));
    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_set_expiry(NULL, 4, 5));
    FAILS(SPANE_NOT_FOUND, "id is 9", spane_cluster_set_expiry(cluster, 9, 5));
    FAILS(SPANE_INVALID_ARGUMENT, "expires is -inf", spane_cluster_set_expiry(cluster, 4, -INFINITY));
    DONE(spane_cluster_set_expiry(cluster, 4, 20));
    DONE(spane_cluster_set_expiry(cluster, 2, INFINITY));

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_expire(NULL, 20, ids, 4, &count));
    FAILS(SPANE_NULL_POINTER, "count", spane_cluster_expire(cluster, 20, ids, 4, NULL));
    FAILS(SPANE_NULL_POINTER, "ids", spane_cluster_expire(cluster, 20, NULL, 4, &count));
    FAILS(SPANE_INVALID_ARGUMENT, "now is nan", spane_cluster_expire(cluster, NAN, ids, 4, &count));
    DONE(spane_cluster_expire(cluster, 9, ids, 4, &count));
    CHECK(count == 0);
    /* In a trial it comes back. */
    DONE(spane_cluster_begin_trial(cluster));
    DONE(spane_cluster_expire(cluster, 20, NULL, 0, &count));
    CHECK(count == 2);
    DONE(spane_cluster_drop_trial(cluster));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "ids", ids, spane_cluster_expire(cluster, 20, ids, 1, &count));
    CHECK(count == 2);
    DONE(spane_cluster_expire(cluster, 20, ids, 2, &count));
    CHECK(count == 2 && ids[0] == 1 && ids[1] == 4);
    FAILS(SPANE_NOT_FOUND, "id is 1", spane_cluster_confirm(cluster, 1));
    DONE(spane_cluster_reservations(cluster, NULL, NULL, 0, &count));
    CHECK(count == 0);
    DONE(spane_cluster_count(cluster, NULL, &vms));
    CHECK(vms == 2);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

/* Of mixed_fleet(): server 0 has trait 1, server 1 trait 2, and server 2 both. */
static void test_preferences(void) {
    static const char *const names[] = {"first-fit", "best-fit", "random:2", SPANE_DEFAULT_POLICY};
    for (int i = 0; i < 4; i++) {
        spane_cluster *cluster = mixed_fleet();
        const spane_policy policy = SPANE_POLICY_HEURISTIC(names[i]);
        spane_session *session = NULL;
        spane_request request = REQUEST(8, 8), told = SPANE_REQUEST_INIT;
        spane_placement placement, best[3];
        int32_t some[] = {1, 0};
        int64_t broken[3];
        size_t found;

        DONE(spane_session_new(cluster, &policy, &session));
        request.prefer = 1;
        DONE(spane_session_choose(session, &request, &placement));
        CHECK(placement.server != 1);
        request.prefer = 2;
        DONE(spane_session_choose(session, &request, &placement));
        CHECK(placement.server != 0);
        DONE(spane_session_choose_among(session, &request, some, 2, &placement));
        CHECK(placement.server == 1);
        request.prefer = 3;
        DONE(spane_cluster_group_violations(cluster, &request, NULL, 3, broken));
        CHECK(broken[0] == 1 && broken[1] == 1 && broken[2] == 0);
        DONE(spane_session_top(session, &request, NULL, 0, 3, best, NULL, &found));
        CHECK(found == 3 && best[0].server == 2);
        /* As long as there is room, then elsewhere. */
        for (uint64_t id = 1; id < 6; id++) {
            DONE(spane_session_place(session, id, &request, &placement));
            CHECK(placement.server == 2);
        }
        DONE(spane_session_place(session, 6, &request, &placement));
        CHECK(placement.server != 2);
        DONE(spane_cluster_find(cluster, 6, NULL, &told));
        CHECK(told.prefer == 3);
        /* A program that knows nothing of it. */
        request.struct_size = offsetof(spane_request, prefer);
        request.forbid = 1;
        DONE(spane_session_choose(session, &request, &placement));
        CHECK(placement.server == 1);
        spane_session_free(session);
        spane_cluster_free(cluster);
    }
}

void test_reservations(void) {
    test_times();
    test_preferences();
}
