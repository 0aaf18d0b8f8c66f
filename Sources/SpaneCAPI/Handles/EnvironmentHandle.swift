internal import CSpaneHeader
internal import SpaneSystem
internal import SpaneScheduling
internal import SpaneStorage

/// What a `spane_env` stands for.
final class EnvironmentHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4545_6E76
    static var name: StaticString { "spane_env" }

    let gate = Gate("environment")
    let trace: TraceHandle
    let settings: EnvironmentSettings
    // Used inside the gate only.
    var environment: Environment
    /// Grows with every reset, and whenever a state is restored.
    var episode: UInt64 = 1

    init(_ trace: TraceHandle, _ settings: EnvironmentSettings, _ environment: consuming Environment) {
        self.trace = trace
        self.settings = settings
        self.environment = environment
    }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> EnvironmentHandle {
        try unsafe Handle.object(handle, EnvironmentHandle.self, "env")
    }

    /// Refuses to show an environment in which no episode was started.
    @inline(__always)
    func checkHasStarted() throws(Failure) {
        guard environment.hasStarted else {
            throw Failure(SPANE_BAD_STATE, "env was never reset; call spane_env_reset")
        }
    }
}

/// What `spane_env_options` say, checked.
struct EnvironmentSettings: Equatable, Sendable {
    let fleet: Fleet
    let reward: Reward
    let flags: UInt32
    let moves: MoveLimits?

    init(fleet: Fleet, reward: Reward, flags: UInt32, moves: MoveLimits?) {
        self.fleet = fleet
        self.reward = reward
        self.flags = flags
        self.moves = moves
    }

    /// - Parameter pointer: NULL for the defaults.
    init(_ pointer: UnsafePointer<spane_env_options>?, _ name: StaticString) throws {
        var options = unsafe spane_env_options.defaults
        if let pointer = unsafe pointer { unsafe options = try read(pointer, defaults: options, name) }
        flags = unsafe options.flags
        let weight = unsafe options.balance_weight
        guard flags & ~SPANE_OBSERVE_NORMALISED == 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name)->flags is \(flags); it must be 0 or SPANE_OBSERVE_NORMALISED "
                    + "(\(SPANE_OBSERVE_NORMALISED))"
            )
        }
        // Also where it is not used: it is a mistake of the caller then, too.
        guard weight.isFinite else {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(name)->balance_weight is \(weight); it must be finite")
        }
        switch unsafe options.reward {
        case SPANE_REWARD_LOG_WAIT:
            reward = .logWait
        case SPANE_REWARD_BALANCE:
            reward = .balance(weight: weight)
        case let other:
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name)->reward is \(other); it must be SPANE_REWARD_LOG_WAIT (\(SPANE_REWARD_LOG_WAIT)) or "
                    + "SPANE_REWARD_BALANCE (\(SPANE_REWARD_BALANCE))"
            )
        }
        moves = try unsafe MoveLimits.checked(
            moves: options.moves,
            budget: options.move_budget,
            price: options.move_price,
            secondsPerGB: options.move_seconds_per_gb,
            name
        )
        fleet = try unsafe Fleet(
            servers: options.servers,
            nodeCPU: options.node_cpu,
            nodeMem: options.node_mem,
            splitAbove: options.split_above,
            cluster: options.fleet,
            of: name
        )
    }

    /// What observations are divided by.
    var unit: Resources {
        flags & SPANE_OBSERVE_NORMALISED == 0 ? Resources(cpu: 1, mem: 1) : fleet.firstNode
    }

    /// Makes an environment, after making sure that there is memory for `count` of them.
    func makeEnvironment(on trace: Trace, count: Int = 1) throws -> Environment {
        try checkMemory(on: trace, count: count)
        return try Environment(Scenario(trace, on: fleet, moves: moves), reward: reward)
    }

    /// Refuses environments for which there is no memory.
    func checkMemory(on trace: Trace, count: Int = 1) throws(OutOfMemory) {
        let bytes = count * fleet.environmentBytes(for: trace, moves: moves)
        try Memory.check(bytes: bytes, for: "\(count) environments of \(fleet.serverCount) servers")
    }
}

extension EnvironmentSettings {
    /// What a saved state begins with.
    func header(on trace: TraceHandle) -> ImageHeader {
        ImageHeader(
            traceHash: trace.contentHash,
            flags: UInt64(flags),
            fleet: fleet,
            reward: reward,
            moves: moves
        )
    }

    /// What a saved state says, which has to belong to `trace`.
    init(_ header: ImageHeader, on trace: TraceHandle) throws(Failure) {
        guard header.traceHash == trace.contentHash else {
            throw Failure(
                SPANE_SHAPE_MISMATCH,
                "data: the state belongs to the trace with content_sha256 \(header.traceHash); "
                    + "this one has \(trace.contentHash)"
            )
        }
        guard let flags = UInt32(exactly: header.flags), flags & ~SPANE_OBSERVE_NORMALISED == 0 else {
            throw Failure(SPANE_FORMAT, "data: flags are \(header.flags), which this library does not know")
        }
        do {
            _ = try Scenario(trace.trace, on: header.fleet, moves: header.moves)
        } catch {
            throw Failure(SPANE_FORMAT, "data: \(error)")
        }
        self.init(fleet: header.fleet, reward: header.reward, flags: flags, moves: header.moves)
    }
}

extension EpisodeEnd {
    /// When an episode ends, as C says it.
    init(kind: Int32, count: Int64) throws(Failure) {
        switch kind {
        case SPANE_END_LENGTH: self = .length(Int(count))
        case SPANE_END_EXCEED: self = .exceed(Int(count))
        case SPANE_END_AUTO:
            guard count == 0 else {
                throw Failure(SPANE_INVALID_ARGUMENT, "end_count is \(count); it must be 0 with SPANE_END_AUTO")
            }
            self = .automatic
        default:
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "end_kind is \(kind); it must be SPANE_END_LENGTH (\(SPANE_END_LENGTH)), SPANE_END_EXCEED "
                    + "(\(SPANE_END_EXCEED)) or SPANE_END_AUTO (\(SPANE_END_AUTO))"
            )
        }
    }
}

extension spane_env_options {
    static var defaults: spane_env_options {
        unsafe spane_env_options(
            struct_size: UInt32(MemoryLayout<spane_env_options>.size),
            servers: 5,
            reward: SPANE_REWARD_LOG_WAIT,
            flags: 0,
            balance_weight: 1,
            node_cpu: Fleet.publishedNode.cpu,
            node_mem: Fleet.publishedNode.mem,
            split_above: Fleet.publishedSplitAbove,
            fleet: nil,
            moves: 0,
            move_budget: Int32(MoveLimits.defaultBudget),
            move_price: MovePrices.defaultMove,
            move_seconds_per_gb: 0
        )
    }
}

extension spane_env_options {
    /// The options that these settings came from.
    init(_ settings: EnvironmentSettings) {
        unsafe self = .defaults
        unsafe servers = Int32(truncatingIfNeeded: settings.fleet.serverCount)
        unsafe flags = settings.flags
        if case .balance(let weight) = settings.reward {
            unsafe reward = SPANE_REWARD_BALANCE
            unsafe balance_weight = weight
        }
        unsafe node_cpu = settings.fleet.firstNode.cpu
        unsafe node_mem = settings.fleet.firstNode.mem
        unsafe split_above = settings.fleet.splitAbove
        guard let limits = settings.moves else { return }
        unsafe moves = Int32(truncatingIfNeeded: limits.moves)
        unsafe move_budget = Int32(clamping: limits.budget)
        unsafe move_price = limits.prices.move
        unsafe move_seconds_per_gb = limits.secondsPerGB
    }
}

extension spane_env_info {
    /// Where an environment stands.
    init(_ environment: borrowing Environment) {
        self.init()
        servers = Int32(truncatingIfNeeded: environment.cluster.serverCount)
        finished = environment.isFinished ? 1 : 0
        terminated = environment.isTerminated ? 1 : 0
        truncated = environment.isTruncated ? 1 : 0
        clock = environment.clock
        total_wait = environment.totalWait
        start = environment.hasStarted ? Int64(environment.start) : -1
        head = Int64(environment.head)
        placed = Int64(environment.placedCount)
        running = Int64(environment.runningCount)
        if case .length(let count) = environment.episodeEnd { length = Int64(count) }
        observation_size = Int64(environment.observationCount)
        mask_size = Int64(environment.cluster.actionCount)
        moves = Int64(environment.moved.moves)
        moved = environment.moved.mem
        moved_local = environment.moved.localMem
    }
}
