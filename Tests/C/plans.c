/* Plans of live migrations. */

#include <math.h>

#include "tests.h"

static const spane_request large = REQUEST(70, 60);

/* Two servers, on each of which one VM is in the way of a large one. */
static spane_cluster *blocked_cluster(void) {
    spane_cluster *cluster = some_cluster(2);
    DONE(spane_cluster_place(cluster, 1, ASKS(30, 8), (spane_placement){0, 1}));
    DONE(spane_cluster_place(cluster, 2, ASKS(30, 8), (spane_placement){1, 1}));
    return cluster;
}

static void test_carrying_out(void) {
    spane_cluster *cluster = blocked_cluster();
    spane_plan_options options = SPANE_PLAN_OPTIONS_INIT, same;
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    spane_plan *plan;
    spane_move move, moves[2];
    spane_placement placements[2];
    char text[512];
    size_t count, size;

    DONE(spane_plan_options_init(&same));
    CHECK(memcmp(&same, &options, sizeof same) == 0);
    options.exact = 1;
    DONE(spane_cluster_plan_room(cluster, &large, 1, &options, &plan));
    DONE(spane_plan_describe(plan, &info));
    CHECK(info.outcome == SPANE_PLAN_CHEAPEST && info.moves == 1 && info.requests == 1);
    CHECK(info.placement.server == 0 && info.placement.nodes == 3 && info.mem == 8 && info.price == 10);
    DONE(spane_plan_moves(plan, NULL, 0, &count));
    CHECK(count == 1);
    DONE(spane_plan_moves(plan, &move, 1, &count));
    CHECK(move.vm == 1 && move.source.server == 0 && move.source.nodes == 1 && move.target.server == 1);
    CHECK(move.mem == 8 && move.price == 10 && move.request == 0 && move.round == 0);
    DONE(spane_plan_placements(plan, placements, 1, &count));
    CHECK(count == 1 && placements[0].server == 0);
    DONE(spane_plan_text(plan, NULL, 0, &size));
    DONE(spane_plan_text(plan, text, size, &size));
    CHECK(strlen(text) + 1 == size && strstr(text, "70 cores and 60 GB over 2 nodes fit on no server."));
    FAILS(SPANE_BUFFER_TOO_SMALL, "text", spane_plan_text(plan, text, size - 1, &size));
    FAILS(SPANE_BUFFER_TOO_SMALL, "moves", spane_plan_moves(plan, moves, 0, &count));
    DONE(spane_cluster_apply(cluster, plan));
    DONE(spane_cluster_place(cluster, 3, &large, placements[0]));
    FAILS(SPANE_BAD_STATE, "out of date", spane_cluster_apply(cluster, plan));
    FAILS(SPANE_BAD_STATE, "out of date", spane_cluster_apply_move(cluster, &move));
    DONE(spane_cluster_release(cluster, 1, NULL));
    FAILS(SPANE_NOT_FOUND, "id is 1", spane_cluster_apply(cluster, plan));
    move.source.server = 7;
    FAILS(SPANE_INVALID_ARGUMENT, "server is 7", spane_cluster_apply_move(cluster, &move));
    spane_plan_free(plan);
    spane_cluster_free(cluster);
}

static void test_other_plans(void) {
    spane_cluster *cluster = blocked_cluster();
    const spane_request three[] = {REQUEST(70, 60), REQUEST(70, 60), REQUEST(2, 4)};
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    spane_placement placements[3];
    spane_plan *plan;
    uint64_t ids[2];
    int32_t servers[2];
    size_t count;

    DONE(spane_cluster_plan_room(cluster, three, 3, NULL, &plan));
    DONE(spane_plan_describe(plan, &info));
    CHECK(info.outcome == SPANE_PLAN_NOT_FOUND && info.requests == 3 && info.moves == 1);
    DONE(spane_plan_placements(plan, placements, 3, &count));
    CHECK(placements[0].server == 0 && placements[1].server == SPANE_NOWHERE && placements[2].server >= 0);
    spane_plan_free(plan);

    DONE(spane_cluster_plan_drain(cluster, 0, NULL, &plan));
    DONE(spane_plan_describe(plan, &info));
    CHECK(info.outcome == SPANE_PLAN_FOUND && info.servers == 1 && info.bound == 10 && info.price == 10);
    CHECK(info.placement.server == SPANE_NOWHERE);
    DONE(spane_plan_servers(plan, servers, 2, &count));
    CHECK(count == 1 && servers[0] == 0);
    spane_plan_free(plan);

    DONE(spane_cluster_plan_consolidation(cluster, 5, NULL, &plan));
    DONE(spane_plan_describe(plan, &info));
    CHECK(info.servers == 1 && info.bound == 1);
    DONE(spane_cluster_apply(cluster, plan));
    spane_plan_free(plan);
    DONE(spane_cluster_cordon(cluster, 0));
    DONE(spane_cluster_plan_drain(cluster, 1, NULL, &plan));
    DONE(spane_plan_stuck(plan, ids, 2, &count));
    CHECK(count == 2 && ids[0] == 1 && ids[1] == 2);
    spane_plan_free(plan);

    DONE(spane_cluster_move(cluster, 1, (spane_placement){1, 2}));
    DONE(spane_cluster_resize(cluster, 1, ASKS(5, 8)));
    DONE(spane_cluster_resize(cluster, 2, ASKS(5, 8)));
    DONE(spane_cluster_move(cluster, 1, (spane_placement){1, 1}));
    DONE(spane_cluster_plan_repair(cluster, 1, NULL, &plan));
    DONE(spane_plan_describe(plan, &info));
    CHECK(info.moves == 1 && info.price == 2.8);
    spane_plan_free(plan);
    spane_cluster_free(cluster);
}

static int32_t stop(int64_t done, int64_t total, void *user) {
    *(int64_t *)user = done < total ? -1 : total;
    return 1;
}

static int32_t go_on(int64_t done, int64_t total, void *user) {
    *(int64_t *)user = done < total ? -1 : total;
    return 0;
}

static void test_progress(void) {
    spane_cluster *cluster = blocked_cluster();
    int64_t told = 0;
    const spane_progress stopping = {stop, &told}, going = {go_on, &told};
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    spane_plan *plan;

    REFUSES(SPANE_CANCELLED, "progress", plan,
            spane_cluster_plan_consolidation_with_progress(cluster, 5, NULL, &stopping, &plan));
    CHECK(told == 2);
    told = 0;
    DONE(spane_cluster_plan_consolidation_with_progress(cluster, 5, NULL, &going, &plan));
    DONE(spane_plan_describe(plan, &info));
    CHECK(told == 2 && info.servers == 1 && info.moves == 1);
    spane_plan_free(plan);
    FAILS(SPANE_NULL_POINTER, "plan", spane_cluster_plan_consolidation_with_progress(cluster, 5, NULL, NULL, NULL));
    spane_cluster_free(cluster);
}

static void test_refusals(void) {
    spane_cluster *cluster = blocked_cluster();
    spane_model *model = any_model();
    spane_plan_options options = SPANE_PLAN_OPTIONS_INIT;
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    spane_plan *plan, *none;
    const uint64_t unknown = 9, first = 1;
    const int32_t gone = 7;
    const double bad = NAN;
    size_t count;

    REFUSES(SPANE_NULL_POINTER, "cluster", plan, spane_cluster_plan_room(NULL, &large, 1, NULL, &plan));
    REFUSES(SPANE_NULL_POINTER, "requests", plan, spane_cluster_plan_room(cluster, NULL, 1, NULL, &plan));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", plan, spane_cluster_plan_room(cluster, &large, 0, NULL, &plan));
    REFUSES(SPANE_INVALID_ARGUMENT, "count", plan, spane_cluster_plan_room(cluster, &large, SIZE_MAX, NULL, &plan));
    REFUSES(SPANE_INVALID_ARGUMENT, "request", plan, spane_cluster_plan_room(cluster, ASKS(-1, 1), 1, NULL, &plan));
    FAILS(SPANE_NULL_POINTER, "plan", spane_cluster_plan_room(cluster, &large, 1, NULL, NULL));
    REFUSES(SPANE_INVALID_ARGUMENT, "server is 2", plan, spane_cluster_plan_drain(cluster, 2, NULL, &plan));
    REFUSES(SPANE_INVALID_ARGUMENT, "server is -1", plan, spane_cluster_plan_repair(cluster, -1, NULL, &plan));
    REFUSES(SPANE_INVALID_ARGUMENT, "moves is -1", plan, spane_cluster_plan_consolidation(cluster, -1, NULL, &plan));
#define WRONG(status, word, field, value)                                                                                 \
    options = (spane_plan_options)SPANE_PLAN_OPTIONS_INIT;                                                                \
    options.field = value;                                                                                                \
    REFUSES(status, word, plan, spane_cluster_plan_room(cluster, &large, 1, &options, &plan))
    WRONG(SPANE_INVALID_ARGUMENT, "moves is 65", moves, 65);
    WRONG(SPANE_INVALID_ARGUMENT, "moves is -1", moves, -1);
    WRONG(SPANE_INVALID_ARGUMENT, "budget is -1", budget, -1);
    WRONG(SPANE_INVALID_ARGUMENT, "exact is 2", exact, 2);
    WRONG(SPANE_INVALID_ARGUMENT, "at_once is 0", at_once, 0);
    WRONG(SPANE_INVALID_ARGUMENT, "price of a move", move_price, NAN);
    WRONG(SPANE_INVALID_ARGUMENT, "price of a local GB", local_price, 1.5);
    WRONG(SPANE_UNKNOWN_VERSION, "struct_size", struct_size, 3);
    WRONG(SPANE_NULL_POINTER, "pinned", pinned_count, 1);
    options = (spane_plan_options)SPANE_PLAN_OPTIONS_INIT;
    options.pinned = &unknown;
    options.pinned_count = 1;
    REFUSES(SPANE_NOT_FOUND, "id is 9", plan, spane_cluster_plan_room(cluster, &large, 1, &options, &plan));
    options.pinned_count = 0;
    options.closed = &gone;
    options.closed_count = 1;
    REFUSES(SPANE_INVALID_ARGUMENT, "server is 7", plan, spane_cluster_plan_room(cluster, &large, 1, &options, &plan));
    options.closed_count = 0;
    options.priced = &first;
    options.prices = &bad;
    options.priced_count = 1;
    REFUSES(SPANE_INVALID_ARGUMENT, "price of VM 1", plan, spane_cluster_plan_room(cluster, &large, 1, &options, &plan));

    DONE(spane_cluster_plan_room(cluster, ASKS(100, 60), 1, NULL, &none));
    DONE(spane_plan_describe(none, &info));
    CHECK(info.outcome == SPANE_PLAN_TOO_LARGE && info.moves == 0 && info.placement.server == SPANE_NOWHERE);
    spane_plan_free(none);
    DONE(spane_cluster_cordon(cluster, 0));
    DONE(spane_cluster_cordon(cluster, 1));
    DONE(spane_cluster_plan_room(cluster, &large, 1, NULL, &none));
    DONE(spane_plan_describe(none, &info));
    CHECK(info.outcome == SPANE_PLAN_NO_SERVERS);
    FAILS(SPANE_NULL_POINTER, "plan", spane_plan_describe(NULL, &info));
    FAILS(SPANE_NULL_POINTER, "info", spane_plan_describe(none, NULL));
    FAILS(SPANE_INVALID_ARGUMENT, "plan", spane_plan_describe((spane_plan *)model, &info));
    FAILS(SPANE_NULL_POINTER, "count", spane_plan_moves(none, NULL, 0, NULL));
    FAILS(SPANE_NULL_POINTER, "plan", spane_plan_moves(NULL, NULL, 0, &count));
    FAILS(SPANE_NULL_POINTER, "plan", spane_cluster_apply(cluster, NULL));
    FAILS(SPANE_NULL_POINTER, "move", spane_cluster_apply_move(cluster, NULL));
    spane_plan_free(none);
    spane_plan_free(NULL);
    spane_cluster_free(cluster);
    spane_model_free(model);
}

void test_plans(void) {
    test_carrying_out();
    test_other_plans();
    test_progress();
    test_refusals();
}
