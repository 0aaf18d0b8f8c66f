public import SpaneEvaluation
internal import SpaneScheduling
public import SpaneStorage

extension Experiment {
    /// Summarises waits that are all there.
    ///
    /// - Throws: `invalidArgument` when a setting is out of its range or the baseline is unknown.
    public func summary(
        of waits: ExperimentWaits,
        _ plans: [EpisodePlan],
        _ settings: SummarySettings,
        threads: Int = 1
    ) throws -> ExperimentSummary {
        try check(settings)
        let subjects = subjects
        let baseline = settings.baseline ?? subjects[0].name
        guard let reference = subjects.first(where: { $0.name == baseline }) else {
            preconditionFailure("checked above")
        }
        return ExperimentSummary(
            settings: settings,
            baseline: baseline,
            clusters: try waits.clusters.indices.map { index in
                let first = index > 0 && moves.count > 1 ? waits.clusters[0] : nil
                return try summary(
                    of: waits.clusters[index],
                    first,
                    plans[index],
                    subjects,
                    reference,
                    settings,
                    threads
                )
            }
        )
    }

    /// Refuses settings that this experiment cannot be summarised with.
    ///
    /// - Throws: `invalidArgument` when one is out of its range or the baseline is unknown.
    public func check(_ settings: SummarySettings) throws {
        let names = subjects.map(\.name)
        if let baseline = settings.baseline, !names.contains(baseline) {
            throw SchedulingError(
                .invalidArgument,
                "the baseline is \(baseline); it must be one of \(names.joined(separator: ", "))"
            )
        }
        guard settings.threshold >= 0 else {
            throw SchedulingError(.invalidArgument, "the threshold is \(settings.threshold) s; it must be at least 0")
        }
        guard settings.confidence > 0, settings.confidence < 1 else {
            throw SchedulingError(
                .invalidArgument,
                "the confidence is \(settings.confidence); it must be above 0 and below 1"
            )
        }
        _ = try BlockBootstrap(
            count: starts.count,
            blockLength: settings.blockLength ?? 1,
            resamples: settings.resamples,
            seed: settings.seed
        )
    }

    /// - Parameter first: the same windows with the first number of moves, where there are several.
    private func summary(
        of cluster: ExperimentWaits.ServerCount,
        _ first: ExperimentWaits.ServerCount?,
        _ plan: EpisodePlan,
        _ subjects: [Subject],
        _ reference: Subject,
        _ settings: SummarySettings,
        _ threads: Int
    ) throws -> ExperimentSummary.ServerCount {
        let blockLength = settings.blockLength ?? plan.defaultBlockLength
        let order = plan.timeOrder
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
            firstFit: subjects.first { $0.name == Self.referenceName }?.series ?? [],
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
            blockSpans: plan.spans(ofBlock: blockLength),
            rows: (subjects + [bound]).map { subject in
                let moved = subject.series.compactMap { $0 > 0 ? cluster.moved[$0 - 1] : nil }
                return table.row(
                    subject,
                    against: reference,
                    moved: moved.isEmpty ? nil : MoveFigures(moved, on: plan)
                )
            }
        )
    }

    /// The rows of a summary: every group before its members.
    private var subjects: [Subject] {
        var subjects: [Subject] = []
        for (index, policy) in policies.enumerated() {
            guard let group = policy.group else {
                subjects.append(Subject(name: policy.name, kind: .policy, group: nil, series: [index + 1]))
                continue
            }
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

    func row(_ subject: Subject, against baseline: Subject, moved: MoveFigures?) -> ExperimentSummary.Row {
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
        return ExperimentSummary.Spread(
            lowest: values.min() ?? 0,
            median: Statistics.median(values),
            mean: Statistics.mean(values),
            highest: values.max() ?? 0
        )
    }
}
