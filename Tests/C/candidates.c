/* Decisions among servers that the caller has chosen, and the rankings of every policy. */

#include <math.h>

#include "tests.h"

enum { servers = 9, all_placements = 2 * servers };

static const char *const heuristics[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random:5"};
static const char *const weights[] = {"weights/untrained-1.h5", "weights/potential-synthetic.h5"};
enum { policies = 7, exact_policies = 3 }; /* the first three choose by the state of the servers alone */

static spane_session *session_of(spane_cluster *cluster, int policy) {
    spane_session *session = NULL;
    if (policy < 5) {
        DONE(spane_session_new(cluster, HEURISTIC(heuristics[policy]), &session));
    } else {
        spane_model *model = NULL;
        DONE(spane_model_load(check_path(data_folder, weights[policy - 5]), &model));
        DONE(spane_session_new(cluster, NETWORK(model), &session));
        spane_model_free(model);
    }
    return session;
}

/* Servers of which each has another load; their numbers are not the places where they stand. */
static spane_cluster *loaded_cluster(void) {
    spane_cluster *cluster = some_cluster(servers + 2);
    unsigned long long random = 3;
    DONE(spane_cluster_remove_server(cluster, 4));
    DONE(spane_cluster_remove_server(cluster, 0));
    for (uint64_t id = 0; id < 60; id++) {
        const double cpu = 1 + (double)(check_random(&random) % 12), mem = 1 + (double)(check_random(&random) % 10);
        int32_t numbers[servers];
        size_t count;
        DONE(spane_cluster_servers(cluster, numbers, servers, &count));
        CHECK(spane_cluster_place(cluster, id, ASKS(cpu, mem),
                                  (spane_placement){numbers[check_random(&random) % servers],
                                                    1u << check_random(&random) % 2}) <= SPANE_OK);
    }
    return cluster;
}

/* A few of the servers in any order. */
static size_t some_of(const spane_cluster *cluster, unsigned long long *random, int32_t list[servers]) {
    size_t count, wanted;
    DONE(spane_cluster_servers(cluster, list, servers, &count));
    for (size_t i = count; i > 1; i--) {
        const size_t other = (size_t)(check_random(random) % i);
        const int32_t number = list[i - 1];
        list[i - 1] = list[other];
        list[other] = number;
    }
    wanted = 1 + (size_t)(check_random(random) % count);
    return wanted;
}

static int is_in(const int32_t *list, size_t count, int32_t server) {
    for (size_t i = 0; i < count; i++) {
        if (list[i] == server) return 1;
    }
    return 0;
}

static const spane_request *any_request(unsigned long long *random) {
    static spane_request request = SPANE_REQUEST_INIT;
    request.cpu = 1 + (double)(check_random(random) % 20);
    request.mem = 1 + (double)(check_random(random) % 30);
    return &request;
}

/* What a network chooses is the best of its ranking that is a candidate; the ranking among candidates is what is left of it. */
static void test_networks(int policy) {
    spane_cluster *cluster = loaded_cluster();
    spane_session *session = session_of(cluster, policy);
    unsigned long long random = 17;

    for (int turn = 0; turn < 60; turn++) {
        spane_placement ranked[all_placements], best[all_placements], chosen = {-7, 0};
        float scores[all_placements], best_scores[all_placements];
        size_t found = 0, expected = 0, best_found = 0;
        int32_t list[servers];
        const size_t count = some_of(cluster, &random, list);
        const spane_request *request = any_request(&random);
        spane_status status;

        status = spane_session_top(session, request, NULL, 0, all_placements, ranked, scores, &found);
        CHECK(status == SPANE_OK || (status == SPANE_NO_ROOM && found == 0));
        for (size_t i = 0; i < found; i++) {
            if (!is_in(list, count, ranked[i].server)) continue;
            ranked[expected] = ranked[i];
            scores[expected++] = scores[i];
        }
        status = spane_session_choose_among(session, request, list, count, &chosen);
        CHECK(status == (expected ? SPANE_OK : SPANE_NO_ROOM));
        status = spane_session_top(session, request, list, count, all_placements, best, best_scores, &best_found);
        CHECK(status == (expected ? SPANE_OK : SPANE_NO_ROOM) && best_found == expected);
        if (expected == 0) continue;
        CHECK(chosen.server == best[0].server && chosen.nodes == best[0].nodes);
        CHECK(chosen.server == ranked[0].server && chosen.nodes == ranked[0].nodes);
        for (size_t i = 0; i < expected; i++) {
            CHECK(best[i].server == ranked[i].server && best[i].nodes == ranked[i].nodes && best_scores[i] == scores[i]);
        }
        DONE(spane_session_top(session, request, list, count, 1, best, NULL, &best_found));
        CHECK(best_found == 1 && best[0].server == chosen.server && best[0].nodes == chosen.nodes);
    }
    spane_session_free(session);
    spane_cluster_free(cluster);
}

/* A heuristic chooses as if the other servers were cordoned, and ranks by choosing again and again. */
static void test_heuristics(int policy) {
    spane_cluster *cluster = loaded_cluster();
    spane_session *session = session_of(cluster, policy), *other = session_of(cluster, policy);
    unsigned long long random = 23;

    for (int turn = 0; turn < 60; turn++) {
        spane_placement ranked[servers], chosen = {-7, 0}, expected = {-7, 0};
        float scores[servers];
        int32_t list[servers], left[servers], numbers[servers];
        const size_t count = some_of(cluster, &random, list);
        const spane_request *request = any_request(&random);
        size_t found = 0, remaining = count, all;
        spane_status status = spane_session_choose_among(session, request, list, count, &chosen);

        CHECK(status == spane_session_choose_among(other, request, list, count, &expected));
        CHECK(chosen.server == expected.server && chosen.nodes == expected.nodes); /* the same, whatever the seed */
        CHECK(status == SPANE_NO_ROOM || is_in(list, count, chosen.server));
        if (policy < exact_policies) {
            /* In the order in which servers stand, by which ties are broken. */
            int32_t ordered[servers];
            size_t kept = 0;
            spane_placement among = {-7, 0}, of_all = {-7, 0};
            DONE(spane_cluster_servers(cluster, numbers, servers, &all));
            for (size_t i = 0; i < all; i++) {
                if (is_in(list, count, numbers[i])) ordered[kept++] = numbers[i];
                else DONE(spane_cluster_cordon(cluster, numbers[i]));
            }
            CHECK(kept == count && spane_session_choose(session, request, &of_all) == status);
            CHECK(spane_session_choose_among(session, request, ordered, kept, &among) == status);
            CHECK(of_all.server == among.server && of_all.nodes == among.nodes);
            for (size_t i = 0; i < all; i++) DONE(spane_cluster_uncordon(cluster, numbers[i]));
            CHECK(spane_session_choose_among(session, request, ordered, kept, &among) == status);
            CHECK(of_all.server == among.server && of_all.nodes == among.nodes);
        }
        memcpy(left, list, sizeof left);
        status = spane_session_top(session, request, list, count, servers, ranked, scores, &found);
        CHECK(status == (found ? SPANE_OK : SPANE_NO_ROOM) && found <= count);
        for (size_t i = 0; i < found; i++) {
            size_t kept = 0;
            CHECK(scores[i] == -(float)i && is_in(left, remaining, ranked[i].server));
            if (policy < exact_policies) {
                DONE(spane_session_choose_among(session, request, left, remaining, &chosen));
                CHECK(chosen.server == ranked[i].server && chosen.nodes == ranked[i].nodes);
            }
            for (size_t k = 0; k < remaining; k++) {
                if (left[k] != ranked[i].server) left[kept++] = left[k];
            }
            remaining = kept;
        }
        /* Those that are not in the ranking have no room. */
        if (remaining > 0) CHECK(spane_session_choose_among(session, request, left, remaining, &chosen) == SPANE_NO_ROOM);
        if (found > 1) {
            DONE(spane_session_top(session, request, list, count, found - 1, ranked, NULL, &remaining));
            CHECK(remaining == found - 1);
        }
    }
    spane_session_free(session);
    spane_session_free(other);
    spane_cluster_free(cluster);
}

/* Servers alike: the one that stands first in the list. */
static void test_ties(void) {
    const int32_t list[] = {5, 2, 7, 0};
    for (int policy = 0; policy < policies; policy++) {
        spane_cluster *cluster = some_cluster(servers);
        spane_session *session = session_of(cluster, policy);
        spane_placement chosen = {-7, 0}, best[all_placements];
        size_t found = 0;

        DONE(spane_session_choose_among(session, ASKS(2, 4), list, 4, &chosen));
        DONE(spane_session_top(session, ASKS(2, 20), list, 4, 4, best, NULL, &found));
        CHECK(found == 4 && is_in(list, 4, chosen.server));
        if (policy != 3 && policy != 4) {
            CHECK(chosen.server == 5);
            for (int i = 0; i < 4; i++) CHECK(best[i].server == list[i] && best[i].nodes == 3);
        }
        for (int i = 0; i < 4; i++) CHECK(is_in(list, 4, best[i].server) && best[i].nodes == 3);
        spane_session_free(session);
        spane_cluster_free(cluster);
    }
}

static void test_refusals(int policy) {
    spane_cluster *cluster = some_cluster(4);
    spane_session *session = session_of(cluster, policy);
    const int32_t good[] = {3, 1}, wrong[][2] = {{3, 4}, {3, -1}, {3, INT32_MAX}, {3, INT32_MIN}, {3, 3}, {1, 2}};
    const spane_request *small = ASKS(1, 1), *full = ASKS(40, 9), *huge = ASKS(100, 1);
    spane_placement placement, best[4];
    size_t found = 9;

    DONE(spane_cluster_remove_server(cluster, 2));
    for (int i = 0; i < 6; i++) {
        REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", placement,
                spane_session_choose_among(session, small, wrong[i], 2, &placement));
        REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]", best,
                spane_session_top(session, small, wrong[i], 2, 4, best, NULL, &found));
    }
    REFUSES(SPANE_NULL_POINTER, "session", placement, spane_session_choose_among(NULL, small, good, 2, &placement));
    REFUSES(SPANE_NULL_POINTER, "request", placement, spane_session_choose_among(session, NULL, good, 2, &placement));
    REFUSES(SPANE_NULL_POINTER, "servers", placement, spane_session_choose_among(session, small, NULL, 2, &placement));
    REFUSES(SPANE_NULL_POINTER, "servers", best, spane_session_top(session, small, NULL, 2, 4, best, NULL, &found));
    FAILS(SPANE_NULL_POINTER, "placement", spane_session_choose_among(session, small, good, 2, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "session", placement,
            spane_session_choose_among((spane_session *)cluster, small, good, 2, &placement));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", placement,
            spane_session_choose_among(session, small, good, SIZE_MAX, &placement));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", best,
            spane_session_top(session, small, good, (size_t)1 << 40, 4, best, NULL, &found));
    REFUSES(SPANE_INVALID_ARGUMENT, "request", placement,
            spane_session_choose_among(session, ASKS(1, -1), good, 2, &placement));

    /* NULL and 0 are all servers; a list of none is none. */
    DONE(spane_session_choose_among(session, small, NULL, 0, &placement));
    CHECK(spane_session_choose_among(session, small, good, 0, &placement) == SPANE_NO_ROOM);
    CHECK(spane_session_top(session, small, good, 0, 4, best, NULL, &found) == SPANE_NO_ROOM && found == 0);
    DONE(spane_cluster_place(cluster, 1, full, (spane_placement){3, 1}));
    DONE(spane_cluster_place(cluster, 2, full, (spane_placement){3, 2}));
    check_fill(&placement, sizeof placement);
    CHECK(spane_session_choose_among(session, small, good, 1, &placement) == SPANE_NO_ROOM);
    CHECK(check_is_filled(&placement, sizeof placement));
    DONE(spane_session_choose_among(session, small, good, 2, &placement));
    CHECK(placement.server == 1);
    DONE(spane_cluster_cordon(cluster, 1));
    CHECK(spane_session_choose_among(session, small, good, 2, &placement) == SPANE_NO_ROOM);
    CHECK(spane_session_choose_among(session, huge, good, 2, &placement) == SPANE_NEVER_FITS);
    /* That is said of all servers. */
    DONE(spane_cluster_add_equal_servers(cluster, 100, 200, 1, NULL));
    CHECK(spane_session_choose_among(session, huge, good, 2, &placement) == SPANE_NO_ROOM);
    DONE(spane_session_choose(session, huge, &placement));
    CHECK(placement.server == 2);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

/* A list that is given again is looked at again when other servers are there, and one with a fault is refused each time. */
static void test_repeated_lists(int policy) {
    spane_cluster *cluster = some_cluster(5);
    spane_session *session = session_of(cluster, policy);
    const int32_t list[] = {4, 1}, twice[] = {4, 1, 4}, later[] = {4, 5};
    const spane_request *small = ASKS(1, 1);
    spane_placement chosen, best[2 * 3];
    float scores[2 * 3];
    size_t found = 0;

    for (int turn = 0; turn < 4; turn++) {
        DONE(spane_session_choose_among(session, small, list, 2, &chosen));
        CHECK(is_in(list, 2, chosen.server));
        /* The same server twice has scores twice, but it is no candidate twice. */
        if (policy >= 5) DONE(spane_session_scores(session, small, twice, 3, scores));
        REFUSES(SPANE_INVALID_ARGUMENT, "servers[2]: server 4 is named twice", chosen,
                spane_session_choose_among(session, small, twice, 3, &chosen));
        REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]: server is 5; it must be in 0 ... 4", chosen,
                spane_session_choose_among(session, small, later, 2, &chosen));
        REFUSES(SPANE_INVALID_ARGUMENT, "servers[2]: server 4 is named twice", best,
                spane_session_top(session, small, twice, 3, 3, best, NULL, &found));
    }
    /* Server 4 stands in another place now, and so does what the list chooses. */
    DONE(spane_cluster_remove_server(cluster, 0));
    for (int turn = 0; turn < 3; turn++) {
        DONE(spane_session_choose_among(session, small, list, 1, &chosen));
        CHECK(chosen.server == 4);
        DONE(spane_session_choose_among(session, small, list, 2, &chosen));
        CHECK(is_in(list, 2, chosen.server));
    }
    DONE(spane_cluster_remove_server(cluster, 1));
    for (int turn = 0; turn < 3; turn++) {
        REFUSES(SPANE_INVALID_ARGUMENT, "servers[1]: server is 1, which was removed", chosen,
                spane_session_choose_among(session, small, list, 2, &chosen));
        DONE(spane_session_choose_among(session, small, list, 1, &chosen));
        CHECK(chosen.server == 4);
    }
    /* Numbers 0 and 1 are given again, then 5. */
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, 3, NULL));
    DONE(spane_session_choose_among(session, small, list, 2, &chosen));
    DONE(spane_session_choose_among(session, small, later, 2, &chosen));
    DONE(spane_session_choose_among(session, small, list + 1, 1, &chosen));
    CHECK(chosen.server == 1);
    /* More lists than are kept, each of them several times. */
    for (int turn = 0; turn < 50; turn++) {
        const int32_t changing[] = {turn % 6, (turn + 1) % 6, (turn * 5 + 3) % 6};
        const size_t count = 1 + (size_t)turn % 3;
        const int repeats = changing[2] == changing[0] || changing[2] == changing[1];
        check_fill(&chosen, sizeof chosen);
        CHECK(spane_session_choose_among(session, small, changing, count, &chosen) ==
              (count == 3 && repeats ? SPANE_INVALID_ARGUMENT : SPANE_OK));
        if (count < 3 || !repeats) CHECK(is_in(changing, count, chosen.server));
        else CHECK(check_is_filled(&chosen, sizeof chosen));
    }
    spane_session_free(session);
    spane_cluster_free(cluster);
}

/* Servers of any kind: a heuristic and a potential decide about them; the other networks do not. */
static void test_mixed(void) {
    spane_cluster *cluster = mixed_fleet();
    spane_model *network = any_model();
    spane_session *session;
    const int32_t list[] = {2, 0};

    REFUSES(SPANE_SHAPE_MISMATCH, "nodes", session, spane_session_new(cluster, NETWORK(network), &session));
    for (int policy = 0; policy < policies; policy++) {
        spane_placement chosen, best[3 * SPANE_PLACEMENTS(4)];
        spane_request request = large_request(4, 12, 2, 1, 0);
        float scores[3 * SPANE_PLACEMENTS(4)], some[2 * SPANE_PLACEMENTS(4)];
        size_t found = 0;
        if (policy == 5) continue;
        session = session_of(cluster, policy);
        DONE(spane_session_choose_among(session, &request, list, 2, &chosen));
        CHECK(chosen.server == 0); /* server 2 has a gpu on one of its nodes only */
        request = large_request(4, 12, 1, 2, 0);
        DONE(spane_session_choose_among(session, &request, list, 2, &chosen));
        CHECK(chosen.server == 2 && chosen.nodes == 2);
        request = large_request(4, 12, 2, 0, 0);
        DONE(spane_session_top(session, &request, NULL, 0, 18, best, scores, &found));
        if (policy < 5) {
            CHECK(found == 2);
        } else {
            /* Six pairs of nodes on server 0, the one of server 2. */
            CHECK(found == 7);
            DONE(spane_session_scores(session, &request, NULL, 3, scores));
            DONE(spane_session_scores(session, &request, list, 2, some));
            CHECK(memcmp(some, scores + 12, 6 * sizeof *some) == 0 && memcmp(some + 6, scores, 6 * sizeof *some) == 0);
            for (int i = 0; i < 6; i++) CHECK(isfinite(scores[i]) && isinf(scores[6 + i]));
            CHECK(isfinite(scores[12]));
            DONE(spane_session_q_values(session, &request, scores, 18));
            REFUSES(SPANE_INVALID_ARGUMENT, "count", some, spane_session_q_values(session, &request, some, 6));
        }
        spane_session_free(session);
    }
    /* Ties, here too, go to the server that stands first in the list. */
    DONE(spane_cluster_add_servers(cluster, mixed_type(0), 3, NULL));
    for (int policy = 0; policy < policies; policy++) {
        const int32_t alike[] = {4, 5, 0, 3};
        spane_request request = large_request(4, 12, 2, 0, 0);
        spane_placement chosen, best[4 * SPANE_PLACEMENTS(4)];
        size_t found = 0;
        if (policy >= exact_policies && policy < 6) continue;
        session = session_of(cluster, policy);
        DONE(spane_session_choose_among(session, &request, alike, 4, &chosen));
        CHECK(chosen.server == 4);
        DONE(spane_session_top(session, &request, alike, 4, 4 * SPANE_PLACEMENTS(4), best, NULL, &found));
        CHECK(found == (policy == 6 ? 24 : 4) && best[0].server == 4 && best[0].nodes == chosen.nodes);
        spane_session_free(session);
    }
    spane_model_free(network);
    spane_cluster_free(cluster);
}

void test_candidates(void) {
    for (int policy = 0; policy < policies; policy++) {
        if (policy < 5) test_heuristics(policy);
        else test_networks(policy);
        test_refusals(policy);
        test_repeated_lists(policy);
    }
    test_ties();
    test_mixed();
}
