/* tests DATA SCRATCH: every function of spane.h, with good and with bad arguments. */

#include "tests.h"

const char *data_folder, *scratch_folder;

spane_model *any_model(void) {
    spane_model *model = NULL;
    DONE(spane_model_load(check_path(data_folder, "weights/untrained-1.h5"), &model));
    return model;
}

spane_cluster *some_cluster(size_t servers) {
    spane_cluster *cluster = NULL;
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    return cluster;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: tests DATA SCRATCH\n");
        return EXIT_FAILURE;
    }
    data_folder = argv[1];
    scratch_folder = argv[2];
    test_library();
    test_models();
    test_clusters();
    test_vms();
    test_plans();
    test_trials();
    test_reservations();
    test_logs();
    test_groups();
    test_fleets();
    test_fleet_servers();
    test_fleet_vms();
    test_candidates();
    test_states();
    test_sessions();
    test_scores();
    test_explanations();
    test_lifetimes();
    test_self_description();
    test_messages();
    test_traces();
    test_environments();
    test_vector_environments();
    test_vector_states();
    test_environment_sessions();
    test_evaluation();
    test_policies();
    test_callbacks();
    test_texts();
    return check_report("tests");
}
