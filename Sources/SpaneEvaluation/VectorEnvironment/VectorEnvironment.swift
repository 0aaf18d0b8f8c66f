public import SpaneScheduling
internal import SpaneSystem

/// Environments of one scenario that are stepped together, on several threads, each with a row in the caller's output.
///
/// One caller at a time. What it does to the environments is the same for any number of threads, which wait between steps and end
/// with this object.
@safe
public final class VectorEnvironment<Output: VectorOutput>: Sendable {
    private let slots: VectorSlots<Output>
    private let pool: WorkerPool

    /// Makes copies of an environment.
    ///
    /// - Complexity: O(environments * servers).
    public init(of environment: borrowing Environment, _ configuration: VectorConfiguration) {
        // The threads hold the slots and not this object, which ends them.
        let slots = VectorSlots<Output>(of: environment, configuration)
        self.slots = slots
        let threads = Memory.affordableThreads(min(configuration.threads, configuration.count), bytesOfEach: 0)
        pool = WorkerPool(threads: threads - 1) { slots.work() }
    }

    /// How many environments there are and what they play.
    public var configuration: VectorConfiguration { slots.configuration }

    /// Where rows are written; `nil` until it is said.
    public var output: Output? {
        get { slots.output }
        set { slots.output = newValue }
    }

    /// Where episodes start, one after the other; empty where starts are drawn.
    package var list: [Int] { slots.list }

    /// Takes starts from a list from now on, or draws them when it is empty.
    ///
    /// - Parameter positions: where each environment is in it; `nil` for its beginning.
    package func take(_ list: [Int], positions: [Int]? = nil) { slots.take(list, positions: positions) }

    /// Calls `body` with an environment and where its starts come from.
    @inline(__always)
    package func withSlot<Result, Failure: Error>(
        _ index: Int,
        _ body: (inout VectorSlot) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try slots.with(index, body)
    }

    /// Whether a step of an environment with this action would succeed.
    @inline(__always)
    package func canTake(_ action: Action, at index: Int) -> Bool { slots.canTake(action, at: index) }

    // MARK: Work

    /// Steps every environment; one whose episode has ended is reset instead.
    ///
    /// - Parameter actions: one for each environment, which it can take unless its episode has ended.
    package func step(_ actions: UnsafePointer<Int32>) throws { try unsafe run(.step(actions)) }

    /// Starts new episodes where the list or the generators say.
    ///
    /// - Parameters:
    ///   - seed: the streams of starts begin anew with this seed, or their list at its beginning; `nil` to go on with them.
    ///   - which: not 0 for each environment to reset; `nil` for all.
    package func reset(seed: UInt64?, which: UnsafePointer<UInt8>?) throws {
        try unsafe run(.reset(seed: seed, which: which))
    }

    /// Starts new episodes at these VMs.
    package func reset(at starts: UnsafePointer<Int64>, which: UnsafePointer<UInt8>?) throws {
        try unsafe run(.resetAt(starts, which: which))
    }

    /// Writes the rows of all environments as they stand.
    package func show() throws { try unsafe run(.show) }

    private func run(_ task: VectorTask) throws {
        unsafe slots.begin(task)
        pool.run()
        try slots.finish()
    }
}

extension VectorEnvironment {
    /// Steps every environment; one whose episode has ended is reset instead, as ``VectorConfiguration/autoreset`` says.
    ///
    /// - Parameter actions: one for each environment; that of an environment that is reset is ignored.
    /// - Throws: `invalidArgument` when there are not as many, or one cannot be taken; nothing changes then.
    public func step(_ actions: [Int32]) throws {
        try check(actions.count, "actions")
        for (index, action) in actions.enumerated() where !canTake(Action(rawValue: action), at: index) {
            let mayIgnore = withSlot(index) { $0.environment.hasStarted && $0.environment.isFinished }
            guard mayIgnore, configuration.autoreset == .nextStep else {
                throw SchedulingError(
                    .unavailableAction,
                    "action \(action) of environment \(index) cannot be taken now"
                )
            }
        }
        try unsafe actions.withUnsafeBufferPointer { buffer in
            if let first = buffer.baseAddress { try unsafe step(first) }
        }
    }

    /// Starts new episodes in all environments.
    ///
    /// - Parameter starts: the first VM of each.
    /// - Throws: `invalidArgument` when there are not as many, or the trace cannot serve one.
    public func reset(at starts: [Int]) throws {
        try check(starts.count, "starts")
        try unsafe starts.map { Int64($0) }.withUnsafeBufferPointer { buffer in
            if let first = buffer.baseAddress { try unsafe reset(at: first, which: nil) }
        }
    }

    /// Starts new episodes in all environments, at starts drawn from ``VectorConfiguration/starts``.
    ///
    /// - Throws: `badState` when there is no output.
    public func reset(seed: UInt64? = nil) throws {
        try checkOutput()
        try unsafe reset(seed: seed, which: nil)
    }

    private func check(_ count: Int, _ name: String) throws(SchedulingError) {
        try checkOutput()
        guard count == configuration.count else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(count) \(name); the environments are \(configuration.count)"
            )
        }
    }

    private func checkOutput() throws(SchedulingError) {
        guard output != nil else { throw SchedulingError(.badState, "the environments have no output; set one first") }
    }
}
