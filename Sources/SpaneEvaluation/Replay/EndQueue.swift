/// VMs in the order in which they end; those that end at once in the order in which they were entered.
struct EndQueue {
    private struct Entry {
        let time: Double
        let number: Int
        let id: UInt64

        func precedes(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
    }

    // A binary heap.
    private var heap: [Entry] = []
    private var entered = 0

    /// When the next one ends; infinity for none.
    var earliest: Double { heap.first?.time ?? .infinity }

    mutating func insert(_ id: UInt64, at time: Double) {
        heap.append(Entry(time: time, number: entered, id: id))
        entered += 1
        var index = heap.count - 1
        while index > 0, heap[index].precedes(heap[(index - 1) / 2]) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func removeFirst() -> (id: UInt64, time: Double) {
        let first = heap[0]
        let last = heap.removeLast()
        guard !heap.isEmpty else { return (first.id, first.time) }
        heap[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != index else { return (first.id, first.time) }
            heap.swapAt(index, least)
            index = least
        }
    }
}
