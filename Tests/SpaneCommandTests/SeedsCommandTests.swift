import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Training seeds in `spane experiment`: whether there are enough, and training more.
@Suite struct SeedsCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private static let episodes = ["--trace", "trace.h5", "--starts", "200..<400:8:1", "--servers", "2"]

    init() throws { try TrainingSample.write(to: folder, generations: 2) }

    private func experiment(_ more: String...) -> [String] {
        ["experiment", "wait-time"] + Self.episodes + ["--policies", "first-fit", "--resamples", "100"]
            + ["--output", "out"] + more
    }

    private func train(_ width: String, most: Int, _ more: String...) -> [String] {
        experiment("--train", "nets=train.toml", "--seed-width", width, "--most-seeds", "\(most)") + more
    }

    /// What is in summary.json of one number of servers.
    private struct Document: Decodable {
        struct ServerCount: Decodable { let rows: [Row] }

        struct Row: Decodable {
            let name: String
            let kind: String
            let figures: [String: [String: Double]]
            let spread: [String: [String: Double]]
            let seeds: Seeds?
        }

        struct Seeds: Decodable {
            let metric: String
            let seeds: Int
            let width: Double?
            let wanted_width: Double
            let enough: Bool
            let needed: Int?
        }

        let clusters: [ServerCount]
    }

    private func rows(_ name: String = "out") throws -> [Document.Row] {
        try JSONDecoder().decode(Document.self, from: Data(folder.read("\(name)/summary.json"))).clusters[0].rows
    }

    // MARK: Groups that are given

    /// The interval of a group's mean over seeds is Student's, and what is said of it agrees.
    @Test func aGroup() throws {
        let group = ["--policies", "few=random:1,random:2,random:3"]
        let text = try command.succeed(experiment("--seed-width", "0.01") + group)
        let rows = try rows()
        let figures = rows.filter { $0.kind == "member" }.compactMap { $0.figures["trimmed_mean_10"]?["value"] }
        try #require(figures.count == 3)
        let row = try #require(rows.first { $0.kind == "group" })
        let spread = try #require(row.spread["trimmed_mean_10"])
        let mean = figures.reduce(0, +) / 3
        let deviation = (figures.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2).squareRoot()
        // The 97.5 % quantile of Student's distribution with two degrees of freedom.
        let half = 4.302653 * deviation / 3.0.squareRoot()
        try #require(half > 0)
        let (low, high) = (try #require(spread["mean_low"]), try #require(spread["mean_high"]))
        #expect(abs(low - (mean - half)) < 1e-5 * mean)
        #expect(abs(high - (mean + half)) < 1e-5 * mean)
        let seeds = try #require(row.seeds)
        #expect(seeds.metric == "trimmed_mean_10")
        #expect(seeds.seeds == 3)
        #expect(seeds.wanted_width == 0.01)
        let width = try #require(seeds.width)
        #expect(abs(width - (high - low) / mean) < 1e-9)
        #expect(!seeds.enough)
        let needed = try #require(seeds.needed)
        #expect(needed > 3)
        #expect(text.contains("few: with 3 seeds the interval of the mean is "))
        #expect(text.contains("too wide for 1.0 %, for which about "))
        // Any other width only recomputes the summary.
        let wide = try command.succeed(experiment("--seed-width", "1000") + group)
        #expect(wide.contains(" of it wide (trimmed_mean_10): enough for 100,000.0 %.\n"), "\(wide)")
        #expect(wide.contains("\n32 of 32 episodes were played before.\n"))
        // Without a width there is the interval, and nothing is said about it.
        let plain = try command.succeed(experiment() + group)
        #expect(
            plain.contains(
                "Members: the range of the mean is Student's 95 % interval over all seeds that there could be"
            )
        )
        #expect(!plain.contains("enough"))
        #expect(try self.rows().allSatisfy { $0.seeds == nil })
    }

    @Test func oneSeedHasNoInterval() throws {
        let text = try command.succeed(experiment("--seed-width", "0.1", "--policies", "one=random:1"))
        #expect(text.contains("one: whether 1 seed is enough cannot be told: one seed has no interval.\n"))
        let row = try #require(try rows().first { $0.kind == "group" })
        #expect(row.seeds?.enough == false)
        #expect(row.spread["trimmed_mean_10"]?["mean_low"] == nil)
    }

    // MARK: Training

    /// With a width that any interval has it ends after the first seeds; they are those of `spane train`.
    @Test func theFirstSeeds() throws {
        let text = try command.succeed(train("1000", most: 9))
        #expect(text.contains("nets: with 3 seeds the interval of the mean is "))
        let rows = try rows()
        #expect(rows.filter { $0.kind == "member" }.map(\.name) == ["nets/1", "nets/2", "nets/3"])
        #expect(rows.map(\.name) == ["first-fit", "nets", "nets/1", "nets/2", "nets/3", "lower bound"])
        try command.succeed("train", "train.toml", "--seed", "2", "--output", "alone")
        #expect(try folder.read("alone/best.h5") == folder.read("out/runs/nets/2/best.h5"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("out/runs/nets")).sorted() == [
                "1", "2", "3",
            ]
        )
        // The same networks in a group that is given have the same waits.
        let members = (1...3).map { "out/runs/nets/\($0)/best.h5" }.joined(separator: ",")
        try command.succeed(experiment("--policies", "nets=\(members)", "--output", "given"))
        #expect(try folder.text("given/waits-2.csv") == folder.text("out/waits-2.csv"))
        for row in try self.rows("given") {
            #expect(row.figures == rows.first { $0.name == row.name }?.figures, "\(row.name)")
        }
        // Again: nothing is left to be done.
        #expect(try command.succeed(train("1000", most: 9)).contains("\n32 of 32 episodes were played before.\n"))
    }

    /// One more seed at a time, up to the most; a smaller width goes on from there, a larger one needs fewer.
    @Test func oneMoreAtATime() throws {
        let text = try command.succeed(train("1e-9", most: 4))
        #expect(text.contains("nets: with 4 seeds the interval of the mean is "))
        #expect(text.contains(": too wide for "))
        let four = try #require(try rows().first { $0.kind == "group" }?.seeds?.width)
        let more = try command.succeed(train("1e-9", most: 5))
        #expect(more.contains("\n40 of 48 episodes were played before.\n"))
        #expect(try rows().count { $0.kind == "member" } == 5)
        // Four seeds suffice for what they have; three need not.
        let fewer = try command.succeed(train("\(four * 1.0000001)", most: 9))
        let seeds = try #require(try rows().first { $0.kind == "group" }?.seeds)
        #expect(seeds.enough)
        #expect(seeds.seeds <= 4)
        #expect(fewer.contains(" were played before.\n"))
        let columns = try folder.text("out/waits-2.csv").prefix { $0 != "\n" }.split(separator: ",")
        #expect(columns.count == 4 + seeds.seeds)
    }

    /// Two configurations, each with as many seeds as it needs, also on several numbers of servers.
    @Test func twoGroups() throws {
        try folder.write(
            folder.text("train.toml").replacing("hidden_width = 4", with: "hidden_width = 3"),
            to: "other.toml"
        )
        let arguments =
            ["experiment", "flexibility", "--trace", "trace.h5", "--starts", "200..<400:8:1", "--servers", "2", "3"]
            + ["--policies", "best-fit", "--resamples", "100", "--output", "out", "--least-seeds", "2"]
            + [
                "--train", "nets=train.toml", "--train", "others=other.toml", "--seed-width", "1e-9", "--most-seeds",
                "3",
            ]
        let text = try command.succeed(arguments + ["--baseline", "others"])
        #expect(text.contains("others on 3 servers: with 3 seeds "))
        #expect(
            try rows().map(\.name) == [
                "best-fit", "first-fit", "nets", "nets/1", "nets/2", "nets/3", "others", "others/1", "others/2",
                "others/3",
                "lower bound",
            ]
        )
        #expect(try command.succeed(arguments).contains("\n128 of 128 episodes were played before.\n"))
    }

    // MARK: What is refused

    @Test func whatIsRefused() throws {
        func refuses(_ arguments: [String], status: Int32 = Status.usage, _ message: String) throws {
            try command.fail(arguments, status: status, message)
            #expect(try !folder.names().contains("out"))
        }
        try refuses(
            experiment("--seed-width", "0", "--policies", "few=random:1,random:2"),
            status: Status.failure,
            "the width over seeds is 0.0; it must be above 0"
        )
        try refuses(
            experiment("--seed-width", "0.1"),
            status: Status.failure,
            "a width over seeds is asked for, but there is no group of policies"
        )
        try refuses(
            experiment("--train", "nets=train.toml"),
            "--train needs --seed-width, the width at which enough seeds are trained."
        )
        try refuses(
            train("0.1", most: 9, "--shard", "1/2"),
            "--train and --shard: how many seeds are enough depends on all episodes. Train first; shards can then play the "
                + "networks."
        )
        try refuses(train("0.1", most: 2), "--most-seeds is 2; it must be at least --least-seeds, which is 3.")
        try refuses(
            train("0.1", most: 3, "--least-seeds", "1"),
            "--least-seeds is 1; it must be at least 2, as one seed has no interval."
        )
        try refuses(experiment("--most-seeds", "4"), "--most-seeds without --train: nothing is trained.")
        try refuses(train("0.1", most: 3, "--train", "nets=b.toml"), "--train names nets twice; names must differ.")
        for argument in ["train.toml", "=train.toml", "nets=", "a/b=train.toml"] {
            try refuses(
                train("0.1", most: 3, "--train", argument),
                "The value '\(argument)' is invalid for '--train <name=config.toml>'"
            )
        }
        try refuses(
            train("0.1", most: 3, "--baseline", "net"),
            status: Status.failure,
            "the baseline is net; it must be one of first-fit, nets"
        )
        try refuses(
            experiment("--train", "nets=none.toml", "--seed-width", "0.1"),
            status: Status.failure,
            "none.toml: cannot be read: No such file or directory"
        )
        try refuses(
            train("0.1", most: 3, "--train-trace", "a.h5", "--train-trace", "b.h5"),
            "--train-trace is given 2 times; data.traces of train.toml has 1 traces."
        )
    }

    /// A folder whose networks were trained otherwise is another experiment's.
    @Test func anotherConfiguration() throws {
        try command.succeed(train("1000", most: 3))
        try TrainingSample.write(to: folder, generations: 3)
        let result = try command.run(train("1000", most: 3))
        #expect(result.status == Status.failure)
        #expect(
            result.errors.hasPrefix(
                "Error: out/runs/nets/1: is the folder of a run with another configuration: learner.gen"
            )
        )
        let other = try command.run(train("1000", most: 3, "--length", "9"))
        #expect(
            other.errors.hasPrefix("Error: out: contains another experiment; name another folder. length: auto there")
        )
    }
}
