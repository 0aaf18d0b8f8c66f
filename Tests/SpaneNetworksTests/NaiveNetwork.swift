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

        /// - Parameter counted: the actions whose advantages make the mean; `nil` for all.
        init(value: Double, advantages: [Double], counted: [Int]? = nil) {
            let counted = counted ?? Array(advantages.indices)
            let mean = counted.reduce(0) { $0 + advantages[$1] } / Double(max(1, counted.count))
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
        case .afterstate(let afterstate):
            return afterstates(afterstate.parts, request, free, asked)
        case .mlp(let mlp):
            let hidden = layers("fc", mlp.hidden.depth, resources + asked).map { max(0, $0) }
            return Scores(value: linear("value", hidden)[0], advantages: linear("adv", hidden))
        case .potential(let potential):
            return Scores(gains: gains(potential, request, free))
        }
    }

    /// A(placement) = h(server after it) + h(the same with its nodes swapped), all servers pooled in both orders.
    private func afterstates(
        _ parts: SpaneArchitecture,
        _ request: Request,
        _ free: [Resources],
        _ asked: [Double]
    ) -> Scores {
        func embed(_ first: Resources, _ second: Resources) -> [Double] {
            let (cpu, mem) = (Double(normalisation.cpu), Double(normalisation.mem))
            let values = [first.cpu / cpu, first.mem / mem, second.cpu / cpu, second.mem / mem]
            return layers("server_embedding", parts.server.depth, values)
        }
        let servers = free.indices.map { embed(free[$0], free[$0 ^ 1]) }
        let context = parts.aggregators.flatMap { pool($0, servers) } + asked
        let demand = request.demandPerNode
        var terms: [Double] = []
        let advantages = free.indices.map { action in
            let after = [action / 2 * 2, action / 2 * 2 + 1].map { node in
                let isTaken = request.isSplit || node == action
                return isTaken
                    ? Resources(cpu: free[node].cpu - demand.cpu, mem: free[node].mem - demand.mem) : free[node]
            }
            let orders = [embed(after[0], after[1]), embed(after[1], after[0])]
            let scores = orders.map { layers("adv_layers", parts.advantage.depth, $0 + context)[0] }
            terms += scores
            return scores[0] + scores[1]
        }
        func hasRoom(_ node: Int) -> Bool { free[node].cpu >= demand.cpu && free[node].mem >= demand.mem }
        let available = free.indices.filter { hasRoom($0) && (!request.isSplit || hasRoom($0 ^ 1)) }
        var scores = Scores(
            value: layers("value_layers", parts.value.depth, context)[0],
            advantages: advantages,
            counted: available
        )
        scores.largestTerm = max(scores.largestTerm, terms.map(abs).max() ?? 0)
        return scores
    }

    /// What each action adds to the potential of its server.
    private func gains(_ potential: PotentialArchitecture, _ request: Request, _ free: [Resources]) -> [Double] {
        let (cpu, mem) = (Double(normalisation.cpu), Double(normalisation.mem))
        var context: [Double] = []
        if potential.context != .none { context += [request.cpu / cpu, request.mem / mem, request.isSplit ? 1 : 0] }
        if potential.context == .cluster {
            let count = Double(free.count)
            let means = [free.reduce(0) { $0 + $1.cpu } / count / cpu, free.reduce(0) { $0 + $1.mem } / count / mem]
            context += means.map { ($0 * 32).rounded() / 32 }
        }
        func part(_ first: Resources, _ second: Resources) -> Double {
            potentialPart([first.cpu / cpu, first.mem / mem, second.cpu / cpu, second.mem / mem] + context)
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

    /// f of a potential for these inputs.
    func potentialPart(_ input: [Double]) -> Double {
        guard case .potential(let potential) = architecture else { return .nan }
        var values = input
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
