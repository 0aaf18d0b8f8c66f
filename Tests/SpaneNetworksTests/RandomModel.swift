import SpaneNetworks
import SpaneScheduling

/// Random networks of many shapes, with biases that are not zero.
enum RandomModel {
    /// Every set of aggregators, some in another order than the customary one.
    static let aggregatorSets: [[Aggregator]] = [
        [.mean], [.max], [.std], [.mean, .max], [.std, .mean], [.max, .std], [.mean, .max, .std],
    ]

    /// Widths and depths of server, value and advantage layers; few of the widths fill whole vectors.
    static let shapes: [[(width: Int, depth: Int)]] = [
        [(8, 1), (8, 1), (16, 1)], [(3, 1), (5, 2), (7, 1)], [(12, 2), (1, 1), (9, 2)], [(1, 4), (17, 4), (2, 3)],
        [(33, 2), (6, 3), (19, 2)], [(5, 3), (4, 2), (10, 4)],
    ]

    static func spane(
        _ shape: [(width: Int, depth: Int)],
        _ aggregators: [Aggregator],
        _ generator: inout Xoshiro256StarStar
    ) throws -> Model {
        let layers = try shape.map { try LayerShape(width: $0.width, depth: $0.depth) }
        let architecture = try SpaneArchitecture(
            server: layers[0],
            value: layers[1],
            advantage: layers[2],
            aggregators: aggregators
        )
        return try make(.spane(architecture), &generator)
    }

    static func make(_ architecture: Architecture, _ generator: inout Xoshiro256StarStar) throws -> Model {
        let model = try Model(architecture: architecture, generator: &generator)
        let tensors = model.tensors.map { tensor in
            guard tensor.shape.dimensions.count == 1 else { return tensor }
            return Tensor(shape: tensor.shape, values: tensor.values.map { _ in Float(generator.uniform() - 0.4) })
        }
        return try Model(architecture: architecture, normalisation: .published, tensors: tensors)
    }

    /// A network whose every parameter is zero: all scores tie.
    static func zero(_ architecture: Architecture) throws -> Model {
        let tensors = architecture.tensorShapes.map { shape in
            Tensor(shape: shape, values: Array(repeating: 0, count: shape.count))
        }
        return try Model(architecture: architecture, normalisation: .published, tensors: tensors)
    }

    static func request(_ generator: inout Xoshiro256StarStar) -> Request {
        Request(
            cpu: Double(1 + generator.below(30)),
            mem: Double(1 + generator.below(60)) / 1.5,
            isSplit: generator.below(2) == 0
        )
    }
}

extension ScoringPolicy {
    /// Q of every action.
    func scores(_ request: Request, _ cluster: borrowing ClusterState) -> [Float] {
        var scores = [Float](repeating: .nan, count: cluster.actionCount)
        var span = scores.mutableSpan
        writeScores(for: request, on: cluster, into: &span)
        return scores
    }
}
