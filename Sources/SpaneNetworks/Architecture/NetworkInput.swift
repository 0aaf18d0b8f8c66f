internal import SpaneScheduling

/// A value that a network reads.
package struct NetworkInput: Sendable {
    /// For what it is read.
    package enum Scope: Sendable {
        /// Once a decision.
        case decision
        /// For each server.
        case server
        /// For each NUMA node of each server.
        case node
    }

    /// What an amount is.
    package enum Unit: Sendable {
        case cores
        case gigabytes
        /// 0 or 1.
        case flag
    }

    /// Its name, such as `node0_cpu`.
    package let name: StaticString
    package let scope: Scope
    package let unit: Unit
    /// Whether it is divided by what the node itself has, and not by ``Model/normalisation``.
    package let isRelativeToOwnNode: Bool

    private init(_ name: StaticString, _ scope: Scope, _ unit: Unit, isRelativeToOwnNode: Bool = false) {
        (self.name, self.scope, self.unit, self.isRelativeToOwnNode) = (name, scope, unit, isRelativeToOwnNode)
    }

    static let request = [
        NetworkInput("request_cpu", .decision, .cores), NetworkInput("request_mem", .decision, .gigabytes),
        NetworkInput("request_is_split", .decision, .flag),
    ]

    static let twoNodes = [
        NetworkInput("node0_cpu", .server, .cores), NetworkInput("node0_mem", .server, .gigabytes),
        NetworkInput("node1_cpu", .server, .cores), NetworkInput("node1_mem", .server, .gigabytes),
    ]

    static let level = [
        NetworkInput("mean_cpu", .decision, .cores), NetworkInput("mean_mem", .decision, .gigabytes),
    ]

    static func anyNodes(_ units: PotentialArchitecture.Units) -> [NetworkInput] {
        let isRelative = units == .ownNode
        return [
            NetworkInput("node_cpu", .node, .cores, isRelativeToOwnNode: isRelative),
            NetworkInput("node_mem", .node, .gigabytes, isRelativeToOwnNode: isRelative),
            NetworkInput("other_nodes_cpu", .node, .cores, isRelativeToOwnNode: isRelative),
            NetworkInput("other_nodes_mem", .node, .gigabytes, isRelativeToOwnNode: isRelative),
        ]
    }
}

extension Architecture {
    /// What the network reads, in its order.
    package var inputs: [NetworkInput] { network.read }

    /// What amounts of servers are divided by.
    package var units: PotentialArchitecture.Units { network.seesNodesRelatively ? .ownNode : .trainedNode }

    /// The numbers of NUMA nodes of the servers that the network decides about.
    package var nodes: ClosedRange<Int> {
        network.servesAnyNodes ? 1...Layout.mostNodes : NUMATopology.nodesPerServer...NUMATopology.nodesPerServer
    }
}
