public import SpaneScheduling

extension FleetMetric {
    /// How many more VMs of one size fit, placed as well as can be (hspace of Ganeti; the closed form is that of arXiv 2604.15033).
    ///
    /// - Parameters:
    ///   - cpu: cores.
    ///   - mem: GB.
    ///   - fleet: tells over how many nodes such a VM is spread.
    /// - Throws: `invalidArgument` when a size is not above 0 and at most ``SpaneScheduling/Resources/largest``.
    public static func room(cpu: Double, mem: Double, on fleet: Fleet) throws(SchedulingError) -> FleetMetric {
        let size = Resources(cpu: cpu, mem: mem)
        guard size.isPositive, size.onGrid.isPositive else {
            throw SchedulingError(.invalidArgument, "a VM of \(cpu) cores and \(mem) GB: \(size.rule)")
        }
        let request = fleet.request(cpu: size.onGrid.cpu, mem: size.onGrid.mem)
        func text(_ amount: Double) -> String { amount == amount.rounded() ? "\(Int(amount))" : "\(amount)" }
        return FleetMetric(
            name: "room_\(text(cpu))x\(text(mem))",
            title: "room \(text(cpu)) x \(text(mem))",
            summary: "VMs of \(text(cpu)) cores and \(text(mem)) GB that still fit",
            unit: .vms
        ) { cluster, _ in Double(cluster.room(for: request)) }
    }
}
