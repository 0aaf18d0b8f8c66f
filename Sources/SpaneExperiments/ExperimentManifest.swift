internal import FoundationEssentials
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

/// What an experiment is about: enough to tell whether results belong to it, and to do it again.
public struct ExperimentManifest: Codable, Equatable, Sendable {
    var format = "spane-experiment"
    var format_version = 1
    /// The version of the command that began the experiment.
    var spane_version: String
    var experiment: String
    var trace: TraceEntry
    var starts: StartsEntry
    var length: String
    var servers: [Int]
    /// What a NUMA node has and above what VMs are split; absent where `fleet` says it.
    var node_cpu: Double?
    var node_mem: Double?
    var split_above: Double?
    var fleet: FleetNote?
    /// The trace for whose VMs rules keep room; absent where they learn what is asked for.
    var mix: TraceEntry?
    /// Absent where nothing is moved.
    var moves: MovesEntry?
    var policies: [PolicyEntry]
    /// Where several machines play: what this one does.
    var shard: ShardEntry?

    /// Describes an experiment.
    ///
    /// - Parameters:
    ///   - traceFile: the file that the trace was read from.
    ///   - starts: the starts as they were asked for.
    ///   - version: the version of the command.
    ///   - settings: how the experiment is to be summarised once all shards are there.
    public init(
        _ experiment: Experiment,
        traceFile: String,
        starts: String,
        version: String,
        settings: SummarySettings = SummarySettings()
    ) {
        self.init(
            experiment: experiment.kind.rawValue,
            trace: TraceEntry(traceFile, experiment.description),
            starts: StartsEntry(starts, experiment.starts),
            end: experiment.end,
            clusters: experiment.clusters,
            mix: experiment.mix,
            moves: experiment.moves,
            policies: experiment.policies,
            version: version
        )
        shard = experiment.shard.map { ShardEntry($0, settings) }
    }

    /// Describes what is compared, be it an experiment or not.
    init(
        experiment: String,
        trace: TraceEntry,
        starts: StartsEntry,
        end: EpisodeEnd,
        clusters: [Fleet],
        mix: GivenMix?,
        moves: [MoveLimits],
        policies: [Experiment.Policy],
        version: String
    ) {
        spane_version = version
        self.experiment = experiment
        (self.trace, self.starts) = (trace, starts)
        length = end.description
        servers = clusters.map(\.serverCount)
        node_cpu = clusters[0].uniformNode?.cpu
        node_mem = clusters[0].uniformNode?.mem
        split_above = clusters[0].onlySplitAbove
        fleet = FleetNote(ofOther: clusters[0])
        self.mix = mix.map { TraceEntry($0.file, $0.description) }
        self.moves = MovesEntry(moves)
        self.policies = policies.map {
            PolicyEntry(name: $0.name, group: $0.group, file: $0.file, sha256: $0.contentHash)
        }
    }

    /// Reads what ``json()`` gave.
    ///
    /// - Throws: ``ExperimentError`` naming the file when it is none of this format and version.
    init(json text: String, path: String) throws {
        let manifest: ExperimentManifest
        do {
            manifest = try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch {
            throw ExperimentError("\(path): is not the description of an experiment")
        }
        guard manifest.format == "spane-experiment", manifest.format_version == 1 else {
            throw ExperimentError(
                "\(path): is \(manifest.format) version \(manifest.format_version); this command reads spane-experiment version 1"
            )
        }
        self = manifest
    }

    /// The description as JSON.
    public func json() throws -> String {
        try JSONText.pretty(self) + "\n"
    }

    /// In what the experiment of `old` is another one, a line each; where files lie does not matter, nor what a trace is called,
    /// nor how shards are to be summarised.
    ///
    /// - Parameter growing: groups whose members may be others.
    func differences(from old: ExperimentManifest, growing: Set<String> = []) -> [String] {
        guard growing.isEmpty else { return without(growing).differences(from: old.without(growing)) }
        var lines: [String] = []
        func compare(_ name: String, _ old: String, _ new: String) {
            if old != new { lines.append("\(name): \(old) there, \(new) here") }
        }
        compare("experiment", old.experiment, experiment)
        if old.trace.sha256 != trace.sha256 { compare("trace", old.trace.title, trace.title) }
        if old.starts.sha256 != starts.sha256 { compare("starts", old.starts.title, starts.title) }
        compare("length", old.length, length)
        compare("servers", Self.list(old.servers), Self.list(servers))
        if old.fleet == nil, fleet == nil {
            compare("cores of a NUMA node", Self.text(old.node_cpu), Self.text(node_cpu))
            compare("GB of a NUMA node", Self.text(old.node_mem), Self.text(node_mem))
            compare("VMs are split above (GB)", Self.text(old.split_above), Self.text(split_above))
        } else if old.fleet?.sha256 != fleet?.sha256 {
            compare("fleet", old.fleetTitle, fleetTitle)
        }
        if old.mix?.sha256 != mix?.sha256 {
            compare("mix", old.mix?.title ?? "learned", mix?.title ?? "learned")
        }
        compare("moves", Self.text(old.moves), Self.text(moves))
        compare("shard", old.shard?.title ?? "none", shard?.title ?? "none")
        compare("policies", Self.list(old.policies.map(\.title)), Self.list(policies.map(\.title)))
        for (old, new) in zip(old.policies, policies) where old.title == new.title {
            compare(
                "\(new.isOwn ? "file" : "weights") of \(new.name)",
                "sha256 \(old.sha256 ?? "")",
                "sha256 \(new.sha256 ?? "")"
            )
        }
        return lines
    }

    /// What is left without the members of groups.
    private func without(_ groups: Set<String>) -> ExperimentManifest {
        var rest = self
        rest.policies.removeAll { $0.group.map(groups.contains) ?? false }
        return rest
    }

    /// In what the shard of `old` belongs to something else, a line each.
    func differences(fromShard old: ExperimentManifest) -> [String] {
        var (mine, other) = (self, old)
        (mine.shard, other.shard) = (nil, nil)
        var lines = mine.differences(from: other)
        if old.spane_version != spane_version {
            lines.append("version of spane: \(old.spane_version) there, \(spane_version) here")
        }
        if let summary = shard?.summary, let there = old.shard?.summary {
            lines += summary.differences(from: there)
        }
        return lines
    }

    /// What one NUMA node has, where all servers have two equal ones of nothing else.
    var node: Resources? {
        guard let node_cpu, let node_mem else { return nil }
        return Resources(cpu: node_cpu, mem: node_mem)
    }

    private static func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "none" }

    private static func text(_ moves: MovesEntry?) -> String {
        guard let moves else { return "none" }
        return "\(list(moves.moves)) (\(moves.seconds_per_gb) s a GB, price \(moves.price), budget \(moves.budget))"
    }

    private var fleetTitle: String {
        guard let fleet else {
            return
                "nodes of \(Self.text(node_cpu)) cores and \(Self.text(node_mem)) GB, split above \(Self.text(split_above)) GB"
        }
        return "\(fleet.description) (sha256 \(fleet.sha256.prefix(12)))"
    }

    private static func list(_ items: [some CustomStringConvertible]) -> String {
        items.map(\.description).joined(separator: " ")
    }
}
