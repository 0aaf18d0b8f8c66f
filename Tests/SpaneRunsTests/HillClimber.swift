import SpaneEvaluation
import SpaneNetworks
import SpaneRuns
import SpaneScheduling
import SpaneSettings
import SpaneTraining

/// A small learner: weights are changed at random, and kept when the waits of a few episodes get shorter.
final class HillClimber: Learner {
    private let settings: HillClimberSettings
    private let parts: LearnerParts
    private var weights: [Float]
    private var generator: Xoshiro256StarStar
    private(set) var stepsDone = 0
    var stepsPlanned: Int { settings.steps }

    init(_ settings: HillClimberSettings, _ parts: LearnerParts) throws {
        self.settings = settings
        self.parts = parts
        generator = Xoshiro256StarStar(seed: parts.seed)
        weights = (0..<(try parts.architecture.parameterCount)).map { _ in 0 }
        for index in weights.indices { weights[index] = Float(generator.normal()) }
    }

    func step() throws -> [Metric] {
        try settings.beforeStep(stepsDone)
        let stage = EnvironmentPool(parts.source)
        let episodes = try (0..<settings.episodes).map { _ in try stage.draw(using: &generator) }
        let candidate = weights.map { $0 + Float(settings.strength * generator.normal()) }
        let models = [try model(weights), try model(candidate)]
        let source = parts.source
        let waits = try parallelMap(
            count: models.count,
            threads: parts.threads,
            makeState: { EnvironmentPool(source) },
            { stage, index in try Self.wait(of: models[index], in: episodes, on: stage) }
        )
        if waits[1] <= waits[0], !settings.isStubborn { weights = candidate }
        stepsDone += 1
        return [
            Metric("wait", waits[0]), Metric("wait_of_candidate", waits[1]),
            // Exists in every other step only.
            Metric("gain", stepsDone.isMultiple(of: 2) ? waits[0] - waits[1] : .nan),
        ]
    }

    private static func wait(
        of model: Model,
        in episodes: [TrainingEpisode],
        on stage: EnvironmentPool
    ) throws -> Double {
        try episodes.reduce(0) { sum, episode in
            try stage.begin(episode).withEnvironment { environment in
                var policy: any Policy = try model.makeSession(on: environment.cluster)
                try environment.finish(with: &policy)
                return sum + environment.totalWait
            }
        }
    }

    func model() throws -> Model { try model(weights) }

    private func model(_ weights: [Float]) throws -> Model {
        try Model(architecture: parts.architecture, normalisation: parts.normalisation, parameters: weights)
    }

    var state: LearnerState {
        var state = LearnerState()
        state.set("network/weights", weights)
        state.set("network/deep/empty", [Double]())
        state.set("steps", [stepsDone])
        state.set("generator", generator)
        return state
    }

    func restore(_ state: LearnerState) throws {
        let weights = try state.floats("network/weights", count: weights.count)
        let steps = try state.integers("steps", count: 1)[0]
        generator = try state.generator("generator")
        self.weights = weights
        stepsDone = steps
    }
}

/// `[learner]` with `algorithm = "hill-climber"`.
struct HillClimberSettings: LearnerSettings {
    static let algorithm = "hill-climber"

    var steps = 12
    var episodes = 2
    var strength = 0.3
    var isStubborn = false
    /// Told the steps done before each; its error is that of the step.
    var beforeStep: @Sendable (Int) throws -> Void = { _ in }

    static var keys: [Setting<HillClimberSettings>] {
        [
            .integer("steps", \.steps, 1...1000, "Steps."),
            .integer("episodes", \.episodes, 1...1000, "Episodes of a step."),
            .number("strength", \.strength, .positive(upTo: 10), "How much weights change."),
            .flag("stubborn", \.isStubborn, "Whether nothing is ever kept."),
        ]
    }

    func contradiction(with network: NetworkSettings) -> String? {
        episodes > 500 && steps > 500 ? "episodes is \(episodes); that takes too long" : nil
    }

    func makeLearner(_ parts: LearnerParts) throws -> any Learner { try HillClimber(self, parts) }
}

extension LearnerRegistry {
    static let test = LearnerRegistry(
        algorithms: [HillClimberSettings.self],
        presets: [
            Preset("small", learner: HillClimberSettings()) { configuration in
                configuration.data.servers = [2]
                configuration.data.nodeCPU = 8
                configuration.data.nodeMem = 24
                configuration.run.threads = 1
                configuration.validation.every = 4
                configuration.validation.patience = 0
            },
            Preset("wide", learner: HillClimberSettings()) { $0.network["server_width"] = .integer(16) },
        ]
    )
}
