import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane evaluate --no-queue`, and the metrics of the fleet with and without a queue.
@Suite struct NoQueueTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try Samples.writeTrace(to: folder) }

    private func arguments(_ more: String...) -> [String] {
        ["evaluate", "--trace", "trace.h5", "--starts", "0..<300:7:3", "--length", "200", "--servers", "1"]
            + ["--policy", "first-fit", "--policy", "random:7"] + more
    }

    private func evaluation(_ heuristic: Heuristic, samples: Int = 8) throws -> LossEvaluation {
        let scenario = try Scenario(Samples.trace(), on: Fleet(servers: 1))
        return try LossEvaluation(
            of: .heuristic(heuristic),
            on: .withoutQueue(scenario, starts: Starts.sample(0..<300, count: 7, seed: 3), length: 200),
            sampling: FleetSampling(samples: samples)
        )
    }

    @Test func theTable() throws {
        let text = try command.succeed(arguments("--no-queue", "--room", "8x32"))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(
            lines[0]
                == "7 episodes of 200 VMs on 1 servers of 2 x (40 cores, 90 GB); what fits nowhere is refused and gone"
        )
        let columns = lines[1].split(separator: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(
            columns == [
                "policy", "refused VMs", "refused cores", "small", "medium", "large", "refused load", "decisions/s",
            ]
        )
        #expect(text.contains("VMs below 5 cores, from there on, and from 20 cores on."))
        let all = try evaluation(.firstFit).all
        #expect(all.refused.vms > 0)
        let cells = lines[3].split(separator: " ")
        #expect(cells[1] == "\(String(format: "%.2f", 100 * all.refusedVMs))")
        #expect(cells[3] == "\(String(format: "%.2f", 100 * all.refusedCores))")
        for metric in FleetMetric.all { #expect(text.contains("  \(metric.title)")) }
        #expect(text.contains("  room 8 x 32\n"))
        #expect(!(try command.succeed(arguments("--no-queue", "--samples", "0")).contains("The fleet at")))
    }

    @Test func theFile() throws {
        _ = try command.succeed(arguments("--no-queue", "--output", "refused.csv", "--threads", "3"))
        let rows = try folder.text("refused.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(
            rows[0] == [
                "start", "length", "policy", "refused", "cores", "refused_cores", "cores_small", "refused_cores_small",
                "cores_medium", "refused_cores_medium", "cores_large", "refused_cores_large", "core_seconds",
                "refused_core_seconds",
            ] + FleetMetric.all.map(\.name)
        )
        let evaluations = try [evaluation(.firstFit), evaluation(.random(seed: 7))]
        #expect(rows.count == 15)
        for (index, row) in rows.dropFirst().enumerated() {
            let episode = evaluations[index % 2].episodes[index / 2]
            #expect(row[2] == ["first-fit", "random:7"][index % 2])
            #expect(row[3] == "\(episode.all.refused.vms)")
            #expect(Double(row[5]) == episode.all.refused.cores)
            #expect(Double(row[11]) == episode.bySize[SizeClass.large.rawValue].refused.cores)
            #expect(Double(row[13]) == episode.all.refused.coreSeconds)
            #expect(row[14...].map { Double($0) } == episode.figures.means)
        }
    }

    @Test func theDocument() throws {
        let text = try command.succeed(arguments("--no-queue", "--json", "--samples", "3"))
        // JSONSerialization would round.
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        #expect(!document.queue)
        #expect(document.length == 200)
        #expect(document.policies.map(\.policy) == ["first-fit", "random:7"])
        let (policy, evaluation) = (document.policies[1], try evaluation(.random(seed: 7), samples: 3))
        #expect(policy.refused_vms == evaluation.all.refusedVMs)
        #expect(policy.refused_cores == evaluation.all.refusedCores)
        #expect(policy.refused_load == evaluation.all.refusedLoad)
        #expect(policy.refused_cores_by_size["medium"] == evaluation.bySize[1].refusedCores)
        let means = FleetFigures.means(of: evaluation.episodes.map(\.figures))
        for (metric, mean) in zip(FleetMetric.all, means) { #expect(policy.fleet_metrics[metric.name] == mean) }
    }

    private struct Document: Decodable {
        struct Policy: Decodable {
            let policy: String
            let refused_vms: Double
            let refused_cores: Double
            let refused_load: Double
            let refused_cores_by_size: [String: Double]
            let fleet_metrics: [String: Double]
        }

        let queue: Bool
        let length: Int
        let policies: [Policy]
    }

    /// With a queue the metrics stand below the waits, which they do not change; by default there are none.
    @Test func withAQueue() throws {
        let plain = try command.succeed(arguments("--output", "-"))
        #expect(try command.succeed(arguments("--output", "-", "--samples", "5")) == plain)
        #expect(!(try command.succeed(arguments()).contains("The fleet at")))
        let text = try command.succeed(arguments("--samples", "5"))
        #expect(text.contains("\nThe fleet at 5 moments of the second half of each episode (mean)\n"))
        #expect(try command.succeed(arguments("--json", "--samples", "5")).contains("\"fleet_metrics\""))
        #expect(!(try command.succeed(arguments("--json")).contains("\"fleet_metrics\"")))
    }

    @Test func whatIsRefused() throws {
        func refuses(_ arguments: [String], status: Int32 = Status.usage, _ message: String) throws {
            try command.fail(arguments, status: status, message)
        }
        try refuses(
            arguments("--no-queue", "--length", "auto"),
            "--no-queue needs --length with a number of VMs: an automatic length ends soon after the first VM that fits "
                + "nowhere."
        )
        try refuses(arguments("--samples=-1"), "--samples is -1; it must be at least 0.")
        try refuses(
            arguments("--samples", "0", "--room", "1x1"),
            "--room is given and --samples is 0; it must be at least 1 for that."
        )
        try refuses(arguments("--room", "1,1"), "The value '1,1' is invalid for '--room <cores x GB>'")
        try refuses(
            arguments("--room", "0x1"),
            status: Status.failure,
            "a VM of 0.0 cores and 1.0 GB: both must be above 0 and at most 4294967296.0"
        )
        try refuses(
            arguments("--no-queue", "--length", "580"),
            status: Status.failure,
            "starts[0]: length is 580; from start 207 this trace allows 1 ... 391"
        )
    }
}
