package import SpaneNetworks

/// A network straight from its formula in double precision, one state at a time, on a ``Tape``.
package struct DoubleNetwork {
    /// A state as a network sees it, normalised.
    package struct State {
        /// [cpu, mem of each node] of each server.
        package var servers: [[Double]]
        /// [cpu, mem, split].
        package var request: [Double]
        /// Whether each action is available.
        package var available: [Bool]

        package init(servers: [[Double]], request: [Double], available: [Bool]) {
            self.servers = servers
            self.request = request
            self.available = available
        }
    }

    private let architecture: Architecture
    // The first parameter of each tensor.
    private let starts: [String: Int]

    package init(_ architecture: Architecture) {
        self.architecture = architecture
        var starts: [String: Int] = [:]
        var count = 0
        for shape in architecture.tensorShapes {
            starts[shape.name] = count
            count += shape.count
        }
        self.starts = starts
    }

    /// The parameters of a model in the order that tapes of this network want.
    package static func parameters(of model: Model) -> [Double] {
        model.tensors.flatMap { $0.values.map(Double.init) }
    }

    /// The number of an action among those that the network scores.
    package func number(of action: Int, in state: State) -> Int {
        guard case .afterstate = architecture else { return action }
        return Self.placements(state).firstIndex(of: Self.isSplit(state) ? action / 2 * 2 : action) ?? -1
    }

    /// Whether an action is available, by its number among those that the network scores.
    package func isAvailable(number: Int, in state: State) -> Bool {
        if case .afterstate = architecture { return true }
        return state.available[number]
    }

    /// Q of the actions that the network scores: all, or with afterstates the available placements.
    package func scores(_ tape: Tape, _ state: State) -> Tape.Node {
        let (value, advantages) =
            switch architecture {
            case .spane(let spane): symmetric(tape, spane, state.servers, state.request)
            case .afterstate(let afterstate): afterstates(tape, afterstate.parts, state)
            case .mlp: plain(tape, state.servers, state.request)
            case .potential: preconditionFailure("a potential has no Q")
            }
        return tape.shift(tape.shift(advantages, by: tape.mean(of: advantages), times: -1), by: value, times: 1)
    }

    private func symmetric(
        _ tape: Tape,
        _ architecture: SpaneArchitecture,
        _ servers: [[Double]],
        _ request: [Double]
    ) -> (value: Tape.Node, advantages: Tape.Node) {
        let embeddings = servers.map { stack(tape, "server_embedding", tape.constant($0)) }
        let pools = architecture.aggregators.map { pool(tape, $0, embeddings) }
        let context = tape.concatenate(pools + [tape.constant(request)])
        let advantages = embeddings.map { stack(tape, "adv_layers", tape.concatenate([$0, context])) }
        return (stack(tape, "value_layers", context), tape.concatenate(advantages))
    }

    private func afterstates(
        _ tape: Tape,
        _ parts: SpaneArchitecture,
        _ state: State
    ) -> (value: Tape.Node, advantages: Tape.Node) {
        let asTheyAre = state.servers.flatMap { [$0, Self.swapped($0)] }
        let embeddings = asTheyAre.map { stack(tape, "server_embedding", tape.constant($0)) }
        let pools = parts.aggregators.map { pool(tape, $0, embeddings) }
        let context = tape.concatenate(pools + [tape.constant(state.request)])
        let advantages = Self.placements(state).map { action in
            let after = Self.server(state, after: action)
            let terms = [after, Self.swapped(after)].map { server in
                let embedding = stack(tape, "server_embedding", tape.constant(server))
                return (stack(tape, "adv_layers", tape.concatenate([embedding, context])), 1.0)
            }
            return tape.combine(terms)
        }
        return (stack(tape, "value_layers", context), tape.concatenate(advantages))
    }

    private static func isSplit(_ state: State) -> Bool { state.request[2] == 1 }

    /// The available actions; of a split VM only those on node 0.
    private static func placements(_ state: State) -> [Int] {
        state.available.indices.filter { state.available[$0] && (!isSplit(state) || $0.isMultiple(of: 2)) }
    }

    private static func swapped(_ server: [Double]) -> [Double] { Array(server[2...] + server[..<2]) }

    private static func server(_ state: State, after action: Int) -> [Double] {
        var server = state.servers[action / 2]
        for index in server.indices {
            if isSplit(state) {
                server[index] -= state.request[index % 2] / 2
            } else if index / 2 == action % 2 {
                server[index] -= state.request[index % 2]
            }
        }
        return server
    }

    private func plain(
        _ tape: Tape,
        _ servers: [[Double]],
        _ request: [Double]
    ) -> (value: Tape.Node, advantages: Tape.Node) {
        let hidden = tape.relu(stack(tape, "fc", tape.constant(servers.flatMap { $0 } + request)))
        return (linear(tape, "value", hidden), linear(tape, "adv", hidden))
    }

    private func pool(_ tape: Tape, _ aggregator: Aggregator, _ embeddings: [Tape.Node]) -> Tape.Node {
        switch aggregator {
        case .mean: tape.combine(embeddings.map { ($0, 1 / Double(embeddings.count)) })
        case .max: tape.maximum(embeddings)
        case .std: tape.deviation(embeddings)
        }
    }

    private func stack(_ tape: Tape, _ prefix: String, _ input: Tape.Node) -> Tape.Node {
        var value = linear(tape, "\(prefix).0", input)
        var layer = 2
        while starts["\(prefix).\(layer).weight"] != nil {
            value = linear(tape, "\(prefix).\(layer)", tape.relu(value))
            layer += 2
        }
        return value
    }

    private func linear(_ tape: Tape, _ name: String, _ input: Tape.Node) -> Tape.Node {
        guard let weights = starts[name + ".weight"], let bias = starts[name + ".bias"],
            let shape = architecture.tensorShapes.first(where: { $0.name == name + ".weight" })
        else { preconditionFailure("\(name) is not a layer") }
        return tape.linear(input, weights: weights, bias: bias, outputs: shape.dimensions[0])
    }
}
