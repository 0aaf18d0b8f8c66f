import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane evaluate`.
@Suite struct EvaluateCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private static let policies = ["first-fit", "balance-fit", "random:7", "random", "./weights.h5"]

    init() throws {
        try Samples.writeTrace(to: folder)
        try WeightsFile.write(Samples.spane(), Provenance(), to: folder.file("weights.h5"))
    }

    /// Two servers, twelve starts, every policy, and what is given.
    private func arguments(_ more: String...) -> [String] {
        ["evaluate", "--trace", "trace.h5", "--starts", "0..<400:12:3", "--servers", "2"]
            + Self.policies.flatMap { ["--policy", $0] } + more
    }

    private func run(_ arguments: [String]) throws -> String {
        let result = try command.run(arguments)
        #expect(result.status == 0)
        #expect(result.errors == "")
        return result.output
    }

    private func plan() throws -> EpisodePlan {
        try EpisodePlan(
            Scenario(Samples.trace(), on: Fleet(servers: 2)),
            starts: Starts.sample(0..<400, count: 12, seed: 3)
        )
    }

    @Test func theTable() throws {
        let lines = try run(arguments()).split(separator: "\n").map(String.init)
        let plan = try plan()
        #expect(lines[0].hasPrefix("12 episodes of "))
        #expect(lines[0].contains("(mean) on 2 servers of 2 x (40 cores, 90 GB)"))
        let columns = ["policy", "trimmed mean", "mean", "median", "no wait", "wait/VM", "above bound", "decisions/s"]
        #expect(lines[1].split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) } == columns)
        #expect(lines[3...].map { $0.prefix { $0 != " " } } == Self.policies.map { $0[...] } + ["lower"])
        let evaluation = try Evaluation(
            of: .heuristic(.balanceFit),
            on: plan
        )
        let cells = lines[4].split(separator: " ").map { $0.replacingOccurrences(of: ",", with: "") }
        let shown = try #require(Double(cells[1]))
        #expect(abs(shown - Statistics.trimmedMean(evaluation.totalWaits)) <= 0.0500001)
        #expect(shown > 0)
    }

    @Test func theFile() throws {
        _ = try run(arguments("--output", "waits.csv"))
        let rows = try folder.text("waits.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(rows[0] == ["start", "length", "bound"] + Self.policies)
        let plan = try plan()
        #expect(rows.count == 13)
        for (row, episode) in zip(rows.dropFirst(), plan.episodes) {
            #expect(row.prefix(2) == ["\(episode.start)", "\(episode.length)"])
            #expect(Double(row[2]) == episode.bound)
        }
        for (column, heuristic) in [Heuristic.firstFit, .balanceFit, .random(seed: 7), .random(seed: 0)].enumerated() {
            let evaluation = try Evaluation(
                of: .heuristic(heuristic),
                on: plan
            )
            // Reading the text gives the number that was written.
            #expect(rows.dropFirst().map { Double($0[3 + column]) } == evaluation.totalWaits)
        }
    }

    @Test func theDocument() throws {
        let text = try run(arguments("--json"))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["episodes"] as? Int == 12)
        #expect(document["servers"] as? Int == 2)
        #expect(document["node_cpu"] as? Double == 40)
        #expect(document["node_mem"] as? Double == 90)
        #expect(document["split_above"] as? Double == 10)
        #expect(document["trace_source"] as? String == "a test")
        #expect(document["trace_licence"] as? String == "CC0")
        #expect(try document["trace_sha256"] as? String == TraceFile.contentHash(of: Samples.trace()))
        let plan = try plan()
        #expect(document["mean_length"] as? Double == Statistics.mean(plan.episodes.map { Double($0.length) }))
        #expect(document["bound_trimmed_mean"] as? Double == Statistics.trimmedMean(plan.episodes.map(\.bound)))
        let policies = try #require(document["policies"] as? [[String: Any]])
        #expect(policies.map { $0["policy"] as? String } == Self.policies)
        let evaluation = try Evaluation(
            of: .model(Samples.spane()),
            on: plan
        )
        let summary = EvaluationSummary(evaluation, on: plan)
        let network = policies[4]
        #expect(network["trimmed_mean"] as? Double == summary.trimmedMean)
        #expect(network["mean"] as? Double == summary.mean)
        #expect(network["median"] as? Double == summary.median)
        #expect(network["share_without_waiting"] as? Double == summary.shareWithoutWaiting)
        #expect(network["mean_wait_per_vm"] as? Double == summary.meanWaitPerVM)
        #expect(network["above_bound"] as? Double == summary.aboveBound)
        #expect(try #require(network["decisions_per_second"] as? Double) > 0)
    }

    @Test func threadsDoNotMatter() throws {
        var files: Set<String> = []
        for threads in ["1", "2", "5"] {
            _ = try run(arguments("--threads", threads, "--output", "waits.csv"))
            files.insert(try folder.text("waits.csv"))
        }
        #expect(files.count == 1)
    }

    @Test func startsFromAFileAndAFixedLength() throws {
        try folder.write("17\n3\n\n200\n", to: "starts.txt")
        try command.succeed(
            "evaluate",
            "--trace",
            "trace.h5",
            "--starts",
            "starts.txt",
            "--length",
            "33",
            "--policy",
            "best-fit",
            "--output",
            "waits.csv"
        )
        let rows = try folder.text("waits.csv").split(separator: "\n").map { $0.split(separator: ",").prefix(2) }
        #expect(rows.dropFirst() == [["17", "33"], ["3", "33"], ["200", "33"]])
    }

    /// The paths of weights may need quotes in a CSV file.
    @Test func namesOfPoliciesAreQuoted() throws {
        try WeightsFile.write(Samples.spane(), Provenance(), to: folder.file("a \"b\", c.h5"))
        try command.succeed(
            "evaluate",
            "--trace",
            "trace.h5",
            "--starts",
            "0..<9:2:1",
            "--length",
            "9",
            "--policy",
            "a \"b\", c.h5",
            "--output",
            "w.csv"
        )
        #expect(try folder.text("w.csv").hasPrefix("start,length,bound,\"a \"\"b\"\", c.h5\"\n"))
    }

    /// A trace in CSV is read in place of one in HDF5, with the same result.
    @Test func aTraceInCSV() throws {
        let rows = try Samples.trace().vms.map { "\($0.id),\($0.cpu),\($0.mem),\($0.arrival),\($0.lifetime)" }
        try folder.write("vmid,cpu,mem,at,lt\n" + rows.joined(separator: "\n"), to: "trace.csv")
        _ = try run(arguments("--output", "one.csv"))
        _ = try run(arguments("--trace", "trace.csv", "--output", "other.csv"))
        #expect(try folder.text("one.csv") == folder.text("other.csv"))
    }
}
