// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling
internal import SpaneSystem

// Places that are held for VMs until a time of the caller's clock.

@implementation @_cdecl("spane_session_reserve")
public func spane_session_reserve(
    _ session: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?,
    _ expires: Double,
    _ placement: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        // Before there may be no room for it.
        try Cluster.check(expiry: expires)
        return try unsafe session.place(id, request, until: expires, placement)
    }
}

@implementation @_cdecl("spane_cluster_set_expiry")
public func spane_cluster_set_expiry(_ cluster: OpaquePointer?, _ id: UInt64, _ expires: Double) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.setExpiry(expires == .infinity ? nil : expires, of: id) }
}

@implementation @_cdecl("spane_cluster_confirm")
public func spane_cluster_confirm(_ cluster: OpaquePointer?, _ id: UInt64) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.setExpiry(nil, of: id) }
}

@implementation @_cdecl("spane_cluster_expiry")
public func spane_cluster_expiry(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ expires: UnsafeMutablePointer<Double>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let out = try unsafe required(expires, "expires")
        return try handle.gate.shared {
            guard handle.cluster.find(id) != nil else { throw unknown(id) }
            unsafe out.pointee = handle.cluster.expiry(of: id) ?? .infinity
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_expire")
public func spane_cluster_expire(
    _ cluster: OpaquePointer?,
    _ now: Double,
    _ ids: UnsafeMutablePointer<UInt64>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        guard !now.isNaN else { throw Failure(SPANE_INVALID_ARGUMENT, "now is \(now); it must be a number") }
        return try handle.gate.exclusive {
            // Too little room is told before anything changes.
            try unsafe check(room: ids, capacity, for: handle.cluster.expiredCount(by: now), count, "ids")
            let expired = try handle.expired(by: now)
            for id in expired { _ = handle.cluster.release(id) }
            try unsafe copy(expired, to: ids, capacity: capacity, count: count, "ids")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_reservations")
public func spane_cluster_reservations(
    _ cluster: OpaquePointer?,
    _ ids: UnsafeMutablePointer<UInt64>?,
    _ expires: UnsafeMutablePointer<Double>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        return try handle.gate.shared {
            try unsafe check(room: ids, capacity, for: handle.cluster.reservationCount, count, "ids")
            guard unsafe ids != nil else { return SPANE_OK }
            for (index, id) in try handle.expired(by: .infinity).enumerated() {
                unsafe ids?[index] = id
                unsafe expires?[index] = handle.cluster.expiry(of: id) ?? .infinity
            }
            return SPANE_OK
        }
    }
}

extension ClusterHandle {
    /// The ids of reservations that have ended, refused where there is no memory for the list.
    fileprivate func expired(by now: Double) throws -> [UInt64] {
        let count = cluster.expiredCount(by: now)
        try Memory.check(bytes: 48 * count, for: "a list of \(count) reservations")
        return cluster.expired(by: now)
    }
}
