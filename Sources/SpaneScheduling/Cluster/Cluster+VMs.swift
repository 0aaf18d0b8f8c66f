internal import SpaneBuffers
internal import SpaneSystem

extension Cluster {
    /// The most VMs that ``reserve(_:)`` makes room for.
    public static var largestVMCount: Int { VMTable.largestCapacity }

    /// Refuses to let the table of VMs grow where memory for it cannot be had.
    ///
    /// - Parameter group: to which one more of them belongs.
    package func checkGrowth(toHold count: Int, in group: UInt64 = 0) throws(SchedulingError) {
        if group != 0 { try checkGroupGrowth() }
        guard let bytes = vms.bytesToGrow(toHold: count) else { return }
        try Memory.require(bytes: bytes, for: "a table of \(count) VMs")
    }

    /// Makes room for `vms` VMs in all, so that placing up to that many does not allocate.
    public mutating func reserve(_ vms: Int) throws(SchedulingError) {
        guard vms >= 0, vms <= VMTable.largestCapacity else {
            throw SchedulingError(.invalidArgument, "vms is \(vms); it must be in 0 ... \(VMTable.largestCapacity)")
        }
        try checkGrowth(toHold: vms)
        self.vms.reserve(vms)
    }

    /// What a VM of this size asks for.
    ///
    /// - Parameter span: over how many NUMA nodes it is spread; 0 for what the cluster's rule says.
    /// - Throws: `invalidArgument` when a size is not above zero and at most ``Resources/largest``.
    public func request(cpu: Double, mem: Double, span: Int = 0) throws(SchedulingError) -> Request {
        try state.checkedRequest(cpu: cpu, mem: mem, span: span)
    }

    // MARK: Finding

    /// Where a VM runs and what it asked for, or `nil` when it does not run here.
    public func find(_ id: UInt64) -> (placement: Placement, request: Request)? {
        guard let record = vms.find(id) else { return nil }
        return (outside(record.placement), vms.request(of: record))
    }

    /// The ids of the VMs on a server, ascending.
    ///
    /// - Complexity: O(n log n) for n VMs on it.
    public func vms(on server: Int) throws(SchedulingError) -> [UInt64] {
        var ids: [UInt64] = []
        let place = try place(of: server)
        ids.reserveCapacity(Int(vmCounts[place]))
        vms.forEach(on: place) { ids.append($0.id) }
        return ids.sorted()
    }

    /// The ids of all VMs, ascending.
    ///
    /// - Complexity: O(servers + n log n) for n VMs.
    public var vmIDs: [UInt64] {
        var ids: [UInt64] = []
        ids.reserveCapacity(vms.count)
        vms.forEach { ids.append($0.id) }
        return ids.sorted()
    }

    /// Refuses an id that runs already.
    public func checkIsNew(_ id: UInt64) throws(SchedulingError) {
        guard let record = vms.find(id) else { return }
        throw SchedulingError(
            .duplicateVM,
            "id is \(id), which runs on server \(number(at: record.placement.server)) already"
        )
    }

    // MARK: Coming and going

    /// Places a VM.
    ///
    /// - Parameters:
    ///   - group: the group to which it belongs; 0 for none.
    ///   - end: when its place ends that is reserved; `nil` for a VM that stays.
    /// - Throws: `invalidArgument` when there is no such server or node, when the request asks for nothing or for an impossible
    ///   amount, or when the nodes are not as many as it spans; `duplicateVM`; `unavailableAction` when there is no room, the
    ///   server is cordoned or a hard rule of the group forbids it. Nothing changes then.
    /// - Complexity: O(1), amortised; O(servers of the group) more in a group, O(log reservations) for a reservation.
    public mutating func place(
        _ id: UInt64,
        _ request: Request,
        in group: UInt64 = 0,
        at placement: Placement,
        until end: Double? = nil
    ) throws(SchedulingError) {
        let inside = try inside(placement)
        try checkIsNew(id)
        try checkRoom(inside, for: request)
        try check(group, request, at: inside.server)
        try checkGrowth(toHold: vmCount + 1, in: group)
        if end != nil { try checkExpiry(end) }
        add(id, request, in: group, at: inside)
        if end != nil { reservations.set(id, to: end) }
        trials.note(.release(id))
        tell(.place(id, request, group: group, placement))
        if end != nil { tell(.setExpiry(id, end)) }
    }

    /// Records what already runs, whether or not there is room for it, the server is cordoned or rules of its group forbid it. A
    /// server on which more runs than it can hold simply has no room.
    ///
    /// - Parameter group: the group to which it belongs; 0 for none.
    /// - Throws: `invalidArgument` when there is no such server or node, when the request asks for nothing or for an impossible
    ///   amount, or when the nodes are not as many as it spans; `duplicateVM`.
    /// - Complexity: O(1), amortised.
    public mutating func record(
        _ id: UInt64,
        _ request: Request,
        in group: UInt64 = 0,
        at placement: Placement
    ) throws(SchedulingError) {
        let inside = try inside(placement)
        try check(canRecord: id, request, at: placement)
        try checkGrowth(toHold: vmCount + 1, in: group)
        add(id, request, in: group, at: inside)
        trials.note(.release(id))
        tell(.record(id, request, group: group, placement))
    }

    /// Refuses what ``record(_:_:in:at:)`` would.
    ///
    /// - Parameter placement: `nil` for a VM that is not to be recorded.
    package func check(
        canRecord id: UInt64,
        _ request: Request,
        at placement: Placement?
    ) throws(SchedulingError) {
        try checkIsNew(id)
        if let placement { try checkNodes(try inside(placement), for: request) }
    }

    /// Removes a VM and gives back what it used; `nil` when it does not run here.
    ///
    /// - Complexity: O(1).
    public mutating func release(_ id: UInt64) -> (placement: Placement, request: Request)? {
        guard let released = letGo(id) else { return nil }
        tell(.release(id))
        return released
    }

    /// As ``release(_:)``, as part of something else of which the observer is told.
    mutating func letGo(_ id: UInt64) -> (placement: Placement, request: Request)? {
        let end = reservations.end(of: id)
        guard let (placement, request, group) = remove(id) else { return nil }
        // It is taken back last.
        if end != nil { trials.note(.setExpiry(end, of: id)) }
        trials.note(.record(id, request, group: group, placement))
        return (outside(placement), request)
    }

    // MARK: Changing

    /// Moves a VM to other nodes, of its server or another one. The room that it leaves counts as free.
    ///
    /// - Throws: `notFound`, `invalidArgument`, or `unavailableAction` when there is no room or a hard rule of its group forbids it;
    ///   nothing changes then. A rule by which both places are in one domain does not forbid it.
    /// - Complexity: O(1); O(servers of the group) more in a group.
    public mutating func move(_ id: UInt64, to placement: Placement) throws(SchedulingError) {
        let record = try running(id)
        try change(id, record, to: vms.request(of: record), at: try inside(placement))
        tell(.move(id, placement))
    }

    /// Gives a VM another size where it runs, on as many nodes as before. The room that it has counts as free.
    ///
    /// - Throws: `notFound`, `invalidArgument` when the span differs or an amount is impossible, or `unavailableAction` when there
    ///   is no room; nothing changes then.
    /// - Complexity: O(1).
    public mutating func resize(_ id: UInt64, to request: Request) throws(SchedulingError) {
        let record = try running(id)
        guard request.span == Int(record.span) else {
            throw SchedulingError(
                .invalidArgument,
                "VM \(id) spans \(record.span) NUMA nodes and would span \(request.span); release it and place it anew"
            )
        }
        try check(request)
        try change(id, record, to: request, at: record.placement)
        tell(.resize(id, request))
    }

    /// Gives a VM another id.
    ///
    /// - Throws: `notFound`, or `duplicateVM` when another VM has that id.
    public mutating func rename(_ id: UInt64, to other: UInt64) throws(SchedulingError) {
        _ = try running(id)
        guard id != other else { return }
        try checkIsNew(other)
        changeID(id, to: other)
        trials.note(.rename(other, to: id))
        tell(.rename(id, to: other))
    }

    // MARK: Helpers

    private func running(_ id: UInt64) throws(SchedulingError) -> VMTable.Record {
        guard let record = vms.find(id) else {
            throw SchedulingError(.notFound, "id is \(id), which is not placed")
        }
        return record
    }

    /// Gives a VM an id that no other one has.
    mutating func changeID(_ id: UInt64, to other: UInt64) {
        vms.rename(id, to: other)
        reservations.rename(id, to: other)
    }

    /// Enters a VM that runs.
    mutating func add(_ id: UInt64, _ request: Request, in group: UInt64, at inside: Placement) {
        let index = groups.enter(group, on: number(at: inside.server))
        vms.insert(id, request, group: index, at: inside)
        state.record(request, at: inside)
        count(request, at: inside, sign: 1)
    }

    /// Takes out a VM; `nil` when it does not run here.
    @discardableResult
    mutating func remove(_ id: UInt64) -> (placement: Placement, request: Request, group: UInt64)? {
        guard let (placement, request, index) = vms.remove(id) else { return nil }
        reservations.remove(id)
        let group = groups.id(at: index)
        groups.leave(index, on: number(at: placement.server))
        state.release(request, at: placement)
        count(request, at: placement, sign: -1)
        return (placement, request, group)
    }

    private mutating func change(
        _ id: UInt64,
        _ record: VMTable.Record,
        to request: Request,
        at placement: Placement
    ) throws(SchedulingError) {
        let before = vms.request(of: record)
        state.release(before, at: record.placement)
        do {
            // A VM that stays on a cordoned or overcommitted server may shrink there.
            if placement != record.placement || !request.isAtMost(before) { try checkRoom(placement, for: request) }
            if placement.server != record.placement.server {
                try check(groups.id(at: record.group), request, at: placement.server, from: record.placement.server)
            }
        } catch {
            state.record(before, at: record.placement)
            throw error
        }
        enter(id, record, before, request, at: placement)
        trials.note(.settle(id, before, record.placement))
    }

    /// Lets a VM ask for something else or run elsewhere, whether or not there is room.
    mutating func settle(_ id: UInt64, _ request: Request, at placement: Placement) {
        guard let record = vms.find(id) else { return }
        let before = vms.request(of: record)
        state.release(before, at: record.placement)
        enter(id, record, before, request, at: placement)
    }

    /// Enters what a VM is now whose room was given back.
    private mutating func enter(
        _ id: UInt64,
        _ record: VMTable.Record,
        _ before: Request,
        _ request: Request,
        at placement: Placement
    ) {
        state.record(request, at: placement)
        count(before, at: record.placement, sign: -1)
        count(request, at: placement, sign: 1)
        vms.update(id, request, at: placement)
        groups.move(record.group, from: number(at: record.placement.server), to: number(at: placement.server))
    }

    private func checkRoom(_ placement: Placement, for request: Request) throws(SchedulingError) {
        try checkNodes(placement, for: request)
        guard !state.isAvailable(placement, for: request) else { return }
        throw SchedulingError(
            .unavailableAction,
            "placement is \(outside(placement)), which "
                + (state.isCordoned(placement.server)
                    ? "is cordoned" : "has no room for \(request.cpu) cores and \(request.mem) GB")
        )
    }

    /// Refuses a request that nobody can have: on no node, or for an amount that is not above zero and at most the largest.
    private func check(_ request: Request) throws(SchedulingError) {
        guard request.span >= 1, request.span <= Layout.mostNodes else {
            throw SchedulingError(
                .invalidArgument,
                "request spans \(request.span) NUMA nodes; it must span 1 ... \(Layout.mostNodes)"
            )
        }
        // What rounds to nothing is nothing.
        let (most, share) = (Resources.largest, request.share)
        guard share.cpu > 0, share.mem > 0, request.cpu <= most, request.mem <= most else {
            throw SchedulingError(
                .invalidArgument,
                "request is \(request.cpu) cores and \(request.mem) GB; "
                    + Resources(cpu: request.cpu, mem: request.mem).rule
            )
        }
        guard let wrong = request.terms?.extras.first(where: { !($0 >= 0 && Grid.amount($0) <= most) }) else { return }
        throw SchedulingError(
            .invalidArgument,
            "request asks for \(Grid.amount(wrong)) of a resource; it must be in 0 ... \(most)"
        )
    }

    /// Refuses nodes that a server does not have, or another number of them than the request spans.
    func checkNodes(_ placement: Placement, for request: Request) throws(SchedulingError) {
        try check(request)
        let count = state.nodeCount(of: placement.server)
        guard placement.nodes.count == request.span, NodeSet(first: count).isSuperset(of: placement.nodes) else {
            throw SchedulingError(
                .invalidArgument,
                "placement is \(outside(placement)); it must name \(request.span) of the server's \(count) nodes"
            )
        }
    }
}

extension Request {
    /// Whether it asks for no more of anything than another one: no larger amounts, no further traits, no nearer nodes.
    func isAtMost(_ other: Request) -> Bool {
        guard share.cpu <= other.share.cpu, share.mem <= other.share.mem else { return false }
        guard let terms else { return true }
        let others = other.terms?.extras ?? []
        return terms.extras.indices.allSatisfy { terms.extras[$0] <= ($0 < others.count ? others[$0] : 0) }
            && terms.require & ~(other.terms?.require ?? 0) == 0 && terms.forbid & ~(other.terms?.forbid ?? 0) == 0
            && terms.farthest >= other.terms?.farthest ?? .max
    }
}
