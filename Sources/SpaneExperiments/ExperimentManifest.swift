internal import FoundationEssentials
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

/// What an experiment is about: enough to tell whether results belong to it, and to do it again.
public struct ExperimentManifest: Codable, Equatable, Sendable {
    struct TraceEntry: Codable, Equatable {
        var file: String
        var source: String
        var licence: String
        var sha256: String
    }

    struct StartsEntry: Codable, Equatable {
        var given: String
        var count: Int
        /// Of the indices in decimal, each followed by a newline.
        var sha256: String
    }

    struct PolicyEntry: Codable, Equatable {
        var name: String
        var group: String?
        var file: String?
        var sha256: String?
    }

    /// The moves that may make room.
    struct MovesEntry: Codable, Equatable {
        var moves: [Int]
        var seconds_per_gb: Double
        var price: Double
        var budget: Int

        init?(_ moves: [MoveLimits]) {
            guard let first = moves.first else { return nil }
            self.moves = moves.map(\.moves)
            (seconds_per_gb, price, budget) = (first.secondsPerGB, first.prices.move, first.budget)
        }
    }

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

    /// Describes an experiment.
    ///
    /// - Parameters:
    ///   - traceFile: the file that the trace was read from.
    ///   - starts: the starts as they were asked for.
    ///   - version: the version of the command.
    public init(_ experiment: Experiment, traceFile: String, starts: String, version: String) {
        spane_version = version
        self.experiment = experiment.kind.rawValue
        trace = TraceEntry(traceFile, experiment.description)
        self.starts = StartsEntry(
            given: starts,
            count: experiment.starts.count,
            sha256: ContentHash.ofText(experiment.starts.map { "\($0)\n" }.joined())
        )
        length = experiment.end.description
        servers = experiment.clusters.map(\.serverCount)
        node_cpu = experiment.clusters[0].uniformNode?.cpu
        node_mem = experiment.clusters[0].uniformNode?.mem
        split_above = experiment.clusters[0].onlySplitAbove
        fleet = FleetNote(ofOther: experiment.clusters[0])
        mix = experiment.mix.map { TraceEntry($0.file, $0.description) }
        moves = MovesEntry(experiment.moves)
        policies = experiment.policies.map {
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

    /// In what the experiment of `old` is another one, a line each; where files lie does not matter, nor what a trace is called.
    func differences(from old: ExperimentManifest) -> [String] {
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
        compare("policies", Self.list(old.policies.map(\.title)), Self.list(policies.map(\.title)))
        for (old, new) in zip(old.policies, policies) where old.title == new.title {
            compare("\(new.isOwn ? "file" : "weights") of \(new.name)", "sha256 \(old.sha256 ?? "")", "sha256 \(new.sha256 ?? "")")
        }
        return lines
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

extension ExperimentManifest.TraceEntry {
    fileprivate init(_ file: String, _ description: TraceDescription) {
        self.init(
            file: file,
            source: description.source,
            licence: description.licence,
            sha256: description.contentHash
        )
    }

    fileprivate var title: String { "\(file) (sha256 \(sha256.prefix(12)))" }
}

extension ExperimentManifest.StartsEntry {
    fileprivate var title: String { "\(given) (\(count), sha256 \(sha256.prefix(12)))" }
}

extension ExperimentManifest.PolicyEntry {
    /// Whether it is a policy of one's own, by the ending of its file.
    fileprivate var isOwn: Bool { file.map { $0.hasSuffix(".py") || $0.hasSuffix(".so") } ?? false }

    /// The name with the group.
    fileprivate var title: String { group.map { "\($0): \(name)" } ?? name }
}
