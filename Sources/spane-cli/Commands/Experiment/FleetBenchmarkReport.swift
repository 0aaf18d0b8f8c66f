import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

/// The result of `spane experiment fleets` as two tables and as one CSV row per fleet and policy.
struct FleetBenchmarkReport {
    let benchmark: FleetBenchmark
    let trials: [FleetBenchmark.Trial]

    private func refused(_ policy: Int, in trial: FleetBenchmark.Trial) -> Double? {
        trial.tallies[policy]?.refusedCores
    }

    var text: String {
        get throws {
            """
            \(NumberText.grouped(trials.count)) fleets, VMs for \(CSVText.number(benchmark.days)) days; refused cores, in % of \
            those asked for, mean of \(benchmark.seeds.count) fleets of so many servers at an offered load

            \(means)

            Less \(benchmark.policies[0].name) on the same fleets

            \(try differences)

            *: the 95 % interval, of a bootstrap over fleets, leaves zero out.
            """
        }
    }

    /// A table for each kind, as one for all would be too wide.
    private var means: String {
        let kinds = benchmark.cells.map(\.kind).reduce(into: [FleetKind]()) { if !$0.contains($1) { $0.append($1) } }
        return kinds.map { table(of: $0) }.joined(separator: "\n\n")
    }

    private func table(of kind: FleetKind) -> String {
        let cells = benchmark.cells.filter { $0.kind == kind }
        var table = Table(header: [kind.rawValue] + cells.map { "\($0.servers) at \(CSVText.number($0.load))" })
        for (index, policy) in benchmark.policies.enumerated() {
            table.add(
                [policy.name]
                    + cells.map { cell in
                        let values = trials.filter { $0.cell == cell }.compactMap { refused(index, in: $0) }
                        return values.isEmpty ? "-" : NumberText.percent(Statistics.mean(values), decimals: 2)
                    }
            )
        }
        return table.text
    }

    private var differences: String {
        get throws {
            var table = FigureTable(header: ["policy", "refused cores", "better", "worse", "of"])
            for index in benchmark.policies.indices.dropFirst() {
                let pairs = trials.compactMap { trial in
                    refused(index, in: trial).flatMap { own in refused(0, in: trial).map { (own: own, control: $0) } }
                }
                guard !pairs.isEmpty else { continue }
                let bootstrap = try BlockBootstrap(count: pairs.count, blockLength: 1, resamples: 5000, seed: 1)
                let figures = try ResampledFigures(
                    series: [pairs.map(\.own), pairs.map(\.control)],
                    metrics: [.mean],
                    bootstrap: bootstrap
                )
                let difference = figures.estimate { $0[0, 0] - $0[1, 0] }
                let isSure = difference.interval.map { !$0.contains(0) } ?? false
                let sign = difference.value > 0 ? "+" : ""
                let range = difference.interval.map {
                    "\(NumberText.percent($0.low, decimals: 2)) … \(NumberText.percent($0.high, decimals: 2))"
                }
                table.add(
                    benchmark.policies[index].name,
                    [
                        FigureTable.Cell(
                            value: sign + NumberText.percent(difference.value, decimals: 2) + (isSure ? " *" : ""),
                            interval: range ?? ""
                        ),
                        FigureTable.Cell(value: NumberText.grouped(pairs.count { $0.own < $0.control })),
                        FigureTable.Cell(value: NumberText.grouped(pairs.count { $0.own > $0.control })),
                        FigureTable.Cell(value: NumberText.grouped(pairs.count)),
                    ]
                )
            }
            return table.text
        }
    }

    var csv: String {
        var text = CSVText.line([
            "kind", "servers", "load", "seed", "policy", "vms", "refused", "cores", "refused_cores", "core_seconds",
            "refused_core_seconds",
        ])
        for trial in trials {
            for (policy, tally) in zip(benchmark.policies, trial.tallies) {
                guard let tally else { continue }
                let amounts = [
                    tally.asked.cores, tally.refused.cores, tally.asked.coreSeconds, tally.refused.coreSeconds,
                ]
                text += CSVText.line(
                    [
                        trial.cell.kind.rawValue, "\(trial.cell.servers)", CSVText.number(trial.cell.load),
                        "\(trial.seed)", policy.name, "\(tally.asked.vms)", "\(tally.refused.vms)",
                    ] + amounts.map(CSVText.number)
                )
            }
        }
        return text
    }
}
