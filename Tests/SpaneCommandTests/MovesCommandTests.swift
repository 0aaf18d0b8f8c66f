import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// `--moves` wherever it can be given.
@Suite struct MovesCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try Samples.writeTrace(to: folder) }

    private func evaluate(_ more: String...) -> [String] {
        ["evaluate", "--trace", "trace.h5", "--starts", "0..<300:6:3", "--length", "200", "--servers", "1"]
            + ["--policy", "first-fit", "--policy", "random:7", "--samples", "0"] + more
    }

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// What is printed but for the decisions a second.
    private func steady(_ text: String) -> [String] {
        text.split(separator: "\n").filter { !$0.contains("_per_second") }.map(String.init)
    }

    private func plan(_ limits: MoveLimits, queue: Bool) throws -> EpisodePlan {
        let scenario = try Scenario(Samples.trace(), on: Fleet(servers: 1), moves: limits)
        let starts = try Starts.sample(0..<300, count: 6, seed: 3)
        return queue
            ? try EpisodePlan(scenario, starts: starts, until: .length(200))
            : try EpisodePlan.withoutQueue(scenario, starts: starts, length: 200)
    }

    @Test func evaluateWithMoves() throws {
        let options = ["--moves", "3", "--move-seconds-per-gb", "0.5", "--move-price", "1", "--move-budget", "100"]
        let text = try command.succeed(evaluate("--json") + options)
        let document = try document(text)
        #expect((document["moves"] as? [String: Double])?["moves"] == 3)
        let limits = MoveLimits(moves: 3, budget: 100, prices: MovePrices(move: 1), secondsPerGB: 0.5)
        let plan = try plan(limits, queue: true)
        let evaluation = try Evaluation(of: .heuristic(.firstFit), on: plan)
        let figures = try #require(evaluation.moveFigures(on: plan))
        #expect(figures.moved.moves > 0)
        let row = try #require((document["policies"] as? [[String: Any]])?.first)
        let moves = try #require(row["moves"] as? [String: Double])
        #expect(moves["moves"] == Double(figures.moved.moves))
        #expect(moves["moves_per_1000_vms"] == figures.perThousandVMs)
        #expect(moves["gb_moved_per_gb_placed"] == figures.memShare)
        #expect(moves["local_gb_moved"] == figures.moved.localMem)
        #expect(row["mean"] as? Double == Statistics.mean(evaluation.totalWaits))
        let table = try command.succeed(evaluate() + options)
        #expect(table.contains("; up to 3 moves make room for a VM, 0.5 s a GB; total wait"))
        #expect(table.contains("  moves/1,000 VMs  GB moved/GB  decisions/s\n"))
    }

    @Test func evaluateWithoutAQueue() throws {
        let options = ["--no-queue", "--moves", "3", "--move-budget", "100"]
        let document = try document(command.succeed(evaluate("--json") + options))
        let plan = try plan(MoveLimits(moves: 3, budget: 100), queue: false)
        let loss = try LossEvaluation(of: .heuristic(.firstFit), on: plan, sampling: .none)
        let row = try #require((document["policies"] as? [[String: Any]])?.first)
        #expect(row["refused_cores"] as? Double == loss.all.refusedCores)
        let moves = try #require(row["moves"] as? [String: Double])
        #expect(moves["moves_per_1000_vms"] == loss.moveFigures(on: plan)?.perThousandVMs)
        let lines = try command.succeed(evaluate("--output", "-") + options).split(separator: "\n")
        let header = lines[0].split(separator: ",").map(String.init)
        #expect(header.suffix(3) == ["moves", "moved_gb", "moved_local_gb"])
        #expect(lines[1].split(separator: ",").last.map(String.init) == "\(Int(loss.episodes[0].moved.localMem))")
    }

    /// No moves print what was printed before there were any.
    @Test func noMoves() throws {
        for more in [["--json"], ["--output", "-"], ["--no-queue", "--json"], ["--no-queue", "--output", "-"]] {
            let plain = try command.succeed(evaluate() + more)
            #expect(!plain.contains("move"))
            #expect(steady(plain) == steady(try command.succeed(evaluate() + more + ["--moves", "0"])))
        }
    }

    @Test func serversByMoves() throws {
        func run(_ more: String..., output: String) throws -> String {
            try command.succeed(
                ["experiment", "servers", "--trace", "trace.h5", "--windows", "8", "--window-length", "150"]
                    + ["--policies", "balance-fit", "few=random:1,random:2", "--resamples", "100"]
                    + ["--output", output] + more
            )
        }
        let text = try run("--moves", "0,1,4", "--move-budget", "50", output: "folder")
        for words in [
            "balance-fit: servers needed by the moves", "few (mean of 2): servers needed by the moves",
            "fewer servers", "moves/1,000 VMs", "moves/day", "servers-moves-N.csv",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        let plain = try run(output: "plain")
        #expect(!plain.contains("move"))
        #expect(try folder.text("folder/servers-moves-0.csv") == folder.text("plain/servers.csv"))
        #expect(try folder.text("folder/servers-moves-4.csv") != folder.text("plain/servers.csv"))
        let rows = try folder.text("folder/summary.csv").split(separator: "\n")
        #expect(rows[0].hasSuffix(",moves"))
        #expect(rows.contains { $0.contains(",moves_per_1000_vms,") && $0.hasSuffix(",4") })
        let summary = try document(folder.text("folder/summary.json"))
        let clusters = try #require(summary["clusters"] as? [[String: Any]])
        #expect(clusters.map { $0["moves"] as? Int } == [0, 1, 4])
        // Nothing is left to be played, and one number of moves has the usual tables.
        #expect(
            try run("--moves", "0,1,4", "--move-budget", "50", output: "folder").contains("played before")
        )
        let one = try run("--moves", "2", output: "one")
        #expect(one.contains("waits or is refused, with up to 2 moves for a VM\n"))
    }

    @Test func fleets() throws {
        let arguments =
            ["experiment", "fleets", "--kinds", "core-bound", "--servers", "4"]
            + ["--loads", "0.9", "--days", "1"]
        let text = try command.succeed(arguments + ["--seeds", "1", "--policies", "first-fit", "--moves", "2"])
        #expect(text.contains("; up to 2 moves make room for a VM\n"))
        #expect(text.contains("moves/1,000 VMs"))
        let csv = try command.succeed(
            arguments + ["--seeds", "1", "--policies", "first-fit", "--moves", "2", "--output", "-"]
        )
        #expect(csv.split(separator: "\n")[0].hasSuffix(",moves,moved_gb,moved_local_gb"))
    }

    @Test(arguments: [
        (["--moves", "65"], "--moves is 65; it must be in 0 ... 64."),
        (["--move-price", "1"], "--move-price without --moves: nothing is moved."),
        (["--moves", "1", "--move-price=-1"], "--move-price is -1.0; it must be in 0 ... 1e6."),
        (["--moves", "1", "--move-seconds-per-gb", "2e6"], "--move-seconds-per-gb is 2000000.0"),
        (["--moves", "1", "--move-budget=-1"], "--move-budget is -1; it must be at least 0."),
    ])
    func badOptions(options: [String], message: String) throws {
        let result = try command.run(evaluate() + options)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("Error: \(message)"), "\(result.errors)")
    }

    @Test(arguments: [
        ("0,65", "--moves has 65; it must be in 0 ... 64."), ("1,1", "--moves has 1 twice; each may be given once."),
        ("1,", "'1,'"),
    ])
    func badNumbers(moves: String, message: String) throws {
        let result = try command.run(
            ["experiment", "servers", "--trace", "trace.h5", "--policies", "first-fit", "--output", "f"]
                + ["--moves", moves]
        )
        #expect(result.status == 64)
        #expect(result.errors.contains(message), "\(result.errors)")
    }
}
