import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Sessions give the Q values of the naive network.
@Suite struct ForwardTests {
    @Test(arguments: [1, 2, 5, 8, 9, 20, 100], RandomModel.aggregatorSets)
    func spane(servers: Int, aggregators: [Aggregator]) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers))
        for shape in RandomModel.shapes {
            let model = try RandomModel.spane(shape, aggregators, &generator)
            try ScoreChecks.equalsTheNaiveNetwork(model, servers: servers, within: 1e-5, &generator)
        }
    }

    /// In wide and deep networks the grid of the mean advantage is coarse. It moves all actions alike, which changes
    /// no decision; their differences are as exact as ever.
    @Test(arguments: [1, 2, 9, 20], RandomModel.aggregatorSets)
    func wideAndDeep(servers: Int, aggregators: [Aggregator]) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers))
        let fleet = try Fleet(servers: servers)
        let model = try RandomModel.spane([(33, 4), (6, 3), (19, 4)], aggregators, &generator)
        let session = try model.makeSession(for: fleet)
        var cluster = ClusterState(fleet)
        for _ in 0..<10 {
            cluster.fillAtRandom(steps: 45, &generator)
            let request = RandomModel.request(&generator)
            let scores = session.scores(request, cluster)
            var expected = NaiveNetwork(model).scores(request, cluster.freeOfAllNodes)
            #expect(ScoreChecks.error(scores, expected) <= 1e-4)
            let offset = Double(scores[0]) - expected.values[0]
            expected.values = expected.values.map { $0 + offset }
            #expect(ScoreChecks.error(scores, expected) <= 1e-5)
        }
    }

    @Test(arguments: [1, 2, 5, 9, 20], [(1, 1), (7, 2), (16, 1), (32, 2), (13, 4)])
    func mlp(servers: Int, shape: (Int, Int)) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers))
        let hidden = try LayerShape(width: shape.0, depth: shape.1)
        let model = try RandomModel.make(.mlp(MLPArchitecture(hidden: hidden, servers: servers)), &generator)
        try ScoreChecks.equalsTheNaiveNetwork(model, servers: servers, within: 1e-5, &generator)
    }

    /// Servers of several sizes, and inputs divided by something else than the published capacity.
    @Test func otherCapacitiesAndNormalisation() throws {
        var generator = Xoshiro256StarStar(seed: 12)
        let sizes = [(64.0, 512.0), (8, 24), (40, 90)].map { Resources(cpu: $0.0, mem: $0.1) }
        let fleet = try Fleet(nodeCapacities: sizes + sizes + sizes)
        let template = try RandomModel.spane(RandomModel.shapes[0], [.mean, .std], &generator)
        let model = try Model(
            architecture: template.architecture,
            normalisation: Normalisation(cpu: 64, mem: 500),
            tensors: template.tensors
        )
        let session = try model.makeSession(for: fleet)
        var cluster = ClusterState(fleet)
        for _ in 0..<20 {
            cluster.fillAtRandom(steps: 50, &generator)
            let request = RandomModel.request(&generator)
            let scores = session.scores(request, cluster)
            #expect(ScoreChecks.error(scores, NaiveNetwork(model).scores(request, cluster.freeOfAllNodes)) <= 1e-5)
        }
    }

    /// The deviation of one value has no unbiased estimate; here it is 0, so weights behind it do not matter.
    @Test func theDeviationOverOneServerIsZero() throws {
        var generator = Xoshiro256StarStar(seed: 4)
        let fleet = try Fleet(servers: 1)
        var cluster = ClusterState(fleet)
        cluster.fillAtRandom(steps: 7, &generator)
        let request = RandomModel.request(&generator)
        let model = try RandomModel.spane(RandomModel.shapes[0], [.std], &generator)
        let scores = try model.makeSession(for: fleet).scores(request, cluster)
        #expect(scores.allSatisfy { $0.isFinite })
        // The columns that the pooled embedding meets: 0 ..< 8 of the value, 8 ..< 16 of the advantage layer.
        let changed = model.tensors.map { tensor in
            let first = ["value_layers.0.weight": 0, "adv_layers.0.weight": 8][tensor.shape.name]
            guard let first else { return tensor }
            let width = tensor.shape.dimensions[1]
            let values = tensor.values.enumerated().map { index, value in
                (first..<first + 8).contains(index % width) ? value * 3 + 1 : value
            }
            return Tensor(shape: tensor.shape, values: values)
        }
        #expect(changed != model.tensors)
        let other = try Model(architecture: model.architecture, normalisation: .published, tensors: changed)
        let same = try other.makeSession(for: fleet).scores(request, cluster)
        #expect(same == scores)
        // At two servers they do.
        let two = try Fleet(servers: 2)
        var pair = ClusterState(two)
        pair.fillAtRandom(steps: 7, &generator)
        let one = try model.makeSession(for: two).scores(request, pair)
        let changedOne = try other.makeSession(for: two).scores(request, pair)
        #expect(changedOne != one)
    }
}
