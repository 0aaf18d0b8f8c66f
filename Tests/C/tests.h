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

void test_library(void);
void test_models(void);
void test_clusters(void);
void test_vms(void);
void test_fleets(void);
void test_fleet_servers(void);
void test_fleet_vms(void);
void test_candidates(void);
void test_states(void);
void test_sessions(void);
void test_scores(void);
void test_lifetimes(void);
void test_messages(void);
void test_traces(void);
void test_environments(void);
void test_vector_environments(void);
void test_vector_states(void);
void test_environment_sessions(void);
void test_evaluation(void);

#endif
