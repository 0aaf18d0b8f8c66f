internal import SpaneBuffers
internal import SpaneScheduling

/// Computes what a placement adds to the potential of a server with two nodes, in batches, and remembers it.
///
/// Amounts are relative to the node that the network was trained on. ``GeneralPotentialScorer`` is for all other servers.
@safe
final class PotentialScorer {
    /// The scores of a request on the nodes of one server.
    typealias Scores = ScoreCache.Scores

    // Servers are scored in batches of this many.
    private static let batch = 32
    // The server as it is, after a placement on node 0, and after one on node 1, each in both orders of its nodes.
    private static let columnsPerServer = 6
    private static let columns = batch * columnsPerServer

    private let function: PotentialFunction
    private let tally: DecisionTally
    private let cache = ScoreCache()
    // What the servers of the batch have left on each node, and where their scores go.
    private let first = FlatBuffer(repeating: Resources(cpu: 0, mem: 0), count: batch)
    private let second = FlatBuffer(repeating: Resources(cpu: 0, mem: 0), count: batch)
    private let positions = FlatBuffer<Int>(repeating: 0, count: batch)

    /// - Parameter servers: the number of servers of the clusters.
    init(_ layers: PotentialLayers, _ normalisation: Normalisation, servers: Int, tally: DecisionTally) {
        self.tally = tally
        function = PotentialFunction(layers, normalisation, columns: Self.columns, servers: servers)
    }

    /// Expects another cluster.
    func begin() { function.begin() }

    /// Expects a cluster with another number of servers.
    func adapt(servers: Int) { function.adapt(servers: servers) }

    /// What the scores on a cluster depend on beside the request and the server.
    func level(of cluster: borrowing ClusterState) -> MeanFreeCapacity { function.level(of: cluster) }

    /// Calls `body` with the scores of the servers at positions 0 ..< `count`, in any order.
    ///
    /// - Parameters:
    ///   - level: see ``level(of:)``.
    ///   - server: the server at a position, or `nil` to leave it out.
    @inline(__always)
    func score(
        _ request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState,
        count: Int,
        server: (Int) -> Int?,
        _ body: (Int, Scores) -> Void
    ) {
        let number = cache.number(of: request, at: level)
        var missing = 0
        var known = 0
        for position in 0..<count {
            guard let server = server(position) else { continue }
            let (left, right) = (cluster.offered(server: server, node: 0), cluster.offered(server: server, node: 1))
            let place = cache.place(left, right, request: number)
            if let scores = cache.scores(at: place, left, right, request: number) {
                body(position, scores)
                known += 1
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
        tally.counters.cachedScores += known
    }

    private func compute(
        _ count: Int,
        _ request: Request,
        _ level: MeanFreeCapacity,
        _ number: Int64,
        _ body: (Int, Scores) -> Void
    ) {
        tally.counters.computedScores += count
        let demand = request.demandPerNode
        for place in 0..<count {
            let (left, right) = (first[place], second[place])
            let column = Self.columnsPerServer * place
            write(left, right, to: column)
            // Both actions of a split VM are the same placement.
            write(left - demand, request.isSplit ? right - demand : right, to: column + 2)
            write(request.isSplit ? left - demand : left, right - demand, to: column + 4)
        }
        function.apply(Self.columnsPerServer * count, request, level)
        for place in 0..<count {
            let column = Self.columnsPerServer * place
            let before = function.outputs[column] + function.outputs[column + 1]
            let scores = (
                (function.outputs[column + 2] + function.outputs[column + 3]) - before,
                (function.outputs[column + 4] + function.outputs[column + 5]) - before
            )
            body(positions[place], scores)
            let (left, right) = (first[place], second[place])
            let kept = cache.place(left, right, request: number)
            cache.store(scores, at: kept, left, right, request: number)
        }
    }

    /// Writes a server in both orders of its nodes to two columns.
    @inline(__always)
    private func write(_ first: Resources, _ second: Resources, to column: Int) {
        func write(_ value: Double, _ unit: Float, input: Int) {
            let value = Float(value) / unit
            function.inputs[input * Self.columns + column] = value
            function.inputs[(input ^ 2) * Self.columns + column + 1] = value
        }
        let normalisation = function.normalisation
        write(first.cpu, normalisation.cpu, input: 0)
        write(first.mem, normalisation.mem, input: 1)
        write(second.cpu, normalisation.cpu, input: 2)
        write(second.mem, normalisation.mem, input: 3)
    }
}
