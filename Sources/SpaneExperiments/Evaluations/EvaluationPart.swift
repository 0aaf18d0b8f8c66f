internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

/// What one machine found of an evaluation that several share, and its file. The schema is in `docs/file-formats.md`.
package struct EvaluationPart: Sendable {
    private static let format = "spane-evaluation-part"
    private static let version: Int64 = 1
    /// A description is a few thousand bytes, and some hundred for each policy.
    private static let longestDescription = 1 << 24

    let path: String
    let manifest: EvaluationManifest
    let results: EvaluationResults

    /// Writes a part; an existing file is replaced in one step.
    package static func write(_ results: EvaluationResults, _ manifest: EvaluationManifest, to path: String) throws {
        let description = try manifest.json()
        try HDF5Writer.write(path) { file throws(StorageError) in
            try file.attribute("format", format)
            try file.attribute("format_version", version)
            try file.dataset("description", [description])
            try file.dataset("start", counts: results.episodes.map(\.start))
            try file.dataset("length", counts: results.episodes.map(\.length))
            try file.dataset("bound", results.episodes.map(\.bound), unit: "s")
            if results.subject.moves != nil {
                try file.dataset("offered_mem", results.offers.map(\.mem), unit: "GB")
                try file.dataset("days", results.offers.map(\.days), .compressed)
            }
            for (index, name) in results.subject.policies.enumerated() {
                let group = "policy_\(index)"
                try file.group(group)
                try file.attribute("policy", name, of: group)
                switch results.outcome {
                case .waits(let evaluations): try put(evaluations[index], results.subject, into: file, group)
                case .losses(let evaluations): try put(evaluations[index], results.subject, into: file, group)
                }
            }
        }
    }

    private static func put(
        _ evaluation: Evaluation,
        _ subject: EvaluationSubject,
        into file: borrowing HDF5Writer,
        _ group: String
    ) throws(StorageError) {
        try file.attribute("seconds", evaluation.seconds, of: group)
        try file.dataset("\(group)/wait", evaluation.totalWaits, unit: "s")
        if subject.moves != nil { try file.datasets("\(group)/", moved: evaluation.moved) }
        try put(evaluation.figures, subject, into: file, group)
    }

    private static func put(
        _ evaluation: LossEvaluation,
        _ subject: EvaluationSubject,
        into file: borrowing HDF5Writer,
        _ group: String
    ) throws(StorageError) {
        try file.attribute("seconds", evaluation.seconds, of: group)
        try TallyColumns.put(evaluation.episodes.map(\.all), into: file, group)
        for size in SizeClass.allCases {
            let tallies = evaluation.episodes.map { $0.bySize[size.rawValue] }
            try TallyColumns.put(tallies, "_\(size.name)", into: file, group)
        }
        if subject.moves != nil { try file.datasets("\(group)/", moved: evaluation.episodes.map(\.moved)) }
        try put(evaluation.episodes.map(\.figures), subject, into: file, group)
    }

    private static func put(
        _ figures: [FleetFigures],
        _ subject: EvaluationSubject,
        into file: borrowing HDF5Writer,
        _ group: String
    ) throws(StorageError) {
        let means = figures.map(\.means)
        for (index, metric) in subject.metrics.enumerated() {
            try file.dataset("\(group)/metric_\(metric.name)", means.map { $0[index] ?? .nan }, .compressed)
        }
    }

    /// Reads a part.
    ///
    /// - Throws: ``StorageError`` or ``ExperimentError`` naming the file and what is missing, damaged or wrong.
    package init(_ path: String) throws {
        let (format, version) = (Self.format, Self.version)
        let description = try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            try file.check(format: format, version: version)
            return try file.texts("description", count: 1, longest: Self.longestDescription)[0]
        }
        let manifest = try EvaluationManifest(json: description, path: path)
        guard let shard = manifest.compared.shard?.shard, manifest.compared.starts.count >= shard.count else {
            throw ExperimentError("\(path): dataset /description names a shard that does not exist")
        }
        let count = shard.size(of: manifest.compared.starts.count)
        let subject = EvaluationSubject(manifest)
        results = try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            let starts = try file.counts("start", count: count, "a start")
            let lengths = try file.counts("length", count: count, "a length")
            let bounds = try file.amounts("bound", count: count, "a bound")
            var offers: [EpisodeOffer] = []
            if subject.moves != nil {
                let mem = try file.amounts("offered_mem", count: count, "memory")
                offers = zip(mem, try file.amounts("days", count: count, "a time")).map {
                    EpisodeOffer(mem: $0, days: $1)
                }
            }
            var waits: [Evaluation] = []
            var losses: [LossEvaluation] = []
            for (index, name) in subject.policies.enumerated() {
                let policy = try PolicyColumns(file, "policy_\(index)", name, count, subject)
                if manifest.queue {
                    waits.append(try policy.waits(file, decisions: lengths.reduce(0, +)))
                } else {
                    losses.append(try policy.losses(file))
                }
            }
            return EvaluationResults(
                subject,
                starts.indices.map { EpisodePlan.Episode(start: starts[$0], length: lengths[$0], bound: bounds[$0]) },
                offers,
                manifest.queue ? .waits(waits) : .losses(losses)
            )
        }
        (self.path, self.manifest) = (path, manifest)
    }
}

/// What the file of a part holds of one policy.
private struct PolicyColumns {
    let group: String
    let count: Int
    let seconds: Double
    /// Of each episode.
    let moved: [MoveCount]
    /// Of each episode; empty where none was taken.
    let figures: [FleetFigures]

    init(
        _ file: borrowing HDF5Reader,
        _ group: String,
        _ name: String,
        _ count: Int,
        _ subject: EvaluationSubject
    ) throws(StorageError) {
        (self.group, self.count) = (group, count)
        guard try file.string("policy", of: group) == name else {
            throw file.error(.format, "attribute policy of \(group) is missing or not \"\(name)\"")
        }
        guard let seconds = try file.double("seconds", of: group), seconds >= 0, seconds.isFinite else {
            throw file.error(.format, "attribute seconds of \(group) is missing or not a time")
        }
        self.seconds = seconds
        moved =
            subject.moves == nil
            ? Array(repeating: MoveCount(), count: count) : try file.moved("\(group)/", count: count)
        var columns: [[Double]] = []
        for metric in subject.metrics {
            let dataset = "\(group)/metric_\(metric.name)"
            columns.append(
                try file.doubles(dataset) { dimensions throws(StorageError) in
                    guard dimensions == [count] else {
                        throw file.error(
                            .shapeMismatch,
                            "dataset /\(dataset) has shape \(dimensions); it must be [\(count)]"
                        )
                    }
                }.values
            )
        }
        figures =
            columns.isEmpty
            ? []
            : (0..<count).map { episode in FleetFigures(means: columns.map { $0[episode].isNaN ? nil : $0[episode] }) }
    }

    func waits(_ file: borrowing HDF5Reader, decisions: Int) throws(StorageError) -> Evaluation {
        Evaluation(
            totalWaits: try file.amounts("\(group)/wait", count: count, "a wait"),
            moved: moved,
            figures: figures,
            decisionCount: decisions,
            seconds: seconds
        )
    }

    func losses(_ file: borrowing HDF5Reader) throws(StorageError) -> LossEvaluation {
        let all = try TallyColumns.read(file, group, count: count)
        var bySize: [[LossEpisode.Tally]] = []
        for size in SizeClass.allCases {
            bySize.append(try TallyColumns.read(file, group, "_\(size.name)", count: count))
        }
        return LossEvaluation(
            (0..<count).map { episode in
                LossEpisode(
                    all: all[episode],
                    bySize: bySize.map { $0[episode] },
                    figures: figures.isEmpty ? FleetFigures(means: []) : figures[episode],
                    moved: moved[episode]
                )
            },
            seconds: seconds
        )
    }
}
