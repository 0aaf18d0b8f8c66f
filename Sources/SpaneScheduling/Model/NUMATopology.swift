/// The shape that all servers share: how many NUMA nodes one server has.
///
/// This is the only place that knows the number. Storage strides, action numbers and the share that a split VM
/// takes from each node all derive from it.
public enum NUMATopology {
    /// NUMA nodes of one server.
    public static let nodesPerServer = 2
}
