// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// Why VMs go where they go, and how many more there is room for.

@implementation @_cdecl("spane_cluster_explain")
public func spane_cluster_explain(
    _ cluster: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ reasons: UnsafeMutablePointer<spane_reason>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            let (request, group) = try unsafe handle.cluster.state.groupedRequest(request)
            let verdict = handle.cluster.verdict(ofGroup: group, for: request)
            let count = try unsafe handle.checkedServers(servers, count)
            guard count > 0 else { return SPANE_OK }
            let reasons = try unsafe required(reasons, "reasons")
            let size = try unsafe structSize(UnsafePointer(reasons), "reasons")
            guard size % MemoryLayout<spane_reason>.alignment == 0 else {
                throw Failure(SPANE_UNKNOWN_VERSION, "reasons->struct_size is \(size); it must be a multiple of 8")
            }
            for index in 0..<count { _ = try unsafe handle.place(index, of: servers) }
            for index in 0..<count {
                let place = try unsafe handle.place(index, of: servers)
                let value = spane_reason(handle.cluster.reason(on: place, for: request, verdict))
                let out = unsafe (UnsafeMutableRawPointer(reasons) + index * size)
                    .assumingMemoryBound(to: spane_reason.self)
                unsafe out.pointee.struct_size = UInt32(size)
                try unsafe write(value, to: out, "reasons")
            }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_room_by_type")
public func spane_cluster_room_by_type(
    _ cluster: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ total: UnsafeMutablePointer<Int64>?,
    _ types: UnsafeMutablePointer<spane_type_room>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        return try handle.gate.shared {
            let request = try unsafe handle.cluster.state.request(request)
            let rooms = handle.cluster.state.roomByType(for: request)
            try unsafe check(room: types, capacity, for: rooms.count, count, "types")
            for (index, room) in rooms.enumerated() {
                unsafe types?[index] = unsafe spane_type_room(
                    type: handle.typeName(of: room.first),
                    servers: Int64(room.servers),
                    room: Int64(room.room)
                )
            }
            if let total = unsafe total { unsafe total.pointee = Int64(handle.cluster.state.room(for: request)) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_session_explain")
public func spane_session_explain(
    _ session: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ k: Int,
    _ format: Int32,
    _ text: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let size = try unsafe required(size, "size")
        guard format == SPANE_TEXT || format == SPANE_JSON else {
            throw Failure(SPANE_INVALID_ARGUMENT, "format is \(format); it must be SPANE_TEXT (0) or SPANE_JSON (1)")
        }
        // A negative number is a size_t above every count.
        let limit = k < 0 ? .max : k
        return try session.reading {
            let (request, group) = try unsafe session.request(request)
            let decision = try unsafe session.withCandidates(servers, count) { candidates in
                let cluster = session.cluster
                let ranked = try session.best(limit, for: request, in: group, among: candidates) { limit, servers in
                    try session.policy.ranked(limit, for: request, on: cluster.cluster.state, among: servers)
                }
                let verdict = cluster.cluster.verdict(ofGroup: group, for: request)
                return cluster.cluster.explain(request, among: candidates?.span, ranked, verdict)
            }
            let line = format == SPANE_JSON ? decision.json : decision.description
            try unsafe copy(Array(line.utf8) + [0], to: text, capacity: capacity, size: size, "text")
            return SPANE_OK
        }
    }
}

extension spane_reason {
    fileprivate init(_ reason: ServerReason) {
        self.init(
            struct_size: 0,
            reason: reason.kind.rawValue,
            resource: Int32(reason.resource ?? -1),
            node: Int32(reason.node ?? -1),
            short_by: reason.shortBy,
            nodes: UInt32(reason.nodes.rawValue),
            trait: Int32(reason.trait ?? -1)
        )
    }
}
