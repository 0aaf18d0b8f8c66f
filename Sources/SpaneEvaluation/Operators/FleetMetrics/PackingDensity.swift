internal import SpaneScheduling

extension FleetMetric {
    /// How full the servers in use are: of cores and memory the one of which a larger share is taken, over all servers that are
    /// not empty (Hadary et al., "Protean: VM allocation service at scale", OSDI 2020).
    static let packingDensity = FleetMetric(
        name: "packing_density",
        title: "packing density",
        summary: "taken of the scarcer of cores and memory, on servers with a VM"
    ) { cluster, _ in
        var free = Array(repeating: Resources(cpu: 0, mem: 0), count: cluster.serverCount)
        var capacity = free
        var isUsed = Array(repeating: false, count: cluster.serverCount)
        cluster.forEachNode { server, left, all in
            if left != all { isUsed[server] = true }
            free[server] = Resources(cpu: free[server].cpu + left.cpu, mem: free[server].mem + left.mem)
            capacity[server] = Resources(cpu: capacity[server].cpu + all.cpu, mem: capacity[server].mem + all.mem)
        }
        var (left, all) = (Resources(cpu: 0, mem: 0), Resources(cpu: 0, mem: 0))
        for server in isUsed.indices where isUsed[server] {
            left = Resources(cpu: left.cpu + free[server].cpu, mem: left.mem + free[server].mem)
            all = Resources(cpu: all.cpu + capacity[server].cpu, mem: all.mem + capacity[server].mem)
        }
        return all.cpu > 0 && all.mem > 0 ? max((all.cpu - left.cpu) / all.cpu, (all.mem - left.mem) / all.mem) : nil
    }
}
