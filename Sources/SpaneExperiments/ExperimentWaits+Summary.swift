internal import SpaneEvaluation
internal import SpaneScheduling
public import SpaneStorage

extension ExperimentWaits {
    /// Summarises waits that are all there.
    ///
    /// - Throws: `invalidArgument` when a setting is out of its range or the baseline is unknown.
    public func summary(_ settings: SummarySettings, threads: Int = 1) throws -> ExperimentSummary {
        guard let kind = Experiment.Kind(rawValue: kind), let episodes = clusters.first?.starts.count,
            !policies.isEmpty
        else {
            throw ExperimentError(
                "an experiment \(kind) of \(policies.count) policies on \(clusters.count) numbers of servers cannot be summarised"
            )
        }
        let subjects = subjects
        try settings.check(names: subjects.map(\.name), episodes: episodes)
        let baseline = settings.baseline ?? subjects[0].name
        guard let reference = subjects.first(where: { $0.name == baseline }) else {
            preconditionFailure("checked above")
        }
        return ExperimentSummary(
            kind: kind,
            settings: settings,
            baseline: baseline,
            clusters: try clusters.indices.map { index in
                // Windows that are played with several numbers of moves are compared with the first of them.
                let first = index > 0 && countsServers ? clusters[0] : nil
                return try summary(kind, of: clusters[index], first, subjects, reference, settings, threads)
            }
        )
    }

    /// - Parameter first: the same windows with the first number of moves, where there are several.
    private func summary(
        _ kind: Experiment.Kind,
        of cluster: ServerCount,
        _ first: ServerCount?,
        _ subjects: [Subject],
        _ reference: Subject,
        _ settings: SummarySettings,
        _ threads: Int
    ) throws -> ExperimentSummary.ServerCount {
        let episodes = cluster.episodes
        let blockLength = settings.blockLength ?? episodes.defaultBlockLength
        let order = episodes.timeOrder
        let series =
            [cluster.bounds]
            + (cluster.waits + (first?.waits ?? [])).map { waits in
                guard let waits else { preconditionFailure("a part is not played") }
                return waits
            }
        let figures = try ResampledFigures(
            series: series.map { waits in order.map { waits[$0] } },
            metrics: WaitMetric.all(for: kind.use),
            scales: WaitMetric.Scales(threshold: settings.threshold),
            bootstrap: BlockBootstrap(
                count: order.count,
                blockLength: blockLength,
                resamples: settings.resamples,
                seed: settings.seed
            ),
            threads: threads
        )
        let table = SubjectFigures(
            kind: kind,
            figures: figures,
            firstFit: subjects.first { $0.name == Experiment.referenceName }?.series ?? [],
            confidence: settings.confidence,
            stepToFirst: first.map { _ in policies.count }
        )
        let bound = Subject(name: "lower bound", kind: .bound, group: nil, series: [0])
        return ExperimentSummary.ServerCount(
            servers: cluster.servers,
            moves: cluster.moves,
            episodes: order.count,
            meanLength: Statistics.mean(cluster.lengths.map(Double.init)),
            blockLength: blockLength,
            blockCount: figures.bootstrap.blockCount,
            blockSpans: episodes.spans(ofBlock: blockLength),
            rows: (subjects + [bound]).map { subject in
                let moved = subject.series.compactMap { $0 > 0 ? cluster.moved[$0 - 1] : nil }
                return table.row(
                    subject,
                    against: reference,
                    seeds: subject.kind == .group
                        ? seedCheck(cluster, members: subject.series.map { $0 - 1 }, settings) : nil,
                    moved: moved.isEmpty ? nil : MoveFigures(moved, lengths: cluster.lengths, offers: cluster.offers)
                )
            }
        )
    }

    /// The rows of a summary: every group before its members.
    private var subjects: [Subject] {
        var subjects: [Subject] = []
        for (index, policy) in policies.enumerated() {
            guard !policy.group.isEmpty else {
                subjects.append(Subject(name: policy.name, kind: .policy, group: nil, series: [index + 1]))
                continue
            }
            let group = policy.group
            if !subjects.contains(where: { $0.kind == .group && $0.name == group }) {
                let members = policies.indices.filter { policies[$0].group == group }
                subjects.append(Subject(name: group, kind: .group, group: nil, series: members.map { $0 + 1 }))
                subjects += members.map {
                    Subject(name: policies[$0].name, kind: .member, group: group, series: [$0 + 1])
                }
            }
        }
        return subjects
    }

    /// The names that a baseline may have.
    var subjectNames: [String] { subjects.map(\.name) }
}

extension ExperimentWaits.ServerCount {
    fileprivate var episodes: [EpisodePlan.Episode] {
        starts.indices.map { EpisodePlan.Episode(start: starts[$0], length: lengths[$0], bound: bounds[$0]) }
    }

    fileprivate var offers: [EpisodeOffer] { zip(offeredMem, days).map { EpisodeOffer(mem: $0, days: $1) } }
}

/// What a row is about.
private struct Subject: Equatable {
    let name: String
    let kind: ExperimentSummary.RowKind
    let group: String?
    /// The places of its policies among the series, of which the bound is the first.
    let series: [Int]
}

/// The figures of subjects, from those of single policies.
private struct SubjectFigures {
    let kind: Experiment.Kind
    let figures: ResampledFigures
    /// The places of First Fit.
    let firstFit: [Int]
    let confidence: Double
    /// How far behind each series that with the first number of moves stands; `nil` where there is none.
    let stepToFirst: Int?

    /// A group's figure is the mean of its members', as published: of eleven without the two lowest and the two highest.
    private static let memberFraction = 0.2

    func row(
        _ subject: Subject,
        against baseline: Subject,
        seeds: SeedCheck?,
        moved: MoveFigures?
    ) -> ExperimentSummary.Row {
        var row: [ExperimentMetric: Estimate] = [:]
        var differences: [ExperimentMetric: Estimate] = [:]
        var spread: [ExperimentMetric: ExperimentSummary.Spread] = [:]
        for figure in ExperimentMetric.all(of: kind) {
            // The bound is what such a figure is measured from.
            if subject.kind == .bound, !figure.isPlain { continue }
            let estimate = figures.estimate(confidence: confidence) { value(figure, subject.series, $0) }
            guard estimate.value.isFinite else { continue }
            row[figure] = estimate
            if subject.kind == .group { spread[figure] = self.spread(figure, subject.series) }
        }
        if subject != baseline, subject.kind != .bound {
            for figure in ExperimentMetric.plain(of: kind) {
                differences[figure] = figures.estimate(confidence: confidence) {
                    value(figure, subject.series, $0) - value(figure, baseline.series, $0)
                }
            }
        }
        return ExperimentSummary.Row(
            name: subject.name,
            kind: subject.kind,
            group: subject.group,
            figures: row,
            differences: differences,
            spread: spread,
            seeds: seeds,
            moved: moved,
            savedByMoves: subject.kind == .bound ? [:] : savedByMoves(subject)
        )
    }

    private func savedByMoves(_ subject: Subject) -> [ExperimentMetric: Estimate] {
        guard let stepToFirst else { return [:] }
        let first = subject.series.map { $0 + stepToFirst }
        var saved: [ExperimentMetric: Estimate] = [:]
        for figure in ExperimentMetric.plain(of: kind) {
            saved[figure] = figures.estimate(confidence: confidence) {
                value(figure, first, $0) - value(figure, subject.series, $0)
            }
        }
        return saved
    }

    private func value(_ figure: ExperimentMetric, _ series: [Int], _ view: ResampledFigures.View) -> Double {
        guard let place = WaitMetric.all(for: kind.use).firstIndex(of: figure.metric) else {
            preconditionFailure("\(figure.name) is no metric of \(kind.rawValue)")
        }
        return figure.value(
            policy: mean(series, place, view),
            firstFit: mean(firstFit, place, view),
            bound: view[0, place]
        )
    }

    private func mean(_ series: [Int], _ place: Int, _ view: ResampledFigures.View) -> Double {
        if series.count == 1 { return view[series[0], place] }
        return Statistics.trimmedMean(series.map { view[$0, place] }, fraction: Self.memberFraction)
    }

    private func spread(_ figure: ExperimentMetric, _ members: [Int]) -> ExperimentSummary.Spread {
        let values = members.map { member in
            // Only the value is wanted; the interval of each stands in its own row.
            figures.value { value(figure, [member], $0) }
        }
        let seeds = SeedSpread(values)
        let interval = seeds.interval(confidence: confidence)
        return ExperimentSummary.Spread(
            lowest: values.min() ?? 0,
            median: Statistics.median(values),
            mean: seeds.mean,
            mean_low: interval?.low,
            mean_high: interval?.high,
            highest: values.max() ?? 0
        )
    }
}
