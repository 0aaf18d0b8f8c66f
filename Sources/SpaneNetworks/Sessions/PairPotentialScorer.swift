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
    // So many servers asked for at once are part of a look at all of them, which goes by their states. Fewer are those that have
    // changed since the same request.
    private static let sweep = 64

    private let function: PotentialFunction
    private let tally: DecisionTally
    private let cache = ScoreCache()
    // Where there are many servers.
    private let states: StateNumbers?
    private let seesRequest: Bool
    // What the servers of the batch have left on each node, in steps; where their scores go; whether their nodes are exchanged;
    // and the first of their columns.
    private let first = FlatBuffer(repeating: Resources(cpu: 0, mem: 0), count: batch)
    private let second = FlatBuffer(repeating: Resources(cpu: 0, mem: 0), count: batch)
    private let positions = FlatBuffer<Int>(repeating: 0, count: batch)
    private let areExchanged = FlatBuffer<Bool>(repeating: false, count: batch)
    private let numbers = FlatBuffer<Int>(repeating: 0, count: batch)
    private let starts = FlatBuffer<Int>(repeating: 0, count: batch)
    // [position in a batch of servers]: the nodes with room.
    private let available = FlatBuffer<UInt8>(repeating: 0, count: ServerBatch.limit)
    // The potential before, a NaN where it is among the columns.
    private let before = FlatBuffer<Float>(repeating: 0, count: batch)

    init(_ layers: PotentialLayers, _ normalisation: Normalisation, servers: Int, tally: DecisionTally) {
        self.tally = tally
        states = StateNumbers.isWorthwhile(servers: servers) ? StateNumbers(servers: servers) : nil
        seesRequest = layers.architecture.context != .none
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
                available[position] = cluster.availableActions(on: server, for: request)
                if available[position] != 0 { return server }
                batch.set(position, score: ServerBatch.noRoom, nodes: .none)
                return nil
            }
        ) { position, scores in
            let available = available[position]
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
        states?.follow(cluster)
        let sweep = count >= Self.sweep ? states : nil
        for position in 0..<count {
            guard let server = server(position) else { continue }
            if let sweep, let scores = sweep.scores(sweep.number(server), in: number) {
                body(position, sweep.isExchanged(server) ? (scores.1, scores.0) : scores)
                known += 1
                continue
            }
            // Both orders of the nodes have the same scores, exchanged.
            let nodes = (cluster.offeredSteps(server: server, node: 0), cluster.offeredSteps(server: server, node: 1))
            let isExchanged = Self.precedes(nodes.1, nodes.0)
            let (left, right) = isExchanged ? (nodes.1, nodes.0) : nodes
            if sweep == nil {
                let place = cache.place(left, right, request: number)
                if let scores = cache.scores(at: place, left, right, request: number) {
                    body(position, isExchanged ? (scores.1, scores.0) : scores)
                    known += 1
                    continue
                }
            }
            numbers[missing] = states?.number(server) ?? 0
            first[missing] = left
            second[missing] = right
            positions[missing] = position
            areExchanged[missing] = isExchanged
            missing += 1
            guard missing == Self.batch else { continue }
            compute(missing, request, level, number, sweep, body)
            missing = 0
        }
        if missing > 0 { compute(missing, request, level, number, sweep, body) }
        tally.counters.cachedScores += known
    }

    private func compute(
        _ count: Int,
        _ request: Request,
        _ level: MeanFreeCapacity,
        _ number: Int64,
        _ sweep: StateNumbers?,
        _ body: (Int, Scores) -> Void
    ) {
        tally.counters.computedScores += count
        let demand = request.demandPerNode
        let befores = seesRequest ? nil : states
        var used = 0
        for place in 0..<count {
            let (left, right) = (Self.amounts(first[place]), Self.amounts(second[place]))
            before[place] = befores?.potential(numbers[place]) ?? .nan
            starts[place] = used
            // Both actions of a split VM are the same placement.
            write(left - demand, request.isSplit ? right - demand : right, to: used)
            write(request.isSplit ? left - demand : left, right - demand, to: used + 2)
            used += 4
            guard before[place].isNaN else { continue }
            write(left, right, to: used)
            used += 2
        }
        function.apply(used, request, level)
        for place in 0..<count {
            if before[place].isNaN {
                before[place] = potential(starts[place] + 4)
                befores?.store(potential: before[place], numbers[place])
            }
            let scores = (
                potential(starts[place]) - before[place],
                potential(starts[place] + 2) - before[place]
            )
            body(positions[place], areExchanged[place] ? (scores.1, scores.0) : scores)
            if let sweep {
                sweep.store(scores, numbers[place], in: number)
                continue
            }
            let (left, right) = (first[place], second[place])
            let kept = cache.place(left, right, request: number)
            cache.store(scores, at: kept, left, right, request: number)
        }
    }

    /// The order in which the nodes of a server are looked at.
    @inline(__always)
    static func precedes(_ one: Resources, _ other: Resources) -> Bool {
        one.cpu < other.cpu || one.cpu == other.cpu && one.mem < other.mem
    }

    /// Of the server in a column and the next one.
    private func potential(_ column: Int) -> Float { function.outputs[column] + function.outputs[column + 1] }

    private static func amounts(_ steps: Resources) -> Resources {
        Resources(cpu: Grid.amount(steps.cpu), mem: Grid.amount(steps.mem))
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
