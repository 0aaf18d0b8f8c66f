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
            let best = try session.withAdvantages(request) { advantages in
                session.cluster.fleet.cluster.best(k < 0 ? Int.max : k, for: request, by: advantages)
            }
            unsafe found.pointee = best.count
            for (index, (action, score)) in best.enumerated() {
                unsafe placements[index] = spane_placement(action, request)
                unsafe scores?[index] = score
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

extension Cluster {
    /// The best `limit` placements with room, best first, ties to the lower action; a split VM has one a server.
    ///
    /// - Complexity: O(servers + servers that enter the list * log limit).
    fileprivate func best(
        _ limit: Int,
        for request: Request,
        by scores: [Float]
    ) -> [(action: Action, score: Float)] {
        // A heap whose first element is the worst of those kept.
        var kept: [(action: Action, score: Float)] = []
        func isWorse(_ left: (action: Action, score: Float), _ right: (action: Action, score: Float)) -> Bool {
            left.score < right.score || (left.score == right.score && left.action > right.action)
        }
        func offer(_ candidate: (action: Action, score: Float)) {
            if kept.count < limit {
                kept.append(candidate)
                var child = kept.count - 1
                while child > 0, isWorse(kept[child], kept[(child - 1) / 2]) {
                    kept.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if isWorse(kept[0], candidate) {
                kept[0] = candidate
                var parent = 0
                while true {
                    var worst = parent
                    for child in [2 * parent + 1, 2 * parent + 2]
                    where child < kept.count && isWorse(kept[child], kept[worst]) {
                        worst = child
                    }
                    guard worst != parent else { break }
                    kept.swapAt(parent, worst)
                    parent = worst
                }
            }
        }
        for server in 0..<serverCount {
            let first = Action(server: server, node: 0)
            if request.isSplit {
                guard isAvailable(first, for: request) else { continue }
                var most = scores[first.index]
                for node in 1..<NUMATopology.nodesPerServer { most = max(most, scores[first.index + node]) }
                offer((first, most))
            } else {
                for node in 0..<NUMATopology.nodesPerServer {
                    let action = Action(server: server, node: node)
                    if isAvailable(action, for: request) { offer((action, scores[action.index])) }
                }
            }
        }
        return kept.sorted { isWorse($1, $0) }
    }
}
