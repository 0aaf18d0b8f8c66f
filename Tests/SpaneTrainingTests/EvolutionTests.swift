import SpaneEvaluation
import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneTraining
import Testing

@Suite struct EvolutionTests {
    private static func source(servers: [Int] = [3]) throws -> EpisodeSource {
        var generator = Xoshiro256StarStar(seed: 31)
        let trace = try Trace(RandomTrace.vms(.fractional, count: 600, servers: 3, &generator))
        return try EpisodeSource(
            workloads: [.init(trace: trace, starts: 0..<300)],
            clusters: servers.map { try Fleet(servers: $0, node: RandomTrace.node) }
        )
    }

    private static func architectures() throws -> [Architecture] {
        let shape = try LayerShape(width: 4, depth: 1)
        return [
            .potential(PotentialArchitecture(hidden: shape)),
            .spane(try SpaneArchitecture(server: shape, value: shape, advantage: shape, aggregators: [.mean])),
        ]
    }

    private static var settings: EvolutionConfiguration {
        var configuration = EvolutionConfiguration()
        configuration.generations = 4
        configuration.population = 6
        configuration.episodes = 5
        return configuration
    }

    @Test func resultsDoNotDependOnThreads() throws {
        for architecture in try Self.architectures() {
            var models: [[Tensor]] = []
            for threads in [1, 2, 5] {
                let learner = try Evolution(
                    Self.settings,
                    architecture: architecture,
                    source: Self.source(servers: [2, 3, 3]),
                    seed: 1,
                    threads: threads
                )
                while learner.stepsDone < learner.stepsPlanned { _ = try learner.step() }
                models.append(try learner.model().tensors)
            }
            #expect(models[0] == models[1])
            #expect(models[0] == models[2])
        }
    }

    @Test func goesOnFromAKeptState() throws {
        for architecture in try Self.architectures() {
            let whole = try Evolution(Self.settings, architecture: architecture, source: Self.source(), seed: 1)
            let first = try Evolution(Self.settings, architecture: architecture, source: Self.source(), seed: 1)
            for _ in 0..<2 { _ = try first.step() }
            let second = try Evolution(Self.settings, architecture: architecture, source: Self.source(), seed: 1)
            try second.restore(first.state)
            for _ in 0..<4 { _ = try whole.step() }
            for _ in 0..<2 { _ = try second.step() }
            #expect(second.stepsDone == 4)
            #expect(try whole.model().tensors == second.model().tensors)
            #expect(whole.state == second.state)
        }
    }

    @Test func anIncompleteStateChangesNothing() throws {
        let learner = try Evolution(
            Self.settings,
            architecture: Self.architectures()[0],
            source: Self.source(),
            seed: 1
        )
        let before = learner.state
        #expect(throws: LearnerStateError("generator is missing")) { try learner.restore(LearnerState()) }
        var entries = before.entries
        entries["cmaes/sigma"] = .doubles([1, 2])
        #expect(throws: LearnerStateError("cmaes/sigma has 2 values; 1 are needed")) {
            try learner.restore(LearnerState(entries))
        }
        #expect(learner.state == before)
    }

    /// The waits of the episodes it is trained on go down.
    @Test func learns() throws {
        var configuration = Self.settings
        configuration.generations = 25
        configuration.population = 12
        configuration.episodes = 20
        configuration.startsFromRandomWeights = true
        // Made for three servers, so that on two there is a queue.
        let source = try Self.source(servers: [2])
        let trace = source.workloads[0].trace
        let plan = try EpisodePlan(
            Scenario(trace, on: source.clusters[0]),
            starts: Array(stride(from: 0, to: 300, by: 6))
        )
        func objective(_ policy: PolicySource) throws -> Double {
            let played = try Evaluation(of: policy, on: plan)
            return WaitMetric.meanLog.value(of: played.totalWaits)
        }
        var (before, after) = (0.0, 0.0)
        for seed in 1...5 as ClosedRange<UInt64> {
            let learner = try Evolution(
                configuration,
                architecture: Self.architectures()[0],
                source: source,
                seed: seed
            )
            before += try objective(.model(learner.model()))
            while learner.stepsDone < learner.stepsPlanned { _ = try learner.step() }
            after += try objective(.model(learner.model()))
        }
        #expect(after < before)
    }

    /// So they do on servers with four nodes and others, in either unit.
    @Test(arguments: PotentialArchitecture.Units.allCases)
    func learnsOnFleets(units: PotentialArchitecture.Units) throws {
        let layout = try Layout(nodes: 4)
        let fleet = try Fleet(
            layout: layout,
            types: [
                ServerType(equalNodes: 4, of: Resources(cpu: 4, mem: 12)),
                ServerType(nodes: [[8, 16], [6, 32], [2, 16]]),
            ],
            typeOfServer: [0, 1]
        )
        var generator = Xoshiro256StarStar(seed: 32)
        let vms = RandomTrace.vms(.fractional, count: 600, servers: 3, &generator).map { vm in
            VirtualMachine(
                id: vm.id,
                cpu: vm.cpu,
                mem: vm.mem,
                arrival: vm.arrival,
                lifetime: vm.lifetime,
                span: vm.mem > 12 ? 2 : vm.cpu > 3 ? 4 : 1
            )
        }
        let trace = try Trace(vms)
        let source = try EpisodeSource(workloads: [.init(trace: trace, starts: 0..<300)], clusters: [fleet])
        let plan = try EpisodePlan(Scenario(trace, on: fleet), starts: Array(stride(from: 0, to: 300, by: 10)))
        func objective(_ model: Model) throws -> Double {
            let played = try Evaluation(of: .model(model), on: plan)
            return WaitMetric.meanLog.value(of: played.totalWaits)
        }
        var configuration = Self.settings
        configuration.generations = 12
        configuration.population = 12
        configuration.episodes = 12
        configuration.startsFromRandomWeights = true
        let architecture = PotentialArchitecture(hidden: try LayerShape(width: 4, depth: 1), units: units)
        var (before, after) = (0.0, 0.0)
        for seed in 1...3 as ClosedRange<UInt64> {
            let learner = try Evolution(
                configuration,
                architecture: .potential(architecture),
                normalisation: Normalisation(cpu: 8, mem: 32),
                source: source,
                seed: seed
            )
            before += try objective(learner.model())
            while learner.stepsDone < learner.stepsPlanned { _ = try learner.step() }
            after += try objective(learner.model())
        }
        #expect(after < before)
        #expect {
            try DQN(DQNConfiguration(), architecture: .spane(.published()), source: source, seed: 1)
        } throws: {
            "\($0)"
                == "algorithm is \"dqn\", which needs servers with two NUMA nodes; these have 3 to 4; \"evolution\" trains a "
                + "\"potential\" on any"
        }
    }

    @Test(arguments: [
        ("generations", 0), ("population", 3), ("population", 5), ("population", 5000), ("episodes", 0),
        ("episodes", 100_001),
    ])
    func impossibleConfigurationsAreRefused(key: String, value: Int) throws {
        var configuration = EvolutionConfiguration()
        switch key {
        case "generations": configuration.generations = value
        case "population": configuration.population = value
        default: configuration.episodes = value
        }
        let error = try #require(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error.key == key)
        #expect(error.description.contains("\(key) is \(value); it must be"))
    }

    @Test(arguments: [0, -1, .nan, .infinity])
    func impossibleSigmasAreRefused(sigma: Double) throws {
        var configuration = EvolutionConfiguration()
        configuration.sigma = sigma
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
    }
}
