import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// The result of `spane evaluate --no-queue` as a table, as JSON and as one CSV row per episode and policy.
struct LossReport: EpisodeReport {
    let results: EvaluationResults
    let evaluations: [LossEvaluation]

    private var subject: EvaluationSubject { results.subject }

    private var fleetFigures: FleetFiguresReport {
        subject.figures(evaluations.map { $0.episodes.map(\.figures) })
    }

    private var length: Int { results.episodes.first?.length ?? 0 }

    // MARK: Table

    var table: String {
        let columns = subject.moves == nil ? [] : MoveColumns.header
        var table = Table(
            header: ["policy", "refused VMs", "refused cores"] + SizeClass.allCases.map(\.name)
                + ["refused load"] + columns + ["decisions/s"]
        )
        for (policy, evaluation) in zip(subject.policies, evaluations) {
            let all = evaluation.all
            table.add(
                [policy, NumberText.percent(all.refusedVMs, decimals: 2)]
                    + ([all] + evaluation.bySize).map { NumberText.percent($0.refusedCores, decimals: 2) }
                    + [NumberText.percent(all.refusedLoad, decimals: 2)]
                    + (results.moveFigures(evaluation).map(MoveColumns.cells) ?? [])
                    + [NumberText.grouped(evaluation.decisionsPerSecond)]
            )
        }
        let cores = subject.servers.most_cores
        let (medium, large) = (CSVText.number(cores / 16), CSVText.number(cores / 4))
        let moves = subject.moves.map { "; \($0.withoutTime)" } ?? ""
        let blocks = [
            """
            \(NumberText.grouped(results.episodes.count)) episodes of \(NumberText.grouped(length)) VMs on \
            \(subject.servers.words)\(moves); what fits nowhere is refused and gone
            """,
            table.text,
            """
            refused cores: of the cores asked for; small, medium and large: the same of VMs below \(medium) cores, from there \
            on, and from \(large) cores on. refused load: of the core-seconds asked for.\(moves.isEmpty ? "" : " " + MoveColumns.note)
            """,
        ]
        return (blocks + [fleetFigures.table].compactMap { $0 }).joined(separator: "\n\n")
    }

    // MARK: CSV

    var csv: String {
        let tallies = ["", "_small", "_medium", "_large"]
        var text = CSVText.line(
            ["start", "length", "policy", "refused"]
                + tallies.flatMap { ["cores\($0)", "refused_cores\($0)"] }
                + ["core_seconds", "refused_core_seconds"]
                + (subject.moves == nil ? [] : MoveColumns.csvNames) + subject.metrics.map(\.name)
        )
        for (index, planned) in results.episodes.enumerated() {
            for (policy, evaluation) in zip(subject.policies, evaluations) {
                let episode = evaluation.episodes[index]
                let cores = ([episode.all] + episode.bySize).flatMap { [$0.asked.cores, $0.refused.cores] }
                let seconds = [episode.all.asked.coreSeconds, episode.all.refused.coreSeconds]
                text += CSVText.line(
                    ["\(planned.start)", "\(planned.length)", policy, "\(episode.all.refused.vms)"]
                        + (cores + seconds).map(CSVText.number)
                        + (subject.moves == nil ? [] : MoveColumns.csvCells(episode.moved))
                        + episode.figures.means.map { $0.map(CSVText.number) ?? "" }
                )
            }
        }
        return text
    }

    // MARK: JSON

    private struct Result: Encodable {
        struct Policy: Encodable {
            let policy: String
            let refused_vms: Double
            let refused_cores: Double
            let refused_cores_by_size: [String: Double]
            let refused_load: Double
            let decisions_per_second: Double
            let moves: MovesDocument?
            let fleet_metrics: [String: Double]?
        }

        let episodes: Int
        let length: Int
        let queue = false
        let moves: MoveLimitsDocument?
        let policies: [Policy]
    }

    func json() throws -> String {
        let result = Result(
            episodes: results.episodes.count,
            length: length,
            moves: MoveLimitsDocument(subject.moves),
            policies: subject.policies.indices.map { index in
                let evaluation = evaluations[index]
                let sizes = zip(SizeClass.allCases, evaluation.bySize).map { ($0.name, $1.refusedCores) }
                return Result.Policy(
                    policy: subject.policies[index],
                    refused_vms: evaluation.all.refusedVMs,
                    refused_cores: evaluation.all.refusedCores,
                    refused_cores_by_size: Dictionary(uniqueKeysWithValues: sizes),
                    refused_load: evaluation.all.refusedLoad,
                    decisions_per_second: evaluation.decisionsPerSecond,
                    moves: MovesDocument(results.moveFigures(evaluation)),
                    fleet_metrics: fleetFigures.named(index)
                )
            }
        )
        return try subject.json(result)
    }
}
