// wrapper DATA: every function of spane.hpp, compiled with and without exceptions.

#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <spane.hpp>

namespace {

int failures = 0;

void check(bool holds, const char *text, int line) {
    if (holds) return;
    failures++;
    std::fprintf(stderr, "wrapper.cpp:%d: %s does not hold (%s)\n", line, text, spane_last_error());
}
#define CHECK(condition) check((condition), #condition, __LINE__)

// The value of a call that must succeed, in either mode.
#if SPANE_EXCEPTIONS
template <class T>
T must(T value) {
    return value;
}
#define DONE(call) (call)
// The status with which a call fails.
template <class Call>
spane_status failure_of(Call call) {
    try {
        (void)call();
        return SPANE_OK;
    } catch (const spane::Error &error) {
        CHECK(std::strcmp(error.name(), spane_status_name(error.status())) == 0 && *error.what() != '\0');
        return error.status();
    }
}
#else
template <class T>
T must(spane::Result<T> result) {
    CHECK(bool(result));
    return *std::move(result);
}
#define DONE(call) CHECK(bool(call))
template <class Call>
spane_status failure_of(Call call) {
    const auto result = call();
    if (result) return SPANE_OK;
    CHECK(std::strcmp(result.error().name(), spane_status_name(result.error().status())) == 0);
    CHECK(*result.error().what() != '\0');
    return result.error().status();
}
#endif
#define FAILS(status, call) CHECK(failure_of([&] { return call; }) == (status))

const spane::Request small = {2, 4};

void test_groups() {
    spane::Cluster cluster = must(spane::Cluster::make());
    DONE(cluster.add_equal_servers(40, 90, 4));
    CHECK(must(cluster.levels()).empty());
    DONE(cluster.set_levels({"rack", "zone"}));
    CHECK((must(cluster.levels()) == std::vector<std::string>{"rack", "zone"}));
    FAILS(SPANE_BAD_STATE, cluster.set_levels({"row"}));
    for (std::int32_t server = 0; server < 4; server++) DONE(cluster.set_domain(server, 0, server / 2));
    CHECK(must(cluster.domain(3, 0)) == 1 && must(cluster.domain(3, 1)) == -1);
    FAILS(SPANE_INVALID_ARGUMENT, cluster.set_domain(3, 2, 0));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.set_group(5, {{SPANE_GROUP_AT_MOST, 0}}));
    DONE(cluster.set_group(5, {{SPANE_GROUP_AT_MOST, 1, 0}, {SPANE_GROUP_SPREAD, 2, SPANE_LEVEL_SERVER, false}}));
    const std::vector<spane::GroupRule> rules = must(cluster.group_rules(5));
    CHECK(rules.size() == 2 && rules[0].hard && rules[0].level == 0 && rules[1].kind == SPANE_GROUP_SPREAD && !rules[1].hard);
    spane::Request request = small;
    request.group = 5;
    DONE(cluster.place(1, request, {0, 1}));
    FAILS(SPANE_INFEASIBLE_ACTION, cluster.place(2, request, {1, 1}));
    CHECK(must(cluster.group_vms(5)) == 1 && must(cluster.find(1))->request.group == 5);
    const std::array<std::int32_t, 2> servers = {1, 2};
    CHECK((must(cluster.group_violations(request, servers)) == std::vector<std::int64_t>{-1, 0}));
}

void test_clusters() {
    spane::Cluster cluster = must(spane::Cluster::make());
    CHECK((must(cluster.add_equal_servers(40, 90, 3)) == std::vector<std::int32_t>{0, 1, 2}));
    DONE(cluster.reserve(100));
    DONE(cluster.place(7, small, {1, 1}));
    FAILS(SPANE_EXISTS, cluster.place(7, small, {1, 1}));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.cordon(3));
    CHECK(must(cluster.find(7))->placement.server == 1 && must(cluster.find(7))->request.span == 1);
    CHECK(must(cluster.find(7))->request.amounts.empty() && !must(cluster.find(8)));
    DONE(cluster.cordon(2));
    CHECK(must(cluster.server(2)).is_cordoned == 1);
    DONE(cluster.uncordon(2));
    DONE(cluster.set_free(0, 1, 1, 2));
    CHECK((must(cluster.free(0)) == std::vector<double>{40, 90, 1, 2}));
    CHECK((must(cluster.capacity(0)) == std::vector<double>{40, 90, 40, 90}));
    const spane::Plan drain = must(cluster.plan_drain(1));
    CHECK(must(drain.describe()).outcome == SPANE_PLAN_FOUND && must(drain.servers()) == std::vector<std::int32_t>{1});
    CHECK(must(drain.moves()).size() == 1 && must(drain.stuck()).empty() && !must(drain.text()).empty());
    CHECK(must(must(cluster.plan_room(std::vector<spane::Request>{small, small})).placements()).size() == 2);
    CHECK(must(must(cluster.plan_consolidation(0)).moves()).empty() && must(must(cluster.plan_repair(1)).moves()).empty());
    std::int64_t servers = 0;
    must(cluster.plan_consolidation(9, {}, [&](std::int64_t done, std::int64_t total) { return (servers = total) == done; }));
    CHECK(servers == 3);
    FAILS(SPANE_CANCELLED, cluster.plan_consolidation(9, {}, [](std::int64_t, std::int64_t) { return false; }));
    spane::PlanOptions pinned;
    pinned.pinned = {7};
    CHECK(must(must(cluster.plan_drain(1, pinned)).stuck()) == std::vector<std::uint64_t>{7});
    const std::vector<std::byte> state = must(cluster.save_memory());
    spane::Cluster copy = must(spane::Cluster::load_memory(state));
    CHECK(must(copy.count()).vms == 1 && must(copy.count()).servers == 3);
    CHECK(must(copy.release(7)).server == 1);
    FAILS(SPANE_NOT_FOUND, copy.release(7));
    FAILS(SPANE_IO, cluster.save("no such folder/file"));
    FAILS(SPANE_IO, spane::Cluster::load("no such file"));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.add_equal_servers(40, 90, SPANE_MAX_SERVERS));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.add_equal_servers(40, 90, SIZE_MAX));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.add_equal_servers(0, 90));

    spane::ClusterOptions options;
    CHECK(options.split_above == 10);
    options.split_above = -1;
    FAILS(SPANE_INVALID_ARGUMENT, spane::Cluster::make(options));

    spane::Cluster moved = std::move(cluster);
    FAILS(SPANE_NULL_POINTER, cluster.cordon(0)); // NOLINT: what a moved-from handle does is documented
    FAILS(SPANE_NULL_POINTER, cluster.servers());
    FAILS(SPANE_NULL_POINTER, cluster.fail_server(0));
    FAILS(SPANE_NULL_POINTER, cluster.add_servers({{{1, 2}}}));
    CHECK(must(moved.count()).vms == 1);
    spane_cluster *raw = moved.release_handle();
    CHECK(raw != nullptr && moved.get() == nullptr);
    moved = spane::Cluster(raw);
    CHECK(must(moved.count()).vms == 1);
}

// Up to four nodes, of which each may have a gpu, and servers with a disk.
spane::Cluster mixed_fleet() {
    spane::ClusterOptions options;
    options.nodes = 4;
    options.split_from = 16;
    options.node_resources = {"gpu"};
    options.server_resources = {"disk"};
    spane::Cluster cluster = must(spane::Cluster::make(options));
    spane::ServerType four{std::vector<std::vector<double>>(4, {20, 45, 1}), {1000}};
    four.traits = 1;
    four.distances = {10, 20, 30, 30, 20, 10, 30, 30, 30, 30, 10, 20, 30, 30, 20, 10};
    CHECK((must(cluster.add_servers(four)) == std::vector<std::int32_t>{0}));
    // Amounts that are missing are 0.
    CHECK((must(cluster.add_servers({{{8, 16}, {32, 64, 2}}}, 2)) == std::vector<std::int32_t>{1, 2}));
    return cluster;
}

void test_fleets() {
    spane::Cluster cluster = mixed_fleet();
    const spane::ClusterOptions told = must(cluster.options());
    CHECK(told.nodes == 4 && told.split_above == 10 && told.split_from == 16 && told.span == 2);
    CHECK(told.node_resources == std::vector<std::string>{"gpu"} && told.server_resources[0] == "disk");
    CHECK(must(cluster.width()) == 13 && must(cluster.server(0)).traits == 1 && must(cluster.server(2)).nodes == 2);
    CHECK((must(cluster.capacity(1)) == std::vector<double>{8, 16, 0, 32, 64, 2, 0, 0, 0, 0, 0, 0, 0}));
    FAILS(SPANE_SHAPE_MISMATCH, cluster.add_servers({{{1, 2, 3, 4}}}));
    FAILS(SPANE_SHAPE_MISMATCH, cluster.add_servers({{{1, 2}}, {1, 2}}));
    FAILS(SPANE_SHAPE_MISMATCH, cluster.add_servers({{{1, 2}}, {}, 0, {1, 2}}));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.add_servers({}));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.add_servers({std::vector<std::vector<double>>(5, {1, 2})}));

    spane::Request request{8, 20};
    request.amounts = {2, 100};
    request.require = 1;
    request.farthest = 20;
    FAILS(SPANE_INFEASIBLE_ACTION, cluster.place(1, request, {0, 5}));
    DONE(cluster.place(1, request, {0, 3}));
    const spane::Placed placed = *must(cluster.find(1));
    CHECK(placed.placement.nodes == 3 && placed.request.span == 2 && placed.request.amounts == request.amounts);
    CHECK(placed.request.require == 1 && placed.request.forbid == 0 && placed.request.farthest == 20);
    DONE(cluster.move(1, {0, 12}));
    DONE(cluster.resize(1, {2, 4, 2}));
    CHECK((must(cluster.find(1))->request.amounts == std::vector<double>{0, 0}));
    DONE(cluster.rename(1, 5));
    FAILS(SPANE_NOT_FOUND, cluster.rename(1, 6));
    DONE(cluster.record(2, {50, 9, 1}, {1, 1}));
    CHECK(must(cluster.free(1))[0] == -42);
    CHECK((must(cluster.vms()) == std::vector<std::uint64_t>{2, 5}) && must(cluster.vms(2)).empty());
    FAILS(SPANE_INVALID_ARGUMENT, cluster.vms(3));
    CHECK((must(cluster.room({1, 1})) == std::vector<std::int64_t>{78, 32, 40}));
    CHECK((must(cluster.room({1, 1}, std::vector<std::int32_t>{2})) == std::vector<std::int64_t>{40}));
    CHECK(must(cluster.room({1, 1}, spane::Span<const std::int32_t>())).empty());
    FAILS(SPANE_INVALID_ARGUMENT, cluster.room({0, 1}));

    std::vector<double> capacity(3 * 13), left(3 * 13);
    DONE(cluster.amounts(capacity, left));
    CHECK(capacity[0] == 20 && left[13] == -42 && left[6] == 19);
    const std::vector<std::int32_t> two = {2, 0};
    DONE(cluster.amounts(two, spane::Span<double>(), spane::Span<double>(left.data(), 26)));
    CHECK(left[0] == 8 && left[13] == 20);
    DONE(cluster.amounts(spane::Span<const std::int32_t>(), spane::Span<double>(), spane::Span<double>()));
    FAILS(SPANE_SHAPE_MISMATCH, cluster.amounts(two, spane::Span<double>(), left));
    FAILS(SPANE_SHAPE_MISMATCH, cluster.amounts(spane::Span<double>(capacity.data(), 1), left));

    CHECK(must(cluster.fail_server(1)) == std::vector<std::uint64_t>{2});
    CHECK(must(cluster.fail_server(1)).empty() && must(cluster.server(1)).is_cordoned == 1);
    FAILS(SPANE_BAD_STATE, cluster.remove_server(0));
    DONE(cluster.remove_server(1));
    CHECK((must(cluster.servers()) == std::vector<std::int32_t>{0, 2}));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.resize_server(1, {{{1, 2}}}));
    FAILS(SPANE_INVALID_ARGUMENT, cluster.resize_server(0, {{{1, 2}}})); // a VM runs on other nodes
    DONE(cluster.resize_server(2, {{{1, 2, 3}}, {4}, 9}));
    CHECK(must(cluster.server(2)).traits == 9 && must(cluster.free(2))[12] == 4);
    const std::vector<std::byte> state = must(cluster.save_memory());
    CHECK(must(must(spane::Cluster::load_memory(state)).options()).node_resources == told.node_resources);
}

void test_candidates(const std::string &data) {
    spane::Cluster cluster = mixed_fleet();
    spane::Session session = must(spane::Session::make(cluster, "first-fit"));
    const std::vector<std::int32_t> some = {2, 1}, none, twice = {2, 2};
    CHECK(must(session.choose_among({1, 1}, some))->server == 2);
    CHECK(!must(session.choose_among({1, 1}, none)) && !must(session.choose_among({20, 1}, some)));
    CHECK(must(session.choose_among({1000, 1}, some)).never_fits);
    FAILS(SPANE_INVALID_ARGUMENT, session.choose_among({1, 1}, twice));
    std::array<spane::Placement, 4> best{};
    std::array<float, 4> scores{};
    CHECK(must(cluster.explain({1, 1})).size() == 3 && must(cluster.explain({1, 1}, none)).empty());
    const std::vector<spane::Reason> reasons = must(cluster.explain({1000, 1}, some));
    CHECK(reasons.size() == 2 && reasons[1].reason == SPANE_REASON_TOO_SMALL);
    CHECK(must(cluster.room_by_type({1, 1})).size() == 1);
    CHECK(must(session.explain({1, 1})).find("3 servers considered") != std::string::npos);
    CHECK(must(session.explain({1, 1}, 1, SPANE_JSON)).find("\"best\":[{\"server\":0,") != std::string::npos);
    CHECK(must(session.explain_among({1, 1}, none)).find("0 servers considered") != std::string::npos);
    FAILS(SPANE_INVALID_ARGUMENT, session.explain_among({1, 1}, twice));
    DONE(cluster.share());
    const spane::Proposal proposal = must(session.propose({1, 1}));
    CHECK(proposal && proposal->placement.server == 0 && must(cluster.commit(77, {1, 1}, *proposal)));
    CHECK(!must(cluster.commit(78, {1, 1}, *proposal)));
    FAILS(SPANE_EXISTS, cluster.commit(77, {1, 1}, *proposal));
    CHECK(must(session.propose({1000, 1})).never_fits && !must(session.propose_among({1, 1}, none)));
    CHECK(must(cluster.release(77)).server == 0);
    CHECK(must(session.top({1, 1}, best, scores)) == 3 && best[0].server == 0 && scores[2] == -2);
    CHECK(must(session.top_among({1, 1}, some, best)) == 2 && best[0].server == 2 && best[1].server == 1);
    CHECK(must(session.top_among({1, 1}, some, best, scores)) == 2 && scores[1] == -1);
    CHECK(must(session.top_among({1, 1}, none, best)) == 0);
    FAILS(SPANE_SHAPE_MISMATCH, session.top_among({1, 1}, some, best, spane::Span<float>(scores.data(), 3)));
    spane::Request gpu{1, 1};
    gpu.amounts = {2};
    CHECK(must(session.choose(gpu))->server == 1 && must(session.choose(gpu))->nodes == 2);

    spane::Model model = must(spane::Model::load(data + "/weights/potential-synthetic.h5"));
    spane::Session network = must(spane::Session::make(cluster, model));
    CHECK(network.placements_per_server() == 6);
    std::vector<float> all(18), two(12);
    DONE(network.scores({2, 2, 2}, all));
    DONE(network.scores({2, 2, 2}, some, two));
    CHECK(two[0] == all[12] && two[6] == all[6] && all[0] > all[7]);
    FAILS(SPANE_SHAPE_MISMATCH, network.scores({2, 2}, some, all));
    DONE(network.q_values({2, 2}, all));
    FAILS(SPANE_SHAPE_MISMATCH,
          spane::Session::make(cluster, must(spane::Model::load(data + "/weights/untrained-1.h5"))));
}

void test_sessions(const std::string &data) {
    spane::Cluster cluster = must(spane::Cluster::make());
    DONE(cluster.add_equal_servers(40, 90, 3));
    spane::Model model = must(spane::Model::load(data + "/weights/untrained-1.h5"));
    CHECK(must(model.describe()).servers == 0);
    CHECK(must(model.provenance("command")).has_value() && !must(model.provenance("no such")).has_value());
    CHECK(must(must(spane::Model::load_memory(must(model.save_memory()))).describe()).servers == 0);
    FAILS(SPANE_IO, model.save("no such folder/file"));
    CHECK(must(model.describe()).most_nodes == 2 && must(model.inputs()).size() == 7);
    CHECK(std::strcmp(must(model.inputs())[1].name, "node0_mem") == 0);
    CHECK(must(spane::Session::make(cluster, "random")).placements_per_server() == 2);
    const std::array<std::byte, 3> nonsense{};
    FAILS(SPANE_FORMAT, spane::Model::load_memory(nonsense));
    spane::Session session = must(spane::Session::make(cluster, model));
    spane::Session heuristic = must(spane::Session::make(cluster, "best-fit"));
    FAILS(SPANE_INVALID_ARGUMENT, spane::Session::make(cluster, "worst-fit"));

    std::optional<spane::Placement> placement = must(session.choose(small));
    CHECK(placement && placement->server >= 0);
    CHECK(!must(session.choose({1000, 1})) && !must(heuristic.place(1, {1000, 1})));
    CHECK(must(session.choose({1000, 1})).never_fits && must(heuristic.place(1, {1000, 1})).never_fits);
    CHECK(!must(session.choose(small)).never_fits);
    CHECK(must(heuristic.place(1, small)).has_value());
    FAILS(SPANE_INVALID_ARGUMENT, session.choose({0, 1}));
    const std::array<spane::Request, 2> requests = {small, {1000, 1}};
    std::array<spane::Placement, 2> placements{};
    DONE(session.choose_many(requests, placements));
    CHECK(placements[0].server >= 0 && placements[1].server == SPANE_NEVER);
    FAILS(SPANE_SHAPE_MISMATCH, session.choose_many(requests, spane::Span<spane::Placement>(placements.data(), 1)));
    std::array<spane::Placement, 4> best{};
    std::array<float, 4> scores{};
    CHECK(must(session.top(small, best)) == 4 && must(session.top(small, best, scores)) == 4);
    CHECK(must(session.top({1000, 1}, best)) == 0);
    CHECK(must(heuristic.top(small, best)) == 3);
    FAILS(SPANE_SHAPE_MISMATCH, session.top(small, best, spane::Span<float>(scores.data(), 3)));
    float all[6], q[6];
    DONE(session.scores(small, all));
    DONE(session.q_values(small, q));
    const std::vector<std::int32_t> servers = {2, 0};
    DONE(session.scores(small, servers, scores));
    CHECK(scores[0] == all[4] && scores[3] == all[1]);
    /* No servers are not all servers. */
    const std::vector<std::int32_t> none;
    std::vector<float> nothing;
    DONE(session.scores(small, none, nothing));
    DONE(session.scores(small, spane::Span<const std::int32_t>(), spane::Span<float>()));
    FAILS(SPANE_INVALID_ARGUMENT, session.scores({0, 1}, none, nothing));
    FAILS(SPANE_UNSUPPORTED, heuristic.scores(small, none, nothing));
    CHECK(!must(session.choose_among(small, none)) && must(session.top_among(small, none, best)) == 0);
    CHECK(must(cluster.room(small, none)).empty());
    CHECK(must(heuristic.describe()).decisions > 0 && must(session.describe()).bytes > 0);
    CHECK(must(cluster.describe()).servers == 3 && must(cluster.describe()).vms == 1);
    CHECK(must(cluster.resource("mem"))->amount_index == 1 && !must(cluster.resource("gpu")).has_value());
    CHECK(std::strcmp(must(cluster.resource(0))->name, "cpu") == 0 && !must(cluster.resource(2)).has_value());
    CHECK(must(spane::heuristics()).size() == 18 && std::strcmp(must(spane::heuristics())[4].argument, "SEED") == 0);
    const spane::Trace mix = must(spane::Trace::generate(100, 1));
    spane::Session rule = must(spane::Session::make(cluster, {"capacity-lost,100*most-allocated+spread", mix.get()}));
    CHECK(must(rule.choose(small)).has_value());
    CHECK(must(spane::build()).version == spane_version());
    FAILS(SPANE_SHAPE_MISMATCH, session.scores(small, servers, all));
    FAILS(SPANE_INVALID_ARGUMENT, session.scores(small, scores));
}

std::vector<std::int64_t> starts_of(std::size_t count) {
    std::vector<std::int64_t> starts(count);
    for (std::size_t index = 0; index < count; index++) starts[index] = static_cast<std::int64_t>(index);
    return starts;
}

void test_logs() {
    const std::string path = "/tmp/spane-wrapper-" + std::to_string(SPANE_EXCEPTIONS) + std::to_string(__cplusplus) + ".log";
    spane::Cluster cluster = must(spane::Cluster::make());
    DONE(cluster.add_equal_servers(40, 90, 2));
    std::remove(path.c_str());
    FAILS(SPANE_BAD_STATE, cluster.stop_log());
    FAILS(SPANE_BAD_STATE, cluster.sync_log());
    FAILS(SPANE_BAD_STATE, cluster.set_log_time(1));
    FAILS(SPANE_BAD_STATE, cluster.describe_log());
    FAILS(SPANE_INVALID_ARGUMENT, cluster.start_log(path, 7));
    FAILS(SPANE_CANCELLED,
          cluster.start_log(path, SPANE_DURABILITY_WRITTEN, [](std::int64_t, std::int64_t) { return false; }));
    DONE(cluster.start_log(path, SPANE_DURABILITY_BUFFERED));
    DONE(cluster.set_log_time(0));
    spane::Session session = must(spane::Session::make(cluster, "first-fit"));
    const spane::Shadow same = must(session.shadow(1, small, spane::Placement{0, 1}));
    CHECK(same.outcome == SPANE_SHADOW_SAME && same.own.server == 0 && same.advantage == 0);
    CHECK(must(session.shadow(2, small, spane::Placement{1, 2})).outcome == SPANE_SHADOW_OTHER_SERVER);
    CHECK(must(session.shadow(3, small, std::nullopt)).outcome == SPANE_SHADOW_ONLY_OWN);
    FAILS(SPANE_EXISTS, session.shadow(1, small, spane::Placement{0, 1}));
    DONE(cluster.sync_log());
    CHECK(must(cluster.describe_log()).events == 8 && must(cluster.describe_log()).is_ended == 0);
    DONE(cluster.stop_log());
    const spane::ReplayFigures log = must(spane::replay(path));
    CHECK(log.vms == 3 && log.refused == 1 && log.compared == 0);
    spane::ReplayOptions options;
    options.needed = 1;
    const spane::ReplayFigures first = must(spane::replay(path, spane::Policy("first-fit"), options));
    CHECK(first.refused == 0 && first.compared == 2 && first.alike == 1 && first.servers_needed == 1);
    options.queue = 1;
    FAILS(SPANE_INVALID_ARGUMENT, spane::replay(path, spane::Policy("first-fit"), options));
    FAILS(SPANE_IO, spane::replay("no such file"));
    std::remove(path.c_str());
}

void test_environments(const std::string &data) {
    spane::Trace trace = must(spane::Trace::generate(2000, 1));
    CHECK(must(trace.describe()).count == 2000);
    CHECK(must(trace.provenance("content_sha256"))->size() == 64);
    spane::TraceColumns columns = must(trace.columns(5, 10));
    CHECK(columns.ids[0] == 5 && columns.span == std::vector<std::int32_t>(10) && columns.resources.empty());
    columns.span[3] = 2;
    columns.resources = {"gpu", "disk"};
    columns.amounts = {std::vector<double>(10, 0.5), std::vector<double>(10, 100)};
    spane::Trace part = must(spane::Trace::make(columns));
    CHECK(must(part.describe()).count == 10);
    const spane::TraceColumns back = must(part.columns());
    CHECK(back.ids == columns.ids && back.cpu == columns.cpu && back.lifetime == columns.lifetime);
    CHECK(back.span == columns.span && back.resources == columns.resources && back.amounts == columns.amounts);
    columns.amounts.pop_back();
    FAILS(SPANE_SHAPE_MISMATCH, spane::Trace::make(columns));
    columns.amounts.emplace_back(9);
    FAILS(SPANE_SHAPE_MISMATCH, spane::Trace::make(columns));
    columns.amounts.back().resize(10);
    columns.mem.pop_back();
    FAILS(SPANE_SHAPE_MISMATCH, spane::Trace::make(columns));
    FAILS(SPANE_INVALID_ARGUMENT, trace.columns(1999, 10));
    FAILS(SPANE_INVALID_ARGUMENT, trace.columns(SIZE_MAX, 1));
    FAILS(SPANE_IO, spane::Trace::load("no such file"));
    FAILS(SPANE_IO, trace.save("no such folder/file"));
    const std::vector<std::byte> file = must(trace.save_memory());
    const spane::Trace same = must(spane::Trace::load_memory(file));
    CHECK(must(same.provenance("content_sha256")) == must(trace.provenance("content_sha256")));
    CHECK(must(same.save_memory()) == file);
    FAILS(SPANE_IO, trace.save("no such folder/file", "here", "MIT"));

    spane::EnvironmentOptions options;
    options.servers = 3;
    spane::Environment environment = must(spane::Environment::make(trace, options));
    DONE(environment.reset(10, spane::End::length(20)));
    std::vector<float> observation(SPANE_OBSERVATION_SIZE(3));
    std::vector<std::uint8_t> mask(SPANE_MASK_SIZE(3));
    DONE(environment.observe(observation));
    DONE(environment.mask(mask));
    CHECK(observation[0] == 40 && mask[0] == 1);
    CHECK(must(environment.request()).cpu > 0 && must(environment.request()).span >= 1);
    CHECK(must(environment.step(0)).terminated == 0);
    const std::vector<std::byte> state = must(environment.save_memory());
    spane::Environment clone = must(environment.clone());
    spane::Environment loaded = must(spane::Environment::load_memory(trace, state));
    DONE(clone.restore_memory(state));
    CHECK(must(clone.save_memory()) == state && must(loaded.save_memory()) == state);
    CHECK(must(environment.describe()).placed == 1);
    FAILS(SPANE_INFEASIBLE_ACTION, environment.step(6));
    DONE(environment.reset(10, spane::End::exceed(2)));
    DONE(environment.reset(10, spane::End::automatic()));

    spane::VectorEnvironmentOptions many;
    many.count = 4;
    many.end_kind = SPANE_END_LENGTH;
    many.end_count = 5;
    spane::VectorEnvironment vector = must(spane::VectorEnvironment::make(trace, options, many));
    std::vector<float> observations(4 * SPANE_OBSERVATION_SIZE(3));
    std::vector<std::uint8_t> masks(4 * SPANE_MASK_SIZE(3)), terminated(4), truncated(4);
    std::vector<double> rewards(4);
    spane::VectorEnvironmentBuffers buffers;
    buffers.observation = observations.data();
    buffers.mask = masks.data();
    buffers.reward = rewards.data();
    buffers.terminated = terminated.data();
    buffers.truncated = truncated.data();
    const std::vector<std::int32_t> actions(4, 0);
    FAILS(SPANE_BAD_STATE, vector.step(actions));
    DONE(vector.bind(buffers));
    DONE(vector.reset(5));
    DONE(vector.step(actions));
    const std::vector<std::uint8_t> which = {1, 0, 0, 0};
    DONE(vector.reset(std::nullopt, which));
    CHECK(must(vector.describe(0)).placed == 0 && must(vector.describe(1)).placed == 1 && vector.size() == 4);
    FAILS(SPANE_SHAPE_MISMATCH, vector.step(spane::Span<const std::int32_t>(actions.data(), 3)));
    const std::vector<std::int64_t> places = {7, 8, 9, 10};
    DONE(vector.reset_at(places));
    CHECK(must(vector.describe(3)).start == 10 && must(vector.options()).end_count == 5);
    DONE(vector.step(actions));
    DONE(vector.reset_at(places, which));
    CHECK(must(vector.describe(0)).placed == 0 && must(vector.describe(1)).placed == 1);
    FAILS(SPANE_SHAPE_MISMATCH, vector.reset_at(starts_of(3)));
    FAILS(SPANE_INVALID_ARGUMENT, vector.set_starts(starts_of(5000)));
    const std::vector<std::byte> many_states = must(vector.save_memory());
    DONE(vector.set_starts(places));
    DONE(vector.reset());
    CHECK(must(vector.describe(2)).start == 9);
    DONE(vector.restore_memory(many_states));
    DONE(vector.observe());
    spane::VectorEnvironment again = must(spane::VectorEnvironment::load_memory(trace, many_states, 2));
    CHECK(again.size() == 4 && must(again.save_memory()) == many_states);
    FAILS(SPANE_FORMAT, spane::VectorEnvironment::load_memory(trace, state));

    /* A session that decides in an environment. */
    spane::EnvironmentSession in_environment = must(spane::EnvironmentSession::make(environment, "balance-fit"));
    DONE(environment.reset(10, spane::End::length(20)));
    while (must(environment.describe()).finished == 0) DONE(environment.step(must(in_environment.decide())));
    FAILS(SPANE_BAD_STATE, in_environment.decide());
    spane::Model network = must(spane::Model::load(data + "/weights/untrained-1.h5"));
    spane::EnvironmentSession scoring = must(spane::EnvironmentSession::make(environment, network));
    DONE(environment.reset(10, spane::End::length(20)));
    std::array<std::int32_t, 3> best{};
    std::array<float, 3> ranks{};
    std::array<float, 6> scores{}, values{};
    CHECK(must(scoring.top(best)) == 3 && must(scoring.top(best, ranks)) == 3 && ranks[0] >= ranks[1]);
    CHECK(best[0] == must(scoring.decide()) && must(scoring.describe()).decisions == 3);
    DONE(scoring.scores(scores));
    DONE(scoring.q_values(values));
    CHECK(scores[static_cast<std::size_t>(best[0])] == ranks[0]);
    FAILS(SPANE_SHAPE_MISMATCH, scoring.top(best, spane::Span<float>(ranks.data(), 2)));
    FAILS(SPANE_INVALID_ARGUMENT, scoring.scores(ranks));
    FAILS(SPANE_UNSUPPORTED, in_environment.scores(scores));
    /* The two kinds of sessions do not take each other's place. */
    static_assert(!std::is_constructible_v<spane::Session, spane_env_session *>);

    const std::vector<std::int64_t> starts = {0, 100};
    const std::vector<spane::Policy> policies = {"first-fit", std::string("best-fit"), network};
    const spane::Evaluation evaluation = must(spane::evaluate(trace, starts, policies));
    CHECK(evaluation.waits.size() == 6 && evaluation.waits[0] >= evaluation.bounds[0] && evaluation.lengths[1] > 40);
    CHECK(must(spane::trimmed_mean(evaluation.waits)) > 0);
    int asked = 0;
    const std::vector<spane::Policy> own = {spane::Policy([&](const spane::Decisions &decisions) {
        asked++;
        for (std::int32_t row = 0; row < decisions.count; row++) {
            const std::uint8_t *room = decisions.mask + row * decisions.mask_size;
            while (!room[++decisions.action[row]]) {}
        }
        return asked < 1000000;
    })};
    const spane::Evaluation mine = must(spane::evaluate(trace, starts, own));
    CHECK(asked > 0 && mine.waits == std::vector<double>(evaluation.waits.begin(), evaluation.waits.begin() + 2));
    asked = 1000000;
    FAILS(SPANE_CANCELLED, spane::evaluate(trace, starts, own));
    const spane::Comparison compared = must(spane::compare(evaluation, starts, 1));
    CHECK(compared.metrics.size() == 3 * SPANE_WAIT_METRICS && compared.info.block_length == 1);
    CHECK(compared.differences[SPANE_WAIT_METRICS].value == 0 && compared.metrics[0].low <= compared.metrics[0].high);
    FAILS(SPANE_INVALID_ARGUMENT, spane::compare(evaluation, starts, 3));

    CHECK(must(spane::read_starts("0..<100:5:1")).size() == 5);
    FAILS(SPANE_INVALID_ARGUMENT, spane::read_starts("0..<100:500:1"));
    FAILS(SPANE_IO, spane::read_starts("no such file"));
    const spane::Progress stop = [](std::int64_t, std::int64_t) { return false; };
    FAILS(SPANE_CANCELLED, spane::Trace::generate(2000, 1, stop));
    FAILS(SPANE_CANCELLED, spane::Trace::make(back, stop));
    FAILS(SPANE_CANCELLED, spane::Trace::load_memory(file, stop));
    FAILS(SPANE_CANCELLED, trace.save("never made", stop));
    FAILS(SPANE_CANCELLED, spane::evaluate(trace, starts, policies, {}, stop));
    const std::size_t metrics = must(spane::fleet_metrics()).size(), plays = starts.size() * policies.size();
    const spane::FleetEvaluation queue = must(spane::evaluate_fleet(trace, starts, policies, true, 2));
    CHECK(queue.waits == evaluation.waits && queue.losses.empty() && queue.metrics.size() == plays * metrics);
    spane::EvaluationOptions refusing;
    refusing.length = 100;
    const spane::FleetEvaluation loss = must(spane::evaluate_fleet(trace, starts, policies, false, 2, refusing));
    CHECK(loss.losses.size() == plays * SPANE_SIZE_CLASSES * SPANE_LOSS_VALUES && loss.losses[0] == 100);
    CHECK(loss.metrics[0] > 0 && loss.metrics[0] <= 1);
    FAILS(SPANE_INVALID_ARGUMENT, spane::evaluate_fleet(trace, starts, policies, false, 2));
    std::int64_t last = 0;
    DONE(spane::evaluate(trace, starts, policies, {}, [&](std::int64_t done, std::int64_t total) {
        last = done;
        return total == 8;
    }));
    CHECK(last == 8);
    CHECK(must(must(spane::Trace::generate(2000, 1)).describe()).count == 2000);
    FAILS(SPANE_INVALID_ARGUMENT, spane::trimmed_mean(spane::Span<const double>()));
}

} // namespace

int main(int argc, char **argv) {
    static_assert(!std::is_copy_constructible_v<spane::Cluster> && std::is_nothrow_move_constructible_v<spane::Cluster>);
    static_assert(std::is_base_of_v<std::runtime_error, spane::Error>);
    if (argc != 2) return 2;
    CHECK(std::strcmp(spane::version(), SPANE_VERSION_STRING) == 0);
    test_groups();
    test_clusters();
    test_fleets();
    test_candidates(argv[1]);
    test_sessions(argv[1]);
    test_logs();
    test_environments(argv[1]);
    std::printf("wrapper: C++ %ld, exceptions %d: %d failed\n", __cplusplus, SPANE_EXCEPTIONS, failures);
    return failures == 0 ? 0 : 1;
}
