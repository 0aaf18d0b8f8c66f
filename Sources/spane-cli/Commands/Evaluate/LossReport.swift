import FoundationEssentials
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage

/// The result of `spane evaluate --no-queue` as a table, as JSON and as one CSV row per episode and policy.
struct LossReport {
    let policies: [String]
    let plan: EpisodePlan
    let evaluations: [LossEvaluation]
    let sampling: FleetSampling
    let trace: TraceDescription
    let fleet: Fleet

    private var fleetNote: FleetNote? { FleetNote(ofOther: fleet) }

    private var fleetFigures: FleetFiguresReport {
        FleetFiguresReport(
            sampling: sampling,
            policies: policies,
            figures: evaluations.map { $0.episodes.map(\.figures) }
        )
    }

    private var length: Int { plan.episodes.first?.length ?? 0 }

    // MARK: Table

    var table: String {
        let columns = plan.scenario.moves == nil ? [] : MoveColumns.header
        var table = Table(
            header: ["policy", "refused VMs", "refused cores"] + SizeClass.allCases.map(\.name)
                + ["refused load"] + columns + ["decisions/s"]
        )
        for (policy, evaluation) in zip(policies, evaluations) {
            let all = evaluation.all
            table.add(
                [policy, NumberText.percent(all.refusedVMs, decimals: 2)]
                    + ([all] + evaluation.bySize).map { NumberText.percent($0.refusedCores, decimals: 2) }
                    + [NumberText.percent(all.refusedLoad, decimals: 2)]
                    + (evaluation.moveFigures(on: plan).map(MoveColumns.cells) ?? [])
                    + [NumberText.grouped(evaluation.decisionsPerSecond)]
            )
        }
        let rule = fleetNote == nil ? "" : "; \(fleet.ruleInWords)"
        let (medium, large) = (CSVText.number(fleet.mostCores / 16), CSVText.number(fleet.mostCores / 4))
        let moves = plan.scenario.moves.map { "; \($0.withoutTime)" } ?? ""
        let blocks = [
            """
            \(NumberText.grouped(plan.episodes.count)) episodes of \(NumberText.grouped(length)) VMs on \
            \(fleet.serversInWords)\(rule)\(moves); what fits nowhere is refused and gone
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
                + (plan.scenario.moves == nil ? [] : MoveColumns.csvNames) + sampling.metrics.map(\.name)
        )
        for (index, planned) in plan.episodes.enumerated() {
            for (policy, evaluation) in zip(policies, evaluations) {
                let episode = evaluation.episodes[index]
                let cores = ([episode.all] + episode.bySize).flatMap { [$0.asked.cores, $0.refused.cores] }
                let seconds = [episode.all.asked.coreSeconds, episode.all.refused.coreSeconds]
                text += CSVText.line(
                    ["\(planned.start)", "\(planned.length)", policy, "\(episode.all.refused.vms)"]
                        + (cores + seconds).map(CSVText.number)
                        + (plan.scenario.moves == nil ? [] : MoveColumns.csvCells(episode.moved))
                        + episode.figures.means.map { $0.map(CSVText.number) ?? "" }
                )
            }
        }
        return text
    }

    // MARK: JSON

    private struct Document: Encodable {
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
        let servers: Int
        let node_cpu: Double?
        let node_mem: Double?
        let split_above: Double?
        let fleet: FleetNote?
        let moves: MoveLimitsDocument?
        let trace_source: String
        let trace_sha256: String
        let trace_licence: String
        let policies: [Policy]
    }

    func json() throws -> String {
        let document = Document(
            episodes: plan.episodes.count,
            length: length,
            servers: fleet.serverCount,
            node_cpu: fleet.uniformNode?.cpu,
            node_mem: fleet.uniformNode?.mem,
            split_above: fleet.onlySplitAbove,
            fleet: fleetNote,
            moves: MoveLimitsDocument(plan.scenario.moves),
            trace_source: trace.source,
            trace_sha256: trace.contentHash,
            trace_licence: trace.licence,
            policies: policies.indices.map { index in
                let evaluation = evaluations[index]
                let sizes = zip(SizeClass.allCases, evaluation.bySize).map { ($0.name, $1.refusedCores) }
                return Document.Policy(
                    policy: policies[index],
                    refused_vms: evaluation.all.refusedVMs,
                    refused_cores: evaluation.all.refusedCores,
                    refused_cores_by_size: Dictionary(uniqueKeysWithValues: sizes),
                    refused_load: evaluation.all.refusedLoad,
                    decisions_per_second: evaluation.decisionsPerSecond,
                    moves: MovesDocument(evaluation.moveFigures(on: plan)),
                    fleet_metrics: fleetFigures.named(index)
                )
            }
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
