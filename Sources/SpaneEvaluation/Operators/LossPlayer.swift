package import SpaneScheduling

/// Plays a trace on a fleet where a VM that fits nowhere is refused and gone: a loss system, as queueing theory calls it.
///
/// VMs come when they arrive and leave when their lifetimes are over; at equal times departures come first.
package struct LossPlayer: ~Copyable {
    private let scenario: Scenario
    private let mostCores: Double
    private var cluster: ClusterState
    private var running: DepartureQueue
    private var policy: any Policy

    /// Prepares a policy for the servers of a scenario.
    ///
    /// - Throws: ``NetworkError`` when a network cannot serve such a cluster.
    package init(_ source: PolicySource, _ scenario: Scenario) throws {
        policy = try source.makePolicy(for: scenario.fleet)
        self.scenario = scenario
        mostCores = scenario.fleet.mostCores
        cluster = ClusterState(scenario.fleet)
        running = DepartureQueue(capacity: scenario.fleet.mostRunning(of: scenario.trace))
    }

    /// Offers `length` VMs from `start` on to the empty fleet.
    ///
    /// - Throws: `invalidArgument` when the trace has no such episode; `cancelled`.
    package mutating func play(
        start: Int,
        length: Int,
        _ sampling: FleetSampling = .none,
        _ mix: FlavorMix? = nil,
        progress: Progress = .none
    ) throws -> LossEpisode {
        try scenario.trace.check(start: start, until: .length(length))
        var episode = LossEpisode(metrics: sampling.metrics.count)
        let (scenario, mostCores, vms) = (scenario, mostCores, start..<start + length)
        func count(_ vm: Int, _ isPlaced: Bool) -> Bool {
            let cores = scenario.request(of: vm).cpu
            episode.count(
                SizeClass(cores: cores, largest: mostCores),
                cores: cores,
                lifetime: scenario.trace.rows[vm].lifetime,
                isPlaced: isPlaced
            )
            return true
        }
        guard let mix, !sampling.isNone else {
            try Self.offer(vms, of: scenario, to: &policy, on: &cluster, &running, progress, count)
            return episode
        }
        var sampled = SampledPolicy(policy, sampling, mix, length: length)
        try Self.offer(vms, of: scenario, to: &sampled, on: &cluster, &running, progress, count)
        policy = sampled.policy
        episode.figures = sampled.figures
        return episode
    }

    /// Whether some of `length` VMs from `start` on is refused; ends with the first one.
    ///
    /// - Throws: as ``play(start:length:_:_:progress:)``.
    package mutating func refuses(start: Int, length: Int, progress: Progress = .none) throws -> Bool {
        try scenario.trace.check(start: start, until: .length(length))
        var isRefused = false
        let vms = start..<start + length
        try Self.offer(vms, of: scenario, to: &policy, on: &cluster, &running, progress) { _, isPlaced in
            isRefused = !isPlaced
            return isPlaced
        }
        return isRefused
    }

    /// - Parameter note: told of each VM and whether it was placed; says whether to go on.
    private static func offer<P: Policy>(
        _ vms: Range<Int>,
        of scenario: Scenario,
        to policy: inout P,
        on cluster: inout ClusterState,
        _ running: inout DepartureQueue,
        _ progress: Progress,
        _ note: (Int, Bool) -> Bool
    ) throws {
        cluster.removeAll()
        running.removeAll()
        policy.begin(start: vms.lowerBound, on: cluster)
        for index in vms {
            if index & 255 == 0 { try progress.check() }
            let vm = scenario.trace.rows[index]
            while running.earliestEnd <= vm.arrival {
                let departure = running.removeFirst()
                cluster.release(scenario.request(of: Int(departure.vm)), at: departure.placement)
            }
            let request = scenario.request(of: index)
            let placement = policy.placement(for: request, on: cluster)
            if let placement {
                cluster.place(request, at: placement)
                running.insert(
                    .init(
                        end: vm.arrival + vm.lifetime,
                        vm: Int32(truncatingIfNeeded: index),
                        placement: placement
                    )
                )
            }
            guard note(index, placement != nil) else { return }
        }
    }
}
