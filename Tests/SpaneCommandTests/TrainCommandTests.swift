import Glibc
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane train`: what it prints and refuses.
@Suite struct TrainCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try TrainingSample.write(to: folder, generations: 12) }

    @Test func aRun() throws {
        let output = try command.succeed("train", "train.toml", "--output", "run")
        let lines = output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0] == "12 of 12 steps: all steps done")
        #expect(lines[1].hasPrefix("run/best.h5: "))
        #expect(lines[1].contains(" in validation, after step "))
        // Again: all is done already.
        #expect(try command.succeed("train", "train.toml", "--output", "run") == output)
        // The weights do what the run says of them.
        let report = try command.succeed(
            "evaluate",
            "--trace",
            "trace.h5",
            "--starts",
            "300..<450:20:1",
            "--servers",
            "2",
            "--policy",
            "run/best.h5"
        )
        let value = try #require(lines[1].split(separator: " ").dropFirst().first)
        #expect(report.contains(" \(value) "))
    }

    @Test func thePrintedConfigurationCanBeUsed() throws {
        #expect(
            try command.succeed("train", "--print-config") == command.succeed("train", "--print-config", "published")
        )
        let text = try command.succeed("train", "--print-config", "potential")
        try folder.write(
            text.replacing("generations = 100", with: "generations = 2")
                .replacing("episodes = 100", with: "episodes = 2").replacing("traces = []", with: "")
                .replacing("servers = [5]", with: "servers = [2]\ntraces = [{ starts = \"0..<300\" }]")
                .replacing("starts = \"50000..<70000:150:1\"", with: "starts = \"300..<450:20:1\""),
            to: "printed.toml"
        )
        try command.succeed("train", "printed.toml", "--output", "run", "--trace", "trace.h5")
        // What is in the folder is complete: it gives the same run again.
        try command.succeed("train", "run/config.toml", "--output", "again")
        #expect(try folder.read("run/best.h5") == folder.read("again/best.h5"))
        #expect(try folder.text("run/config.toml").contains("file = \"trace.h5\""))
    }

    /// Deep Q-learning stops and goes on as well.
    @Test func aDQN() throws {
        try folder.write(
            """
            [data]
            servers = [2]
            traces = [{ file = "trace.h5", starts = "0..<300" }]
            [validation]
            starts = "300..<450:20:1"
            every = 20
            [run]
            checkpoint_seconds = 0
            [learner]
            epochs = 60
            warm_up_episodes = 3
            replay_capacity = 2000
            batch_size = 64
            """,
            to: "dqn.toml"
        )
        try command.succeed("train", "dqn.toml", "--output", "whole")
        var generator = Xoshiro256StarStar(seed: 3)
        for _ in 0..<5 {
            let process = try command.start(["train", "dqn.toml", "--output", "run"])
            usleep(UInt32(20_000 + generator.below(200_000)))
            process.send(SIGKILL)
            _ = try process.wait()
        }
        try command.succeed("train", "dqn.toml", "--output", "run")
        for file in ["best.h5", "last.h5"] {
            #expect(try folder.read("run/\(file)") == folder.read("whole/\(file)"))
        }
        #expect(try TrainingSample.log(folder, "run") == TrainingSample.log(folder, "whole"))
    }

    @Test func optionsInPlaceOfKeys() throws {
        try command.succeed("train", "train.toml", "--output", "one", "--threads", "1")
        try command.succeed("train", "train.toml", "--output", "three", "--threads", "3")
        try command.succeed("train", "train.toml", "--output", "other", "--seed", "2")
        #expect(try folder.read("one/best.h5") == folder.read("three/best.h5"))
        #expect(try folder.read("one/last.h5") == folder.read("three/last.h5"))
        #expect(try folder.read("one/last.h5") != folder.read("other/last.h5"))
        #expect(try folder.text("other/config.toml").contains("seed = 2"))
        #expect(try WeightsFile.read(folder.file("other/last.h5")).provenance["seed"] == "2")
    }

    // MARK: Refusals

    @Test func arguments() throws {
        try command.fail(
            ["train", "--output", "run"],
            status: Status.usage,
            "Name a configuration file; 'spane train --print-config' prints one."
        )
        try command.fail(
            ["train", "train.toml"],
            status: Status.usage,
            "Missing expected argument '--output <folder>'"
        )
        try command.fail(
            ["train", "train.toml", "--output", "run", "--threads", "0"],
            status: Status.usage,
            "--threads is 0; it must be at least 1."
        )
        try command.fail(
            ["train", "train.toml", "--output", "run", "--seed=-1"],
            status: Status.usage,
            "--seed is -1; it must not be negative."
        )
        try command.fail(
            ["train", "train.toml", "--output", "run", "--trace", "a.h5", "--trace", "b.h5"],
            status: Status.usage,
            "--trace is given 2 times; data.traces of train.toml has 1 traces."
        )
        let names = try command.run(["train", "--print-config", "unheard-of"])
        #expect(names.status == Status.usage)
        #expect(names.errors.hasPrefix("Error: The preset 'unheard-of' is unknown; there are "))
        #expect(try folder.names().sorted() == ["trace.h5", "train.toml"])
    }

    @Test func configurations() throws {
        try command.fail(
            ["train", "missing.toml", "--output", "run"],
            status: Status.failure,
            "missing.toml: cannot be read: No such file or directory"
        )
        try folder.write("[learner]\nalgorithm = \"evolution\"\npopulation = 7\n", to: "odd.toml")
        try command.fail(
            ["train", "odd.toml", "--output", "run"],
            status: Status.failure,
            "odd.toml: learner.population is 7; it must be an even number in 4 ... 4096"
        )
        try command.fail(
            ["train", "train.toml", "--output", "run", "--trace", "missing.h5"],
            status: Status.failure,
            "missing.h5: cannot be read: No such file or directory"
        )
        #expect(try folder.names().sorted() == ["odd.toml", "trace.h5", "train.toml"])
    }

    @Test func folders() throws {
        try command.succeed("train", "train.toml", "--output", "run")
        try TrainingSample.write(to: folder, generations: 13)
        try command.fail(
            ["train", "train.toml", "--output", "run"],
            status: Status.failure,
            "run: is the folder of a run with another configuration: learner.generations is 12 in that run and 13 in this "
                + "one. Name a new folder"
        )
        try folder.makeFolder("things")
        try folder.write("mine", to: "things/notes.txt")
        try command.fail(
            ["train", "train.toml", "--output", "things"],
            status: Status.failure,
            "things: is not the folder of a training run: it has no config.toml, but notes.txt; name a new folder"
        )
    }
}

/// A small run.
enum TrainingSample {
    /// Writes `trace.h5` and `train.toml`.
    static func write(to folder: TemporaryFolder, generations: Int) throws {
        try Samples.writeTrace(to: folder)
        try folder.write(
            """
            [run]
            preset = "potential"
            checkpoint_seconds = 0.01
            [data]
            servers = [2]
            traces = [{ file = "trace.h5", starts = "0..<300" }]
            [validation]
            starts = "300..<450:20:1"
            every = 7
            [network]
            hidden_width = 4
            [learner]
            generations = \(generations)
            population = 8
            episodes = 8
            """,
            to: "train.toml"
        )
    }

    /// Writes these and `space.toml`.
    static func writeSearch(_ settings: String, to folder: TemporaryFolder, generations: Int) throws {
        try write(to: folder, generations: generations)
        try folder.write(
            """
            [search]
            \(settings)
            [space]
            learner.sigma = { log-uniform = [0.1, 1] }
            network.activation = ["tanh", "relu"]

            """ + folder.text("train.toml"),
            to: "space.toml"
        )
    }

    /// The log without the times.
    static func log(_ folder: TemporaryFolder, _ name: String) throws -> [String] {
        try folder.text("\(name)/log.jsonl").split(separator: "\n").map { line in
            String(line).replacing(#/"seconds":[^,}]*,?/#, with: "")
        }
    }
}
