public import SpaneScheduling

/// A policy of the caller's own, which decides about many episodes at once.
///
/// It is asked in the thread that plays, never in two at once.
public final class ExternalPolicy: Sendable {
    /// Decides: writes an action for each row.
    public typealias Decide = @Sendable (borrowing DecisionBatch) throws -> Void

    /// What messages call it.
    public let name: String
    /// The most decisions at once.
    public let batch: Int
    /// What cores and memory of observations are divided by.
    public let unit: Resources
    private let body: Decide

    /// How many decisions are made at once unless it is said.
    public static let defaultBatch = 64
    /// How many may be made at once.
    public static let mostBatch = 1 << 20

    /// Describes a policy.
    ///
    /// - Parameters:
    ///   - batch: 1 ... ``mostBatch``.
    ///   - decide: what it throws ends the evaluation.
    public init(
        name: String,
        batch: Int = ExternalPolicy.defaultBatch,
        unit: Resources = Resources(cpu: 1, mem: 1),
        decide: @escaping Decide
    ) {
        precondition(batch >= 1 && batch <= Self.mostBatch, "the batch is \(batch)")
        self.name = name
        self.batch = batch
        self.unit = unit
        body = decide
    }

    func decide(_ batch: borrowing DecisionBatch) throws { try body(batch) }

    /// Why it cannot play where single decisions are asked for.
    package var refusal: String {
        "\(name) decides about many episodes at once; it can take part in evaluations and experiments alone"
    }

    /// The bytes of what plays so many episodes, each at its own decision.
    package func bytes(episodes: Int, on scenario: Scenario) -> Int {
        let seats = min(batch, episodes)
        return seats * (scenario.environmentBytes + DecisionRows.bytesOfEach(scenario.fleet))
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
