internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneScheduling

/// What `spane_evaluation_options` say, checked.
@safe
struct EvaluationSettings {
    let fleet: Fleet
    let end: EpisodeEnd
    let threads: Int
    let moves: MoveLimits?
    /// Where moves are counted; `nil` for nowhere.
    let moved: UnsafeMutablePointer<Double>?

    /// - Parameter pointer: NULL for the defaults.
    init(_ pointer: UnsafePointer<spane_evaluation_options>?) throws {
        var options = unsafe spane_evaluation_options.defaults
        if let pointer = unsafe pointer { unsafe options = try read(pointer, defaults: options, "options") }
        guard unsafe options.reserved == 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->reserved is \(unsafe options.reserved); it must be 0")
        }
        guard unsafe options.length >= 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->length is \(unsafe options.length); it must not be negative"
            )
        }
        end = unsafe options.length == 0 ? .automatic : .length(Int(options.length))
        threads = try unsafe Threads.count(options.threads, "options->threads")
        moves = try unsafe MoveLimits.checked(
            moves: options.moves,
            budget: options.move_budget,
            price: options.move_price,
            secondsPerGB: options.move_seconds_per_gb,
            "options"
        )
        unsafe moved = options.moved
        fleet = try unsafe Fleet(
            servers: options.servers,
            nodeCPU: options.node_cpu,
            nodeMem: options.node_mem,
            splitAbove: options.split_above,
            cluster: options.fleet,
            of: "options"
        )
    }

    /// What is played on what.
    func scenario(_ trace: Trace) throws(SchedulingError) -> Scenario { try Scenario(trace, on: fleet, moves: moves) }

    /// Writes what was moved in an episode, `place` of those of all policies, one after the other.
    func write(_ count: MoveCount, _ place: Int) {
        guard let moved = unsafe moved else { return }
        let values = [Double(count.moves), count.mem, count.localMem]
        for (index, value) in values.enumerated() { unsafe moved[place * values.count + index] = value }
    }
}

/// Numbers of threads that callers ask for.
enum Threads {
    static let most = 1024

    /// The number that is meant: 0 stands for one a processor.
    static func count(_ asked: Int32, _ name: StaticString) throws(Failure) -> Int {
        guard asked >= 0, asked <= most else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name) is \(asked); it must be in 1 ... \(most), or 0 for one a processor"
            )
        }
        return asked == 0 ? min(processorCount, most) : Int(asked)
    }
}

extension spane_evaluation_options {
    static var defaults: spane_evaluation_options {
        unsafe spane_evaluation_options(
            struct_size: UInt32(MemoryLayout<spane_evaluation_options>.size),
            servers: 5,
            node_cpu: Fleet.publishedNode.cpu,
            node_mem: Fleet.publishedNode.mem,
            split_above: Fleet.publishedSplitAbove,
            length: 0,
            threads: 0,
            reserved: 0,
            fleet: nil,
            moves: 0,
            move_budget: Int32(MoveLimits.defaultBudget),
            move_price: MovePrices.defaultMove,
            move_seconds_per_gb: 0,
            moved: nil
        )
    }
}
