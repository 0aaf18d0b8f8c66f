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

/// What every result of `spane evaluate` tells of: who played, on what, and what was measured of the fleet.
struct ReportSubject {
    let policies: [String]
    let sampling: FleetSampling
    let trace: TraceDescription
    let fleet: Fleet
    let mix: GivenMix?

    /// The servers, and where their size does not say it the rule for spans.
    var servers: String {
        fleet.serversInWords + (FleetNote(ofOther: fleet) == nil ? "" : "; \(fleet.ruleInWords)")
    }

    /// - Parameter figures: [policy][episode]
    func figures(_ figures: [[FleetFigures]]) -> FleetFiguresReport {
        FleetFiguresReport(sampling: sampling, policies: policies, figures: figures)
    }

    /// The JSON of a result with the keys that all results have.
    func json(_ result: some Encodable) throws -> String {
        try JSONText.pretty(ReportDocument(head: Head(self), result: result))
    }

    fileprivate struct Head: Encodable {
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

        init(_ subject: ReportSubject) {
            servers = subject.fleet.serverCount
            node_cpu = subject.fleet.uniformNode?.cpu
            node_mem = subject.fleet.uniformNode?.mem
            split_above = subject.fleet.onlySplitAbove
            fleet = FleetNote(ofOther: subject.fleet)
            trace_source = subject.trace.source
            trace_sha256 = subject.trace.contentHash
            trace_licence = subject.trace.licence
            mix_source = subject.mix?.description.source
            mix_sha256 = subject.mix?.description.contentHash
        }
    }
}

/// One object with the keys of two.
private struct ReportDocument<Result: Encodable>: Encodable {
    let head: ReportSubject.Head
    let result: Result

    func encode(to encoder: any Encoder) throws {
        try head.encode(to: encoder)
        try result.encode(to: encoder)
    }
}
