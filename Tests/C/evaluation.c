/* Evaluation and trimmed means. */

#include <math.h>

#include "tests.h"

enum { starts_count = 4, policies_count = 3 };

static int calls, cancel_after;
static int64_t last_done, last_total;

static int32_t hear_progress(int64_t done, int64_t total, void *user) {
    CHECK(user == &calls && done >= last_done && done <= total);
    last_done = done;
    last_total = total;
    return ++calls == cancel_after;
}

static void test_trimmed_mean(void) {
    double values[] = {5, 1, 100, 2, 3, 4, 6, 7, 8, -100}, mean = 0;
    REFUSES(SPANE_NULL_POINTER, "values", mean, spane_trimmed_mean(NULL, 10, 0.1, &mean));
    FAILS(SPANE_NULL_POINTER, "mean", spane_trimmed_mean(values, 10, 0.1, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", mean, spane_trimmed_mean(values, 0, 0.1, &mean));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", mean, spane_trimmed_mean(values, SIZE_MAX, 0.1, &mean));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", mean, spane_trimmed_mean(values, (size_t)1 << 60, 0.1, &mean));
    REFUSES(SPANE_INVALID_ARGUMENT, "fraction", mean, spane_trimmed_mean(values, 10, -0.1, &mean));
    REFUSES(SPANE_INVALID_ARGUMENT, "fraction", mean, spane_trimmed_mean(values, 10, 0.5, &mean));
    REFUSES(SPANE_INVALID_ARGUMENT, "fraction", mean, spane_trimmed_mean(values, 10, NAN, &mean));
    REFUSES(SPANE_INVALID_ARGUMENT, "fraction", mean, spane_trimmed_mean(values, 10, INFINITY, &mean));
    DONE(spane_trimmed_mean(values, 10, 0.1, &mean));
    CHECK(mean == 4.5);
    DONE(spane_trimmed_mean(values, 1, 0.4, &mean));
    CHECK(mean == 5);
    values[3] = NAN;
    REFUSES(SPANE_INVALID_ARGUMENT, "values", mean, spane_trimmed_mean(values, 10, 0.1, &mean));
}

static void test_errors(const spane_trace *trace, spane_model *model, spane_model *bound) {
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT, initialised;
    int64_t starts[starts_count] = {0, 10, 20, 30}, lengths[starts_count];
    spane_policy policies[policies_count] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_HEURISTIC("balance-fit"),
                                             SPANE_POLICY_MODEL(model)};
    double waits[policies_count * starts_count], bounds[starts_count];

    FAILS(SPANE_NULL_POINTER, "options", spane_evaluation_options_init(NULL));
    check_fill(&initialised, sizeof initialised);
    DONE(spane_evaluation_options_init(&initialised));
    CHECK(memcmp(&initialised, &options, sizeof options) == 0);
#define EVALUATE(trace, options, starts, count, policies, policy_count, waits)                                            \
    spane_evaluate(trace, options, starts, count, policies, policy_count, NULL, waits, lengths, bounds)
    REFUSES(SPANE_NULL_POINTER, "trace", waits, EVALUATE(NULL, &options, starts, 4, policies, 3, waits));
    REFUSES(SPANE_NULL_POINTER, "starts", waits, EVALUATE(trace, &options, NULL, 4, policies, 3, waits));
    REFUSES(SPANE_NULL_POINTER, "policies", waits, EVALUATE(trace, &options, starts, 4, NULL, 3, waits));
    REFUSES(SPANE_NULL_POINTER, "waits", bounds, EVALUATE(trace, &options, starts, 4, policies, 3, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "trace", waits,
            EVALUATE((spane_trace *)model, &options, starts, 4, policies, 3, waits));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", waits, EVALUATE(trace, &options, starts, SIZE_MAX, policies, 3, waits));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", waits,
            EVALUATE(trace, &options, starts, (size_t)1 << 40, policies, 3, waits));
    REFUSES(SPANE_INVALID_ARGUMENT, "policy_count", waits, EVALUATE(trace, &options, starts, 4, policies, SIZE_MAX, waits));
#define REFUSES_OPTION(status, field, value)                                                                              \
    (options.field = (value), REFUSES(status, #field, waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits)),   \
     options.field = initialised.field)
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, servers, 0);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, servers, SPANE_MAX_SERVERS + 1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, node_cpu, NAN);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, node_mem, 0);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, split_above, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, length, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, length, INT64_MAX);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, threads, -1);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, threads, 1025);
    REFUSES_OPTION(SPANE_INVALID_ARGUMENT, reserved, 1);
    REFUSES_OPTION(SPANE_UNKNOWN_VERSION, struct_size, 0);
    starts[2] = -1;
    REFUSES(SPANE_INVALID_ARGUMENT, "starts[2]: start is", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    starts[2] = INT64_MIN;
    options.length = 30;
    REFUSES(SPANE_INVALID_ARGUMENT, "starts[2]: start is", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    options.length = initialised.length;
    REFUSES(SPANE_INVALID_ARGUMENT, "starts[2]: start is", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    starts[2] = INT64_MAX;
    REFUSES(SPANE_INVALID_ARGUMENT, "starts[2]: start is", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    starts[2] = 20;
    policies[1].heuristic = "no such";
    REFUSES(SPANE_INVALID_ARGUMENT, "policies[1]", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1].heuristic = NULL;
    REFUSES(SPANE_INVALID_ARGUMENT, "policies[1]", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1].heuristic = "first-fit";
    policies[1].model = model;
    REFUSES(SPANE_INVALID_ARGUMENT, "policies[1]", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1] = *NETWORK((spane_model *)trace);
    REFUSES(SPANE_INVALID_ARGUMENT, "policies[1]", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1] = *NETWORK(bound);
    REFUSES(SPANE_SHAPE_MISMATCH, "servers", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1] = *HEURISTIC("best-fit");
    policies[1].reserved = 1;
    REFUSES(SPANE_INVALID_ARGUMENT, "policies[1].reserved", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1].reserved = 0;
    policies[0].struct_size = 4;
    REFUSES(SPANE_UNKNOWN_VERSION, "struct_size", waits, EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[0].struct_size = sizeof *policies;
    policies[1].struct_size = 16;
    REFUSES(SPANE_UNKNOWN_VERSION, "policies[1].struct_size is 16", waits,
            EVALUATE(trace, &options, starts, 4, policies, 3, waits));
    policies[1].struct_size = sizeof *policies;
}

/* Programs of a later version have longer policies; the library steps over what it does not know. */
static void test_longer_policies(const spane_trace *trace) {
    struct {
        spane_policy known;
        uint64_t unknown[2];
    } policies[2] = {{SPANE_POLICY_HEURISTIC("best-fit"), {1, 2}}, {SPANE_POLICY_HEURISTIC("balance-fit"), {3, 4}}};
    const spane_policy same[2] = {SPANE_POLICY_HEURISTIC("best-fit"), SPANE_POLICY_HEURISTIC("balance-fit")};
    const int64_t starts[2] = {0, 40};
    double expected[4] = {0, 1, 2, 3}, waits[4] = {4, 5, 6, 7};
    for (int i = 0; i < 2; i++) policies[i].known.struct_size = sizeof policies[0];
    DONE(spane_evaluate(trace, NULL, starts, 2, same, 2, NULL, expected, NULL, NULL));
    DONE(spane_evaluate(trace, NULL, starts, 2, &policies[0].known, 2, NULL, waits, NULL, NULL));
    CHECK(memcmp(waits, expected, sizeof waits) == 0);
}

void test_evaluation(void) {
    spane_trace *trace = NULL;
    spane_model *model = any_model(), *bound = bound_model();
    spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
    int64_t starts[starts_count] = {0, 1000, 2000, 3000}, lengths[2][starts_count];
    spane_policy policies[policies_count] = {SPANE_POLICY_HEURISTIC("first-fit"), SPANE_POLICY_HEURISTIC("random:5"),
                                             SPANE_POLICY_MODEL(model)};
    const spane_progress progress = {hear_progress, &calls};
    double waits[2][policies_count * starts_count], bounds[2][starts_count];

    test_trimmed_mean();
    DONE(spane_trace_generate(6000, 1, NULL, &trace));
    test_errors(trace, model, bound);
    test_longer_policies(trace);
    memset(waits, 0, sizeof waits);
    for (int i = 0; i < 2; i++) {
        options.threads = i == 0 ? 1 : 4;
        last_done = 0;
        DONE(spane_evaluate(trace, &options, starts, starts_count, policies, policies_count, &progress, waits[i],
                            lengths[i], bounds[i]));
        CHECK(last_done == last_total && last_total == starts_count * (1 + policies_count));
    }
    CHECK(memcmp(waits[0], waits[1], sizeof waits[0]) == 0);
    CHECK(memcmp(lengths[0], lengths[1], sizeof lengths[0]) == 0);
    CHECK(memcmp(bounds[0], bounds[1], sizeof bounds[0]) == 0);
    for (int i = 0; i < policies_count * starts_count; i++) CHECK(waits[0][i] >= bounds[0][i % starts_count]);
    DONE(spane_evaluate(trace, NULL, starts, starts_count, policies, 1, NULL, waits[1], NULL, NULL));
    CHECK(memcmp(waits[0], waits[1], sizeof(double) * starts_count) == 0);
    DONE(spane_evaluate(trace, NULL, starts, starts_count, NULL, 0, NULL, NULL, lengths[1], bounds[1]));
    DONE(spane_evaluate(trace, NULL, NULL, 0, policies, 1, NULL, waits[1], NULL, NULL));

    calls = 0;
    last_done = 0;
    cancel_after = 1;
    options.threads = 1;
    REFUSES(SPANE_CANCELLED, "progress", waits[1],
            spane_evaluate(trace, &options, starts, starts_count, policies, policies_count, &progress, waits[1], NULL,
                           NULL));
    CHECK(calls == 1);
    spane_trace_free(trace);
    spane_model_free(model);
    spane_model_free(bound);
}
