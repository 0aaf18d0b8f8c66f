internal import SpaneBuffers

/// Looks for the moves that let a VM in, on a copy of the cluster on which it carries out and takes back what it tries.
///
/// It is no class, as each access to what a class holds is checked while the program runs.
struct RoomSearch: ~Copyable {
    var state: ClusterState
    let limits: MoveLimits
    private(set) var mostMoves: Int
    var residents: [Resident] = []
    private var roster = Roster()
    /// The servers whose VMs may move.
    private(set) var servers: [Int] = []
    // [server]: its last resident, -1 for none and on servers whose VMs stay.
    private var heads: FlatBuffer<Int32>

    /// The places that are to be got; the first is that of the VM that is blocked.
    var goals: [RoomGoal] = []
    var moves: [Move] = []
    var spent = 0.0
    var best: MovePlan?
    var bestPrice = Double.infinity
    var steps = 0
    var isCut = false

    // Of each depth, and targets by request, so that nothing is computed or allocated twice.
    var lackLists: [[RoomGoal.Lack]] = []
    private var spareLists: [[Int32]] = []
    var movers: [Int] = []
    var targets = TargetCache()

    init(_ state: consuming ClusterState, _ limits: MoveLimits) {
        heads = FlatBuffer(repeating: -1, count: state.serverCount)
        self.state = state
        self.limits = limits
        mostMoves = limits.moves
        lackLists = Array(repeating: [], count: limits.moves + 2)
    }

    /// Becomes a search on another cluster.
    mutating func follow(_ state: consuming ClusterState) {
        servers = []
        heads = FlatBuffer(repeating: -1, count: state.serverCount)
        self.state = state
    }

    /// Begins anew.
    mutating func begin(_ servers: [Int], most moves: Int) {
        mostMoves = moves
        for server in self.servers { heads[server] = -1 }
        self.servers = servers
        residents.removeAll(keepingCapacity: true)
        roster.removeAll()
        targets.begin(on: state)
        (best, bestPrice, steps, isCut) = (nil, .infinity, 0, false)
    }

    /// Adds the VMs on the servers whose VMs may move.
    mutating func list(_ listing: RoomPlanner.Listing, _ scope: RoomPlanner.Scope) {
        listing(servers, &roster)
        residents.reserveCapacity(roster.entries.count)
        let isAnyFixed = !scope.fixed.isEmpty
        let ofKind = roster.requests.map { (mem: $0.mem, least: limits.prices.price($0.mem, isLocal: true), $0.share) }
        for entry in roster.entries {
            var (mem, least, share) = ofKind[Int(entry.kind)]
            if isAnyFixed, scope.fixed.contains(entry.placement.server) {
                (mem, least) = (.infinity, .infinity)
            } else if let price = scope.price {
                mem = price(entry.id).map { $0 * mem } ?? .infinity
                least = limits.prices.price(mem, isLocal: true)
            }
            add(entry, mem, least, share)
        }
    }

    @inline(__always)
    private mutating func add(_ entry: Roster.Entry, _ mem: Double, _ leastPrice: Double, _ share: NodeShare) {
        let index = Int32(truncatingIfNeeded: residents.count)
        residents.append(
            Resident(
                id: entry.id,
                placement: entry.placement,
                kind: entry.kind,
                previous: heads[entry.placement.server],
                mem: mem,
                leastPrice: leastPrice,
                share: share
            )
        )
        heads[entry.placement.server] = index
    }

    /// What a resident asks for.
    @inline(__always)
    func request(of resident: Resident) -> Request { roster.requests[Int(resident.kind)] }

    /// Where a VM runs whose nodes, size and price are the same, it makes no difference which of the two goes.
    @inline(__always)
    func areLike(_ one: Resident, _ other: Resident) -> Bool {
        one.placement == other.placement && one.mem == other.mem
            && (one.kind == other.kind || request(of: one) == request(of: other))
    }

    /// What a resident gives back of what is short when it leaves.
    @inline(__always)
    func relief(of lack: RoomGoal.Lack, from resident: Resident) -> Double {
        if lack.node >= 0, lack.resource < 2 {
            guard resident.placement.nodes.contains(lack.node) else { return 0 }
            return lack.resource == 0 ? resident.share.cpu : resident.share.mem
        }
        // All that is left to ask for are extras.
        guard !resident.share.isPlain else { return 0 }
        return state.relief(of: lack, from: request(of: resident), at: resident.placement)
    }

    // MARK: Servers

    /// Takes servers out of placement for a while.
    ///
    /// - Returns: those that were in it, for ``reopen(_:)``.
    mutating func close(_ servers: [Int]) -> [Int] {
        let open = servers.filter { !state.isCordoned($0) }
        for server in open { state.cordon(server) }
        return open
    }

    /// Puts servers back that ``close(_:)`` has taken out.
    mutating func reopen(_ servers: [Int]) { for server in servers { state.uncordon(server) } }

    // MARK: Moves

    /// Moves a resident; its target has room.
    mutating func move(_ index: Int, to target: Placement) {
        let (request, source) = (request(of: residents[index]), residents[index].placement)
        state.record(request, at: target)
        state.release(request, at: source)
        note(index, target)
    }

    /// Notes that a resident has gone to a target that was held for it.
    mutating func note(_ index: Int, _ target: Placement) {
        let resident = residents[index]
        let isLocal = resident.placement.server == target.server
        let move = Move(
            vm: resident.id,
            source: resident.placement,
            target: target,
            mem: request(of: resident).mem,
            price: limits.prices.price(resident.mem, isLocal: isLocal)
        )
        moves.append(move)
        spent += move.price
        residents[index].placement = target
        residents[index].hasMoved = true
    }

    /// Takes the last move back, which was of this resident.
    mutating func takeBack(_ index: Int) {
        let (request, target) = (request(of: residents[index]), residents[index].placement)
        unnote(index)
        state.record(request, at: residents[index].placement)
        state.release(request, at: target)
    }

    mutating func unnote(_ index: Int) {
        guard let move = moves.popLast() else { return }
        // Not by subtraction, which rounds.
        spent = moves.reduce(0) { $0 + $1.price }
        residents[index].placement = move.source
        residents[index].hasMoved = moves.contains { $0.vm == move.vm }
    }

    /// Keeps the moves if they cost less than the best plan so far.
    mutating func keepPlan(_ placement: Placement) {
        guard spent < bestPrice else { return }
        (best, bestPrice) = (MovePlan(moves: moves, placement: placement), spent)
    }

    // MARK: Goals

    /// Takes the room of a goal and finds who may leave for it.
    mutating func push(_ request: Request, _ placement: Placement, for resident: Int) {
        state.record(request, at: placement)
        let depth = goals.count
        state.lacks(for: request, at: placement, into: &lackLists[depth])
        var goal = RoomGoal(request: request, placement: placement, resident: resident)
        goal.candidates = spareLists.popLast() ?? []
        findCandidates(&goal, depth)
        goals.append(goal)
    }

    /// Gives up the last goal.
    mutating func pop() {
        guard var goal = goals.popLast() else { return }
        state.release(goal.request, at: goal.placement)
        goal.candidates.removeAll(keepingCapacity: true)
        spareLists.append(goal.candidates)
    }

    /// Whether a resident waits for a place already.
    private func isPromised(_ index: Int, _ goal: RoomGoal) -> Bool {
        goal.resident == index || goals.contains { $0.resident == index }
    }

    private func findCandidates(_ goal: inout RoomGoal, _ depth: Int) {
        guard !lackLists[depth].isEmpty else { return }
        var number = heads[goal.placement.server]
        while number >= 0 {
            let resident = residents[Int(number)]
            let helps = lackLists[depth].contains { relief(of: $0, from: resident) > 0 }
            if helps, !resident.hasMoved, resident.mem < .infinity, !isPromised(Int(number), goal) {
                goal.candidates.append(number)
            }
            number = resident.previous
        }
        (goal.fewestMoves, goal.leastPrice) = least(goal.candidates[...], lackLists[depth])
    }

    /// The fewest moves of candidates that give back what is short, and the least that they cost.
    func least(_ candidates: ArraySlice<Int32>, _ lacks: [RoomGoal.Lack]) -> (moves: Int, price: Double) {
        var ofNode = InlineArray<9, Int>(repeating: 0)
        var (price, servesAll) = (0.0, false)
        for lack in lacks {
            // The cheapest is that whose price for what it gives back of what is short is least.
            var (largest, least, most) = (0.0, Double.infinity, 1.0)
            for number in candidates {
                let resident = residents[Int(number)]
                guard !resident.hasMoved else { continue }
                let relief = relief(of: lack, from: resident)
                guard relief > 0 else { continue }
                largest = max(largest, relief)
                let useful = min(relief, lack.amount)
                if resident.leastPrice * most < least * useful { (least, most) = (resident.leastPrice, useful) }
                servesAll = servesAll || resident.placement.nodes.count > 1
            }
            guard largest > 0 else { return (.max, .infinity) }
            let moves = Int(min(1e6, (lack.amount / largest).rounded(.up)))
            ofNode[lack.node + 1] = max(ofNode[lack.node + 1], moves)
            price = max(price, lack.amount * (least / most))
        }
        // A VM on several nodes may serve them all, and each serves its server.
        var (sum, most) = (0, ofNode[0])
        for node in 1..<9 { (sum, most) = (sum + ofNode[node], max(most, ofNode[node])) }
        return (servesAll ? most : max(sum, ofNode[0]), price * 0.999_999)
    }
}
