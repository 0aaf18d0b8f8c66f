/* The tests of spane.h, one function a part of it. */

#ifndef TESTS_H
#define TESTS_H

#include "check.h"

/* Where the shipped data is, and where files may be written. */
extern const char *data_folder, *scratch_folder;

/* The shipped network, and a network that is bound to two servers (made with HDF5). */
spane_model *any_model(void);
spane_model *bound_model(void);
/* A cluster of `servers` servers of two nodes with 40 cores and 90 GB. */
spane_cluster *some_cluster(size_t servers);

/*
 * A cluster of three kinds of servers, one each, whose numbers are 0, 1 and 2; VMs with more than 10 GB, or 16 cores and
 * more, are spread over two nodes.
 *   0   four nodes of 20 cores, 45 GB and a gpu, nodes 0 and 1 near each other and so 2 and 3; disk 1000; trait 1
 *   1   one node of 40 cores and 90 GB; disk 500; trait 2
 *   2   two nodes, of 8 cores and 16 GB, and of 32 cores, 64 GB and 2 gpu; traits 1 and 2
 */
spane_cluster *mixed_fleet(void);
/* What mixed_fleet() has of a server: 4 nodes with 3 amounts each, and its disk. */
enum { fleet_width = 4 * 3 + 1 };
const spane_server_type *mixed_type(int server);
/* What a server of it has left. */
void left_of(const spane_cluster *cluster, int32_t server, double left[fleet_width]);
/* A request for more than cores and GB. */
spane_request large_request(double cpu, double mem, int32_t span, double gpu, double disk);

void test_library(void);
void test_models(void);
void test_clusters(void);
void test_vms(void);
void test_plans(void);
void test_trials(void);
void test_reservations(void);
void test_logs(void);
void test_groups(void);
void test_fleets(void);
void test_fleet_servers(void);
void test_fleet_vms(void);
void test_candidates(void);
void test_states(void);
void test_sessions(void);
void test_scores(void);
void test_explanations(void);
void test_lifetimes(void);
void test_self_description(void);
void test_messages(void);
void test_traces(void);
void test_environments(void);
void test_vector_environments(void);
void test_vector_states(void);
void test_environment_sessions(void);
void test_evaluation(void);
void test_policies(void);
void test_callbacks(void);
void test_texts(void);

#endif
