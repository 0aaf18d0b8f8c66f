internal import SpaneBuffers
internal import SpaneSystem

// A reservation is a placed VM whose place ends at some time of the caller's clock, unless it is confirmed before.

extension Cluster {
    /// The number of reservations.
    public var reservationCount: Int { reservations.count }

    /// The ids of all reservations and when they end, those first that end first, then by their ids.
    ///
    /// - Complexity: O(n log n) for n of them.
    public var reservedVMs: [(id: UInt64, expires: Double)] {
        reservations.ended(by: .infinity).map { ($0.id, $0.end) }
    }

    /// When the place of a VM ends; `nil` for one that is no reservation, or not placed.
    ///
    /// - Complexity: O(1).
    public func expiry(of id: UInt64) -> Double? { reservations.end(of: id) }

    /// Makes a placed VM a reservation that ends at a time, gives a reservation another end, or confirms it.
    ///
    /// - Parameter end: in the caller's clock; `nil` for a VM that stays.
    /// - Throws: `notFound` when it is not placed, `invalidArgument` when the time is no finite number.
    /// - Complexity: O(log reservations).
    public mutating func setExpiry(_ end: Double?, of id: UInt64) throws(SchedulingError) {
        guard vms.find(id) != nil else { throw SchedulingError(.notFound, "id is \(id), which is not placed") }
        try checkExpiry(end)
        let before = reservations.end(of: id)
        guard before != end else { return }
        reservations.set(id, to: end)
        trials.note(.setExpiry(before, of: id))
        tell(.setExpiry(id, end))
    }

    /// How many reservations have ended.
    ///
    /// - Complexity: O(k) for k of them.
    package func expiredCount(by now: Double) -> Int { reservations.count(endedBy: now) }

    /// The ids of reservations that have ended, in the order of their ends and then of their ids.
    ///
    /// - Complexity: O(k log k) for k of them.
    public func expired(by now: Double) -> [UInt64] { reservations.ended(by: now).map(\.id) }

    /// Releases the reservations that end now or have ended.
    ///
    /// - Returns: their ids, in the order of their ends and then of their ids.
    /// - Complexity: O(log reservations) for each of them.
    public mutating func expire(now: Double) -> [UInt64] {
        let ids = expired(by: now)
        for id in ids { _ = release(id) }
        return ids
    }

    /// Refuses an end that is none.
    package static func check(expiry end: Double) throws(SchedulingError) {
        guard !end.isFinite else { return }
        throw SchedulingError(.invalidArgument, "expires is \(end); it must be a finite number")
    }

    /// Refuses an end that is none, and one more reservation where memory for it cannot be had.
    func checkExpiry(_ end: Double?) throws(SchedulingError) {
        guard let end else { return }
        try Self.check(expiry: end)
        if let bytes = reservations.bytesToGrow { try Memory.require(bytes: bytes, for: "a table of reservations") }
    }

    /// Whether a VM would fit on the server in a place without what is reserved there.
    ///
    /// - Complexity: O(VMs on it).
    func hasRoomWithoutReservations(_ place: Int, for request: Request) -> Bool {
        guard !reservations.isEmpty else { return false }
        var reserved: [VMTable.Record] = []
        vms.forEach(on: place) { if reservations.end(of: $0.id) != nil { reserved.append($0) } }
        guard !reserved.isEmpty else { return false }
        var alone = state.copy(of: place)
        for vm in reserved {
            alone.release(vms.request(of: vm), at: Placement(server: 0, nodes: vm.placement.nodes))
        }
        return alone.reason(on: 0, for: request).kind == .fits
    }
}

extension ClusterState {
    /// A cluster of one server as it is, which is not cordoned.
    fileprivate func copy(of server: Int) -> ClusterState {
        var alone = ClusterState(layout: layout, spanRule: spanRule, room: 1)
        alone.append([0], of: [type(of: server)])
        for value in 0..<valuesPerServer { alone.free[value] = free[server * valuesPerServer + value] }
        let shared = particulars.sharedPerServer
        for value in 0..<shared {
            alone.particulars.sharedFree[value] = particulars.sharedFree[server * shared + value]
        }
        return alone
    }
}
