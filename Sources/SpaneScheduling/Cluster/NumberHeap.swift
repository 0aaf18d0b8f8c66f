/// Numbers of which the lowest is at hand: a binary heap.
struct NumberHeap: Sendable {
    private var heap: [Int32] = []

    init() {}

    /// The numbers that it has room for.
    var capacity: Int { heap.capacity }

    /// Takes numbers that ascend, which are a heap already.
    init(ascending numbers: [Int32]) { heap = numbers }

    /// - Complexity: O(log count).
    mutating func insert(_ number: Int32) {
        heap.append(number)
        var index = heap.count - 1
        while index > 0, heap[(index - 1) / 2] > heap[index] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes the lowest number out; `nil` when there is none.
    ///
    /// - Complexity: O(log count).
    mutating func removeLowest() -> Int32? {
        guard let last = heap.popLast() else { return nil }
        guard let lowest = heap.first else { return last }
        heap[0] = last
        var index = 0
        while case let child = lowerChild(of: index), child < heap.count, heap[child] < heap[index] {
            heap.swapAt(index, child)
            index = child
        }
        return lowest
    }

    private func lowerChild(of index: Int) -> Int {
        let left = 2 * index + 1
        return left + 1 < heap.count && heap[left + 1] < heap[left] ? left + 1 : left
    }
}
