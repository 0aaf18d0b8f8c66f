internal import SpaneBuffers
internal import SpaneScheduling

/// Computes what a placement adds to the potential of a server with two nodes, in batches, and remembers it.
///
/// Amounts are relative to the node that the network was trained on. ``GeneralPotentialScorer`` is for all other servers.
@safe
final class PairPotentialScorer: PotentialScorer {
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

    init(_ layers: PotentialLayers, _ normalisation: Normalisation, tally: DecisionTally) {
        self.tally = tally
        function = PotentialFunction(layers, normalisation, columns: Self.columns)
    }

    func score(
        _ batch: ServerBatch,
        for request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState
    ) {
        score(
            request,
            at: level,
            on: cluster,
            count: batch.count,
            server: { position in
                let server = batch.server(position)
                if cluster.availableActions(on: server, for: request) != 0 { return server }
                batch.set(position, score: ServerBatch.noRoom, nodes: .none)
                return nil
            }
        ) { position, scores in
            let available = cluster.availableActions(on: batch.server(position), for: request)
            let (left, right) = (PotentialRule.comparable(scores.0), PotentialRule.comparable(scores.1))
            // Ties go to node 0, as those of a VM on both nodes always do.
            let node = available & 1 != 0 && (available & 2 == 0 || left >= right) ? 0 : 1
            let nodes = request.isSplit ? NodeSet(first: 2) : NodeSet(node: node)
            batch.set(position, score: Double(node == 0 ? left : right), nodes: nodes)
        }
    }

    func writeAdvantages(
        for request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    ) {
        score(
            request,
            at: level,
            on: cluster,
            count: servers?.count ?? cluster.serverCount,
            server: { position in
                let server = selectedServer(position, of: servers)
                return cluster.isCordoned(server) ? nil : server
            }
        ) { position, scores in
            output[2 * position] = scores.0
            output[2 * position + 1] = scores.1
        }
    }

    /// Calls `body` with the scores of the servers at positions 0 ..< `count`, in any order.
    ///
    /// - Parameter server: the server at a position, or `nil` to leave it out.
    @inline(__always)
    private func score(
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
