// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneSystem

// Policies beside each other, by their waits.

@implementation @_cdecl("spane_comparison_options_init")
public func spane_comparison_options_init(
    _ options: UnsafeMutablePointer<spane_comparison_options>?
) -> spane_status {
    call {
        unsafe try required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_compare_waits")
public func spane_compare_waits(
    _ options: UnsafePointer<spane_comparison_options>?,
    _ starts: UnsafePointer<Int64>?,
    _ lengths: UnsafePointer<Int64>?,
    _ count: Int,
    _ waits: UnsafePointer<Double>?,
    _ policy_count: Int,
    _ baseline: Int,
    _ progress: UnsafePointer<spane_progress>?,
    _ metrics: UnsafeMutablePointer<spane_estimate>?,
    _ differences: UnsafeMutablePointer<spane_estimate>?,
    _ info: UnsafeMutablePointer<spane_comparison_info>?
) -> spane_status {
    call {
        let settings = try unsafe ComparisonSettings(options)
        let count = try checkedCount(count, atLeast: 1, atMost: Int(Int32.max), "count")
        let policyCount = try checkedCount(policy_count, atLeast: 1, atMost: 1 << 20, "policy_count")
        let baseline = try checkedCount(baseline, atMost: policyCount - 1, "baseline")
        let starts = try unsafe elements(starts, count, "starts")
        let lengths = try unsafe elements(lengths, count, "lengths")
        let out = try unsafe required(metrics, "metrics")
        if let info = unsafe info { _ = try unsafe structSize(info, "info") }
        let all = WaitMetric.all(for: .experiment)
        // What is drawn, of each policy its waits in several orders, and the figures of all resamples.
        try Memory.check(
            bytes: count * (64 + policyCount * 8 * (3 + all.count))
                + settings.resamples * (32 + policyCount * all.count * 8),
            for: "\(count) episodes under \(policyCount) policies"
        )
        let episodes = try unsafe makeEpisodes(starts, lengths)
        let order = episodes.timeOrder
        let series = try unsafe makeSeries(elements(waits, count * policyCount, "waits"), policyCount, order)
        let blockLength = settings.blockLength ?? episodes.defaultBlockLength
        let progress = unsafe Progress(progress, total: settings.resamples)
        let figures = try ResampledFigures(
            series: series,
            metrics: all,
            scales: WaitMetric.Scales(threshold: settings.threshold),
            bootstrap: BlockBootstrap(
                count: count,
                blockLength: blockLength,
                resamples: settings.resamples,
                seed: settings.seed
            ),
            threads: settings.threads,
            reporting: progress
        )
        try progress.finish()
        for policy in 0..<policyCount {
            for metric in all.indices {
                let place = policy * all.count + metric
                unsafe out[place] = spane_estimate(
                    figures.estimate(confidence: settings.confidence) { $0[policy, metric] }
                )
                unsafe differences?[place] = spane_estimate(
                    figures.estimate(confidence: settings.confidence) { $0[policy, metric] - $0[baseline, metric] }
                )
            }
        }
        guard let info = unsafe info else { return SPANE_OK }
        var blocks = spane_comparison_info()
        blocks.block_length = Int64(blockLength)
        blocks.blocks = Int64(figures.bootstrap.blockCount)
        blocks.spans = episodes.spans(ofBlock: blockLength)
        try unsafe write(blocks, to: info, "info")
        return SPANE_OK
    }
}

private func makeEpisodes(
    _ starts: UnsafeBufferPointer<Int64>,
    _ lengths: UnsafeBufferPointer<Int64>
) throws(Failure) -> [EpisodePlan.Episode] {
    var episodes: [EpisodePlan.Episode] = []
    for index in starts.indices {
        let (start, length) = unsafe (starts[index], lengths[index])
        // Sums of both stay far below what a number holds.
        guard start >= 0, start <= Int64(Int32.max) else {
            throw Failure(SPANE_INVALID_ARGUMENT, "starts[\(index)] is \(start); it must be in 0 ... \(Int32.max)")
        }
        guard length >= 1, length <= Int64(Int32.max) else {
            throw Failure(SPANE_INVALID_ARGUMENT, "lengths[\(index)] is \(length); it must be in 1 ... \(Int32.max)")
        }
        episodes.append(EpisodePlan.Episode(start: Int(start), length: Int(length), bound: 0))
    }
    return episodes
}

/// The waits of each policy in order of time.
private func makeSeries(
    _ waits: UnsafeBufferPointer<Double>,
    _ policies: Int,
    _ order: [Int]
) throws(Failure) -> [[Double]] {
    for index in waits.indices {
        guard unsafe waits[index] >= 0 else {
            let (policy, episode) = index.quotientAndRemainder(dividingBy: order.count)
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "waits[\(policy)][\(episode)] is \(unsafe waits[index]); it must be at least 0"
            )
        }
    }
    return (0..<policies).map { policy in order.map { unsafe waits[policy * order.count + $0] } }
}

/// What `spane_comparison_options` say, checked.
private struct ComparisonSettings {
    let threads: Int
    let confidence: Double
    let threshold: Double
    let blockLength: Int?
    let resamples: Int
    let seed: UInt64

    /// - Parameter pointer: NULL for the defaults.
    init(_ pointer: UnsafePointer<spane_comparison_options>?) throws {
        var options = spane_comparison_options.defaults
        if let pointer = unsafe pointer { options = try unsafe read(pointer, defaults: options, "options") }
        threads = try Threads.count(options.threads, "options->threads")
        guard options.confidence > 0, options.confidence < 1 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->confidence is \(options.confidence); it must be above 0 and below 1"
            )
        }
        guard options.threshold >= 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->threshold is \(options.threshold); it must be at least 0"
            )
        }
        guard options.block_length >= 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->block_length is \(options.block_length); it must not be negative"
            )
        }
        guard (100...1_000_000).contains(options.resamples) else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->resamples is \(options.resamples); it must be in 100 ... 1000000"
            )
        }
        (confidence, threshold, seed) = (options.confidence, options.threshold, options.seed)
        blockLength = options.block_length == 0 ? nil : Int(options.block_length)
        resamples = Int(options.resamples)
    }
}

extension spane_comparison_options {
    fileprivate static var defaults: spane_comparison_options {
        spane_comparison_options(
            struct_size: UInt32(MemoryLayout<spane_comparison_options>.size),
            threads: 0,
            confidence: 0.95,
            threshold: 500_000,
            block_length: 0,
            resamples: 5000,
            seed: 1
        )
    }
}

extension spane_estimate {
    fileprivate init(_ estimate: Estimate) {
        self.init(
            value: estimate.value,
            low: estimate.interval?.low ?? .nan,
            high: estimate.interval?.high ?? .nan
        )
    }
}
