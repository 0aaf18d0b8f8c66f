import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Every Q value that the published implementation gave, for published and for random weights.
@Suite(.enabled(if: Reference.isPresent, Reference.absence)) struct QValuesTests {
    static let file = GoldenFile("q_values.h5")
    static let tolerance = 1e-5

    @Test(arguments: Reference.modelNames)
    func publishedModels(name: String) throws {
        let error = try largestError(GoldenFile.publishedModel(name), "observation", "published/" + name)
        #expect(error <= Self.tolerance)
        print("golden: \(name) differs by at most \(error) of the largest |Q|")
    }

    @Test func randomModels() throws {
        let names = try Self.file.names(in: "random")
        #expect(names.count == 10)
        for name in names {
            let group = "random/" + name
            let model = try Self.file.model(group + "/weights", Self.architecture(name))
            let error = try largestError(model, "observation", group + "/q")
            #expect(error <= Self.tolerance, "\(name)")
            print("golden: \(name) differs by at most \(error) of the largest |Q|")
            guard name.hasPrefix("mlp") == false else { continue }
            let error20 = try largestError(model, group + "/observation20", group + "/q20")
            #expect(error20 <= Self.tolerance, "\(name)")
            print("golden: \(name) at 20 servers differs by at most \(error20) of the largest |Q|")
        }
    }

    /// The largest error of any Q, relative to the largest |Q| of its row.
    private func largestError(_ model: Model, _ observations: String, _ scores: String) throws -> Double {
        let observations = try Self.file.rows(observations)
        let expected = try Self.file.rows(scores)
        let requests = try Self.file.rows("request")
        let masks = try Self.file.rows("available")
        try #require(observations.count == expected.count)
        let fleet = try Fleet(servers: observations[0].count / 4)
        let session = try model.makeSession(for: fleet)
        var cluster = ClusterState(fleet)
        var largest = 0.0
        for (index, observation) in observations.enumerated() {
            let free = (0..<cluster.actionCount).map {
                Resources(cpu: observation[2 * $0], mem: observation[2 * $0 + 1])
            }
            cluster.fill(leaving: free)
            let request = Request(
                cpu: requests[index][0],
                mem: requests[index][1],
                isSplit: requests[index][2] == 1
            )
            if cluster.serverCount == 5 {
                let mask = cluster.mask(of: request).map { Double($0) }
                try #require(mask == masks[index])
            }
            var scores = [Float](repeating: .nan, count: cluster.actionCount)
            var span = scores.mutableSpan
            session.writeScores(for: request, on: cluster, into: &span)
            let scale = expected[index].map(abs).max() ?? 0
            for (score, value) in zip(scores, expected[index]) {
                let error = abs(Double(score) - value) / scale
                // Written so that not-a-number counts as wrong.
                if !(error <= largest) { largest = error.isNaN ? .infinity : error }
            }
        }
        return largest
    }

    /// `mean_max-16x2-4x3-32x2` or `mlp-16x1`.
    private static func architecture(_ name: String) throws -> Architecture {
        let parts = name.split(separator: "-")
        let shapes = try parts.dropFirst().map { part in
            let numbers = part.split(separator: "x").compactMap { Int($0) }
            return try LayerShape(width: numbers[0], depth: numbers[1])
        }
        if parts[0] == "mlp" { return .mlp(try MLPArchitecture(hidden: shapes[0], servers: 5)) }
        let aggregators = try parts[0].split(separator: "_").map { try #require(Aggregator(rawValue: String($0))) }
        return .spane(
            try SpaneArchitecture(server: shapes[0], value: shapes[1], advantage: shapes[2], aggregators: aggregators)
        )
    }
}
