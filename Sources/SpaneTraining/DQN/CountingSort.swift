internal import SpaneBuffers

/// Sorts slots by what their states cost, the costliest first and equals in the order in which they come.
@safe
final class CountingSort {
    private let efforts: FlatBuffer<Int32>
    private let slots: FlatBuffer<Int32>
    private let companions: FlatBuffer<Int32>
    private var starts: [Int] = []

    /// - Parameter count: the most slots.
    init(count: Int) {
        efforts = FlatBuffer(repeating: 0, count: count)
        slots = FlatBuffer(repeating: 0, count: count)
        companions = FlatBuffer(repeating: 0, count: count)
    }

    /// - Complexity: O(count + the largest effort).
    func sort(_ values: borrowing FlatBuffer<Int32>, count: Int, by effort: (Int) -> Int) {
        guard prepare(values, count, effort) else { return }
        for index in 0..<count { values[place(index)] = slots[index] }
    }

    /// - Parameter others: sorted the same way.
    /// - Complexity: O(count + the largest effort).
    func sort(
        _ values: borrowing FlatBuffer<Int32>,
        alongWith others: borrowing FlatBuffer<Int32>,
        count: Int,
        by effort: (Int) -> Int
    ) {
        guard prepare(values, count, effort) else { return }
        for index in 0..<count { companions[index] = others[index] }
        for index in 0..<count {
            let place = place(index)
            values[place] = slots[index]
            others[place] = companions[index]
        }
    }

    /// Counts, copies the slots and finds where each effort starts.
    ///
    /// - Returns: whether there is anything to sort.
    private func prepare(_ values: borrowing FlatBuffer<Int32>, _ count: Int, _ effort: (Int) -> Int) -> Bool {
        var (least, most) = (Int32.max, Int32(0))
        for index in 0..<count {
            slots[index] = values[index]
            efforts[index] = Int32(effort(Int(values[index])))
            least = min(least, efforts[index])
            most = max(most, efforts[index])
        }
        guard least < most else { return false }
        starts.removeAll(keepingCapacity: true)
        starts.append(contentsOf: repeatElement(0, count: Int(most) + 2))
        for index in 0..<count { starts[Int(most - efforts[index]) + 1] += 1 }
        for effort in 1..<starts.count { starts[effort] += starts[effort - 1] }
        // From here on efforts count down from the largest.
        for index in 0..<count { efforts[index] = most - efforts[index] }
        return true
    }

    private func place(_ index: Int) -> Int {
        defer { starts[Int(efforts[index])] += 1 }
        return starts[Int(efforts[index])]
    }
}
