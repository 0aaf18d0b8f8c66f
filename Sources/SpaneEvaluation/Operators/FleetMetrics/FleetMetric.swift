public import SpaneScheduling

/// One number that tells how well a fleet is used at one moment, by a definition that operators use.
///
/// Each metric has a file of its own; ``all`` lists them, and command, C and Python read it from there.
public struct FleetMetric: Sendable {
    /// Its name in results: `empty_servers`.
    public let name: String
    /// The head of its column.
    public let title: String
    /// What it is, in one line.
    public let summary: String
    /// What it is counted in.
    public let unit: Unit

    private let compute: @Sendable (borrowing ClusterState, FlavorCounts) -> Double?

    /// What a metric is counted in.
    public enum Unit: String, Codable, Sendable {
        /// 0 ... 1
        case share
        /// VMs.
        case vms
    }

    /// Describes a metric.
    ///
    /// - Parameter compute: from what runs where and what the trace asks for; `nil` where the metric says nothing.
    public init(
        name: String,
        title: String,
        summary: String,
        unit: Unit = .share,
        _ compute: @escaping @Sendable (borrowing ClusterState, FlavorCounts) -> Double?
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.unit = unit
        self.compute = compute
    }

    /// The metric of a cluster; `nil` where it says nothing, as a density does where nothing runs.
    ///
    /// - Parameter mix: what the VMs ask for that are yet to come.
    public func value(of cluster: borrowing ClusterState, for mix: FlavorCounts) -> Double? { compute(cluster, mix) }

    /// Every metric that needs no argument. A new one needs a row here and its file.
    public static let all: [FleetMetric] = [
        .usedCores, .emptyServers, .packingDensity, .fragmentRate, .strandedCores, .strandedMemory, .roomForMix,
    ]
}

extension ClusterState {
    /// Calls `body` with every node: its server, what it has left and what it has, in steps of the grid, whose sums are exact.
    func forEachNode(_ body: (_ server: Int, _ free: Resources, _ capacity: Resources) -> Void) {
        for server in 0..<serverCount {
            for node in 0..<nodeCount(of: server) {
                body(server, offeredSteps(server: server, node: node), capacitySteps(server: server, node: node))
            }
        }
    }
}
