/// The running VMs in order of (end, index): a binary heap in one block of memory.
struct DepartureQueue: ~Copyable, Sendable {
    struct Entry: BitwiseCopyable {
        /// When it ends, in seconds.
        var end: Double
        /// Its index in the trace.
        var vm: Int32
        /// Where it runs.
        var action: Action

        @inline(__always)
        static func precedes(_ left: Entry, _ right: Entry) -> Bool {
            left.end < right.end || (left.end == right.end && left.vm < right.vm)
        }
    }

    private let heap: FlatBuffer<Entry>
    private(set) var count = 0

    /// - Parameter capacity: the most VMs that can ever run at once.
    init(capacity: Int) {
        heap = FlatBuffer(repeating: Entry(end: 0, vm: 0, action: Action(0)), count: capacity)
    }

    private init(copying other: borrowing DepartureQueue) {
        heap = other.heap.copy()
        count = other.count
    }

    func copy() -> DepartureQueue { DepartureQueue(copying: self) }

    /// The end of the VM that leaves first, or infinity when none runs.
    @inline(__always)
    var earliestEnd: Double { count == 0 ? .infinity : heap[0].end }

    mutating func removeAll() { count = 0 }

    /// - Complexity: O(log count), O(1) on average.
    mutating func insert(_ entry: Entry) {
        var hole = count
        count += 1
        while hole > 0 {
            let parent = (hole - 1) / 2
            let above = heap[parent]
            guard Entry.precedes(entry, above) else { break }
            heap[hole] = above
            hole = parent
        }
        heap[hole] = entry
    }

    /// Removes the VM that leaves first; the queue must not be empty.
    ///
    /// - Complexity: O(log count).
    mutating func removeFirst() -> Entry {
        let first = heap[0]
        count -= 1
        guard count > 0 else { return first }
        // The hole sinks to a leaf along the earlier children, then the last entry rises into place: the last entry
        // nearly always belongs near the leaves, so this saves one comparison a level.
        let last = heap[count]
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < count else { break }
            if child + 1 < count, Entry.precedes(heap[child + 1], heap[child]) { child += 1 }
            heap[hole] = heap[child]
            hole = child
        }
        while hole > 0 {
            let parent = (hole - 1) / 2
            let above = heap[parent]
            guard Entry.precedes(last, above) else { break }
            heap[hole] = above
            hole = parent
        }
        heap[hole] = last
        return first
    }

    /// Whether every parent precedes its children.
    var isOrdered: Bool {
        for child in stride(from: 1, to: count, by: 1) where Entry.precedes(heap[child], heap[(child - 1) / 2]) {
            return false
        }
        return true
    }
}
