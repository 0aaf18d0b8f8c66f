internal import SpaneBuffers
internal import SpaneScheduling

/// Scores of a server's placements by what the server has left and what is asked for, as far as they were needed lately.
///
/// VM sizes come from a few flavors, so the same few thousand states come back again and again. A new entry takes the place
/// of an old one with the same hash; as a score follows from its key, nobody can tell what the cache held.
struct ScoreCache: ~Copyable {
    /// The scores of a request on the nodes of one server.
    typealias Scores = (Float, Float)

    private struct Entry: BitwiseCopyable {
        var first = Resources(cpu: .nan, mem: .nan)
        var second = Resources(cpu: .nan, mem: .nan)
        var request: Int64 = -1
        var scores: Scores = (0, 0)
    }

    // A power of two.
    private static let size = 1 << 15
    /// The bytes that it takes.
    static let bytes = size * MemoryLayout<Entry>.stride + SituationNumbers.bytes

    private let entries = FlatBuffer(repeating: Entry(), count: size)
    private let situations = SituationNumbers()

    /// See ``SituationNumbers/number(of:at:)``.
    func number(of request: Request, at level: MeanFreeCapacity) -> Int64 { situations.number(of: request, at: level) }

    /// Where the scores of such a server are kept.
    @inline(__always)
    func place(_ first: Resources, _ second: Resources, request: Int64) -> Int {
        let seed = Self.hash(first, UInt64(bitPattern: request))
        return Int(truncatingIfNeeded: Self.hash(second, seed)) & (Self.size - 1)
    }

    /// The scores at a place, if they are those of this server.
    @inline(__always)
    func scores(at place: Int, _ first: Resources, _ second: Resources, request: Int64) -> Scores? {
        let entry = entries[place]
        return entry.request == request && entry.first == first && entry.second == second ? entry.scores : nil
    }

    func store(_ scores: Scores, at place: Int, _ first: Resources, _ second: Resources, request: Int64) {
        entries[place] = Entry(first: first, second: second, request: request, scores: scores)
    }

    @inline(__always)
    static func hash(_ amount: Resources, _ seed: UInt64) -> UInt64 {
        var word = (seed ^ amount.cpu.bitPattern) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 32) ^ amount.mem.bitPattern) &* 0xD6E8_FEB8_6659_FD93
        return word ^ (word >> 32)
    }
}
