// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneNetworks
internal import SpaneScheduling

// What sessions say of many placements at once.

@implementation @_cdecl("spane_session_top")
public func spane_session_top(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ k: Int,
    _ placements: UnsafeMutablePointer<spane_placement>?,
    _ scores: UnsafeMutablePointer<Float>?,
    _ found: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let placements = try unsafe required(placements, "placements")
        let found = try unsafe required(found, "found")
        let limit = try listLength(k)
        return try session.reading {
            let (request, group) = try unsafe session.request(request)
            let best = try unsafe session.withCandidates(servers, count) { candidates in
                try session.best(limit, for: request, in: group, among: candidates) { limit, servers in
                    try session.policy.best(limit, for: request, on: session.cluster.cluster.state, among: servers)
                }
            }
            unsafe found.pointee = best.count
            for index in 0..<best.count {
                unsafe placements[index] = session.outside(best[index].placement)
                unsafe scores?[index] = session.policy.scores ? best[index].score : -Float(index)
            }
            return best.isEmpty ? session.refusal(of: request) : SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_scores")
public func spane_session_scores(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ scores: UnsafeMutablePointer<Float>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let count = try checkedCount(count, atMost: Int(Int32.max), "count")
        let scores = try unsafe required(scores, "scores")
        return try session.reading {
            let (request, _) = try unsafe session.request(request)
            // Without a list the count is that of all servers.
            let listed = unsafe servers == nil ? 0 : count
            return try unsafe session.withCandidates(servers, listed, isEachOnce: false) { candidates in
                try session.policy.withNetwork(on: session.cluster.cluster.state) { network, cluster in
                    if candidates == nil { try cluster.checkAllServers(count, times: 1) }
                    let values = count * cluster.layout.placementsPerServer
                    var output = unsafe MutableSpan(_unsafeStart: scores, count: values)
                    network.writeAdvantages(for: request, on: cluster, servers: candidates?.span, into: &output)
                    return SPANE_OK
                }
            }
        }
    }
}

@implementation @_cdecl("spane_session_q_values")
public func spane_session_q_values(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ values: UnsafeMutablePointer<Float>?,
    _ count: Int
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let values = try unsafe required(values, "values")
        return try session.reading {
            let (request, _) = try unsafe session.request(request)
            try unsafe session.policy.writeQValues(of: request, on: session.cluster.cluster.state, to: values, count)
            return SPANE_OK
        }
    }
}

/// The length of a list of the best that was asked for.
func listLength(_ k: Int) throws(Failure) -> Int {
    guard k != 0 else { throw Failure(SPANE_INVALID_ARGUMENT, "k is 0; it must be at least 1") }
    // A negative number is a size_t above every count.
    return k < 0 ? .max : k
}
