internal import SpaneScheduling

/// A kind of simulated fleet: which servers it has and what is asked of them.
public enum FleetKind: String, CaseIterable, Sendable {
    /// Three generations of servers with two NUMA nodes and 8 GB a core, and VMs with fewer: cores run out first.
    case coreBound = "core-bound"
    /// Three generations with 4 to 9 GB a core and many VMs with 8: memory runs out first, on some servers.
    case memoryBound = "memory-bound"
    /// Three generations of servers with one NUMA node; no VM is split.
    case singleNode = "single-node"
    /// Three generations of servers with eight NUMA nodes; large VMs are spread over two, four or all of them.
    case eightNodes = "eight-nodes"

    /// What its servers have, in equal parts of the fleet, newest last.
    var types: [ServerType] {
        let (nodes, sizes): (Int, [(cpu: Double, mem: Double)]) =
            switch self {
            case .coreBound: (2, [(48, 384), (64, 512), (96, 768)])
            case .memoryBound: (2, [(40, 180), (56, 512), (64, 256)])
            case .singleNode: (1, [(32, 128), (48, 384), (64, 256)])
            case .eightNodes: (8, [(12, 96), (16, 64), (24, 96)])
            }
        return sizes.enumerated().map { generation, node in
            ServerType(
                name: "gen\(generation + 1)",
                equalNodes: nodes,
                of: Resources(cpu: node.cpu, mem: node.mem)
            )
        }
    }

    var layout: Layout {
        get throws(SchedulingError) {
            self == .eightNodes ? try Layout(nodes: 8) : self == .singleNode ? try Layout(nodes: 1) : .published
        }
    }

    /// The cores of its flavors.
    private var cores: [Double] {
        let all: [Double] = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96]
        return self == .singleNode ? Array(all.prefix(8)) : all
    }

    /// GB a core of its families of flavors, and how often each is asked for.
    private var families: [(memoryPerCore: Double, share: Double)] {
        switch self {
        case .memoryBound: [(2, 0.1), (4, 0.2), (8, 0.7)]
        case .coreBound, .eightNodes: [(2, 0.3), (4, 0.5), (8, 0.2)]
        case .singleNode: [(2, 0.3), (4, 0.7)]
        }
    }

    /// What is asked for: few large VMs and many small ones, by the inverse of their cores.
    ///
    /// A flavor that no server holds is left out.
    ///
    /// - Parameter types: those of which there are servers.
    func flavors(on types: [ServerType]) -> [(flavor: Flavor, share: Double)] {
        families.flatMap { family in
            cores.compactMap { cores in
                let flavor = Flavor(cpu: cores, mem: cores * family.memoryPerCore, span: span(cores: cores))
                let (cpu, mem) = (cores / Double(flavor.span), flavor.mem / Double(flavor.span))
                guard types.contains(where: { $0.nodes[0][0] >= cpu && $0.nodes[0][1] >= mem }) else { return nil }
                return (flavor, family.share / cores)
            }
        }
    }

    /// The nodes that a VM is spread over.
    private func span(cores: Double) -> Int {
        switch self {
        case .singleNode: 1
        case .coreBound, .memoryBound: cores > 24 ? 2 : 1
        case .eightNodes: cores > 48 ? 8 : cores > 24 ? 4 : cores > 8 ? 2 : 1
        }
    }
}
