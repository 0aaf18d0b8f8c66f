/// When the places of VMs end that are reserved and not confirmed: a binary heap, and where each VM stands in it.
struct ReservationTable: Sendable {
    struct Entry: Sendable {
        var end: Double
        var id: UInt64

        static func precedes(_ left: Entry, _ right: Entry) -> Bool {
            left.end < right.end || left.end == right.end && left.id < right.id
        }
    }

    private var heap: [Entry] = []
    private var indices: [UInt64: Int] = [:]

    var count: Int { heap.count }

    var isEmpty: Bool { heap.isEmpty }

    /// The bytes that it occupies.
    var bytes: Int { heap.capacity * MemoryLayout<Entry>.stride + indices.capacity * 32 }

    /// The bytes that one more reservation may take for a larger table; `nil` where there is room.
    var bytesToGrow: Int? {
        guard heap.count == heap.capacity || indices.count == indices.capacity else { return nil }
        return 2 * max(heap.capacity, indices.capacity) * (MemoryLayout<Entry>.stride + 32)
    }

    /// When the place of a VM ends; `nil` for a VM that is no reservation.
    ///
    /// - Complexity: O(1).
    func end(of id: UInt64) -> Double? {
        if heap.isEmpty { return nil }
        return indices[id].map { heap[$0].end }
    }

    /// Notes when the place of a VM ends; `nil` for never.
    ///
    /// - Complexity: O(log count).
    mutating func set(_ id: UInt64, to end: Double?) {
        guard let end else { return remove(id) }
        let entry = Entry(end: end, id: id)
        guard let index = indices[id] else {
            heap.append(entry)
            return rise(entry, from: heap.count - 1)
        }
        restore(entry, at: index)
    }

    /// Gives a reservation the id that its VM has now.
    mutating func rename(_ id: UInt64, to other: UInt64) {
        guard let end = end(of: id) else { return }
        remove(id)
        set(other, to: end)
    }

    /// - Complexity: O(log count).
    mutating func remove(_ id: UInt64) {
        guard !heap.isEmpty, let index = indices.removeValue(forKey: id) else { return }
        let last = heap.removeLast()
        if index < heap.count { restore(last, at: index) }
    }

    /// How many end at a time or earlier.
    ///
    /// - Complexity: O(k) for k of them.
    func count(endedBy now: Double) -> Int {
        var count = 0
        forEach(endedBy: now) { _ in count += 1 }
        return count
    }

    /// Those that end at a time or earlier, in the order of their ends and then of their ids.
    ///
    /// - Complexity: O(k log k) for k of them.
    func ended(by now: Double) -> [Entry] {
        var found: [Entry] = []
        forEach(endedBy: now) { found.append($0) }
        return found.sorted(by: Entry.precedes)
    }

    /// What ends later than an entry stands below it.
    private func forEach(endedBy now: Double, from index: Int = 0, _ body: (Entry) -> Void) {
        guard index < heap.count, heap[index].end <= now else { return }
        body(heap[index])
        forEach(endedBy: now, from: 2 * index + 1, body)
        forEach(endedBy: now, from: 2 * index + 2, body)
    }

    // MARK: Heap

    /// Lets an entry stand at an index or where it belongs above or below.
    private mutating func restore(_ entry: Entry, at index: Int) {
        if index > 0, Entry.precedes(entry, heap[(index - 1) / 2]) {
            rise(entry, from: index)
        } else {
            sink(entry, from: index)
        }
    }

    private mutating func put(_ entry: Entry, at index: Int) {
        heap[index] = entry
        indices[entry.id] = index
    }

    private mutating func rise(_ entry: Entry, from start: Int) {
        var hole = start
        while hole > 0, case let parent = (hole - 1) / 2, Entry.precedes(entry, heap[parent]) {
            put(heap[parent], at: hole)
            hole = parent
        }
        put(entry, at: hole)
    }

    private mutating func sink(_ entry: Entry, from start: Int) {
        var hole = start
        while case var child = 2 * hole + 1, child < heap.count {
            if child + 1 < heap.count, Entry.precedes(heap[child + 1], heap[child]) { child += 1 }
            guard Entry.precedes(heap[child], entry) else { break }
            put(heap[child], at: hole)
            hole = child
        }
        put(entry, at: hole)
    }
}
