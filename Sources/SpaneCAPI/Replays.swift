// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

// Logs that are played again.

@implementation @_cdecl("spane_replay_options_init")
public func spane_replay_options_init(_ options: UnsafeMutablePointer<spane_replay_options>?) -> spane_status {
    call {
        try unsafe required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_replay")
public func spane_replay(
    _ path: UnsafePointer<CChar>?,
    _ policy: UnsafePointer<spane_policy>?,
    _ options: UnsafePointer<spane_replay_options>?,
    _ progress: UnsafePointer<spane_progress>?,
    _ figures: UnsafeMutablePointer<spane_replay_figures>?
) -> spane_status {
    call {
        let path = try unsafe pathText(path)
        let source = try unsafe policy.map { try unsafe PolicySource($0) }
        let out = try unsafe required(figures, "figures")
        var given = spane_replay_options.defaults
        if let options = unsafe options { given = try unsafe read(options, defaults: given, "options") }
        let settings = try given.checked()
        let log = LogReader(path)
        let progress = unsafe Progress(progress, total: try File.size(path))
        let facts = try LogFacts(log, progress: progress.part(0, source == nil ? 1 : 0.3))
        guard settings.servers ?? 0 <= facts.servers else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->servers is \(given.servers); the log begins with \(facts.servers) servers"
            )
        }
        var value = spane_replay_figures()
        if let source {
            let played = try ReplayPlayer.play(log, facts, by: source, settings, progress: progress.part(0.3, 0.6))
            value.fill(played)
            if given.needed == 1 {
                let needed = try ReplayNeed.servers(log, facts, by: source, settings, progress: progress.part(0.6, 1))
                value.servers_needed = Int32(truncatingIfNeeded: needed ?? -1)
            }
        } else {
            value.fill(facts.figures)
        }
        try progress.finish()
        try unsafe write(value, to: out, "figures")
        return SPANE_OK
    }
}

extension spane_replay_figures {
    fileprivate mutating func fill(_ figures: ReplayFigures) {
        (vms, refused) = (Int64(figures.asked.vms), Int64(figures.refused.vms))
        (cores, refused_cores) = (figures.asked.cores, figures.refused.cores)
        (waited, wait, longest_wait) = (Int64(figures.waited), figures.wait, figures.longestWait)
        (moves, moved_mem) = (Int64(figures.moved.moves), figures.moved.mem)
        (compared, alike) = (Int64(figures.compared), Int64(figures.alike))
        (refused_resizes, decisions) = (Int64(figures.refusedResizes), Int64(figures.decisions))
        seconds = figures.seconds
    }
}

extension spane_replay_options {
    static var defaults: spane_replay_options {
        spane_replay_options(
            struct_size: UInt32(MemoryLayout<spane_replay_options>.size),
            servers: 0,
            queue: 0,
            needed: 0,
            moves: 0,
            move_budget: Int32(MoveLimits.defaultBudget),
            move_price: MovePrices.defaultMove
        )
    }

    fileprivate func checked() throws -> ReplayOptions {
        guard servers >= 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->servers is \(servers); it must not be negative")
        }
        for (name, value) in [("queue", queue), ("needed", needed)] where value != 0 && value != 1 {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->\(name) is \(value); it must be 0 or 1")
        }
        guard needed == 0 || queue == 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->needed and options->queue are both 1; servers are needed where nothing waits"
            )
        }
        let moves = try MoveLimits.checked(
            moves: moves,
            budget: move_budget,
            price: move_price,
            secondsPerGB: 0,
            "options"
        )
        return ReplayOptions(servers: servers == 0 ? nil : Int(servers), moves: moves, hasQueue: queue == 1)
    }
}
