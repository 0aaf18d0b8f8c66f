import SpaneNetworks
import SpaneScheduling

/// A heuristic or a published model, by its name in the golden files, on a cluster of this size.
struct Player: Policy {
    private var policy: any Policy

    init(_ name: String, servers: Int) throws {
        if let heuristic = Reference.heuristics.first(where: { $0.name == name }) {
            policy = heuristic.heuristic.makePolicy()
        } else {
            policy = try GoldenFile.publishedModel(name).makeSession(for: Fleet(servers: servers))
        }
    }

    mutating func begin(start: Int, on cluster: borrowing ClusterState) { policy.begin(start: start, on: cluster) }

    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        policy.placement(for: request, on: cluster, among: servers)
    }

    mutating func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        policy.action(for: request, on: cluster)
    }

    /// Heuristics and published models.
    static let names = Reference.heuristics.map(\.name) + Reference.modelNames
}

extension Environment {
    /// The length that every experiment uses: as far as First Fit gets before something fits nowhere, and 40 more.
    mutating func episodeLength(from start: Int) throws -> Int {
        try reset(start: start, until: .exceed(1))
        var policy = FirstFit()
        try finish(with: &policy)
        return placedCount + 40
    }

    /// The total waits of whole episodes.
    mutating func totalWaits(_ starts: [Int], lengths: [Int], _ player: inout Player) throws -> [Double] {
        var waits: [Double] = []
        for (start, length) in zip(starts, lengths) {
            try reset(start: start, until: .length(length))
            try finish(with: &player)
            waits.append(totalWait)
        }
        return waits
    }
}

/// The mean of what is left when a tenth is dropped at either end.
func trimmedMean(_ values: [Double]) -> Double {
    let dropped = values.count / 10
    let kept = values.sorted().dropFirst(dropped).dropLast(dropped)
    return kept.reduce(0, +) / Double(kept.count)
}

/// Whether two numbers agree to 1e-12, relative to the larger of the second and 1.
func agrees(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) <= 1e-12 * max(1, abs(expected)) }
