import SpaneNetworks
import SpaneRuns
import SpaneSettings
import SpaneStorage
import SpaneTestSupport
import Testing

/// Configurations as text.
@Suite struct ConfigurationTests {
    private func parse(_ text: String) throws -> RunConfiguration {
        try RunConfiguration.parse(text, file: "train.toml", registry: .test)
    }

    private func refuses(_ text: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        do {
            _ = try parse(text)
            Issue.record("\(text) was taken", sourceLocation: sourceLocation)
        } catch {
            #expect("\(error)" == "train.toml: " + message, sourceLocation: sourceLocation)
        }
    }

    @Test func nothingGivenIsTheFirstPreset() throws {
        let configuration = try parse("")
        #expect(configuration.run.preset == "small")
        #expect(configuration.data.servers == [2])
        #expect(try parse("[run]\npreset = \"wide\"").network["server_width"] == .integer(16))
        #expect(
            try parse("[run]\npreset = \"wide\"\n[network]\nserver_width = 4").network["server_width"] == .integer(4)
        )
    }

    @Test func everyKeyIsPrintedAndReadAgain() throws {
        let text = try parse(
            """
            [run]
            seed = 7
            threads = 3
            log_every = 2
            checkpoint_seconds = 0.5
            keep_validated = true
            [data]
            traces = [{ file = "a \\"b\\"\\\\.h5", starts = "1..<9", weight = 3 }, { file = "c.csv" }]
            servers = [2, 3, 3]
            node_cpu = 64
            node_mem = 128.5
            split_above = 0
            mixes = 2
            mix_strength = 1
            [validation]
            trace = "d.h5"
            starts = "starts.txt"
            servers = [4]
            first = 0
            every = 9
            patience = 3
            metric = "mean-log"
            combination = "ratio-to-first-fit"
            [network]
            architecture = "spane"
            server_width = 1
            server_depth = 2
            value_width = 3
            value_depth = 4
            advantage_width = 5
            advantage_depth = 6
            aggregators = ["std", "max"]
            [learner]
            algorithm = "hill-climber"
            steps = 1
            episodes = 2
            strength = 3e-8
            stubborn = true
            """
        ).text
        let again = try parse(text)
        #expect(again.text == text)
        for line in [
            "seed = 7", "threads = 3", "log_every = 2", "checkpoint_seconds = 0.5", "keep_validated = true",
            "    { file = \"a \\\"b\\\"\\\\.h5\", starts = \"1..<9\", weight = 3 },",
            "    { file = \"c.csv\", starts = \"0..<50000\", weight = 1 },", "servers = [2, 3, 3]", "node_cpu = 64.0",
            "node_mem = 128.5", "split_above = 0.0", "mixes = 2", "mix_strength = 1.0", "trace = \"d.h5\"",
            "starts = \"starts.txt\"", "servers = [4]", "first = 0", "every = 9", "patience = 3",
            "metric = \"mean-log\"", "combination = \"ratio-to-first-fit\"", "server_width = 1", "advantage_depth = 6",
            "aggregators = [\"std\", \"max\"]", "steps = 1", "episodes = 2", "strength = 3e-08", "stubborn = true",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
        // Every key has a comment.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (previous, line) in zip(lines, lines.dropFirst()) where line.contains(" = ") && !line.hasPrefix(" ") {
            #expect(previous.hasPrefix("# ") || line.hasPrefix("#"), "\(line)")
        }
    }

    @Test func presetsOfTheCommand() throws {
        for preset in LearnerRegistry.standard.presets {
            let text = RunConfiguration(preset: preset, of: .standard).text
            let again = try RunConfiguration.parse(text, file: "printed.toml", registry: .standard)
            #expect(again.text == text)
            #expect(again.run.preset == preset.name)
        }
    }

    @Test func tablesInEitherForm() throws {
        let inline = try parse("[data]\ntraces = [{ file = \"a\", weight = 2 }, { file = \"b\" }]")
        let blocks = try parse("[[data.traces]]\nfile = \"a\"\nweight = 2\n[[data.traces]]\nfile = \"b\"")
        #expect(inline.text == blocks.text)
    }

    @Test func anotherArchitectureHasOtherKeys() throws {
        let configuration = try parse("[network]\narchitecture = \"mlp\"\nhidden_width = 64")
        #expect(configuration.network["hidden_width"] == .integer(64))
        #expect(configuration.text.contains("hidden_depth = 2"))
        #expect(!configuration.text.contains("server_width"))
        let potential = try parse("[network]\narchitecture = \"potential\"\ncontext = \"cluster\"")
        #expect(potential.text.contains("hidden_depth = 1"))
        let architecture = try potential.network.architecture(servers: 5)
        guard case .potential(let shape) = architecture else {
            Issue.record("it is no potential")
            return
        }
        #expect(shape.context == .cluster)
    }

    // MARK: Refusals

    @Test func valuesOutOfRange() {
        refuses("[run]\nseed = -1", "run.seed is -1; it must be a whole number from 0")
        refuses("[validation]\nevery = 0", "validation.every is 0; it must be a whole number in 1 ... 1000000000")
        refuses("[data]\nnode_cpu = 0", "data.node_cpu is 0; it must be a number above 0 and at most 4294967296")
        refuses("[data]\nnode_cpu = nan", "data.node_cpu is nan; it must be a number above 0 and at most 4294967296")
        refuses("[data]\nmix_strength = 3.5", "data.mix_strength is 3.5; it must be a number in 0 ... 3")
        refuses(
            "[data]\nservers = []",
            "data.servers is []; it must be a list of one or more whole numbers in 1 ... 524288"
        )
        refuses(
            "[validation]\nservers = [2, 0]",
            "validation.servers is [2, 0]; it must be a list of any number of whole numbers in 1 ... 524288"
        )
        refuses(
            "[network]\nserver_width = 5000",
            "network.server_width is 5000; it must be a whole number in 1 ... 4096"
        )
        refuses(
            "[network]\naggregators = [\"mean\", \"mean\"]",
            "network.aggregators is [\"mean\", \"mean\"]; it must be a list of one or more of \"mean\", \"max\" and \"std\", each once"
        )
        refuses(
            "[data]\ntraces = [{ weight = 1 }, { weight = 0 }]",
            "data.traces[1].weight is 0; it must be a whole number in 1 ... 1000000"
        )
        refuses(
            "[data]\ntraces = [{ starts = \"9..<9\" }]",
            "data.traces[0].starts is \"9..<9\"; it must be a range LO..<HI with LO below HI, such as \"0..<50000\""
        )
    }

    @Test func wrongTypes() {
        refuses("[run]\nseed = 1.5", "run.seed is 1.5; it must be a whole number from 0")
        refuses("[run]\nseed = \"1\"", "run.seed is \"1\"; it must be a whole number from 0")
        refuses("[run]\nkeep_validated = 1", "run.keep_validated is 1; it must be true or false")
        refuses("[validation]\ntrace = 2026-01-01", "validation.trace is 2026-01-01; it must be a text")
        refuses(
            "[data]\nservers = 5",
            "data.servers is 5; it must be a list of one or more whole numbers in 1 ... 524288"
        )
        refuses(
            "[data]\ntraces = [\"a.h5\"]",
            "data.traces[0] is \"a.h5\"; it must be a list of tables with file, starts and weight"
        )
        refuses(
            "[validation]\nmetric = \"median\"",
            "validation.metric is \"median\"; it must be \"trimmed-mean\" or \"trimmed-mean-15\" or \"mean-log\""
        )
        refuses("[run]\npreset = \"big\"", "run.preset is \"big\"; it must be \"small\" or \"wide\"")
        refuses("[learner]\nalgorithm = \"dqn\"", "learner.algorithm is \"dqn\"; it must be \"hill-climber\"")
    }

    @Test func unknownKeys() {
        refuses(
            "[run]\nseeds = 1",
            "run.seeds is unknown; [run] has preset, seed, threads, log_every, checkpoint_seconds, keep_validated"
        )
        refuses("seed = 1", "seed is unknown; there are [run], [data], [validation], [network], [learner]")
        refuses(
            "[training]\nseed = 1",
            "training is unknown; there are [run], [data], [validation], [network], [learner]"
        )
        refuses(
            "[learner]\nepochs = 1",
            "learner.epochs is unknown; [learner] with algorithm = \"hill-climber\" has algorithm, steps, episodes, strength, stubborn"
        )
        refuses(
            "[network]\narchitecture = \"mlp\"\nserver_width = 8",
            "network.server_width is unknown; [network] with architecture = \"mlp\" has architecture, hidden_width, hidden_depth"
        )
        refuses(
            "[data]\ntraces = [{ file = \"a\", start = \"0..<9\" }]",
            "data.traces[0] is given the key \"start\"; it must be a list of tables with file, starts and weight"
        )
    }

    @Test func valuesThatDoNotGoTogether() {
        refuses(
            "[network]\narchitecture = \"mlp\"\n[validation]\nservers = [3]",
            "network.architecture is \"mlp\", which is bound to one number of servers; data.servers and validation.servers must name a single one"
        )
        refuses("[learner]\nsteps = 600\nepisodes = 600", "learner.episodes is 600; that takes too long")
    }

    @Test func whatTheDQNDoesNotTake() {
        func refuses(_ text: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(sourceLocation: sourceLocation) {
                try RunConfiguration.parse(text, file: "train.toml", registry: .standard)
            } throws: {
                "\($0)" == "train.toml: learner." + message
            }
        }
        refuses(
            "[network]\narchitecture = \"potential\"",
            "algorithm is \"dqn\", which cannot train a \"potential\" (network.architecture)"
        )
        refuses(
            "[learner]\nbatch_size = 100\nreplay_capacity = 99",
            "batch_size is 100; it must be at most replay_capacity, which is 99"
        )
    }

    @Test func noTOML() {
        refuses(
            "[run]\nseed = 1\nseed = 2",
            "line 3, column 8: Error while parsing key-value pair: cannot redefine existing integer 'seed'"
        )
        refuses("[run", "line 1, column 5: Error while parsing table header: encountered end-of-file")
        refuses("[run]\nseed = 1 \0", "is no text: it contains a byte of zero")
    }

    @Test func files() throws {
        let samples = try Samples()
        let missing = samples.folder.file("missing.toml")
        #expect(throws: StorageError("cannot be read", path: missing, errno: 2)) {
            try RunConfiguration.read(missing, registry: .test)
        }
        let path = try samples.folder.write([0x5B, 0xFF, 0xFE], to: "latin.toml")
        #expect(throws: SettingsError(path, "is not UTF-8 text")) {
            try RunConfiguration.read(path, registry: .test)
        }
    }

    /// The runs that come with the project: their text says all that they are.
    @Test(
        arguments: [
            "potential", "potential-azure", "potential-cluster", "potential-synthetic", "spane", "spane-synthetic",
        ]
    )
    func shipped(name: String) throws {
        let configuration = try RunConfiguration.read("data/configurations/\(name).toml", registry: .standard)
        let again = try RunConfiguration.parse(configuration.text, file: "train.toml", registry: .standard)
        #expect(RunConfiguration.differences(configuration.identity, again.identity).isEmpty)
    }

    // MARK: What makes another run

    @Test func differences() throws {
        let one = try parse("").identity
        #expect(
            try RunConfiguration.differences(one, parse("[run]\nthreads = 9\ncheckpoint_seconds = 1").identity).isEmpty
        )
        #expect(
            try RunConfiguration.differences(one, parse("[run]\nseed = 2\n[learner]\nsteps = 9").identity) == [
                "learner.steps is 12 in that run and 9 in this one", "run.seed is 1 in that run and 2 in this one",
            ]
        )
        let a = try parse("[data]\ntraces = [{ file = \"a\" }]").identity
        #expect(try RunConfiguration.differences(a, parse("[data]\ntraces = [{ file = \"b\" }]").identity).isEmpty)
        #expect(
            try RunConfiguration.differences(a, parse("[data]\ntraces = [{ file = \"a\", weight = 2 }]").identity).count
                == 1
        )
        #expect(
            try RunConfiguration.differences(one, parse("[network]\narchitecture = \"mlp\"").identity).contains(
                "network.server_width is 8 in that run and not there in this one"
            )
        )
    }
}
