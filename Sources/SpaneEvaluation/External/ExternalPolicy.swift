internal import SpaneScheduling

/// A policy of the caller's own, which decides about many episodes at once.
///
/// It is asked in the thread that plays, never in two at once.
public final class ExternalPolicy: Sendable {
    /// Decides: writes an action for each row.
    public typealias Decide = @Sendable (borrowing DecisionBatch) throws -> Void

    /// What messages call it.
    public let name: String
    /// The most decisions at once; `nil` for what suits the servers.
    public let batch: Int?
    /// Whether observations are divided by what the first NUMA node has.
    public let isNormalised: Bool
    private let body: Decide

    /// How many decisions are made at once unless it is said; fewer on many servers, whose rows are long.
    public static let defaultBatch = 256
    /// How many may be made at once.
    public static let mostBatch = 1 << 20

    /// Describes a policy.
    ///
    /// - Parameters:
    ///   - batch: 1 ... ``mostBatch``.
    ///   - decide: what it throws ends the evaluation.
    public init(
        name: String,
        batch: Int? = nil,
        isNormalised: Bool = false,
        decide: @escaping Decide
    ) {
        if let batch { precondition(batch >= 1 && batch <= Self.mostBatch, "the batch is \(batch)") }
        self.name = name
        self.batch = batch
        self.isNormalised = isNormalised
        body = decide
    }

    /// Asks for actions.
    package func decide(_ batch: borrowing DecisionBatch) throws { try body(batch) }

    /// Why it cannot play where single decisions are asked for.
    package var refusal: String {
        "\(name) decides about many episodes at once; it can take part in evaluations and experiments alone"
    }

    /// How many of so many episodes are under way together.
    func seats(for episodes: Int, on fleet: Fleet) -> Int {
        // What is looked at for one call shall fit into caches, or so.
        let suitable = min(Self.defaultBatch, max(1, (1 << 22) / fleet.actionCount))
        return min(batch ?? suitable, episodes)
    }

    /// The bytes of what plays so many episodes, each at its own decision.
    func bytes(seats: Int, on scenario: Scenario) -> Int {
        seats * (scenario.environmentBytes + DecisionRows.bytesOfEach(scenario.fleet))
    }
}

/// Decisions that are due at once, each in an episode of its own, row by row.
@safe
public struct DecisionBatch: ~Copyable {
    /// The number of rows, at least 1.
    public let count: Int
    /// The servers of each episode.
    public let servers: Int
    /// The values of an observation.
    public let observationSize: Int
    /// The bytes of a mask, one for each action.
    public let maskSize: Int
    /// What each episode shows; see ``SpaneScheduling/Environment/writeObservation(into:in:)``.
    public let observations: UnsafePointer<Float>
    /// Which actions have room; in each row one has at least.
    public let masks: UnsafePointer<UInt8>
    /// The place of each episode in the plan.
    public let episodes: UnsafePointer<Int64>
    /// The index in the trace of each VM.
    public let vms: UnsafePointer<Int64>
    /// 1 where the decision is the first one of its episode, else 0.
    public let isFirst: UnsafePointer<UInt8>
    /// Where the actions are written to; -1 before.
    public let actions: UnsafeMutablePointer<Int32>
}
