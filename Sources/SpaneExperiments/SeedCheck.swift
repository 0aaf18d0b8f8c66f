internal import SpaneEvaluation
package import SpaneStorage

/// Whether a group has networks of enough seeds, for one number of servers.
public struct SeedCheck: Codable, Equatable, Sendable {
    enum CodingKeys: String, CodingKey {
        case metric, seeds, width, needed
        case wanted = "wanted_width"
        case isEnough = "enough"
    }

    /// The metric that decides: the first of the experiment.
    public let metric: String
    /// How many seeds there are.
    public let seeds: Int
    /// How wide the interval of their mean is, as a share of it; `nil` with one seed, or where the mean is 0 and seeds differ.
    public let width: Double?
    /// How wide it may be.
    public let wanted: Double
    /// Whether it is no wider.
    public let isEnough: Bool
    /// The fewest seeds in all that would be enough if they went on to differ as they do; `nil` where that cannot be told.
    public let needed: Int?

    init(_ spread: SeedSpread, metric: String, wanted: Double, confidence: Double) {
        self.metric = metric
        seeds = spread.count
        let width = spread.relativeWidth(confidence: confidence)
        self.width = width.flatMap { $0.isFinite ? $0 : nil }
        self.wanted = wanted
        isEnough = width.map { $0 <= wanted } ?? false
        needed = spread.count(forRelativeWidth: wanted, confidence: confidence)
    }
}

extension ExperimentWaits {
    /// Whether a group has enough seeds, by number of servers; empty where no width is asked for. All of it is played.
    ///
    /// - Parameter group: its name.
    package func seedChecks(of group: String, _ settings: SummarySettings) -> [SeedCheck] {
        clusters.compactMap { cluster in
            seedCheck(cluster, members: policies.indices.filter { policies[$0].group == group }, settings)
        }
    }

    /// - Parameter members: the places of the group's policies.
    func seedCheck(_ cluster: ServerCount, members: [Int], _ settings: SummarySettings) -> SeedCheck? {
        guard let wanted = settings.seedWidth, let kind = Experiment.Kind(rawValue: kind) else { return nil }
        let metric = WaitMetric.all(for: kind.use)[0]
        let figures = members.compactMap { cluster.waits[$0].map { metric.value(of: $0) } }
        return SeedCheck(
            SeedSpread(figures),
            metric: ExperimentMetric(metric).name,
            wanted: wanted,
            confidence: settings.confidence
        )
    }
}
