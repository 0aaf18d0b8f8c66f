/// Looks for the moves that let a VM in, on a copy of the cluster on which it carries out and takes back what it tries.
final class RoomSearch {
    var state: ClusterState
    let limits: MoveLimits
    private(set) var mostMoves: Int
    var residents: [Resident] = []
    /// The servers whose VMs may move.
    var servers: [Int] = []
    // Where the residents of each of them stand, and which of them a server is; empty where they are all servers.
    private var lists: [[Int32]] = []
    private var slots: [Int: Int] = [:]

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
    var targets = TargetCache()

    init(_ state: consuming ClusterState, _ limits: MoveLimits) {
        self.state = state
        self.limits = limits
        mostMoves = limits.moves
        lackLists = Array(repeating: [], count: limits.moves + 2)
    }

    /// Begins anew.
    func begin(_ servers: [Int], most moves: Int) {
        mostMoves = moves
        self.servers = servers
        residents.removeAll(keepingCapacity: true)
        lists = Array(repeating: [], count: servers.count)
        slots.removeAll(keepingCapacity: true)
        if servers.count < state.serverCount {
            for (slot, server) in servers.enumerated() { slots[server] = slot }
        }
        targets.removeAll()
        (best, bestPrice, steps, isCut) = (nil, .infinity, 0, false)
    }

    func add(_ resident: Resident) {
        let server = resident.placement.server
        guard let slot = slots.isEmpty ? server : slots[server] else { return }
        lists[slot].append(Int32(truncatingIfNeeded: residents.count))
        residents.append(resident)
    }

    /// The residents of a server.
    private func residents(of server: Int) -> [Int32] {
        if slots.isEmpty { return lists[server] }
        return slots[server].map { lists[$0] } ?? []
    }

    // MARK: Servers

    /// Takes servers out of placement for a while.
    ///
    /// - Returns: those that were in it, for ``reopen(_:)``.
    func close(_ servers: [Int]) -> [Int] {
        let open = servers.filter { !state.isCordoned($0) }
        for server in open { state.cordon(server) }
        return open
    }

    /// Puts servers back that ``close(_:)`` has taken out.
    func reopen(_ servers: [Int]) { for server in servers { state.uncordon(server) } }

    // MARK: Moves

    /// Moves a resident; its target has room.
    func move(_ index: Int, to target: Placement) {
        let resident = residents[index]
        state.record(resident.request, at: target)
        state.release(resident.request, at: resident.placement)
        note(index, target)
    }

    /// Notes that a resident has gone to a target that was held for it.
    func note(_ index: Int, _ target: Placement) {
        let resident = residents[index]
        let isLocal = resident.placement.server == target.server
        let move = Move(
            vm: resident.id,
            source: resident.placement,
            target: target,
            mem: resident.request.mem,
            price: limits.prices.price(resident.mem, isLocal: isLocal)
        )
        moves.append(move)
        spent += move.price
        residents[index].placement = target
        residents[index].hasMoved = true
    }

    /// Takes the last move back, which was of this resident.
    func takeBack(_ index: Int) {
        let (request, target) = (residents[index].request, residents[index].placement)
        unnote(index)
        state.record(request, at: residents[index].placement)
        state.release(request, at: target)
    }

    func unnote(_ index: Int) {
        guard let move = moves.popLast() else { return }
        // Not by subtraction, which rounds.
        spent = moves.reduce(0) { $0 + $1.price }
        residents[index].placement = move.source
        residents[index].hasMoved = moves.contains { $0.vm == move.vm }
    }

    /// Keeps the moves if they cost less than the best plan so far.
    func keepPlan(_ placement: Placement) {
        guard spent < bestPrice else { return }
        (best, bestPrice) = (MovePlan(moves: moves, placement: placement), spent)
    }

    /// The least that a move of a resident can cost.
    @inline(__always)
    func leastPrice(_ resident: Resident) -> Double { limits.prices.price(resident.mem, isLocal: true) }

    // MARK: Goals

    /// Takes the room of a goal and finds who may leave for it.
    func push(_ request: Request, _ placement: Placement, for resident: Int) {
        state.record(request, at: placement)
        var goal = RoomGoal(request: request, placement: placement, resident: resident)
        state.lacks(at: placement, into: &lackLists[goals.count])
        findCandidates(&goal, lackLists[goals.count])
        goals.append(goal)
    }

    /// Gives up the last goal.
    func pop() {
        guard let goal = goals.popLast() else { return }
        state.release(goal.request, at: goal.placement)
    }

    /// Whether a resident waits for a place already.
    private func isPromised(_ index: Int, _ goal: RoomGoal) -> Bool {
        goal.resident == index || goals.contains { $0.resident == index }
    }

    private func findCandidates(_ goal: inout RoomGoal, _ lacks: [RoomGoal.Lack]) {
        guard !lacks.isEmpty else { return }
        for number in residents(of: goal.placement.server) {
            let resident = residents[Int(number)]
            guard !resident.hasMoved, resident.mem < .infinity, !isPromised(Int(number), goal) else { continue }
            guard lacks.contains(where: { state.relief(of: $0, from: resident.request, at: resident.placement) > 0 })
            else { continue }
            goal.candidates.append(number)
        }
        // What is asked for first depends on the order, and the order in which VMs are listed on how they came.
        goal.candidates.sort { residents[Int($0)].id < residents[Int($1)].id }
        (goal.fewestMoves, goal.leastPrice) = least(of: goal, lacks)
    }

    /// The fewest moves of candidates that are left that give back what is short, and the least that they cost.
    func least(of goal: RoomGoal, _ lacks: [RoomGoal.Lack]) -> (moves: Int, price: Double) {
        var ofNode = InlineArray<9, Int>(repeating: 0)
        var (price, servesAll) = (0.0, false)
        for lack in lacks {
            var (largest, cheapest) = (0.0, Double.infinity)
            for position in goal.next..<goal.candidates.count {
                let resident = residents[Int(goal.candidates[position])]
                guard !resident.hasMoved else { continue }
                let relief = state.relief(of: lack, from: resident.request, at: resident.placement)
                guard relief > 0 else { continue }
                largest = max(largest, relief)
                cheapest = min(cheapest, leastPrice(resident) / min(relief, lack.amount))
                servesAll = servesAll || resident.placement.nodes.count > 1
            }
            guard largest > 0 else { return (.max, .infinity) }
            let moves = Int(min(1e6, (lack.amount / largest).rounded(.up)))
            ofNode[lack.node + 1] = max(ofNode[lack.node + 1], moves)
            price = max(price, lack.amount * cheapest)
        }
        // A VM on several nodes may serve them all, and each serves its server.
        var (sum, most) = (0, ofNode[0])
        for node in 1..<9 { (sum, most) = (sum + ofNode[node], max(most, ofNode[node])) }
        return (servesAll ? most : max(sum, ofNode[0]), price * 0.999_999)
    }
}
