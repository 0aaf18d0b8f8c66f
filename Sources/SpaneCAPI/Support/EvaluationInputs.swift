internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneSystem

/// What is to be evaluated, checked.
struct EvaluationInputs {
    let trace: Trace
    let settings: EvaluationSettings
    let starts: [Int]
    let sources: [PolicySource]

    init(
        _ trace: OpaquePointer?,
        _ options: UnsafePointer<spane_evaluation_options>?,
        _ starts: UnsafePointer<Int64>?,
        _ count: Int,
        _ policies: UnsafePointer<spane_policy>?,
        _ policyCount: Int,
        bytesOfEach: Int = 8
    ) throws {
        self.trace = try unsafe TraceHandle.of(trace).trace
        settings = try unsafe EvaluationSettings(options)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        let policyCount = try checkedCount(policyCount, atMost: 1 << 20, "policy_count")
        let starts = try unsafe elements(starts, count, "starts")
        if policyCount > 0 { _ = try unsafe required(policies, "policies") }
        var sources: [PolicySource] = []
        for index in 0..<policyCount {
            guard let policies = unsafe policies else { break }
            let source = try unsafe PolicySource(index, of: policies)
            try source.check(index, plays: settings.fleet)
            sources.append(source)
        }
        self.sources = sources
        // The results of each policy, the starts, and the episodes; what plays them asks for its own.
        try Memory.check(
            bytes: count * (policyCount * bytesOfEach + 64),
            for: "\(count) episodes under \(policyCount) policies"
        )
        self.starts = unsafe Array(starts).map { Int($0) }
    }

    /// Logs which networks are made for other servers.
    func logMismatches() {
        for (index, source) in sources.enumerated() {
            guard let mismatch = source.mismatch(with: settings.fleet) else { continue }
            Log.write(SPANE_LOG_INFO, "policies[\(index)]: \(mismatch)")
        }
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
