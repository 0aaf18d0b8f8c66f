internal import SpaneScheduling

/// Episodes of the published length: First Fit until the first VM that has to wait, and 40 VMs more.
struct Episodes {
    let starts: [Int32]
    let lengths: [Int32]

    /// VMs after the first that waits.
    private static let extraVMs = 40

    /// At most `count` episodes whose starts are evenly spread over the trace.
    init(_ count: Int, of trace: Trace, servers: Int) throws {
        var environment = try Environment(trace: trace, fleet: Fleet(servers: servers))
        var firstFit = FirstFit()
        var starts: [Int32] = []
        var lengths: [Int32] = []
        for episode in 0..<count {
            let start = episode * (trace.count - 1) / count
            try environment.reset(start: start, until: .exceed(1))
            try environment.finish(with: &firstFit)
            let length = environment.placedCount + Self.extraVMs
            guard start + length < trace.count - 1 else { break }
            starts.append(Int32(start))
            lengths.append(Int32(length))
        }
        guard !starts.isEmpty else { throw BenchmarkError("the trace is too short for an episode") }
        self.starts = starts
        self.lengths = lengths
    }

    private init(starts: [Int32], lengths: [Int32]) {
        self.starts = starts
        self.lengths = lengths
    }

    var count: Int { starts.count }

    /// The VMs of all episodes.
    var vmCount: Int { lengths.reduce(0) { $0 + Int($1) } }

    func prefix(_ count: Int) -> Episodes {
        Episodes(starts: Array(starts.prefix(count)), lengths: Array(lengths.prefix(count)))
    }

    /// Plays all episodes; the sum of their total waits.
    func play(_ environment: inout Environment, _ policy: inout some Policy) throws -> Double {
        var total = 0.0
        for episode in 0..<count {
            try environment.reset(start: Int(starts[episode]), until: .length(Int(lengths[episode])))
            try environment.finish(with: &policy)
            total += environment.totalWait
        }
        return total
    }
}
