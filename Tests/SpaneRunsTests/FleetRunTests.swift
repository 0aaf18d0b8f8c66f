import SpaneNetworks
import SpaneRuns
import SpaneScheduling
import SpaneSettings
import SpaneStorage
import SpaneTestSupport
import SpaneTraining
import Testing

/// Training and validation on the servers of a fleet file.
@Suite struct FleetRunTests {
    private let samples: Samples
    private var folder: TemporaryFolder { samples.folder }
    private let fleet: String

    init() throws {
        samples = try Samples()
        fleet = try samples.folder.write(Self.text(cpu: 6), to: "fleet.toml")
    }

    private static func text(cpu: Int) -> String {
        """
        split_above = 10
        [[server]]
        name = "four"
        nodes = 4
        cpu = 4
        mem = 12
        [[server]]
        name = "three"
        nodes = [{ cpu = \(cpu), mem = 24 }, { cpu = 4, mem = 16 }, { cpu = 0, mem = 8 }]
        """
    }

    private func parse(_ text: String) throws -> RunConfiguration {
        try RunConfiguration.parse(text, file: "train.toml", registry: .standard)
    }

    private func configuration(data: String = "", validation: String = "", network: String = "") throws
        -> RunConfiguration
    {
        try parse(
            """
            [run]
            preset = "potential"
            threads = 1
            checkpoint_seconds = 0
            [data]
            fleet = "\(fleet)"
            traces = [{ file = "\(folder.file("trace.h5"))", starts = "0..<300" }]
            \(data)
            [validation]
            starts = "300..<450:4:1"
            every = 2
            \(validation)
            [network]
            hidden_width = 3
            \(network)
            [learner]
            generations = 3
            population = 4
            episodes = 2
            """
        )
    }

    @Test(arguments: ["", "units = \"own-node\""])
    func aRun(network: String) throws {
        let configuration = try configuration(network: network)
        try samples.run(configuration, in: "run")
        let model = try WeightsFile.read(folder.file("run/best.h5")).model
        // The most that any node has.
        #expect(try model.normalisation == Normalisation(cpu: 6, mem: 24))
        guard case .potential(let potential) = model.architecture else {
            Issue.record("it is no potential")
            return
        }
        #expect(potential.units == (network.isEmpty ? .trainedNode : .ownNode))
        // What is printed is read again, and is the same run.
        let again = try parse(folder.text("run/config.toml"))
        #expect(again.text == configuration.text)
        #expect(again.identity == configuration.identity)
        #expect(try samples.open(again, in: "run").isComplete)
    }

    /// With moves a network learns from other episodes, and is validated on others.
    @Test func aRunWithMoves() throws {
        let text = "moves = 3\nmove_budget = 50\nmove_price = 1\nmove_seconds_per_gb = 0.5"
        let configuration = try configuration(data: text)
        let limits = MoveLimits(moves: 3, budget: 50, prices: MovePrices(move: 1), secondsPerGB: 0.5)
        #expect(try TrainingData(configuration, file: "train.toml").moves == limits)
        try samples.run(configuration, in: "run")
        try samples.run(self.configuration(), in: "plain")
        #expect(try folder.read("run/best.h5") != folder.read("plain/best.h5"))
        for line in text.split(separator: "\n") { #expect(try folder.text("run/config.toml").contains(line)) }
        let again = try parse(folder.text("run/config.toml"))
        #expect(again.identity == configuration.identity && configuration.identity.contains("data.moves = 3"))
        #expect(try samples.open(again, in: "run").isComplete)
        // Another price is another run.
        let other = try self.configuration(data: text.replacing("move_price = 1", with: "move_price = 2"))
        #expect(throws: StorageError.self) { try samples.open(other, in: "run") }
    }

    /// A fleet is known by its content: it may be moved, and another one is another run.
    @Test func theContentOfTheFleetCounts() throws {
        let configuration = try configuration()
        try samples.run(configuration, in: "run", mustStop: { true })
        var moved = configuration
        moved.data.fleet = try folder.write(Self.text(cpu: 6), to: "moved.toml")
        _ = try samples.open(moved, in: "run")
        moved.data.fleet = try folder.write(Self.text(cpu: 7), to: "moved.toml")
        let error = #expect(throws: StorageError.self) { try samples.open(moved, in: "run") }
        #expect(error?.description.contains("is of a run with another data.fleet: its SHA-256 is") == true)
        var equal = configuration
        equal.data.fleet = ""
        #expect(equal.identity.contains("data.servers") && !configuration.identity.contains("data.servers"))
        #expect(configuration.identity.contains("data.fleet"))
    }

    @Test func validationHasServersOfItsOwn() throws {
        let other = try folder.write(
            "split_above = 10\n[[server]]\nname = \"a\"\ncount = 3\nnodes = 2\ncpu = 8\nmem = 24\n",
            to: "other.toml"
        )
        func clusters(_ configuration: RunConfiguration) throws -> ([Int], [Int]) {
            let data = try TrainingData(configuration, file: "train.toml")
            return (data.source.clusters.map(\.serverCount), data.validationClusters.map(\.serverCount))
        }
        #expect(try clusters(configuration()) == ([2], [2]))
        let both = try configuration(validation: "fleet = \"\(other)\"")
        #expect(try clusters(both) == ([2], [3]))
        let keys = try TrainingData(both, file: "train.toml").inputs.map(\.key)
        #expect(keys.suffix(2) == ["data.fleet", "validation.fleet"])
        var one = samples.configuration()
        one.validation.fleet = other
        #expect(try clusters(one) == ([2], [3]))
        #expect(try TrainingData(one, file: "train.toml").normalisation == Normalisation(cpu: 8, mem: 24))
    }

    /// Runs from before there were fleets and units are the same runs.
    @Test func whatIsNotGivenIsNotInTheIdentity() throws {
        let identity = try parse("[run]\npreset = \"potential\"").identity
        #expect(!identity.contains("fleet") && !identity.contains("units"))
        let other = try parse("[run]\npreset = \"potential\"\n[network]\nunits = \"own-node\"").identity
        #expect(other.contains("network.units = \"own-node\""))
    }

    @Test func refusals() throws {
        func refuses(_ text: String, _ message: String) {
            let error = #expect(throws: SettingsError.self) { try parse(text) }
            #expect(error?.description == "train.toml: \(message)")
        }
        refuses(
            "[data]\nfleet = \"a.toml\"\nservers = [5]",
            "data.servers is unknown; [data] with a fleet has traces, fleet, moves, move_seconds_per_gb, move_price, move_budget, mixes, mix_strength"
        )
        refuses(
            "[data]\nfleet = \"a.toml\"\n[validation]\nservers = [5]",
            "validation.servers is unknown; [validation] with a fleet has trace, starts, fleet, first, every, patience, "
                + "metric, combination"
        )
        refuses("[data]\nfleet = 5", "data.fleet is 5; it must be a text")
        refuses(
            "[run]\npreset = \"potential\"\n[network]\nunits = \"gb\"",
            "network.units is \"gb\"; it must be \"trained-node\" or \"own-node\""
        )
        var missing = try configuration()
        missing.data.fleet = "nowhere.toml"
        #expect(throws: StorageError.self) { try TrainingData(missing, file: "train.toml") }
        // Other networks and learners need two nodes, and say so before the first step.
        for (preset, message) in [
            ("published", "algorithm is \"dqn\", which needs servers with two NUMA nodes; these have 3 to 4"),
            ("potential", "the network is made for servers with two NUMA nodes; these have 3 to 4"),
        ] {
            let text = """
                [run]
                preset = "\(preset)"
                [data]
                fleet = "\(fleet)"
                traces = [{ file = "\(folder.file("trace.h5"))", starts = "0..<300" }]
                [validation]
                starts = "300..<450:4:1"
                [network]
                architecture = "spane"
                """
            let error = #expect(throws: (any Error).self) { try samples.open(parse(text), in: preset) }
            #expect(error.map { "\($0)" }?.hasPrefix(message) == true)
        }
    }
}
