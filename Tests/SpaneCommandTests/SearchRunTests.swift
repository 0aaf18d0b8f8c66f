import Glibc
import SpaneScheduling
import SpaneTestSupport
import Testing

/// `spane search SPACE.toml`.
@Suite struct SearchRunTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try TrainingSample.write(to: folder, generations: 12) }

    /// The sample of a run with a space around it.
    private func write(_ settings: String = "trials = 5\nkeep = 2", generations: Int = 12) throws {
        try TrainingSample.writeSearch(settings, to: folder, generations: generations)
    }

    private func search(_ name: String, _ more: String...) -> [String] {
        ["search", "space.toml", "--output", name] + more
    }

    /// The lines of the results without the times.
    private func rows(_ name: String) throws -> [String] {
        try folder.text("\(name)/results.csv").split(separator: "\n").map { line in
            var fields = line.split(separator: ",", omittingEmptySubsequences: false)
            fields[6] = ""
            return fields.joined(separator: ",")
        }
    }

    @Test func aSearch() throws {
        try write()
        let result = try command.run(search("one", "--threads", "1"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines[0] == ["place", "trial", "sigma", "activation", "validation", "step", "file"])
        #expect(lines[2..<4].map { $0[0] } == ["1", "2"])
        #expect(result.output.contains("\n5 trials (5 finished) in "))
        #expect(result.output.contains("\nUntrained: the best of 5 random networks of the same architectures has "))
        // The weights that are kept do what the table says of them.
        for line in lines[2..<4] {
            let report = try command.succeed(
                "evaluate",
                "--trace",
                "trace.h5",
                "--starts",
                "300..<450:20:1",
                "--servers",
                "2",
                "--policy",
                line[6]
            )
            #expect(report.contains(" \(line[4]) "))
        }
        // Again: all is done already.
        #expect(try command.succeed("search", "space.toml", "--output", "one") == result.output)
        try command.succeed("search", "space.toml", "--output", "two", "--threads", "2")
        #expect(try rows("two") == rows("one"))
        // The options stand in for keys.
        try command.succeed(
            "search",
            "space.toml",
            "--output",
            "other",
            "--trials",
            "2",
            "--seed",
            "2",
            "--keep",
            "1",
            "--trace",
            "trace.h5"
        )
        #expect(try rows("other").count == 3)
        #expect(try rows("other")[1] != rows("one")[1])
    }

    /// However often it is killed, it ends with the results of a search that nothing disturbed.
    @Test func killedAtRandomMoments() throws {
        try write("trials = 6\nkeep = 2\nprune_after = 2", generations: 150)
        var generator = Xoshiro256StarStar(seed: 23)
        var killed = 0
        for _ in 0..<12 {
            let process = try command.start(search("parts", "--threads", "2"))
            usleep(UInt32(20_000 + generator.below(300_000)))
            process.send(SIGKILL)
            let status = try process.wait().status
            #expect([0, -SIGKILL].contains(status))
            if status == 0 { break }
            killed += 1
        }
        #expect(killed > 0)
        try command.succeed("search", "space.toml", "--output", "parts")
        try command.succeed("search", "space.toml", "--output", "whole")
        #expect(try rows("parts") == rows("whole"))
        let files = try folder.names().filter { $0.hasPrefix("whole/") }.map { String($0.dropFirst(6)) }
        #expect(try folder.names().filter { $0.hasPrefix("parts/") }.map { String($0.dropFirst(6)) } == files)
        for file in files where file.hasPrefix("trial-") {
            #expect(try folder.read("parts/\(file)") == folder.read("whole/\(file)"))
        }
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func stopped(signal: Int32) throws {
        try write("trials = 3", generations: 1_000_000)
        let process = try command.start(search("run"))
        for _ in 0..<60_000 {
            if try folder.names().contains("run/trials/0/checkpoint.h5") { break }
            usleep(1000)
        }
        process.send(signal)
        let result = try process.wait()
        #expect(result.status == 128 + signal)
        #expect(
            result.output
                == "Stopped after 0 of 3 trials; the state is saved. To resume:\n  spane search space.toml --output run\n"
        )
    }

    @Test func whatIsRefused() throws {
        try write()
        try command.fail(["search"], status: Status.usage, "Missing expected argument '<space.toml>'")
        try command.fail(
            search("run", "--trials", "0"),
            status: Status.usage,
            "--trials is 0; it must be at least 1."
        )
        try command.fail(
            search("run", "--keep", "1000001"),
            status: Status.usage,
            "--keep is 1000001; it must be at most 1000000."
        )
        try command.fail(
            search("run", "--trace", "missing.h5"),
            status: Status.failure,
            "missing.h5: cannot be read: No such file or directory"
        )
        try command.succeed("train", "train.toml", "--output", "trained")
        try command.fail(
            search("trained"),
            status: Status.failure,
            "trained: is not the folder of a search: it has no search.txt, but best.h5; name a new folder"
        )
        #expect(try folder.names().allSatisfy { !$0.hasPrefix("run/") })
    }
}
