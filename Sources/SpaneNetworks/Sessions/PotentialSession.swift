internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with a ``PotentialArchitecture``.
///
/// A score depends on one server and the request (and on the cluster's mean if the potential sees it), so it is the same
/// whatever was decided before and wherever the server stands.
@safe
final class PotentialSession: ScoringPolicy {
    // Actions are scored in batches of this many.
    private static let batch = 64
    // An action has four columns: the server after and before it, each in both orders of its nodes.
    private static let columnsPerAction = 4

    private let layers: PotentialLayers
    private let normalisation: Normalisation
    private var shape: ClusterShape
    // [input][column]
    private let inputs: FlatBuffer<Float>
    private let outputs: FlatBuffer<Float>
    // The actions of the batch and their scores.
    private let actions = FlatBuffer<Int32>(repeating: 0, count: batch)
    private let scores = FlatBuffer<Float>(repeating: 0, count: batch)
    private let scratch: FlatBuffer<Float>
    // One element, so that the kernels have an address.
    private let stack: FlatBuffer<kernel_stack>

    init(_ layers: PotentialLayers, _ normalisation: Normalisation, _ shape: ClusterShape) {
        self.layers = layers
        self.normalisation = normalisation
        self.shape = shape
        let columns = Self.batch * Self.columnsPerAction
        inputs = FlatBuffer(repeating: 0, count: layers.architecture.inputs * columns)
        outputs = FlatBuffer(repeating: 0, count: columns)
        let widest = layers.stack.widest
        scratch = FlatBuffer(repeating: 0, count: 2 * Int(KERNEL_COLUMNS) * widest)
        unsafe stack = FlatBuffer([
            kernel_stack(
                layers: layers.stack.kernels.base,
                layer_count: layers.stack.kernels.count,
                activation: layers.architecture.activation.kernel,
                scratch: scratch.base,
                widest: widest
            )
        ])
    }

    func adapt(to cluster: borrowing Cluster) throws(NetworkError) { shape = ClusterShape(cluster) }

    func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        var best: Int32 = -1
        var most = -Float.infinity
        var count = 0
        writeContext(request, cluster)
        // Both actions of a split VM are the same placement.
        let step = request.isSplit ? NUMATopology.nodesPerServer : 1
        for index in stride(from: 0, to: cluster.actionCount, by: step) {
            if cluster.isAvailable(Action(index), for: request) {
                actions[count] = Int32(truncatingIfNeeded: index)
                count += 1
            }
            guard count == Self.batch || (count > 0 && index + step >= cluster.actionCount) else { continue }
            score(count, request, cluster)
            for place in 0..<count where best < 0 || scores[place] > most {
                (best, most) = (actions[place], scores[place])
            }
            count = 0
        }
        return best < 0 ? nil : Action(rawValue: best)
    }

    func writeScores(for request: Request, on cluster: borrowing Cluster, into scores: inout MutableSpan<Float>) {
        writeAdvantages(for: request, on: cluster, servers: nil, into: &scores)
    }

    func writeAdvantages(
        for request: Request,
        on cluster: borrowing Cluster,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    ) {
        let total = (servers?.count ?? cluster.serverCount) * NUMATopology.nodesPerServer
        precondition(output.count >= total, "there is too little room for the scores")
        writeContext(request, cluster)
        for first in stride(from: 0, to: total, by: Self.batch) {
            let count = min(Self.batch, total - first)
            for place in 0..<count {
                let (index, node) = (first + place).quotientAndRemainder(dividingBy: NUMATopology.nodesPerServer)
                let action = Action(server: selectedServer(index, of: servers), node: node)
                actions[place] = action.rawValue
            }
            score(count, request, cluster)
            for place in 0..<count {
                let isCordoned = cluster.isCordoned(Action(rawValue: actions[place]).server)
                output[first + place] = isCordoned ? -.infinity : scores[place]
            }
        }
    }

    /// Writes the inputs that all columns share.
    private func writeContext(_ request: Request, _ cluster: borrowing Cluster) {
        let context = layers.architecture.context
        guard context != .none else { return }
        let columns = Self.batch * Self.columnsPerAction
        var row = SpaneArchitecture.serverInputs
        func write(_ value: Float) {
            for column in row * columns..<(row + 1) * columns { inputs[column] = value }
            row += 1
        }
        write(Float(request.cpu) / normalisation.cpu)
        write(Float(request.mem) / normalisation.mem)
        write(request.isSplit ? 1 : 0)
        guard context == .cluster else { return }
        let mean = cluster.meanOffered
        write(Float(mean.cpu) / normalisation.cpu)
        write(Float(mean.mem) / normalisation.mem)
    }

    /// Scores the first `count` of ``actions``.
    private func score(_ count: Int, _ request: Request, _ cluster: borrowing Cluster) {
        let padded = (Self.columnsPerAction * count + Int(KERNEL_COLUMNS) - 1) / Int(KERNEL_COLUMNS) * Int(KERNEL_COLUMNS)
        let demand = request.demandPerNode
        for place in 0..<count {
            let action = Action(rawValue: actions[place])
            let first = cluster.offered(server: action.server, node: 0)
            let second = cluster.offered(server: action.server, node: 1)
            let takesFirst = request.isSplit || action.node == 0
            let takesSecond = request.isSplit || action.node == 1
            let column = Self.columnsPerAction * place
            write(takesFirst ? first - demand : first, takesSecond ? second - demand : second, to: column)
            write(first, second, to: column + 2)
        }
        let columns = Self.batch * Self.columnsPerAction
        unsafe kernel_columns(stack.base, inputs.base, columns, padded, outputs.base)
        for place in 0..<count {
            let column = Self.columnsPerAction * place
            scores[place] = (outputs[column] + outputs[column + 1]) - (outputs[column + 2] + outputs[column + 3])
        }
    }

    /// Writes a server in both orders of its nodes to two columns.
    @inline(__always)
    private func write(_ first: Resources, _ second: Resources, to column: Int) {
        let columns = Self.batch * Self.columnsPerAction
        func write(_ value: Double, _ unit: Float, input: Int) {
            let value = Float(value) / unit
            inputs[input * columns + column] = value
            inputs[(input ^ 2) * columns + column + 1] = value
        }
        write(first.cpu, normalisation.cpu, input: 0)
        write(first.mem, normalisation.mem, input: 1)
        write(second.cpu, normalisation.cpu, input: 2)
        write(second.mem, normalisation.mem, input: 3)
    }
}
