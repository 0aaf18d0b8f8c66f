// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneNetworks
internal import SpaneScheduling

// Comparing policies.

@implementation @_cdecl("spane_evaluation_options_init")
public func spane_evaluation_options_init(
    _ options: UnsafeMutablePointer<spane_evaluation_options>?
) -> spane_status {
    call {
        try unsafe required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_evaluate")
public func spane_evaluate(
    _ trace: OpaquePointer?,
    _ options: UnsafePointer<spane_evaluation_options>?,
    _ starts: UnsafePointer<Int64>?,
    _ count: Int,
    _ policies: UnsafePointer<spane_policy>?,
    _ policy_count: Int,
    _ progress: UnsafePointer<spane_progress>?,
    _ waits: UnsafeMutablePointer<Double>?,
    _ lengths: UnsafeMutablePointer<Int64>?,
    _ bounds: UnsafeMutablePointer<Double>?
) -> spane_status {
    call {
        let inputs = try unsafe EvaluationInputs(trace, options, starts, count, policies, policy_count)
        if inputs.starts.count > 0, inputs.sources.count > 0 { _ = try unsafe required(waits, "waits") }
        let (settings, count, policyCount) = (inputs.settings, inputs.starts.count, inputs.sources.count)
        // Each episode once for its length and bound, and once for each policy.
        let passes = 1 + policyCount
        let progress = unsafe Progress(progress, total: count * passes)
        let plan = try EpisodePlan(
            settings.scenario(inputs.trace),
            starts: inputs.starts,
            until: settings.end,
            threads: settings.threads,
            progress: progress.part(0, of: passes)
        )
        inputs.logMismatches()
        var evaluations: [Evaluation] = []
        for (index, source) in inputs.sources.enumerated() {
            evaluations.append(
                try Evaluation(
                    of: source,
                    on: plan,
                    threads: settings.threads,
                    reporting: progress.part(index + 1, of: passes)
                )
            )
        }
        try progress.finish()
        if let waits = unsafe waits {
            for (row, evaluation) in evaluations.enumerated() {
                for index in 0..<count { unsafe waits[row * count + index] = evaluation.totalWaits[index] }
            }
        }
        for (place, moved) in evaluations.flatMap(\.moved).enumerated() { settings.write(moved, place) }
        for (index, episode) in plan.episodes.enumerated() {
            unsafe lengths?[index] = Int64(episode.length)
            unsafe bounds?[index] = episode.bound
        }
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_trimmed_mean")
public func spane_trimmed_mean(
    _ values: UnsafePointer<Double>?,
    _ count: Int,
    _ fraction: Double,
    _ mean: UnsafeMutablePointer<Double>?
) -> spane_status {
    call {
        let count = try checkedCount(count, atLeast: 1, atMost: Int(Int32.max), "count")
        let values = try unsafe elements(values, count, "values")
        let out = try unsafe required(mean, "mean")
        guard fraction >= 0, fraction < 0.5 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "fraction is \(fraction); it must be at least 0 and below 0.5")
        }
        // A copy, and it sorted.
        try Memory.check(bytes: 4 * count * MemoryLayout<Double>.stride, for: "\(count) values")
        let copy = unsafe Array(values)
        if let index = copy.firstIndex(where: \.isNaN) {
            throw Failure(SPANE_INVALID_ARGUMENT, "values[\(index)] is not a number")
        }
        unsafe out.pointee = Statistics.trimmedMean(copy, fraction: fraction)
        return SPANE_OK
    }
}
