internal import SpaneScheduling

extension FleetMetric {
    /// What VMs of one flavor could still take: the cores of as many of them as fit, of all cores; the mean over the flavors of
    /// the trace, each weighted by how often it is asked for.
    ///
    /// How many fit is counted exactly, as hspace of Ganeti does by placing them; the closed form is that of arXiv 2604.15033.
    static let roomForMix = FleetMetric(
        name: "room_for_mix",
        title: "room for mix",
        summary: "cores of as many VMs of one flavor as still fit, of all cores, mean over the flavors asked for"
    ) { cluster, mix in
        var cores = 0.0
        cluster.forEachNode { _, _, capacity in cores += Grid.amount(capacity.cpu) }
        guard cores > 0, mix.total > 0 else { return nil }
        var sum = 0.0
        for (request, count) in zip(mix.requests, mix.counts) where count > 0 {
            sum += Double(count) * request.cpu * Double(cluster.room(for: request))
        }
        return sum / (Double(mix.total) * cores)
    }
}
