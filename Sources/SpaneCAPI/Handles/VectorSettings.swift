internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

/// What `spane_vec_env_options` say, checked.
struct VectorSettings: Sendable {
    /// The options in force: nothing in them is 0 to stand for something else.
    let options: spane_vec_env_options
    let vector: VectorConfiguration
    /// One past the last start that can be played.
    let limit: Int

    var count: Int { vector.count }

    /// - Parameter pointer: NULL for the defaults.
    init(_ pointer: UnsafePointer<spane_vec_env_options>?, on trace: Trace) throws {
        var options = spane_vec_env_options.defaults
        if let pointer = unsafe pointer { options = try unsafe read(pointer, defaults: options, "options") }
        try self.init(options, on: trace)
    }

    init(_ asked: spane_vec_env_options, on trace: Trace) throws(Failure) {
        var options = asked
        guard options.count >= 1, options.count <= Self.most else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->count is \(options.count); it must be in 1 ... \(Self.most)"
            )
        }
        guard options.reserved == 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->reserved is \(options.reserved); it must be 0")
        }
        let threads = try Threads.count(options.threads, "options->threads")
        let autoreset: VectorConfiguration.Autoreset
        switch options.autoreset {
        case SPANE_AUTORESET_NEXT_STEP: autoreset = .nextStep
        case SPANE_AUTORESET_SAME_STEP: autoreset = .sameStep
        case SPANE_AUTORESET_DISABLED: autoreset = .disabled
        case let other:
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->autoreset is \(other); it must be SPANE_AUTORESET_NEXT_STEP (\(SPANE_AUTORESET_NEXT_STEP)), "
                    + "SPANE_AUTORESET_SAME_STEP (\(SPANE_AUTORESET_SAME_STEP)) or SPANE_AUTORESET_DISABLED "
                    + "(\(SPANE_AUTORESET_DISABLED))"
            )
        }
        let end = try EpisodeEnd(kind: options.end_kind, count: options.end_count)
        limit = try Self.limit(end, trace)
        let starts = try Self.starts(options, limit)
        vector = VectorConfiguration(
            count: Int(options.count),
            threads: threads,
            autoreset: autoreset,
            seed: options.seed,
            starts: starts,
            end: end
        )
        options.threads = Int32(truncatingIfNeeded: threads)
        options.start_high = Int64(starts.upperBound)
        self.options = options
    }

    /// Refuses starts that cannot be played; `name` has them.
    func check(_ start: Int64, _ index: Int, _ name: StaticString) throws(Failure) {
        guard start >= 0, start < limit else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name)[\(index)] is \(start); this trace allows such episodes from 0 ... \(limit - 1)"
            )
        }
    }

    static let most = 1 << 20

    private static func limit(_ end: EpisodeEnd, _ trace: Trace) throws(Failure) -> Int {
        var limit = trace.count - 1
        switch end {
        case .length(let length):
            guard length >= 1, length < trace.count - 1 else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "options->end_count is \(length); a length must be in 1 ... \(trace.count - 2) on this trace"
                )
            }
            limit -= length
        case .exceed(let placements):
            guard placements >= 1 else {
                throw Failure(SPANE_INVALID_ARGUMENT, "options->end_count is \(placements); it must be at least 1")
            }
        case .automatic: break
        }
        return limit
    }

    private static func starts(_ options: spane_vec_env_options, _ limit: Int) throws(Failure) -> Range<Int> {
        let high = options.start_high == 0 ? limit : Int(options.start_high)
        let low = Int(options.start_low)
        guard low >= 0, low < high, high <= limit else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->start_low is \(low) and start_high \(options.start_high); this trace allows such episodes from "
                    + "0 ... \(limit - 1), and start_high must be above start_low or 0 for all"
            )
        }
        return low..<high
    }
}

extension spane_vec_env_options {
    static var defaults: spane_vec_env_options {
        spane_vec_env_options(
            struct_size: UInt32(MemoryLayout<spane_vec_env_options>.size),
            count: 1,
            threads: 1,
            autoreset: SPANE_AUTORESET_NEXT_STEP,
            seed: 0,
            start_low: 0,
            start_high: 0,
            end_count: 0,
            end_kind: SPANE_END_AUTO,
            reserved: 0
        )
    }
}
