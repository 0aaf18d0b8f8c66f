internal import CSpaneHeader
internal import SpaneScheduling
internal import SpaneSystem

/// The servers among which a call chooses, by their places.
///
/// Callers give the same few lists again and again. The latest ones are kept with what was found out about them, so that to look
/// up each server is needed only where the list is new or other servers are there now.
struct Candidates {
    private struct List {
        // As the caller gave them.
        var numbers: [Int32] = []
        var places: [Int32] = []
        /// The index of the first server that stands in the list a second time.
        var repeated: Int?
        /// The cluster's ``Cluster/numberRevision`` when the servers were looked up; `nil` for a list that is not known.
        var revision: UInt64?
        var lastUse: UInt64 = 0

        /// Whether the caller's list is this one, in its order.
        func isEqual(to servers: Span<Int32>) -> Bool { numbers.span.isEqual(to: servers) }
    }

    // As many as policies know scores of.
    private static let limit = 8

    private var lists = [List()]
    private var current = 0
    private var uses: UInt64 = 0
    // For each place the last look-up that found it, by which a server that is named twice is found.
    private var lookUpFinding: [UInt32] = []
    private var lookUps: UInt32 = 0

    /// The candidates of the last call.
    var places: [Int32] { lists[current].places }

    /// Notes the candidates of a call.
    ///
    /// - Parameters:
    ///   - cluster: the same one each time.
    ///   - isEachOnce: whether a server that is named twice is refused.
    /// - Returns: whether there are any; otherwise all servers are.
    mutating func read(
        _ servers: UnsafePointer<Int32>?,
        _ count: Int,
        of cluster: borrowing Cluster,
        isEachOnce: Bool
    ) throws -> Bool {
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        guard unsafe count > 0 || servers != nil else { return false }
        let servers = unsafe Span(_unsafeElements: try elements(servers, count, "servers"))
        uses += 1
        if !isKnown(servers, cluster.numberRevision) { try lookUp(servers, of: cluster) }
        lists[current].lastUse = uses
        if isEachOnce, let index = lists[current].repeated { throw namedTwice(servers[index], index) }
        return true
    }

    /// The bytes that it occupies.
    var bytes: Int {
        4 * lists.reduce(lookUpFinding.capacity) { $0 + $1.numbers.capacity + $1.places.capacity }
    }

    /// Whether the list is one of those that are kept, which is the current one then.
    private mutating func isKnown(_ servers: Span<Int32>, _ revision: UInt64) -> Bool {
        for index in lists.indices where lists[index].revision == revision && lists[index].isEqual(to: servers) {
            current = index
            return true
        }
        return false
    }

    /// Makes the list the current one, instead of the one that was not used for the longest time.
    private mutating func lookUp(_ servers: Span<Int32>, of cluster: borrowing Cluster) throws {
        if lists.count < Self.limit { lists.append(List()) }
        current = lists.indices.min { lists[$0].lastUse < lists[$1].lastUse } ?? 0
        lists[current].revision = nil
        lists[current].repeated = nil
        let count = servers.count
        if count > lists[current].places.capacity { try Memory.check(bytes: 8 * count, for: "\(count) candidates") }
        lists[current].places.removeAll(keepingCapacity: true)
        try startLookUp(of: cluster.serverCount)
        for index in 0..<count {
            let place: Int
            do {
                place = try cluster.place(of: Int(servers[index]))
            } catch {
                throw Failure(SPANE_INVALID_ARGUMENT, "servers[\(index)]: \(error)")
            }
            if lookUpFinding[place] == lookUps, lists[current].repeated == nil { lists[current].repeated = index }
            lookUpFinding[place] = lookUps
            lists[current].places.append(Int32(truncatingIfNeeded: place))
        }
        lists[current].numbers.removeAll(keepingCapacity: true)
        unsafe servers.withUnsafeBufferPointer { unsafe lists[current].numbers.append(contentsOf: $0) }
        lists[current].revision = cluster.numberRevision
    }

    private mutating func startLookUp(of total: Int) throws {
        if lookUpFinding.count < total || lookUps == .max {
            try Memory.check(bytes: 4 * total, for: "a note for each of \(total) servers")
            lookUpFinding = Array(repeating: 0, count: total)
            lookUps = 0
        }
        lookUps += 1
    }

    @inline(never)
    private func namedTwice(_ server: Int32, _ index: Int) -> Failure {
        Failure(
            SPANE_INVALID_ARGUMENT,
            "servers[\(index)]: server \(server) is named twice; each candidate must be named once"
        )
    }
}
