public import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

/// How an experiment is summarised; none of it needs anything to be played again.
public struct SummarySettings: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey {
        case threshold, resamples, seed, confidence, baseline
        case blockLength = "block"
        case seedWidth = "seed_width"
    }

    /// An episode that waits longer than this, in seconds, is one of the bad ones.
    public var threshold = 500_000.0
    /// The episodes that the bootstrap draws together; `nil` for what suits the episodes.
    public var blockLength: Int?
    /// How often the bootstrap draws.
    public var resamples = 5000
    /// The seed of the draws.
    public var seed: UInt64 = 1
    /// The share of intervals that should hold the true value, above 0 and below 1.
    public var confidence = 0.95
    /// The policy or group that the others are compared with; `nil` for the first.
    public var baseline: String?
    /// How wide the interval of a group's mean over seeds may be, as a share of the mean; `nil` where that is not asked for.
    public var seedWidth: Double?

    /// The usual settings.
    public init() {}

    /// Refuses settings that an experiment cannot be summarised with.
    ///
    /// - Parameters:
    ///   - names: those that the baseline may have.
    ///   - episodes: how many there are on each number of servers.
    /// - Throws: `invalidArgument` when one is out of its range or the baseline is unknown.
    func check(names: [String], episodes: Int) throws(SchedulingError) {
        if let baseline, !names.contains(baseline) {
            throw SchedulingError(
                .invalidArgument,
                "the baseline is \(baseline); it must be one of \(names.joined(separator: ", "))"
            )
        }
        guard threshold >= 0 else {
            throw SchedulingError(.invalidArgument, "the threshold is \(threshold) s; it must be at least 0")
        }
        guard confidence > 0, confidence < 1 else {
            throw SchedulingError(.invalidArgument, "the confidence is \(confidence); it must be above 0 and below 1")
        }
        if let seedWidth, !(seedWidth > 0 && seedWidth.isFinite) {
            throw SchedulingError(.invalidArgument, "the width over seeds is \(seedWidth); it must be above 0")
        }
        _ = try BlockBootstrap(count: episodes, blockLength: blockLength ?? 1, resamples: resamples, seed: seed)
    }
}

extension SummarySettings {
    /// In what they differ from others, a line each.
    func differences(from old: SummarySettings) -> [String] {
        func texts(_ settings: SummarySettings) -> [(name: String, value: String)] {
            [
                ("baseline", settings.baseline ?? "the first"), ("threshold", "\(settings.threshold)"),
                ("confidence", "\(settings.confidence)"),
                ("block", settings.blockLength.map { "\($0)" } ?? "by the overlap"),
                ("resamples", "\(settings.resamples)"), ("bootstrap seed", "\(settings.seed)"),
                ("seed width", settings.seedWidth.map { "\($0)" } ?? "none"),
            ]
        }
        return zip(texts(old), texts(self)).filter { $0.value != $1.value }.map { old, new in
            "\(new.name): \(old.value) there, \(new.value) here"
        }
    }
}

extension Experiment {
    /// Refuses settings that this experiment cannot be summarised with.
    ///
    /// - Parameter groups: those that are yet to come, beside the policies that there are.
    /// - Throws: `invalidArgument` when one is out of its range or the baseline is unknown, or a width over seeds is asked for and
    ///   there is no group.
    public func check(_ settings: SummarySettings, andGroups groups: Set<String> = []) throws {
        try settings.check(names: unplayed([]).subjectNames + groups.sorted(), episodes: starts.count)
        if settings.seedWidth != nil, groups.isEmpty, self.groups.isEmpty {
            throw SchedulingError(
                .invalidArgument,
                "a width over seeds is asked for, but there is no group of policies"
            )
        }
    }
}

/// The figures of an experiment, with their intervals.
public struct ExperimentSummary: Equatable, Sendable {
    /// What a row stands for.
    public enum RowKind: String, Codable, Sendable {
        /// A policy that belongs to no group.
        case policy
        /// A group: the mean over its members, of more than four without the lowest and highest fifth.
        case group
        /// A policy of the group above it.
        case member
        /// The lower bound that no policy can beat.
        case bound
    }

    /// The figures of the members of a group.
    public struct Spread: Codable, Equatable, Sendable {
        /// The lowest of them.
        public let lowest: Double
        /// Their median.
        public let median: Double
        /// Their mean.
        public let mean: Double
        /// The ends of Student's interval of the mean over all seeds that there could be; `nil` with fewer than two members.
        public let mean_low: Double?
        /// See ``mean_low``.
        public let mean_high: Double?
        /// The highest of them.
        public let highest: Double
    }

    /// The figures of one policy or group, or of the bound.
    public struct Row: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// What it stands for.
        public let kind: RowKind
        /// The group of a member; `nil` for others.
        public let group: String?
        /// The figures; one that does not exist is missing.
        public let figures: [ExperimentMetric: Estimate]
        /// The plain figures less those of the baseline in the same resamples; empty for the baseline itself and the bound.
        public let differences: [ExperimentMetric: Estimate]
        /// For a group: how the figures of its members spread.
        public let spread: [ExperimentMetric: Spread]
        /// For a group, where a width over seeds is asked for: whether there are enough seeds.
        public let seeds: SeedCheck?
        /// What was moved, for a group by all members together; `nil` where nothing may be moved, and for the bound.
        public let moved: MoveFigures?
        /// Where there are several numbers of moves, how much lower the plain figures are than those with the first of them, in the
        /// same resamples; empty for those with the first, and for the bound.
        public let savedByMoves: [ExperimentMetric: Estimate]
    }

    /// The figures for one number of servers.
    public struct ServerCount: Equatable, Sendable {
        /// The number of servers.
        public let servers: Int
        /// The most moves that may make room for a VM; `nil` where moves were not asked for.
        public let moves: Int?
        /// The number of episodes.
        public let episodes: Int
        /// The mean number of VMs of an episode.
        public let meanLength: Double
        /// The episodes of a block.
        public let blockLength: Int
        /// The whole blocks that the episodes make.
        public let blockCount: Int
        /// How many times the span of an episode, on average, a block covers.
        public let blockSpans: Double
        /// The rows, in the order of the policies; the bound comes last.
        public let rows: [Row]
    }

    /// What was compared.
    public let kind: Experiment.Kind
    /// How it was made.
    public let settings: SummarySettings
    /// The name of the baseline.
    public let baseline: String
    /// The figures by number of servers.
    public let clusters: [ServerCount]
}
