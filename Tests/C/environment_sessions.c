/* Sessions that decide in environments. */

#include "tests.h"

enum { episodes = 4, length = 60 };

static double play(spane_env *env, spane_session *session, int64_t start) {
    spane_step_result result = {0, 0, 0, 0, 0};
    spane_env_info info = SPANE_ENV_INFO_INIT;
    DONE(spane_env_reset(env, start, SPANE_END_LENGTH, length));
    while (!result.terminated) {
        int32_t action = -1;
        DONE(spane_session_decide(session, &action));
        DONE(spane_env_step(env, action, &result));
    }
    DONE(spane_env_describe(env, &info));
    return info.total_wait;
}

/* Whatever was played before, an episode comes out as in an evaluation. */
static void test_episodes(const spane_trace *trace, const spane_model *model) {
    const spane_policy policies[] = {{"first-fit", NULL}, {"move-to-front", NULL}, {"random:7", NULL}, {NULL, model}};
    const int64_t starts[episodes] = {300, 0, 900, 300};
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    double waits[4][episodes];
    spane_env *env = NULL;

    options.length = length;
    DONE(spane_evaluate(trace, &options, starts, episodes, policies, 4, NULL, waits[0], NULL, NULL));
    DONE(spane_env_new(trace, NULL, &env));
    for (int i = 0; i < 4; i++) {
        spane_session *session = NULL;
        if (policies[i].heuristic) DONE(spane_session_new_env_heuristic(env, policies[i].heuristic, &session));
        else DONE(spane_session_new_env(env, policies[i].model, &session));
        for (int k = 0; k < episodes; k++) CHECK(play(env, session, starts[k]) == waits[i][k]);
        spane_session_free(session);
    }
    spane_env_free(env);
}

/* The other functions ask about any request on the servers of the episode; a session outlives its environment's handle. */
static void test_other_functions(const spane_trace *trace, const spane_model *model) {
    const spane_request small = REQUEST(1, 2), huge = REQUEST(100, 2);
    spane_env *env = NULL;
    spane_session *session = NULL, *heuristic = NULL;
    spane_placement placement, best[4];
    float values[10], scores[10];
    uint8_t mask[10];
    int32_t action = -1;
    size_t found = 0, size = 0;
    unsigned char *state;

    DONE(spane_env_new(trace, NULL, &env));
    DONE(spane_session_new_env(env, model, &session));
    DONE(spane_session_new_env_heuristic(env, "best-fit", &heuristic));
    REFUSES(SPANE_BAD_STATE, "spane_env_reset", action, spane_session_decide(session, &action));
    DONE(spane_env_reset(env, 10, SPANE_END_LENGTH, length));
    for (int i = 0; i < 20; i++) {
        DONE(spane_session_decide(session, &action));
        DONE(spane_env_mask(env, mask, sizeof mask));
        CHECK(action >= 0 && action < 10 && mask[action]);
        DONE(spane_session_q_values(session, &small, values, 10));
        DONE(spane_session_scores(session, &small, NULL, 5, scores));
        DONE(spane_session_top(session, &small, NULL, 0, 4, best, NULL, &found));
        DONE(spane_session_choose(session, &small, &placement));
        CHECK(found == 4 && best[0].server == placement.server && best[0].nodes == placement.nodes);
        CHECK(spane_session_choose(session, &huge, &placement) == SPANE_NEVER_FITS);
        DONE(spane_session_choose_many(heuristic, &small, 1, &placement));
        REFUSES(SPANE_UNSUPPORTED, "environment", placement, spane_session_place(heuristic, 1, &small, &placement));
        REFUSES(SPANE_UNSUPPORTED, "heuristic", values, spane_session_q_values(heuristic, &small, values, 10));
        DONE(spane_env_step(env, action, NULL));
    }
    /* Put back into an earlier state, the same is decided there. */
    DONE(spane_session_decide(session, &action));
    DONE(spane_env_save_memory(env, NULL, 0, &size));
    state = malloc(size);
    DONE(spane_env_save_memory(env, state, size, &size));
    for (int turn = 0; turn < 2; turn++) {
        int32_t now = -1;
        DONE(spane_session_decide(session, &now));
        CHECK(now == action);
        DONE(spane_env_step(env, now, NULL));
        DONE(spane_env_restore_memory(env, state, size));
    }
    free(state);
    spane_env_free(env);
    DONE(spane_session_decide(session, &action));
    spane_session_free(session);
    spane_session_free(heuristic);
}

static void test_refusals(const spane_trace *trace, const spane_model *model) {
    spane_model *bound = bound_model();
    spane_cluster *cluster = some_cluster(5);
    spane_env *env = NULL;
    spane_session *session, *other = NULL;
    int32_t action;

    DONE(spane_env_new(trace, NULL, &env));
    REFUSES(SPANE_NULL_POINTER, "env", session, spane_session_new_env(NULL, model, &session));
    REFUSES(SPANE_NULL_POINTER, "model", session, spane_session_new_env(env, NULL, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_new_env(env, model, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "env", session, spane_session_new_env((spane_env *)cluster, model, &session));
    REFUSES(SPANE_SHAPE_MISMATCH, "2 servers", session, spane_session_new_env(env, bound, &session));
    REFUSES(SPANE_NULL_POINTER, "env", session, spane_session_new_env_heuristic(NULL, "first-fit", &session));
    REFUSES(SPANE_NULL_POINTER, "heuristic", session, spane_session_new_env_heuristic(env, NULL, &session));
    FAILS(SPANE_NULL_POINTER, "session", spane_session_new_env_heuristic(env, "first-fit", NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "worst", session, spane_session_new_env_heuristic(env, "worst", &session));
    DONE(spane_session_new_heuristic(cluster, "first-fit", &other));
    REFUSES(SPANE_UNSUPPORTED, "cluster", action, spane_session_decide(other, &action));
    REFUSES(SPANE_NULL_POINTER, "session", action, spane_session_decide(NULL, &action));
    FAILS(SPANE_NULL_POINTER, "action", spane_session_decide(other, NULL));
    spane_session_free(other);
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
