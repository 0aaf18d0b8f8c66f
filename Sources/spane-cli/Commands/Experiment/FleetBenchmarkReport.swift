import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

/// The result of `spane experiment fleets` as two tables and as one CSV row per fleet and policy.
struct FleetBenchmarkReport {
    let results: FleetBenchmark.Results

    private var trials: [FleetBenchmark.Trial] { results.trials }

    /// Shows the results, and writes them to a file where one is named.
    func write(to output: String?) throws {
        if output == "-" { return StandardOutput.write(csv) }
        // Printed first: a file that cannot be written shall not cost the result.
        StandardOutput.print(try text)
        if let output { try TextFile.write(csv, to: output) }
    }

    private func refused(_ policy: Int, in trial: FleetBenchmark.Trial) -> Double? {
        trial.tallies[policy]?.refusedCores
    }

    var text: String {
        get throws {
            let (count, seeds) = (trials.count, results.seedCount)
            let days = CSVText.number(results.days)
            return """
                \(NumberText.grouped(count)) fleet\(count == 1 ? "" : "s"), \(NumberText.grouped(seeds)) of each kind, number \
                of servers and load; VMs arrive for \(days) day\(days == "1" ? "" : "s")\(moves)
                Refused cores in % of those asked for, by servers and load\(seeds == 1 ? "" : ": the mean of \(seeds) fleets")

                \(means)\(moved)\(try comparison)
                """
        }
    }

    private var moves: String { results.moves.map { "; \($0.withoutTime)" } ?? "" }

    /// What was moved on all fleets together; nothing where nothing may be.
    private var moved: String {
        guard results.moves != nil else { return "" }
        var table = Table(header: ["policy"] + MoveColumns.header)
        for (index, policy) in results.policies.enumerated() {
            let played = trials.compactMap { trial in trial.tallies[index].map { ($0, trial.moved[index]) } }
            table.add(
                [policy]
                    + (played.isEmpty
                        ? MoveColumns.header.map { _ in "-" }
                        : MoveColumns.cells(MoveFigures(played, days: Double(played.count) * results.days)))
            )
        }
        return "\n\n\(table.text)\n\n\(MoveColumns.note)"
    }

    /// The policies beside the first; nothing where there is only one.
    private var comparison: String {
        get throws {
            guard results.policies.count > 1 else { return "" }
            return """


                Less \(results.policies[0]), on the fleets that both of them serve

                \(try differences)

                *: the 95 % interval, of a bootstrap over fleets, leaves zero out.
                better, worse: fleets on which less, or more, is refused.
                """
        }
    }

    /// A table for each kind, as one for all would be too wide.
    private var means: String {
        let kinds = results.cells.map(\.kind).reduce(into: [FleetKind]()) { if !$0.contains($1) { $0.append($1) } }
        return kinds.map { table(of: $0) }.joined(separator: "\n\n")
    }

    private func table(of kind: FleetKind) -> String {
        let cells = results.cells.filter { $0.kind == kind }
        var table = Table(header: [kind.rawValue] + cells.map { "\($0.servers) at \(CSVText.number($0.load))" })
        for (index, policy) in results.policies.enumerated() {
            table.add(
                [policy]
                    + cells.map { cell in
                        let values = trials.filter { $0.cell == cell }.compactMap { refused(index, in: $0) }
                        return values.isEmpty ? "-" : Self.percent(Statistics.mean(values))
                    }
            )
        }
        return table.text
    }

    private var differences: String {
        get throws {
            var table = FigureTable(header: ["policy", "refused cores", "better", "worse", "of fleets"])
            for index in results.policies.indices.dropFirst() {
                let pairs = trials.compactMap { trial in
                    refused(index, in: trial).flatMap { own in refused(0, in: trial).map { (own: own, control: $0) } }
                }
                guard !pairs.isEmpty else {
                    table.add(results.policies[index], ["-", "-", "-", "0"].map { FigureTable.Cell(value: $0) })
                    continue
                }
                let bootstrap = try BlockBootstrap(count: pairs.count, blockLength: 1, resamples: 5000, seed: 1)
                let figures = try ResampledFigures(
                    series: [pairs.map(\.own), pairs.map(\.control)],
                    metrics: [.mean],
                    bootstrap: bootstrap
                )
                let difference = figures.estimate { $0[0, 0] - $0[1, 0] }
                let range = difference.interval.map { "\(Self.percent($0.low)) … \(Self.percent($0.high))" }
                let counts = [pairs.count { $0.own < $0.control }, pairs.count { $0.own > $0.control }, pairs.count]
                table.add(
                    results.policies[index],
                    [FigureTable.Cell(difference: difference, Self.percent, interval: range ?? "")]
                        + counts.map { FigureTable.Cell(value: NumberText.grouped($0)) }
                )
            }
            return table.text
        }
    }

    private static func percent(_ share: Double) -> String { NumberText.percent(share, decimals: 2) }

    var csv: String {
        var text = CSVText.line(
            [
                "kind", "servers", "load", "seed", "policy", "vms", "refused", "cores", "refused_cores", "core_seconds",
                "refused_core_seconds",
            ] + (results.moves == nil ? [] : MoveColumns.csvNames)
        )
        for trial in trials {
            for (index, policy) in results.policies.enumerated() {
                guard let tally = trial.tallies[index] else { continue }
                let amounts = [
                    tally.asked.cores, tally.refused.cores, tally.asked.coreSeconds, tally.refused.coreSeconds,
                ]
                text += CSVText.line(
                    [
                        trial.cell.kind.rawValue, "\(trial.cell.servers)", CSVText.number(trial.cell.load),
                        "\(trial.seed)", policy, "\(tally.asked.vms)", "\(tally.refused.vms)",
                    ] + amounts.map(CSVText.number)
                        + (results.moves == nil ? [] : MoveColumns.csvCells(trial.moved[index]))
                )
            }
        }
        return text
    }
}
