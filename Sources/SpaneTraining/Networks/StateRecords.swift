internal import CSpaneKernels
internal import SpaneBuffers
package import SpaneScheduling

/// States of clusters with the action taken in each: what a ``TrainableNetwork`` reads. A learner fills the slots as it likes.
///
/// A state is what the servers have left, the request at the head and what was available for it. All of a record stands
/// together, because a batch touches records all over the memory.
@safe
package final class StateRecords {
    /// The numbers of servers that a state may have.
    package let serverCounts: ClosedRange<Int>

    // [slot][fields, then the servers]; whole numbers are exact.
    let records: FlatBuffer<Float>
    /// The values of a record.
    let recordLength: Int
    // From one record to the next: whole cache lines.
    private let recordStride: Int

    /// What a record begins with.
    enum Field {
        static let serverCount = 0
        static let action = 1
        /// Two values that are the learner's own.
        static let learner = 2
        /// cpu, mem and split, as a network's inputs.
        static let request = 4
        static let count = 7
    }

    /// The inputs that describe a server: cpu and mem left on each node.
    static let valuesPerServer = 2 * NUMATopology.nodesPerServer
    /// In a record a server has one value more: bit n says whether the request fits on node n.
    static let serverLength = valuesPerServer + 1
    /// The inputs that describe a request.
    static let valuesPerRequest = 3

    private static let cacheLine = 16

    private static func recordLength(servers: Int) -> Int { Field.count + servers * serverLength }

    private static func recordStride(servers: Int) -> Int {
        (recordLength(servers: servers) + cacheLine - 1) / cacheLine * cacheLine
    }

    /// The bytes of so many records of so many servers.
    static func bytes(count: Int, servers: Int) -> Int {
        count * recordStride(servers: servers) * MemoryLayout<Float>.stride
    }

    /// - Parameter servers: the numbers of servers that a state may have.
    init(count: Int, servers: ClosedRange<Int>) {
        serverCounts = servers
        recordLength = Self.recordLength(servers: servers.upperBound)
        recordStride = Self.recordStride(servers: servers.upperBound)
        records = FlatBuffer(repeating: 0, count: count * recordStride)
    }

    // MARK: Reading

    func value(_ field: Int, in slot: Int) -> Float { records[slot * recordStride + field] }

    /// The number of servers.
    package func serverCount(in slot: Int) -> Int { Int(value(Field.serverCount, in: slot)) }

    /// The action taken.
    package func action(in slot: Int) -> Action { Action(Int(value(Field.action, in: slot))) }

    /// One of the inputs that describe the request.
    func request(_ index: Int, in slot: Int) -> Float { value(Field.request + index, in: slot) }

    func isSplit(in slot: Int) -> Bool { request(2, in: slot) != 0 }

    /// The inputs of a server.
    @unsafe
    func inputs(of server: Int, in slot: Int) -> UnsafePointer<Float> {
        unsafe UnsafePointer(records.base + slot * recordStride + Field.count + server * Self.serverLength)
    }

    /// The nodes of a server that the request fits on, as bits.
    package func available(on server: Int, in slot: Int) -> UInt8 {
        UInt8(value(Field.count + server * Self.serverLength + Self.valuesPerServer, in: slot))
    }

    /// Whether an action was available in the state of a slot.
    func isAvailable(_ action: Action, in slot: Int) -> Bool {
        available(on: action.server, in: slot) >> UInt8(action.node) & 1 != 0
    }

    /// The number of available placements in the state of a slot; both actions of a split VM on a server are one.
    func placementCount(in slot: Int) -> Int {
        let isSplit = isSplit(in: slot)
        var count = 0
        for server in 0..<serverCount(in: slot) {
            let bits = available(on: server, in: slot)
            count += isSplit ? Int(bits & 1) : bits.nonzeroBitCount
        }
        return count
    }

    /// Asks for a record to be brought near.
    @inline(__always)
    func prefetch(_ slot: Int) {
        let record = unsafe records.base + slot * recordStride
        for start in stride(from: 0, to: recordStride, by: Self.cacheLine) {
            unsafe training_prefetch(record + start)
        }
    }

    // MARK: Writing

    func set(_ field: Int, in slot: Int, _ value: Float) { records[slot * recordStride + field] = value }

    /// Records a decision of an episode, all but the learner's own values.
    ///
    /// - Parameters:
    ///   - permutation: the server of the episode that takes each place; `nil` leaves them as they are.
    ///   - places: the place that each server of the episode takes.
    func set(_ slot: Int, to episode: Trajectory, _ index: Int, permutation: [Int]?, places: [Int]?) {
        let serverCount = episode.serverCount
        let record = slot * recordStride
        let action = episode.actions[index]
        let place = places?[action.server] ?? action.server
        records[record + Field.serverCount] = Float(serverCount)
        records[record + Field.action] = Float(Action(server: place, node: action.node).index)
        for value in 0..<Self.valuesPerRequest {
            records[record + Field.request + value] = episode.requests[index * Self.valuesPerRequest + value]
        }
        for place in 0..<serverCount {
            let server = index * serverCount + (permutation?[place] ?? place)
            let to = record + Field.count + place * Self.serverLength
            for value in 0..<Self.valuesPerServer {
                records[to + value] = episode.servers[server * Self.valuesPerServer + value]
            }
            records[to + Self.valuesPerServer] = Float(episode.available[server])
        }
    }
}
