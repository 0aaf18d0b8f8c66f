internal import SpaneBuffers

/// Some servers that a ``ServerRule`` is asked about at once, and its answers.
@safe
package final class ServerBatch {
    /// The score of a server without room.
    package static let noRoom = -Double.infinity
    /// The most servers of a batch.
    package static let limit = 256

    /// The number of servers.
    package private(set) var count = 0

    private let servers = FlatBuffer<Int32>(repeating: 0, count: limit)
    // Whatever the one who asks wants to know again.
    private let positions = FlatBuffer<Int32>(repeating: 0, count: limit)
    private let scores = FlatBuffer<Double>(repeating: noRoom, count: limit)
    private let nodes = FlatBuffer<UInt8>(repeating: 0, count: limit)

    var isFull: Bool { count == Self.limit }

    /// Begins a new batch.
    func removeAll() { count = 0 }

    @inline(__always)
    func append(_ server: Int, position: Int = 0) {
        servers[count] = Int32(truncatingIfNeeded: server)
        positions[count] = Int32(truncatingIfNeeded: position)
        count += 1
    }

    /// The server at an index.
    package func server(_ index: Int) -> Int { Int(servers[index]) }

    /// Answers for the server at an index.
    package func set(_ index: Int, score: Double, nodes set: NodeSet) {
        scores[index] = score
        nodes[index] = set.rawValue
    }

    /// Calls `body` with every server and its answer.
    @inline(__always)
    func forEach(_ body: (_ server: Int, _ position: Int, _ score: Double, _ nodes: NodeSet) -> Void) {
        for index in 0..<count {
            body(Int(servers[index]), Int(positions[index]), scores[index], NodeSet(rawValue: nodes[index]))
        }
    }
}
