internal import CSpaneHeader
internal import SpaneSystem

/// The servers among which a call chooses, by their places; its storage is kept from one call to the next.
struct Candidates {
    private(set) var places: [Int32] = []
    // For each place the last list that named it, by which a server that is named twice is found.
    private var listNaming: [UInt32] = []
    private var lists: UInt32 = 0

    /// Notes the candidates of a call.
    ///
    /// - Parameters:
    ///   - total: the number of all servers.
    ///   - isEachOnce: whether a server that is named twice is refused.
    ///   - place: the place of a server by its number.
    /// - Returns: whether there are any; otherwise all servers are.
    mutating func read(
        _ servers: UnsafePointer<Int32>?,
        _ count: Int,
        of total: Int,
        isEachOnce: Bool = true,
        place: (Int) throws -> Int
    ) throws -> Bool {
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        guard unsafe count > 0 || servers != nil else { return false }
        let servers = try unsafe elements(servers, count, "servers")
        if count > places.capacity { try Memory.check(bytes: 4 * count, for: "\(count) candidates") }
        places.removeAll(keepingCapacity: true)
        try startList(of: total)
        for index in 0..<count {
            let found: Int
            do {
                found = try unsafe place(Int(servers[index]))
            } catch {
                throw Failure(SPANE_INVALID_ARGUMENT, "servers[\(index)]: \(error)")
            }
            guard !isEachOnce || listNaming[found] != lists else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "servers[\(index)]: server \(unsafe servers[index]) is named twice; each candidate must be named once"
                )
            }
            listNaming[found] = lists
            places.append(Int32(truncatingIfNeeded: found))
        }
        return true
    }

    /// The bytes that it occupies.
    var bytes: Int { 4 * (places.capacity + listNaming.capacity) }

    private mutating func startList(of total: Int) throws {
        if listNaming.count < total || lists == .max {
            try Memory.check(bytes: 4 * total, for: "a note for each of \(total) servers")
            listNaming = Array(repeating: 0, count: total)
            lists = 0
        }
        lists += 1
    }
}
