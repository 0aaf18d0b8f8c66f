/// What servers of one kind have when nothing runs on them.
public struct ServerType: Hashable, Sendable {
    /// A name for people, such as "gen3".
    public var name: String
    /// The capacity of each NUMA node, in the order of ``Layout/nodeResources``; zero where a node has none.
    public var nodes: [[Double]]
    /// What the server gives as a whole, in the order of ``Layout/serverResources``.
    public var shared: [Double]
    /// Bits of the caller's that requests can require or forbid.
    public var traits: UInt64
    /// How far the memory of one node is from the cores of another, as the SLIT of the firmware tells it (10 is near), row by
    /// row; empty when it does not matter.
    public var distances: [UInt8]

    /// Describes servers with these nodes.
    public init(
        name: String = "",
        nodes: [[Double]],
        shared: [Double] = [],
        traits: UInt64 = 0,
        distances: [UInt8] = []
    ) {
        self.name = name
        self.nodes = nodes
        self.shared = shared
        self.traits = traits
        self.distances = distances
    }

    /// Describes servers with `count` equal nodes of cores and memory.
    public init(name: String = "", equalNodes count: Int = NUMATopology.nodesPerServer, of node: Resources) {
        self.init(name: name, nodes: Array(repeating: [node.cpu, node.mem], count: count))
    }

    /// Refuses a server that does not fit the layout.
    ///
    /// - Throws: `invalidArgument` naming `name` and the capacity that is wrong.
    package func check(_ layout: Layout, as name: String) throws(SchedulingError) {
        func refuse(_ detail: String) -> SchedulingError { SchedulingError(.invalidArgument, "\(name): \(detail)") }
        if let detail = Names.refusal(of: self.name) { throw refuse("its name \(detail)") }
        guard nodes.count >= 1, nodes.count <= layout.nodes else {
            throw refuse("it has \(nodes.count) NUMA nodes; this cluster allows 1 ... \(layout.nodes)")
        }
        for (index, node) in nodes.enumerated() {
            guard node.count == layout.nodeResources.count else {
                throw refuse(
                    "node \(index) has \(node.count) amounts; the resources are "
                        + layout.nodeResources.joined(separator: ", ")
                )
            }
            for (amount, resource) in zip(node, layout.nodeResources) {
                guard let detail = Self.refusal(of: amount) else { continue }
                throw refuse("\(resource) of node \(index) is \(amount); \(detail)")
            }
        }
        guard nodes.contains(where: { Grid.capacity($0[0]) > 0 && Grid.capacity($0[1]) > 0 }) else {
            throw refuse(
                "a NUMA node has \(nodes[0][0]) cores and \(nodes[0][1]) GB; both must be above 0 and at most "
                    + "\(Resources.largest) on one node at least"
            )
        }
        guard shared.count == layout.serverResources.count else {
            throw refuse("it has \(shared.count) shared amounts; this cluster has \(layout.serverResources.count)")
        }
        for (amount, resource) in zip(shared, layout.serverResources) {
            guard let detail = Self.refusal(of: amount) else { continue }
            throw refuse("\(resource) is \(amount); \(detail)")
        }
        guard distances.isEmpty || distances.count == nodes.count * nodes.count else {
            throw refuse("it has \(distances.count) distances; \(nodes.count) nodes have \(nodes.count * nodes.count)")
        }
    }

    private static func refusal(of amount: Double) -> String? {
        guard amount >= 0, amount <= Resources.largest else { return "it must be in 0 ... \(Resources.largest)" }
        return amount == 0 || Grid.capacity(amount) > 0 ? nil : "it is below \(Resources.step)"
    }
}
