/* A first use of the installed library: places VMs with a heuristic and with a network, and takes them away again.
 * Usage: smoke WEIGHTS.h5 */
#include <math.h>
#include <spane.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, spane_last_error()); \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

enum { SERVERS = 8, VMS = 100 };

static spane_request request_of(int vm)
{
    spane_request request = SPANE_REQUEST_INIT;
    request.cpu = 1 + vm % 4;
    request.mem = 2 * request.cpu;
    if (vm % 10 == 0) { /* above 10 GB: split over both nodes */
        request.mem = 16;
    }
    return request;
}

static void check_empty(const spane_cluster *cluster)
{
    double capacity[4], left[4]; /* cores and GB of each node */
    int32_t server;
    for (server = 0; server < SERVERS; server++) {
        spane_server_info info = SPANE_SERVER_INFO_INIT;
        CHECK(spane_cluster_server(cluster, server, &info) == SPANE_OK);
        CHECK(info.vms == 0 && info.is_cordoned == 0);
        CHECK(info.nodes == 2 && info.traits == 0);
        CHECK(spane_cluster_amounts(cluster, &server, 1, capacity, left) == SPANE_OK);
        CHECK(capacity[0] == 40 && capacity[1] == 90 && capacity[2] == 40 && capacity[3] == 90);
        CHECK(memcmp(capacity, left, sizeof left) == 0);
    }
}

/* Places all VMs, releases them, and sees that nothing is left behind. */
static void fill_and_empty(spane_cluster *cluster, spane_session *session)
{
    int64_t servers, vms;
    spane_request first;
    int vm;
    for (vm = 0; vm < VMS; vm++) {
        spane_placement chosen, placed, found;
        spane_request request = request_of(vm), asked = SPANE_REQUEST_INIT;
        CHECK(spane_session_choose(session, &request, &chosen) == SPANE_OK);
        CHECK(spane_session_place(session, (uint64_t)vm, &request, &placed) == SPANE_OK);
        CHECK(placed.server == chosen.server && placed.nodes == chosen.nodes);
        CHECK(placed.server >= 0 && placed.server < SERVERS);
        CHECK(request.mem > 10 ? placed.nodes == 3 : placed.nodes == 1 || placed.nodes == 2);
        CHECK(spane_cluster_find(cluster, (uint64_t)vm, &found, &asked) == SPANE_OK);
        CHECK(found.server == placed.server && found.nodes == placed.nodes);
        CHECK(asked.cpu == request.cpu && asked.mem == request.mem && asked.span == (request.mem > 10 ? 2 : 1));
    }
    CHECK(spane_cluster_count(cluster, &servers, &vms) == SPANE_OK);
    CHECK(servers == SERVERS && vms == VMS);
    first = request_of(0);
    CHECK(spane_session_place(session, 0, &first, NULL) == SPANE_EXISTS);
    for (vm = 0; vm < VMS; vm++) {
        CHECK(spane_cluster_release(cluster, (uint64_t)vm, NULL) == SPANE_OK);
    }
    CHECK(spane_cluster_release(cluster, 0, NULL) == SPANE_NOT_FOUND);
    CHECK(strlen(spane_last_error()) > 0);
    check_empty(cluster);
}

int main(int count, char **arguments)
{
    spane_cluster *cluster = NULL;
    spane_session *first_fit = NULL, *network = NULL;
    spane_model *model = NULL;
    spane_policy policy = SPANE_POLICY_HEURISTIC("first-fit");
    spane_request small = request_of(1), huge = SPANE_REQUEST_INIT;
    spane_placement placement, second;
    float scores[SERVERS * SPANE_NODES];
    int32_t numbers[SERVERS], i;

    if (count != 2) {
        fprintf(stderr, "usage: smoke WEIGHTS.h5\n");
        return 2;
    }
    CHECK(spane_abi_version() == SPANE_ABI_VERSION);
    CHECK(strcmp(spane_version_string(), SPANE_VERSION_STRING) == 0);

    CHECK(spane_cluster_new(NULL, &cluster) == SPANE_OK);
    CHECK(spane_cluster_add_equal_servers(cluster, 40, 90, SERVERS, numbers) == SPANE_OK);
    for (i = 0; i < SERVERS; i++) CHECK(numbers[i] == i);
    check_empty(cluster);

    CHECK(spane_session_new(cluster, &policy, &first_fit) == SPANE_OK);
    CHECK(spane_session_choose(first_fit, &small, &placement) == SPANE_OK);
    CHECK(placement.server == 0 && placement.nodes == 1);
    fill_and_empty(cluster, first_fit);

    CHECK(spane_cluster_cordon(cluster, 0) == SPANE_OK);
    CHECK(spane_session_choose(first_fit, &small, &second) == SPANE_OK && second.server == 1);
    CHECK(spane_cluster_uncordon(cluster, 0) == SPANE_OK);

    huge.cpu = 81;
    huge.mem = 16;
    CHECK(spane_session_choose(first_fit, &huge, &placement) == SPANE_NEVER_FITS);
    policy.heuristic = "worst-fit";
    CHECK(spane_session_new(cluster, &policy, &network) == SPANE_INVALID_ARGUMENT && network == NULL);
    CHECK(strstr(spane_last_error(), "worst-fit") != NULL);

    CHECK(spane_model_load("there is no such file", &model) == SPANE_IO && model == NULL);
    CHECK(spane_model_load(arguments[1], &model) == SPANE_OK);
    policy.heuristic = NULL;
    policy.model = model;
    CHECK(spane_session_new(cluster, &policy, &network) == SPANE_OK);
    spane_model_free(model); /* the session keeps what it needs */
    fill_and_empty(cluster, network);
    CHECK(spane_session_scores(network, &small, NULL, SERVERS, scores) == SPANE_OK);
    for (i = 0; i < SERVERS * SPANE_NODES; i++) {
        CHECK(isfinite(scores[i]));
        CHECK(scores[i] == scores[i % SPANE_NODES]); /* all servers are empty and alike */
    }
    CHECK(spane_session_scores(first_fit, &small, NULL, SERVERS, scores) == SPANE_UNSUPPORTED);

    /* The order does not matter: the sessions keep the cluster alive. */
    spane_cluster_free(cluster);
    CHECK(spane_session_choose(network, &small, &placement) == SPANE_OK);
    spane_session_free(network);
    spane_session_free(first_fit);
    printf("ok\n");
    return 0;
}
