import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport

/// A trace that fills its cluster, and networks for it.
enum Samples {
    static let servers = 3

    static func fleet() throws -> Fleet {
        try Fleet(servers: servers, node: RandomTrace.node)
    }

    static func trace(count: Int = 600) throws -> Trace {
        var generator = Xoshiro256StarStar(seed: 21)
        return try Trace(RandomTrace.vms(.fractional, count: count, servers: servers, &generator))
    }

    static func normalisation() throws -> Normalisation {
        try Normalisation(cpu: Float(RandomTrace.node.cpu), mem: Float(RandomTrace.node.mem))
    }

    static func spane(seed: UInt64 = 1) throws -> Model {
        var generator = Xoshiro256StarStar(seed: seed)
        let architecture = try Architecture.spane(.published())
        return try Model(architecture: architecture, normalisation: normalisation(), generator: &generator)
    }

    static func mlp(servers: Int = servers) throws -> Model {
        var generator = Xoshiro256StarStar(seed: 2)
        let architecture = try MLPArchitecture(hidden: LayerShape(width: 8, depth: 1), servers: servers)
        return try Model(architecture: .mlp(architecture), normalisation: normalisation(), generator: &generator)
    }
}
