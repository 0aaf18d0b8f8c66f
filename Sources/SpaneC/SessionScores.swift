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
            let request = try session.cluster.fleet.request(request)
            let best = try session.best(k < 0 ? Int.max : k, for: request)
            unsafe found.pointee = best.count
            for index in 0..<best.count {
                unsafe placements[index] = spane_placement(best[index].action, request)
                unsafe scores?[index] = best[index].score
            }
            return best.isEmpty ? SPANE_NO_ROOM : SPANE_OK
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
            let request = try session.cluster.fleet.request(request)
            let network = try session.scoring()
            var output = unsafe MutableSpan(_unsafeStart: scores, count: count * NUMATopology.nodesPerServer)
            guard let servers = unsafe servers else {
                try session.checkAllServers(count, "count", times: 1)
                network.writeAdvantages(
                    for: request,
                    on: session.cluster.fleet.cluster,
                    servers: nil,
                    into: &output
                )
                return SPANE_OK
            }
            let selected = unsafe Span(_unsafeStart: servers, count: count)
            for index in 0..<count {
                do {
                    try session.cluster.fleet.check(Int(selected[index]))
                } catch {
                    throw Failure(SPANE_INVALID_ARGUMENT, "servers[\(index)]: \(error)")
                }
            }
            network.writeAdvantages(
                for: request,
                on: session.cluster.fleet.cluster,
                servers: selected,
                into: &output
            )
            return SPANE_OK
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
            let request = try session.cluster.fleet.request(request)
            let network = try session.scoring()
            try session.checkAllServers(count, "count", times: NUMATopology.nodesPerServer)
            var output = unsafe MutableSpan(_unsafeStart: values, count: count)
            network.writeScores(for: request, on: session.cluster.fleet.cluster, into: &output)
            return SPANE_OK
        }
    }
}

extension SessionHandle {
    fileprivate func checkAllServers(_ count: Int, _ name: String, times: Int) throws(Failure) {
        let expected = cluster.fleet.serverCount * times
        guard count == expected else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name) is \(count); for all \(cluster.fleet.serverCount) servers it must be \(expected)"
            )
        }
    }
}
