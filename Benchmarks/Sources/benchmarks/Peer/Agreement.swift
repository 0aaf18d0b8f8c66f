/// Counts decisions on the same states that both sides take alike. Sums in another order may flip a near tie.
struct Agreement {
    private var same = 0
    private var all = 0

    /// The share of decisions that must be alike.
    private static let least = 0.999

    mutating func add(same: Int, of all: Int) {
        self.same += same
        self.all += all
    }

    /// Refuses peers that do different work.
    func check(_ name: String) throws(BenchmarkError) {
        guard all > 0, Double(same) >= Self.least * Double(all) else {
            throw BenchmarkError("\(name): only \(same) of \(all) decisions are alike; the two sides differ")
        }
    }
}
