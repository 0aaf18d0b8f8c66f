/// The same work done by both sides. Each side prepares outside the clock and returns the time of the work alone.
protocol Contest: ~Copyable {
    func runLibrary() throws -> Duration
    func runPeer() throws -> Duration
}

/// The median seconds of both sides.
struct Medians {
    let library: Double
    let peer: Double

    /// Runs both sides once to warm up, then in turn.
    init(_ contest: borrowing some Contest & ~Copyable, repetitions: Int) throws {
        _ = try contest.runLibrary()
        _ = try contest.runPeer()
        var library: [Double] = []
        var peer: [Double] = []
        for _ in 0..<repetitions {
            library.append(try contest.runLibrary() / .seconds(1))
            peer.append(try contest.runPeer() / .seconds(1))
        }
        self.library = Self.median(library)
        self.peer = Self.median(peer)
    }

    static func median(_ values: [Double]) -> Double {
        let ascending = values.sorted()
        let middle = ascending.count / 2
        return ascending.count % 2 == 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2
    }
}
