/// What runs on some servers.
///
/// Of equal requests there is one, at least among the first ones, so that a VM is a few plain numbers.
package struct Roster {
    struct Entry: BitwiseCopyable {
        let id: UInt64
        let placement: Placement
        /// An index into ``Roster/requests``.
        let kind: Int32
    }

    private(set) var entries: [Entry] = []
    private(set) var requests: [Request] = []
    private var shares: [NodeShare] = []

    /// So many requests are compared with that of a VM.
    private static let mostCompared = 64

    /// Adds a VM.
    package mutating func add(_ id: UInt64, _ request: Request, _ placement: Placement) {
        add(id, kind(of: request), placement)
    }

    @inline(__always)
    mutating func add(_ id: UInt64, _ kind: Int32, _ placement: Placement) {
        entries.append(Entry(id: id, placement: placement, kind: kind))
    }

    /// The index of a request in ``requests``.
    mutating func kind(of request: Request) -> Int32 {
        let share = request.share
        for kind in 0..<min(requests.count, Self.mostCompared) where shares[kind] == share {
            if requests[kind] == request { return Int32(truncatingIfNeeded: kind) }
        }
        requests.append(request)
        shares.append(share)
        return Int32(truncatingIfNeeded: requests.count - 1)
    }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        requests.removeAll(keepingCapacity: true)
        shares.removeAll(keepingCapacity: true)
    }
}

extension Cluster {
    /// Adds what runs on the servers in these places.
    func list(_ places: [Int], in roster: inout Roster) {
        // To make a request takes longer than to find it among those of a few flavors.
        var records: [VMTable.Record] = []
        var kinds: [Int32] = []
        for place in places {
            vms.forEach(on: place) { vm in
                var index = 0
                while index < records.count, !records[index].asksForSame(as: vm) { index += 1 }
                if index == records.count {
                    let kind = roster.kind(of: vms.request(of: vm))
                    guard index < Self.mostFlavors else { return roster.add(vm.id, kind, vm.placement) }
                    records.append(vm)
                    kinds.append(kind)
                }
                roster.add(vm.id, kinds[index], vm.placement)
            }
        }
    }

    /// So many flavors are kept.
    private static var mostFlavors: Int { 32 }
}
