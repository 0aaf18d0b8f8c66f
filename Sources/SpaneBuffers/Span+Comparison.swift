extension Span<Int32> {
    /// Whether two lists are the same, in their order.
    public func isEqual(to other: Span<Int32>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBufferPointer { ours in
            unsafe other.withUnsafeBufferPointer { theirs in
                // In runs without a branch for every number.
                for first in stride(from: 0, to: ours.count, by: 64) {
                    var difference: Int32 = 0
                    for place in first..<min(first + 64, ours.count) {
                        difference |= unsafe ours[place] ^ theirs[place]
                    }
                    if difference != 0 { return false }
                }
                return true
            }
        }
    }
}
