internal import CSpane
internal import SpaneScheduling

extension ClusterConfiguration {
    /// The cluster that the option struct `name` describes; messages name its fields as C spells them.
    init(
        servers: Int32,
        nodeCPU: Double,
        nodeMem: Double,
        splitAbove: Double,
        fleet: OpaquePointer?,
        of name: StaticString
    ) throws {
        if let fleet = unsafe fleet {
            let cluster = try unsafe Handle.object(fleet, ClusterHandle.self, "fleet")
            self = try cluster.gate.shared { try cluster.fleet.configuration() }
            return
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
