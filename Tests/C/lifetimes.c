/* Handles keep alive what they were made from, so the order in which they are given back does not matter. */

#include "tests.h"

void test_lifetimes(void) {
    for (int order = 0; order < 6; order++) {
        spane_cluster *cluster = some_cluster(3);
        spane_model *model = any_model();
        spane_session *session = NULL, *second = NULL;
        spane_placement placement;

        DONE(spane_session_new(cluster, NETWORK(model), &session));
        DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &second));
        DONE(spane_session_place(session, 1, ASKS(1, 1), NULL));
        switch (order % 3) {
        case 0: spane_cluster_free(cluster); spane_model_free(model); break;
        case 1: spane_model_free(model); spane_cluster_free(cluster); break;
        default: spane_model_free(model); break;
        }
        DONE(spane_session_choose(session, ASKS(1, 1), &placement));
        FAILS(SPANE_EXISTS, "id", spane_session_place(second, 1, ASKS(1, 1), NULL));
        DONE(spane_session_place(second, 2, ASKS(1, 100), NULL));
        spane_session_free(order < 3 ? session : second);
        DONE(spane_session_choose(order < 3 ? second : session, ASKS(1, 1), &placement));
        spane_session_free(order < 3 ? second : session);
        if (order % 3 == 2) spane_cluster_free(cluster);
    }
}
