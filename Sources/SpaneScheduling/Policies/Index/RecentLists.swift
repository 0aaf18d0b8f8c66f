internal import SpaneSystem

/// The lists of candidates that were given lately, and an index for each that comes again.
///
/// A decision among the candidates of such a list costs what has changed, as one among all servers does.
struct RecentLists {
    private struct Entry {
        var servers: [Int32] = []
        var index: ScoreIndex?
        var uses: UInt64 = 0
        var lastUse: UInt64 = 0

        /// Whether the list is this one, in its order.
        func isEqual(to other: Span<Int32>) -> Bool { servers.span.isEqual(to: other) }

        mutating func become(_ other: Span<Int32>) {
            servers.removeAll(keepingCapacity: true)
            unsafe other.withUnsafeBufferPointer { unsafe servers.append(contentsOf: $0) }
            (index, uses) = (nil, 1)
        }
    }

    /// Lists that are known at the same time.
    static let limit = 8
    // A list has an index from this use on.
    private static let usesBeforeIndex = 3

    private var entries: [Entry] = []
    private var uses: UInt64 = 0

    mutating func removeAll() { entries.removeAll() }

    /// The index of a list; `nil` where it has none, or there is no memory for one.
    mutating func index(of servers: Span<Int32>) -> ScoreIndex? {
        uses += 1
        for place in entries.indices where entries[place].isEqual(to: servers) {
            entries[place].uses += 1
            entries[place].lastUse = uses
            if entries[place].index == nil, entries[place].uses == Self.usesBeforeIndex {
                let bytes =
                    CandidateList.bytes(count: servers.count)
                    + ScoreIndex.bytes(servers: servers.count, in: ScoreIndex.mostBytes / Self.limit)
                do { try Memory.check(bytes: bytes, for: "scores of candidates") } catch { return nil }
                entries[place].index = ScoreIndex(CandidateList(servers))
            }
            return entries[place].index
        }
        if entries.count < Self.limit { entries.append(Entry()) }
        guard let oldest = entries.indices.min(by: { entries[$0].lastUse < entries[$1].lastUse }) else { return nil }
        if servers.count > entries[oldest].servers.capacity {
            do { try Memory.check(bytes: 4 * servers.count, for: "a list of candidates") } catch { return nil }
        }
        entries[oldest].become(servers)
        entries[oldest].lastUse = uses
        return nil
    }
}
