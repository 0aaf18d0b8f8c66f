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
    package func number(of action: Int, in state: State) -> Int { action }

    /// Q of the actions that the network scores: all.
    package func scores(_ tape: Tape, _ state: State) -> Tape.Node {
        let (value, advantages) =
            switch architecture {
            case .spane(let spane): symmetric(tape, spane, state.servers, state.request)
            case .mlp: plain(tape, state.servers, state.request)
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
