internal import SpaneBuffers

/// Which VM runs where: a hash table from the caller's ids to placements.
///
/// Open addressing with linear probing; removing moves later entries back, so there are no tombstones and a table that
/// has seen millions of VMs come and go is as fast as a new one.
struct Ledger: ~Copyable, Sendable {
    struct Entry: BitwiseCopyable {
        var id: UInt64
        var cpu: Double
        var mem: Double
        /// Negative in an empty slot.
        var action: Int32

        static var empty: Entry { Entry(id: 0, cpu: 0, mem: 0, action: -1) }
    }

    private var slots = FlatBuffer(repeating: Entry.empty, count: 16)
    private(set) var count = 0

    /// The most entries that ``reserve(_:)`` accepts.
    static let largestCapacity = 1 << 28

    private var mask: Int { slots.count - 1 }

    /// Makes room for `count` entries in all.
    ///
    /// - Complexity: O(entries) when the table grows.
    mutating func reserve(_ count: Int) {
        let length = length(toHold: count)
        guard length > slots.count else { return }
        let longer = FlatBuffer(repeating: Entry.empty, count: length)
        for index in 0..<slots.count where slots[index].action >= 0 {
            longer[Self.freeSlot(for: slots[index].id, in: longer)] = slots[index]
        }
        slots = longer
    }

    /// The bytes of the table that would replace this one to hold `count` entries; `nil` when this one is enough.
    func bytesToGrow(toHold count: Int) -> Int? {
        let length = length(toHold: count)
        return length > slots.count ? length * MemoryLayout<Entry>.stride : nil
    }

    /// The table is at most three quarters full.
    private func length(toHold count: Int) -> Int {
        var length = slots.count
        while count > length / 4 * 3 { length *= 2 }
        return length
    }

    /// The entry of a VM.
    ///
    /// - Complexity: O(1) expected.
    func find(_ id: UInt64) -> Entry? {
        let slot = slot(of: id)
        return slot < 0 ? nil : slots[slot]
    }

    /// Adds a VM that is not in the table.
    ///
    /// - Complexity: O(1) expected, amortised.
    mutating func insert(_ entry: Entry) {
        reserve(count + 1)
        slots[Self.freeSlot(for: entry.id, in: slots)] = entry
        count += 1
    }

    /// Removes a VM.
    ///
    /// - Complexity: O(1) expected.
    mutating func remove(_ id: UInt64) -> Entry? {
        var hole = slot(of: id)
        guard hole >= 0 else { return nil }
        let removed = slots[hole]
        var next = (hole + 1) & mask
        while slots[next].action >= 0 {
            // An entry may move back to the hole unless its home lies between the two.
            let home = home(of: slots[next].id)
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole] = .empty
        count -= 1
        return removed
    }

    /// Calls `body` with every entry, in no particular order.
    func forEach(_ body: (Entry) -> Void) {
        for index in 0..<slots.count where slots[index].action >= 0 { body(slots[index]) }
    }

    private func home(of id: UInt64) -> Int { Self.hash(id) & mask }

    /// Ids are often consecutive; the finaliser of SplitMix64 spreads them.
    private static func hash(_ id: UInt64) -> Int {
        var word = (id ^ (id >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: word ^ (word >> 31))
    }

    private func slot(of id: UInt64) -> Int {
        var slot = home(of: id)
        while slots[slot].action >= 0 {
            if slots[slot].id == id { return slot }
            slot = (slot + 1) & mask
        }
        return -1
    }

    private static func freeSlot(for id: UInt64, in slots: borrowing FlatBuffer<Entry>) -> Int {
        let mask = slots.count - 1
        var slot = hash(id) & mask
        while slots[slot].action >= 0 { slot = (slot + 1) & mask }
        return slot
    }
}
