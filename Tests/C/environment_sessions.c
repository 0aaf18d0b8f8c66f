/* Sessions that decide in environments. */

#include "tests.h"

enum { episodes = 4, length = 60 };

static double play(spane_env *env, spane_env_session *session, int64_t start) {
    spane_step_result result = {0, 0, 0, 0, 0};
    spane_env_info info = SPANE_ENV_INFO_INIT;
    DONE(spane_env_reset(env, start, SPANE_END_LENGTH, length));
    while (!result.terminated) {
        int32_t action = -1;
        DONE(spane_env_session_decide(session, &action));
        DONE(spane_env_step(env, action, &result));
    }
    DONE(spane_env_describe(env, &info));
    return info.total_wait;
}

/* Whatever was played before, an episode comes out as in an evaluation. */
static void test_episodes(const spane_trace *trace, const spane_model *model) {
    const spane_policy policies[] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_HEURISTIC("move-to-front"),
                                     SPANE_POLICY_HEURISTIC("random:7"), SPANE_POLICY_MODEL(model)};
    const int64_t starts[episodes] = {300, 0, 900, 300};
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    double waits[4][episodes];
    spane_env *env = NULL;

    options.length = length;
    DONE(spane_evaluate(trace, &options, starts, episodes, policies, 4, NULL, waits[0], NULL, NULL));
    DONE(spane_env_new(trace, NULL, &env));
    for (int i = 0; i < 4; i++) {
        spane_env_session *session = NULL;
        DONE(spane_env_session_new(env, &policies[i], &session));
        for (int k = 0; k < episodes; k++) CHECK(play(env, session, starts[k]) == waits[i][k]);
        spane_env_session_free(session);
    }
    spane_env_free(env);
}

/* Whether the action is the best of those with a mask of 1, by these scores. */
static int is_best(int32_t action, const float scores[10], const uint8_t mask[10]) {
    float best = scores[action];
    /* Both actions of a server mean the same placement of a VM that is split. */
    if (mask[action ^ 1] && scores[action ^ 1] > best) best = scores[action ^ 1];
    for (int i = 0; i < 10; i++) {
        if (mask[i] && scores[i] > best) return 0;
    }
    return mask[action];
}

/* What a session says of the next VM agrees with its decision; a session outlives its environment's handle. */
static void test_other_functions(const spane_trace *trace, const spane_model *model) {
    spane_env *env = NULL;
    spane_env_session *session = NULL, *heuristic = NULL;
    spane_request request = SPANE_REQUEST_INIT;
    float values[10], scores[10], ranks[4];
    uint8_t mask[10];
    int32_t action = -1, actions[10];
    size_t found = 0, size = 0;
    unsigned char *state;

    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_env_session_new(env, NETWORK(model), &session));
    DONE(spane_env_session_new(env, HEURISTIC("best-fit"), &heuristic));
    REFUSES(SPANE_BAD_STATE, "spane_env_reset", action, spane_env_session_decide(session, &action));
    REFUSES(SPANE_BAD_STATE, "spane_env_reset", actions, spane_env_session_top(session, 4, actions, NULL, &found));
    REFUSES(SPANE_BAD_STATE, "spane_env_reset", scores, spane_env_session_scores(session, scores, 10));
    REFUSES(SPANE_BAD_STATE, "spane_env_reset", values, spane_env_session_q_values(session, values, 10));
    DONE(spane_env_reset(env, 10, SPANE_END_LENGTH, length));
    for (int i = 0; i < 20; i++) {
        DONE(spane_env_session_decide(session, &action));
        DONE(spane_env_mask(env, mask, sizeof mask));
        DONE(spane_env_session_scores(session, scores, 10));
        DONE(spane_env_session_q_values(session, values, 10));
        CHECK(action >= 0 && action < 10 && is_best(action, scores, mask) && is_best(action, values, mask));
        DONE(spane_env_session_top(session, 10, actions, NULL, &found));
        DONE(spane_env_request(env, &request));
        CHECK(found >= 1 && found <= 10 && actions[0] == (request.span == 2 ? action & ~1 : action));
        for (size_t k = 0; k < found; k++) CHECK(mask[actions[k]]);
        DONE(spane_env_session_decide(heuristic, &action));
        DONE(spane_env_session_top(heuristic, 4, actions, ranks, &found));
        CHECK(found >= 1 && found <= 4 && actions[0] == action && ranks[0] == 0 && (found < 2 || ranks[1] == -1));
        REFUSES(SPANE_UNSUPPORTED, "heuristic", values, spane_env_session_q_values(heuristic, values, 10));
        REFUSES(SPANE_UNSUPPORTED, "heuristic", scores, spane_env_session_scores(heuristic, scores, 10));
        REFUSES(SPANE_INVALID_ARGUMENT, "count", scores, spane_env_session_scores(session, scores, 9));
        REFUSES(SPANE_INVALID_ARGUMENT, "count", values, spane_env_session_q_values(session, values, 11));
        REFUSES(SPANE_INVALID_ARGUMENT, "k is 0", actions, spane_env_session_top(session, 0, actions, NULL, &found));
        DONE(spane_env_session_decide(session, &action));
        DONE(spane_env_step(env, action, NULL));
    }
    /* Put back into an earlier state, the same is decided there. */
    DONE(spane_env_session_decide(session, &action));
    DONE(spane_env_save_memory(env, NULL, 0, &size));
    state = malloc(size);
    DONE(spane_env_save_memory(env, state, size, &size));
    for (int turn = 0; turn < 2; turn++) {
        int32_t now = -1;
        DONE(spane_env_session_decide(session, &now));
        CHECK(now == action);
        DONE(spane_env_step(env, now, NULL));
        DONE(spane_env_restore_memory(env, state, size));
    }
    free(state);
    spane_env_free(env);
    DONE(spane_env_session_decide(session, &action));
    spane_env_session_free(session);
    spane_env_session_free(heuristic);
}

static void test_refusals(const spane_trace *trace, const spane_model *model) {
    spane_model *bound = bound_model();
    spane_cluster *cluster = some_cluster(5);
    spane_env *env = NULL;
    spane_env_session *session, *other = NULL;
    spane_session *of_cluster = NULL;
    spane_session_info info = SPANE_SESSION_INFO_INIT;
    int32_t action;
    size_t found;
    float value;

    DONE(spane_env_new(trace, NULL, &env));
    REFUSES(SPANE_NULL_POINTER, "env", session, spane_env_session_new(NULL, NETWORK(model), &session));
    REFUSES(SPANE_NULL_POINTER, "policy", session, spane_env_session_new(env, NULL, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_env_session_new(env, NETWORK(model), NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "env", session, spane_env_session_new((spane_env *)cluster, NETWORK(model), &session));
    REFUSES(SPANE_SHAPE_MISMATCH, "2 servers", session, spane_env_session_new(env, NETWORK(bound), &session));
    REFUSES(SPANE_INVALID_ARGUMENT, "worst", session, spane_env_session_new(env, HEURISTIC("worst"), &session));
    DONE(spane_env_session_new(env, HEURISTIC("first-fit"), &other));
    DONE(spane_session_new(cluster, HEURISTIC("first-fit"), &of_cluster));
    REFUSES(SPANE_INVALID_ARGUMENT, "spane_env_session", action,
            spane_env_session_decide((spane_env_session *)of_cluster, &action));
    REFUSES(SPANE_NULL_POINTER, "session", action, spane_env_session_decide(NULL, &action));
    FAILS(SPANE_NULL_POINTER, "action", spane_env_session_decide(other, NULL));
    FAILS(SPANE_NULL_POINTER, "session", spane_env_session_top(NULL, 1, &action, NULL, &found));
    FAILS(SPANE_NULL_POINTER, "actions", spane_env_session_top(other, 1, NULL, NULL, &found));
    FAILS(SPANE_NULL_POINTER, "found", spane_env_session_top(other, 1, &action, NULL, NULL));
    FAILS(SPANE_NULL_POINTER, "session", spane_env_session_scores(NULL, &value, 10));
    FAILS(SPANE_NULL_POINTER, "scores", spane_env_session_scores(other, NULL, 10));
    FAILS(SPANE_NULL_POINTER, "session", spane_env_session_q_values(NULL, &value, 10));
    FAILS(SPANE_NULL_POINTER, "values", spane_env_session_q_values(other, NULL, 10));
    FAILS(SPANE_NULL_POINTER, "session", spane_env_session_describe(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_env_session_describe(other, NULL));
    spane_session_free(of_cluster);
    spane_env_session_free(other);
    spane_env_session_free(NULL);
    spane_env_free(env);
    spane_cluster_free(cluster);
    spane_model_free(bound);
}

void test_environment_sessions(void) {
    spane_model *model = any_model();
    spane_trace *trace = NULL;
    DONE(spane_trace_generate(2000, 5, NULL, &trace));
    test_episodes(trace, model);
    test_other_functions(trace, model);
    test_refusals(trace, model);
    spane_trace_free(trace);
    spane_model_free(model);
}
