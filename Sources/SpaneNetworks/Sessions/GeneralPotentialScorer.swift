internal import SpaneBuffers
internal import SpaneScheduling

/// Computes what placements add to the potential of servers with any number of nodes, in batches, and remembers it.
///
/// A placement on a set of nodes takes the same from the server as a whole whichever set it is. With d what each of its nodes gives,
/// s the nodes that it spans and T what the server had, every node n has either xₙ - d or xₙ left, and the others together what
/// remains of T - s d. So two values of f for each node tell all sets:
///
///     φ(after) - φ(before) = base + Σ gainₙ over the nodes n of the set
///     base = Σ f(xₙ, T - s d - xₙ) - φ(before), gainₙ = f(xₙ - d, T - s d - (xₙ - d)) - f(xₙ, T - s d - xₙ)
///
/// Nodes are looked at in the order of their state, so that all sums have the same bits whichever of equal nodes comes first.
@safe
final class GeneralPotentialScorer: PotentialScorer {
    // The most nodes of a server.
    private let nodes: Int
    private let function: PotentialFunction
    private let tally: DecisionTally
    private let usesCapacities: Bool
    private let cache: GeneralScoreCache
    // Servers are scored in batches of so many, each in a slot.
    private let batch: Int
    // [slot][place][value]: what a node has left, and its capacity where that matters; a node's place is by these values.
    private let states: FlatBuffer<Double>
    // [slot][place]: the node, and the first of its columns.
    private let order: FlatBuffer<UInt8>
    private let columns: FlatBuffer<Int32>
    // [slot][base, then the gain of each place]
    private let gains: FlatBuffer<Double>
    // [slot]: the number of nodes, where the scores go, and where they are kept.
    private let counts: FlatBuffer<Int>
    private let positions: FlatBuffer<Int>
    private let kept: FlatBuffer<Int>

    // f of a node before the placement, with it, and beside it.
    private static let columnsPerNode = 3
    private static let fewestColumns = 192

    /// - Parameter nodes: the most that a server of the clusters has.
    init(_ layers: PotentialLayers, _ normalisation: Normalisation, nodes: Int, tally: DecisionTally) {
        self.tally = tally
        self.nodes = nodes
        usesCapacities = layers.architecture.units == .ownNode
        let width = Self.width(layers.architecture)
        batch = Self.fewestColumns / (Self.columnsPerNode * nodes)
        function = PotentialFunction(layers, normalisation, columns: batch * Self.columnsPerNode * nodes)
        cache = GeneralScoreCache(nodes: nodes, width: width)
        states = FlatBuffer(repeating: 0, count: batch * nodes * width)
        order = FlatBuffer(repeating: 0, count: batch * nodes)
        columns = FlatBuffer(repeating: 0, count: batch * nodes)
        gains = FlatBuffer(repeating: 0, count: batch * (nodes + 1))
        counts = FlatBuffer(repeating: 0, count: batch)
        positions = FlatBuffer(repeating: 0, count: batch)
        kept = FlatBuffer(repeating: 0, count: batch)
    }

    /// The values that the state of a node has.
    private static func width(_ architecture: PotentialArchitecture) -> Int {
        architecture.units == .ownNode ? 4 : 2
    }

    /// The bytes that it takes.
    static func bytes(_ architecture: PotentialArchitecture, nodes: Int) -> Int {
        GeneralScoreCache.bytes(nodes: nodes, width: width(architecture))
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
                if cluster.nodesWithRoom(on: server, for: request).count >= request.span { return server }
                batch.set(position, score: ServerBatch.noRoom, nodes: .none)
                return nil
            }
        ) { position, slot in
            let server = batch.server(position)
            let room = cluster.nodesWithRoom(on: server, for: request)
            let best = best(slot, of: room, request, on: server, cluster)
            batch.set(position, score: best.map { Double($0.score) } ?? ServerBatch.noRoom, nodes: best?.set ?? .none)
        }
    }

    func writeAdvantages(
        for request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    ) {
        let sets = cluster.actionSets(span: request.span)
        score(
            request,
            at: level,
            on: cluster,
            count: servers?.count ?? cluster.serverCount,
            server: { position in
                let server = selectedServer(position, of: servers)
                return cluster.isCordoned(server) ? nil : server
            }
        ) { position, slot in
            let nodes = NodeSet(first: cluster.nodeCount(of: selectedServer(position, of: servers)))
            for (action, set) in sets.enumerated() where nodes.isSuperset(of: set) {
                output[position * sets.count + action] = score(slot, set)
            }
        }
    }

    /// Calls `body` with the positions 0 ..< `count`, in any order, each with a slot that holds its server until the next call.
    ///
    /// - Parameter server: the server at a position, not cordoned, or `nil` to leave it out.
    @inline(__always)
    private func score(
        _ request: Request,
        at level: MeanFreeCapacity,
        on cluster: borrowing ClusterState,
        count: Int,
        server: (Int) -> Int?,
        _ body: (_ position: Int, _ slot: Int) -> Void
    ) {
        let number = cache.number(of: request, at: level)
        var missing = 0
        var known = 0
        for position in 0..<count {
            guard let server = server(position) else { continue }
            let count = load(server, of: cluster, to: missing)
            let owner = GeneralScoreCache.owner(number, nodes: count)
            let place = cache.place(of: states, slot: missing, count: count, owner: owner)
            if cache.recall(place, states, slot: missing, count: count, owner: owner, to: gains) {
                body(position, missing)
                known += 1
                continue
            }
            positions[missing] = position
            kept[missing] = place
            missing += 1
            guard missing == batch else { continue }
            compute(missing, request, level, number, body)
            missing = 0
        }
        if missing > 0 { compute(missing, request, level, number, body) }
        tally.counters.cachedScores += known
    }

    // MARK: Placements on the server of a slot

    /// The score of a placement on a set of its nodes, which exist and are as many as the request spans.
    private func score(_ slot: Int, _ set: NodeSet) -> Float {
        var sum = gains[slot * (nodes + 1)]
        for place in 0..<counts[slot] where set.contains(Int(order[slot * nodes + place])) {
            sum += gains[slot * (nodes + 1) + 1 + place]
        }
        return Float(sum)
    }

    /// The best set of as many of the nodes with room as the request spans, ties to the lowest; `nil` where none is as near as
    /// the request wants.
    ///
    /// - Complexity: O(sets), at most 70.
    private func best(
        _ slot: Int,
        of room: NodeSet,
        _ request: Request,
        on server: Int,
        _ cluster: borrowing ClusterState
    ) -> (score: Float, set: NodeSet)? {
        let (base, row) = (gains[slot * (nodes + 1)], slot * (nodes + 1) + 1)
        var places: UInt8 = 0
        for place in 0..<counts[slot] where room.contains(Int(order[slot * nodes + place])) {
            places |= 1 << UInt8(truncatingIfNeeded: place)
        }
        let farthest = request.terms?.farthest ?? .max
        var most = -Float.infinity
        var best: UInt8 = 0
        NodeSet(rawValue: places).forEachSubset(of: request.span) { subset in
            var (sum, set) = (base, UInt8(0))
            subset.forEach { place in
                sum += gains[row + place]
                set |= 1 << order[slot * nodes + place]
            }
            let score = PotentialRule.comparable(Float(sum))
            guard score > most || (score == most && set < best) else { return }
            if farthest < .max, cluster.farthest(within: NodeSet(rawValue: set), on: server) > farthest { return }
            (most, best) = (score, set)
        }
        return best == 0 ? nil : (most, NodeSet(rawValue: best))
    }

    // MARK: Computing

    /// Takes a server to a slot and returns its number of nodes.
    @inline(__always)
    private func load(_ server: Int, of cluster: borrowing ClusterState, to slot: Int) -> Int {
        let count = cluster.nodeCount(of: server)
        let (width, first) = (cache.width, slot * nodes)
        counts[slot] = count
        for node in 0..<count {
            let left = cluster.offeredSteps(server: server, node: node)
            let all = usesCapacities ? cluster.capacitySteps(server: server, node: node) : Resources(cpu: 0, mem: 0)
            var place = first + node
            while place > first, isBelow(left, all, place - 1) {
                for value in 0..<width { states[place * width + value] = states[(place - 1) * width + value] }
                order[place] = order[place - 1]
                place -= 1
            }
            states[place * width] = left.cpu
            states[place * width + 1] = left.mem
            if usesCapacities {
                states[place * width + 2] = all.cpu
                states[place * width + 3] = all.mem
            }
            order[place] = UInt8(truncatingIfNeeded: node)
        }
        return count
    }

    /// Whether a node comes before the one at a place.
    @inline(__always)
    private func isBelow(_ left: Resources, _ all: Resources, _ place: Int) -> Bool {
        let first = place * cache.width
        if left.cpu != states[first] { return left.cpu < states[first] }
        if left.mem != states[first + 1] { return left.mem < states[first + 1] }
        guard usesCapacities else { return false }
        return all.cpu != states[first + 2] ? all.cpu < states[first + 2] : all.mem < states[first + 3]
    }

    private func compute(
        _ count: Int,
        _ request: Request,
        _ level: MeanFreeCapacity,
        _ number: Int64,
        _ body: (Int, Int) -> Void
    ) {
        tally.counters.computedScores += count
        var used = 0
        for slot in 0..<count { write(slot, request, &used) }
        function.apply(used, request, level)
        for slot in 0..<count {
            read(slot, request)
            let owner = GeneralScoreCache.owner(number, nodes: counts[slot])
            cache.store(kept[slot], states, slot: slot, count: counts[slot], owner: owner, from: gains)
            body(positions[slot], slot)
        }
    }

    /// Writes the columns of a slot; equal nodes have the same.
    private func write(_ slot: Int, _ request: Request, _ used: inout Int) {
        let (width, first) = (cache.width, slot * nodes)
        let places = first..<first + counts[slot]
        var (all, capacity) = (Resources(cpu: 0, mem: 0), Resources(cpu: 0, mem: 0))
        for place in places {
            all.cpu += states[place * width]
            all.mem += states[place * width + 1]
            guard usesCapacities else { continue }
            capacity.cpu += states[place * width + 2]
            capacity.mem += states[place * width + 3]
        }
        let share = request.shareSteps
        let after = all - request.total
        for place in places {
            if place > first, (0..<width).allSatisfy({ states[place * width + $0] == states[(place - 1) * width + $0] })
            {
                columns[place] = columns[place - 1]
                continue
            }
            columns[place] = Int32(truncatingIfNeeded: used)
            let left = Resources(cpu: states[place * width], mem: states[place * width + 1])
            var units = (own: unit, others: unit)
            if usesCapacities {
                let own = Resources(cpu: states[place * width + 2], mem: states[place * width + 3])
                units = (Self.unit(own), Self.unit(capacity - own))
            }
            for (own, total) in [(left, all), (left - share, after), (left, after)] {
                write(own, units.own, input: 0, column: used)
                write(total - own, units.others, input: 2, column: used)
                used += 1
            }
        }
    }

    /// Cores and memory that count as 1.
    private typealias Unit = (cpu: Float, mem: Float)

    private var unit: Unit { (function.normalisation.cpu, function.normalisation.mem) }

    private static func unit(_ steps: Resources) -> Unit {
        (Float(Grid.amount(steps.cpu)), Float(Grid.amount(steps.mem)))
    }

    @inline(__always)
    private func write(_ steps: Resources, _ unit: Unit, input: Int, column: Int) {
        function.inputs[input * function.columns + column] = Self.share(steps.cpu, unit.cpu)
        function.inputs[(input + 1) * function.columns + column] = Self.share(steps.mem, unit.mem)
    }

    /// Of what a node does not have there is nothing.
    @inline(__always)
    private static func share(_ steps: Double, _ unit: Float) -> Float {
        unit > 0 ? Float(Grid.amount(steps)) / unit : 0
    }

    /// Reads what was computed for a slot.
    private func read(_ slot: Int, _ request: Request) {
        let (row, first) = (slot * (nodes + 1), slot * nodes)
        // Where all nodes are in the set, none is beside it.
        let isWhole = request.span >= counts[slot]
        var base = 0.0
        for place in 0..<counts[slot] {
            let column = Int(columns[first + place])
            let with = Double(function.outputs[column + 1])
            let beside = isWhole ? 0 : Double(function.outputs[column + 2])
            base += beside - Double(function.outputs[column])
            gains[row + 1 + place] = with - beside
        }
        gains[row] = base
    }
}
