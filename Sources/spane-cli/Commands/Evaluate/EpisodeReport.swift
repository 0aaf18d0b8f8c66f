import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// The result of `spane evaluate` in each of its forms.
protocol EpisodeReport {
    /// For people.
    var table: String { get }
    /// One row per episode, or per episode and policy.
    var csv: String { get }
    /// For programs.
    func json() throws -> String
}

extension EvaluationResults {
    var report: any EpisodeReport {
        switch outcome {
        case .waits(let evaluations): EvaluationReport(results: self, evaluations: evaluations)
        case .losses(let evaluations): LossReport(results: self, evaluations: evaluations)
        }
    }

    /// Shows the results, and writes them to a file where one is named: all of them, be they of one machine or of several.
    func write(json: Bool, to output: String?) throws {
        let report = report
        if output == "-" { return StandardOutput.write(report.csv) }
        // Printed first: a file that cannot be written shall not cost the result.
        if json { StandardOutput.write(try report.json() + "\n") } else { StandardOutput.print(report.table) }
        if let output { try TextFile.write(report.csv, to: output) }
    }
}

extension EvaluationSubject {
    /// - Parameter figures: [policy][episode]
    func figures(_ figures: [[FleetFigures]]) -> FleetFiguresReport {
        FleetFiguresReport(samples: samples, metrics: metrics, policies: policies, figures: figures)
    }

    /// The JSON of a result with the keys that all results have.
    func json(_ result: some Encodable) throws -> String {
        try JSONText.pretty(ReportDocument(head: ReportHead(self), result: result))
    }
}

private struct ReportHead: Encodable {
    let servers: Int
    let node_cpu: Double?
    let node_mem: Double?
    let split_above: Double?
    /// The servers, where `node_cpu`, `node_mem` and `split_above` do not say it all.
    let fleet: FleetNote?
    let trace_source: String
    let trace_sha256: String
    let trace_licence: String
    let mix_source: String?
    let mix_sha256: String?

    init(_ subject: EvaluationSubject) {
        servers = subject.serverCount
        node_cpu = subject.node?.cpu
        node_mem = subject.node?.mem
        split_above = subject.splitAbove
        fleet = subject.fleet
        trace_source = subject.trace.source
        trace_sha256 = subject.trace.contentHash
        trace_licence = subject.trace.licence
        mix_source = subject.mix?.source
        mix_sha256 = subject.mix?.contentHash
    }
}

/// One object with the keys of two.
private struct ReportDocument<Result: Encodable>: Encodable {
    let head: ReportHead
    let result: Result

    func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        try result.encode(to: encoder)
    }
}
