/// What makes one server better than another: the server part of a ``RuleName``. Higher is better.
///
/// With the VM on it, server s has free(s, r) of resource r left of its capacity C(s, r), both summed over its NUMA nodes. Resources
/// are cores, memory and every other one of which the server has any. L(r) is the largest capacity of any server.
public enum ServerScore: String, CaseIterable, Hashable, Sendable {
    /// 0: the server that stands first.
    case first
    /// -Σ free / L: least left in absolute terms. Nova's RAM and CPU weighers with multipliers below 0.
    case mostAllocated = "most-allocated"
    /// -Σ free / C: least left of the server's own capacity. MostAllocated of Kubernetes' NodeResourcesFit.
    case mostAllocatedShare = "most-allocated-share"
    /// Σ free / C: most left of the server's own capacity. LeastAllocated of Kubernetes' NodeResourcesFit.
    case leastAllocated = "least-allocated"
    /// Minus the standard deviation of 1 - free / C over the resources. Kubernetes' NodeResourcesBalancedAllocation.
    case balanced
    /// -√Σ (free / C)²: the norm of what is left. Norm-based greedy of Panigrahy et al., "Heuristics for vector bin packing" (2011).
    case l2
    /// Σ demand / C · (free + demand) / C: how well the VM is aligned with what was left. Grandl et al., "Multi-resource packing for
    /// cluster schedulers" (Tetris, SIGCOMM 2014).
    case dotProduct = "dot-product"
    /// The greatest 1 - free / C: how near the scarcest resource is to its end.
    case bottleneck
    /// cap after - cap before, where cap = Σ weight · how many more fit, over the flavors of a ``CapacityMix``: how little room for
    /// large VMs the placement destroys. Servers that lose as much are compared by ``mostAllocated``. After FGD, Weng et al., "Beware
    /// of fragmentation" (ATC 2023), with NUMA nodes in place of GPUs.
    case capacityLost = "capacity-lost"

    /// What it prefers, in one line.
    public var summary: StaticString {
        switch self {
        case .first: "the server that stands first"
        case .mostAllocated: "the server with least left in absolute terms"
        case .mostAllocatedShare: "the server with least left of its own capacity"
        case .leastAllocated: "the server with most left of its own capacity"
        case .balanced: "the server whose resources are used most evenly"
        case .l2: "the server with the smallest norm of what is left"
        case .dotProduct: "the server whose free resources are aligned best with the VM"
        case .bottleneck: "the server whose scarcest resource is used most"
        case .capacityLost: "the server that loses least room for large VMs"
        }
    }
}
