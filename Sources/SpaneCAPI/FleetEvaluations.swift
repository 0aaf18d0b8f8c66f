// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

// What is refused where nothing waits, and how well a fleet is used.

private let metricTexts = FleetMetric.all.map { (name: PermanentText($0.name), summary: PermanentText($0.summary)) }

@implementation @_cdecl("spane_fleet_metric_count")
public func spane_fleet_metric_count() -> Int32 { Int32(truncatingIfNeeded: FleetMetric.all.count) }

@implementation @_cdecl("spane_fleet_metric_describe")
public func spane_fleet_metric_describe(
    _ index: Int32,
    _ info: UnsafeMutablePointer<spane_fleet_metric_info>?
) -> spane_status {
    call {
        let info = try unsafe required(info, "info")
        let texts = metricTexts[try checkedIndex(index, below: metricTexts.count)]
        var value = unsafe spane_fleet_metric_info()
        unsafe value.name = texts.name.pointer
        unsafe value.summary = texts.summary.pointer
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_evaluate_fleet")
public func spane_evaluate_fleet(
    _ trace: OpaquePointer?,
    _ options: UnsafePointer<spane_evaluation_options>?,
    _ starts: UnsafePointer<Int64>?,
    _ count: Int,
    _ policies: UnsafePointer<spane_policy>?,
    _ policy_count: Int,
    _ queue: Int32,
    _ samples: Int32,
    _ progress: UnsafePointer<spane_progress>?,
    _ waits: UnsafeMutablePointer<Double>?,
    _ losses: UnsafeMutablePointer<Double>?,
    _ metrics: UnsafeMutablePointer<Double>?
) -> spane_status {
    call {
        guard queue == 0 || queue == 1 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "queue is \(queue); it must be 0 or 1")
        }
        let hasQueue = queue == 1
        guard samples >= 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "samples is \(samples); it must not be negative")
        }
        if hasQueue, unsafe losses != nil {
            throw Failure(SPANE_INVALID_ARGUMENT, "losses is not NULL; nothing is refused where queue is 1")
        }
        let inputs = try unsafe EvaluationInputs(
            trace,
            options,
            starts,
            count,
            policies,
            policy_count,
            bytesOfEach: 128 + MemoryLayout<LossEpisode>.stride + 32 * FleetMetric.all.count
                + 256 * SizeClass.allCases.count
        )
        let sampling = FleetSampling(samples: Int(samples))
        let passes = inputs.sources.count + (hasQueue ? 1 : 0)
        let progress = unsafe Progress(progress, total: inputs.starts.count * passes)
        let results = try hasQueue ? inputs.queue(sampling, progress) : inputs.losses(sampling, progress)
        try progress.finish()
        for (place, result) in results.enumerated() {
            unsafe waits?[place] = result.wait
            inputs.settings.write(result.moved, place)
            if let losses = unsafe losses {
                for (index, value) in result.losses.enumerated() {
                    unsafe losses[place * result.losses.count + index] = value
                }
            }
            guard let metrics = unsafe metrics else { continue }
            for index in FleetMetric.all.indices {
                unsafe metrics[place * FleetMetric.all.count + index] = result.metrics.map { $0[index] ?? .nan } ?? .nan
            }
        }
        return SPANE_OK
    }
}

/// What became of an episode under a policy.
private struct FleetResult {
    var wait = 0.0
    let moved: MoveCount
    /// By size class, of each what SPANE_LOSS_VALUES counts.
    var losses: [Double] = []
    /// `nil` when none was taken.
    var metrics: [Double?]?
}

extension EvaluationInputs {
    /// Of each policy each episode with a queue.
    fileprivate func queue(_ sampling: FleetSampling, _ progress: Progress) throws -> [FleetResult] {
        let passes = 1 + sources.count
        let plan = try EpisodePlan(
            settings.scenario(trace),
            starts: starts,
            until: settings.end,
            threads: settings.threads,
            progress: progress.part(0, of: passes)
        )
        logMismatches()
        var results: [FleetResult] = []
        for (index, source) in sources.enumerated() {
            let evaluation = try Evaluation(
                of: source,
                on: plan,
                sampling: sampling,
                threads: settings.threads,
                reporting: progress.part(index + 1, of: passes)
            )
            for (index, wait) in evaluation.totalWaits.enumerated() {
                let figures = evaluation.figures.isEmpty ? nil : evaluation.figures[index].means
                results.append(FleetResult(wait: wait, moved: evaluation.moved[index], metrics: figures))
            }
        }
        return results
    }

    /// Of each policy each episode without one.
    fileprivate func losses(_ sampling: FleetSampling, _ progress: Progress) throws -> [FleetResult] {
        guard case .length(let length) = settings.end else {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->length is 0; it must be at least 1 where queue is 0")
        }
        let plan = try EpisodePlan.withoutQueue(
            settings.scenario(trace),
            starts: starts,
            length: length
        )
        logMismatches()
        var results: [FleetResult] = []
        for (index, source) in sources.enumerated() {
            let evaluation = try LossEvaluation(
                of: source,
                on: plan,
                sampling: sampling,
                threads: settings.threads,
                reporting: progress.part(index, of: sources.count)
            )
            results += evaluation.episodes.map { episode in
                FleetResult(
                    moved: episode.moved,
                    losses: ([episode.all] + episode.bySize).flatMap(\.values),
                    metrics: sampling.samples > 0 ? episode.figures.means : nil
                )
            }
        }
        return results
    }
}

extension LossEpisode.Tally {
    /// What SPANE_LOSS_VALUES counts.
    fileprivate var values: [Double] {
        [
            Double(asked.vms), Double(refused.vms), asked.cores, refused.cores, asked.coreSeconds, refused.coreSeconds,
        ]
    }
}
