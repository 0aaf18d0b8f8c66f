/* Why VMs go where they go, and how many more there is room for. */

#include "tests.h"

/* What keeps requests away from the servers of mixed_fleet(). */
static void test_every_reason(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_reason reasons[3] = {SPANE_REASON_INIT};
    spane_request request = REQUEST(4, 8);
    int32_t server = 0;

    DONE(spane_cluster_explain(cluster, &request, NULL, 3, reasons));
    for (int i = 0; i < 3; i++) {
        CHECK(reasons[i].struct_size == sizeof *reasons && reasons[i].reason == SPANE_REASON_FITS);
        CHECK(reasons[i].resource == -1 && reasons[i].node == -1 && reasons[i].short_by == 0 && reasons[i].trait == -1);
        CHECK(reasons[i].nodes == 1);
    }
    request.require = 6;
    DONE(spane_cluster_explain(cluster, &request, NULL, 3, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_LACKS_TRAIT && reasons[0].trait == 1);
    CHECK(reasons[1].reason == SPANE_REASON_LACKS_TRAIT && reasons[1].trait == 2);
    request.require = 0;
    request.forbid = 3;
    DONE(spane_cluster_explain(cluster, &request, NULL, 3, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_FORBIDDEN_TRAIT && reasons[0].trait == 0);
    CHECK(reasons[1].reason == SPANE_REASON_FORBIDDEN_TRAIT && reasons[1].trait == 1);
    request.forbid = 0;
    request.span = 2;
    DONE(spane_cluster_explain(cluster, &request, NULL, 3, reasons));
    CHECK(reasons[1].reason == SPANE_REASON_TOO_FEW_NODES && reasons[1].short_by == 1 && reasons[1].resource == -1);

    /* Two nodes of 25 cores are too many for nodes of 20, and for the smaller one of server 2. */
    request.cpu = 50;
    DONE(spane_cluster_explain(cluster, &request, NULL, 3, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_TOO_SMALL && reasons[0].resource == 0 && reasons[0].node == 0);
    CHECK(reasons[0].short_by == 5 && reasons[0].nodes == 3);
    CHECK(reasons[2].reason == SPANE_REASON_TOO_SMALL && reasons[2].node == 0 && reasons[2].short_by == 17);
    /* Server 2 has no disk. */
    request = large_request(1, 1, 1, 0, 2);
    server = 2;
    DONE(spane_cluster_explain(cluster, &request, &server, 1, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_TOO_SMALL && reasons[0].resource == 3 && reasons[0].node == -1);
    CHECK(reasons[0].short_by == 2);

    /* Nodes 1 and 3 are left, which are far from each other. */
    server = 0;
    for (uint64_t id = 10; id < 12; id++) {
        spane_request whole = REQUEST(20, 9);
        whole.span = 1;
        DONE(spane_cluster_place(cluster, id, &whole, (spane_placement){0, id == 10 ? 1 : 4}));
    }
    request = (spane_request)REQUEST(12, 8);
    request.span = 2;
    request.farthest = 20;
    DONE(spane_cluster_explain(cluster, &request, &server, 1, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_TOO_FAR && reasons[0].short_by == 10 && reasons[0].nodes == 10);
    request.cpu = 32;
    request.farthest = 0;
    DONE(spane_cluster_place(cluster, 12, ASKS(8, 9), (spane_placement){0, 8}));
    DONE(spane_cluster_explain(cluster, &request, &server, 1, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_NO_ROOM && reasons[0].resource == 0 && reasons[0].node == 3);
    CHECK(reasons[0].short_by == 4 && reasons[0].nodes == 10);
    DONE(spane_cluster_cordon(cluster, 0));
    DONE(spane_cluster_explain(cluster, &request, &server, 1, reasons));
    CHECK(reasons[0].reason == SPANE_REASON_CORDONED && reasons[0].nodes == 0);
    spane_cluster_free(cluster);
}

static void test_arguments(void) {
    spane_cluster *cluster = some_cluster(2);
    spane_model *model = any_model();
    const spane_policy policy = SPANE_POLICY_HEURISTIC("best-fit");
    const spane_request request = REQUEST(4, 8), nothing = REQUEST(0, 8);
    struct {
        spane_reason reason;
        double more;
    } longer[2];
    spane_reason reasons[2] = {SPANE_REASON_INIT};
    spane_type_room types[2];
    spane_session *session = NULL;
    int32_t servers[2] = {1, 1};
    int64_t total = 0;
    size_t count = 9, size = 0;
    char text[2000], line[2000];

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_explain(NULL, &request, NULL, 2, reasons));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_explain(cluster, NULL, NULL, 2, reasons));
    FAILS(SPANE_NULL_POINTER, "reasons", spane_cluster_explain(cluster, &request, NULL, 2, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "count is 1", spane_cluster_explain(cluster, &request, NULL, 1, reasons));
    FAILS(SPANE_INVALID_ARGUMENT, "request", spane_cluster_explain(cluster, &nothing, NULL, 2, reasons));
    servers[1] = 2;
    FAILS(SPANE_INVALID_ARGUMENT, "servers[1]", spane_cluster_explain(cluster, &request, servers, 2, reasons));
    reasons[0].struct_size = 0;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_explain(cluster, &request, NULL, 2, reasons));
    reasons[0].struct_size = sizeof *reasons + 1;
    FAILS(SPANE_UNKNOWN_VERSION, "struct_size", spane_cluster_explain(cluster, &request, NULL, 2, reasons));
    DONE(spane_cluster_explain(cluster, &request, servers, 0, NULL));
    /* A program of a later version: its own fields stay as they are. */
    check_fill(longer, sizeof longer);
    longer[0].reason.struct_size = sizeof *longer;
    DONE(spane_cluster_explain(cluster, &request, NULL, 2, &longer[0].reason));
    CHECK(longer[1].reason.struct_size == sizeof *longer && longer[1].reason.reason == SPANE_REASON_FITS);
    CHECK(check_is_filled(&longer[0].more, sizeof longer[0].more) && check_is_filled(&longer[1].more, sizeof longer[1].more));

    FAILS(SPANE_NULL_POINTER, "cluster", spane_cluster_room_by_type(NULL, &request, &total, types, 2, &count));
    FAILS(SPANE_NULL_POINTER, "request", spane_cluster_room_by_type(cluster, NULL, &total, types, 2, &count));
    FAILS(SPANE_NULL_POINTER, "count", spane_cluster_room_by_type(cluster, &request, &total, types, 2, NULL));
    FAILS(SPANE_NULL_POINTER, "types", spane_cluster_room_by_type(cluster, &request, &total, NULL, 2, &count));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "1", types, spane_cluster_room_by_type(cluster, &request, NULL, types, 0, &count));
    CHECK(count == 1);
    DONE(spane_cluster_room_by_type(cluster, &request, &total, types, 2, &count));
    CHECK(count == 1 && total == 40 && types[0].room == 40 && types[0].servers == 2 && strcmp(types[0].type, "") == 0);

    DONE(spane_session_new(cluster, &policy, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_explain(NULL, &request, NULL, 0, 3, SPANE_TEXT, text, 9, &size));
    FAILS(SPANE_NULL_POINTER, "request", spane_session_explain(session, NULL, NULL, 0, 3, SPANE_TEXT, text, 9, &size));
    FAILS(SPANE_NULL_POINTER, "size", spane_session_explain(session, &request, NULL, 0, 3, SPANE_TEXT, text, 9, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "format is 2", spane_session_explain(session, &request, NULL, 0, 3, 2, text, 9, &size));
    servers[1] = 1;
    FAILS(SPANE_INVALID_ARGUMENT, "twice", spane_session_explain(session, &request, servers, 2, 3, 0, text, 9, &size));
    REFUSES(SPANE_BUFFER_TOO_SMALL, "text", text,
            spane_session_explain(session, &request, NULL, 0, 3, SPANE_TEXT, text, 9, &size));
    CHECK(size > 9);
    count = size;
    DONE(spane_session_explain(session, &request, NULL, 0, 3, SPANE_TEXT, NULL, 0, &size));
    CHECK(size == count);
    DONE(spane_session_explain(session, &request, NULL, 0, 3, SPANE_TEXT, text, size, &size));
    CHECK(size == count && strlen(text) + 1 == size);
    CHECK(strncmp(text, "4 cores and 8 GB on one node: 2 servers considered, 2 have room. Best: ", 71) == 0);
    /* All that there are, and none. */
    DONE(spane_session_explain(session, &request, NULL, 0, SIZE_MAX, SPANE_TEXT, line, sizeof line, &size));
    CHECK(strcmp(text, line) == 0);
    DONE(spane_session_explain(session, &request, servers, 1, 0, SPANE_TEXT, line, sizeof line, &size));
    CHECK(strcmp(line, "4 cores and 8 GB on one node: 1 server considered, 1 has room.") == 0);
    spane_session_free(session);
    spane_cluster_free(cluster);
    spane_model_free(model);
}

/* With every kind of policy the first placement is that which is chosen, and nothing is remembered of the explanation. */
static void test_choices(void) {
    static const char *const names[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random:3", "l2+pack",
                                        SPANE_DEFAULT_POLICY, NULL};
    spane_model *model = any_model();
    for (int i = 0; i < 8; i++) {
        spane_cluster *cluster = some_cluster(4);
        const spane_policy heuristic = SPANE_POLICY_HEURISTIC(names[i]), network = SPANE_POLICY_MODEL(model);
        spane_session *session = NULL;
        size_t size;
        DONE(spane_session_new(cluster, names[i] ? &heuristic : &network, &session));
        for (uint64_t id = 0; id < 60; id++) {
            const spane_request request = REQUEST(4 + (double)(id % 3), 8);
            char text[4000], start[100];
            spane_placement chosen;
            DONE(spane_session_explain(session, &request, NULL, 0, 2, SPANE_JSON, text, sizeof text, &size));
            const spane_status status = spane_session_place(session, id, &request, &chosen);
            if (status == SPANE_NO_ROOM) {
                CHECK(strstr(text, "\"with_room\":0,\"excluded\":{\"no_room\":4}") && strstr(text, "\"best\":[]"));
                continue;
            }
            CHECK(status == SPANE_OK);
            snprintf(start, sizeof start, "\"best\":[{\"server\":%d,\"nodes\":[%d],", chosen.server, chosen.nodes == 2);
            CHECK(strstr(text, start) != NULL);
        }
        spane_session_free(session);
        spane_cluster_free(cluster);
    }
    spane_model_free(model);
}

void test_explanations(void) {
    test_every_reason();
    test_arguments();
    test_choices();
}
