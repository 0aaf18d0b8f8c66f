import Glibc
import SpaneNetworks
import SpaneScheduling

/// The networks once more, in double precision and one obvious loop at a time.
struct NaiveNetwork {
    let architecture: Architecture
    let tensors: [String: Tensor]
    let normalisation: Normalisation

    init(_ model: Model) {
        architecture = model.architecture
        normalisation = model.normalisation
        tensors = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.shape.name, $0) })
    }

    /// Q of every action, and the largest magnitude of the terms of which it is the sum.
    ///
    /// In a deep network the terms can be a hundred times larger than Q, and single precision is relative to them.
    struct Scores {
        var values: [Double]
        var largestTerm: Double

        init(value: Double, advantages: [Double]) {
            let mean = advantages.reduce(0, +) / Double(advantages.count)
            values = advantages.map { value + $0 - mean }
            largestTerm = ([value] + advantages).map(abs).max() ?? 0
        }

        /// Scores that are differences of potentials, which are of the order of 1.
        init(gains: [Double]) {
            values = gains
            largestTerm = max(1, gains.map(abs).max() ?? 0)
        }
    }

    /// Q of every action, available or not.
    func scores(_ request: Request, _ free: [Resources]) -> Scores {
        let resources = free.flatMap { [$0.cpu / Double(normalisation.cpu), $0.mem / Double(normalisation.mem)] }
        let asked = [
            request.cpu / Double(normalisation.cpu), request.mem / Double(normalisation.mem), request.isSplit ? 1 : 0,
        ]
        switch architecture {
        case .spane(let spane):
            let servers = (0..<free.count / 2).map { server in
                layers("server_embedding", spane.server.depth, Array(resources[4 * server..<4 * server + 4]))
            }
            let cluster = spane.aggregators.flatMap { pool($0, servers) }
            let value = layers("value_layers", spane.value.depth, cluster + asked)[0]
            let advantages = servers.flatMap { layers("adv_layers", spane.advantage.depth, $0 + cluster + asked) }
            return Scores(value: value, advantages: advantages)
        case .mlp(let mlp):
            let hidden = layers("fc", mlp.hidden.depth, resources + asked).map { max(0, $0) }
            return Scores(value: linear("value", hidden)[0], advantages: linear("adv", hidden))
        case .potential(let potential):
            return Scores(gains: gains(potential, request, free))
        }
    }

    /// What each action adds to the potential of its server.
    private func gains(_ potential: PotentialArchitecture, _ request: Request, _ free: [Resources]) -> [Double] {
        let (cpu, mem) = (Double(normalisation.cpu), Double(normalisation.mem))
        var context: [Double] = []
        if potential.context != .none { context += [request.cpu / cpu, request.mem / mem, request.isSplit ? 1 : 0] }
        if potential.context == .cluster {
            let count = Double(free.count)
            context += [free.reduce(0) { $0 + $1.cpu } / count / cpu, free.reduce(0) { $0 + $1.mem } / count / mem]
        }
        func part(_ first: Resources, _ second: Resources) -> Double {
            var values = [first.cpu / cpu, first.mem / mem, second.cpu / cpu, second.mem / mem] + context
            for layer in 0..<potential.hidden.depth {
                values = linear("potential.\(2 * layer)", values).map { value in
                    switch potential.activation {
                    case .relu: max(0, value)
                    case .softsign: value / (1 + abs(value))
                    case .tanh: tanh(value)
                    }
                }
            }
            return linear("potential.\(2 * potential.hidden.depth)", values)[0]
        }
        func value(_ nodes: [Resources]) -> Double { part(nodes[0], nodes[1]) + part(nodes[1], nodes[0]) }
        let demand = request.demandPerNode
        return free.indices.map { action in
            let server = action / 2 * 2
            let before = [free[server], free[server + 1]]
            let after = (0..<2).map { node in
                let isTaken = request.isSplit || server + node == action
                let taken = isTaken ? demand : Resources(cpu: 0, mem: 0)
                return Resources(cpu: before[node].cpu - taken.cpu, mem: before[node].mem - taken.mem)
            }
            return value(after) - value(before)
        }
    }

    private func linear(_ name: String, _ input: [Double]) -> [Double] {
        guard let weight = tensors[name + ".weight"] else { return [] }
        let bias = tensors[name + ".bias"]?.values ?? [0]
        return bias.indices.map { output in
            var sum = Double(bias[output])
            for index in input.indices { sum += Double(weight.values[output * input.count + index]) * input[index] }
            return sum
        }
    }

    private func layers(_ prefix: String, _ depth: Int, _ input: [Double]) -> [Double] {
        var values = linear(prefix + ".0", input)
        for layer in 1...depth { values = linear("\(prefix).\(2 * layer)", values.map { max(0, $0) }) }
        return values
    }

    private func pool(_ aggregator: Aggregator, _ servers: [[Double]]) -> [Double] {
        let count = Double(servers.count)
        return servers[0].indices.map { component in
            let values = servers.map { $0[component] }
            let mean = values.reduce(0, +) / count
            switch aggregator {
            case .mean: return mean
            case .max: return values.max() ?? 0
            case .std:
                if servers.count == 1 { return 0 }
                return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
            }
        }
    }
}
