import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport

/// A potential on any servers once more, in double precision and from its definition: φ = Σₙ f(xₙ, yₙ) over the nodes of a server.
struct NaivePotential {
    private let network: NaiveNetwork
    private let architecture: PotentialArchitecture

    init?(_ model: Model) {
        guard case .potential(let architecture) = model.architecture else { return nil }
        network = NaiveNetwork(model)
        self.architecture = architecture
    }

    /// What f sees beside the server.
    func context(_ ask: Ask, _ servers: [PlainServer]) -> [Double] {
        let (cpu, mem) = (Double(network.normalisation.cpu), Double(network.normalisation.mem))
        if architecture.context == .none { return [] }
        let request = [ask.cpu / cpu, ask.mem / mem, ask.span > 1 ? 1 : 0]
        if architecture.context == .request { return request }
        let nodes = servers.filter { !$0.isCordoned }.flatMap(\.free)
        let means = [(0, cpu), (1, mem)].map { resource, unit in
            let sum = nodes.reduce(0) { $0 + $1[resource] }
            return nodes.isEmpty ? 0 : (Double(sum) / 1e6 / Double(nodes.count) / unit * 32).rounded() / 32
        }
        return request + means
    }

    /// What a placement on a set of nodes adds, whether or not there is room.
    func gain(_ server: PlainServer, _ set: UInt8, _ request: PlainRequest, _ context: [Double]) -> Double {
        var after = server
        after.take(request, set)
        return potential(after, context) - potential(server, context)
    }

    private func potential(_ server: PlainServer, _ context: [Double]) -> Double {
        server.free.indices.reduce(0.0) { sum, node in
            let others = server.free.indices.filter { $0 != node }
            let inputs = [[node], others].flatMap { nodes in
                [0, 1].map { resource in share(of: resource, on: nodes, server) }
            }
            return sum + network.potentialPart(inputs + context)
        }
    }

    /// What some nodes have left together, relative to the unit.
    private func share(of resource: Int, on nodes: [Int], _ server: PlainServer) -> Double {
        let left = Double(nodes.reduce(0) { $0 + server.free[$1][resource] }) / 1e6
        switch architecture.units {
        case .trainedNode:
            return left / Double(resource == 0 ? network.normalisation.cpu : network.normalisation.mem)
        case .ownNode:
            let all = Double(nodes.reduce(0) { $0 + server.capacity[$1][resource] }) / 1e6
            return all > 0 ? left / all : 0
        }
    }
}
