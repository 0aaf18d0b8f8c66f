import FoundationEssentials
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage

/// The result of `spane evaluate` as a table, as JSON and as one CSV row per episode.
struct EvaluationReport {
    let policies: [String]
    let plan: EpisodePlan
    let evaluations: [Evaluation]
    let sampling: FleetSampling
    let trace: TraceDescription
    let fleet: Fleet

    /// The servers, where `node_cpu`, `node_mem` and `split_above` do not say it all.
    private var fleetNote: FleetNote? { FleetNote(ofOther: fleet) }

    private var fleetFigures: FleetFiguresReport {
        FleetFiguresReport(sampling: sampling, policies: policies, figures: evaluations.map(\.figures))
    }

    private var bounds: [Double] { plan.episodes.map(\.bound) }

    private var meanLength: Double { Statistics.mean(plan.episodes.map { Double($0.length) }) }

    // MARK: Table

    var table: String {
        let columns = plan.scenario.moves == nil ? [] : MoveColumns.header
        var table = Table(
            header: ["policy", "trimmed mean", "mean", "median", "no wait", "wait/VM", "above bound"] + columns
                + ["decisions/s"]
        )
        for (policy, evaluation) in zip(policies, evaluations) {
            let summary = EvaluationSummary(evaluation, on: plan)
            table.add(
                [
                    policy,
                    NumberText.grouped(summary.trimmedMean, decimals: 1),
                    NumberText.grouped(summary.mean, decimals: 1),
                    NumberText.grouped(summary.median, decimals: 1),
                    NumberText.percent(summary.shareWithoutWaiting),
                    NumberText.grouped(summary.meanWaitPerVM, decimals: 1),
                    NumberText.grouped(summary.aboveBound, decimals: 1),
                ] + (evaluation.moveFigures(on: plan).map(MoveColumns.cells) ?? [])
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
        let rule = fleetNote == nil ? "" : "; \(fleet.ruleInWords)"
        let moves = plan.scenario.moves.map { "; \($0.inWords)" } ?? ""
        return """
            \(NumberText.grouped(plan.episodes.count)) episodes of \(NumberText.grouped(meanLength, decimals: 1)) VMs \
            (mean) on \(fleet.serversInWords)\(rule)\(moves); total wait of an episode in seconds

            \(table.text)
            """ + (moves.isEmpty ? "" : "\n\n" + MoveColumns.note)
                + (fleetFigures.table.map { "\n\n" + $0 } ?? "")
    }

    // MARK: CSV

    var csv: String {
        WaitsCSV.text(
            starts: plan.episodes.map(\.start),
            lengths: plan.episodes.map(\.length),
            bounds: bounds,
            waits: Array(zip(policies, evaluations.map(\.totalWaits)))
        )
    }

    // MARK: JSON

    private struct Document: Encodable {
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
        let servers: Int
        let node_cpu: Double?
        let node_mem: Double?
        let split_above: Double?
        let fleet: FleetNote?
        let moves: MoveLimitsDocument?
        let trace_source: String
        let trace_sha256: String
        let trace_licence: String
        let bound_trimmed_mean: Double
        let policies: [Policy]
    }

    func json() throws -> String {
        let document = Document(
            episodes: plan.episodes.count,
            mean_length: meanLength,
            servers: fleet.serverCount,
            node_cpu: fleet.uniformNode?.cpu,
            node_mem: fleet.uniformNode?.mem,
            split_above: fleet.onlySplitAbove,
            fleet: fleetNote,
            moves: MoveLimitsDocument(plan.scenario.moves),
            trace_source: trace.source,
            trace_sha256: trace.contentHash,
            trace_licence: trace.licence,
            bound_trimmed_mean: Statistics.trimmedMean(bounds),
            policies: policies.indices.map { index in
                let summary = EvaluationSummary(evaluations[index], on: plan)
                return Document.Policy(
                    policy: policies[index],
                    trimmed_mean: summary.trimmedMean,
                    mean: summary.mean,
                    median: summary.median,
                    share_without_waiting: summary.shareWithoutWaiting,
                    mean_wait_per_vm: summary.meanWaitPerVM,
                    above_bound: summary.aboveBound,
                    decisions_per_second: summary.decisionsPerSecond,
                    moves: MovesDocument(evaluations[index].moveFigures(on: plan)),
                    fleet_metrics: fleetFigures.named(index)
                )
            }
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
