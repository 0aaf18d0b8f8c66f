/// The servers of the paper, which have two NUMA nodes each.
///
/// All networks except potentials are made for such servers, and so are the code and the kernels that serve and train them.
/// ``Layout`` describes servers with any number of nodes.
public enum NUMATopology {
    /// NUMA nodes of one server.
    public static let nodesPerServer = 2
}
