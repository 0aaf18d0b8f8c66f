import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneTraining
import Testing

@Suite struct DQNTests {
    /// Small learners of every kind that go through their schedules quickly.
    static let names = ["spane", "mixed", "masked", "monte-carlo", "afterstate", "mlp", "augmented", "huber"]

    static func configuration(_ name: String) -> DQNConfiguration {
        var configuration = DQNConfiguration.published
        switch name {
        case "masked": configuration = .masked
        case "monte-carlo": configuration = .monteCarlo
        case "afterstate": configuration = .afterstate
        case "augmented":
            configuration.permutations = 3
            configuration.reward = .balance
            configuration.balanceWeight = 0.3
        case "huber":
            configuration.loss = .huber
            configuration.gradientClip = 0.01
            configuration.gradientSteps = 3
            configuration.reward = .wait
            configuration.epsilonEnd = 0.1
            configuration.epsilonSchedule = .exponential
        default: break
        }
        configuration.epochs = 40
        configuration.warmUpEpisodes = 3
        configuration.batchSize = 50
        // Wraps several times, in the middle of episodes.
        configuration.replayCapacity = 700
        configuration.nSteps = 7
        configuration.targetInterval = 4
        configuration.learningRateInterval = 6
        return configuration
    }

    static func architecture(_ name: String) throws -> Architecture {
        switch name {
        case "afterstate": try Architecture.Kind.afterstate.architecture()
        case "mlp", "augmented": try Architecture.Kind.mlp.architecture(servers: 3)
        case "huber": try Architecture.Kind.spane.architecture(["aggregators": .texts(["max", "std"])])
        default: .spane(try .published())
        }
    }

    static func learner(_ name: String, seed: UInt64 = 1) throws -> DQN {
        var generator = Xoshiro256StarStar(seed: 5)
        let trace = try Trace(RandomTrace.vms(.fractional, count: 3000, servers: 3, &generator))
        let counts = name == "mixed" || name == "afterstate" ? [3, 1, 4] : [3]
        let source = try EpisodeSource(
            workloads: [.init(trace: trace, starts: 0..<2000)],
            clusters: counts.map { try Fleet(servers: $0, node: RandomTrace.node) }
        )
        return try DQN(
            configuration(name),
            architecture: architecture(name),
            normalisation: Normalisation(cpu: Float(RandomTrace.node.cpu), mem: Float(RandomTrace.node.mem)),
            source: source,
            seed: seed
        )
    }

    @Test(arguments: names)
    func goesOnFromWhereItWasSaved(_ name: String) throws {
        let learner = try Self.learner(name)
        let blank = learner.state
        var states: [LearnerState] = []
        var metrics: [[Metric]] = []
        for _ in 0..<12 {
            states.append(learner.state)
            metrics.append(try learner.step())
        }
        #expect(learner.state != blank)
        // Another seed: everything has to come from the state.
        let other = try Self.learner(name, seed: 99)
        for start in [0, 1, 5, 11] {
            try other.restore(states[start])
            #expect(other.state == states[start])
            for epoch in start..<12 {
                let again = try other.step()
                // Values that do not exist are not numbers, which equal nothing.
                #expect(again.map(\.name) == metrics[epoch].map(\.name))
                #expect(again.map(\.value.bitPattern) == metrics[epoch].map(\.value.bitPattern), "epoch \(epoch)")
            }
            #expect(other.state == learner.state)
            #expect(other.stepsDone == 12)
        }
    }

    @Test(arguments: names)
    func followsFromTheSeed(_ name: String) throws {
        let learners = try [Self.learner(name), Self.learner(name), Self.learner(name, seed: 2)]
        for learner in learners { for _ in 0..<5 { _ = try learner.step() } }
        #expect(learners[0].state == learners[1].state)
        #expect(learners[0].state.entries["weights"] != learners[2].state.entries["weights"])
        #expect(try learners[0].model().tensors == learners[1].model().tensors)
    }

    @Test func schedulesEndWhereTheyShould() throws {
        let learner = try Self.learner("huber")
        #expect(learner.stepsPlanned == 40)
        var epsilons: [Double] = []
        var rates: [Double] = []
        for _ in 0..<40 {
            let metrics = Dictionary(uniqueKeysWithValues: try learner.step().map { ($0.name, $0.value) })
            epsilons.append(metrics["epsilon"] ?? .nan)
            rates.append(metrics["learning_rate"] ?? .nan)
        }
        #expect(epsilons[0] == 0.6)
        #expect(abs(epsilons[20] - (0.6 * 0.1).squareRoot()) < 1e-12)
        #expect(epsilons[39] > 0.1 && epsilons[39] < 0.11)
        // Three gradient steps an epoch, six to a change.
        #expect(rates[0] == 0.01 && rates[1] == 0.01)
        #expect(abs(rates[2] - 0.0099) < 1e-15)
    }

    @Test func augmentationPlaysEveryFewEpochs() throws {
        let learner = try Self.learner("augmented")
        let lengths = try (0..<7).map { _ in try learner.step().first { $0.name == "length" }?.value ?? 0 }
        #expect(lengths.map(\.isNaN) == [false, true, true, false, true, true, false])
    }

    @Test func refusesStatesOfOtherLearners() throws {
        let learner = try Self.learner("spane")
        _ = try learner.step()
        let state = learner.state
        let other = try Self.learner("mlp")
        let before = other.state
        #expect(throws: LearnerStateError.self) { try other.restore(state) }
        for name in state.entries.keys {
            var entries = state.entries
            entries[name] = nil
            #expect(throws: LearnerStateError("\(name) is missing")) { try learner.restore(LearnerState(entries)) }
        }
        var broken = state
        broken.set("replay/records", try state.floats("replay/records").map { $0 + 6 })
        #expect(throws: LearnerStateError.self) { try learner.restore(broken) }
        broken = state
        broken.set("replay/position", [3, 900])
        #expect(throws: LearnerStateError.self) { try learner.restore(broken) }
        #expect(learner.state == state)
        #expect(other.state == before)
    }

    @Test func anMLPWantsOneSize() throws {
        let trace = try Trace(
            (0..<9).map { VirtualMachine(id: $0, cpu: 1, mem: 1, arrival: Double($0), lifetime: 1) }
        )
        let source = try EpisodeSource(
            workloads: [.init(trace: trace, starts: 0..<2)],
            clusters: [Fleet(servers: 2), Fleet(servers: 3)]
        )
        let architecture = try Architecture.Kind.mlp.architecture(servers: 3)
        #expect(
            throws: ConfigurationError(
                key: "architecture",
                reason: "is \"mlp\" for 3 servers; the clusters must have as many, and one has 2"
            )
        ) {
            try DQN(Self.configuration("mlp"), architecture: architecture, source: source, seed: 1)
        }
    }

    @Test func presetsAreAllowed() throws {
        #expect(
            DQNConfiguration.presets.map(\.name) == [
                "published", "masked", "monte-carlo", "afterstate", "mlpdqn", "mlpaug",
            ]
        )
        for preset in DQNConfiguration.presets { try preset.configuration.validate(for: preset.network.architecture()) }
    }

    @Test func refusesWhatMeansNothing() throws {
        let published = Architecture.spane(try .published())
        func refuses(
            _ sentence: String,
            _ architecture: Architecture? = nil,
            _ change: (inout DQNConfiguration) -> Void
        ) {
            var configuration = DQNConfiguration.published
            change(&configuration)
            #expect {
                try configuration.validate(for: architecture ?? published)
            } throws: {
                "\($0)" == sentence
            }
        }
        refuses("batch_size is 100001; it must be at most replay_capacity, which is 100000") { $0.batchSize = 100_001 }
        refuses("n_steps is 100000; it must be below replay_capacity, which is 100000") { $0.nSteps = 100_000 }
        refuses("epsilon_end is 0.0; it must be above 0 with epsilon_schedule = \"exponential\"") {
            $0.epsilonSchedule = .exponential
        }
        refuses(
            "masks_bootstrap is false; it must be true with returns = \"n-step\" and architecture = \"afterstate\", which "
                + "only scores available actions",
            try Architecture.Kind.afterstate.architecture()
        ) { _ in }
        refuses(
            "algorithm is \"dqn\", which cannot train a \"potential\" (network.architecture)",
            try Architecture.Kind.potential.architecture()
        ) { _ in }
        refuses("learning_rate is nan; it must be a number above 0 and at most 1000") { $0.learningRate = .nan }
    }
}
