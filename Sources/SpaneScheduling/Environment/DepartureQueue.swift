internal import SpaneBuffers

/// The running VMs in order of (end, index): a binary heap in one block of memory.
package struct DepartureQueue: ~Copyable, Sendable {
    package struct Entry: BitwiseCopyable {
        /// When it ends, in seconds.
        package var end: Double
        /// Its index in the trace.
        package var vm: Int32
        /// Where it runs.
        package var placement: Placement

        package init(end: Double, vm: Int32, placement: Placement) {
            self.end = end
            self.vm = vm
            self.placement = placement
        }

        @inline(__always)
        static func precedes(_ left: Entry, _ right: Entry) -> Bool {
            // Which child of two leaves first is a coin toss, so this is arithmetic and not a branch.
            let (isEarlier, isTied, isLower) = (left.end < right.end, left.end == right.end, left.vm < right.vm)
            return (isEarlier ? 1 : 0) | ((isTied ? 1 : 0) & (isLower ? 1 : 0)) != 0
        }
    }

    private let heap: FlatBuffer<Entry>
    package private(set) var count = 0

    /// - Parameter capacity: the most VMs that can ever run at once.
    package init(capacity: Int) {
        heap = FlatBuffer(repeating: Entry(end: 0, vm: 0, placement: Placement(rawValue: 0)), count: capacity)
    }

    private init(copying other: borrowing DepartureQueue) {
        heap = other.heap.copy()
        count = other.count
    }

    package func copy() -> DepartureQueue { DepartureQueue(copying: self) }

    /// The end of the VM that leaves first, or infinity when none runs.
    @inline(__always)
    package var earliestEnd: Double { count == 0 ? .infinity : heap[0].end }

    package mutating func removeAll() { count = 0 }

    /// Calls `body` with every entry, in no order.
    package func forEach(_ body: (Entry) -> Void) {
        for index in 0..<count { body(heap[index]) }
    }

    /// Removes the VMs on a server.
    ///
    /// - Returns: them, in the order of their indices.
    /// - Complexity: O(count) and, where there are any, O(count log count).
    package mutating func remove(on server: Int) -> [Entry] {
        var gone: [Entry] = []
        var kept = 0
        for index in 0..<count {
            let entry = heap[index]
            if entry.placement.server == server {
                gone.append(entry)
            } else {
                heap[kept] = entry
                kept += 1
            }
        }
        guard !gone.isEmpty else { return [] }
        // What is kept stands in the same block, where each entry goes to its place among those before it.
        count = 0
        for index in 0..<kept { insert(heap[index]) }
        return gone.sorted { $0.vm < $1.vm }
    }

    /// Whether a VM runs.
    ///
    /// - Complexity: O(count).
    package func has(_ vm: Int) -> Bool {
        for index in 0..<count where Int(heap[index].vm) == vm { return true }
        return false
    }

    /// Notes that a VM runs elsewhere now; false when it has left.
    ///
    /// - Complexity: O(count).
    package mutating func move(_ vm: Int, to placement: Placement) -> Bool {
        for index in 0..<count where Int(heap[index].vm) == vm {
            heap[index].placement = placement
            return true
        }
        return false
    }

    /// - Complexity: O(log count), O(1) on average.
    @inline(__always)
    package mutating func insert(_ entry: Entry) {
        var hole = count
        count += 1
        while hole > 0 {
            let parent = (hole &- 1) / 2
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
    package mutating func removeFirst() -> Entry {
        let first = heap[0]
        count -= 1
        guard count > 0 else { return first }
        // The hole sinks to a leaf along the earlier children, then the last entry rises into place: the last entry
        // nearly always belongs near the leaves, so this saves one comparison a level.
        let last = heap[count]
        var hole = 0
        while true {
            var child = 2 &* hole &+ 1
            guard child < count else { break }
            if child &+ 1 < count { child &+= Entry.precedes(heap[child &+ 1], heap[child]) ? 1 : 0 }
            heap[hole] = heap[child]
            hole = child
        }
        while hole > 0 {
            let parent = (hole &- 1) / 2
            let above = heap[parent]
            guard Entry.precedes(last, above) else { break }
            heap[hole] = above
            hole = parent
        }
        heap[hole] = last
        return first
    }

    /// Whether every parent precedes its children.
    package var isOrdered: Bool {
        for child in stride(from: 1, to: count, by: 1) where Entry.precedes(heap[child], heap[(child - 1) / 2]) {
            return false
        }
        return true
    }
}

extension DepartureQueue {
    /// Calls `body` with the VMs on some servers, in no order.
    ///
    /// - Complexity: O(count).
    package func forEach(on servers: [Int], of count: Int, _ body: (Entry) -> Void) {
        guard servers.count < count else { return forEach(body) }
        let wanted = Set(servers)
        forEach { if wanted.contains($0.placement.server) { body($0) } }
    }
}
