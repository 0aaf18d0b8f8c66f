// libspane for C++17 and later: spane.h with owners instead of _free, and exceptions or results instead of statuses.
//
// spane.h is the specification; a comment here says only what differs. Of every fallible function the value is
//
//   Fallible<T>   with exceptions: T, and failures throw spane::Error
//                 with -fno-exceptions: Result<T>, which holds a T or a spane::Error
//
// What may well happen is no error: no room for a VM is an empty std::optional.

#ifndef SPANE_HPP
#define SPANE_HPP

#include <spane.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#if __cplusplus >= 202002L && defined(__has_include)
#if __has_include(<span>)
#include <span>
#define SPANE_HAS_SPAN 1
#endif
#endif

#ifndef SPANE_EXCEPTIONS
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define SPANE_EXCEPTIONS 1
#else
#define SPANE_EXCEPTIONS 0
#endif
#endif

namespace spane {
// Both kinds of object files may be linked into one program.
#if SPANE_EXCEPTIONS
inline namespace throwing {
#else
inline namespace returning {
#endif

using Placement = spane_placement;
using ServerInfo = spane_server_info;
using ModelInfo = spane_model_info;
using TraceInfo = spane_trace_info;
using StepResult = spane_step_result;
using EnvironmentInfo = spane_env_info;
using SessionInfo = spane_session_info;
using ClusterInfo = spane_cluster_info;
using InputInfo = spane_input_info;
using ResourceInfo = spane_resource_info;
using HeuristicInfo = spane_heuristic_info;
using FleetMetricInfo = spane_fleet_metric_info;
using BuildInfo = spane_build_info;
using LogInfo = spane_log_info;
using Shadow = spane_shadow;
using ReplayFigures = spane_replay_figures;

/// What a VM asks for; Request{4, 16} for cores and GB alone.
struct Request {
    double cpu = 0;                ///< cores in all
    double mem = 0;                ///< GB in all
    std::int32_t span = 0;         ///< the NUMA nodes over which it is spread evenly; 0 for what the cluster's rule says
    std::vector<double> amounts{}; ///< in all, of the other resources of nodes, then of those of servers; 0 where missing
    std::uint64_t require = 0;     ///< traits that its server must have
    std::uint64_t forbid = 0;      ///< traits that its server must not have
    std::uint32_t farthest = 0;    ///< the largest distance between two of its nodes; 0 for any
    std::uint64_t group = 0;       ///< the group to which it belongs; 0 for none
    std::uint64_t prefer = 0;      ///< traits that its server should have: those that lack fewer of them come first

    /// For calls of spane.h; valid until the amounts of this object change.
    spane_request get() const noexcept {
        spane_request request = SPANE_REQUEST(cpu, mem);
        request.span = span;
        request.amounts = amounts.data();
        request.amount_count = static_cast<std::uint32_t>(amounts.size());
        request.require = require;
        request.forbid = forbid;
        request.farthest = farthest;
        request.group = group;
        request.prefer = prefer;
        return request;
    }
};

/// How the VMs of a group are to be spread over the fault domains of one level; see spane_group_rule.
struct GroupRule {
    std::int32_t kind = SPANE_GROUP_AT_MOST;   ///< SPANE_GROUP_...
    std::int32_t count = 1;                    ///< VMs or domains
    std::int32_t level = SPANE_LEVEL_SERVER;   ///< an index into the levels
    bool hard = true;                          ///< whether what breaks it is refused

    spane_group_rule get() const noexcept {
        spane_group_rule rule = SPANE_GROUP_RULE_INIT;
        rule.kind = kind;
        rule.level = level;
        rule.count = count;
        rule.hard = hard ? 1 : 0;
        return rule;
    }
};

/// What a server has when nothing runs on it.
struct ServerType {
    std::vector<std::vector<double>> nodes;  ///< of each NUMA node: cores, GB, then its other resources; 0 where missing
    std::vector<double> amounts{};           ///< of the server's own resources; 0 where missing
    std::uint64_t traits = 0;                ///< a bit for each
    std::vector<std::uint8_t> distances{};   ///< [node][node]; empty where they do not matter
    std::string name{};                      ///< such as "gen3"; empty for none
};

/// What the servers of a cluster can have.
struct ClusterOptions {
    std::int32_t nodes = 2;                        ///< the most NUMA nodes of a server
    double split_above = 10;                       ///< GB; a request with span 0 and more memory is spread
    double split_from = HUGE_VAL;                  ///< cores; so is one with at least as many
    std::int32_t span = 2;                         ///< over how many nodes it is spread then
    std::vector<std::string> node_resources{};     ///< beside cores and GB, such as "gpu"
    std::vector<std::string> server_resources{};   ///< of servers as a whole, such as "disk"
    std::vector<std::string> traits{};             ///< the names of traits, that of bit 0 first
};

/// VMs in order of arrival, a column for each value; see spane_trace_columns.
struct TraceColumns {
    std::vector<std::int64_t> ids{};                ///< empty for 0 ... count - 1
    std::vector<double> cpu{};                      ///< cores in all
    std::vector<double> mem{};                      ///< GB in all
    std::vector<double> arrival{};                  ///< seconds, ascending
    std::vector<double> lifetime{};                 ///< seconds from a VM's placement to its end
    std::vector<std::int32_t> span{};               ///< NUMA nodes, or 0 for what the rule of the servers says; empty for 0
    std::vector<std::string> resources{};           ///< such as "gpu"
    std::vector<std::vector<double>> amounts{};     ///< for each resource the column of amounts in all
};

/// Told how far a call is; returns whether to go on. It must not throw. See spane_progress_callback.
using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

// The option structs of spane.h, with their defaults from the start.
struct EnvironmentOptions : spane_env_options {
    EnvironmentOptions() : spane_env_options SPANE_ENV_OPTIONS_INIT {}
};
struct VectorEnvironmentOptions : spane_vec_env_options {
    VectorEnvironmentOptions() : spane_vec_env_options SPANE_VEC_ENV_OPTIONS_INIT {}
};
struct VectorEnvironmentBuffers : spane_vec_env_buffers {
    VectorEnvironmentBuffers() : spane_vec_env_buffers SPANE_VEC_ENV_BUFFERS_INIT {}
};
struct ComparisonOptions : spane_comparison_options {
    ComparisonOptions() : spane_comparison_options SPANE_COMPARISON_OPTIONS_INIT {}
};
struct EvaluationOptions : spane_evaluation_options {
    EvaluationOptions() : spane_evaluation_options SPANE_EVALUATION_OPTIONS_INIT {}
};
struct ReplayOptions : spane_replay_options {
    ReplayOptions() : spane_replay_options SPANE_REPLAY_OPTIONS_INIT {}
};

/// When an episode ends; see SPANE_END_... in spane.h.
struct End {
    std::int32_t kind;
    std::int64_t count;

    static constexpr End length(std::int64_t placements) { return {SPANE_END_LENGTH, placements}; }
    static constexpr End exceed(std::int64_t placements) { return {SPANE_END_EXCEED, placements}; }
    static constexpr End automatic() { return {SPANE_END_AUTO, 0}; }
};

/// Where a VM goes, if anywhere.
struct Choice : std::optional<Placement> {
    using std::optional<Placement>::optional;

    /// Whether no server could hold the VM even if it were empty, so that waiting is in vain.
    bool never_fits = false;
};

/// A decision that is carried out later, if there is one; see spane_session_propose.
struct Proposal : std::optional<spane_proposal> {
    using std::optional<spane_proposal>::optional;

    /// Whether no server could hold the VM even if it were empty, so that waiting is in vain.
    bool never_fits = false;
};

/// Where a VM runs and what it asked for.
struct Placed {
    Placement placement;
    Request request;
};

/// A failure: one of the negative numbers of spane_status, and as what() the sentence of spane_last_error().
class Error : public std::runtime_error {
public:
    Error(spane_status status, const std::string &message) : std::runtime_error(message), status_(status) {}

    spane_status status() const noexcept { return status_; }
    /// Such as "SPANE_FORMAT".
    const char *name() const noexcept { return spane_status_name(status_); }

private:
    spane_status status_;
};

/// A value or the error that kept it from being made. Taking the value of an error ends the program.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return content_.index() == 0; }
    T &operator*() & { return present(std::get_if<0>(&content_)); }
    const T &operator*() const & { return present(std::get_if<0>(&content_)); }
    T operator*() && { return std::move(present(std::get_if<0>(&content_))); }
    T *operator->() { return &**this; }
    const T *operator->() const { return &**this; }
    const Error &error() const { return present(std::get_if<1>(&content_)); }

private:
    template <class Content>
    static Content &present(Content *content) {
        if (content == nullptr) std::abort();
        return *content;
    }

    std::variant<T, Error> content_;
};

/// Success, or the error that prevented it.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    explicit operator bool() const noexcept { return !error_.has_value(); }
    const Error &error() const {
        if (!error_) std::abort();
        return *error_;
    }

private:
    std::optional<Error> error_;
};

#if SPANE_EXCEPTIONS
template <class T>
using Fallible = T;
#else
template <class T>
using Fallible = Result<T>;
#endif

#ifdef SPANE_HAS_SPAN
template <class T>
using Span = std::span<T>;
#else
/// The part of std::span that is needed here.
template <class T>
class Span {
public:
    constexpr Span() = default;
    constexpr Span(T *data, std::size_t size) : data_(data), size_(size) {}
    template <std::size_t Size>
    constexpr Span(T (&array)[Size]) : data_(array), size_(Size) {}
    template <class Container, class = decltype(static_cast<T *>(std::declval<Container &>().data()))>
    constexpr Span(Container &&container) : data_(container.data()), size_(container.size()) {}

    constexpr T *data() const { return data_; }
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};
#endif

namespace detail {

/// Progress as C takes it; valid as long as it is.
class Listening {
public:
    explicit Listening(const Progress &progress) noexcept
        : progress_{progress ? &Listening::tell : nullptr, const_cast<Progress *>(&progress)} {}

    const spane_progress *get() const noexcept { return &progress_; }

private:
    static std::int32_t tell(std::int64_t done, std::int64_t total, void *user) noexcept {
        return (*static_cast<const Progress *>(user))(done, total) ? 0 : 1;
    }

    spane_progress progress_;
};

/// The end of a function that cannot make its T.
template <class T>
[[nodiscard]] Fallible<T> failure(spane_status status, const std::string &message) {
#if SPANE_EXCEPTIONS
    throw Error(status, message);
#else
    return Error(status, message);
#endif
}

/// The end of a function that has called spane.h: `value`, unless the call failed.
template <class T>
[[nodiscard]] Fallible<T> outcome(spane_status status, T value) {
    if (status < 0) return failure<T>(status, spane_last_error());
    return value;
}

inline Fallible<void> outcome(spane_status status) {
    if (status < 0) return failure<void>(status, spane_last_error());
    return Fallible<void>();
}

/// What all handles share; owns what `Free` gives back. A moved-from handle makes calls fail with SPANE_NULL_POINTER.
template <class Pointee, void (*Free)(Pointee *)>
class Handle {
public:
    using pointer = Pointee *;

    /// Takes over a handle of spane.h.
    explicit Handle(pointer handle) noexcept : handle_(handle) {}

    /// For calls of spane.h; stays owned by this object.
    pointer get() const noexcept { return handle_.get(); }
    /// Hands the handle over to the caller.
    pointer release_handle() noexcept { return handle_.release(); }

private:
    struct Deleter {
        void operator()(pointer handle) const noexcept { Free(handle); }
    };
    std::unique_ptr<Pointee, Deleter> handle_;
};

/// A new object whose handle `make` writes; the only way to one, so here is where the library is checked.
template <class Object, class Make, class... Extra>
Fallible<Object> created(Make make, Extra... extra) {
    static const std::int32_t abi = spane_abi_version();
    if (abi != SPANE_ABI_VERSION) {
        return failure<Object>(SPANE_UNKNOWN_VERSION,
                               "libspane " + std::string(spane_version_string()) + " has ABI version " +
                                   std::to_string(abi) + "; this program was compiled for " +
                                   std::to_string(SPANE_ABI_VERSION));
    }
    typename Object::pointer handle = nullptr;
    const spane_status status = make(&handle);
    return outcome(status, Object(handle, extra...));
}

/// What a call of spane.h that wants `capacity` bytes and tells a size writes.
template <class Bytes, class Read>
spane_status read_all(Bytes &bytes, Read read) {
    std::size_t size = 0;
    spane_status status = read(nullptr, std::size_t(0), &size);
    if (status != SPANE_OK) return status;
    bytes.resize(size);
    return read(bytes.data(), size, &size);
}

/// What a call of spane.h has told of a request, without its amounts.
inline Request request(const spane_request &told) {
    return {told.cpu, told.mem, told.span, {}, told.require, told.forbid, told.farthest, told.group, told.prefer};
}

/// The elements that a call of spane.h writes that wants a number of them and tells how many there are.
template <class Value, class Read>
Fallible<std::vector<Value>> list_of(Read read) {
    std::vector<Value> list;
    const spane_status status = read_all(list, read);
    return outcome(status, std::move(list));
}

/// The texts as C takes them; valid as long as they are.
inline std::vector<const char *> pointers(const std::vector<std::string> &texts) {
    std::vector<const char *> result;
    result.reserve(texts.size());
    for (const std::string &text : texts) result.push_back(text.c_str());
    return result;
}

/// A list of candidates as C takes it, where NULL would stand for all servers.
inline const std::int32_t *candidates(Span<const std::int32_t> servers) noexcept {
    static constexpr std::int32_t none = 0;
    return servers.empty() ? &none : servers.data();
}

/// A text of a provenance; empty where there is no such entry.
template <class Object>
Fallible<std::optional<std::string>> text_of(const Object *object, const std::string &name,
                                             spane_status (*read)(const Object *, const char *, char *, std::size_t,
                                                                  std::size_t *)) {
    std::string text;
    const spane_status status = read_all(text, [&](char *data, std::size_t capacity, std::size_t *size) {
        return read(object, name.c_str(), data, capacity, size);
    });
    if (status == SPANE_NOT_FOUND) return outcome(SPANE_OK, std::optional<std::string>());
    if (!text.empty()) text.pop_back(); // the zero byte
    return outcome(status, std::optional<std::string>(std::move(text)));
}

template <class T = void>
[[nodiscard]] Fallible<T> mismatch(const char *name, std::size_t size, std::size_t expected) {
    return failure<T>(SPANE_SHAPE_MISMATCH, std::string(name) + " has " + std::to_string(size) +
                                                " elements; it must have " + std::to_string(expected));
}

} // namespace detail

/// The version of the library that runs, such as "0.1.0".
inline const char *version() noexcept { return spane_version_string(); }

/// The weights of a network; see "Models" in spane.h. Any number of threads may use one at once.
class Model : public detail::Handle<spane_model, spane_model_free> {
public:
    using Handle::Handle;

    static Fallible<Model> load(const std::string &path) {
        return detail::created<Model>([&](pointer *out) { return spane_model_load(path.c_str(), out); });
    }

    static Fallible<Model> load_memory(Span<const std::byte> data) {
        return detail::created<Model>(
            [&](pointer *out) { return spane_model_load_memory(data.data(), data.size(), out); });
    }

    Fallible<void> save(const std::string &path) const {
        return detail::outcome(spane_model_save(get(), path.c_str()));
    }

    Fallible<std::vector<std::byte>> save_memory() const {
        return detail::list_of<std::byte>([&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_model_save_memory(get(), bytes, room, size);
        });
    }

    Fallible<ModelInfo> describe() const {
        ModelInfo info = SPANE_MODEL_INFO_INIT;
        const spane_status status = spane_model_describe(get(), &info);
        return detail::outcome(status, info);
    }

    /// The values that the network reads.
    Fallible<std::vector<InputInfo>> inputs() const {
        ModelInfo info = SPANE_MODEL_INFO_INIT;
        spane_status status = spane_model_describe(get(), &info);
        std::vector<InputInfo> inputs;
        for (std::int32_t index = 0; status == SPANE_OK && index < info.input_count; index++) {
            InputInfo input = SPANE_INPUT_INFO_INIT;
            status = spane_model_input(get(), index, &input);
            inputs.push_back(input);
        }
        return detail::outcome(status, std::move(inputs));
    }

    /// Empty where the model has no such entry.
    Fallible<std::optional<std::string>> provenance(const std::string &name) const {
        return detail::text_of(get(), name, spane_model_provenance);
    }
};

/// How plans of moves are looked for; see spane_plan_options.
struct PlanOptions {
    std::int32_t moves = 4;
    std::int64_t budget = 2000;
    bool exact = false;
    std::int32_t at_once = 1;
    double move_price = 2;
    double local_price = 0.1;
    std::vector<std::uint64_t> pinned{};
    std::vector<std::uint64_t> priced{}; ///< as many as prices
    std::vector<double> prices{};
    std::vector<std::int32_t> closed{};
    std::vector<std::int32_t> fixed{};

    /// For calls of spane.h; valid as long as this object.
    spane_plan_options get() const noexcept {
        spane_plan_options options = SPANE_PLAN_OPTIONS_INIT;
        options.moves = moves;
        options.budget = budget;
        options.exact = exact ? 1 : 0;
        options.at_once = at_once;
        options.move_price = move_price;
        options.local_price = local_price;
        options.pinned = pinned.data();
        options.pinned_count = pinned.size();
        options.priced = priced.data();
        options.prices = prices.data();
        options.priced_count = priced.size() < prices.size() ? priced.size() : prices.size();
        options.closed = closed.data();
        options.closed_count = closed.size();
        options.fixed = fixed.data();
        options.fixed_count = fixed.size();
        return options;
    }
};

using Move = spane_move;
using Reason = spane_reason;
using TypeRoom = spane_type_room;
using PlanInfo = spane_plan_info;

/// Live migrations that let a VM in or empty servers; see "Moves" in spane.h.
class Plan : public detail::Handle<spane_plan, spane_plan_free> {
public:
    using Handle::Handle;

    Fallible<PlanInfo> describe() const {
        PlanInfo info = SPANE_PLAN_INFO_INIT;
        const spane_status status = spane_plan_describe(get(), &info);
        return detail::outcome(status, info);
    }

    Fallible<std::vector<Move>> moves() const {
        return detail::list_of<Move>([&](Move *moves, std::size_t room, std::size_t *count) {
            return spane_plan_moves(get(), moves, room, count);
        });
    }

    /// Where each request fits then; the server is SPANE_NOWHERE where no plan was found.
    Fallible<std::vector<Placement>> placements() const {
        return detail::list_of<Placement>([&](Placement *placements, std::size_t room, std::size_t *count) {
            return spane_plan_placements(get(), placements, room, count);
        });
    }

    Fallible<std::vector<std::int32_t>> servers() const {
        return detail::list_of<std::int32_t>([&](std::int32_t *servers, std::size_t room, std::size_t *count) {
            return spane_plan_servers(get(), servers, room, count);
        });
    }

    Fallible<std::vector<std::uint64_t>> stuck() const {
        return detail::list_of<std::uint64_t>([&](std::uint64_t *ids, std::size_t room, std::size_t *count) {
            return spane_plan_stuck(get(), ids, room, count);
        });
    }

    /// Why it is this plan.
    Fallible<std::string> text() const {
        std::string text;
        const spane_status status = detail::read_all(text, [&](char *data, std::size_t room, std::size_t *size) {
            return spane_plan_text(get(), data, room, size);
        });
        if (!text.empty()) text.pop_back(); // the zero byte
        return detail::outcome(status, std::move(text));
    }
};

using Decisions = spane_decisions;

/// A policy of the caller's own: writes an action for each row; returns whether to go on. It must not throw. See
/// spane_decide_callback.
using Decide = std::function<bool(const Decisions &)>;

/// What decides: a heuristic by name, a network, which must outlive it, or a function; see "Policies" in spane.h.
class Policy {
public:
    Policy(const char *heuristic) : heuristic_(heuristic) {}
    Policy(std::string heuristic) : heuristic_(std::move(heuristic)) {}
    /// A rule with "capacity-lost" that keeps room for the flavors of a trace, which must outlive it.
    Policy(std::string heuristic, const spane_trace *mix) : heuristic_(std::move(heuristic)), mix_(mix) {}
    Policy(const Model &model) noexcept : model_(model.get()), is_model_(true) {}
    /// For evaluate and evaluate_fleet, with the `batch` and `flags` of spane_policy.
    explicit Policy(Decide decide, std::int32_t batch = 0, std::uint32_t flags = 0)
        : decide_(std::move(decide)), batch_(batch), flags_(flags) {}

    /// For calls of spane.h; valid as long as this object.
    spane_policy get() const noexcept {
        spane_policy policy = SPANE_POLICY_INIT;
        if (is_model_) policy.model = model_;
        else if (decide_) {
            policy.decide = &Policy::ask;
            policy.context = const_cast<Decide *>(&decide_);
            policy.batch = batch_;
            policy.flags = flags_;
        } else policy.heuristic = heuristic_.c_str();
        policy.mix = mix_;
        return policy;
    }

private:
    static std::int32_t ask(const Decisions *decisions, void *decide) {
        return (*static_cast<Decide *>(decide))(*decisions) ? 0 : 1;
    }

    std::string heuristic_{};
    const spane_model *model_ = nullptr;
    const spane_trace *mix_ = nullptr;
    bool is_model_ = false;
    Decide decide_{};
    std::int32_t batch_ = 0;
    std::uint32_t flags_ = 0;
};

/// The heuristics that the library knows, and the parts of which rules are made.
inline Fallible<std::vector<HeuristicInfo>> heuristics() {
    std::vector<HeuristicInfo> list(static_cast<std::size_t>(spane_heuristic_count()), HeuristicInfo SPANE_HEURISTIC_INFO_INIT);
    spane_status status = SPANE_OK;
    for (std::size_t index = 0; status == SPANE_OK && index < list.size(); index++) {
        status = spane_heuristic_describe(static_cast<std::int32_t>(index), &list[index]);
    }
    return detail::outcome(status, std::move(list));
}

/// The library that runs; see spane_build_describe.
inline Fallible<BuildInfo> build() {
    BuildInfo info = SPANE_BUILD_INFO_INIT;
    const spane_status status = spane_build_describe(&info);
    return detail::outcome(status, info);
}

/// The mirror of a fleet; see "Clusters" in spane.h. One call at a time, unless it is shared.
class Cluster : public detail::Handle<spane_cluster, spane_cluster_free> {
public:
    using Handle::Handle;

    struct Count {
        std::int64_t servers;
        std::int64_t vms;
    };

    static Fallible<Cluster> make(const ClusterOptions &options = {}) {
        const std::vector<const char *> of_nodes = detail::pointers(options.node_resources);
        const std::vector<const char *> of_servers = detail::pointers(options.server_resources);
        spane_cluster_options chosen = SPANE_CLUSTER_OPTIONS_INIT;
        chosen.nodes = options.nodes;
        chosen.split_above = options.split_above;
        chosen.split_from = options.split_from;
        chosen.span = options.span;
        chosen.node_resources = of_nodes.data();
        chosen.node_resource_count = static_cast<std::uint32_t>(of_nodes.size());
        chosen.server_resources = of_servers.data();
        chosen.server_resource_count = static_cast<std::uint32_t>(of_servers.size());
        const std::vector<const char *> traits = detail::pointers(options.traits);
        chosen.traits = traits.data();
        chosen.trait_count = static_cast<std::uint32_t>(traits.size());
        return detail::created<Cluster>([&](pointer *out) { return spane_cluster_new(&chosen, out); });
    }

    /// A saved cluster, or a fleet in TOML.
    static Fallible<Cluster> load(const std::string &path, const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::created<Cluster>(
            [&](pointer *out) { return spane_cluster_load(path.c_str(), listening.get(), out); });
    }

    static Fallible<Cluster> load_memory(Span<const std::byte> data, const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::created<Cluster>([&](pointer *out) {
            return spane_cluster_load_memory(data.data(), data.size(), listening.get(), out);
        });
    }

    Fallible<void> save(const std::string &path, const Progress &progress = {}) const {
        return detail::outcome(spane_cluster_save(get(), path.c_str(), detail::Listening(progress).get()));
    }

    Fallible<std::vector<std::byte>> save_memory() const {
        return detail::list_of<std::byte>([&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_cluster_save_memory(get(), nullptr, bytes, room, size);
        });
    }

    /// The options with which it was made.
    Fallible<ClusterOptions> options() const {
        spane_cluster_options told = SPANE_CLUSTER_OPTIONS_INIT;
        const spane_status status = spane_cluster_get_options(get(), &told);
        ClusterOptions options;
        options.nodes = told.nodes;
        options.split_above = told.split_above;
        options.split_from = told.split_from;
        options.span = told.span;
        for (std::uint32_t i = 0; i < told.node_resource_count; i++) {
            options.node_resources.emplace_back(told.node_resources[i]);
        }
        for (std::uint32_t i = 0; i < told.server_resource_count; i++) {
            options.server_resources.emplace_back(told.server_resources[i]);
        }
        for (std::uint32_t i = 0; i < told.trait_count; i++) options.traits.emplace_back(told.traits[i]);
        return detail::outcome(status, std::move(options));
    }

    /// The numbers of the new servers.
    Fallible<std::vector<std::int32_t>> add_servers(const ServerType &type, std::size_t count = 1) {
        return with_type<std::vector<std::int32_t>>(type, [&](const spane_server_type &chosen) {
            return added(count, [&](std::int32_t *numbers) {
                return spane_cluster_add_servers(get(), &chosen, count, numbers);
            });
        });
    }

    /// The numbers of the new servers.
    Fallible<std::vector<std::int32_t>> add_equal_servers(double node_cpu, double node_mem, std::size_t count = 1) {
        return added(count, [&](std::int32_t *numbers) {
            return spane_cluster_add_equal_servers(get(), node_cpu, node_mem, count, numbers);
        });
    }

    Fallible<void> remove_server(std::int32_t server) {
        return detail::outcome(spane_cluster_remove_server(get(), server));
    }

    /// The ids of the VMs that ran there.
    Fallible<std::vector<std::uint64_t>> fail_server(std::int32_t server) {
        std::vector<std::uint64_t> ids;
        std::size_t count = 0;
        spane_status status = spane_cluster_vms(get(), server, nullptr, 0, &count);
        if (status == SPANE_OK) {
            ids.resize(count + 1); // never NULL, so that none is lost
            status = spane_cluster_fail_server(get(), server, ids.data(), count, &count);
            ids.resize(count);
        }
        return detail::outcome(status, std::move(ids));
    }

    Fallible<void> resize_server(std::int32_t server, const ServerType &type) {
        return with_type<void>(type, [&](const spane_server_type &chosen) {
            return detail::outcome(spane_cluster_resize_server(get(), server, &chosen));
        });
    }

    Fallible<void> reserve(std::size_t vms) { return detail::outcome(spane_cluster_reserve(get(), vms)); }

    Fallible<Count> count() const {
        Count count{};
        const spane_status status = spane_cluster_count(get(), &count.servers, &count.vms);
        return detail::outcome(status, count);
    }

    Fallible<ClusterInfo> describe() const {
        ClusterInfo info = SPANE_CLUSTER_INFO_INIT;
        const spane_status status = spane_cluster_describe(get(), &info);
        return detail::outcome(status, info);
    }

    /// Empty where the cluster has no such resource.
    Fallible<std::optional<ResourceInfo>> resource(const std::string &name) const {
        ResourceInfo info = SPANE_RESOURCE_INFO_INIT;
        const spane_status status = spane_cluster_find_resource(get(), name.c_str(), &info);
        if (status == SPANE_NOT_FOUND) return detail::outcome(SPANE_OK, std::optional<ResourceInfo>());
        return detail::outcome(status, std::optional<ResourceInfo>(info));
    }

    /// The resource at an index: 0 cores, 1 GB, then those of the options. Empty where there is none.
    Fallible<std::optional<ResourceInfo>> resource(std::int32_t index) const {
        ResourceInfo info = SPANE_RESOURCE_INFO_INIT;
        const spane_status status = spane_cluster_resource(get(), index, &info);
        if (status == SPANE_NOT_FOUND) return detail::outcome(SPANE_OK, std::optional<ResourceInfo>());
        return detail::outcome(status, std::optional<ResourceInfo>(info));
    }

    /// The numbers of all servers, in the order in which policies look at them.
    Fallible<std::vector<std::int32_t>> servers() const {
        return detail::list_of<std::int32_t>([&](std::int32_t *servers, std::size_t room, std::size_t *count) {
            return spane_cluster_servers(get(), servers, room, count);
        });
    }

    Fallible<ServerInfo> server(std::int32_t server) const {
        ServerInfo info = SPANE_SERVER_INFO_INIT;
        const spane_status status = spane_cluster_server(get(), server, &info);
        return detail::outcome(status, info);
    }

    Fallible<void> cordon(std::int32_t server) { return detail::outcome(spane_cluster_cordon(get(), server)); }
    Fallible<void> uncordon(std::int32_t server) { return detail::outcome(spane_cluster_uncordon(get(), server)); }

    /// Names the levels of fault domains, such as "rack", once.
    Fallible<void> set_levels(const std::vector<std::string> &levels) {
        const std::vector<const char *> names = detail::pointers(levels);
        return detail::outcome(spane_cluster_set_levels(get(), names.data(), names.size()));
    }

    /// The names of the levels.
    Fallible<std::vector<std::string>> levels() const {
        std::vector<std::string> names;
        const char *name = nullptr;
        spane_status status = SPANE_OK;
        for (std::int32_t level = 0; status == SPANE_OK; level++) {
            status = spane_cluster_level(get(), level, &name);
            if (status == SPANE_OK) names.emplace_back(name);
        }
        return detail::outcome(status == SPANE_NOT_FOUND ? SPANE_OK : status, std::move(names));
    }

    Fallible<void> set_domain(std::int32_t server, std::int32_t level, std::int32_t domain) {
        return detail::outcome(spane_cluster_set_domain(get(), server, level, domain));
    }

    /// In which domain of a level a server is; -1 where none is known.
    Fallible<std::int32_t> domain(std::int32_t server, std::int32_t level) const {
        std::int32_t domain = -1;
        const spane_status status = spane_cluster_domain(get(), server, level, &domain);
        return detail::outcome(status, domain);
    }

    /// Gives a group rules in place of those that it has.
    Fallible<void> set_group(std::uint64_t group, const std::vector<GroupRule> &rules) {
        std::vector<spane_group_rule> told;
        told.reserve(rules.size());
        for (const GroupRule &rule : rules) told.push_back(rule.get());
        return detail::outcome(spane_cluster_set_group(get(), group, told.data(), told.size()));
    }

    /// The rules of a group.
    Fallible<std::vector<GroupRule>> group_rules(std::uint64_t group) const {
        std::size_t count = 0;
        spane_status status = spane_cluster_group(get(), group, nullptr, 0, &count, nullptr);
        std::vector<spane_group_rule> told(count, SPANE_GROUP_RULE_INIT);
        if (status == SPANE_OK) status = spane_cluster_group(get(), group, told.data(), count, &count, nullptr);
        std::vector<GroupRule> rules;
        for (const spane_group_rule &rule : told) {
            rules.push_back(GroupRule{rule.kind, rule.count, rule.level, rule.hard != 0});
        }
        return detail::outcome(status, std::move(rules));
    }

    /// How many VMs of a group run.
    Fallible<std::int64_t> group_vms(std::uint64_t group) const {
        std::size_t count = 0;
        std::int64_t vms = 0;
        const spane_status status = spane_cluster_group(get(), group, nullptr, 0, &count, &vms);
        return detail::outcome(status, vms);
    }

    /// By how many VMs the soft rules of the request's group are broken on each of some servers, and how many of the traits that it
    /// prefers are lacking there, in sum; -1 where a hard rule forbids it.
    Fallible<std::vector<std::int64_t>> group_violations(const Request &request, Span<const std::int32_t> servers) const {
        std::vector<std::int64_t> violations(servers.size());
        const spane_request asked = request.get();
        const spane_status status = spane_cluster_group_violations(get(), &asked, detail::candidates(servers),
                                                                   servers.size(), violations.data());
        return detail::outcome(status, std::move(violations));
    }

    /// Lets any number of threads use it at once from now on; see spane_cluster_share.
    Fallible<void> share() { return detail::outcome(spane_cluster_share(get())); }

    /// Places a VM as proposed; false where others have changed what that depended on, and nothing is placed then.
    Fallible<bool> commit(std::uint64_t id, const Request &request, const spane_proposal &proposal) {
        const spane_request asked = request.get();
        const spane_status status = spane_cluster_commit(get(), id, &asked, &proposal);
        return detail::outcome(status, status == SPANE_OK);
    }

    /// Lets the place of a VM end at a time; INFINITY for one that stays. See "Reservations" in spane.h.
    Fallible<void> set_expiry(std::uint64_t id, double expires) {
        return detail::outcome(spane_cluster_set_expiry(get(), id, expires));
    }

    /// Lets a reservation be a VM that stays; false where there is none with this id any more.
    Fallible<bool> confirm(std::uint64_t id) {
        const spane_status status = spane_cluster_confirm(get(), id);
        if (status == SPANE_NOT_FOUND) return detail::outcome(SPANE_OK, false);
        return detail::outcome(status, true);
    }

    /// When the place of a VM ends; INFINITY for one that stays.
    Fallible<double> expiry(std::uint64_t id) const {
        double expires = 0;
        const spane_status status = spane_cluster_expiry(get(), id, &expires);
        return detail::outcome(status, expires);
    }

    /// Releases the reservations that have ended; their ids, those first that ended first.
    Fallible<std::vector<std::uint64_t>> expire(double now) {
        std::vector<std::uint64_t> ids;
        std::size_t count = 0;
        spane_status status = SPANE_BUFFER_TOO_SMALL;
        for (std::size_t room = 16; status == SPANE_BUFFER_TOO_SMALL; room = count) {
            ids.resize(room);
            status = spane_cluster_expire(get(), now, ids.data(), room, &count);
        }
        ids.resize(status == SPANE_OK ? count : 0);
        return detail::outcome(status, std::move(ids));
    }

    /// The ids of all reservations, those first that end first.
    Fallible<std::vector<std::uint64_t>> reservations() const {
        return detail::list_of<std::uint64_t>([&](std::uint64_t *ids, std::size_t room, std::size_t *count) {
            return spane_cluster_reservations(get(), ids, nullptr, room, count);
        });
    }

    /// Changes from now on can be taken back; see spane_cluster_begin_trial.
    Fallible<void> begin_trial() { return detail::outcome(spane_cluster_begin_trial(get())); }
    Fallible<void> keep_trial() { return detail::outcome(spane_cluster_keep_trial(get())); }
    Fallible<void> drop_trial() { return detail::outcome(spane_cluster_drop_trial(get())); }

    /// Writes everything that happens from now on to the end of a log; see spane_cluster_start_log. `durability` is SPANE_DURABILITY_...
    Fallible<void> start_log(const std::string &path, std::int32_t durability = SPANE_DURABILITY_WRITTEN,
                             const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::outcome(spane_cluster_start_log(get(), path.c_str(), durability, listening.get()));
    }
    Fallible<void> stop_log() { return detail::outcome(spane_cluster_stop_log(get())); }
    Fallible<void> sync_log() { return detail::outcome(spane_cluster_sync_log(get())); }
    Fallible<void> set_log_time(double seconds) { return detail::outcome(spane_cluster_set_log_time(get(), seconds)); }
    Fallible<LogInfo> describe_log() const {
        LogInfo info = SPANE_LOG_INFO_INIT;
        const spane_status status = spane_cluster_describe_log(get(), &info);
        return detail::outcome(status, info);
    }

    /// How many amounts a server has: nodes * (2 + node resources) + server resources.
    Fallible<std::size_t> width() const {
        std::size_t width = 0;
        const spane_status status = layout(nullptr, nullptr, &width);
        return detail::outcome(status, width);
    }

    /// What a server has left; see spane_cluster_amounts.
    Fallible<std::vector<double>> free(std::int32_t server) const {
        std::size_t width = 0;
        spane_status status = layout(nullptr, nullptr, &width);
        std::vector<double> left(width);
        if (status == SPANE_OK) status = spane_cluster_amounts(get(), &server, 1, nullptr, left.data());
        return detail::outcome(status, std::move(left));
    }

    /// What a server has when nothing runs on it.
    Fallible<std::vector<double>> capacity(std::int32_t server) const {
        std::size_t width = 0;
        spane_status status = layout(nullptr, nullptr, &width);
        std::vector<double> capacity(width);
        if (status == SPANE_OK) status = spane_cluster_amounts(get(), &server, 1, capacity.data(), nullptr);
        return detail::outcome(status, std::move(capacity));
    }

    /// Writes what some servers have and have left, without allocation: width() amounts of each, or an empty span for none.
    Fallible<void> amounts(Span<const std::int32_t> servers, Span<double> capacity, Span<double> free) const {
        return amounts(detail::candidates(servers), servers.size(), capacity, free);
    }

    /// As above, of all servers in the order of servers().
    Fallible<void> amounts(Span<double> capacity, Span<double> free) const {
        std::int64_t servers = 0;
        const spane_status status = spane_cluster_count(get(), &servers, nullptr);
        if (status != SPANE_OK) return detail::outcome(status);
        return amounts(nullptr, static_cast<std::size_t>(servers), capacity, free);
    }

    /// How many VMs of one size still fit on each server, in the order of servers().
    Fallible<std::vector<std::int64_t>> room(const Request &request) const {
        std::int64_t servers = 0;
        spane_status status = spane_cluster_count(get(), &servers, nullptr);
        std::vector<std::int64_t> room(static_cast<std::size_t>(servers));
        const spane_request asked = request.get();
        if (status == SPANE_OK) status = spane_cluster_room(get(), &asked, nullptr, room.size(), room.data());
        return detail::outcome(status, std::move(room));
    }

    /// How many VMs of one size still fit on the servers of each type.
    Fallible<std::vector<TypeRoom>> room_by_type(const Request &request) const {
        const spane_request asked = request.get();
        return detail::list_of<TypeRoom>([&](TypeRoom *types, std::size_t room, std::size_t *count) {
            return spane_cluster_room_by_type(get(), &asked, nullptr, types, room, count);
        });
    }

    /// Why a VM does not go to each server now, in the order of servers().
    Fallible<std::vector<Reason>> explain(const Request &request) const {
        std::int64_t servers = 0;
        const spane_status status = spane_cluster_count(get(), &servers, nullptr);
        if (status != SPANE_OK) return detail::outcome(status, std::vector<Reason>());
        return explain(request, nullptr, static_cast<std::size_t>(servers));
    }

    /// Why a VM does not go to each of some servers now.
    Fallible<std::vector<Reason>> explain(const Request &request, Span<const std::int32_t> servers) const {
        return explain(request, detail::candidates(servers), servers.size());
    }

    /// How many VMs of one size still fit on each of some servers.
    Fallible<std::vector<std::int64_t>> room(const Request &request, Span<const std::int32_t> servers) const {
        std::vector<std::int64_t> room(servers.size());
        const spane_request asked = request.get();
        const spane_status status =
            spane_cluster_room(get(), &asked, detail::candidates(servers), servers.size(), room.data());
        return detail::outcome(status, std::move(room));
    }

    Fallible<void> place(std::uint64_t id, const Request &request, Placement placement) {
        const spane_request asked = request.get();
        return detail::outcome(spane_cluster_place(get(), id, &asked, placement));
    }

    /// Moves that let a VM in where it fits nowhere.
    Fallible<Plan> plan_room(const Request &request, const PlanOptions &options = {}) {
        const spane_request asked = request.get();
        const spane_plan_options chosen = options.get();
        return detail::created<Plan>(
            [&](Plan::pointer *out) { return spane_cluster_plan_room(get(), &asked, 1, &chosen, out); });
    }

    /// The same for several VMs, the first to be served first.
    Fallible<Plan> plan_room(const std::vector<Request> &requests, const PlanOptions &options = {}) {
        std::vector<spane_request> asked;
        asked.reserve(requests.size());
        for (const Request &request : requests) asked.push_back(request.get());
        const spane_plan_options chosen = options.get();
        return detail::created<Plan>([&](Plan::pointer *out) {
            return spane_cluster_plan_room(get(), asked.data(), asked.size(), &chosen, out);
        });
    }

    /// Moves that empty a server.
    Fallible<Plan> plan_drain(std::int32_t server, const PlanOptions &options = {}) {
        const spane_plan_options chosen = options.get();
        return detail::created<Plan>(
            [&](Plan::pointer *out) { return spane_cluster_plan_drain(get(), server, &chosen, out); });
    }

    /// At most so many moves that empty as many servers as they can.
    Fallible<Plan> plan_consolidation(std::int64_t moves, const PlanOptions &options = {},
                                      const Progress &progress = {}) {
        const detail::Listening listening(progress);
        const spane_plan_options chosen = options.get();
        return detail::created<Plan>([&](Plan::pointer *out) {
            return spane_cluster_plan_consolidation_with_progress(get(), moves, &chosen, listening.get(), out);
        });
    }

    /// Moves from node to node of a server after which its nodes are used more evenly.
    Fallible<Plan> plan_repair(std::int32_t server, const PlanOptions &options = {}) {
        const spane_plan_options chosen = options.get();
        return detail::created<Plan>(
            [&](Plan::pointer *out) { return spane_cluster_plan_repair(get(), server, &chosen, out); });
    }

    /// All moves, or none where the cluster has overtaken the plan.
    Fallible<void> apply(const Plan &plan) { return detail::outcome(spane_cluster_apply(get(), plan.get())); }

    Fallible<void> apply(const Move &move) { return detail::outcome(spane_cluster_apply_move(get(), &move)); }

    /// What runs there already, be there room or not.
    Fallible<void> record(std::uint64_t id, const Request &request, Placement placement) {
        const spane_request asked = request.get();
        return detail::outcome(spane_cluster_record(get(), id, &asked, placement));
    }

    Fallible<void> move(std::uint64_t id, Placement placement) {
        return detail::outcome(spane_cluster_move(get(), id, placement));
    }

    Fallible<void> resize(std::uint64_t id, const Request &request) {
        const spane_request asked = request.get();
        return detail::outcome(spane_cluster_resize(get(), id, &asked));
    }

    Fallible<void> rename(std::uint64_t id, std::uint64_t other) {
        return detail::outcome(spane_cluster_rename(get(), id, other));
    }

    /// The ids of all VMs, ascending.
    Fallible<std::vector<std::uint64_t>> vms() const { return vms(-1); }

    /// The ids of the VMs on a server, ascending; -1 for all servers.
    Fallible<std::vector<std::uint64_t>> vms(std::int32_t server) const {
        return detail::list_of<std::uint64_t>([&](std::uint64_t *ids, std::size_t room, std::size_t *count) {
            return spane_cluster_vms(get(), server, ids, room, count);
        });
    }

    /// Where the VM ran.
    Fallible<Placement> release(std::uint64_t id) {
        Placement placement{};
        const spane_status status = spane_cluster_release(get(), id, &placement);
        return detail::outcome(status, placement);
    }

    /// Empty where no VM with this id is placed.
    Fallible<std::optional<Placed>> find(std::uint64_t id) const {
        Placed placed{};
        spane_request asked = SPANE_REQUEST_INIT;
        std::uint32_t of_nodes = 0, of_servers = 0;
        spane_status status = spane_cluster_find(get(), id, &placed.placement, &asked);
        if (status == SPANE_NOT_FOUND) return detail::outcome(SPANE_OK, std::optional<Placed>());
        if (status == SPANE_OK) status = layout(&of_nodes, &of_servers, nullptr);
        placed.request = detail::request(asked);
        placed.request.amounts.resize(of_nodes + of_servers);
        if (status == SPANE_OK) {
            std::vector<double> &amounts = placed.request.amounts;
            status = spane_cluster_vm_amounts(get(), id, amounts.data(), amounts.size());
        }
        return detail::outcome(status, std::optional<Placed>(std::move(placed)));
    }

    Fallible<void> set_free(std::int32_t server, std::int32_t node, double cpu, double mem) {
        return detail::outcome(spane_cluster_set_free(get(), server, node, cpu, mem));
    }

private:
    spane_status layout(std::uint32_t *of_nodes, std::uint32_t *of_servers, std::size_t *width) const {
        spane_cluster_options told = SPANE_CLUSTER_OPTIONS_INIT;
        const spane_status status = spane_cluster_get_options(get(), &told);
        if (status != SPANE_OK) return status;
        if (of_nodes) *of_nodes = told.node_resource_count;
        if (of_servers) *of_servers = told.server_resource_count;
        if (width) {
            *width = static_cast<std::size_t>(told.nodes) * (2 + told.node_resource_count) + told.server_resource_count;
        }
        return status;
    }

    template <class Add>
    static Fallible<std::vector<std::int32_t>> added(std::size_t count, Add add) {
        // A count that cannot be is refused by the library, which writes nothing then.
        std::vector<std::int32_t> numbers(count <= SPANE_MAX_SERVERS ? count : 0);
        const spane_status status = add(numbers.empty() ? nullptr : numbers.data());
        return detail::outcome(status, std::move(numbers));
    }

    /// Calls `use` with the type as C takes it.
    template <class Value, class Use>
    Fallible<Value> with_type(const ServerType &type, Use use) {
        std::uint32_t of_nodes = 0, of_servers = 0;
        const spane_status status = layout(&of_nodes, &of_servers, nullptr);
        if (status != SPANE_OK) return detail::failure<Value>(status, spane_last_error());
        const std::size_t nodes = type.nodes.size(), resources = 2 + of_nodes;
        std::vector<double> flat, own = type.amounts;
        for (const std::vector<double> &node : type.nodes) {
            if (node.size() > resources) return detail::mismatch<Value>("a node", node.size(), resources);
            flat.insert(flat.end(), node.begin(), node.end());
            flat.resize(flat.size() + resources - node.size());
        }
        if (own.size() > of_servers) return detail::mismatch<Value>("amounts", own.size(), of_servers);
        own.resize(of_servers);
        if (!type.distances.empty() && type.distances.size() != nodes * nodes) {
            return detail::mismatch<Value>("distances", type.distances.size(), nodes * nodes);
        }
        spane_server_type chosen = SPANE_SERVER_TYPE_INIT;
        chosen.nodes = static_cast<std::int32_t>(nodes < SPANE_MAX_SERVERS ? nodes : SPANE_MAX_SERVERS);
        chosen.node_amounts = flat.data();
        chosen.server_amounts = own.data();
        chosen.traits = type.traits;
        chosen.distances = type.distances.empty() ? nullptr : type.distances.data();
        chosen.name = type.name.c_str();
        return use(chosen);
    }

    Fallible<void> amounts(const std::int32_t *servers, std::size_t count, Span<double> capacity,
                           Span<double> free) const {
        std::size_t width = 0;
        const spane_status status = layout(nullptr, nullptr, &width);
        if (status != SPANE_OK) return detail::outcome(status);
        if (!capacity.empty() && capacity.size() != count * width) {
            return detail::mismatch("capacity", capacity.size(), count * width);
        }
        if (!free.empty() && free.size() != count * width) return detail::mismatch("free", free.size(), count * width);
        return detail::outcome(spane_cluster_amounts(get(), servers, count, capacity.empty() ? nullptr : capacity.data(),
                                                     free.empty() ? nullptr : free.data()));
    }

    Fallible<std::vector<Reason>> explain(const Request &request, const std::int32_t *servers, std::size_t count) const {
        std::vector<Reason> reasons(count, Reason SPANE_REASON_INIT);
        const spane_request asked = request.get();
        const spane_status status = spane_cluster_explain(get(), &asked, servers, count, reasons.data());
        return detail::outcome(status, std::move(reasons));
    }
};

/// A policy bound to a cluster; see "Sessions" in spane.h. One call at a time.
class Session : public detail::Handle<spane_session, spane_session_free> {
public:
    /// Takes over a handle of spane.h, for a cluster whose servers have as many NUMA nodes.
    explicit Session(pointer handle, std::int32_t nodes = SPANE_NODES) noexcept
        : Handle(handle), placements_(static_cast<std::size_t>(SPANE_PLACEMENTS(nodes))) {}

    static Fallible<Session> make(Cluster &cluster, const Policy &policy) {
        const std::int32_t nodes = nodes_of(cluster);
        const spane_policy chosen = policy.get();
        return detail::created<Session>(
            [&](pointer *out) { return spane_session_new(cluster.get(), &chosen, out); }, nodes);
    }

    /// Empty where there is no room.
    Fallible<Choice> choose(const Request &request) {
        Placement placement{};
        const spane_request asked = request.get();
        const spane_status status = spane_session_choose(get(), &asked, &placement);
        return detail::outcome(status, choice(status, placement));
    }

    /// Among these servers alone, of which there may be none; empty where they have no room.
    Fallible<Choice> choose_among(const Request &request, Span<const std::int32_t> servers) {
        Placement placement{};
        const spane_request asked = request.get();
        const spane_status status =
            spane_session_choose_among(get(), &asked, detail::candidates(servers), servers.size(), &placement);
        return detail::outcome(status, choice(status, placement));
    }

    /// Empty where there is no room.
    Fallible<Choice> place(std::uint64_t id, const Request &request) {
        Placement placement{};
        const spane_request asked = request.get();
        const spane_status status = spane_session_place(get(), id, &asked, &placement);
        return detail::outcome(status, choice(status, placement));
    }

    /// As place, of a place that ends at a time unless it is confirmed before.
    Fallible<Choice> reserve(std::uint64_t id, const Request &request, double expires) {
        Placement placement{};
        const spane_request asked = request.get();
        const spane_status status = spane_session_reserve(get(), id, &asked, expires, &placement);
        return detail::outcome(status, choice(status, placement));
    }

    /// A decision for Cluster::commit; empty where there is no room.
    Fallible<Proposal> propose(const Request &request) { return propose(request, nullptr, 0); }

    /// The same among these servers alone.
    Fallible<Proposal> propose_among(const Request &request, Span<const std::int32_t> servers) {
        return propose(request, detail::candidates(servers), servers.size());
    }

    /// What this session would have done beside another scheduler, and records what that one did; see spane_session_shadow.
    /// `other` is empty where it has refused the VM.
    Fallible<Shadow> shadow(std::uint64_t id, const Request &request, const std::optional<Placement> &other) {
        Shadow told = SPANE_SHADOW_INIT;
        const spane_request asked = request.get();
        const spane_status status = spane_session_shadow(get(), id, &asked, other ? &*other : nullptr, &told);
        return detail::outcome(status, told);
    }

    /// As many placements as requests.
    Fallible<void> choose_many(Span<const Request> requests, Span<Placement> placements) {
        if (requests.size() != placements.size()) return detail::mismatch("placements", placements.size(), requests.size());
        std::vector<spane_request> asked(requests.size());
        for (std::size_t index = 0; index < requests.size(); index++) asked[index] = requests.data()[index].get();
        return detail::outcome(spane_session_choose_many(get(), asked.data(), asked.size(), placements.data()));
    }

    /// Places all VMs or none; false where one of them does not fit, now or ever. As many ids and placements as requests.
    Fallible<bool> place_many(Span<const std::uint64_t> ids, Span<const Request> requests, Span<Placement> placements) {
        if (ids.size() != requests.size()) return detail::mismatch<bool>("ids", ids.size(), requests.size());
        if (placements.size() != requests.size()) {
            return detail::mismatch<bool>("placements", placements.size(), requests.size());
        }
        std::vector<spane_request> asked(requests.size());
        for (std::size_t index = 0; index < requests.size(); index++) asked[index] = requests.data()[index].get();
        const spane_status status =
            spane_session_place_many(get(), ids.data(), asked.data(), asked.size(), placements.data(), nullptr);
        if (status == SPANE_NO_ROOM || status == SPANE_NEVER_FITS) return false;
        return detail::outcome(status, true);
    }

    /// Writes the best `placements.size()` and says how many there are; 0 where there is no room, now or ever.
    Fallible<std::size_t> top(const Request &request, Span<Placement> placements) {
        return best(request, nullptr, 0, placements, nullptr);
    }

    /// As many scores as placements.
    Fallible<std::size_t> top(const Request &request, Span<Placement> placements, Span<float> scores) {
        if (scores.size() != placements.size()) {
            return detail::mismatch<std::size_t>("scores", scores.size(), placements.size());
        }
        return best(request, nullptr, 0, placements, scores.data());
    }

    /// As top, among these servers alone.
    Fallible<std::size_t> top_among(const Request &request, Span<const std::int32_t> servers, Span<Placement> placements) {
        return best(request, detail::candidates(servers), servers.size(), placements, nullptr);
    }

    /// As many scores as placements.
    Fallible<std::size_t> top_among(const Request &request, Span<const std::int32_t> servers, Span<Placement> placements,
                                    Span<float> scores) {
        if (scores.size() != placements.size()) {
            return detail::mismatch<std::size_t>("scores", scores.size(), placements.size());
        }
        return best(request, detail::candidates(servers), servers.size(), placements, scores.data());
    }

    /// Why choose() would return what it returns now, in one line, with the `k` best placements.
    Fallible<std::string> explain(const Request &request, std::size_t k = 3, std::int32_t format = SPANE_TEXT) {
        return explain(request, nullptr, 0, k, format);
    }

    /// As explain, of choose() among these servers alone.
    Fallible<std::string> explain_among(const Request &request, Span<const std::int32_t> servers, std::size_t k = 3,
                                        std::int32_t format = SPANE_TEXT) {
        return explain(request, detail::candidates(servers), servers.size(), k, format);
    }

    /// How many scores a server has: SPANE_PLACEMENTS of the NUMA nodes that servers of the cluster have at most.
    std::size_t placements_per_server() const noexcept { return placements_; }

    /// Of all servers: placements_per_server() scores of each.
    Fallible<void> scores(const Request &request, Span<float> scores) {
        if (scores.size() % placements_ != 0) {
            return detail::mismatch("scores", scores.size(), scores.size() / placements_ * placements_);
        }
        const spane_request asked = request.get();
        return detail::outcome(
            spane_session_scores(get(), &asked, nullptr, scores.size() / placements_, scores.data()));
    }

    /// Of some servers: placements_per_server() scores of each.
    Fallible<void> scores(const Request &request, Span<const std::int32_t> servers, Span<float> scores) {
        if (scores.size() != servers.size() * placements_) {
            return detail::mismatch("scores", scores.size(), servers.size() * placements_);
        }
        float none = 0; // an empty span may have no address
        const spane_request asked = request.get();
        return detail::outcome(spane_session_scores(get(), &asked, detail::candidates(servers), servers.size(),
                                                    scores.empty() ? &none : scores.data()));
    }

    Fallible<void> q_values(const Request &request, Span<float> values) {
        const spane_request asked = request.get();
        return detail::outcome(spane_session_q_values(get(), &asked, values.data(), values.size()));
    }

    /// What it has done so far.
    Fallible<SessionInfo> describe() {
        SessionInfo info = SPANE_SESSION_INFO_INIT;
        const spane_status status = spane_session_describe(get(), &info);
        return detail::outcome(status, info);
    }

private:
    static std::int32_t nodes_of(const Cluster &cluster) {
        spane_cluster_options told = SPANE_CLUSTER_OPTIONS_INIT;
        (void)spane_cluster_get_options(cluster.get(), &told); // what is wrong with the cluster, making the session tells
        return told.nodes;
    }

    Fallible<std::size_t> best(const Request &request, const std::int32_t *servers, std::size_t count,
                               Span<Placement> placements, float *scores) {
        std::size_t found = 0;
        const spane_request asked = request.get();
        const spane_status status = spane_session_top(get(), &asked, servers, count, placements.size(), placements.data(),
                                                      scores, &found);
        return detail::outcome(status, found);
    }

    Fallible<std::string> explain(const Request &request, const std::int32_t *servers, std::size_t count, std::size_t k,
                                  std::int32_t format) {
        std::string text;
        const spane_request asked = request.get();
        const spane_status status = detail::read_all(text, [&](char *data, std::size_t room, std::size_t *size) {
            return spane_session_explain(get(), &asked, servers, count, k, format, data, room, size);
        });
        if (!text.empty()) text.pop_back(); // the zero byte
        return detail::outcome(status, std::move(text));
    }

    Fallible<Proposal> propose(const Request &request, const std::int32_t *servers, std::size_t count) {
        spane_proposal made = SPANE_PROPOSAL_INIT;
        const spane_request asked = request.get();
        const spane_status status = spane_session_propose(get(), &asked, servers, count, &made);
        Proposal proposal;
        if (status == SPANE_OK) proposal.emplace(made);
        proposal.never_fits = status == SPANE_NEVER_FITS;
        return detail::outcome(status, proposal);
    }

    static Choice choice(spane_status status, Placement placement) {
        Choice choice;
        if (status == SPANE_OK) choice.emplace(placement);
        choice.never_fits = status == SPANE_NEVER_FITS;
        return choice;
    }

    std::size_t placements_;
};

/// VMs in order of arrival; see "Traces" in spane.h. Any number of threads may use one at once.
class Trace : public detail::Handle<spane_trace, spane_trace_free> {
public:
    using Handle::Handle;

    static Fallible<Trace> load(const std::string &path, const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::created<Trace>(
            [&](pointer *out) { return spane_trace_load(path.c_str(), listening.get(), out); });
    }

    /// Some VMs of a trace in a file; see spane_trace_load_part.
    static Fallible<Trace> load_part(const std::string &path, std::int64_t first, std::int64_t count,
                                     const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::created<Trace>(
            [&](pointer *out) { return spane_trace_load_part(path.c_str(), first, count, listening.get(), out); });
    }

    static Fallible<Trace> load_memory(Span<const std::byte> data, const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::created<Trace>(
            [&](pointer *out) { return spane_trace_load_memory(data.data(), data.size(), listening.get(), out); });
    }

    static Fallible<Trace> generate(std::size_t count, std::uint64_t seed, const Progress &progress = {}) {
        const detail::Listening listening(progress);
        return detail::created<Trace>(
            [&](pointer *out) { return spane_trace_generate(count, seed, listening.get(), out); });
    }

    /// As many VMs as there are in `cpu`.
    static Fallible<Trace> make(const TraceColumns &columns, const Progress &progress = {}) {
        const std::size_t count = columns.cpu.size();
        const std::pair<const char *, std::size_t> sizes[] = {{"mem", columns.mem.size()},
                                                              {"arrival", columns.arrival.size()},
                                                              {"lifetime", columns.lifetime.size()},
                                                              {"ids", columns.ids.empty() ? count : columns.ids.size()},
                                                              {"span", columns.span.empty() ? count : columns.span.size()}};
        for (const auto &[name, size] : sizes) {
            if (size != count) return detail::mismatch<Trace>(name, size, count);
        }
        if (columns.amounts.size() != columns.resources.size()) {
            return detail::mismatch<Trace>("amounts", columns.amounts.size(), columns.resources.size());
        }
        std::vector<const double *> amounts;
        for (const std::vector<double> &column : columns.amounts) {
            if (column.size() != count) return detail::mismatch<Trace>("amounts", column.size(), count);
            amounts.push_back(column.data());
        }
        const std::vector<const char *> resources = detail::pointers(columns.resources);
        spane_trace_columns given = SPANE_TRACE_COLUMNS_INIT;
        given.resource_count = static_cast<std::uint32_t>(resources.size());
        given.ids = columns.ids.empty() ? nullptr : columns.ids.data();
        given.cpu = columns.cpu.data();
        given.mem = columns.mem.data();
        given.arrival = columns.arrival.data();
        given.lifetime = columns.lifetime.data();
        given.span = columns.span.empty() ? nullptr : columns.span.data();
        given.resources = resources.data();
        given.amounts = amounts.data();
        const detail::Listening listening(progress);
        return detail::created<Trace>(
            [&](pointer *out) { return spane_trace_new(&given, count, listening.get(), out); });
    }

    Fallible<void> save(const std::string &path, const Progress &progress = {}) const {
        const detail::Listening listening(progress);
        return detail::outcome(spane_trace_save(get(), path.c_str(), nullptr, nullptr, listening.get()));
    }

    Fallible<void> save(const std::string &path, const std::string &source, const std::string &licence,
                        const Progress &progress = {}) const {
        const detail::Listening listening(progress);
        return detail::outcome(
            spane_trace_save(get(), path.c_str(), source.c_str(), licence.c_str(), listening.get()));
    }

    /// With the source and licence that the trace has.
    Fallible<std::vector<std::byte>> save_memory() const {
        return detail::list_of<std::byte>([&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_trace_save_memory(get(), nullptr, bytes, room, size);
        });
    }

    Fallible<TraceInfo> describe() const {
        TraceInfo info = SPANE_TRACE_INFO_INIT;
        const spane_status status = spane_trace_describe(get(), &info);
        return detail::outcome(status, info);
    }

    /// Empty where there is no such entry.
    Fallible<std::optional<std::string>> provenance(const std::string &name) const {
        return detail::text_of(get(), name, spane_trace_provenance);
    }

    /// The values of `count` VMs from index `first` on.
    Fallible<TraceColumns> columns(std::size_t first, std::size_t count) const {
        TraceInfo info = SPANE_TRACE_INFO_INIT;
        spane_status status = spane_trace_describe(get(), &info);
        // What is not there is refused before room is made for it.
        const bool fits = first <= static_cast<std::size_t>(info.count) && count <= static_cast<std::size_t>(info.count) - first;
        const std::size_t size = fits ? count : 0;
        TraceColumns columns;
        columns.ids.resize(size);
        for (std::vector<double> *column : {&columns.cpu, &columns.mem, &columns.arrival, &columns.lifetime}) {
            column->resize(size);
        }
        columns.span.resize(size);
        columns.amounts.assign(info.resource_count, std::vector<double>(size));
        std::vector<double *> amounts;
        for (std::uint32_t i = 0; i < info.resource_count; i++) {
            columns.resources.emplace_back(info.resources[i]);
            amounts.push_back(columns.amounts[i].data());
        }
        spane_trace_buffers buffers = SPANE_TRACE_BUFFERS_INIT;
        if (fits) {
            buffers.resource_count = info.resource_count;
            buffers.ids = columns.ids.data();
            buffers.cpu = columns.cpu.data();
            buffers.mem = columns.mem.data();
            buffers.arrival = columns.arrival.data();
            buffers.lifetime = columns.lifetime.data();
            buffers.span = columns.span.data();
            buffers.amounts = amounts.data();
        }
        if (status == SPANE_OK) status = spane_trace_read(get(), first, count, &buffers);
        return detail::outcome(status, std::move(columns));
    }

    /// All of them.
    Fallible<TraceColumns> columns() const {
        TraceInfo info = SPANE_TRACE_INFO_INIT;
        const spane_status status = spane_trace_describe(get(), &info);
        if (status != SPANE_OK) return detail::failure<TraceColumns>(status, spane_last_error());
        return columns(0, static_cast<std::size_t>(info.count));
    }
};

/// An episode of a trace; see "Environments" in spane.h. One call at a time.
class Environment : public detail::Handle<spane_env, spane_env_free> {
public:
    using Handle::Handle;

    static Fallible<Environment> make(const Trace &trace, const EnvironmentOptions &options = {}) {
        return detail::created<Environment>(
            [&](pointer *out) { return spane_env_new(trace.get(), &options, out); });
    }

    static Fallible<Environment> load_memory(const Trace &trace, Span<const std::byte> data) {
        return detail::created<Environment>(
            [&](pointer *out) { return spane_env_load_memory(trace.get(), data.data(), data.size(), out); });
    }

    Fallible<Environment> clone() const {
        return detail::created<Environment>([&](pointer *out) { return spane_env_clone(get(), out); });
    }

    Fallible<std::vector<std::byte>> save_memory() const {
        return detail::list_of<std::byte>([&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_env_save_memory(get(), bytes, room, size);
        });
    }

    Fallible<void> restore_memory(Span<const std::byte> data) {
        return detail::outcome(spane_env_restore_memory(get(), data.data(), data.size()));
    }

    Fallible<void> reset(std::int64_t start, End end) {
        return detail::outcome(spane_env_reset(get(), start, end.kind, end.count));
    }

    Fallible<StepResult> step(std::int32_t action) {
        StepResult result{};
        const spane_status status = spane_env_step(get(), action, &result);
        return detail::outcome(status, result);
    }

    Fallible<void> observe(Span<float> observation) const {
        return detail::outcome(spane_env_observe(get(), observation.data(), observation.size()));
    }

    Fallible<void> mask(Span<std::uint8_t> mask) const {
        return detail::outcome(spane_env_mask(get(), mask.data(), mask.size()));
    }

    /// What the next VM asks for; its span is never 0.
    Fallible<Request> request() const {
        spane_request told = SPANE_REQUEST_INIT;
        const spane_status status = spane_env_request(get(), &told);
        return detail::outcome(status, detail::request(told));
    }

    Fallible<EnvironmentInfo> describe() const {
        EnvironmentInfo info = SPANE_ENV_INFO_INIT;
        const spane_status status = spane_env_describe(get(), &info);
        return detail::outcome(status, info);
    }
};

/// A policy bound to an environment; see "Environment sessions" in spane.h. One call at a time.
class EnvironmentSession : public detail::Handle<spane_env_session, spane_env_session_free> {
public:
    using Handle::Handle;

    static Fallible<EnvironmentSession> make(Environment &environment, const Policy &policy) {
        const spane_policy chosen = policy.get();
        return detail::created<EnvironmentSession>(
            [&](pointer *out) { return spane_env_session_new(environment.get(), &chosen, out); });
    }

    /// The action for the next VM.
    Fallible<std::int32_t> decide() {
        std::int32_t action = 0;
        const spane_status status = spane_env_session_decide(get(), &action);
        return detail::outcome(status, action);
    }

    /// Writes the best actions for the next VM, best first; their number.
    Fallible<std::size_t> top(Span<std::int32_t> actions) { return best(actions, nullptr); }

    /// As above, with their scores.
    Fallible<std::size_t> top(Span<std::int32_t> actions, Span<float> scores) {
        if (scores.size() != actions.size()) {
            return detail::mismatch<std::size_t>("scores", scores.size(), actions.size());
        }
        return best(actions, scores.data());
    }

    /// Of every action.
    Fallible<void> scores(Span<float> scores) {
        return detail::outcome(spane_env_session_scores(get(), scores.data(), scores.size()));
    }

    /// Of every action.
    Fallible<void> q_values(Span<float> values) {
        return detail::outcome(spane_env_session_q_values(get(), values.data(), values.size()));
    }

    /// What it has done so far.
    Fallible<SessionInfo> describe() {
        SessionInfo info = SPANE_SESSION_INFO_INIT;
        const spane_status status = spane_env_session_describe(get(), &info);
        return detail::outcome(status, info);
    }

private:
    Fallible<std::size_t> best(Span<std::int32_t> actions, float *scores) {
        std::size_t found = 0;
        const spane_status status = spane_env_session_top(get(), actions.size(), actions.data(), scores, &found);
        return detail::outcome(status, found);
    }
};

/// Many environments that are stepped together; see "Vector environments" in spane.h. One call at a time.
class VectorEnvironment : public detail::Handle<spane_vec_env, spane_vec_env_free> {
public:
    /// Takes over a handle of spane.h.
    explicit VectorEnvironment(pointer handle) noexcept : Handle(handle) {
        VectorEnvironmentOptions options;
        // No call where there is no handle: it would take the place of the error that explains why.
        if (handle && spane_vec_env_get_options(handle, nullptr, &options) == SPANE_OK) {
            count_ = static_cast<std::size_t>(options.count);
        }
    }

    static Fallible<VectorEnvironment> make(const Trace &trace, const EnvironmentOptions &environment = {},
                                            const VectorEnvironmentOptions &options = {}) {
        return detail::created<VectorEnvironment>(
            [&](pointer *out) { return spane_vec_env_new(trace.get(), &environment, &options, out); });
    }

    static Fallible<VectorEnvironment> load_memory(const Trace &trace, Span<const std::byte> data,
                                                   std::int32_t threads = 1) {
        return detail::created<VectorEnvironment>([&](pointer *out) {
            return spane_vec_env_load_memory(trace.get(), data.data(), data.size(), threads, out);
        });
    }

    Fallible<std::vector<std::byte>> save_memory() const {
        return detail::list_of<std::byte>([&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_vec_env_save_memory(get(), bytes, room, size);
        });
    }

    Fallible<void> restore_memory(Span<const std::byte> data) {
        return detail::outcome(spane_vec_env_restore_memory(get(), data.data(), data.size()));
    }

    /// The options in force.
    Fallible<VectorEnvironmentOptions> options() const {
        VectorEnvironmentOptions options;
        const spane_status status = spane_vec_env_get_options(get(), nullptr, &options);
        return detail::outcome(status, options);
    }

    std::size_t size() const noexcept { return count_; }

    Fallible<void> bind(const VectorEnvironmentBuffers &buffers) {
        return detail::outcome(spane_vec_env_bind(get(), &buffers));
    }

    /// Resets all environments.
    Fallible<void> reset(std::optional<std::uint64_t> seed = std::nullopt) {
        return detail::outcome(spane_vec_env_reset(get(), seed ? &*seed : nullptr, nullptr));
    }

    /// Resets those whose byte in `which` is not 0.
    Fallible<void> reset(std::optional<std::uint64_t> seed, Span<const std::uint8_t> which) {
        if (which.size() != count_) return detail::mismatch("which", which.size(), count_);
        return detail::outcome(spane_vec_env_reset(get(), seed ? &*seed : nullptr, which.data()));
    }

    /// Resets all environments, each at a start of its own.
    Fallible<void> reset_at(Span<const std::int64_t> starts) {
        if (starts.size() != count_) return detail::mismatch("starts", starts.size(), count_);
        return detail::outcome(spane_vec_env_reset_at(get(), starts.data(), nullptr));
    }

    /// Resets those whose byte in `which` is not 0, each at a start of its own.
    Fallible<void> reset_at(Span<const std::int64_t> starts, Span<const std::uint8_t> which) {
        if (starts.size() != count_) return detail::mismatch("starts", starts.size(), count_);
        if (which.size() != count_) return detail::mismatch("which", which.size(), count_);
        return detail::outcome(spane_vec_env_reset_at(get(), starts.data(), which.data()));
    }

    /// Where episodes start from now on; none to draw starts.
    Fallible<void> set_starts(Span<const std::int64_t> starts) {
        return detail::outcome(spane_vec_env_set_starts(get(), starts.data(), starts.size()));
    }

    /// Writes all rows as the environments stand.
    Fallible<void> observe() { return detail::outcome(spane_vec_env_observe(get())); }

    Fallible<void> step(Span<const std::int32_t> actions) {
        if (actions.size() != count_) return detail::mismatch("actions", actions.size(), count_);
        return detail::outcome(spane_vec_env_step(get(), actions.data()));
    }

    Fallible<EnvironmentInfo> describe(std::int32_t index) const {
        EnvironmentInfo info = SPANE_ENV_INFO_INIT;
        const spane_status status = spane_vec_env_describe(get(), index, &info);
        return detail::outcome(status, info);
    }

private:
    std::size_t count_ = 0;
};

/// What an evaluation found out, in seconds and VMs.
struct Evaluation {
    std::vector<double> waits; ///< [policy][start]
    std::vector<std::int64_t> lengths;
    std::vector<double> bounds;
};

/// Plays one episode from each start under each policy; see spane_evaluate.
inline Fallible<Evaluation> evaluate(const Trace &trace, Span<const std::int64_t> starts, Span<const Policy> policies,
                                     const EvaluationOptions &options = {}, const Progress &progress = {}) {
    const detail::Listening listening(progress);
    Evaluation result;
    result.waits.resize(policies.size() * starts.size());
    result.lengths.resize(starts.size());
    result.bounds.resize(starts.size());
    std::vector<spane_policy> chosen;
    chosen.reserve(policies.size());
    for (std::size_t index = 0; index < policies.size(); index++) chosen.push_back(policies.data()[index].get());
    const spane_status status =
        spane_evaluate(trace.get(), &options, starts.data(), starts.size(), chosen.data(), chosen.size(),
                       listening.get(), result.waits.data(), result.lengths.data(), result.bounds.data());
    return detail::outcome(status, std::move(result));
}

using Estimate = spane_estimate;
using ComparisonInfo = spane_comparison_info;

/// Policies beside each other.
struct Comparison {
    std::vector<Estimate> metrics;     ///< [policy][SPANE_WAIT_METRICS]
    std::vector<Estimate> differences; ///< the same, less the baseline's
    ComparisonInfo info = SPANE_COMPARISON_INFO_INIT;
};

/// What an evaluation with waits comes to, with confidence intervals; see spane_compare_waits.
inline Fallible<Comparison> compare(const Evaluation &evaluation, Span<const std::int64_t> starts, std::size_t baseline = 0,
                                    const ComparisonOptions &options = {}, const Progress &progress = {}) {
    const detail::Listening listening(progress);
    const std::size_t policies = starts.size() == 0 ? 0 : evaluation.waits.size() / starts.size();
    Comparison result;
    result.metrics.resize(policies * SPANE_WAIT_METRICS);
    result.differences.resize(policies * SPANE_WAIT_METRICS);
    const spane_status status = spane_compare_waits(
        &options, starts.data(), evaluation.lengths.data(), starts.size(), evaluation.waits.data(), policies, baseline,
        listening.get(), result.metrics.data(), result.differences.data(), &result.info);
    return detail::outcome(status, std::move(result));
}

/// The metrics of a fleet; see spane_fleet_metric_describe.
inline Fallible<std::vector<FleetMetricInfo>> fleet_metrics() {
    std::vector<FleetMetricInfo> list(static_cast<std::size_t>(spane_fleet_metric_count()),
                                      FleetMetricInfo SPANE_FLEET_METRIC_INFO_INIT);
    spane_status status = SPANE_OK;
    for (std::size_t index = 0; status == SPANE_OK && index < list.size(); index++) {
        status = spane_fleet_metric_describe(static_cast<std::int32_t>(index), &list[index]);
    }
    return detail::outcome(status, std::move(list));
}

/// What an evaluation found out about a fleet.
struct FleetEvaluation {
    std::vector<double> waits;   ///< [policy][start], seconds; 0 without a queue
    std::vector<double> losses;  ///< [policy][start][SPANE_SIZE_CLASSES][SPANE_LOSS_VALUES]; empty with a queue
    std::vector<double> metrics; ///< [policy][start][metric], as fleet_metrics() lists them
};

/// Plays the log of a cluster with a policy; see spane_replay. Without one, what came of it in the log itself.
inline Fallible<ReplayFigures> replay(const std::string &path, const std::optional<Policy> &policy = {},
                                      const ReplayOptions &options = {}, const Progress &progress = {}) {
    ReplayFigures figures = SPANE_REPLAY_FIGURES_INIT;
    const detail::Listening listening(progress);
    const spane_policy chosen = policy ? policy->get() : spane_policy SPANE_POLICY_HEURISTIC(nullptr);
    const spane_status status =
        spane_replay(path.c_str(), policy ? &chosen : nullptr, &options, listening.get(), &figures);
    return detail::outcome(status, figures);
}

/// Plays one episode from each start under each policy, with a queue or without; see spane_evaluate_fleet.
inline Fallible<FleetEvaluation> evaluate_fleet(const Trace &trace, Span<const std::int64_t> starts,
                                                Span<const Policy> policies, bool queue, std::int32_t samples,
                                                const EvaluationOptions &options = {}, const Progress &progress = {}) {
    const detail::Listening listening(progress);
    const std::size_t episodes = policies.size() * starts.size();
    FleetEvaluation result;
    result.waits.resize(episodes);
    if (!queue) result.losses.resize(episodes * SPANE_SIZE_CLASSES * SPANE_LOSS_VALUES);
    result.metrics.resize(episodes * static_cast<std::size_t>(spane_fleet_metric_count()));
    std::vector<spane_policy> chosen;
    chosen.reserve(policies.size());
    for (std::size_t index = 0; index < policies.size(); index++) chosen.push_back(policies.data()[index].get());
    const spane_status status = spane_evaluate_fleet(
        trace.get(), &options, starts.data(), starts.size(), chosen.data(), chosen.size(), queue ? 1 : 0, samples,
        listening.get(), result.waits.data(), queue ? nullptr : result.losses.data(), result.metrics.data());
    return detail::outcome(status, std::move(result));
}

/// The starts of episodes that a text describes; see spane_starts_read.
inline Fallible<std::vector<std::int64_t>> read_starts(const std::string &text) {
    return detail::list_of<std::int64_t>([&](std::int64_t *starts, std::size_t room, std::size_t *count) {
        return spane_starts_read(text.c_str(), starts, room, count);
    });
}

/// See spane_trimmed_mean.
inline Fallible<double> trimmed_mean(Span<const double> values, double fraction = 0.1) {
    double mean = 0;
    const spane_status status = spane_trimmed_mean(values.data(), values.size(), fraction, &mean);
    return detail::outcome(status, mean);
}

} // namespace throwing or returning
} // namespace spane

#endif
