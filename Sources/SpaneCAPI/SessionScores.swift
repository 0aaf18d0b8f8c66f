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
        guard k != 0 else { throw Failure(SPANE_INVALID_ARGUMENT, "k is 0; it must be at least 1") }
        return try session.reading {
            let request = try unsafe session.request(request)
            let isLimited = try unsafe session.select(servers, count)
            let best = try session.best(k < 0 ? Int.max : k, for: request, amongSelected: isLimited)
            unsafe found.pointee = best.count
            for index in 0..<best.count {
                unsafe placements[index] = session.outside(best[index].placement)
                unsafe scores?[index] = best[index].score
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
            let request = try unsafe session.request(request)
            let isLimited = unsafe servers != nil
            if isLimited { _ = try unsafe session.select(servers, count, isEachOnce: false) }
            return try session.withNetwork { network, cluster in
                if !isLimited { try cluster.checkAllServers(count, times: 1) }
                let values = count * cluster.layout.placementsPerServer
                var output = unsafe MutableSpan(_unsafeStart: scores, count: values)
                session.withSelected(isLimited) {
                    network.writeAdvantages(for: request, on: cluster, servers: $0, into: &output)
                }
                return SPANE_OK
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
            let request = try unsafe session.request(request)
            return try session.withNetwork { network, cluster in
                try cluster.checkAllServers(count, times: cluster.layout.placementsPerServer)
                var output = unsafe MutableSpan(_unsafeStart: values, count: count)
                network.writeScores(for: request, on: cluster, into: &output)
                return SPANE_OK
            }
        }
    }
}
