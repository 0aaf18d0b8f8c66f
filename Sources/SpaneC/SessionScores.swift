// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpane
internal import SpaneNetworks
internal import SpaneScheduling

// What sessions say of many placements at once.

@implementation @_cdecl("spane_session_top")
public func spane_session_top(
    _ session: OpaquePointer?,
    _ request: spane_request,
    _ k: Int,
    _ placements: UnsafeMutablePointer<spane_placement>?,
    _ scores: UnsafeMutablePointer<Float>?,
    _ found: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let placements = try unsafe required(placements, "placements")
        let found = try unsafe required(found, "found")
        guard k != 0 else { throw Failure(SPANE_INVALID_ARGUMENT, "k is 0; it must be at least 1") }
        return try session.reading {
            let request = try session.request(request)
            let best = try session.best(k < 0 ? Int.max : k, for: request)
            unsafe found.pointee = best.count
            for index in 0..<best.count {
                unsafe placements[index] = spane_placement(best[index].action.placement(ofSpan: request.span))
                unsafe scores?[index] = best[index].score
            }
            return best.isEmpty ? session.refusal(of: request) : SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_scores")
public func spane_session_scores(
    _ session: OpaquePointer?,
    _ request: spane_request,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ scores: UnsafeMutablePointer<Float>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        let scores = try unsafe required(scores, "scores")
        return try session.reading {
            let request = try session.request(request)
            return try session.withNetwork { network, cluster in
                var output = unsafe MutableSpan(_unsafeStart: scores, count: count * NUMATopology.nodesPerServer)
                guard let servers = unsafe servers else {
                    try cluster.checkAllServers(count, times: 1)
                    network.writeAdvantages(for: request, on: cluster, servers: nil, into: &output)
                    return SPANE_OK
                }
                let selected = unsafe Span(_unsafeStart: servers, count: count)
                for index in 0..<count {
                    do {
                        try cluster.check(Int(selected[index]))
                    } catch {
                        throw Failure(SPANE_INVALID_ARGUMENT, "servers[\(index)]: \(error)")
                    }
                }
                network.writeAdvantages(for: request, on: cluster, servers: selected, into: &output)
                return SPANE_OK
            }
        }
    }
}

@implementation @_cdecl("spane_session_q_values")
public func spane_session_q_values(
    _ session: OpaquePointer?,
    _ request: spane_request,
    _ values: UnsafeMutablePointer<Float>?,
    _ count: Int
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let values = try unsafe required(values, "values")
        return try session.reading {
            let request = try session.request(request)
            return try session.withNetwork { network, cluster in
                try cluster.checkAllServers(count, times: NUMATopology.nodesPerServer)
                var output = unsafe MutableSpan(_unsafeStart: values, count: count)
                network.writeScores(for: request, on: cluster, into: &output)
                return SPANE_OK
            }
        }
    }
}

extension Cluster {
    fileprivate func checkAllServers(_ count: Int, times: Int) throws(Failure) {
        let expected = serverCount * times
        guard count == expected else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "count is \(count); for all \(serverCount) servers it must be \(expected)"
            )
        }
    }
}
