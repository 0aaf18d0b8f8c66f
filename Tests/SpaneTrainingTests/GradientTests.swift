import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneTraining
import Testing

/// Losses and gradients of the batched kernels against the formulas in double precision, whose own gradients are
/// checked by central differences.
@Suite struct GradientTests {
    /// How far a gradient in single precision may be off, relative to the largest component. A component is a sum of
    /// up to a few hundred products, each some layers deep and each rounding by up to 2^-24 of its size: a few times
    /// 2^-24 * √(terms * layers) of the largest, if they do not cancel. Observed: up to 7e-7. A standard deviation divides
    /// by the spread of its items, which magnifies their rounding; least spread have the two orders of the nodes of one
    /// server. Observed there: up to 3.2e-6.
    static func tolerance(_ name: String, servers: [Int]) -> Double {
        name.contains("std") && name.hasSuffix("after") && servers == [1] ? 1e-5 : 3e-6
    }

    @Test(arguments: Shapes.all)
    func equalDoublePrecision(_ name: String) throws {
        for isMasked in [false, true] {
            for servers in Shapes.serverCounts(name) {
                var generator = Xoshiro256StarStar(seed: 1)
                let architecture = try Shapes.architecture(name)
                let model = try RandomExperience.model(architecture, &generator)
                let experience = try RandomExperience(
                    for: architecture,
                    servers: servers,
                    length: 25,
                    steps: 5,
                    &generator
                )
                var configuration = DQNConfiguration.published
                configuration.masksBootstrap = isMasked
                configuration.loss = isMasked ? .huber : .mse
                configuration.huberDelta = 0.7
                let tolerance = Self.tolerance(name, servers: servers)
                let learner = BatchLearner(model, configuration, replay: experience.replay)
                var double = DoubleLearner(model)
                double.isMasked = isMasked
                double.huberDelta = isMasked ? 0.7 : nil
                // An order that mixes the sizes, and a number that fills no vector.
                let slots = (0..<experience.decisions.count - 3).map { $0 * 37 % experience.decisions.count }
                let (loss, gradient) = double.loss(slots.map { experience.decisions[$0] })
                let outcome = learner.learn(slots.map(Int32.init))
                #expect(abs(outcome.loss - loss) <= tolerance * loss, "\(servers)")
                let error = Self.error(learner.latestGradient, gradient)
                #expect(error <= tolerance, "\(servers)")
                let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
                #expect(abs(outcome.gradientNorm - norm) <= tolerance * norm)
            }
        }
    }

    /// (L(w + h) - L(w - h)) / 2h for every parameter.
    @Test(arguments: Shapes.small)
    func doublePrecisionEqualsDifferences(_ name: String) throws {
        var generator = Xoshiro256StarStar(seed: 2)
        let architecture = try Shapes.architecture(name)
        let model = try RandomExperience.model(architecture, &generator)
        let experience = try RandomExperience(
            for: architecture,
            servers: name.hasPrefix("mlp") ? [5] : [1, 4],
            length: 4,
            steps: 2,
            &generator
        )
        var double = DoubleLearner(model)
        let targets = experience.decisions.map { double.target($0) }
        let (_, gradient) = double.loss(experience.decisions, targets: targets, differentiating: true)
        let step = 0x1p-20
        var differences: [Double] = []
        for index in double.parameters.indices {
            let value = double.parameters[index]
            let ends = [value + step, value - step].map { moved in
                double.parameters[index] = moved
                return double.loss(experience.decisions, targets: targets, differentiating: false).loss
            }
            double.parameters[index] = value
            differences.append((ends[0] - ends[1]) / (2 * step))
        }
        let largest = gradient.map(abs).max() ?? 0
        let error = zip(differences, gradient).map { abs($0 - $1) }.max() ?? .infinity
        // The loss is rounded by 2^-53 of itself, which the division by 2h makes 2^-34; curvature adds h² = 2^-40.
        #expect(error <= 1e-7 * largest)
        #expect(largest > 0)
    }

    private static func error(_ values: [Float], _ expected: [Double]) -> Double {
        let largest = expected.map(abs).max() ?? 0
        return zip(values, expected).reduce(0) { error, pair in
            let apart = abs(Double(pair.0) - pair.1) / largest
            return apart <= error ? error : apart.isNaN ? .infinity : apart
        }
    }
}

/// Networks by name: `mean_max-16x2-4x3-32x2` is a SPANE of server, value and advantage layers, `mlp-16x1` an MLP,
/// and `-after` behind the former makes it see afterstates.
enum Shapes {
    static let small = [
        "mean-4x1-4x1-4x1", "max-4x2-4x1-5x1", "std-3x1-4x2-4x2", "std_mean_max-3x2-3x2-4x3", "mlp-6x1", "mlp-4x3",
        "mean-4x1-4x1-4x1-after", "max_std_mean-3x2-4x1-5x2-after",
    ]

    static let all =
        small + [
            "mean-8x1-8x1-16x1", "max-8x1-8x1-16x1", "std-8x1-8x1-16x1", "mean_max-16x2-4x3-32x2",
            "max_mean-4x3-7x4-9x1", "mean_std-16x1-16x1-32x1", "std_max-5x4-4x1-6x4", "mean_max_std-8x2-4x2-16x2",
            "max_std_mean-32x1-32x2-32x3", "mean-64x4-64x4-64x4", "mlp-32x2", "mlp-16x4", "mlp-64x1", "mlp-9x2",
            "mean-8x1-8x1-16x1-after", "max-8x2-4x3-9x3-after", "std-16x1-16x1-7x2-after", "mean_std-5x4-4x1-6x4-after",
        ]

    /// The server counts of the episodes to learn from together.
    static func serverCounts(_ name: String) -> [[Int]] {
        if name.hasPrefix("mlp") { return [[5, 5, 5]] }
        // Double precision takes its time on wide networks.
        return name.contains("64") ? [[2, 3]] : [[5, 5], [1], [1, 7, 3, 2, 13, 7]]
    }

    static func architecture(_ name: String, servers: Int = 5) throws -> Architecture {
        let parts = name.split(separator: "-")
        let shapes = try parts.dropFirst().compactMap { part -> LayerShape? in
            let numbers = part.split(separator: "x").compactMap { Int($0) }
            return numbers.count == 2 ? try LayerShape(width: numbers[0], depth: numbers[1]) : nil
        }
        if parts[0] == "mlp" { return .mlp(try MLPArchitecture(hidden: shapes[0], servers: servers)) }
        let spane = try SpaneArchitecture(
            server: shapes[0],
            value: shapes[1],
            advantage: shapes[2],
            aggregators: parts[0].split(separator: "_").compactMap { Aggregator(rawValue: String($0)) }
        )
        return parts.last == "after" ? .afterstate(AfterstateArchitecture(parts: spane)) : .spane(spane)
    }
}
