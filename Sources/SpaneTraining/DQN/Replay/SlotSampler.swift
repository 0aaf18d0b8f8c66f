internal import SpaneBuffers
package import SpaneScheduling

/// Draws slots of a replay, uniformly and without replacement.
@safe
package final class SlotSampler {
    // A bit for every slot, all 0 between draws.
    private let marks: FlatBuffer<UInt64>

    package init(capacity: Int) { marks = FlatBuffer(repeating: 0, count: (capacity + 63) / 64) }

    /// Draws slots as ``draw(_:below:into:using:)`` does.
    package func draw(_ amount: Int, below count: Int, using generator: inout Xoshiro256StarStar) -> [Int32] {
        let slots = FlatBuffer<Int32>(repeating: 0, count: amount)
        draw(amount, below: count, into: slots, using: &generator)
        return (0..<amount).map { slots[$0] }
    }

    /// Draws slots into `slots` from 0 ..< count, until there are `amount`, in the order of the draws.
    ///
    /// - Parameter amount: at most `count`.
    /// - Complexity: O(amount) on average, O(count log count) when nearly all are drawn.
    func draw(
        _ amount: Int,
        below count: Int,
        into slots: borrowing FlatBuffer<Int32>,
        using generator: inout Xoshiro256StarStar
    ) {
        var drawn = 0
        while drawn < amount {
            let slot = generator.below(count)
            let bit: UInt64 = 1 << UInt64(slot & 63)
            guard marks[slot >> 6] & bit == 0 else { continue }
            marks[slot >> 6] |= bit
            slots[drawn] = Int32(slot)
            drawn += 1
        }
        for index in 0..<drawn { marks[Int(slots[index]) >> 6] = 0 }
    }
}
