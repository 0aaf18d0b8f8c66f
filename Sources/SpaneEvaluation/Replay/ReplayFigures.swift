public import SpaneScheduling

/// What a policy made of the events of a log.
public struct ReplayFigures: Equatable, Sendable {
    /// VMs, and what they ask for.
    public struct Count: Equatable, Sendable {
        /// How many.
        public var vms = 0
        /// Their cores.
        public var cores = 0.0
        /// Their memory in GB.
        public var mem = 0.0

        /// None.
        public init() {}

        mutating func add(_ request: Request) {
            vms += 1
            cores += request.cpu
            mem += request.mem
        }
    }

    /// The VMs that asked for a place. One that a failure took away asks once more.
    public internal(set) var asked = Count()
    /// Those of them that never got one.
    public internal(set) var refused = Count()
    /// Those that got one later than they asked for it, or wait for it to the end.
    public internal(set) var waited = 0
    /// How long all of them waited, in seconds.
    public internal(set) var wait = 0.0
    /// The longest wait, in seconds.
    public internal(set) var longestWait = 0.0
    /// The live migrations.
    public internal(set) var moved = MoveCount()
    /// The VMs that got their places when the log's scheduler placed them.
    public internal(set) var compared = 0
    /// Those of them that got the place that they have in the log.
    public internal(set) var alike = 0
    /// VMs that were to grow and found no room for it.
    public internal(set) var refusedResizes = 0
    /// How often a place was looked for.
    public internal(set) var decisions = 0
    /// How long the decisions took, in seconds.
    public internal(set) var seconds = 0.0

    /// Nothing has happened.
    public init() {}

    /// Refused cores of those asked for, 0 ... 1.
    public var refusedCores: Double { asked.cores > 0 ? refused.cores / asked.cores : 0 }

    mutating func addWait(_ seconds: Double) {
        guard seconds > 0 else { return }
        waited += 1
        wait += seconds
        longestWait = max(longestWait, seconds)
    }
}

/// How the decisions of a session differ from those of the scheduler beside which it ran.
package struct ShadowFigures: Equatable, Sendable {
    private var counts = ShadowOutcome.allCases.map { _ in 0 }

    /// The decisions of the other scheduler.
    package var decisions: Int { counts.reduce(0, +) }

    /// How many ended so.
    package func count(_ outcome: ShadowOutcome) -> Int { counts[outcome.rawValue] }

    mutating func add(_ outcome: ShadowOutcome) { counts[outcome.rawValue] += 1 }
}
