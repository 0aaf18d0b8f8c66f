import SpaneEvaluation
import SpaneScheduling
import Testing

/// The servers that 24 windows of the real trace need; the figures were worked out by another program.
@Suite(.enabled(if: Reference.isPresent, Reference.absence)) struct PublishedServersTests {
    @Test(arguments: [(3_000, "15.17", "16.33", "16.38"), (10_000, "26.54", "28.67", "28.96")])
    func windows(length: Int, bound: String, firstFit: String, balanceFit: String) throws {
        let trace = try Reference.trace.get()
        let scenario = try Scenario(trace, on: Fleet(servers: 1))
        let starts = try Starts.windows(24, length: length, in: trace)
        let bounds = try starts.map { try scenario.serverBound(start: $0, length: length) }
        #expect(mean(bounds) == bound)
        for (heuristic, expected) in [(Heuristic.firstFit, firstFit), (.balanceFit, balanceFit)] {
            let needed = try zip(starts, bounds).map { start, bound in
                try ServersNeeded.count(
                    of: .heuristic(heuristic),
                    on: scenario,
                    start: start,
                    length: length,
                    from: bound
                )
            }
            #expect(mean(needed) == expected)
        }
    }

    /// With two digits.
    private func mean(_ counts: [Int]) -> String {
        let hundredths = (100 * counts.reduce(0, +) + counts.count / 2) / counts.count
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
    }
}
