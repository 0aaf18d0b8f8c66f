internal import SpaneSystem

/// VMs that belong together: the rules for where they run, and on which servers they do.
struct Group: Sendable {
    let id: UInt64
    var rules: [GroupRule] = []
    /// The ``GroupTable/revision`` of its last change.
    var revision: UInt64 = 0
    /// The VMs that run.
    private(set) var count = 0
    /// The numbers of the servers on which they run, ascending. Numbers stay where places change.
    private(set) var servers: [Int32] = []
    // [server of the list]
    private(set) var counts: [Int32] = []

    init(_ id: UInt64) { self.id = id }

    mutating func enter(_ server: Int32) {
        let index = servers.lowerBound(of: server)
        if index < servers.count, servers[index] == server {
            counts[index] += 1
        } else {
            servers.insert(server, at: index)
            counts.insert(1, at: index)
        }
        count += 1
    }

    mutating func leave(_ server: Int32) {
        let index = servers.lowerBound(of: server)
        guard index < servers.count, servers[index] == server else { return }
        counts[index] -= 1
        count -= 1
        guard counts[index] == 0 else { return }
        servers.remove(at: index)
        counts.remove(at: index)
    }
}

/// The groups of a cluster that have rules or VMs.
struct GroupTable: Sendable {
    // Groups keep their index as long as they are here.
    private var groups: [Group?] = []
    private var indices: [UInt64: Int32] = [:]
    private var unused: [Int32] = []
    /// Grows with every change of a group, or of what its rules are about.
    private(set) var revision: UInt64 = 0
    // Of the last change of a fault domain, which is one of every group.
    private var domainRevision: UInt64 = 0

    /// The bytes that it occupies; without the lists of the groups.
    var bytes: Int { groups.capacity * MemoryLayout<Group?>.stride + indices.capacity * 16 + unused.capacity * 4 }

    /// The bytes that one more group may take for a larger table; `nil` where there is room.
    var bytesToGrow: Int? {
        guard indices.count == indices.capacity || unused.isEmpty && groups.count == groups.capacity else { return nil }
        return 2 * max(indices.capacity, groups.capacity) * (MemoryLayout<Group?>.stride + 16)
    }

    func find(_ id: UInt64) -> Group? { indices[id].flatMap { groups[Int($0)] } }

    /// The id of the group with an index, 0 for -1.
    func id(at index: Int32) -> UInt64 { index < 0 ? 0 : groups[Int(index)]?.id ?? 0 }

    func group(at index: Int32) -> Group? { index < 0 ? nil : groups[Int(index)] }

    /// The ids of all groups, ascending.
    var ids: [UInt64] { indices.keys.sorted() }

    /// Another number after each change of a group; 0 for one that is not known.
    func revision(of id: UInt64) -> UInt64 { find(id).map { max($0.revision, domainRevision) } ?? 0 }

    /// Notes that a server is in another fault domain.
    mutating func noteDomain() {
        revision += 1
        domainRevision = revision
    }

    private mutating func note(_ index: Int32) {
        revision += 1
        groups[Int(index)]?.revision = revision
    }

    /// Notes that a VM of a group runs on a server.
    ///
    /// - Returns: the index of the group; -1 for 0.
    mutating func enter(_ id: UInt64, on server: Int) -> Int32 {
        guard id != 0 else { return -1 }
        let index = index(of: id)
        groups[Int(index)]?.enter(Int32(truncatingIfNeeded: server))
        note(index)
        return index
    }

    /// Notes that a VM of a group has left a server.
    mutating func leave(_ index: Int32, on server: Int) {
        guard index >= 0 else { return }
        groups[Int(index)]?.leave(Int32(truncatingIfNeeded: server))
        note(index)
        dropIfUnused(index)
    }

    /// Notes that a VM of a group runs on another server now.
    mutating func move(_ index: Int32, from source: Int, to target: Int) {
        guard index >= 0, source != target else { return }
        groups[Int(index)]?.leave(Int32(truncatingIfNeeded: source))
        groups[Int(index)]?.enter(Int32(truncatingIfNeeded: target))
        note(index)
    }

    mutating func set(_ rules: [GroupRule], of id: UInt64) {
        let index = index(of: id)
        groups[Int(index)]?.rules = rules
        note(index)
        dropIfUnused(index)
    }

    private mutating func index(of id: UInt64) -> Int32 {
        if let index = indices[id] { return index }
        let index = unused.popLast() ?? Int32(truncatingIfNeeded: groups.count)
        if Int(index) == groups.count { groups.append(Group(id)) } else { groups[Int(index)] = Group(id) }
        indices[id] = index
        return index
    }

    private mutating func dropIfUnused(_ index: Int32) {
        guard let group = groups[Int(index)], group.count == 0, group.rules.isEmpty else { return }
        indices[group.id] = nil
        groups[Int(index)] = nil
        unused.append(index)
    }
}

extension [Int32] {
    /// The index of the first element that is not below a value, of an ascending list.
    func lowerBound(of value: Int32) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
