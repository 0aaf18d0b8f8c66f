internal import SpaneBuffers
internal import Synchronization

/// The latest changes of a cluster, so that whoever keeps something derived from it updates only what changed.
///
/// Every change of one server gets the next revision number. A reader remembers the revision that it has seen and asks
/// for the servers changed since; a reader that fell too far behind starts afresh. Any number of readers can follow one
/// cluster, and following costs nothing to the cluster.
struct ChangeJournal: ~Copyable, Sendable {
    /// A number that no other journal of this process has.
    let identity = ChangeJournal.nextIdentity()

    private var ring: FlatBuffer<Int32>
    private var mask: UInt64
    private(set) var revision: UInt64 = 1
    private(set) var oldestReset: UInt64 = 1

    private static let identities = Atomic<UInt64>(0)

    private static func nextIdentity() -> UInt64 {
        identities.wrappingAdd(1, ordering: .relaxed).newValue
    }

    init(serverCount: Int) {
        let length = Self.length(for: serverCount)
        ring = FlatBuffer(repeating: 0, count: length)
        mask = UInt64(length - 1)
    }

    /// Long enough for the burst of departures between two decisions; past that starting afresh is cheaper.
    private static func length(for serverCount: Int) -> Int {
        var length = 64
        while length < serverCount { length *= 2 }
        return length
    }

    private init(copying other: borrowing ChangeJournal) {
        ring = other.ring.copy()
        mask = other.mask
        revision = other.revision
        oldestReset = other.oldestReset
    }

    /// The bytes that it occupies.
    var bytes: Int { ring.bytes }

    func copy() -> ChangeJournal { ChangeJournal(copying: self) }

    /// The oldest revision from which the changes are still known.
    var oldestRevision: UInt64 {
        let length = mask + 1
        return max(oldestReset, revision > length ? revision - length : 0)
    }

    func server(changedAt revision: UInt64) -> Int { Int(ring[Int(revision & mask)]) }

    mutating func record(server: Int) {
        ring[Int(revision & mask)] = Int32(truncatingIfNeeded: server)
        revision += 1
    }

    /// Notes that servers were added, which every reader has to look at.
    mutating func recordGrowth(to serverCount: Int) {
        let length = Self.length(for: serverCount)
        if length > ring.count {
            ring = FlatBuffer(repeating: 0, count: length)
            mask = UInt64(length - 1)
        }
        recordReset()
    }

    /// Notes that any server may have changed.
    mutating func recordReset() {
        revision += 1
        oldestReset = revision
    }
}
