internal import Synchronization

/// The lengths of episodes that are known already, by start. For any number of threads.
///
/// Finding one plays a whole episode, and the runs of a search draw the same starts over and over.
package final class EpisodeLengthCache: Sendable {
    private let count: Int
    // 0 where the length is not known; empty before the first use.
    private let lengths = Mutex<[Int32]>([])

    /// - Parameter count: of the starts.
    package init(count: Int) { self.count = count }

    /// The length at an index in 0 ..< count, found by `find` when it is not known.
    package func length<E: Error>(at index: Int, find: () throws(E) -> Int) throws(E) -> Int {
        let known = lengths.withLock { $0.isEmpty ? 0 : $0[index] }
        if known > 0 { return Int(known) }
        let length = try find()
        lengths.withLock { lengths in
            if lengths.isEmpty { lengths = Array(repeating: 0, count: count) }
            lengths[index] = Int32(clamping: length)
        }
        return length
    }
}
