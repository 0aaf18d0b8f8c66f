/* What networks say of many placements: top, scores and Q values. */

#include <math.h>

#include "tests.h"

static const spane_request small = REQUEST(2, 4), large = REQUEST(8, 64);

static void test_errors(spane_cluster *cluster, spane_session *session, spane_session *heuristic) {
    const double bad[] = {0, -1, NAN, INFINITY, 1e300};
    spane_placement best[4];
    float scores[8];
    size_t found;
    int32_t servers[2] = {1, 0};

    REFUSES(SPANE_NULL_POINTER, "session", found, spane_session_top(NULL, &small, NULL, 0, 4, best, scores, &found));
    REFUSES(SPANE_NULL_POINTER, "placements", found, spane_session_top(session, &small, NULL, 0, 4, NULL, scores, &found));
    FAILS(SPANE_NULL_POINTER, "found", spane_session_top(session, &small, NULL, 0, 4, best, scores, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "k is 0", found, spane_session_top(session, &small, NULL, 0, 0, best, scores, &found));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", found,
            spane_session_top((spane_session *)cluster, &small, NULL, 0, 4, best, scores, &found));
    REFUSES(SPANE_NULL_POINTER, "request", found, spane_session_top(session, NULL, NULL, 0, 4, best, scores, &found));

    REFUSES(SPANE_NULL_POINTER, "session", scores, spane_session_scores(NULL, &small, servers, 2, scores));
    FAILS(SPANE_NULL_POINTER, "scores", spane_session_scores(session, &small, servers, 2, NULL));
    REFUSES(SPANE_NULL_POINTER, "request", scores, spane_session_scores(session, NULL, servers, 2, scores));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", scores,
            spane_session_scores((spane_session *)cluster, &small, servers, 2, scores));
    REFUSES(SPANE_UNSUPPORTED, "heuristic", scores, spane_session_scores(heuristic, &small, servers, 2, scores));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_scores(session, &small, NULL, 1, scores));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_scores(session, &small, NULL, 3, scores));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_scores(session, &small, NULL, SIZE_MAX, scores));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_scores(session, &small, servers, SIZE_MAX, scores));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores,
            spane_session_scores(session, &small, servers, (size_t)1 << 40, scores));
    servers[1] = 2;
    REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", scores, spane_session_scores(session, &small, servers, 2, scores));
    servers[1] = -1;
    REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", scores, spane_session_scores(session, &small, servers, 2, scores));
    servers[1] = INT32_MIN;
    REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", scores, spane_session_scores(session, &small, servers, 2, scores));

    REFUSES(SPANE_NULL_POINTER, "session", scores, spane_session_q_values(NULL, &small, scores, 4));
    FAILS(SPANE_NULL_POINTER, "values", spane_session_q_values(session, &small, NULL, 4));
    REFUSES(SPANE_NULL_POINTER, "request", scores, spane_session_q_values(session, NULL, scores, 4));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", scores,
            spane_session_q_values((spane_session *)cluster, &small, scores, 4));
    REFUSES(SPANE_UNSUPPORTED, "heuristic", scores, spane_session_q_values(heuristic, &small, scores, 4));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_q_values(session, &small, scores, 3));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_q_values(session, &small, scores, 5));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_q_values(session, &small, scores, 0));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_q_values(session, &small, scores, SIZE_MAX));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_session_q_values(session, &small, scores, (size_t)1 << 40));

    for (int i = 0; i < 5; i++) {
        spane_request request = REQUEST(1, bad[i]);
        REFUSES(SPANE_INVALID_ARGUMENT, "request", best, spane_session_top(session, &request, NULL, 0, 4, best, scores, &found));
        REFUSES(SPANE_INVALID_ARGUMENT, "request", scores, spane_session_scores(session, &request, NULL, 2, scores));
        REFUSES(SPANE_INVALID_ARGUMENT, "request", scores, spane_session_q_values(session, &request, scores, 4));
    }
}

/* All three say the same, and the best is what the session chooses. */
static void test_agreement(spane_session *session, const spane_request *request) {
    enum { servers = 2, actions = servers * SPANE_NODES };
    spane_placement best[actions + 1], chosen;
    float top[actions + 1], scores[actions], some[2], values[actions];
    size_t found = 0;
    int32_t last = servers - 1;

    DONE(spane_session_scores(session, request, NULL, servers, scores));
    DONE(spane_session_scores(session, request, &last, 1, some));
    DONE(spane_session_q_values(session, request, values, actions));
    DONE(spane_session_choose(session, request, &chosen));
    CHECK(some[0] == scores[actions - 2] && some[1] == scores[actions - 1]);
    for (int i = 1; i < actions; i++) {
        CHECK(isinf(scores[i]) ? values[i] == scores[i]
                               : isinf(scores[0]) || fabsf(values[i] - values[0] - scores[i] + scores[0]) < 1e-4f);
    }
    check_fill(best, sizeof best);
    check_fill(top, sizeof top);
    DONE(spane_session_top(session, request, NULL, 0, actions + 1, best, top, &found));
    CHECK(found >= 1 && found <= actions);
    CHECK(best[0].server == chosen.server && best[0].nodes == chosen.nodes);
    CHECK(check_is_filled(best + found, sizeof best - found * sizeof *best));
    CHECK(check_is_filled(top + found, sizeof top - found * sizeof *top));
    for (size_t i = 0; i < found; i++) {
        float score = scores[best[i].server * SPANE_NODES + (best[i].nodes == 2)];
        CHECK(best[i].nodes == 3 ? top[i] >= score : top[i] == score);
        CHECK(i == 0 || top[i - 1] >= top[i]);
    }
    check_fill(best, sizeof best);
    DONE(spane_session_top(session, request, NULL, 0, 1, best, NULL, &found));
    CHECK(found == 1 && best[0].server == chosen.server && check_is_filled(best + 1, sizeof best - sizeof *best));
    DONE(spane_session_top(session, request, NULL, 0, SIZE_MAX, best, NULL, &found));
    CHECK(found >= 1 && best[0].server == chosen.server);
}

/* A heuristic ranks servers: its choice, then its choice among the others. */
static void test_ranking(spane_session *heuristic) {
    spane_placement best[3], chosen;
    float scores[3];
    size_t found = 9;
    int32_t other;

    check_fill(best, sizeof best);
    DONE(spane_session_choose(heuristic, &small, &chosen));
    DONE(spane_session_top(heuristic, &small, NULL, 0, 3, best, scores, &found));
    CHECK(found == 2 && check_is_filled(best + 2, sizeof *best));
    CHECK(best[0].server == chosen.server && best[0].nodes == chosen.nodes && scores[0] == 0 && scores[1] == -1);
    other = 1 - chosen.server;
    DONE(spane_session_choose_among(heuristic, &small, &other, 1, &chosen));
    CHECK(best[1].server == other && best[1].nodes == chosen.nodes);
    DONE(spane_session_top(heuristic, &small, &other, 1, 3, best, NULL, &found));
    CHECK(found == 1 && best[0].server == other);
}

void test_scores(void) {
    spane_model *models[] = {any_model(), bound_model()};
    spane_cluster *empty = some_cluster(0);
    spane_session *session = NULL, *heuristic = NULL;
    spane_placement best[4];
    float scores[8];
    size_t found = 9;

    for (int i = 0; i < 2; i++) {
        spane_cluster *cluster = some_cluster(2);
        DONE(spane_session_new(cluster, NETWORK(models[i]), &session));
        DONE(spane_session_new(cluster, HEURISTIC("best-fit"), &heuristic));
        test_errors(cluster, session, heuristic);
        test_ranking(heuristic);
        test_agreement(session, &small);
        test_agreement(session, &large);
        DONE(spane_cluster_place(cluster, 1, ASKS(39, 4), (spane_placement){0, 2}));
        test_agreement(session, &small);
        test_agreement(session, &large);
        DONE(spane_session_top(session, &small, NULL, 0, 4, best, scores, &found));
        CHECK(found == 3);
        DONE(spane_session_top(session, ASKS(2, 100), NULL, 0, 4, best, scores, &found));
        CHECK(found == 2 && best[0].nodes == 3 && best[0].server != best[1].server);
        DONE(spane_cluster_cordon(cluster, 0));
        if (i == 0) test_agreement(session, &small);
        DONE(spane_session_scores(session, &small, NULL, 2, scores));
        CHECK(isinf(scores[0]) && scores[0] < 0 && isinf(scores[1]) && isfinite(scores[2]));
        DONE(spane_session_q_values(session, &small, scores, 4));
        CHECK(isinf(scores[0]) && scores[0] < 0 && isfinite(scores[3]));
        check_fill(best, sizeof best);
        CHECK(spane_session_top(session, ASKS(1000, 1), NULL, 0, 4, best, scores, &found) == SPANE_NEVER_FITS);
        CHECK(found == 0 && check_is_filled(best, sizeof best));
        DONE(spane_session_scores(session, &small, (int32_t[]){1, 1, 0}, 3, (float[6]){0}));
        DONE(spane_session_scores(session, &small, (int32_t[]){1}, 0, scores));
        DONE(spane_cluster_cordon(cluster, 1));
        CHECK(spane_session_top(session, &small, NULL, 0, 4, best, scores, &found) == SPANE_NO_ROOM && found == 0);
        DONE(spane_session_scores(session, &small, NULL, 2, scores));
        DONE(spane_session_q_values(session, &small, scores, 4));
        for (int action = 0; action < 4; action++) CHECK(isinf(scores[action]));
        DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 1, NULL));
        if (i == 1) {
            REFUSES(SPANE_SHAPE_MISMATCH, "servers", best, spane_session_top(session, &small, NULL, 0, 4, best, scores, &found));
            REFUSES(SPANE_SHAPE_MISMATCH, "servers", scores, spane_session_scores(session, &small, NULL, 3, scores));
            REFUSES(SPANE_SHAPE_MISMATCH, "servers", scores, spane_session_q_values(session, &small, scores, 6));
        } else {
            DONE(spane_session_q_values(session, &small, scores, 6));
        }
        spane_session_free(session);
        spane_session_free(heuristic);
        spane_cluster_free(cluster);
    }
    DONE(spane_session_new(empty, NETWORK(models[0]), &session));
    CHECK(spane_session_top(session, &small, NULL, 0, 4, best, scores, &found) == SPANE_NO_ROOM && found == 0);
    DONE(spane_session_scores(session, &small, NULL, 0, scores));
    DONE(spane_session_q_values(session, &small, scores, 0));
    spane_session_free(session);
    spane_cluster_free(empty);
    spane_model_free(models[0]);
    spane_model_free(models[1]);
}
