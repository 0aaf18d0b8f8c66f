internal import SpaneScheduling

extension FleetMetric {
    /// How full the fleet is: cores in use, of all cores.
    static let usedCores = FleetMetric(
        name: "used_cores",
        title: "used cores",
        summary: "cores in use, of all cores"
    ) { cluster, _ in
        var (used, whole) = (0.0, 0.0)
        cluster.forEachNode { _, free, capacity in
            used += capacity.cpu - free.cpu
            whole += capacity.cpu
        }
        return whole > 0 ? used / whole : nil
    }
}
