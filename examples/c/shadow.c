/*
 * libspane in the shadow of another scheduler, whose decisions it sees and does not make, as in examples/python/shadow.py: where
 * would it have put each VM, and what would have come of it, had it been in charge?
 *
 *   cc shadow.c $(pkg-config --cflags --libs spane) -o shadow
 *   ./shadow ../data/events.csv best-fit cluster.log
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <spane.h>

#define SERVERS 4
#define SHOWN 3 /* VMs on another server that are told one by one */

/* Ends the program if a call failed; passes on what is no error. */
static spane_status check(spane_status status) {
    if (status >= 0) return status;
    fprintf(stderr, "shadow: %s: %s\n", spane_status_name(status), spane_last_error());
    exit(EXIT_FAILURE);
}

static spane_cluster *some_servers(void) {
    spane_cluster *cluster = NULL;
    check(spane_cluster_new(NULL, &cluster));
    check(spane_cluster_add_equal_servers(cluster, 40, 90, SERVERS, NULL));
    return cluster;
}

static void tell(const char *name, const char *log, const spane_policy *policy) {
    spane_replay_figures made = SPANE_REPLAY_FIGURES_INIT;
    check(spane_replay(log, policy, NULL, NULL, &made));
    printf("%s: %" PRId64 " of %" PRId64 " VMs refused, %.0f cores\n", name, made.refused, made.vms, made.refused_cores);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"same", "other nodes", "other server", "only own", "only other", "neither"};
    const spane_policy first_fit = SPANE_POLICY_HEURISTIC("first-fit");
    spane_policy policy = SPANE_POLICY_HEURISTIC(argc == 4 ? argv[2] : NULL);
    spane_cluster *in_charge = some_servers(), *cluster = some_servers();
    spane_session *scheduler = NULL, *session = NULL;
    int outcomes[6] = {0};
    char line[256];
    FILE *events = argc == 4 ? fopen(argv[1], "r") : NULL;

    if (!events) {
        fprintf(stderr, "usage: shadow EVENTS.csv POLICY LOG\n");
        return EXIT_FAILURE;
    }
    /* Stands for the scheduler in charge: First Fit, which refuses what fits nowhere. */
    check(spane_session_new(in_charge, &first_fit, &scheduler));
    check(spane_session_new(cluster, &policy, &session));
    remove(argv[3]); /* a log that is there would go on */
    check(spane_cluster_start_log(cluster, argv[3], SPANE_DURABILITY_WRITTEN, NULL));
    while (fgets(line, sizeof line, events)) {
        double time, cpu, mem;
        char what;
        uint64_t id;
        spane_request request;
        spane_placement where;
        spane_shadow told = SPANE_SHADOW_INIT;
        if (sscanf(line, "%lf,%c%*[a-z],%" SCNu64 ",%lf,%lf", &time, &what, &id, &cpu, &mem) != 5) continue;
        check(spane_cluster_set_log_time(cluster, time)); /* unless the time is that of the clock */
        if (what == 'l') {
            if (spane_cluster_release(in_charge, id, NULL) == SPANE_OK) check(spane_cluster_release(cluster, id, NULL));
            continue;
        }
        request = (spane_request)SPANE_REQUEST(cpu, mem);
        {
            const int has_room = check(spane_session_place(scheduler, id, &request, &where)) == SPANE_OK;
            check(spane_session_shadow(session, id, &request, has_room ? &where : NULL, &told));
        }
        outcomes[told.outcome]++;
        if (told.outcome == SPANE_SHADOW_OTHER_SERVER && outcomes[told.outcome] <= SHOWN) {
            printf("VM %" PRIu64 " went to server %" PRId32 ", not %" PRId32 "\n", id, where.server, told.own.server);
        }
    }
    check(spane_cluster_stop_log(cluster));
    for (int i = 0; i < 6; i++) printf("%6d %s\n", outcomes[i], names[i]);
    tell("in charge", argv[3], NULL);
    tell(argv[2], argv[3], &policy);
    fclose(events);
    spane_session_free(scheduler);
    spane_session_free(session);
    spane_cluster_free(in_charge);
    spane_cluster_free(cluster);
    return EXIT_SUCCESS;
}
