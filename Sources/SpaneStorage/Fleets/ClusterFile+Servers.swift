internal import SpaneScheduling

// The layout, the rule for spans and the types of servers, as they are written to HDF5.

extension ClusterFile {
    static func put(
        _ layout: Layout,
        _ rule: SpanRule,
        traits: [String],
        into file: borrowing HDF5Writer
    ) throws(StorageError) {
        try file.attribute("nodes", Int64(layout.nodes))
        try file.attribute("node_resources", layout.nodeResources.dropFirst(2).joined(separator: "\n"))
        try file.attribute("server_resources", layout.serverResources.joined(separator: "\n"))
        try file.attribute("traits", traits.joined(separator: "\n"))
        try file.attribute("split_above", rule.splitAbove)
        try file.attribute("split_from_cores", rule.splitFromCores)
        try file.attribute("split_span", Int64(rule.span))
    }

    static func put(_ types: [ServerType], into file: borrowing HDF5Writer) throws(StorageError) {
        try file.dataset("type_name", types.map(\.name))
        try file.dataset("type_nodes", types.map { Int64($0.nodes.count) }, .compressed)
        try file.dataset("type_capacity", types.flatMap { $0.nodes.flatMap { $0 } }, .compressed)
        try file.dataset("type_shared", types.flatMap(\.shared), .compressed)
        try file.dataset("type_traits", types.map { Int64(bitPattern: $0.traits) }, .compressed)
        try file.dataset("type_has_distances", types.map { Int64($0.distances.isEmpty ? 0 : 1) }, .compressed)
        try file.dataset("type_distances", types.flatMap { $0.distances.map { Int64($0) } }, .compressed)
    }
}

extension HDF5Reader {
    func layout() throws(StorageError) -> Layout {
        let nodes = try required(integer: "nodes")
        let node = try names("node_resources")
        let server = try names("server_resources")
        do {
            return try Layout(nodes: Int(clamping: nodes), nodeResources: node, serverResources: server)
        } catch {
            throw self.error(.format, error.description)
        }
    }

    func names(_ attribute: String) throws(StorageError) -> [String] {
        let text = try string(attribute) ?? ""
        return text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    }

    func spanRule() throws(StorageError) -> SpanRule {
        let (above, from) = (try required(double: "split_above"), try required(double: "split_from_cores"))
        let span = try required(integer: "split_span")
        do {
            return try SpanRule(splitAbove: above, splitFromCores: from, span: Int(clamping: span))
        } catch {
            throw self.error(.format, error.description)
        }
    }

    func serverTypes(_ layout: Layout) throws(StorageError) -> [ServerType] {
        let nodes = try integers("type_nodes").values
        let names = try texts("type_name", count: nodes.count, longest: Names.longest)
        try check("type_nodes", nodes, 1...Int64(layout.nodes))
        let (perNode, perServer) = (layout.nodeResources.count, layout.serverResources.count)
        let capacity = try doubles("type_capacity", count: nodes.reduce(0) { $0 + Int($1) * perNode })
        let shared = try doubles("type_shared", count: nodes.count * perServer)
        let traits = try integers("type_traits", count: nodes.count)
        let hasDistances = try integers("type_has_distances", count: nodes.count, in: 0...1)
        let pairs = zip(nodes, hasDistances).map { $1 == 0 ? 0 : Int($0 * $0) }
        let distances = try integers("type_distances", count: pairs.reduce(0, +), in: 0...255)
        var types: [ServerType] = []
        var (firstAmount, firstPair) = (0, 0)
        for type in nodes.indices {
            let amounts = Int(nodes[type]) * perNode
            types.append(
                ServerType(
                    name: names[type],
                    nodes: stride(from: firstAmount, to: firstAmount + amounts, by: perNode).map {
                        Array(capacity[$0..<$0 + perNode])
                    },
                    shared: Array(shared[type * perServer..<(type + 1) * perServer]),
                    traits: UInt64(bitPattern: traits[type]),
                    distances: distances[firstPair..<firstPair + pairs[type]].map { UInt8($0) }
                )
            )
            firstAmount += amounts
            firstPair += pairs[type]
        }
        return types
    }
}
