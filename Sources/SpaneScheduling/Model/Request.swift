/// What a VM asks of one server.
public struct Request: Equatable, Sendable {
    /// Cores in all.
    public let cpu: Double
    /// Memory in GB in all.
    public let mem: Double

    // What each node of a placement gives.
    let share: NodeShare
    // `nil` for a request for cores and memory alone.
    package let terms: RequestTerms?

    /// Creates a request of `cpu` cores and `mem` GB that is spread over `span` nodes.
    public init(cpu: Double, mem: Double, span: Int = 1) {
        self.init(cpu: cpu, mem: mem, span: span, terms: nil)
    }

    /// Creates a request as the paper has them: on both of two nodes or on one.
    public init(cpu: Double, mem: Double, isSplit: Bool) {
        self.init(cpu: cpu, mem: mem, span: isSplit ? NUMATopology.nodesPerServer : 1)
    }

    package init(cpu: Double, mem: Double, span: Int, terms: RequestTerms?) {
        self.cpu = cpu
        self.mem = mem
        self.terms = terms
        share = NodeShare(
            cpu: Grid.share(Grid.demand(cpu), span: span),
            mem: Grid.share(Grid.demand(mem), span: span),
            span: span,
            isPlain: terms == nil
        )
    }

    /// The number of NUMA nodes over which the VM is spread evenly, 1 ... 8.
    @inline(__always)
    public var span: Int { share.span }

    /// Whether the VM is spread over several NUMA nodes; otherwise it lives on one.
    @inline(__always)
    public var isSplit: Bool { span > 1 }

    /// What the request takes from each NUMA node that it uses.
    public var demandPerNode: Resources {
        Resources(cpu: Grid.amount(share.cpu), mem: Grid.amount(share.mem))
    }

    /// What all nodes of a placement give together, in steps of the grid.
    package var total: Resources { Resources(cpu: share.cpu * Double(span), mem: share.mem * Double(span)) }

    /// What each node gives of a resource of ``Layout/nodeResources``, in steps of the grid.
    @inline(__always)
    func share(of resource: Int) -> Double {
        switch resource {
        case 0: share.cpu
        case 1: share.mem
        default: extra(resource - 2)
        }
    }

    /// The amount of ``RequestTerms/extras`` with this index, 0 where there is none.
    func extra(_ index: Int) -> Double {
        guard let extras = terms?.extras, index < extras.count else { return 0 }
        return extras[index]
    }
}
