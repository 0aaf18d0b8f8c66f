/* Policies of the caller's own, and policies beside each other. */

#include <math.h>

#include "tests.h"

enum { starts_count = 40 };

/* What a callback is to do, and what it has seen. */
struct player {
    int calls, most_rows, fail_at, wrong_action;
    int64_t decisions, episodes;
    float cpu; /* that the first observation says */
};

static int32_t first_fit(const spane_decisions *decisions, void *context) {
    struct player *player = context;
    CHECK(decisions->struct_size == sizeof *decisions && decisions->reserved == 0);
    CHECK(decisions->mask_size == (int64_t)SPANE_MASK_SIZE(decisions->servers));
    CHECK(decisions->observation_size == (int64_t)SPANE_OBSERVATION_SIZE(decisions->servers));
    if (player->calls == 0) player->cpu = decisions->observation[0];
    player->calls++;
    if (decisions->count > player->most_rows) player->most_rows = decisions->count;
    for (int32_t row = 0; row < decisions->count; row++) {
        const uint8_t *mask = decisions->mask + row * decisions->mask_size;
        int32_t action = 0;
        while (!mask[action]) action++;
        CHECK(decisions->action[row] == -1);
        decisions->action[row] = player->wrong_action ? player->wrong_action : action;
        player->decisions++;
        player->episodes += decisions->is_first[row];
        CHECK(decisions->episode[row] >= 0 && decisions->episode[row] < starts_count && decisions->vm[row] >= 0);
    }
    return player->calls == player->fail_at ? 3 : 0;
}

static void test_mistakes(const spane_trace *trace, spane_policy policy, struct player *player) {
    const int64_t starts[2] = {0, 40};
    double waits[2];
    spane_cluster *cluster = some_cluster(2);
    spane_session *session = NULL;
    spane_env *env = NULL;
    spane_env_session *env_session = NULL;
    spane_replay_figures figures = SPANE_REPLAY_FIGURES_INIT;
#define PLAY() spane_evaluate(trace, NULL, starts, 2, &policy, 1, NULL, waits, NULL, NULL)
    player->fail_at = 2, player->calls = 0;
    REFUSES(SPANE_CANCELLED, "policies[0].decide has ended the call: it returned 3", waits, PLAY());
    CHECK(player->calls == 2);
    player->fail_at = 0, player->wrong_action = 77;
    REFUSES(SPANE_INFEASIBLE_ACTION,
            "policies[0]: VM 0 of episode 0 (start 0): action is 77; a cluster of 5 servers has actions 0 ... 9", waits,
            PLAY());
    player->wrong_action = 0;
#define REFUSES_FIELD(field, value, word)                                                                                 \
    do {                                                                                                                  \
        spane_policy kept = policy;                                                                                       \
        policy.field = (value);                                                                                           \
        REFUSES(SPANE_INVALID_ARGUMENT, word, waits, PLAY());                                                             \
        policy = kept;                                                                                                    \
    } while (0)
    REFUSES_FIELD(heuristic, "first-fit", "policies[0].decide is set");
    REFUSES_FIELD(mix, trace, "policies[0].decide is set");
    REFUSES_FIELD(batch, -1, "policies[0].batch is -1");
    REFUSES_FIELD(batch, (1 << 20) + 1, "policies[0].batch is 1048577");
    REFUSES_FIELD(flags, 2, "policies[0].flags is 2");
    REFUSES_FIELD(reserved, 1, "policies[0].reserved is 1");
    REFUSES_FIELD(decide, NULL, "policies[0].decide is NULL");
    FAILS(SPANE_UNSUPPORTED, "policy->decide is set", spane_session_new(cluster, &policy, &session));
    DONE(spane_env_new(trace, NULL, &env));
    FAILS(SPANE_UNSUPPORTED, "policy->decide is set", spane_env_session_new(env, &policy, &env_session));
    FAILS(SPANE_UNSUPPORTED, "policy->decide is set", spane_replay("none", &policy, NULL, NULL, &figures));
    spane_env_free(env);
    spane_cluster_free(cluster);
    policy = (spane_policy)SPANE_POLICY_HEURISTIC("first-fit");
    REFUSES_FIELD(batch, 5, "policies[0].decide is NULL");
    REFUSES_FIELD(context, player, "policies[0].decide is NULL");
    REFUSES_FIELD(flags, SPANE_OBSERVE_NORMALISED, "policies[0].decide is NULL");
}

static void test_comparison(const int64_t *starts, const int64_t *lengths, double waits[2][starts_count]) {
    spane_comparison_options options, initialised = SPANE_COMPARISON_OPTIONS_INIT;
    spane_comparison_info info = SPANE_COMPARISON_INFO_INIT;
    spane_estimate metrics[2][SPANE_WAIT_METRICS], differences[2][SPANE_WAIT_METRICS], again[2][SPANE_WAIT_METRICS];
    double mean = 0;
    DONE(spane_comparison_options_init(&options));
    CHECK(memcmp(&options, &initialised, sizeof options) == 0);
    options.resamples = 200;
#define COMPARE(options, count, policies, baseline, metrics)                                                              \
    spane_compare_waits(options, starts, lengths, count, waits[0], policies, baseline, NULL, metrics, &differences[0][0], \
                        &info)
    DONE(COMPARE(&options, starts_count, 2, 0, &metrics[0][0]));
    for (int policy = 0; policy < 2; policy++) {
        DONE(spane_trimmed_mean(waits[policy], starts_count, 0.1, &mean));
        CHECK(metrics[policy][SPANE_TRIMMED_MEAN_10].value == mean);
        for (int metric = 0; metric < SPANE_WAIT_METRICS; metric++) {
            const spane_estimate *estimate = &metrics[policy][metric];
            CHECK(estimate->low <= estimate->high && !isnan(estimate->low));
        }
    }
    CHECK(differences[0][0].value == 0 && differences[0][0].low == 0 && differences[0][0].high == 0);
    CHECK(differences[1][0].value == metrics[1][0].value - metrics[0][0].value);
    CHECK(info.block_length >= 1 && info.blocks == starts_count / info.block_length && info.spans > 0);
    options.threads = 3;
    DONE(spane_compare_waits(&options, starts, lengths, starts_count, waits[0], 2, 0, NULL, &again[0][0], NULL, NULL));
    CHECK(memcmp(again, metrics, sizeof metrics) == 0);
    DONE(COMPARE(&options, 1, 1, 0, &metrics[0][0]));
    CHECK(isnan(metrics[0][0].low) && metrics[0][0].value == waits[0][0]);
#define REFUSES_COMPARISON(word, count, policies, baseline)                                                               \
    REFUSES(SPANE_INVALID_ARGUMENT, word, metrics, COMPARE(&options, count, policies, baseline, &metrics[0][0]))
    REFUSES_COMPARISON("count is 0", 0, 2, 0);
    REFUSES_COMPARISON("policy_count is 0", starts_count, 0, 0);
    REFUSES_COMPARISON("baseline is 2", starts_count, 2, 2);
#define REFUSES_COMPARED(field, bad, word)                                                                                \
    (options.field = (bad), REFUSES_COMPARISON(word, starts_count, 2, 0), options.field = initialised.field)
    REFUSES_COMPARED(threads, 1025, "options->threads");
    REFUSES_COMPARED(confidence, 1, "options->confidence is 1");
    REFUSES_COMPARED(confidence, NAN, "options->confidence");
    REFUSES_COMPARED(threshold, -1, "options->threshold is -1");
    REFUSES_COMPARED(block_length, -1, "options->block_length is -1");
    REFUSES_COMPARED(block_length, starts_count, "a block has 40 episodes");
    REFUSES_COMPARED(resamples, 99, "options->resamples is 99");
    REFUSES(SPANE_NULL_POINTER, "starts", metrics,
            spane_compare_waits(NULL, NULL, lengths, 2, waits[0], 1, 0, NULL, &metrics[0][0], NULL, NULL));
    REFUSES(SPANE_NULL_POINTER, "lengths", metrics,
            spane_compare_waits(NULL, starts, NULL, 2, waits[0], 1, 0, NULL, &metrics[0][0], NULL, NULL));
    REFUSES(SPANE_NULL_POINTER, "waits", metrics,
            spane_compare_waits(NULL, starts, lengths, 2, NULL, 1, 0, NULL, &metrics[0][0], NULL, NULL));
    FAILS(SPANE_NULL_POINTER, "metrics",
          spane_compare_waits(NULL, starts, lengths, 2, waits[0], 1, 0, NULL, NULL, NULL, NULL));
    FAILS(SPANE_NULL_POINTER, "options", spane_comparison_options_init(NULL));
    mean = waits[1][3];
    waits[1][3] = NAN;
    REFUSES_COMPARISON("waits[1][3] is", starts_count, 2, 0);
    waits[1][3] = mean;
    info.struct_size = 4;
    REFUSES(SPANE_UNKNOWN_VERSION, "info->struct_size is 4", metrics,
            COMPARE(&options, starts_count, 2, 0, &metrics[0][0]));
}

void test_policies(void) {
    spane_trace *trace = NULL;
    struct player player = {0, 0, 0, 0, 0, 0, 0};
    spane_policy policies[2] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_CALLBACK(first_fit, &player)};
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    int64_t starts[starts_count], lengths[starts_count], placed = 0;
    double waits[2][starts_count], losses[2][starts_count][SPANE_SIZE_CLASSES][SPANE_LOSS_VALUES];
    DONE(spane_trace_generate(3000, 1, NULL, &trace));
    for (int i = 0; i < starts_count; i++) starts[i] = 20 * i;
    for (int32_t batch = 0; batch <= 8; batch += 4) {
        player = (struct player){0, 0, 0, 0, 0, 0, 0};
        policies[1].batch = batch;
        DONE(spane_evaluate(trace, &options, starts, starts_count, policies, 2, NULL, waits[0], lengths, NULL));
        CHECK(memcmp(waits[0], waits[1], sizeof waits[0]) == 0);
        placed = 0;
        for (int i = 0; i < starts_count; i++) placed += lengths[i];
        CHECK(player.decisions == placed && player.episodes == starts_count);
        CHECK(player.most_rows == (batch ? batch : starts_count) && player.cpu == 40);
    }
    options.length = 200;
    options.servers = 2;
    policies[1].flags = SPANE_OBSERVE_NORMALISED;
    player.calls = 0;
    DONE(spane_evaluate_fleet(trace, &options, starts, starts_count, policies, 2, 0, 2, NULL, NULL, losses[0][0][0], NULL));
    CHECK(memcmp(losses[0], losses[1], sizeof losses[0]) == 0 && losses[0][0][0][1] > 0 && player.cpu == 1);
    test_mistakes(trace, policies[1], &player);
    test_comparison(starts, lengths, waits);
    spane_trace_free(trace);
}
