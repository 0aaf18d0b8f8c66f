package import SpaneScheduling

/// Plays a trace on a fleet where a VM that fits nowhere is refused and gone: a loss system, as queueing theory calls it.
///
/// VMs come when they arrive and leave when their lifetimes are over; at equal times departures come first, then outages. What a
/// failure takes away asks for another place at once, and counts once more.
package struct LossPlayer: ~Copyable {
    private let scenario: Scenario
    private let mostCores: Double
    private let outages: [Outage]
    private var cluster: ClusterState
    private var running: DepartureQueue
    private var policy: any Policy

    /// Prepares a policy for the servers of a scenario.
    ///
    /// - Parameter outages: in order of time; no server has two at once.
    /// - Throws: ``NetworkError`` when a network cannot serve such a cluster.
    package init(_ source: PolicySource, _ scenario: Scenario, outages: [Outage] = []) throws {
        self.outages = outages
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
        _ mix: FlavorCounts? = nil,
        progress: Progress = .none
    ) throws -> LossEpisode {
        try scenario.trace.check(start: start, until: .length(length))
        var episode = LossEpisode(metrics: sampling.metrics.count)
        let (scenario, mostCores, vms) = (scenario, mostCores, start..<start + length)
        func count(_ vm: Int, _ lifetime: Double, _ isPlaced: Bool) -> Bool {
            let cores = scenario.request(of: vm).cpu
            let size = SizeClass(cores: cores, largest: mostCores)
            episode.count(size, cores: cores, lifetime: lifetime, isPlaced: isPlaced)
            return true
        }
        guard let mix, !sampling.isNone else {
            try Self.offer(vms, of: scenario, to: &policy, on: &cluster, &running, outages, progress, count)
            return episode
        }
        var sampled = SampledPolicy(policy, sampling, mix, length: length)
        try Self.offer(vms, of: scenario, to: &sampled, on: &cluster, &running, outages, progress, count)
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
        try Self.offer(vms, of: scenario, to: &policy, on: &cluster, &running, outages, progress) { _, _, isPlaced in
            isRefused = !isPlaced
            return isPlaced
        }
        return isRefused
    }

    /// - Parameter note: told of each VM, how long it would run and whether it was placed; says whether to go on.
    private static func offer<P: Policy>(
        _ vms: Range<Int>,
        of scenario: Scenario,
        to policy: inout P,
        on cluster: inout ClusterState,
        _ running: inout DepartureQueue,
        _ outages: [Outage],
        _ progress: Progress,
        _ note: (Int, Double, Bool) -> Bool
    ) throws {
        cluster.removeAll()
        running.removeAll()
        policy.begin(start: vms.lowerBound, on: cluster)
        var calendar = OutageCalendar(outages)
        defer { for server in calendar.away { cluster.uncordon(server) } }
        for index in vms {
            if index & 255 == 0 { try progress.check() }
            let vm = scenario.trace.rows[index]
            while let turn = calendar.next(until: vm.arrival) {
                release(until: turn.time, of: scenario, from: &cluster, &running)
                guard turn.isStart else {
                    cluster.uncordon(turn.server)
                    continue
                }
                cluster.cordon(turn.server)
                for lost in turn.isFailure ? running.remove(on: turn.server) : [] {
                    cluster.release(scenario.request(of: Int(lost.vm)), at: lost.placement)
                    let isPlaced = place(
                        Int(lost.vm),
                        of: scenario,
                        until: lost.end,
                        by: &policy,
                        on: &cluster,
                        &running
                    )
                    guard note(Int(lost.vm), lost.end - turn.time, isPlaced) else { return }
                }
            }
            release(until: vm.arrival, of: scenario, from: &cluster, &running)
            let end = vm.arrival + vm.lifetime
            let isPlaced = place(index, of: scenario, until: end, by: &policy, on: &cluster, &running)
            guard note(index, vm.lifetime, isPlaced) else { return }
        }
    }

    @inline(__always)
    private static func release(
        until time: Double,
        of scenario: Scenario,
        from cluster: inout ClusterState,
        _ running: inout DepartureQueue
    ) {
        while running.earliestEnd <= time {
            let departure = running.removeFirst()
            cluster.release(scenario.request(of: Int(departure.vm)), at: departure.placement)
        }
    }

    @inline(__always)
    private static func place<P: Policy>(
        _ vm: Int,
        of scenario: Scenario,
        until end: Double,
        by policy: inout P,
        on cluster: inout ClusterState,
        _ running: inout DepartureQueue
    ) -> Bool {
        let request = scenario.request(of: vm)
        guard let placement = policy.placement(for: request, on: cluster) else { return false }
        cluster.place(request, at: placement)
        running.insert(.init(end: end, vm: Int32(truncatingIfNeeded: vm), placement: placement))
        return true
    }
}
