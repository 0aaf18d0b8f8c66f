internal import SpaneScheduling

extension FleetMetric {
    /// Cores that VMs like those of the trace cannot use: what is left when they are added until none fits, of all cores ("inflation"
    /// in LAVA, arXiv 2412.09840; stranded memory in Pond, ASPLOS 2023).
    ///
    /// VMs are drawn by how often the trace asks for their flavor and placed by First Fit; a flavor that fits nowhere is drawn no
    /// more. The draws are the same for every cluster.
    static let strandedCores = FleetMetric(
        name: "stranded_cores",
        title: "stranded cores",
        summary: "cores left when VMs of the mix are added until none fits, of all cores"
    ) { cluster, mix in leftShare(of: \.cpu, cluster, mix) }

    /// As ``strandedCores``, of memory.
    static let strandedMemory = FleetMetric(
        name: "stranded_memory",
        title: "stranded memory",
        summary: "GB left when VMs of the mix are added until none fits, of all GB"
    ) { cluster, mix in leftShare(of: \.mem, cluster, mix) }

    private static func leftShare(
        of resource: KeyPath<Resources, Double>,
        _ cluster: borrowing ClusterState,
        _ mix: FlavorCounts
    ) -> Double? {
        var filled = cluster.copy()
        var policy = FirstFit()
        var draws = FlavorCounts.Draws(mix, seed: 1)
        while let flavor = draws.next() {
            let request = mix.requests[flavor]
            if let placement = policy.placement(for: request, on: filled) {
                filled.place(request, at: placement)
            } else {
                draws.remove(flavor)
            }
        }
        var (left, whole) = (0.0, 0.0)
        filled.forEachNode { _, free, capacity in
            left += free[keyPath: resource]
            whole += capacity[keyPath: resource]
        }
        return whole > 0 ? left / whole : nil
    }
}
