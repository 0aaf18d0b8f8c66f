/*
 * The life of a fleet whose servers differ, as a file describes them: VMs are spread over one, two or four NUMA nodes by their flavor, a server fails
 * and what ran there is started elsewhere, one is emptied by moving its VMs and replaced by another kind, one gets more
 * memory, and a VM grows where it runs. A VM that finds no room is turned away; scheduler.c shows a queue.
 *
 *   cc fleet.c $(pkg-config --cflags --libs spane) -o fleet
 *   ./fleet ../../data/fleets/small.toml ../data/events.csv best-fit
 *   ./fleet ../../data/fleets/small.toml ../data/events.csv ../../data/weights/potential-synthetic.h5
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spane.h>

#define MOST 4096 /* VMs on one server */

static spane_cluster *cluster;
static spane_session *session;
static int placed, turned_away, restarted, lost, moved;

/* Ends the program if a call failed; passes on what is no error. */
static spane_status check(spane_status status) {
    if (status >= 0) return status;
    fprintf(stderr, "fleet: %s: %s\n", spane_status_name(status), spane_last_error());
    exit(EXIT_FAILURE);
}

/* Adds a server with four nodes, of which two each are near each other. It gets the lowest number that is free. */
static void add_quad(void) {
    static const double nodes[] = {20, 45, 20, 45, 20, 45, 20, 45};
    static const uint8_t distances[] = {10, 12, 30, 30, 12, 10, 30, 30, 30, 30, 10, 12, 30, 30, 12, 10};
    spane_server_type type = SPANE_SERVER_TYPE_INIT;
    type.nodes = 4;
    type.node_amounts = nodes;
    type.distances = distances;
    type.name = "quad";
    check(spane_cluster_add_servers(cluster, &type, 1, NULL));
}

/* Gives a server with two nodes more memory. */
static void enlarge(int32_t server) {
    static const double nodes[] = {40, 120, 40, 120};
    spane_server_type type = SPANE_SERVER_TYPE_INIT;
    type.nodes = 2;
    type.node_amounts = nodes;
    type.name = "large dual";
    check(spane_cluster_resize_server(cluster, server, &type));
}

/* The classes of all servers, those of one class together. */
static void print_fleet(const char *title) {
    int32_t servers[MOST];
    size_t all, first = 0;
    check(spane_cluster_servers(cluster, servers, MOST, &all));
    printf("%s", title);
    while (first < all) {
        spane_server_info class_of = SPANE_SERVER_INFO_INIT, info = SPANE_SERVER_INFO_INIT;
        size_t count = 0;
        check(spane_cluster_server(cluster, servers[first], &class_of));
        for (; first + count < all; count++) {
            check(spane_cluster_server(cluster, servers[first + count], &info));
            if (strcmp(info.type, class_of.type) != 0) break;
        }
        printf("%s%zu x %s", first ? ", " : "", count, class_of.type);
        first += count;
    }
    printf("\n");
}

/* What a flavor asks for: the largest VMs take all nodes of a large server, the next ones two that are near each other. */
static spane_request request_of(double cpu, double mem) {
    spane_request request = SPANE_REQUEST_INIT;
    request.cpu = cpu;
    request.mem = mem;
    request.span = mem >= 64 ? 4 : mem > 16 ? 2 : 1;
    if (request.span == 2) request.farthest = 12;
    return request;
}

/* Whether there is room for it. */
static int start(uint64_t id, const spane_request *request) {
    spane_placement placement;
    spane_status status = check(spane_session_place(session, id, request, &placement));
    /* Here the VM is started on placement.server, on the NUMA nodes whose bits are set in placement.nodes. */
    return status == SPANE_OK;
}

/* The VMs on a server and what they ask for. */
static size_t vms_on(int32_t server, uint64_t *ids, spane_request *requests) {
    size_t count;
    check(spane_cluster_vms(cluster, server, ids, MOST, &count));
    for (size_t i = 0; i < count; i++) {
        requests[i] = (spane_request)SPANE_REQUEST_INIT;
        check(spane_cluster_find(cluster, ids[i], NULL, &requests[i]));
    }
    return count;
}

/* A server has failed: what ran there is started anew wherever there is room. */
static void fail(int32_t server) {
    static uint64_t ids[MOST];
    static spane_request requests[MOST];
    size_t count = vms_on(server, ids, requests);
    check(spane_cluster_fail_server(cluster, server, ids, MOST, &count));
    for (size_t i = 0; i < count; i++) {
        if (start(ids[i], &requests[i])) restarted++;
        else lost++;
    }
}

/* Empties a server by moving its VMs, the largest ones first, and takes it away. Whether all found another place. */
static int retire(int32_t server) {
    static uint64_t ids[MOST];
    static spane_request requests[MOST];
    size_t count = vms_on(server, ids, requests);
    check(spane_cluster_cordon(cluster, server));
    for (int span = 4; span >= 1; span--) {
        for (size_t i = 0; i < count; i++) {
            spane_placement placement;
            if (requests[i].span != span) continue;
            if (check(spane_session_choose(session, &requests[i], &placement)) != SPANE_OK) {
                check(spane_cluster_uncordon(cluster, server));
                return 0;
            }
            check(spane_cluster_move(cluster, ids[i], placement));
            moved++;
        }
    }
    check(spane_cluster_remove_server(cluster, server));
    return 1;
}

/* Gives the first VM of a server twice its cores, if they are there. */
static int grow(int32_t server) {
    static uint64_t ids[MOST];
    static spane_request requests[MOST];
    spane_status status;
    if (vms_on(server, ids, requests) == 0) return 0;
    requests[0].cpu *= 2;
    status = spane_cluster_resize(cluster, ids[0], &requests[0]);
    return status == SPANE_INFEASIBLE_ACTION ? 0 : check(status) == SPANE_OK;
}

static void open_session(const char *name) {
    spane_policy policy = SPANE_POLICY_HEURISTIC(name);
    spane_model *model = NULL;
    if (strstr(name, ".h5")) {
        check(spane_model_load(name, &model)); /* a potential, which serves servers with any nodes */
        policy = (spane_policy)SPANE_POLICY_MODEL(model);
    }
    check(spane_session_new(cluster, &policy, &session));
    spane_model_free(model);
}

int main(int argc, char **argv) {
    spane_request of_size;
    char line[256], event[16];
    double cpu, mem;
    uint64_t id;
    int64_t servers, vms, room[16], total = 0;
    int events = 0;
    FILE *file = argc > 2 ? fopen(argv[2], "r") : NULL;

    if (!file || spane_abi_version() != SPANE_ABI_VERSION) {
        fprintf(stderr, "usage: fleet FLEET.toml EVENTS.csv [HEURISTIC | POTENTIAL.h5]\n");
        return EXIT_FAILURE;
    }
    check(spane_cluster_load(argv[1], NULL, &cluster));
    print_fleet("fleet        ");
    open_session(argc > 3 ? argv[3] : "best-fit");

    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%*f,%15[a-z],%" SCNu64 ",%lf,%lf", event, &id, &cpu, &mem) != 4) continue;
        events++;
        if (events == 600) fail(1);
        if (events == 800) check(spane_cluster_uncordon(cluster, 1)); /* it is repaired */
        if (events == 450) {
            int gone = retire(2);
            if (gone) add_quad(); /* it gets the number that is free, 2 */
            printf("server 2     %s\n", gone ? "is replaced by one with four nodes" : "cannot be emptied");
        }
        if (events == 1100) enlarge(3);
        if (events == 1300) printf("server 0     its first VM %s\n", grow(0) ? "has twice the cores" : "cannot grow");
        of_size = request_of(cpu, mem);
        if (strcmp(event, "arrive") == 0) {
            if (start(id, &of_size)) placed++;
            else turned_away++;
        } else {
            spane_status status = spane_cluster_release(cluster, id, NULL);
            if (status != SPANE_NOT_FOUND) check(status); /* else it was turned away, or lost with its server */
        }
    }
    fclose(file);

    print_fleet("now          ");
    of_size = request_of(8, 32);
    check(spane_cluster_count(cluster, &servers, &vms));
    check(spane_cluster_room(cluster, &of_size, NULL, (size_t)servers, room));
    for (int64_t i = 0; i < servers; i++) total += room[i];
    printf("placed       %d VMs, %d turned away\n", placed, turned_away);
    printf("failure      %d VMs started again, %d lost\n", restarted, lost);
    printf("retirement   %d VMs moved\n", moved);
    printf("at the end   %" PRId64 " VMs, and room for %" PRId64 " more of 8 cores and 32 GB\n", vms, total);
    spane_session_free(session);
    spane_cluster_free(cluster);
    return EXIT_SUCCESS;
}
