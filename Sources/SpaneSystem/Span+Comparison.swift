extension Span<Int32> {
    /// Whether two lists are the same, in their order.
    package func isEqual(to other: Span<Int32>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { ours in
            unsafe other.withUnsafeBytes { theirs in
                guard let ours = ours.baseAddress, let theirs = theirs.baseAddress else { return true }
                return unsafe memcmp(ours, theirs, count * MemoryLayout<Int32>.stride) == 0
            }
        }
    }
}
