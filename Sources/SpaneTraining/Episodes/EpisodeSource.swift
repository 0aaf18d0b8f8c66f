public import SpaneScheduling

/// Where training episodes come from: traces with their training starts, and clusters.
///
/// Each episode takes a workload with a chance in proportion to its weight, a cluster with equal chances, and a uniform
/// start.
public struct EpisodeSource: Sendable {
    /// A trace and the starts that training may use.
    public struct Workload: Sendable {
        /// The trace.
        public let trace: Trace
        /// The starts; the first VM of an episode is one of these.
        public let starts: Range<Int>
        /// How often it is drawn, 1 ... ``largestWeight``; only ratios matter.
        public let weight: Int

        /// The largest weight.
        public static let largestWeight = 1_000_000

        /// Creates a workload.
        ///
        /// - Throws: `invalidArgument` when `starts` is empty or not in 0 ..< trace.count, or the weight out of range.
        public init(trace: Trace, starts: Range<Int>, weight: Int = 1) throws(SchedulingError) {
            guard !starts.isEmpty, starts.lowerBound >= 0, starts.upperBound <= trace.count else {
                throw SchedulingError(
                    .invalidArgument,
                    "the training starts are \(starts.lowerBound)..<\(starts.upperBound); they must be a range in "
                        + "0..<\(trace.count) with at least one start"
                )
            }
            guard weight >= 1, weight <= Self.largestWeight else {
                throw SchedulingError(
                    .invalidArgument,
                    "the weight of a workload is \(weight); it must be in 1 ... \(Self.largestWeight)"
                )
            }
            self.trace = trace
            self.starts = starts
            self.weight = weight
        }
    }

    /// The workloads.
    public let workloads: [Workload]
    /// The clusters; one that is named twice is drawn twice as often.
    public let clusters: [Fleet]

    /// Creates a source.
    ///
    /// - Parameter moves: the moves that may make room; `nil` for none.
    /// - Throws: `invalidArgument` when there is no workload or no cluster; `invalidTrace` when a VM of a workload fits
    ///   on no server of a cluster.
    public init(
        workloads: [Workload],
        clusters: [Fleet],
        moves: MoveLimits? = nil
    ) throws(SchedulingError) {
        guard !workloads.isEmpty, !clusters.isEmpty else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(workloads.count) workloads and \(clusters.count) clusters to train on; at least one of "
                    + "each is needed"
            )
        }
        var scenarios: [Scenario] = []
        for workload in workloads {
            for cluster in clusters { scenarios.append(try Scenario(workload.trace, on: cluster, moves: moves)) }
        }
        self.scenarios = scenarios
        self.workloads = workloads
        self.clusters = clusters
        lengths = workloads.flatMap { workload in clusters.map { _ in EpisodeLengthCache(count: workload.starts.count) }
        }
        totalWeight = workloads.reduce(0) { $0 + $1.weight }
    }

    private let totalWeight: Int
    // [workload][cluster]
    private let scenarios: [Scenario]
    private let lengths: [EpisodeLengthCache]

    /// A workload on a cluster.
    func scenario(_ workload: Int, _ cluster: Int) -> Scenario { scenarios[workload * clusters.count + cluster] }

    /// The automatic lengths of the episodes of a workload on a cluster.
    func lengths(_ workload: Int, _ cluster: Int) -> EpisodeLengthCache { lengths[workload * clusters.count + cluster] }

    /// Draws the index of a workload.
    func drawWorkload(using generator: inout Xoshiro256StarStar) -> Int {
        var left = generator.below(totalWeight)
        for (index, workload) in workloads.enumerated() {
            guard left >= workload.weight else { return index }
            left -= workload.weight
        }
        return 0
    }
}

/// One episode of an ``EpisodeSource``.
public struct TrainingEpisode: Equatable, Sendable {
    /// The index of its workload.
    public let workload: Int
    /// The index of its cluster.
    public let cluster: Int
    /// The index of its first VM.
    public let start: Int
    /// The number of VMs it places: the automatic length.
    public let length: Int
}
