import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling

/// The result of `spane evaluate` as a table, as JSON and as one CSV row per episode.
struct EvaluationReport: EpisodeReport {
    let results: EvaluationResults
    let evaluations: [Evaluation]

    private var subject: EvaluationSubject { results.subject }

    private var fleetFigures: FleetFiguresReport { subject.figures(evaluations.map(\.figures)) }

    private var bounds: [Double] { results.episodes.map(\.bound) }

    private var meanLength: Double { Statistics.mean(results.episodes.map { Double($0.length) }) }

    // MARK: Table

    var table: String {
        let columns = subject.moves == nil ? [] : MoveColumns.header
        var table = Table(
            header: ["policy", "trimmed mean", "mean", "median", "no wait", "wait/VM", "above bound"] + columns
                + ["decisions/s"]
        )
        for (policy, evaluation) in zip(subject.policies, evaluations) {
            let summary = EvaluationSummary(evaluation, results.episodes)
            table.add(
                [
                    policy,
                    NumberText.grouped(summary.trimmedMean, decimals: 1),
                    NumberText.grouped(summary.mean, decimals: 1),
                    NumberText.grouped(summary.median, decimals: 1),
                    NumberText.percent(summary.shareWithoutWaiting),
                    NumberText.grouped(summary.meanWaitPerVM, decimals: 1),
                    NumberText.grouped(summary.aboveBound, decimals: 1),
                ] + (results.moveFigures(evaluation).map(MoveColumns.cells) ?? [])
                    + [NumberText.grouped(summary.decisionsPerSecond)]
            )
        }
        table.add(
            [
                "lower bound",
                NumberText.grouped(Statistics.trimmedMean(bounds), decimals: 1),
                NumberText.grouped(Statistics.mean(bounds), decimals: 1),
                NumberText.grouped(Statistics.median(bounds), decimals: 1),
                NumberText.percent(Double(bounds.count { $0 == 0 }) / Double(max(1, bounds.count))),
                "", "", "",
            ] + columns.map { _ in "" }
        )
        let moves = subject.moves.map { "; \($0.inWords)" } ?? ""
        return """
            \(NumberText.grouped(results.episodes.count)) episodes of \(NumberText.grouped(meanLength, decimals: 1)) VMs \
            (mean) on \(subject.servers.words)\(moves); total wait of an episode in seconds

            \(table.text)
            """ + (moves.isEmpty ? "" : "\n\n" + MoveColumns.note)
                + (fleetFigures.table.map { "\n\n" + $0 } ?? "")
    }

    // MARK: CSV

    var csv: String {
        WaitsCSV.text(
            starts: results.episodes.map(\.start),
            lengths: results.episodes.map(\.length),
            bounds: bounds,
            waits: Array(zip(subject.policies, evaluations.map(\.totalWaits)))
        )
    }

    // MARK: JSON

    private struct Result: Encodable {
        struct Policy: Encodable {
            let policy: String
            let trimmed_mean: Double
            let mean: Double
            let median: Double
            let share_without_waiting: Double
            let mean_wait_per_vm: Double
            let above_bound: Double
            let decisions_per_second: Double
            let moves: MovesDocument?
            let fleet_metrics: [String: Double]?
        }

        let episodes: Int
        let mean_length: Double
        let moves: MoveLimitsDocument?
        let bound_trimmed_mean: Double
        let policies: [Policy]
    }

    func json() throws -> String {
        let result = Result(
            episodes: results.episodes.count,
            mean_length: meanLength,
            moves: MoveLimitsDocument(subject.moves),
            bound_trimmed_mean: Statistics.trimmedMean(bounds),
            policies: subject.policies.indices.map { index in
                let summary = EvaluationSummary(evaluations[index], results.episodes)
                return Result.Policy(
                    policy: subject.policies[index],
                    trimmed_mean: summary.trimmedMean,
                    mean: summary.mean,
                    median: summary.median,
                    share_without_waiting: summary.shareWithoutWaiting,
                    mean_wait_per_vm: summary.meanWaitPerVM,
                    above_bound: summary.aboveBound,
                    decisions_per_second: summary.decisionsPerSecond,
                    moves: MovesDocument(results.moveFigures(evaluations[index])),
                    fleet_metrics: fleetFigures.named(index)
                )
            }
        )
        return try subject.json(result)
    }
}
