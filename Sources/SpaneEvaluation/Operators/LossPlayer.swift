package import SpaneScheduling

/// Plays a trace on a fleet where a VM that fits nowhere is refused and gone: a loss system, as queueing theory calls it.
///
/// VMs come when they arrive and leave when their lifetimes are over; at equal times departures come first, then outages. What a
/// failure takes away asks for another place at once, and counts once more. Where the scenario allows moves, they are tried before
/// a VM is refused; as nothing waits, they take no time.
package struct LossPlayer: ~Copyable {
    private let mostCores: Double
    private let outages: [Outage]
    private var cluster: LossCluster
    private var policy: any Policy

    /// Prepares a policy for the servers of a scenario.
    ///
    /// - Parameter outages: in order of time; no server has two at once.
    /// - Throws: ``NetworkError`` when a network cannot serve such a cluster.
    package init(_ source: PolicySource, _ scenario: Scenario, outages: [Outage] = []) throws {
        self.outages = outages
        policy = try source.makePolicy(for: scenario.fleet)
        mostCores = scenario.fleet.mostCores
        cluster = LossCluster(scenario)
    }

    /// The moves of what was played last.
    package var moved: MoveCount { cluster.moved }

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
        let (scenario, mostCores) = (cluster.scenario, mostCores)
        var sampler: FleetSampler?
        if let mix, !sampling.isNone { sampler = FleetSampler(sampling, mix, length: length) }
        var episode = LossEpisode(metrics: sampling.metrics.count)
        try offer(start: start, length: length, &sampler, progress) { vm, lifetime, isPlaced in
            let request = scenario.request(of: vm)
            let size = SizeClass(cores: request.cpu, largest: mostCores)
            episode.count(size, request, lifetime: lifetime, isPlaced: isPlaced)
            return true
        }
        if let sampler { episode.figures = sampler.figures }
        episode.moved = cluster.moved
        return episode
    }

    /// Whether some of `length` VMs from `start` on is refused; ends with the first one.
    ///
    /// - Throws: as ``play(start:length:_:_:progress:)``.
    package mutating func refuses(start: Int, length: Int, progress: Progress = .none) throws -> Bool {
        var (isRefused, sampler) = (false, FleetSampler?.none)
        try offer(start: start, length: length, &sampler, progress) { _, _, isPlaced in
            isRefused = !isPlaced
            return isPlaced
        }
        return isRefused
    }

    /// - Parameter note: told of each VM, how long it would run and whether it was placed; says whether to go on.
    private mutating func offer(
        start: Int,
        length: Int,
        _ sampler: inout FleetSampler?,
        _ progress: Progress,
        _ note: (Int, Double, Bool) -> Bool
    ) throws {
        let scenario = cluster.scenario
        try scenario.trace.check(start: start, until: .length(length))
        cluster.removeAll()
        policy.begin(start: start, on: cluster.state)
        var calendar = OutageCalendar(outages)
        defer { for server in calendar.away { cluster.bringBack(server) } }
        for index in start..<start + length {
            if index & 255 == 0 { try progress.check() }
            let vm = scenario.trace.rows[index]
            while let turn = calendar.next(until: vm.arrival) {
                cluster.release(until: turn.time)
                guard turn.isStart else {
                    cluster.bringBack(turn.server)
                    continue
                }
                for lost in cluster.takeAway(turn.server, isFailure: turn.isFailure) {
                    cluster.release(lost)
                    sampler?.noteDecision(on: cluster.state)
                    let isPlaced = cluster.place(Int(lost.vm), until: lost.end, by: &policy)
                    guard note(Int(lost.vm), lost.end - turn.time, isPlaced) else { return }
                }
            }
            cluster.release(until: vm.arrival)
            sampler?.noteDecision(on: cluster.state)
            let isPlaced = cluster.place(index, until: vm.arrival + vm.lifetime, by: &policy)
            guard note(index, vm.lifetime, isPlaced) else { return }
        }
    }
}
