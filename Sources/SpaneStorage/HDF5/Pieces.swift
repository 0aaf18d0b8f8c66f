/// A column cut into pieces, between which work tells how far it is.
struct Pieces {
    /// The values in all.
    let count: Int
    /// Those of a piece; the last one may have fewer.
    let size: Int

    /// Where each piece starts, and how many values it has.
    var ranges: some Sequence<(first: Int, count: Int)> {
        stride(from: 0, to: count, by: size).lazy.map { ($0, Swift.min(size, count - $0)) }
    }
}
