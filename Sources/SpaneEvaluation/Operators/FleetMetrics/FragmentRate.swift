internal import SpaneScheduling

extension FleetMetric {
    /// Free cores that no VM of 16 cores on one node can use: the sum over nodes of the free cores modulo 16, of all free cores
    /// (Ding et al., "Towards VM rescheduling optimization through deep reinforcement learning" (VMR2L), EuroSys 2025).
    static let fragmentRate = FleetMetric(
        name: "fragment_rate",
        title: "fragment rate",
        summary: "free cores of each node modulo 16, of all free cores"
    ) { cluster, _ in
        let block = 16 * Grid.stepsPerUnit
        var (fragments, free) = (0.0, 0.0)
        cluster.forEachNode { _, left, _ in
            guard left.cpu > 0 else { return }
            fragments += left.cpu.truncatingRemainder(dividingBy: block)
            free += left.cpu
        }
        return free > 0 ? fragments / free : nil
    }
}
