import SpaneEvaluation
import SpaneNetworks
import SpaneRuns
import SpaneStorage
import SpaneTestSupport
import SpaneTraining
import Testing

/// Runs of the DQN of `spane train`.
@Suite struct DQNRunTests {
    private let samples: Samples
    private var folder: TemporaryFolder { samples.folder }

    init() throws { samples = try Samples() }

    private func parse(_ text: String) throws -> RunConfiguration {
        try RunConfiguration.parse(text, file: "train.toml", registry: .standard)
    }

    /// A small run of a preset.
    private func configuration(_ preset: String = "published", _ learner: String = "") throws -> RunConfiguration {
        try parse(
            """
            [run]
            preset = "\(preset)"
            checkpoint_seconds = 0
            [data]
            servers = [2]
            traces = [{ file = "\(folder.file("trace.h5"))", starts = "0..<300" }]
            node_cpu = 8
            node_mem = 24
            [validation]
            starts = "300..<450:4:1"
            every = 5
            [learner]
            epochs = 12
            warm_up_episodes = 2
            batch_size = 32
            replay_capacity = 300
            n_steps = 7
            target_interval = 4
            \(learner)
            """
        )
    }

    @Test func everyPresetOfTheLearnerIsOne() throws {
        let names = LearnerRegistry.standard.presets.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(names).isSuperset(of: DQNConfiguration.presets.map(\.name) + ["potential", "mlpdqn", "mlpaug"]))
        for preset in DQNConfiguration.presets {
            let text = try parse("[run]\npreset = \"\(preset.name)\"").text
            #expect(text.contains("\nmasks_bootstrap = \(preset.configuration.masksBootstrap)\n"))
            #expect(text.contains("\nreturns = \"\(preset.configuration.returns.rawValue)\"\n"))
            #expect(text.contains("\ndiscount = \(preset.configuration.discount)\n"))
            #expect(text.contains("\narchitecture = \"\(preset.network.name)\"\n"))
        }
        let published = try parse("[run]\npreset = \"published\"")
        #expect(published.validation.every == 250)
        #expect(published.validation.patience == 4)
        #expect(published.text.contains("\nepochs = 5000\n"))
        #expect(published.text.contains("\nwarm_up_episodes = 100\n"))
        for (name, permutations) in [("mlpdqn", 1), ("mlpaug", 5)] {
            let text = try parse("[run]\npreset = \"\(name)\"").text
            #expect(text.contains("\narchitecture = \"mlp\"\n"))
            #expect(text.contains("\npermutations = \(permutations)\n"))
        }
    }

    /// What a key says reaches the learner: each of them makes another run.
    @Test func everyKeyCounts() throws {
        try samples.run(configuration(), in: "reference")
        let reference = try folder.read("reference/last.h5")
        let log = try samples.log("reference")
        for (index, line) in [
            "returns = \"monte-carlo\"", "n_steps = 3", "discount = 0.5", "masks_bootstrap = true",
            "reward = \"wait\"", "reward = \"balance\"", "epochs = 9", "warm_up_episodes = 1", "epsilon_start = 0.9",
            "epsilon_end = 0.5", "epsilon_schedule = \"exponential\"\nepsilon_end = 0.01", "epsilon_epochs = 3",
            "permutations = 2", "gradient_steps = 2", "replay_capacity = 40", "batch_size = 16", "target_interval = 2",
            "learning_rate = 0.1", "learning_rate_factor = 0.5\nlearning_rate_interval = 2", "weight_decay = 0.5",
            "loss = \"huber\"", "loss = \"huber\"\nhuber_delta = 0.1", "gradient_clip = 0.01",
        ].enumerated() {
            let keys = Set(line.split(separator: "\n").map { $0.prefix { $0 != " " } })
            let base = try configuration().text.split(separator: "\n").filter { entry in
                !keys.contains(entry.prefix { $0 != " " })
            }
            let changed = try parse(base.joined(separator: "\n") + "\n" + line)
            try samples.run(changed, in: "other-\(index)")
            let isSame = try folder.read("other-\(index)/last.h5") == reference
            let isLoggedTheSame = try samples.log("other-\(index)").dropFirst() == log.dropFirst()
            #expect(!isSame && !isLoggedTheSame, "\(line)")
        }
    }

    @Test(arguments: ["published", "masked", "monte-carlo", "mlpdqn", "mlpaug"], [2, 3, 9])
    func aRunThatIsStopped(preset: String, afterQuestions limit: Int) throws {
        let configuration = try configuration(preset)
        try samples.run(configuration, in: "whole")
        var sessions = 0
        while true {
            let questions = Questions(limit: limit + sessions)
            let outcome = try samples.run(configuration, in: "parts") { questions.isEnough }
            sessions += 1
            if outcome == .finished { break }
        }
        #expect(sessions > 1)
        for file in ["best.h5", "last.h5"] {
            #expect(try folder.read("parts/\(file)") == folder.read("whole/\(file)"))
        }
        #expect(try samples.log("parts") == samples.log("whole"))
    }

    @Test func theNetworkIsThatOfTheConfiguration() throws {
        var configuration = try configuration()
        configuration.network["server_width"] = .integer(3)
        configuration.network["aggregators"] = .texts(["max", "std"])
        try samples.run(configuration, in: "run")
        let architecture = try WeightsFile.read(folder.file("run/last.h5")).model.architecture
        #expect(try architecture == configuration.network.architecture(servers: 2))
        guard case .spane(let network) = architecture else {
            Issue.record("it is no SPANE")
            return
        }
        #expect(network.server.width == 3)
        #expect(network.aggregators == [.max, .std])
    }
}
