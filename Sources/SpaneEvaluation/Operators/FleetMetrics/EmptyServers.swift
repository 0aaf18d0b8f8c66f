internal import SpaneScheduling

extension FleetMetric {
    /// Servers without a VM, which could be switched off, serviced or given away (the measure of NILAS and LAVA, arXiv 2412.09840).
    static let emptyServers = FleetMetric(
        name: "empty_servers",
        title: "empty servers",
        summary: "servers without a VM, of all servers"
    ) { cluster, _ in
        var isUsed = Array(repeating: false, count: cluster.serverCount)
        cluster.forEachNode { server, free, capacity in
            if free != capacity { isUsed[server] = true }
        }
        return isUsed.isEmpty ? nil : Double(isUsed.count { !$0 }) / Double(isUsed.count)
    }
}
