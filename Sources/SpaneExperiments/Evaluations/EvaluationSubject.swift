package import SpaneEvaluation
package import SpaneScheduling
package import SpaneStorage

/// Who played, on what, and what was measured of the fleet: what every result of `spane evaluate` tells of.
package struct EvaluationSubject: Sendable {
    /// A metric of the fleet that was taken.
    package struct Metric: Codable, Equatable, Sendable {
        package let name: String
        package let title: String
        package let unit: FleetMetric.Unit
    }

    /// The servers as results tell of them.
    package struct Servers: Codable, Equatable, Sendable {
        /// How many, of what; where their size does not say it also the rule for spans.
        package let words: String
        /// The most cores that a server has.
        package let most_cores: Double

        package init(_ fleet: Fleet) {
            words = fleet.serversInWords + (FleetNote(ofOther: fleet) == nil ? "" : "; \(fleet.ruleInWords)")
            most_cores = fleet.mostCores
        }
    }

    package let policies: [String]
    /// The metrics of the fleet, and how often they were taken in an episode.
    package let metrics: [Metric]
    package let samples: Int
    package let trace: TraceDescription
    package let serverCount: Int
    package let servers: Servers
    /// What one NUMA node has, where all servers have two equal ones of nothing else.
    package let node: Resources?
    package let splitAbove: Double?
    /// The servers where the above does not say it all.
    package let fleet: FleetNote?
    package let mix: TraceDescription?
    package let moves: MoveLimits?

    package init(
        policies: [String],
        sampling: FleetSampling,
        trace: TraceDescription,
        fleet: Fleet,
        mix: GivenMix?,
        moves: MoveLimits?
    ) {
        self.policies = policies
        metrics = sampling.metrics.map { Metric(name: $0.name, title: $0.title, unit: $0.unit) }
        samples = sampling.samples
        self.trace = trace
        serverCount = fleet.serverCount
        servers = Servers(fleet)
        node = fleet.uniformNode
        splitAbove = fleet.onlySplitAbove
        self.fleet = FleetNote(ofOther: fleet)
        self.mix = mix?.description
        self.moves = moves
    }

    /// What the description of a shard tells.
    init(_ manifest: EvaluationManifest) {
        let compared = manifest.compared
        policies = compared.policies.map(\.name)
        (metrics, samples) = (manifest.metrics, manifest.samples)
        trace = compared.trace.description
        serverCount = compared.servers.first ?? 0
        servers = manifest.servers
        node = compared.node
        splitAbove = compared.split_above
        fleet = compared.fleet
        mix = compared.mix?.description
        moves = compared.moves?.limits.first
    }
}
