import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import SpaneWorkloads
import Testing

/// `spane experiment fleets` and `spane fleet generate`.
@Suite struct FleetsCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private func arguments(_ more: String...) -> [String] {
        [
            "experiment", "fleets", "--kinds", "single-node", "core-bound", "--servers", "4", "--loads", "0.9",
            "--days", "3",
        ]
            + ["--seeds", "3", "--seed", "5", "--policies", "best-fit", "first-fit", "model.h5"] + more
    }

    private func writeModel() throws {
        try WeightsFile.write(Samples.spane(), Provenance(), to: folder.file("model.h5"))
    }

    private func tally(_ kind: FleetKind, seed: UInt64, _ source: PolicySource) throws -> LossEpisode.Tally {
        let workload = FleetWorkload(kind, servers: 4, load: 0.9, days: 3, seed: seed)
        let trace = try workload.makeTrace()
        let scenario = try Scenario(trace, on: workload.makeFleet())
        var player = try LossPlayer(source, scenario, outages: workload.makeOutages())
        return try player.play(start: 0, length: trace.count - 2).all
    }

    @Test func theTables() throws {
        try writeModel()
        let text = try command.succeed(arguments())
        let lines = text.split(separator: "\n").map { $0.split(separator: "  ").map { $0.drop { $0 == " " } } }
        #expect(
            text.hasPrefix(
                """
                6 fleets, 3 of each kind, number of servers and load; VMs arrive for 3 days
                Refused cores in % of those asked for, by servers and load: the mean of 3 fleets


                """
            )
        )
        for (kind, first) in [(FleetKind.singleNode, 2), (.coreBound, 7)] {
            #expect(lines[first].map(String.init) == [kind.rawValue, "4 at 0.9"])
            for (row, name, heuristic) in [(2, "best-fit", Heuristic.bestFit), (3, "first-fit", .firstFit)] {
                let shares = try (5...7).map { try tally(kind, seed: $0, .heuristic(heuristic)).refusedCores }
                let mean = String(format: "%.2f %%", 100 * shares.reduce(0, +) / 3)
                #expect(lines[first + row].map(String.init) == [name, mean])
            }
        }
        // This network needs servers of two nodes.
        #expect(lines[6].map(String.init) == ["model.h5", "-"])
        #expect(lines[11][1].hasSuffix(" %"))
        #expect(text.contains("\nLess best-fit, on the fleets that both of them serve\n"))
        let differences = lines.drop { $0.first?.hasPrefix("Less ") != true }
        #expect(differences.first { $0[0] == "first-fit" }?.last == "6")
        #expect(differences.first { $0[0] == "model.h5" }?.last == "3")
    }

    /// One fleet is called so, one policy is compared with none, and a first policy that serves no fleet with nothing.
    @Test func littleToCompare() throws {
        try writeModel()
        let small = [
            "experiment", "fleets", "--kinds", "single-node", "--servers", "1", "--loads", "0.9", "--days", "1",
        ]
        let one = try command.succeed(small + ["--seeds", "1", "--policies", "best-fit"])
        #expect(
            one.hasPrefix(
                "1 fleet, 1 of each kind, number of servers and load; VMs arrive for 1 day\nRefused cores in %"
            )
        )
        #expect(!one.contains("Less"))
        let none = try command.succeed(small + ["--seeds", "1", "--policies", "model.h5", "best-fit"])
        let last = none.split(separator: "\n").last { $0.hasPrefix("best-fit") }
        #expect(last?.split(separator: " ") == ["best-fit", "-", "-", "-", "0"])
    }

    @Test func theFile() throws {
        try writeModel()
        _ = try command.succeed(arguments("--output", "one.csv", "--threads", "1"))
        _ = try command.succeed(arguments("--output", "two.csv", "--threads", "2"))
        #expect(try folder.read("one.csv") == folder.read("two.csv"))
        #expect(try command.succeed(arguments("--output", "-")) == folder.text("one.csv"))
        #expect(try command.succeed(arguments("--threads", "1")) == command.succeed(arguments("--threads", "2")))
        let rows = try folder.text("one.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(
            rows[0] == [
                "kind", "servers", "load", "seed", "policy", "vms", "refused", "cores", "refused_cores", "core_seconds",
                "refused_core_seconds",
            ]
        )
        // Three policies on three fleets, and two on the three that the network does not serve.
        #expect(rows.count == 1 + 9 + 6)
        var index = 1
        for kind in [FleetKind.singleNode, .coreBound] {
            for seed in UInt64(5)...7 {
                var sources: [(name: String, PolicySource)] = [
                    ("best-fit", .heuristic(.bestFit)), ("first-fit", .heuristic(.firstFit)),
                ]
                if kind == .coreBound { sources.append(("model.h5", .model(try Samples.spane()))) }
                for (name, source) in sources {
                    let tally = try tally(kind, seed: seed, source)
                    #expect(
                        rows[index] == [
                            kind.rawValue, "4", "0.9", "\(seed)", name, "\(tally.asked.vms)", "\(tally.refused.vms)",
                            CSVText.number(tally.asked.cores), CSVText.number(tally.refused.cores),
                            CSVText.number(tally.asked.coreSeconds), CSVText.number(tally.refused.coreSeconds),
                        ]
                    )
                    index += 1
                }
            }
        }
    }

    @Test(arguments: [
        (["--servers", "0"], "--servers is 0; it must be in 1 ... 100000."),
        (["--servers", "3", "100001"], "--servers is 100001; it must be in 1 ... 100000."),
        (["--servers", "3", "4", "3"], "--servers has 3 twice; each may be given once."),
        (["--loads", "0"], "--loads is 0.0; it must be above 0 and at most 2.0."),
        (["--loads", "nan"], "--loads is nan; it must be above 0 and at most 2.0."),
        (["--loads", "0.9", "0.90"], "--loads has 0.9 twice; each may be given once."),
        (["--days", "366"], "--days is 366.0; it must be above 0 and at most 365.0."),
        (["--seeds", "0"], "--seeds is 0; it must be in 1 ... 10000."),
        (["--kinds", "single-node", "single-node"], "--kinds has single-node twice; each may be given once."),
        (["--policies", "best-fit", "best-fit"], "--policies has best-fit twice; each may be given once."),
        (
            ["--kinds", "huge"],
            "The value 'huge' is invalid for '--kinds <kind ...>'. Please provide one of 'core-bound', 'memory-bound', "
                + "'single-node' or 'eight-nodes'."
        ),
    ])
    func badArguments(words: [String], message: String) throws {
        let policies = words.contains("--policies") ? [] : ["--policies", "first-fit"]
        try command.fail(["experiment", "fleets"] + words + policies, status: Status.usage, message)
        #expect(try folder.names() == [])
    }

    /// No VM of a fleet for which there is no memory is made.
    @Test func moreThanThereIsMemoryFor() throws {
        for words in [
            ["experiment", "fleets", "--kinds", "core-bound", "--loads", "1.5", "--policies", "first-fit"],
            ["fleet", "generate", "core-bound", "--load", "1.5", "--output", "folder"],
        ] {
            let result = try command.run(
                words + ["--servers", "100000", "--days", "365"],
                shell: "ulimit -v 8000000"
            )
            #expect(result.status == Status.failure)
            let start = "Error: the core-bound fleet with servers = 100000, load = 1.5, days = 365.0, which has about "
            #expect(result.errors.hasPrefix(start), "\(result.errors)")
            #expect(result.errors.contains("bytes of memory, which cannot be had"))
            #expect(try folder.names() == [])
        }
    }

    // MARK: fleet generate

    @Test func aFleetIsGenerated() throws {
        func generate(_ folder: String, seed: String) throws -> String {
            try command.succeed(
                ["fleet", "generate", "eight-nodes", "--servers", "5", "--load", "0.95", "--days", "4", "--seed", seed]
                    + ["--output", folder]
            )
        }
        let text = try generate("some/folder", seed: "3")
        _ = try generate("same", seed: "3")
        _ = try generate("other", seed: "4")
        for name in ["fleet.h5", "trace.h5"] {
            #expect(try folder.read("some/folder/\(name)") == folder.read("same/\(name)"))
            #expect(try folder.read("some/folder/\(name)") != folder.read("other/\(name)"))
        }
        let (trace, description) = try TraceFile.read(folder.file("same/trace.h5"))
        #expect(
            description.source == "spane fleet generate eight-nodes --servers 5 --load 0.95 --days 4 --seed 3"
        )
        #expect(description.licence == "MIT")
        #expect(text.hasPrefix("some/folder/fleet.h5: 5 servers: 2 x gen1 of 8 x (12 cores, 96 GB), "))

        // The files play as the fleet does that is not written.
        let workload = FleetWorkload(.eightNodes, servers: 5, load: 0.95, days: 4, seed: 3)
        let expected = try LossEvaluation(
            of: .heuristic(.bestFit),
            on: .withoutQueue(
                Scenario(workload.makeTrace(), on: workload.makeFleet()),
                starts: [0],
                length: trace.count - 2
            )
        ).all
        #expect(expected.refused.vms > 0)
        let words = try #require(text.split(separator: "\n\n").last?.split(separator: "\n").dropFirst())
        let line = words.joined(separator: "\n").replacing("spane evaluate", with: "\"$1\" evaluate")
        let result = try command.run(script: line.trimmingCharacters(in: .newlines) + " --output -")
        #expect(result.errors == "")
        let cells = result.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        #expect(cells[1].prefix(3) == ["0", "\(trace.count - 2)", "best-fit"])
        #expect(cells[1][3] == "\(expected.refused.vms)")
        #expect(cells[1][5] == CSVText.number(expected.refused.cores))
    }

    @Test(arguments: [
        (["core-bound", "--servers", "0"], "--servers is 0; it must be in 1 ... 100000."),
        (["core-bound", "--load=-1"], "--load is -1.0; it must be above 0 and at most 2.0."),
        (["core-bound", "--days", "0"], "--days is 0.0; it must be above 0 and at most 365.0."),
    ])
    func impossibleFleets(words: [String], message: String) throws {
        try command.fail(["fleet", "generate"] + words + ["--output", "folder"], status: Status.usage, message)
        #expect(try folder.names() == [])
    }
}
