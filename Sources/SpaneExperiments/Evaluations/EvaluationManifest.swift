internal import FoundationEssentials
package import SpaneEvaluation
package import SpaneScheduling
internal import SpaneStorage

/// What an evaluation of which one machine plays a shard is about: enough to tell which shards belong together.
package struct EvaluationManifest: Codable, Sendable {
    /// What is played by whom.
    var compared: ExperimentManifest
    /// Whether VMs wait.
    var queue: Bool
    var metrics: [EvaluationSubject.Metric]
    var samples: Int
    var servers: EvaluationSubject.Servers

    /// Describes an evaluation.
    ///
    /// - Parameters:
    ///   - starts: of all machines together.
    ///   - given: the starts as they were asked for.
    ///   - version: the version of the command.
    package init(
        _ subject: EvaluationSubject,
        traceFile: String,
        starts: [Int],
        given: String,
        until end: EpisodeEnd,
        queue: Bool,
        fleet: Fleet,
        mix: GivenMix?,
        policies: [Experiment.Policy],
        shard: Shard,
        version: String
    ) {
        compared = ExperimentManifest(
            experiment: "evaluate",
            trace: ExperimentManifest.TraceEntry(traceFile, subject.trace),
            starts: ExperimentManifest.StartsEntry(given, starts),
            end: end,
            clusters: [fleet],
            mix: mix,
            moves: subject.moves.map { [$0] } ?? [],
            policies: policies,
            version: version
        )
        compared.shard = ExperimentManifest.ShardEntry(shard, nil)
        self.queue = queue
        (metrics, samples, servers) = (subject.metrics, subject.samples, subject.servers)
    }

    /// Reads what ``json()`` gave.
    ///
    /// - Throws: ``ExperimentError`` naming the file.
    init(json text: String, path: String) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch {
            throw ExperimentError("\(path): dataset /description is not the description of an evaluation")
        }
    }

    func json() throws -> String { try JSONText.pretty(self) }

    /// In what this is another evaluation than that of `old`, a line each; shards do not matter.
    func differences(fromShard old: EvaluationManifest) -> [String] {
        func text(_ isQueue: Bool) -> String { isQueue ? "VMs wait" : "nothing waits" }
        func list(_ manifest: EvaluationManifest) -> String {
            "\(manifest.metrics.map(\.name).joined(separator: " ")) (\(manifest.samples) times)"
        }
        var lines = compared.differences(fromShard: old.compared)
        if old.queue != queue { lines.append("queue: \(text(old.queue)) there, \(text(queue)) here") }
        if old.metrics != metrics || old.samples != samples {
            lines.append("metrics: \(list(old)) there, \(list(self)) here")
        }
        return lines
    }
}
