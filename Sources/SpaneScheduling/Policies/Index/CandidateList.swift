internal import SpaneBuffers

/// Candidates that a caller names again and again, each with its position.
@safe
final class CandidateList {
    let count: Int
    // [position]
    private let servers: FlatBuffer<Int32>
    // An open hash table of positions, -1 where there is none; at most half full.
    private let places: FlatBuffer<Int32>
    private let mask: Int

    init(_ servers: Span<Int32>) {
        count = servers.count
        self.servers = FlatBuffer(repeating: 0, count: count)
        var room = 2
        while room < 2 * count { room *= 2 }
        mask = room - 1
        places = FlatBuffer(repeating: -1, count: room)
        for position in 0..<count {
            self.servers[position] = servers[position]
            var place = hash(Int(servers[position]))
            while places[place] >= 0 { place = (place + 1) & mask }
            places[place] = Int32(truncatingIfNeeded: position)
        }
    }

    /// The bytes that a list takes.
    static func bytes(count: Int) -> Int { 5 * max(count, 1) * MemoryLayout<Int32>.stride + 512 }

    @inline(__always)
    func server(at position: Int) -> Int { Int(servers[position]) }

    /// The position of a server; `nil` where it is no candidate.
    @inline(__always)
    func position(of server: Int) -> Int? {
        var place = hash(server)
        while places[place] >= 0 {
            let position = Int(places[place])
            if Int(servers[position]) == server { return position }
            place = (place + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private func hash(_ server: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: server) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }
}
