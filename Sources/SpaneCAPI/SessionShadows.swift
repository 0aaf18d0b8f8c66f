// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// Sessions beside another scheduler.

@implementation @_cdecl("spane_session_shadow")
public func spane_session_shadow(
    _ session: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?,
    _ other: UnsafePointer<spane_placement>?,
    _ shadow: UnsafeMutablePointer<spane_shadow>?
) -> spane_status {
    call {
        let session = try unsafe SessionHandle.of(session)
        let handle = session.cluster
        return try session.gate.exclusive {
            try handle.gate.exclusive {
                let (request, group) = try unsafe session.request(request)
                let other = try unsafe other.map { try unsafe $0.pointee.placement(on: handle.cluster) }
                if let shadow = unsafe shadow { _ = try unsafe structSize(UnsafePointer(shadow), "shadow") }
                try handle.cluster.check(canRecord: id, request, at: other)
                let own = try session.choose(request, in: group)
                var value = spane_shadow()
                if unsafe shadow != nil { value.advantage = try session.advantage(of: own, over: other, for: request) }
                let outside = own.map { handle.cluster.outside($0) }
                if let other {
                    try handle.cluster.record(id, request, in: group, at: other)
                } else {
                    handle.cluster.tell(.refuse(id, request, group: group))
                }
                // After what may still fail.
                handle.cluster.tell(.compare(id, request, group: group, own: outside, other: other))
                guard let shadow = unsafe shadow else { return SPANE_OK }
                value.outcome = Int32(ShadowOutcome(own: outside, other: other).rawValue)
                value.own = outside.map { spane_placement($0) } ?? spane_placement(server: SPANE_NOWHERE, nodes: 0)
                try unsafe write(value, to: shadow, "shadow")
                return SPANE_OK
            }
        }
    }
}

extension SessionHandle {
    /// The score of a placement less that of the best one on a server; NaN where one of them has no room.
    fileprivate func advantage(of own: Placement?, over other: Placement?, for request: Request) throws -> Double {
        guard let own, let other else { return .nan }
        func score(_ place: Int) throws -> Double? {
            let servers = [Int32(truncatingIfNeeded: place)]
            return try policy.ranked(1, for: request, on: cluster.cluster.state, among: servers).first?.score
        }
        guard let mine = try score(own.server), let theirs = try score(cluster.cluster.place(of: other.server)) else {
            return .nan
        }
        return max(0, mine - theirs)
    }
}
