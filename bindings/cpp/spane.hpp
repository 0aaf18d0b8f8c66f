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

using Request = spane_request;
using Placement = spane_placement;
using Node = spane_node;
using ServerInfo = spane_server_info;
using ModelInfo = spane_model_info;
using VM = spane_vm;
using TraceInfo = spane_trace_info;
using StepResult = spane_step_result;
using EnvironmentInfo = spane_env_info;
using Policy = spane_policy;

// The option structs of spane.h, with their defaults from the start.
struct ClusterOptions : spane_cluster_options {
    ClusterOptions() : spane_cluster_options SPANE_CLUSTER_OPTIONS_INIT {}
};
struct EnvironmentOptions : spane_env_options {
    EnvironmentOptions() : spane_env_options SPANE_ENV_OPTIONS_INIT {}
};
struct VectorEnvironmentOptions : spane_vec_env_options {
    VectorEnvironmentOptions() : spane_vec_env_options SPANE_VEC_ENV_OPTIONS_INIT {}
};
struct VectorEnvironmentBuffers : spane_vec_env_buffers {
    VectorEnvironmentBuffers() : spane_vec_env_buffers SPANE_VEC_ENV_BUFFERS_INIT {}
};
struct EvaluationOptions : spane_evaluation_options {
    EvaluationOptions() : spane_evaluation_options SPANE_EVALUATION_OPTIONS_INIT {}
};

/// When an episode ends; see SPANE_END_... in spane.h.
struct End {
    std::int32_t kind;
    std::int64_t number;

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
template <class Object, class Make>
Fallible<Object> created(Make make) {
    static const std::int32_t abi = spane_abi_version();
    if (abi != SPANE_ABI_VERSION) {
        return failure<Object>(SPANE_UNKNOWN_VERSION,
                               "libspane " + std::string(spane_version_string()) + " has ABI version " +
                                   std::to_string(abi) + "; this program was compiled for " +
                                   std::to_string(SPANE_ABI_VERSION));
    }
    typename Object::pointer handle = nullptr;
    const spane_status status = make(&handle);
    return outcome(status, Object(handle));
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
        std::vector<std::byte> data;
        const spane_status status = detail::read_all(data, [&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_model_save_memory(get(), bytes, room, size);
        });
        return detail::outcome(status, std::move(data));
    }

    Fallible<ModelInfo> describe() const {
        ModelInfo info = SPANE_MODEL_INFO_INIT;
        const spane_status status = spane_model_describe(get(), &info);
        return detail::outcome(status, info);
    }

    /// Empty where the model has no such entry.
    Fallible<std::optional<std::string>> provenance(const std::string &name) const {
        return detail::text_of(get(), name, spane_model_provenance);
    }
};

/// The mirror of a fleet; see "Clusters" in spane.h. One call at a time.
class Cluster : public detail::Handle<spane_cluster, spane_cluster_free> {
public:
    using Handle::Handle;

    struct Count {
        std::int64_t servers;
        std::int64_t vms;
    };

    static Fallible<Cluster> make(const ClusterOptions &options = {}) {
        return detail::created<Cluster>([&](pointer *out) { return spane_cluster_new(&options, out); });
    }

    static Fallible<Cluster> load(const std::string &path) {
        return detail::created<Cluster>([&](pointer *out) { return spane_cluster_load(path.c_str(), out); });
    }

    static Fallible<Cluster> load_memory(Span<const std::byte> data) {
        return detail::created<Cluster>(
            [&](pointer *out) { return spane_cluster_load_memory(data.data(), data.size(), out); });
    }

    Fallible<void> save(const std::string &path) const {
        return detail::outcome(spane_cluster_save(get(), path.c_str()));
    }

    Fallible<std::vector<std::byte>> save_memory() const {
        std::vector<std::byte> data;
        const spane_status status = detail::read_all(data, [&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_cluster_save_memory(get(), bytes, room, size);
        });
        return detail::outcome(status, std::move(data));
    }

    /// The number of the first of the new servers.
    Fallible<std::int32_t> add_servers(Span<const Node> nodes) {
        std::int32_t first = 0;
        const spane_status status = spane_cluster_add_servers(get(), nodes.data(), nodes.size(), &first);
        return detail::outcome(status, first);
    }

    Fallible<void> reserve(std::size_t vms) { return detail::outcome(spane_cluster_reserve(get(), vms)); }

    Fallible<Count> count() const {
        Count count{};
        const spane_status status = spane_cluster_count(get(), &count.servers, &count.vms);
        return detail::outcome(status, count);
    }

    Fallible<ServerInfo> server(std::int32_t server) const {
        ServerInfo info = SPANE_SERVER_INFO_INIT;
        const spane_status status = spane_cluster_server(get(), server, &info);
        return detail::outcome(status, info);
    }

    Fallible<void> cordon(std::int32_t server) { return detail::outcome(spane_cluster_cordon(get(), server)); }
    Fallible<void> uncordon(std::int32_t server) { return detail::outcome(spane_cluster_uncordon(get(), server)); }

    Fallible<void> place(std::uint64_t id, Request request, Placement placement) {
        return detail::outcome(spane_cluster_place(get(), id, request, placement));
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
        const spane_status status = spane_cluster_find(get(), id, &placed.placement, &placed.request);
        if (status == SPANE_NOT_FOUND) return detail::outcome(SPANE_OK, std::optional<Placed>());
        return detail::outcome(status, std::optional<Placed>(placed));
    }

    /// Writes what free.size() / SPANE_NODES servers from server `first` on have left as [server][node].
    Fallible<void> read_free(std::size_t first, Span<Node> free) const {
        if (free.size() % SPANE_NODES != 0) {
            return detail::mismatch("free", free.size(), free.size() / SPANE_NODES * SPANE_NODES);
        }
        return detail::outcome(spane_cluster_read_free(get(), first, free.size() / SPANE_NODES, free.data()));
    }

    Fallible<void> set_free(std::int32_t server, std::int32_t node, Node free) {
        return detail::outcome(spane_cluster_set_free(get(), server, node, free));
    }
};

class Environment;

/// A policy bound to a cluster or an environment; see "Sessions" in spane.h. One call at a time.
class Session : public detail::Handle<spane_session, spane_session_free> {
public:
    using Handle::Handle;

    static Fallible<Session> make(Cluster &cluster, const std::string &heuristic) {
        return detail::created<Session>(
            [&](pointer *out) { return spane_session_new_heuristic(cluster.get(), heuristic.c_str(), out); });
    }

    static Fallible<Session> make(Cluster &cluster, const Model &model) {
        return detail::created<Session>(
            [&](pointer *out) { return spane_session_new(cluster.get(), model.get(), out); });
    }

    static Fallible<Session> make(Environment &environment, const std::string &heuristic);
    static Fallible<Session> make(Environment &environment, const Model &model);

    /// The action for the next VM of the environment that the session is bound to.
    Fallible<std::int32_t> decide() {
        std::int32_t action = 0;
        const spane_status status = spane_session_decide(get(), &action);
        return detail::outcome(status, action);
    }

    /// Empty where there is no room.
    Fallible<Choice> choose(Request request) {
        Placement placement{};
        const spane_status status = spane_session_choose(get(), request, &placement);
        return detail::outcome(status, choice(status, placement));
    }

    /// Empty where there is no room.
    Fallible<Choice> place(std::uint64_t id, Request request) {
        Placement placement{};
        const spane_status status = spane_session_place(get(), id, request, &placement);
        return detail::outcome(status, choice(status, placement));
    }

    /// As many placements as requests.
    Fallible<void> choose_many(Span<const Request> requests, Span<Placement> placements) {
        if (requests.size() != placements.size()) return detail::mismatch("placements", placements.size(), requests.size());
        return detail::outcome(
            spane_session_choose_many(get(), requests.data(), requests.size(), placements.data()));
    }

    /// Writes the best `placements.size()` and says how many there are; 0 where there is no room, now or ever.
    Fallible<std::size_t> top(Request request, Span<Placement> placements) {
        std::size_t found = 0;
        const spane_status status =
            spane_session_top(get(), request, placements.size(), placements.data(), nullptr, &found);
        return detail::outcome(status, found);
    }

    /// As many scores as placements.
    Fallible<std::size_t> top(Request request, Span<Placement> placements, Span<float> scores) {
        if (scores.size() != placements.size()) {
            return detail::mismatch<std::size_t>("scores", scores.size(), placements.size());
        }
        std::size_t found = 0;
        const spane_status status =
            spane_session_top(get(), request, placements.size(), placements.data(), scores.data(), &found);
        return detail::outcome(status, found);
    }

    /// Of all servers: servers * SPANE_NODES scores.
    Fallible<void> scores(Request request, Span<float> scores) {
        if (scores.size() % SPANE_NODES != 0) {
            return detail::mismatch("scores", scores.size(), scores.size() / SPANE_NODES * SPANE_NODES);
        }
        return detail::outcome(
            spane_session_scores(get(), request, nullptr, scores.size() / SPANE_NODES, scores.data()));
    }

    /// Of some servers: servers.size() * SPANE_NODES scores.
    Fallible<void> scores(Request request, Span<const std::int32_t> servers, Span<float> scores) {
        if (scores.size() != servers.size() * SPANE_NODES) {
            return detail::mismatch("scores", scores.size(), servers.size() * SPANE_NODES);
        }
        // No servers are not the NULL that stands for all of them.
        if (servers.empty()) return detail::outcome(SPANE_OK);
        return detail::outcome(
            spane_session_scores(get(), request, servers.data(), servers.size(), scores.data()));
    }

    Fallible<void> q_values(Request request, Span<float> values) {
        return detail::outcome(spane_session_q_values(get(), request, values.data(), values.size()));
    }

private:
    static Choice choice(spane_status status, Placement placement) {
        Choice choice;
        if (status == SPANE_OK) choice.emplace(placement);
        choice.never_fits = status == SPANE_NEVER_FITS;
        return choice;
    }
};

/// VMs in order of arrival; see "Traces" in spane.h. Any number of threads may use one at once.
class Trace : public detail::Handle<spane_trace, spane_trace_free> {
public:
    using Handle::Handle;

    static Fallible<Trace> load(const std::string &path) {
        return detail::created<Trace>([&](pointer *out) { return spane_trace_load(path.c_str(), out); });
    }

    static Fallible<Trace> load_memory(Span<const std::byte> data) {
        return detail::created<Trace>(
            [&](pointer *out) { return spane_trace_load_memory(data.data(), data.size(), out); });
    }

    static Fallible<Trace> generate(std::size_t count, std::uint64_t seed) {
        return detail::created<Trace>([&](pointer *out) { return spane_trace_generate(count, seed, out); });
    }

    static Fallible<Trace> make(Span<const VM> vms) {
        const std::size_t count = vms.size();
        std::vector<std::int64_t> ids(count);
        std::vector<double> cpu(count), mem(count), arrival(count), lifetime(count);
        for (std::size_t index = 0; index < count; index++) {
            const VM &vm = vms.data()[index];
            ids[index] = vm.id;
            cpu[index] = vm.cpu;
            mem[index] = vm.mem;
            arrival[index] = vm.arrival;
            lifetime[index] = vm.lifetime;
        }
        return detail::created<Trace>([&](pointer *out) {
            return spane_trace_new(ids.data(), cpu.data(), mem.data(), arrival.data(), lifetime.data(), count, out);
        });
    }

    Fallible<void> save(const std::string &path) const {
        return detail::outcome(spane_trace_save(get(), path.c_str(), nullptr, nullptr));
    }

    Fallible<void> save(const std::string &path, const std::string &source, const std::string &licence) const {
        return detail::outcome(spane_trace_save(get(), path.c_str(), source.c_str(), licence.c_str()));
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

    /// Copies vms.size() VMs from index `first` on.
    Fallible<void> vms(std::size_t first, Span<VM> vms) const {
        return detail::outcome(spane_trace_vms(get(), first, vms.size(), vms.data()));
    }
};

/// An episode of a trace; see "Environments" in spane.h. One call at a time.
class Environment : public detail::Handle<spane_env, spane_env_free> {
public:
    using Handle::Handle;

    /// What the next VM asks for.
    struct Head {
        Request request;
        bool is_split;
    };

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
        std::vector<std::byte> data;
        const spane_status status = detail::read_all(data, [&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_env_save_memory(get(), bytes, room, size);
        });
        return detail::outcome(status, std::move(data));
    }

    Fallible<void> restore_memory(Span<const std::byte> data) {
        return detail::outcome(spane_env_restore_memory(get(), data.data(), data.size()));
    }

    Fallible<void> reset(std::int64_t start, End end) {
        return detail::outcome(spane_env_reset(get(), start, end.kind, end.number));
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

    Fallible<Head> request() const {
        Request request{};
        std::int32_t is_split = 0;
        const spane_status status = spane_env_request(get(), &request, &is_split);
        return detail::outcome(status, Head{request, is_split != 0});
    }

    Fallible<EnvironmentInfo> describe() const {
        EnvironmentInfo info = SPANE_ENV_INFO_INIT;
        const spane_status status = spane_env_describe(get(), &info);
        return detail::outcome(status, info);
    }
};

inline Fallible<Session> Session::make(Environment &environment, const std::string &heuristic) {
    return detail::created<Session>(
        [&](pointer *out) { return spane_session_new_env_heuristic(environment.get(), heuristic.c_str(), out); });
}

inline Fallible<Session> Session::make(Environment &environment, const Model &model) {
    return detail::created<Session>(
        [&](pointer *out) { return spane_session_new_env(environment.get(), model.get(), out); });
}

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
        std::vector<std::byte> data;
        const spane_status status = detail::read_all(data, [&](std::byte *bytes, std::size_t room, std::size_t *size) {
            return spane_vec_env_save_memory(get(), bytes, room, size);
        });
        return detail::outcome(status, std::move(data));
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

/// A heuristic to evaluate; `name` must outlive the evaluation.
inline Policy policy(const char *name) { return {name, nullptr}; }
/// A network to evaluate; `model` must outlive the evaluation.
inline Policy policy(const Model &model) { return {nullptr, model.get()}; }

/// What an evaluation found out, in seconds and VMs.
struct Evaluation {
    std::vector<double> waits; ///< [policy][start]
    std::vector<std::int64_t> lengths;
    std::vector<double> bounds;
};

/// Plays one episode from each start under each policy; see spane_evaluate.
inline Fallible<Evaluation> evaluate(const Trace &trace, Span<const std::int64_t> starts, Span<const Policy> policies,
                                     const EvaluationOptions &options = {}) {
    Evaluation result;
    result.waits.resize(policies.size() * starts.size());
    result.lengths.resize(starts.size());
    result.bounds.resize(starts.size());
    const spane_status status =
        spane_evaluate(trace.get(), &options, starts.data(), starts.size(), policies.data(), policies.size(),
                       result.waits.data(), result.lengths.data(), result.bounds.data());
    return detail::outcome(status, std::move(result));
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
