package import SpaneScheduling

/// Which metrics of the fleet are taken while episodes are played, and how often.
///
/// They are taken before the decisions about VMs that are spread evenly over the second half of an episode, as every episode
/// begins with empty servers: for s samples of n VMs before VM ⌈n / 2⌉ + ⌊j ⌊n / 2⌋ / s⌋ of the episode, j = 0 ..< s. What has ended by
/// then is gone.
public struct FleetSampling: Sendable {
    /// What is taken.
    public let metrics: [FleetMetric]
    /// How often in an episode; less often in one with fewer VMs.
    public let samples: Int

    /// What is taken, and how often.
    ///
    /// - Precondition: `samples` is not negative.
    public init(_ metrics: [FleetMetric] = FleetMetric.all, samples: Int = 8) {
        precondition(samples >= 0, "samples is \(samples)")
        self.metrics = metrics
        self.samples = samples
    }

    /// Nothing is taken.
    public static let none = FleetSampling([], samples: 0)

    /// The bytes that taking them needs beside what plays a scenario: another cluster, and what is drawn from.
    package func bytes(on scenario: Scenario) -> Int {
        isNone ? 0 : scenario.environmentBytes + 64 * scenario.requests.count
    }

    var isNone: Bool { metrics.isEmpty || samples == 0 }

    /// The places in an episode of the VMs before which the metrics are taken, ascending.
    func places(in length: Int) -> [Int] {
        let (first, rest) = (length - length / 2, length / 2)
        let samples = min(samples, rest)
        return (0..<samples).map { first + $0 * rest / samples }
    }
}

/// The means of some metrics over the moments at which they were taken.
public struct FleetFigures: Equatable, Sendable {
    private var sums: [Double]
    private var counts: [Int]

    init(metrics: Int) {
        sums = Array(repeating: 0, count: metrics)
        counts = Array(repeating: 0, count: metrics)
    }

    /// What was taken elsewhere, by its ``means``.
    package init(means: [Double?]) {
        self.init(metrics: means.count)
        add(means)
    }

    /// The mean of each metric, in their order; `nil` where it said nothing at any moment.
    public var means: [Double?] { zip(sums, counts).map { $1 > 0 ? $0 / Double($1) : nil } }

    mutating func add(_ values: [Double?]) {
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            sums[index] += value
            counts[index] += 1
        }
    }

    /// The mean over several episodes of their means.
    public static func means(of episodes: [FleetFigures]) -> [Double?] {
        var all = FleetFigures(metrics: episodes.first?.sums.count ?? 0)
        for episode in episodes { all.add(episode.means) }
        return all.means
    }
}

/// Takes metrics of the cluster before some decisions of an episode.
struct FleetSampler {
    private(set) var figures: FleetFigures
    private let metrics: [FleetMetric]
    private let mix: FlavorCounts
    private var places: ArraySlice<Int>
    private var decided = 0

    /// - Parameter length: the VMs of the episode.
    init(_ sampling: FleetSampling, _ mix: FlavorCounts, length: Int) {
        self.mix = mix
        metrics = sampling.metrics
        figures = FleetFigures(metrics: sampling.metrics.count)
        places = sampling.places(in: length)[...]
    }

    /// Says that the next decision is due.
    mutating func noteDecision(on cluster: borrowing ClusterState) {
        if places.first == decided {
            places.removeFirst()
            var values: [Double?] = []
            for metric in metrics { values.append(metric.value(of: cluster, for: mix)) }
            figures.add(values)
        }
        decided += 1
    }
}

/// A policy before some of whose decisions metrics of the cluster are taken.
struct SampledPolicy: Policy {
    private(set) var policy: any Policy
    private var sampler: FleetSampler

    var figures: FleetFigures { sampler.figures }

    init(_ policy: any Policy, _ sampler: FleetSampler) { (self.policy, self.sampler) = (policy, sampler) }

    mutating func begin(start: Int, on cluster: borrowing ClusterState) { policy.begin(start: start, on: cluster) }

    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        sampler.noteDecision(on: cluster)
        return policy.placement(for: request, on: cluster, among: servers)
    }
}
