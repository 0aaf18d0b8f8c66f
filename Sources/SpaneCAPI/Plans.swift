// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// Plans of moves, and carrying them out.

@implementation @_cdecl("spane_plan_options_init")
public func spane_plan_options_init(_ options: UnsafeMutablePointer<spane_plan_options>?) -> spane_status {
    call {
        unsafe try required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_cluster_plan_room")
public func spane_cluster_plan_room(
    _ cluster: OpaquePointer?,
    _ requests: UnsafePointer<spane_request>?,
    _ count: Int,
    _ options: UnsafePointer<spane_plan_options>?,
    _ plan: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe make(cluster, options, plan) { handle, planner, settings in
        let count = try checkedCount(count, atLeast: 1, atMost: Int(UInt16.max), "count")
        let first = try unsafe required(requests, "requests")
        let grouped = try (0..<count).map { try unsafe handle.cluster.state.groupedRequest($0, of: first) }
        let list = grouped.map(\.0)
        var settings = settings
        settings.scope.groups = grouped.map(\.group)
        if list.count == 1 { return try handle.planRoom(for: list[0], planner, settings) }
        return try handle.planRoom(for: list, planner, settings)
    }
}

@implementation @_cdecl("spane_cluster_plan_drain")
public func spane_cluster_plan_drain(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ options: UnsafePointer<spane_plan_options>?,
    _ plan: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe make(cluster, options, plan) { handle, planner, settings in
        let found = try planner.drain(Int(server), on: handle.cluster, settings.scope)
        return try handle.plan(found, planner, settings, found.textOfDrain(Int(server)))
    }
}

@implementation @_cdecl("spane_cluster_plan_consolidation")
public func spane_cluster_plan_consolidation(
    _ cluster: OpaquePointer?,
    _ moves: Int64,
    _ options: UnsafePointer<spane_plan_options>?,
    _ plan: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe spane_cluster_plan_consolidation_with_progress(cluster, moves, options, nil, plan)
}

@implementation @_cdecl("spane_cluster_plan_consolidation_with_progress")
public func spane_cluster_plan_consolidation_with_progress(
    _ cluster: OpaquePointer?,
    _ moves: Int64,
    _ options: UnsafePointer<spane_plan_options>?,
    _ progress: UnsafePointer<spane_progress>?,
    _ plan: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe make(cluster, options, plan) { handle, planner, settings in
        let progress = unsafe Progress(progress, total: handle.cluster.serverCount)
        let found = try planner.consolidate(
            most: Int(moves),
            on: handle.cluster,
            settings.scope,
            progress: progress
        )
        return try handle.plan(found, planner, settings, found.textOfConsolidation)
    }
}

@implementation @_cdecl("spane_cluster_plan_repair")
public func spane_cluster_plan_repair(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ options: UnsafePointer<spane_plan_options>?,
    _ plan: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe make(cluster, options, plan) { handle, planner, settings in
        let found = try planner.repair(Int(server), on: handle.cluster, settings.scope)
        return try handle.plan(ServerPlan(moves: found.moves), planner, settings, found.textOfRepair(Int(server)))
    }
}

@implementation @_cdecl("spane_cluster_apply")
public func spane_cluster_apply(_ cluster: OpaquePointer?, _ plan: OpaquePointer?) -> spane_status {
    unsafe change(cluster) { cluster in
        let plan = try unsafe PlanHandle.of(plan)
        try cluster.apply(MovePlan(moves: plan.moves.map { try $0.move(on: cluster) }))
    }
}

@implementation @_cdecl("spane_cluster_apply_move")
public func spane_cluster_apply_move(
    _ cluster: OpaquePointer?,
    _ move: UnsafePointer<spane_move>?
) -> spane_status {
    unsafe change(cluster) { cluster in
        try cluster.apply(unsafe required(move, "move").pointee.move(on: cluster))
    }
}

@implementation @_cdecl("spane_plan_describe")
public func spane_plan_describe(_ plan: OpaquePointer?, _ info: UnsafeMutablePointer<spane_plan_info>?) -> spane_status
{
    unsafe read(plan) { plan in try unsafe write(plan.info, to: required(info, "info"), "info") }
}

@implementation @_cdecl("spane_plan_moves")
public func spane_plan_moves(
    _ plan: OpaquePointer?,
    _ moves: UnsafeMutablePointer<spane_move>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    unsafe list(plan, \.moves, moves, capacity, count, "moves")
}

@implementation @_cdecl("spane_plan_placements")
public func spane_plan_placements(
    _ plan: OpaquePointer?,
    _ placements: UnsafeMutablePointer<spane_placement>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    unsafe list(plan, \.placements, placements, capacity, count, "placements")
}

@implementation @_cdecl("spane_plan_servers")
public func spane_plan_servers(
    _ plan: OpaquePointer?,
    _ servers: UnsafeMutablePointer<Int32>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    unsafe list(plan, \.emptied, servers, capacity, count, "servers")
}

@implementation @_cdecl("spane_plan_stuck")
public func spane_plan_stuck(
    _ plan: OpaquePointer?,
    _ ids: UnsafeMutablePointer<UInt64>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    unsafe list(plan, \.stuck, ids, capacity, count, "ids")
}

@implementation @_cdecl("spane_plan_text")
public func spane_plan_text(
    _ plan: OpaquePointer?,
    _ text: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    unsafe read(plan) { plan in
        let size = try unsafe required(size, "size")
        try unsafe copy(Array(plan.text.utf8) + [0], to: text, capacity: capacity, size: size, "text")
    }
}

@implementation @_cdecl("spane_plan_free")
public func spane_plan_free(_ plan: OpaquePointer?) { unsafe Handle.free(plan, PlanHandle.self) }

// MARK: Helpers

private func read(_ plan: OpaquePointer?, _ body: (PlanHandle) throws -> Void) -> spane_status {
    call {
        try body(unsafe PlanHandle.of(plan))
        return SPANE_OK
    }
}

/// Hands out a list of a plan.
private func list<Value: BitwiseCopyable>(
    _ plan: OpaquePointer?,
    _ values: (PlanHandle) -> [Value],
    _ buffer: UnsafeMutablePointer<Value>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?,
    _ name: StaticString
) -> spane_status {
    unsafe read(plan) { plan in
        let count = try unsafe required(count, "count")
        try unsafe copy(values(plan), to: buffer, capacity: capacity, count: count, name)
    }
}

/// Makes a plan and hands it out.
private func make(
    _ cluster: OpaquePointer?,
    _ options: UnsafePointer<spane_plan_options>?,
    _ plan: UnsafeMutablePointer<OpaquePointer?>?,
    _ body: (ClusterHandle, MovePlanner, PlanSettings) throws -> PlanHandle
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let out = try unsafe required(plan, "plan")
        let settings = try unsafe PlanSettings(options)
        return try handle.gate.exclusive {
            let planner = try handle.planner(settings.limits)
            unsafe out.pointee = Handle.make(try body(handle, planner, settings))
            return SPANE_OK
        }
    }
}

extension ClusterHandle {
    fileprivate func planRoom(
        for request: Request,
        _ planner: MovePlanner,
        _ settings: PlanSettings
    ) throws -> PlanHandle {
        let report = try planner.explainRoom(for: request, on: cluster, settings.scope)
        let moves = report.result.plan?.moves ?? []
        let rounds = try planner.rounds(of: moves, on: cluster, perServer: settings.atOnce)
        return PlanHandle(
            zip(moves, rounds).map { spane_move($0, round: $1, request: 0) },
            outcome: report.result.outcome,
            placements: [report.result.plan?.placement.map { spane_placement($0) } ?? .nowhere],
            text: report.description
        )
    }

    fileprivate func planRoom(
        for requests: [Request],
        _ planner: MovePlanner,
        _ settings: PlanSettings
    ) throws -> PlanHandle {
        let plans = try planner.makeRoom(for: requests, on: cluster, settings.scope)
        let moves = try planner.flatten(plans, for: requests, on: cluster, perServer: settings.atOnce)
        let found = plans.count { $0 != nil }
        return PlanHandle(
            moves.map { spane_move($0.move, round: $0.round, request: $0.request) },
            outcome: found == plans.count ? SPANE_PLAN_FOUND : SPANE_PLAN_NOT_FOUND,
            placements: plans.map { $0?.placement.map { spane_placement($0) } ?? .nowhere },
            text: MovePlan.text(moves: moves.count, found: found, of: plans.count)
        )
    }

    fileprivate func plan(
        _ found: ServerPlan,
        _ planner: MovePlanner,
        _ settings: PlanSettings,
        _ text: String
    ) throws -> PlanHandle {
        let rounds = try planner.rounds(of: found.moves, on: cluster, perServer: settings.atOnce)
        return PlanHandle(
            zip(found.moves, rounds).map { spane_move($0, round: $1, request: -1) },
            outcome: found.stuck.isEmpty ? SPANE_PLAN_FOUND : SPANE_PLAN_NOT_FOUND,
            emptied: found.emptied,
            stuck: found.stuck,
            bound: found.bound,
            text: text
        )
    }
}

extension spane_placement {
    fileprivate static var nowhere: spane_placement { spane_placement(server: SPANE_NOWHERE, nodes: 0) }
}

extension RoomResult {
    fileprivate var outcome: Int32 {
        switch self {
        case .plan(_, let isCheapest): isCheapest ? SPANE_PLAN_CHEAPEST : SPANE_PLAN_FOUND
        case .notFound: SPANE_PLAN_NOT_FOUND
        case .impossible(.noServers): SPANE_PLAN_NO_SERVERS
        case .impossible(.tooLarge): SPANE_PLAN_TOO_LARGE
        case .impossible(.fleetIsFull): SPANE_PLAN_FLEET_FULL
        case .impossible(.tooManyMoves): SPANE_PLAN_TOO_MANY_MOVES
        }
    }
}
