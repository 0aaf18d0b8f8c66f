import Foundation
import Glibc
import SpaneEvaluation
import SpaneFileTestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane experiment`.
@Suite struct ExperimentCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private static let files = [
        "experiment.json", "lock", "results.h5", "summary.csv", "summary.json", "summary.md", "waits-2.csv",
    ]

    init() throws {
        try Samples.writeTrace(to: folder)
        for seed in ["1", "2"] {
            try folder.makeFolder("runs/\(seed)")
            var generator = Xoshiro256StarStar(seed: UInt64(seed) ?? 0)
            let model = try Model(architecture: .spane(.published()), generator: &generator)
            try WeightsFile.write(model, Provenance(), to: folder.file("runs/\(seed)/best.h5"))
        }
    }

    /// Two heuristics and a group of two networks, twelve starts.
    private func arguments(_ kind: String = "wait-time", servers: [String] = ["2"], _ more: [String] = []) -> [String] {
        ["experiment", kind, "--trace", "trace.h5", "--starts", "0..<400:12:3", "--servers"] + servers
            + ["--policies", "balance-fit", "random:7", "nets=runs/1/best.h5,runs/2/best.h5"]
            + ["--resamples", "200", "--threshold", "100", "--output", "folder"] + more
    }

    private func run(_ arguments: [String]) throws -> String {
        let result = try command.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors == "")
        return result.output
    }

    private func rows(_ name: String) throws -> [[String]] {
        try folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func waitTime() throws {
        let text = try run(arguments())
        #expect(text.hasPrefix("12 episodes of "))
        for name in ["balance-fit", "random:7", "nets (mean of 2)", "  nets/1", "  nets/2", "first-fit", "lower bound"]
        {
            #expect(text.contains("\n\(name) "), "\(name)")
        }
        #expect(text.contains("On 2 servers, less balance-fit in the same episodes"))
        #expect(text.contains("On 2 servers, the members of nets"))
        #expect(text.contains("over 100 s"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("folder")).sorted() == Self.files)
        // The waits are those of an evaluation.
        try command.succeed(
            "evaluate",
            "--trace",
            "trace.h5",
            "--starts",
            "0..<400:12:3",
            "--servers",
            "2",
            "--policy",
            "balance-fit",
            "--policy",
            "random:7",
            "--policy",
            "runs/1/best.h5",
            "--policy",
            "runs/2/best.h5",
            "--policy",
            "first-fit",
            "--output",
            "waits.csv"
        )
        let (mine, other) = (try rows("folder/waits-2.csv"), try rows("waits.csv"))
        #expect(mine[0] == ["start", "length", "bound", "balance-fit", "random:7", "nets/1", "nets/2", "first-fit"])
        #expect(mine.dropFirst() == other.dropFirst())
    }

    /// What is in summary.json.
    private struct Document: Decodable {
        struct ServerCount: Decodable { let rows: [Row] }

        struct Row: Decodable {
            let name: String
            let kind: String
            let figures: [String: Range]
            let differences: [String: Range]
        }

        struct Range: Decodable {
            let value: Double
            let low: Double
            let high: Double
        }

        let baseline: String
        let resamples: Int
        let clusters: [ServerCount]
    }

    /// The summary in its three forms says the same.
    @Test func summaries() throws {
        _ = try run(arguments())
        let rows = try rows("folder/summary.csv")
        #expect(
            rows[0] == [
                "servers", "policy", "kind", "group", "metric", "value", "low", "high", "difference", "difference_low",
                "difference_high",
            ]
        )
        // JSONSerialization would round.
        let document = try JSONDecoder().decode(Document.self, from: Data(folder.read("folder/summary.json")))
        #expect(document.baseline == "balance-fit")
        #expect(document.resamples == 200)
        let entries = try #require(document.clusters.first).rows
        #expect(
            entries.map(\.name) == ["balance-fit", "random:7", "nets", "nets/1", "nets/2", "first-fit", "lower bound"]
        )
        let waits = try self.rows("folder/waits-2.csv").dropFirst().map { Double($0[4]) ?? .nan }
        for row in rows.dropFirst() {
            let entry = try #require(entries.first { $0.name == row[1] })
            #expect(entry.kind == row[2])
            let figure = try #require(entry.figures[row[4]])
            #expect(row[5...7].map { Double($0) } == [figure.value, figure.low, figure.high])
            #expect(Double(row[8]) == entry.differences[row[4]]?.value)
            if row[1] == "random:7", row[4] == "trimmed_mean_10" {
                #expect(figure.value == Statistics.trimmedMean(waits))
            }
        }
        let markdown = try folder.text("folder/summary.md")
        #expect(markdown.hasPrefix("# Experiment: wait-time\n\nTrace: a test (licence: CC0; sha256 "))
        #expect(markdown.contains("| policy | trimmed 10 % | trimmed 15 % | above bound, 15 % | saved, 15 % |"))
    }

    @Test func flexibility() throws {
        let text = try run(arguments("flexibility", servers: ["2", "1"]))
        let lines = text.split(separator: "\n").map(String.init)
        try #require(lines.count > 2)
        #expect(lines[0] == "Total wait in seconds, trimmed mean (10 %) of the episodes")
        let columns = lines[1].split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(columns == ["servers", "balance-fit", "random:7", "nets", "first-fit", "lower bound"])
        for servers in ["1", "2"] {
            #expect(lines.contains { $0.hasPrefix(servers + " ") })
            #expect(try rows("folder/waits-\(servers).csv").count == 13)
        }
        // One number of servers of several is what it would be alone.
        let together = try folder.text("folder/waits-2.csv")
        _ = try run(arguments() + ["--output", "alone"])
        #expect(try folder.text("alone/waits-2.csv") == together)
    }

    @Test func threadsDoNotMatter() throws {
        var contents: Set<[String]> = []
        for threads in ["1", "2", "5"] {
            let name = "with-\(threads)"
            _ = try run(arguments("flexibility", servers: ["2", "1"], ["--threads", threads, "--output", name]))
            contents.insert(
                try ["results.h5", "summary.csv", "summary.json", "summary.md", "waits-1.csv"].map {
                    try folder.read("\(name)/\($0)").description
                }
            )
        }
        #expect(contents.count == 1)
    }

    /// A part that is missing is played, and nothing else; other options of the summary play nothing.
    @Test func goingOn() throws {
        _ = try run(arguments())
        let whole = try folder.read("folder/results.h5")
        try HDF5Editor.edit(folder.file("folder/results.h5")) { $0.remove("servers_2/policy_3") }
        #expect(try folder.read("folder/results.h5") != whole)
        #expect(try run(arguments()).contains("\n48 of 60 episodes were played before.\n"))
        #expect(try folder.read("folder/results.h5") == whole)
        let text = try run(arguments(["--baseline", "nets", "--block", "3"]))
        #expect(text.contains("\n60 of 60 episodes were played before.\n"))
        #expect(text.contains("On 2 servers, less nets in the same episodes"))
        #expect(text.contains("4 blocks of 3 episodes, each "))
    }

    /// One process at a time plays in a folder; another one changes nothing there.
    @Test func anotherProcess() throws {
        _ = try run(arguments())
        let before = try folder.names()
        let lock = unsafe open(folder.file("folder/lock"), O_RDWR | O_CLOEXEC)
        defer { close(lock) }
        try #require(flock(lock, LOCK_EX | LOCK_NB) == 0)
        try command.fail(
            arguments(),
            status: Status.failure,
            "folder: another process is playing episodes in this folder"
        )
        #expect(try folder.names() == before)
    }

    @Test func anotherExperiment() throws {
        _ = try run(arguments())
        let before = try folder.read("folder/results.h5")
        try command.fail(
            arguments(["--length", "9"]),
            status: Status.failure,
            "folder: contains another experiment; name another folder. length: auto there, 9 here"
        )
        // Other weights under the same name.
        try WeightsFile.write(Samples.spane(), Provenance(["note": "new"]), to: folder.file("runs/1/best.h5"))
        let result = try command.run(arguments())
        #expect(result.status == Status.failure)
        #expect(result.errors.contains("weights of nets/1: sha256 "))
        #expect(try folder.read("folder/results.h5") == before)
    }

    @Test func whatIsRefused() throws {
        func refuses(_ arguments: [String], status: Int32 = Status.failure, _ message: String) throws {
            try command.fail(arguments, status: status, message)
            #expect(try !folder.names().contains("folder"))
        }
        let names = "balance-fit, random:7, nets, nets/1, nets/2, first-fit"
        try refuses(arguments(["--baseline", "best"]), "the baseline is best; it must be one of \(names)")
        try refuses(arguments(["--block", "7"]), "a block has 7 episodes; of 12 it may have 1 ... 6")
        try refuses(
            arguments(["--policies", "best-fit", "best-fit"]),
            "two policies are called best-fit; names must differ"
        )
        try refuses(
            arguments(["--policies", "worst-fit"]),
            status: Status.usage,
            "The policy 'worst-fit' is unknown; it must be \(Heuristic.names.joined(separator: ", ")) or a weights file."
        )
        try refuses(
            arguments(["--policies", "nets=a.h5,,b.h5"]),
            status: Status.usage,
            "The value 'nets=a.h5,,b.h5' is invalid for '--policies <policy ...>'"
        )
        try WeightsFile.write(Samples.mlp(servers: 3), Provenance(), to: folder.file("mlp.h5"))
        try refuses(
            arguments(["--policies", "mlp.h5"]),
            "mlp.h5: the network is bound to 3 servers and the cluster has 2"
        )
        try refuses(arguments("flexibility", servers: ["2", "3", "2"]), "2 servers are given twice")
        try refuses(
            arguments(["--starts", "nowhere"]),
            status: Status.usage,
            "--starts is 'nowhere'; it must be an existing file or LO..<HI:COUNT:SEED, as 0..<1000:50:1."
        )
    }
}

extension ExperimentCommandTests {
    private func arguments(_ more: [String]) -> [String] { arguments("wait-time", servers: ["2"], more) }
}
