internal import CSpaneHeader
internal import SpaneScheduling

extension Fleet {
    /// The cluster that the option struct `name` describes; messages name its fields as C spells them.
    init(
        servers: Int32,
        nodeCPU: Double,
        nodeMem: Double,
        splitAbove: Double,
        cluster: OpaquePointer?,
        of name: StaticString
    ) throws {
        if let cluster = unsafe cluster {
            let handle = try unsafe Handle.object(cluster, ClusterHandle.self, "fleet")
            self = try handle.gate.shared {
                guard handle.cluster.serverCount > 0 else {
                    throw Failure(SPANE_INVALID_ARGUMENT, "\(name)->fleet has no servers; it must have some")
                }
                return try handle.cluster.fleet()
            }
            return
        }
        guard servers >= 1, servers <= Fleet.maximumServers else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name)->servers is \(servers); it must be in 1 ... \(Fleet.maximumServers)"
            )
        }
        for (field, value) in [("node_cpu", nodeCPU), ("node_mem", nodeMem)]
        where !Resources(cpu: value, mem: value).onGrid.isPositive {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name)->\(field) is \(value); \(Resources.rule(value))"
            )
        }
        guard splitAbove >= 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(name)->split_above is \(splitAbove); it must be 0 or more")
        }
        try self.init(
            servers: Int(servers),
            node: Resources(cpu: nodeCPU, mem: nodeMem),
            splitAbove: splitAbove
        )
    }
}
