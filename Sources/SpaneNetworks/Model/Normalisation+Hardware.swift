package import SpaneScheduling

extension Model {
    /// What to tell about servers that the network was not made for; `nil` where there is nothing to tell, as of a potential that
    /// sees every node relative to itself.
    package func mismatch(with fleet: Fleet) -> String? {
        if architecture.network.seesNodesRelatively { return nil }
        return normalisation.mismatch(with: fleet)
    }

    /// As ``mismatch(with:)``, for a cluster that is there.
    package func mismatch(with cluster: borrowing ClusterState) -> String? {
        if architecture.network.seesNodesRelatively { return nil }
        return normalisation.mismatch(with: cluster)
    }
}

extension Normalisation {
    /// The nodes that the network was made for: "nodes of 40 cores and 90 GB".
    package var hardware: String { Self.nodes(cpu, mem) }

    /// What to tell about servers that the network was not made for; `nil` where all have the nodes that it was made for.
    ///
    /// - Complexity: O(servers).
    package func mismatch(with cluster: borrowing ClusterState) -> String? {
        for server in 0..<cluster.serverCount {
            for node in 0..<cluster.nodeCount(of: server) {
                let capacity = cluster.capacity(server: server, node: node)
                if !fits(capacity) { return message(capacity) }
            }
        }
        return nil
    }

    /// As ``mismatch(with:)``, for a cluster that is yet to be made.
    package func mismatch(with fleet: Fleet) -> String? {
        let used = Set(fleet.typeOfServer).sorted()
        return used.lazy.flatMap { fleet.types[Int($0)].nodes }
            .map { Resources(cpu: $0[0], mem: $0[1]) }.first { !fits($0) }.map(message)
    }

    private func fits(_ node: Resources) -> Bool { Float(node.cpu) == cpu && Float(node.mem) == mem }

    private func message(_ node: Resources) -> String {
        "the network is made for \(hardware); this cluster has \(Self.nodes(Float(node.cpu), Float(node.mem)))"
    }

    private static func nodes(_ cpu: Float, _ mem: Float) -> String {
        "nodes of \(plain(cpu)) cores and \(plain(mem)) GB"
    }

    private static func plain(_ amount: Float) -> String {
        let text = "\(amount)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
