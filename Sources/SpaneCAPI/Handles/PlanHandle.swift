internal import CSpaneHeader
internal import SpaneScheduling

/// What a `spane_plan` stands for: moves that were found, and all that is to be said of them.
final class PlanHandle: HandleObject, Sendable {
    static let tag: UInt64 = 0x5350_414E_4550_6C6E
    static var name: StaticString { "spane_plan" }

    let moves: [spane_move]
    let outcome: Int32
    /// Of each request, where it goes; `SPANE_NOWHERE` where that was not found.
    let placements: [spane_placement]
    let emptied: [Int32]
    let stuck: [UInt64]
    let bound: Double
    let text: String

    init(
        _ moves: [spane_move],
        outcome: Int32,
        placements: [spane_placement] = [],
        emptied: [Int] = [],
        stuck: [UInt64] = [],
        bound: Double = 0,
        text: String
    ) {
        (self.moves, self.outcome, self.placements) = (moves, outcome, placements)
        self.emptied = emptied.map { Int32(truncatingIfNeeded: $0) }
        (self.stuck, self.bound, self.text) = (stuck, bound, text)
    }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> PlanHandle {
        try unsafe Handle.object(handle, PlanHandle.self, "plan")
    }

    var info: spane_plan_info {
        var info = spane_plan_info()
        info.outcome = outcome
        info.moves = moves.count
        info.requests = placements.count
        info.servers = emptied.count
        info.stuck = stuck.count
        info.placement = placements.first ?? spane_placement(server: SPANE_NOWHERE, nodes: 0)
        info.mem = moves.reduce(0) { $0 + $1.mem }
        info.price = moves.reduce(0) { $0 + $1.price }
        info.bound = bound
        return info
    }
}
