/*
 * steps DATA: a scheduler that mirrors an episode in a spane_cluster decides as the simulator does. Every VM is placed by a
 * session on the mirror and by spane_env_step, departures are found out from the clock, and after each step both must
 * agree bit for bit; the sum of the waits must be what spane_evaluate says.
 */

#include "check.h"
#include "columns.h"

enum { servers = 5, actions = servers * SPANE_NODES, longest = 4096 };

struct running {
    uint64_t id;
    double end;
};

static int32_t action_of(spane_placement placement) {
    return placement.server * SPANE_NODES + (placement.nodes == 2);
}

static void check_same_state(const spane_cluster *cluster, const spane_env *env) {
    float observation[actions * 2 + 3];
    double left[actions * 2];
    DONE(spane_env_observe(env, observation, sizeof observation / sizeof *observation));
    DONE(spane_cluster_amounts(cluster, NULL, servers, NULL, left));
    for (int amount = 0; amount < actions * 2; amount++) CHECK(observation[amount] == (float)left[amount]);
}

/* What a network chooses has the largest Q value of those with room; a split VM's is that of either node. */
static void check_best(spane_session *session, const spane_env *env, const spane_request *request, int32_t chosen) {
    float values[actions], best;
    uint8_t mask[actions];
    spane_status status = spane_session_q_values(session, request, values, actions);
    if (status == SPANE_UNSUPPORTED) return;
    CHECK(status == SPANE_OK);
    DONE(spane_env_mask(env, mask, actions));
    CHECK(mask[chosen] == 1);
    best = values[chosen];
    if (request->span == 2 && values[chosen + 1] > best) best = values[chosen + 1];
    for (int action = 0; action < actions; action++) CHECK(!mask[action] || values[action] <= best);
}

static void test_episode(const spane_trace *trace, const spane_policy *policy, int64_t start) {
    static struct running running[longest];
    spane_cluster *cluster = NULL;
    spane_session *session = NULL;
    spane_env *env = NULL;
    spane_env_info info = SPANE_ENV_INFO_INIT;
    spane_step_result result = {0, 0, 0, 0, 0};
    size_t count = 0;
    double expected = 0, total = 0;

    DONE(spane_evaluate(trace, NULL, &start, 1, policy, 1, NULL, &expected, NULL, NULL));
    DONE(spane_cluster_new(NULL, &cluster));
    DONE(spane_cluster_add_equal_servers(cluster, 40, 90, servers, NULL));
    DONE(spane_session_new(cluster, policy, &session));
    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_env_reset(env, start, SPANE_END_AUTO, 0));
    DONE(spane_env_describe(env, &info));
    while (!result.terminated && !result.truncated && count < longest) {
        spane_request request = SPANE_REQUEST_INIT;
        spane_placement placement = {-1, 0};
        struct vm vm;
        DONE(spane_env_request(env, &request));
        DONE(read_vms(trace, (size_t)info.head, 1, &vm));
        DONE(spane_session_choose(session, &request, &placement));
        check_best(session, env, &request, action_of(placement));
        DONE(spane_session_place(session, (uint64_t)info.head, &request, NULL));
        running[count++] = (struct running){(uint64_t)info.head, info.clock + vm.lifetime};
        DONE(spane_env_step(env, action_of(placement), &result));
        total += result.wait;
        DONE(spane_env_describe(env, &info));
        CHECK(info.clock == result.clock && info.total_wait == total);
        if (result.terminated || result.truncated) break;
        for (size_t i = 0; i < count;) {
            if (running[i].end > result.clock) {
                i++;
                continue;
            }
            DONE(spane_cluster_release(cluster, running[i].id, NULL));
            running[i] = running[--count];
        }
        check_same_state(cluster, env);
    }
    CHECK(info.placed > 40 && total == expected);
    spane_env_free(env);
    spane_session_free(session);
    spane_cluster_free(cluster);
}

int main(int argc, char **argv) {
    const char *heuristics[] = {"first-fit", "best-fit", "balance-fit", "move-to-front"};
    const char *weights[] = {"weights/untrained-1.h5", "weights/untrained-2.h5", "weights/untrained-3.h5"};
    const int64_t starts[] = {0, 12345, 70000};
    spane_trace *trace = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: steps DATA\n");
        return EXIT_FAILURE;
    }
    DONE(spane_trace_load(check_path(argv[1], "synthetic.h5"), NULL, &trace));
    for (int i = 0; i < 3; i++) {
        spane_model *model = NULL;
        DONE(spane_model_load(check_path(argv[1], weights[i]), &model));
        for (int start = 0; start < 3; start++) test_episode(trace, NETWORK(model), starts[start]);
        spane_model_free(model);
        for (int k = 0; k < 4; k++) test_episode(trace, HEURISTIC(heuristics[k]), starts[i]);
    }
    spane_trace_free(trace);
    return check_report("steps");
}
