internal import SpaneBuffers
internal import SpaneScheduling

/// Numbers for what the scores of a server depend on beside the server, as short keys of caches.
struct SituationNumbers: ~Copyable {
    private struct Situation: BitwiseCopyable, Equatable {
        // Amounts are above zero, and equal to nothing before the first request.
        var size = Resources(cpu: .nan, mem: .nan)
        var span = 0
        var level = MeanFreeCapacity()
    }

    // Situations told apart at once; a power of two.
    private static let limit = 4096

    /// The bytes that it takes.
    static let bytes = limit * (MemoryLayout<Situation>.stride + MemoryLayout<Int64>.stride)

    private let situations = FlatBuffer(repeating: Situation(), count: limit)
    private let generations = FlatBuffer<Int64>(repeating: 0, count: limit)

    /// A number for the request at a level of the cluster, 0 ... 2⁵⁶, to be used until the next call. Requests of the same size
    /// over other numbers of nodes differ.
    func number(of request: Request, at level: MeanFreeCapacity) -> Int64 {
        let size = Resources(cpu: request.cpu, mem: request.mem)
        let situation = Situation(size: size, span: request.span, level: level)
        let seed = level.bits ^ UInt64(truncatingIfNeeded: request.span) << 56
        let place = Int(truncatingIfNeeded: ScoreCache.hash(size, seed)) & (Self.limit - 1)
        if situations[place] != situation {
            situations[place] = situation
            // Entries of the situation that was here are never found again.
            generations[place] &+= 1
        }
        return generations[place] &* Int64(Self.limit) &+ Int64(place)
    }
}
