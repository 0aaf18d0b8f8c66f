import SpaneScheduling

/// Events in memory.
final class EventTape: ClusterObserver, EventSource, @unchecked Sendable {
    var time = 0.0
    private(set) var events: [(time: Double, event: ClusterEvent)] = []

    func note(_ event: ClusterEvent) { events.append((time, event)) }

    /// Begins with the state of a cluster, and follows it.
    func follow(_ cluster: inout Cluster) throws {
        note(.start(try cluster.snapshot()))
        cluster.observer = self
    }

    func forEachEvent(_ progress: Progress, _ body: (Double, ClusterEvent) throws -> Void) throws {
        for (time, event) in events { try body(time, event) }
    }

    /// What a scheduler does with a trace that asks a policy once for each VM when it arrives.
    ///
    /// - Parameters:
    ///   - count: how many of its VMs come.
    ///   - refused: told of each VM that has no place.
    static func of(
        _ trace: Trace,
        count: Int,
        on fleet: Fleet,
        by policy: some Policy,
        refused: (Int) -> Void = { _ in }
    ) throws -> EventTape {
        var policy = policy
        var cluster = try Cluster(fleet)
        let tape = EventTape()
        tape.time = trace.vms[0].arrival
        try tape.follow(&cluster)
        var running: [(end: Double, index: Int)] = []
        func release(until time: Double) {
            while let next = running.min(by: { ($0.end, $0.index) < ($1.end, $1.index) }), next.end <= time {
                running.removeAll { $0.index == next.index }
                tape.time = next.end
                _ = cluster.release(UInt64(next.index))
            }
        }
        for (index, vm) in trace.vms.prefix(count).enumerated() {
            release(until: vm.arrival)
            tape.time = vm.arrival
            let request =
                vm.span == 0
                ? fleet.request(cpu: vm.cpu, mem: vm.mem) : Request(cpu: vm.cpu, mem: vm.mem, span: vm.span)
            guard let placement = policy.placement(for: request, on: cluster.state) else {
                refused(index)
                cluster.tell(.refuse(UInt64(index), request, group: 0))
                continue
            }
            try cluster.place(UInt64(index), request, at: placement)
            running.append((vm.arrival + vm.lifetime, index))
        }
        release(until: .infinity)
        return tape
    }
}
