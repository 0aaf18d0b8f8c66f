public import SpaneEvaluation
public import SpaneScheduling
public import SpaneStorage

/// Several policies on the same episodes of a trace, for one or more numbers of servers.
public struct Experiment: Sendable {
    /// What is compared; the first two as in section 7 of the paper.
    public enum Kind: String, Codable, Sendable {
        /// Policies on the servers that they were made for.
        case waitTime = "wait-time"
        /// The same policies on several numbers of servers, without training them again.
        case flexibility
        /// How many servers each policy needs so that nothing waits, by window; see ``SpaneEvaluation/ServersNeeded``.
        case servers

        /// Which metrics it has.
        var use: WaitMetric.Use { self == .servers ? .servers : .experiment }
    }

    /// A policy that takes part.
    public struct Policy: Sendable {
        /// Its name, unlike that of any other.
        public let name: String
        /// The group that it belongs to: the networks that one learner made of several seeds, say.
        public let group: String?
        /// What plays.
        public let source: PolicySource
        /// Its weights file, or the file of a policy of one's own; `nil` for a heuristic.
        public let file: String?
        /// SHA-256 of its file; `nil` for a heuristic.
        public let contentHash: String?

        /// Describes a policy.
        public init(
            name: String,
            group: String? = nil,
            source: PolicySource,
            file: String? = nil,
            contentHash: String? = nil
        ) {
            self.name = name
            self.group = group
            self.source = source
            self.file = file
            self.contentHash = contentHash
        }
    }

    /// The name of the reference that every experiment has: First Fit, whose excess over the bound others save some share of.
    public static let referenceName = "first-fit"

    /// What is compared.
    public let kind: Kind
    /// The trace.
    public let trace: Trace
    /// Where the trace comes from.
    public let description: TraceDescription
    /// The first VM of each episode, of all machines together.
    public let starts: [Int]
    /// The episodes that this machine plays; `nil` where it plays all for itself.
    public let shard: Shard?
    /// When episodes end.
    public let end: EpisodeEnd
    /// The clusters, each of another number of servers; where servers are counted, the fleet in whose proportions they are added.
    public let clusters: [Fleet]
    /// The policies; the reference is one of them.
    public let policies: [Policy]
    /// The mix that the rules among them were given; `nil` where they learn what is asked for.
    public let mix: GivenMix?
    /// The moves that may make room, each of another number; none for no moves. Several where servers are counted, else at most
    /// one.
    public let moves: [MoveLimits]

    /// Describes an experiment; First Fit is added after the other policies when it is not among them.
    ///
    /// - Parameter shard: the episodes that this machine plays; `nil` where it plays all for itself.
    /// - Throws: `invalidArgument` when a name or a number of servers is given twice, a group is called like a policy, or windows
    ///   whose servers are counted have no length, or moves are out of their range, and
    ///   ``ExperimentError`` when a network cannot serve one of the clusters.
    public init(
        kind: Kind,
        trace: Trace,
        description: TraceDescription,
        starts: [Int],
        shard: Shard? = nil,
        until end: EpisodeEnd = .automatic,
        clusters: [Fleet],
        policies: [Policy],
        mix: GivenMix? = nil,
        moves: [MoveLimits] = []
    ) throws {
        var policies = policies
        if !policies.contains(where: { $0.name == Self.referenceName }) {
            policies.append(Policy(name: Self.referenceName, source: .heuristic(.firstFit)))
        }
        if kind == .servers {
            guard case .length = end else {
                throw SchedulingError(.invalidArgument, "the length is \(end); a window needs a number of VMs")
            }
        }
        // A network that is bound to a number of servers is of no use where their number is looked for.
        let larger = kind == .servers ? try clusters.map { try $0.scaled(to: $0.serverCount + 1) } : []
        try Self.check(policies, clusters + larger)
        self.kind = kind
        self.trace = trace
        self.description = description
        self.starts = starts
        self.shard = shard
        self.end = end
        self.clusters = clusters
        self.policies = policies
        self.mix = mix
        try Self.check(moves, of: kind)
        self.moves = moves.allSatisfy { $0.moves == 0 } ? [] : moves
    }

    /// The experiment with more policies, behind those that it has.
    ///
    /// - Throws: as ``init(kind:trace:description:starts:shard:until:clusters:policies:mix:moves:)``.
    package func adding(_ more: [Policy]) throws -> Experiment {
        try Experiment(
            kind: kind,
            trace: trace,
            description: description,
            starts: starts,
            shard: shard,
            until: end,
            clusters: clusters,
            policies: policies + more,
            mix: mix,
            moves: moves
        )
    }

    private static func check(_ moves: [MoveLimits], of kind: Kind) throws(SchedulingError) {
        guard kind == .servers || moves.count <= 1 else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(moves.count) numbers of moves; this experiment has one"
            )
        }
        var numbers: Set<Int> = []
        for limits in moves {
            try limits.check()
            guard numbers.insert(limits.moves).inserted else {
                throw SchedulingError(.invalidArgument, "\(limits.moves) moves are given twice")
            }
        }
    }

    /// What is played on what, with which moves: each cluster with each number of moves.
    var stages: [(fleet: Fleet, moves: MoveLimits?)] {
        clusters.flatMap { fleet in
            moves.isEmpty ? [(fleet: fleet, moves: nil)] : moves.map { (fleet: fleet, moves: $0) }
        }
    }

    /// The names of the groups in the order of their first members.
    public var groups: [String] {
        var names: [String] = []
        for case let group? in policies.map(\.group) where !names.contains(group) { names.append(group) }
        return names
    }

    private static func check(_ policies: [Policy], _ clusters: [Fleet]) throws {
        var names: Set<String> = ["lower bound"]
        for policy in policies where !names.insert(policy.name).inserted {
            throw SchedulingError(.invalidArgument, "two policies are called \(policy.name); names must differ")
        }
        for case let group? in policies.map(\.group) where names.contains(group) {
            throw SchedulingError(.invalidArgument, "a group and a policy are both called \(group); names must differ")
        }
        guard !clusters.isEmpty else {
            throw SchedulingError(.invalidArgument, "there is no cluster size; at least one must be given")
        }
        var counts: Set<Int> = []
        for cluster in clusters {
            guard counts.insert(cluster.serverCount).inserted else {
                throw SchedulingError(.invalidArgument, "\(cluster.serverCount) servers are given twice")
            }
            for policy in policies {
                do {
                    try policy.source.check(plays: cluster)
                } catch {
                    throw ExperimentError("\(policy.name): \(error)")
                }
            }
        }
    }
}

/// Why an experiment cannot be made or resumed.
public struct ExperimentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    public let description: String

    init(_ description: String) { self.description = description }
}
