internal import CSpaneKernels
internal import SpaneBuffers
internal import SpaneScheduling

/// Computes what a placement adds to the potential of a server, in batches, and remembers it.
@safe
final class PotentialScorer {
    /// The scores of a request on the nodes of one server.
    typealias Scores = ScoreMemo.Scores

    // Servers are scored in batches of this many.
    private static let batch = 32
    // The server as it is, after a placement on node 0, and after one on node 1, each in both orders of its nodes.
    private static let columnsPerServer = 6
    private static let columns = batch * columnsPerServer

    private let context: PotentialArchitecture.Context
    private let layers: PotentialLayers
    private let normalisation: Normalisation
    private let memo = ScoreMemo()
    private let follower: ClusterLevelFollower
    // [input][column]
    private let inputs: FlatBuffer<Float>
    private let outputs: FlatBuffer<Float>
    // What the servers of the batch have left on each node, and where their scores go.
    private let first = FlatBuffer(repeating: Resources(cpu: 0, mem: 0), count: batch)
    private let second = FlatBuffer(repeating: Resources(cpu: 0, mem: 0), count: batch)
    private let positions = FlatBuffer<Int>(repeating: 0, count: batch)
    private let scratch: FlatBuffer<Float>
    // One element, so that the kernels have an address.
    private let stack: FlatBuffer<kernel_stack>

    /// - Parameter servers: the number of servers of the clusters.
    init(_ layers: PotentialLayers, _ normalisation: Normalisation, servers: Int) {
        self.layers = layers
        self.normalisation = normalisation
        context = layers.architecture.context
        follower = ClusterLevelFollower(normalisation, servers: context == .cluster ? servers : 0)
        inputs = FlatBuffer(repeating: 0, count: layers.architecture.inputs * Self.columns)
        outputs = FlatBuffer(repeating: 0, count: Self.columns)
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

    /// Expects another cluster.
    func begin() { follower.begin() }

    /// Expects a cluster with another number of servers.
    func adapt(servers: Int) {
        if context == .cluster { follower.adapt(servers: servers) }
    }

    /// What the scores on a cluster depend on beside the request and the server.
    func level(of cluster: borrowing Cluster) -> ClusterLevel {
        context == .cluster ? follower.level(of: cluster) : ClusterLevel()
    }

    /// Calls `body` with the scores of the servers at positions 0 ..< `count`, in any order.
    ///
    /// - Parameters:
    ///   - level: see ``level(of:)``.
    ///   - server: the server at a position, or `nil` to leave it out.
    @inline(__always)
    func score(
        _ request: Request,
        at level: ClusterLevel,
        on cluster: borrowing Cluster,
        count: Int,
        server: (Int) -> Int?,
        _ body: (Int, Scores) -> Void
    ) {
        let number = memo.number(of: request, at: level)
        var missing = 0
        for position in 0..<count {
            guard let server = server(position) else { continue }
            let (left, right) = (cluster.offered(server: server, node: 0), cluster.offered(server: server, node: 1))
            let place = memo.place(left, right, request: number)
            if let scores = memo.scores(at: place, left, right, request: number) {
                body(position, scores)
                continue
            }
            first[missing] = left
            second[missing] = right
            positions[missing] = position
            missing += 1
            guard missing == Self.batch else { continue }
            compute(missing, request, level, number, body)
            missing = 0
        }
        if missing > 0 { compute(missing, request, level, number, body) }
    }

    private func compute(
        _ count: Int,
        _ request: Request,
        _ level: ClusterLevel,
        _ number: Int64,
        _ body: (Int, Scores) -> Void
    ) {
        let used = Self.columnsPerServer * count
        let padded = (used + Int(KERNEL_COLUMNS) - 1) / Int(KERNEL_COLUMNS) * Int(KERNEL_COLUMNS)
        let demand = request.demandPerNode
        for place in 0..<count {
            let (left, right) = (first[place], second[place])
            let column = Self.columnsPerServer * place
            write(left, right, to: column)
            // Both actions of a split VM are the same placement.
            write(left - demand, request.isSplit ? right - demand : right, to: column + 2)
            write(request.isSplit ? left - demand : left, right - demand, to: column + 4)
        }
        writeContext(request, level, columns: padded)
        unsafe kernel_columns(stack.base, inputs.base, Self.columns, padded, outputs.base)
        for place in 0..<count {
            let column = Self.columnsPerServer * place
            let before = outputs[column] + outputs[column + 1]
            let scores = (
                (outputs[column + 2] + outputs[column + 3]) - before,
                (outputs[column + 4] + outputs[column + 5]) - before
            )
            body(positions[place], scores)
            let (left, right) = (first[place], second[place])
            let kept = memo.place(left, right, request: number)
            memo.store(scores, at: kept, left, right, request: number)
        }
    }

    /// Writes the inputs that all columns share.
    private func writeContext(_ request: Request, _ level: ClusterLevel, columns: Int) {
        guard context != .none else { return }
        var row = SpaneArchitecture.serverInputs
        func write(_ value: Float) {
            for column in row * Self.columns..<row * Self.columns + columns { inputs[column] = value }
            row += 1
        }
        write(Float(request.cpu) / normalisation.cpu)
        write(Float(request.mem) / normalisation.mem)
        write(request.isSplit ? 1 : 0)
        guard context == .cluster else { return }
        write(Float(level.cpu) / Float(ClusterLevel.steps))
        write(Float(level.mem) / Float(ClusterLevel.steps))
    }

    /// Writes a server in both orders of its nodes to two columns.
    @inline(__always)
    private func write(_ first: Resources, _ second: Resources, to column: Int) {
        func write(_ value: Double, _ unit: Float, input: Int) {
            let value = Float(value) / unit
            inputs[input * Self.columns + column] = value
            inputs[(input ^ 2) * Self.columns + column + 1] = value
        }
        write(first.cpu, normalisation.cpu, input: 0)
        write(first.mem, normalisation.mem, input: 1)
        write(second.cpu, normalisation.cpu, input: 2)
        write(second.mem, normalisation.mem, input: 3)
    }
}
