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
        let trace = try unsafe TraceHandle.of(trace).trace
        let settings = try unsafe EvaluationSettings(options)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        let policyCount = try checkedCount(policy_count, atMost: 1 << 20, "policy_count")
        let starts = try unsafe elements(starts, count, "starts")
        if policyCount > 0 { _ = try unsafe required(policies, "policies") }
        if count > 0, policyCount > 0 { _ = try unsafe required(waits, "waits") }
        var sources: [PolicySource] = []
        for index in 0..<policyCount {
            guard let policies = unsafe policies else { break }
            let source = try unsafe PolicySource(index, of: policies)
            try source.check(index, plays: settings.fleet)
            sources.append(source)
        }
        // The results of each policy, the starts, and the episodes; what plays them asks for its own.
        try Memory.check(bytes: count * (policyCount * 8 + 64), for: "\(count) episodes under \(policyCount) policies")
        // Each episode once for its length and bound, and once for each policy.
        let passes = 1 + policyCount
        let progress = unsafe Progress(progress, total: count * passes)
        let plan = try EpisodePlan(
            Scenario(trace, on: settings.fleet),
            starts: unsafe Array(starts).map { Int($0) },
            until: settings.end,
            threads: settings.threads,
            progress: progress.part(0, of: passes)
        )
        for (index, source) in sources.enumerated() {
            guard let mismatch = source.mismatch(with: settings.fleet) else { continue }
            Log.write(SPANE_LOG_INFO, "policies[\(index)]: \(mismatch)")
        }
        var evaluations: [Evaluation] = []
        for (index, source) in sources.enumerated() {
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

extension PolicySource {
    /// Refuses a network that cannot play on such servers, before the work begins.
    fileprivate func check(_ index: Int, plays fleet: Fleet) throws {
        guard case .model(let model) = self else { return }
        let servers = fleet.serverCount
        if let bound = model.architecture.boundServers, bound != servers {
            throw Failure(
                SPANE_SHAPE_MISMATCH,
                "policies[\(index)].model is bound to \(bound) servers and options->servers is \(servers)"
            )
        }
        do {
            try model.check(serves: fleet)
        } catch {
            throw Failure(SPANE_SHAPE_MISMATCH, "policies[\(index)].model: \(error)")
        }
        try Memory.check(
            bytes: policyBytes(servers: servers, nodes: fleet.layout.nodes),
            for: "a policy for \(servers) servers"
        )
        do {
            _ = try makePolicy(for: fleet)
        } catch {
            throw Failure(SPANE_INVALID_ARGUMENT, "policies[\(index)].model: \(error)")
        }
    }
}
