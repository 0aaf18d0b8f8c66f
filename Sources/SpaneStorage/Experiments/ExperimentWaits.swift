public import SpaneScheduling

/// The waits of an experiment: several policies on the same episodes, for one or more numbers of servers; or, where servers are
/// counted, how many each policy needs for each window.
public struct ExperimentWaits: Equatable, Sendable {
    /// Who placed.
    public struct Policy: Equatable, Sendable {
        /// Its name in the experiment.
        public var name: String
        /// The group that it belongs to; empty for none.
        public var group: String
        /// SHA-256 of its weights file; empty for a heuristic.
        public var contentHash: String

        /// Names a policy.
        public init(name: String, group: String = "", contentHash: String = "") {
            self.name = name
            self.group = group
            self.contentHash = contentHash
        }
    }

    /// The episodes on one number of servers.
    public struct ServerCount: Equatable, Sendable {
        /// The number of servers.
        public var servers: Int
        /// The first VM of each episode.
        public var starts: [Int]
        /// The VMs that each episode places.
        public var lengths: [Int]
        /// The lower bound of each episode's total wait in seconds.
        public var bounds: [Double]
        /// For each policy the total wait of each episode in seconds; `nil` until all of its episodes are played.
        public var waits: [[Double]?]
        /// The most moves that may make room for a VM; `nil` where moves were not asked for.
        public var moves: Int?
        /// Where moves were asked for, the memory in GB that the VMs of each episode have.
        public var offeredMem: [Double]
        /// Where moves were asked for, the days from each episode's first arrival to its last.
        public var days: [Double]
        /// Where moves were asked for, for each policy those of each episode; `nil` until all of its episodes are played.
        public var moved: [[MoveCount]?]

        /// Describes episodes that nobody has played.
        public init(
            servers: Int,
            moves: Int? = nil,
            starts: [Int],
            lengths: [Int],
            bounds: [Double],
            offeredMem: [Double] = [],
            days: [Double] = [],
            policies: Int
        ) {
            self.servers = servers
            self.moves = moves
            self.starts = starts
            self.lengths = lengths
            self.bounds = bounds
            self.offeredMem = offeredMem
            self.days = days
            waits = Array(repeating: nil, count: policies)
            moved = Array(repeating: nil, count: policies)
        }
    }

    /// The kind of experiment, such as `wait-time`.
    public var kind: String
    /// Whether it is the servers that a policy needs that stand for the waits, and windows for the episodes.
    public var countsServers: Bool { kind == "servers" }
    /// The trace.
    public var trace: TraceDescription
    /// What one NUMA node has, where all servers have two equal ones of nothing else.
    public var node: Resources?
    /// A VM with more memory than this, in GB, is split, where that is all that the rule says.
    public var splitAbove: Double?
    /// The servers where `node` and `splitAbove` do not say it all.
    public var fleet: FleetNote?
    /// What moves may take and cost; their number stands with the episodes. `nil` where moves were not asked for.
    public var moves: MoveLimits?
    /// The policies.
    public var policies: [Policy]
    /// The episodes by number of servers.
    public var clusters: [ServerCount]

    /// Describes an experiment.
    public init(
        kind: String,
        trace: TraceDescription,
        node: Resources?,
        splitAbove: Double?,
        fleet: FleetNote? = nil,
        policies: [Policy],
        moves: MoveLimits? = nil,
        clusters: [ServerCount]
    ) {
        self.kind = kind
        self.trace = trace
        self.node = node
        self.splitAbove = splitAbove
        self.fleet = fleet
        self.policies = policies
        self.moves = moves
        self.clusters = clusters
    }
}
