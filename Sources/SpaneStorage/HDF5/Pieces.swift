/// A column cut into pieces, between which work tells how far it is.
struct Pieces {
    /// The values in all.
    let count: Int
    /// Those of a piece; the last one may have fewer.
    let size: Int

    /// What takes some ten milliseconds, in whole chunks, so that none is unpacked twice.
    ///
    /// - Parameter chunk: the values of a chunk; 0 without chunks.
    static func size(chunk: Int) -> Int { max(1, chunk) * max(1, 65_536 / max(1, chunk)) }

    /// Where each piece starts, and how many values it has.
    var ranges: some Sequence<(first: Int, count: Int)> {
        stride(from: 0, to: count, by: size).lazy.map { ($0, Swift.min(size, count - $0)) }
    }
}
