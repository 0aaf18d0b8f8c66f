internal import SpaneBuffers

/// Which VM runs where: found by the caller's ids, and listed by server.
///
/// Records stand in one block; those of a server form a list. A hash table with open addressing and linear probing leads from
/// ids to records; removing moves later entries back, so there are no tombstones and a table that has seen millions of VMs
/// come and go is as fast as a new one.
struct VMTable: ~Copyable, Sendable {
    struct Record: BitwiseCopyable {
        var id: UInt64
        var cpu: Double
        var mem: Double
        var placement: Placement
        /// An index into ``terms``, -1 for none.
        var terms: Int32
        // The records before and after it on its server, -1 for none; `next` also links records that are not used.
        fileprivate var previous: Int32
        fileprivate var next: Int32
        /// The index of its group, -1 for none.
        var group: Int32
        var span: UInt8

        /// Whether the request of another VM is the same; false where that cannot be told at once.
        @inline(__always)
        func asksForSame(as other: Record) -> Bool {
            cpu == other.cpu && mem == other.mem && span == other.span && terms < 0 && other.terms < 0
        }

        /// Its size; what it asks for beside cores and memory is that of its terms.
        func flavor(extras: [Double] = []) -> Flavor {
            Flavor(cpu: cpu, mem: mem, span: Int(span), extras: extras)
        }

        fileprivate static var unused: Record {
            Record(
                id: 0,
                cpu: 0,
                mem: 0,
                placement: Placement(rawValue: 0),
                terms: -1,
                previous: -1,
                next: -1,
                group: -1,
                span: 0
            )
        }
    }

    private var records = FlatBuffer(repeating: Record.unused, count: 12)
    // The first record that was never used, and the list of those that were given back.
    private var fresh = 0
    private var recycled: Int32 = -1
    // A power of two; indices of records, -1 where empty.
    private var slots = FlatBuffer(repeating: Int32(-1), count: 16)
    private(set) var count = 0
    // [server]: its first record, -1 for none.
    private var heads = FlatBuffer(repeating: Int32(-1), count: 0)
    private var terms: [RequestTerms?] = []
    private var unusedTerms: [Int32] = []

    /// The most VMs that ``reserve(_:)`` accepts.
    static let largestCapacity = 1 << 28

    init() {}

    private init(copying other: borrowing VMTable) {
        records = other.records.copy()
        fresh = other.fresh
        recycled = other.recycled
        slots = other.slots.copy()
        count = other.count
        heads = other.heads.copy()
        terms = other.terms
        unusedTerms = other.unusedTerms
    }

    func copy() -> VMTable { VMTable(copying: self) }

    /// The bytes that it occupies; without the amounts in its terms.
    var bytes: Int {
        records.bytes + slots.bytes + heads.bytes + terms.capacity * MemoryLayout<RequestTerms?>.stride
            + unusedTerms.capacity * MemoryLayout<Int32>.stride
    }

    // MARK: Room

    /// Makes room for `count` VMs in all.
    ///
    /// - Complexity: O(VMs) when the table grows.
    mutating func reserve(_ count: Int) {
        let length = slotCount(toHold: count)
        guard length > slots.count else { return }
        records = records.copy(count: length / 4 * 3, filling: .unused)
        slots = FlatBuffer(repeating: -1, count: length)
        for server in 0..<heads.count {
            var index = heads[server]
            while index >= 0 {
                slots[freeSlot(for: records[Int(index)].id)] = index
                index = records[Int(index)].next
            }
        }
    }

    /// The bytes that would be allocated to hold `count` VMs; `nil` when there is room for them.
    func bytesToGrow(toHold count: Int) -> Int? {
        let length = slotCount(toHold: count)
        guard length > slots.count else { return nil }
        return length * MemoryLayout<Int32>.stride + length / 4 * 3 * MemoryLayout<Record>.stride
    }

    /// The slots are at most three quarters full.
    private func slotCount(toHold count: Int) -> Int {
        var length = slots.count
        while count > length / 4 * 3 { length *= 2 }
        return length
    }

    /// Makes room for the lists of `count` servers.
    mutating func reserve(servers count: Int) {
        guard count > heads.count else { return }
        heads = heads.copy(count: max(count, 2 * heads.count), filling: -1)
    }

    // MARK: VMs

    /// The record of a VM, or `nil` when it does not run here.
    ///
    /// - Complexity: O(1) expected.
    func find(_ id: UInt64) -> Record? {
        let slot = slot(of: id)
        return slot < 0 ? nil : records[Int(slots[slot])]
    }

    /// What a VM asked for.
    func request(of record: Record) -> Request {
        Request(
            cpu: record.cpu,
            mem: record.mem,
            span: Int(record.span),
            terms: record.terms < 0 ? nil : terms[Int(record.terms)]
        )
    }

    /// Adds a VM that is not in the table.
    ///
    /// - Complexity: O(1) expected, amortised.
    mutating func insert(_ id: UInt64, _ request: Request, group: Int32, at placement: Placement) {
        reserve(count + 1)
        var index = recycled
        if index >= 0 {
            recycled = records[Int(index)].next
        } else {
            index = Int32(truncatingIfNeeded: fresh)
            fresh += 1
        }
        let terms = keep(request.terms)
        records[Int(index)] = Record(
            id: id,
            cpu: request.cpu,
            mem: request.mem,
            placement: placement,
            terms: terms,
            previous: -1,
            next: -1,
            group: group,
            span: UInt8(truncatingIfNeeded: request.span)
        )
        link(index)
        let slot = freeSlot(for: id)
        slots[slot] = index
        count += 1
    }

    /// Removes a VM; `nil` when it does not run here.
    ///
    /// - Complexity: O(1) expected.
    mutating func remove(_ id: UInt64) -> (placement: Placement, request: Request, group: Int32)? {
        let slot = slot(of: id)
        guard slot >= 0 else { return nil }
        let index = slots[slot]
        let record = records[Int(index)]
        let request = request(of: record)
        emptySlot(slot)
        unlink(index)
        drop(terms: record.terms)
        records[Int(index)].next = recycled
        recycled = index
        count -= 1
        return (record.placement, request, record.group)
    }

    /// Notes that a VM runs elsewhere or asks for something else now; it must be in the table.
    mutating func update(_ id: UInt64, _ request: Request, at placement: Placement) {
        let slot = slot(of: id)
        let index = slots[slot]
        unlink(index)
        drop(terms: records[Int(index)].terms)
        records[Int(index)].cpu = request.cpu
        records[Int(index)].mem = request.mem
        records[Int(index)].span = UInt8(truncatingIfNeeded: request.span)
        let terms = keep(request.terms)
        records[Int(index)].terms = terms
        records[Int(index)].placement = placement
        link(index)
    }

    /// Gives a VM another id, which must not be in the table.
    mutating func rename(_ id: UInt64, to other: UInt64) {
        let slot = slot(of: id)
        let index = slots[slot]
        emptySlot(slot)
        records[Int(index)].id = other
        let free = freeSlot(for: other)
        slots[free] = index
    }

    // MARK: Lists

    /// Calls `body` with every VM on a server, the latest first.
    func forEach<Failure: Error>(on server: Int, _ body: (Record) throws(Failure) -> Void) throws(Failure) {
        var index = server < heads.count ? heads[server] : -1
        while index >= 0 {
            let record = records[Int(index)]
            try body(record)
            index = record.next
        }
    }

    /// Calls `body` with every VM, server by server.
    func forEach<Failure: Error>(_ body: (Record) throws(Failure) -> Void) throws(Failure) {
        for server in 0..<heads.count { try forEach(on: server, body) }
    }

    /// Notes that a server has the number of another one now, on which no VM is.
    ///
    /// - Complexity: O(VMs on it).
    mutating func moveServer(_ source: Int, to target: Int) {
        heads[target] = heads[source]
        heads[source] = -1
        var index = heads[target]
        while index >= 0 {
            records[Int(index)].placement = Placement(server: target, nodes: records[Int(index)].placement.nodes)
            index = records[Int(index)].next
        }
    }

    private mutating func link(_ index: Int32) {
        let server = records[Int(index)].placement.server
        reserve(servers: server + 1)
        records[Int(index)].previous = -1
        records[Int(index)].next = heads[server]
        if heads[server] >= 0 { records[Int(heads[server])].previous = index }
        heads[server] = index
    }

    private mutating func unlink(_ index: Int32) {
        let record = records[Int(index)]
        if record.previous >= 0 {
            records[Int(record.previous)].next = record.next
        } else {
            heads[record.placement.server] = record.next
        }
        if record.next >= 0 { records[Int(record.next)].previous = record.previous }
    }

    // MARK: Terms

    private mutating func keep(_ value: RequestTerms?) -> Int32 {
        guard let value else { return -1 }
        if let index = unusedTerms.popLast() {
            terms[Int(index)] = value
            return index
        }
        terms.append(value)
        return Int32(truncatingIfNeeded: terms.count - 1)
    }

    private mutating func drop(terms index: Int32) {
        guard index >= 0 else { return }
        terms[Int(index)] = nil
        unusedTerms.append(index)
    }

    // MARK: Slots

    private var mask: Int { slots.count - 1 }

    /// Ids are often consecutive; the finaliser of SplitMix64 spreads them.
    private func home(of id: UInt64) -> Int {
        var word = (id ^ (id >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: word ^ (word >> 31)) & mask
    }

    private func slot(of id: UInt64) -> Int {
        var slot = home(of: id)
        while slots[slot] >= 0 {
            if records[Int(slots[slot])].id == id { return slot }
            slot = (slot + 1) & mask
        }
        return -1
    }

    private func freeSlot(for id: UInt64) -> Int {
        var slot = home(of: id)
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        return slot
    }

    private func emptySlot(_ emptied: Int) {
        var hole = emptied
        var next = (hole + 1) & mask
        while slots[next] >= 0 {
            // An entry may move back to the hole unless its home lies between the two.
            let home = home(of: records[Int(slots[next])].id)
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole] = -1
    }
}
