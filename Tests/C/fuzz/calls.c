/*
 * The input is a program: each byte calls a function of spane.h with arguments that the following bytes choose, sound ones
 * and others, in any order. Whatever it does, each call answers with a status that it may give, a failed call leaves a
 * message, and the books of every cluster stay right.
 */

#include <stdlib.h>
#include <string.h>

#include <spane.h>

#include "fuzz.h"

enum { slots = 3, most = 64, memory = 1 << 16 };

static struct {
    spane_model *model[slots];
    spane_cluster *cluster[slots];
    spane_session *session[slots];
    spane_env_session *env_session[slots];
    spane_trace *trace[slots];
    spane_env *env[slots];
    spane_vec_env *vec[slots];
    spane_plan *plan[slots];
    int32_t vec_count[slots];
} handles;

static uint8_t bytes[memory];
static size_t bytes_size;

/* One of a kind, or NULL, or rarely a handle of another kind. */
static void *some(struct fuzz_input *input, void *kind) {
    uint8_t choice = fuzz_byte(input);
    void **all = kind;
    if (choice < 240) return all[choice % slots];
    if (choice < 248) return NULL;
    return ((void **)&handles)[choice % (8 * slots)];
}
#define SOME(kind) some(input, handles.kind)
/* A pointer to an output, or NULL. */
#define OUT(pointer) (fuzz_byte(input) < 16 ? NULL : (pointer))

/* Cores and GB; every other one asks for more than these. Its amounts are valid until the next one that has some. */
static spane_request request(struct fuzz_input *input) {
    static double amounts[4];
    spane_request value = REQUEST(fuzz_number(input), fuzz_number(input));
    uint8_t kind = fuzz_byte(input);
    if (kind < 128) return value;
    if (kind & 1) value.span = (int32_t)fuzz_below(input, 11) - 1;
    if (kind & 2) {
        value.amount_count = fuzz_below(input, 5);
        value.amounts = kind & 32 ? NULL : amounts;
        for (int i = 0; i < 4; i++) amounts[i] = fuzz_number(input);
    }
    if (kind & 4) value.require = fuzz_byte(input) & 3;
    if (kind & 8) value.forbid = fuzz_byte(input) & 3;
    if (kind & 64) value.prefer = fuzz_byte(input) & 3;
    if (kind & 16) value.farthest = (uint32_t)fuzz_integer(input);
    if (kind > 250) value.struct_size = fuzz_byte(input) & ~7u; /* whole fields, lest a pointer be cut */
    return value;
}

/* A kind of servers that fits a cluster with a resource of nodes and one of servers, or not. */
static spane_server_type server_type(struct fuzz_input *input) {
    static double amounts[SPANE_MAX_NODES * 3], shared[2];
    static uint8_t distances[SPANE_MAX_NODES * SPANE_MAX_NODES];
    spane_server_type value = SPANE_SERVER_TYPE_INIT;
    uint8_t kind = fuzz_byte(input);
    for (int i = 0; i < SPANE_MAX_NODES * 3; i++) amounts[i] = i % 3 == 2 ? 1 : 20 + i;
    for (int i = 0; i < SPANE_MAX_NODES * SPANE_MAX_NODES; i++) distances[i] = (uint8_t)(10 + i % 7 * 10);
    shared[0] = 100;
    value.nodes = (int32_t)fuzz_below(input, kind < 200 ? 3 : 10);
    value.node_amounts = kind == 7 ? NULL : amounts;
    value.server_amounts = kind & 1 ? NULL : shared;
    value.distances = kind & 2 ? NULL : distances;
    value.traits = fuzz_byte(input) & 3;
    if (kind & 4) amounts[fuzz_below(input, SPANE_MAX_NODES * 3)] = fuzz_number(input);
    if (kind & 8) shared[0] = fuzz_number(input);
    if (kind > 250) value.struct_size = fuzz_byte(input) & ~7u; /* whole fields, lest a pointer be cut */
    return value;
}

static spane_placement placement(struct fuzz_input *input) {
    spane_placement value;
    value.server = (int32_t)fuzz_integer(input);
    value.nodes = fuzz_byte(input) < 250 ? fuzz_below(input, 16) : (uint32_t)fuzz_integer(input);
    return value;
}

/* A heuristic or a network, or what is neither. */
static spane_policy policy(struct fuzz_input *input) {
    static const char *names[] = {"first-fit", "best-fit", "balance-fit", "move-to-front", "random:9", "random", "worst", ""};
    spane_policy value = SPANE_POLICY_INIT;
    uint8_t kind = fuzz_byte(input);
    if (kind & 1) value.heuristic = names[fuzz_below(input, 8)];
    if (!(kind & 1) || kind > 240) value.model = SOME(model);
    if (kind == 240) value.reserved = fuzz_byte(input);
    if (kind > 250) value.struct_size = fuzz_byte(input) & ~7u; /* whole fields, lest a pointer be cut */
    return value;
}

static size_t count_of(struct fuzz_input *input) {
    uint8_t kind = fuzz_byte(input);
    return kind < 240 ? kind % (most + 1) : kind < 248 ? SIZE_MAX - kind + 240 : (size_t)1 << (40 + kind % 8);
}

/* Takes what a function has made into a slot whose handle is given back. */
#define KEEP(kind, free_it, made)                                                                                         \
    do {                                                                                                                  \
        unsigned slot = fuzz_below(input, slots);                                                                         \
        if (status != SPANE_OK) break;                                                                                    \
        free_it(handles.kind[slot]);                                                                                      \
        handles.kind[slot] = made;                                                                                        \
    } while (0)

static spane_status make(struct fuzz_input *input) {
    spane_status status = SPANE_OK;
    switch (fuzz_below(input, 12)) {
    case 0: {
        spane_cluster *made = NULL;
        spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
        options.split_above = fuzz_number(input);
        if (fuzz_byte(input) < 128) {
            static const char *const names[] = {"gpu", "disk", "disk", ""};
            options.nodes = (int32_t)fuzz_below(input, 11) - 1;
            options.span = (int32_t)fuzz_below(input, 11) - 1;
            options.split_from = fuzz_number(input);
            options.node_resource_count = fuzz_below(input, 4) % 2;
            options.node_resources = OUT(names);
            options.server_resources = OUT(names + 1 + fuzz_below(input, 2));
            options.server_resource_count = fuzz_below(input, 9) % 3;
        }
        if (fuzz_byte(input) < 8) options.struct_size = fuzz_byte(input) & ~7u;
        status = spane_cluster_new(OUT(&options), &made);
        KEEP(cluster, spane_cluster_free, made);
        break;
    }
    case 1: {
        spane_session *made = NULL;
        const spane_policy what = policy(input);
        status = spane_session_new(SOME(cluster), OUT(&what), &made);
        KEEP(session, spane_session_free, made);
        break;
    }
    case 2: {
        spane_env_session *made = NULL;
        const spane_policy what = policy(input);
        status = spane_env_session_new(SOME(env), OUT(&what), &made);
        KEEP(env_session, spane_env_session_free, made);
        break;
    }
    case 3: {
        spane_trace *made = NULL;
        size_t count = count_of(input);
        status = spane_trace_generate(count > 1 << 20 ? SIZE_MAX : count * 8, fuzz_word(input), NULL, &made);
        KEEP(trace, spane_trace_free, made);
        break;
    }
    case 4: {
        spane_env *made = NULL;
        spane_env_options options = SPANE_ENV_OPTIONS_INIT;
        options.servers = (int32_t)fuzz_integer(input);
        if (options.servers > 64 && options.servers <= SPANE_MAX_SERVERS) options.servers = 64;
        options.reward = (int32_t)fuzz_below(input, 3);
        options.flags = fuzz_below(input, 3);
        options.balance_weight = fuzz_number(input);
        if (fuzz_byte(input) < 64) options.node_cpu = fuzz_number(input);
        if (fuzz_byte(input) < 64) options.node_mem = fuzz_number(input);
        if (fuzz_byte(input) < 64) options.split_above = fuzz_number(input);
        status = spane_env_new(SOME(trace), OUT(&options), &made);
        KEEP(env, spane_env_free, made);
        break;
    }
    case 5: {
        spane_env *made = NULL;
        status = spane_env_clone(SOME(env), &made);
        KEEP(env, spane_env_free, made);
        break;
    }
    case 6: {
        spane_vec_env *made = NULL;
        spane_vec_env_options options = SPANE_VEC_ENV_OPTIONS_INIT;
        unsigned slot;
        options.count = (int32_t)fuzz_below(input, 10);
        options.threads = (int32_t)fuzz_below(input, 4);
        options.autoreset = (int32_t)fuzz_below(input, 4);
        options.seed = fuzz_word(input);
        options.start_low = fuzz_integer(input);
        options.start_high = fuzz_integer(input);
        options.end_kind = (int32_t)fuzz_below(input, 4);
        options.end_count = fuzz_integer(input);
        status = spane_vec_env_new(SOME(trace), NULL, &options, &made);
        if (status != SPANE_OK) break;
        slot = fuzz_below(input, slots);
        spane_vec_env_free(handles.vec[slot]);
        handles.vec[slot] = made;
        handles.vec_count[slot] = options.count;
        break;
    }
    case 7: {
        spane_cluster *made = NULL;
        status = spane_cluster_load_memory(bytes, bytes_size, NULL, &made);
        KEEP(cluster, spane_cluster_free, made);
        break;
    }
    case 8: {
        spane_env *made = NULL;
        status = spane_env_load_memory(SOME(trace), bytes, bytes_size, &made);
        KEEP(env, spane_env_free, made);
        break;
    }
    case 9: {
        unsigned slot = fuzz_below(input, slots);
        spane_session_free(handles.session[slot]);
        handles.session[slot] = NULL;
        return SPANE_OK; /* says nothing of a message */
    }
    case 10: {
        unsigned slot = fuzz_below(input, slots);
        spane_cluster_free(handles.cluster[slot]);
        handles.cluster[slot] = NULL;
        return SPANE_OK;
    }
    default: {
        unsigned slot = fuzz_below(input, slots);
        spane_trace_free(handles.trace[slot]);
        handles.trace[slot] = NULL;
        return SPANE_OK;
    }
    }
    return status;
}

static spane_status change_cluster(struct fuzz_input *input) {
    spane_cluster *cluster = SOME(cluster);
    spane_placement where;
    spane_request what;
    static double capacity[most * (SPANE_MAX_NODES * 3 + 2)], left[most * (SPANE_MAX_NODES * 3 + 2)];
    static uint64_t ids[1024];
    static int64_t room[1024];
    spane_server_type type;
    spane_server_info info = SPANE_SERVER_INFO_INIT;
    int64_t servers = 0, vms = 0;
    int32_t numbers[1024];
    size_t found;
    spane_status status;

    switch (fuzz_below(input, 24)) {
    case 11: {
        size_t count = count_of(input);
        for (int i = 0; i < most; i++) numbers[i] = i % 4 ? i % 3 : (int32_t)fuzz_integer(input);
        return spane_cluster_amounts(cluster, OUT(numbers), count, OUT(capacity), OUT(left));
    }
    case 12: {
        size_t count = count_of(input);
        for (int i = 0; i < most; i++) numbers[i] = i % 4 ? i % 3 : (int32_t)fuzz_integer(input);
        what = request(input);
        return spane_cluster_room(cluster, OUT(&what), OUT(numbers), count, OUT(room));
    }
    case 13: return spane_cluster_remove_server(cluster, (int32_t)fuzz_integer(input));
    case 14: {
        int32_t server = (int32_t)fuzz_integer(input);
        size_t count = count_of(input);
        return spane_cluster_fail_server(cluster, server, OUT(ids), count > most ? 1024 : count, OUT(&found));
    }
    case 15: {
        int32_t server = (int32_t)fuzz_integer(input);
        type = server_type(input);
        return spane_cluster_resize_server(cluster, server, OUT(&type));
    }
    case 16: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        what = request(input);
        return spane_cluster_record(cluster, id, OUT(&what), placement(input));
    }
    case 17: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        return spane_cluster_move(cluster, id, placement(input));
    }
    case 18: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        what = request(input);
        return spane_cluster_resize(cluster, id, OUT(&what));
    }
    case 19: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        return spane_cluster_rename(cluster, id, (uint64_t)fuzz_integer(input));
    }
    case 20: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        return spane_cluster_vm_amounts(cluster, id, OUT(left), fuzz_below(input, 4));
    }
    case 21: {
        int32_t server = (int32_t)fuzz_integer(input);
        return spane_cluster_vms(cluster, server, OUT(ids), fuzz_below(input, 1025), OUT(&found));
    }
    case 22: {
        spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
        if (fuzz_byte(input) < 16) options.struct_size = fuzz_byte(input) % (sizeof options + 1);
        return spane_cluster_get_options(cluster, OUT(&options));
    }
    case 23: return spane_cluster_servers(cluster, OUT(numbers), fuzz_below(input, 1025), OUT(&found));
    case 10: {
        size_t count = count_of(input);
        type = server_type(input);
        if (spane_cluster_count(cluster, &servers, NULL) == SPANE_OK && servers > 500) count = 0;
        return spane_cluster_add_servers(cluster, OUT(&type), count, OUT(numbers));
    }
    case 0: {
        size_t count = count_of(input);
        double cores = fuzz_byte(input) & 3 ? 40 : fuzz_number(input);
        if (spane_cluster_count(cluster, &servers, NULL) == SPANE_OK && servers > 500) count = 0;
        return spane_cluster_add_equal_servers(cluster, cores, 90, count, OUT(numbers));
    }
    case 1: {
        size_t vms_wanted = count_of(input);
        return spane_cluster_reserve(cluster, vms_wanted);
    }
    case 2: return spane_cluster_cordon(cluster, (int32_t)fuzz_integer(input));
    case 3: return spane_cluster_uncordon(cluster, (int32_t)fuzz_integer(input));
    case 4: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        what = request(input);
        return spane_cluster_place(cluster, id, OUT(&what), placement(input));
    }
    case 5: return spane_cluster_release(cluster, (uint64_t)fuzz_integer(input), OUT(&where));
    case 6:
        what = *ASKS(0, 0);
        if (fuzz_byte(input) < 16) what.struct_size = fuzz_byte(input) % (sizeof what + 1);
        return spane_cluster_find(cluster, (uint64_t)fuzz_integer(input), OUT(&where), OUT(&what));
    case 7: {
        int32_t server = (int32_t)fuzz_integer(input), node = (int32_t)fuzz_below(input, 4) - 1;
        double cpu = fuzz_number(input), mem = fuzz_number(input);
        return spane_cluster_set_free(cluster, server, node, cpu, mem);
    }
    case 8: {
        size_t size = 0;
        status = spane_cluster_save_memory(cluster, NULL, bytes, fuzz_byte(input) < 32 ? 10 : sizeof bytes, &size);
        if (status == SPANE_OK) bytes_size = size;
        return status;
    }
    case 9:
        if (fuzz_byte(input) < 16) info.struct_size = fuzz_byte(input) % (sizeof info + 1);
        return spane_cluster_server(cluster, (int32_t)fuzz_integer(input), OUT(&info));
    default: {
        int64_t counted = 0;
        spane_cluster_options options = SPANE_CLUSTER_OPTIONS_INIT;
        size_t width;
        status = spane_cluster_count(cluster, &servers, &vms);
        if (status != SPANE_OK) return status;
        MUST(spane_cluster_get_options(cluster, &options) == SPANE_OK);
        width = (size_t)options.nodes * (2 + options.node_resource_count) + options.server_resource_count;
        MUST(servers <= 1024 && spane_cluster_servers(cluster, numbers, 1024, &found) == SPANE_OK);
        MUST(found == (size_t)servers);
        for (size_t place = 0; place < found; place++) {
            MUST(spane_cluster_server(cluster, numbers[place], &info) == SPANE_OK);
            MUST(spane_cluster_amounts(cluster, &numbers[place], 1, capacity, left) == SPANE_OK);
            counted += info.vms;
            for (size_t amount = 0; amount < width; amount++) MUST(left[amount] <= capacity[amount]);
        }
        MUST(counted == vms);
        return SPANE_OK;
    }
    }
}

/* Searches that end soon, or what is refused. */
static spane_plan_options plan_options(struct fuzz_input *input) {
    static uint64_t vms[2][4];
    static int32_t servers[2][4];
    static double prices[4];
    spane_plan_options value = SPANE_PLAN_OPTIONS_INIT;
    uint8_t kind = fuzz_byte(input);
    value.budget = fuzz_byte(input) * 4 - (kind == 250 ? 4000 : 0);
    if (kind < 64) return value;
    for (int i = 0; i < 4; i++) {
        vms[0][i] = (uint64_t)fuzz_integer(input);
        vms[1][i] = (uint64_t)fuzz_integer(input);
        servers[0][i] = (int32_t)fuzz_integer(input);
        servers[1][i] = (int32_t)fuzz_integer(input);
        prices[i] = fuzz_number(input);
    }
    if (kind & 1) value.moves = (int32_t)fuzz_integer(input);
    if (kind & 2) value.exact = (int32_t)fuzz_below(input, 3);
    if (kind & 4) value.at_once = (int32_t)fuzz_integer(input);
    if (kind & 8) value.move_price = fuzz_number(input);
    if (kind & 8) value.local_price = fuzz_number(input);
    if (kind & 16) {
        value.pinned = OUT(vms[0]);
        value.pinned_count = fuzz_below(input, 5);
        value.fixed = OUT(servers[0]);
        value.fixed_count = fuzz_below(input, 5);
    }
    if (kind & 32) {
        value.priced = OUT(vms[1]);
        value.prices = OUT(prices);
        value.priced_count = fuzz_below(input, 5);
        value.closed = OUT(servers[1]);
        value.closed_count = fuzz_below(input, 5);
    }
    if (kind > 250) value.struct_size = fuzz_byte(input) & ~7u; /* whole fields, lest a pointer be cut */
    return value;
}

static spane_status plan_moves(struct fuzz_input *input) {
    static spane_move moves[most];
    static spane_placement places[most];
    static int32_t servers[most];
    static uint64_t ids[most];
    spane_cluster *cluster = SOME(cluster);
    spane_plan *plan = SOME(plan), *made = NULL;
    spane_plan_info info = SPANE_PLAN_INFO_INIT;
    spane_plan_options options;
    spane_request requests[2];
    spane_status status;
    size_t size, room = fuzz_below(input, most + 1);
    char text[80];

    switch (fuzz_below(input, 12)) {
    case 0:
    case 1:
        requests[0] = request(input);
        requests[1] = *ASKS(30, 60);
        requests[1].struct_size = requests[0].struct_size;
        options = plan_options(input);
        status = spane_cluster_plan_room(cluster, OUT(requests), fuzz_below(input, 3), OUT(&options), OUT(&made));
        break;
    case 2:
        options = plan_options(input);
        status = spane_cluster_plan_drain(cluster, (int32_t)fuzz_integer(input), OUT(&options), OUT(&made));
        break;
    case 3:
        options = plan_options(input);
        status = spane_cluster_plan_consolidation(cluster, fuzz_integer(input), OUT(&options), OUT(&made));
        break;
    case 4:
        options = plan_options(input);
        status = spane_cluster_plan_repair(cluster, (int32_t)fuzz_integer(input), OUT(&options), OUT(&made));
        break;
    case 5: return spane_cluster_apply(cluster, plan);
    case 6:
        moves[0].vm = (uint64_t)fuzz_integer(input);
        moves[0].source = placement(input);
        moves[0].target = placement(input);
        return spane_cluster_apply_move(cluster, OUT(moves));
    case 7: return spane_plan_moves(plan, OUT(moves), room, OUT(&size));
    case 8: return spane_plan_placements(plan, OUT(places), room, OUT(&size));
    case 9: return spane_plan_servers(plan, OUT(servers), room, OUT(&size));
    case 10: return spane_plan_stuck(plan, OUT(ids), room, OUT(&size));
    default:
        if (fuzz_byte(input) < 128) return spane_plan_text(plan, OUT(text), fuzz_byte(input) % 80, OUT(&size));
        if (fuzz_byte(input) < 16) info.struct_size = fuzz_byte(input) % (sizeof info + 1);
        return spane_plan_describe(plan, OUT(&info));
    }
    if (status == SPANE_OK) {
        /* The cluster has not changed since, so that a plan can be carried out as it is. */
        MUST(spane_plan_describe(made, &info) == SPANE_OK);
        if (info.requests < 2 && fuzz_byte(input) < 128) MUST(spane_cluster_apply(cluster, made) == SPANE_OK);
    }
    KEEP(plan, spane_plan_free, made);
    return status;
}

static spane_status decide(struct fuzz_input *input) {
    /* As many as there may be sets of nodes on all servers of a cluster. */
    static spane_placement places[70 * 1024];
    static float values[70 * 1024];
    static int32_t actions[70 * 1024];
    spane_session *session = SOME(session);
    size_t count = count_of(input), found = 0;
    spane_request what, requests[most];
    int32_t servers[most];

    what = request(input);
    for (int i = 0; i < most; i++) servers[i] = i % 4 ? i % 3 : (int32_t)fuzz_integer(input);
    switch (fuzz_below(input, 18)) {
    case 14: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        return spane_session_reserve(session, id, OUT(&what), fuzz_number(input), OUT(places));
    }
    case 15: {
        uint64_t ids[most];
        return spane_cluster_expire(SOME(cluster), fuzz_number(input), OUT(ids), fuzz_below(input, most + 1), OUT(&found));
    }
    case 16: {
        spane_proposal proposal = SPANE_PROPOSAL_INIT;
        spane_status status = spane_session_propose(session, OUT(&what), OUT(servers), fuzz_byte(input) & 1 ? 3 : count, OUT(&proposal));
        if (fuzz_byte(input) < 16) proposal.revision = fuzz_word(input);
        if (fuzz_byte(input) < 16) proposal.placement = placement(input);
        if (status != SPANE_OK && fuzz_byte(input) < 128) return status;
        return spane_cluster_commit(SOME(cluster), (uint64_t)fuzz_integer(input), OUT(&what), OUT(&proposal));
    }
    case 17: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        if (fuzz_byte(input) & 1) return spane_cluster_confirm(SOME(cluster), id);
        return spane_cluster_set_expiry(SOME(cluster), id, fuzz_number(input));
    }
    case 6: return spane_env_session_decide(SOME(env_session), OUT(actions));
    case 9: return spane_env_session_top(SOME(env_session), count, OUT(actions), OUT(values), OUT(&found));
    case 10: return spane_env_session_scores(SOME(env_session), OUT(values), fuzz_byte(input) & 1 ? 10 : count);
    case 11: return spane_env_session_q_values(SOME(env_session), OUT(values), fuzz_byte(input) & 1 ? 10 : count);
    case 12: {
        spane_session_info info = SPANE_SESSION_INFO_INIT;
        return spane_session_describe(session, OUT(&info));
    }
    case 13: {
        spane_session_info info = SPANE_SESSION_INFO_INIT;
        return spane_env_session_describe(SOME(env_session), OUT(&info));
    }
    case 0: return spane_session_choose(session, OUT(&what), OUT(places));
    case 1: {
        uint64_t id = (uint64_t)fuzz_integer(input);
        return spane_session_place(session, id, OUT(&what), OUT(places));
    }
    case 2:
        for (int i = 0; i < most; i++) requests[i] = i % 4 ? *ASKS(i, 2) : what;
        /* All with the size of the first. */
        for (int i = 1; i < most; i++) requests[i].struct_size = sizeof what;
        if (requests[0].struct_size != sizeof what) count = fuzz_byte(input) & 1;
        return spane_session_choose_many(session, OUT(requests), count, OUT(places));
    case 3: return spane_session_top(session, OUT(&what), NULL, 0, count, OUT(places), OUT(values), OUT(&found));
    case 4: return spane_session_scores(session, OUT(&what), OUT(servers), count, OUT(values));
    case 7: return spane_session_choose_among(session, OUT(&what), OUT(servers), fuzz_byte(input) & 1 ? 3 : count, OUT(places));
    case 8: {
        size_t candidates = fuzz_byte(input) & 1 ? 3 : count_of(input);
        return spane_session_top(session, OUT(&what), OUT(servers), candidates, count, OUT(places), OUT(values), OUT(&found));
    }
    default: return spane_session_q_values(session, OUT(&what), OUT(values), count);
    }
}

static spane_status play(struct fuzz_input *input) {
    spane_env *env = SOME(env);
    float observation[SPANE_OBSERVATION_SIZE(64)];
    uint8_t mask[SPANE_MASK_SIZE(64)];
    spane_step_result result;
    spane_env_info info = SPANE_ENV_INFO_INIT;
    spane_request what = SPANE_REQUEST_INIT;

    switch (fuzz_below(input, 9)) {
    case 0: {
        int64_t start = fuzz_integer(input);
        int32_t kind = (int32_t)fuzz_below(input, 4);
        return spane_env_reset(env, start, kind, kind == SPANE_END_AUTO ? 0 : fuzz_integer(input));
    }
    case 1: return spane_env_step(env, (int32_t)fuzz_integer(input), OUT(&result));
    case 2: {
        int32_t action = 0;
        spane_status status = spane_env_mask(env, mask, sizeof mask);
        if (status != SPANE_OK || spane_env_describe(env, &info) != SPANE_OK) return status;
        while (action < info.servers * SPANE_NODES && !mask[action]) action++;
        MUST(info.finished || action < info.servers * SPANE_NODES);
        status = spane_env_step(env, action, &result);
        MUST(status == (info.finished ? SPANE_BAD_STATE : SPANE_OK));
        return status;
    }
    case 3: return spane_env_observe(env, OUT(observation), fuzz_byte(input) < 64 ? fuzz_byte(input) : sizeof observation / 4);
    case 4: return spane_env_mask(env, OUT(mask), fuzz_byte(input) < 64 ? fuzz_byte(input) % sizeof mask : sizeof mask);
    case 5: return spane_env_request(env, OUT(&what));
    case 6: return spane_env_describe(env, OUT(&info));
    case 7: {
        size_t size = 0;
        spane_status status = spane_env_save_memory(env, bytes, sizeof bytes, &size);
        if (status == SPANE_OK) bytes_size = size;
        return status;
    }
    default:
        if (bytes_size > 0 && fuzz_byte(input) < 128) bytes[fuzz_word(input) % bytes_size] ^= fuzz_byte(input);
        return spane_env_restore_memory(env, bytes, bytes_size);
    }
}

static spane_status play_many(struct fuzz_input *input) {
    static float observation[10][SPANE_OBSERVATION_SIZE(5)];
    static uint8_t mask[10][SPANE_MASK_SIZE(5)], flags[2][10], which[10];
    static double reward[10];
    unsigned slot = fuzz_below(input, slots);
    spane_vec_env *vec = handles.vec[slot];
    spane_vec_env_buffers buffers = SPANE_VEC_ENV_BUFFERS_INIT;
    spane_env_info info = SPANE_ENV_INFO_INIT;
    int32_t actions[10];
    uint64_t seed = fuzz_byte(input);

    switch (fuzz_below(input, 9)) {
    case 5: {
        int64_t starts[10];
        for (int i = 0; i < 10; i++) starts[i] = i ? 3 * i : fuzz_integer(input);
        for (int i = 0; i < 10; i++) which[i] = fuzz_byte(input) & 1;
        return spane_vec_env_reset_at(vec, OUT(starts), OUT(which));
    }
    case 6: {
        int64_t starts[10];
        for (int i = 0; i < 10; i++) starts[i] = i ? 3 * i : fuzz_integer(input);
        return spane_vec_env_set_starts(vec, OUT(starts), fuzz_byte(input) % 11);
    }
    case 7: return spane_vec_env_observe(vec);
    case 8: {
        size_t size = 0;
        spane_status status = spane_vec_env_save_memory(vec, bytes, sizeof bytes, &size);
        if (status != SPANE_OK) return status;
        bytes_size = size;
        return spane_vec_env_restore_memory(vec, bytes, size);
    }
    case 0:
        buffers.observation = OUT(observation[0]);
        buffers.mask = OUT(mask[0]);
        buffers.reward = reward;
        buffers.terminated = flags[0];
        buffers.truncated = OUT(flags[1]);
        return spane_vec_env_bind(vec, &buffers);
    case 1:
        for (int i = 0; i < 10; i++) which[i] = fuzz_byte(input) & 1;
        return spane_vec_env_reset(vec, OUT(&seed), OUT(which));
    case 2:
    case 3:
        for (int i = 0; i < 10; i++) {
            actions[i] = 0;
            while (actions[i] < 9 && !mask[i][actions[i]]) actions[i]++;
        }
        if (fuzz_byte(input) < 32) actions[fuzz_below(input, 10)] = (int32_t)fuzz_integer(input);
        return spane_vec_env_step(vec, OUT(actions));
    default: return spane_vec_env_describe(vec, (int32_t)fuzz_integer(input), &info);
    }
}

static spane_status look(struct fuzz_input *input) {
    double column[most];
    spane_trace_buffers buffers = SPANE_TRACE_BUFFERS_INIT;
    spane_trace_info info = SPANE_TRACE_INFO_INIT;
    double numbers[most], mean;
    switch (fuzz_below(input, 12)) {
    case 5: {
        spane_model_info told = SPANE_MODEL_INFO_INIT;
        return spane_model_describe(SOME(model), OUT(&told));
    }
    case 6: {
        spane_input_info told = SPANE_INPUT_INFO_INIT;
        return spane_model_input(SOME(model), (int32_t)fuzz_integer(input), OUT(&told));
    }
    case 7: {
        spane_heuristic_info told = SPANE_HEURISTIC_INFO_INIT;
        return spane_heuristic_describe((int32_t)fuzz_integer(input), OUT(&told));
    }
    case 8: {
        spane_build_info told = SPANE_BUILD_INFO_INIT;
        if (fuzz_byte(input) < 128) told.struct_size = fuzz_byte(input) % (sizeof told + 1);
        return spane_build_describe(OUT(&told));
    }
    case 9: {
        spane_cluster_info told = SPANE_CLUSTER_INFO_INIT;
        return spane_cluster_describe(SOME(cluster), OUT(&told));
    }
    case 10: {
        spane_resource_info told = SPANE_RESOURCE_INFO_INIT;
        return spane_cluster_resource(SOME(cluster), (int32_t)fuzz_integer(input), OUT(&told));
    }
    case 11: {
        spane_resource_info told = SPANE_RESOURCE_INFO_INIT;
        return spane_cluster_find_resource(SOME(cluster), OUT(fuzz_byte(input) & 1 ? "gpu" : "mem"), OUT(&told));
    }
    case 0: {
        size_t first = (size_t)fuzz_integer(input), count = count_of(input);
        buffers.cpu = OUT(column);
        return spane_trace_read(SOME(trace), first, count, OUT(&buffers));
    }
    case 1: return spane_trace_describe(SOME(trace), OUT(&info));
    case 2: {
        size_t size;
        char text[80];
        return spane_trace_provenance(SOME(trace), OUT("content_sha256"), OUT(text), fuzz_byte(input) % 80, OUT(&size));
    }
    case 3: {
        spane_policy policies[3] = {SPANE_POLICY_HEURISTIC("first-fit"), policy(input), SPANE_POLICY_HEURISTIC("best-fit")};
        spane_evaluation_options options = SPANE_EVALUATION_OPTIONS_INIT;
        int64_t starts[2] = {fuzz_integer(input), fuzz_integer(input)};
        double waits[6], bounds[2];
        int64_t lengths[2];
        size_t count = fuzz_below(input, 4);
        options.length = fuzz_integer(input);
        options.threads = (int32_t)fuzz_below(input, 4);
        options.servers = 1 + (int32_t)fuzz_below(input, 6);
        if (fuzz_byte(input) < 128) {
            double losses[6 * SPANE_SIZE_CLASSES * SPANE_LOSS_VALUES], metrics[6 * 32];
            int32_t samples = (int32_t)fuzz_below(input, 5) - 1;
            if (spane_fleet_metric_count() > 32) return SPANE_INTERNAL;
            return spane_evaluate_fleet(SOME(trace), &options, OUT(starts), 2, OUT(policies), count, fuzz_byte(input) % 3,
                                        samples, NULL, OUT(waits), OUT(losses), OUT(metrics));
        }
        return spane_evaluate(SOME(trace), &options, OUT(starts), 2, OUT(policies), count, NULL, OUT(waits), OUT(lengths), OUT(bounds));
    }
    default: {
        size_t count = count_of(input);
        for (int i = 0; i < most; i++) numbers[i] = i % 8 ? i : fuzz_number(input);
        return spane_trimmed_mean(OUT(numbers), count, fuzz_number(input) / 64, OUT(&mean));
    }
    }
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
    const char *weights = getenv("SPANE_FUZZ_WEIGHTS");
    (void)count;
    (void)arguments;
    MUST(weights && spane_model_load(weights, &handles.model[0]) == SPANE_OK);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_input all = {data, size}, *input = &all;
    bytes_size = 0;
    MUST(spane_cluster_new(NULL, &handles.cluster[0]) == SPANE_OK);
    MUST(spane_cluster_add_equal_servers(handles.cluster[0], 40, 90, 2, NULL) == SPANE_OK);
    MUST(spane_cluster_add_equal_servers(handles.cluster[0], 8, 16, 1, NULL) == SPANE_OK);
    MUST(spane_session_new(handles.cluster[0], HEURISTIC("best-fit"), &handles.session[0]) == SPANE_OK);
    MUST(spane_session_new(handles.cluster[0], NETWORK(handles.model[0]), &handles.session[1]) == SPANE_OK);
    MUST(spane_trace_generate(200, 1, NULL, &handles.trace[0]) == SPANE_OK);
    MUST(spane_env_new(handles.trace[0], NULL, &handles.env[0]) == SPANE_OK);
    MUST(spane_env_session_new(handles.env[0], NETWORK(handles.model[0]), &handles.env_session[0]) == SPANE_OK);
    for (int calls = 0; input->left > 0 && calls < 300; calls++) {
        spane_status status;
        switch (fuzz_below(input, 16)) {
        case 0:
        case 1: status = make(input); break;
        case 2:
        case 3:
        case 4:
        case 5: status = change_cluster(input); break;
        case 6: status = plan_moves(input); break;
        case 7:
        case 8:
        case 9: status = decide(input); break;
        case 10:
        case 11:
        case 12: status = play(input); break;
        case 13:
        case 14: status = play_many(input); break;
        default: status = look(input); break;
        }
        MUST(status <= SPANE_CONFLICT && status >= SPANE_CANCELLED && status != SPANE_INTERNAL);
        MUST(status >= 0 || *spane_last_error());
    }
    for (int slot = 0; slot < slots; slot++) {
        spane_cluster_free(handles.cluster[slot]);
        spane_session_free(handles.session[slot]);
        spane_env_session_free(handles.env_session[slot]);
        spane_trace_free(handles.trace[slot]);
        spane_env_free(handles.env[slot]);
        spane_vec_env_free(handles.vec[slot]);
        spane_plan_free(handles.plan[slot]);
        handles.plan[slot] = NULL;
        handles.cluster[slot] = NULL;
        handles.session[slot] = NULL;
        handles.env_session[slot] = NULL;
        handles.trace[slot] = NULL;
        handles.env[slot] = NULL;
        handles.vec[slot] = NULL;
    }
    return 0;
}
