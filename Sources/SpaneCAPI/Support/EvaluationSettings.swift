internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneSystem
internal import SpaneScheduling
internal import Synchronization

/// What `spane_evaluation_options` say, checked.
@safe
struct EvaluationSettings {
    let fleet: Fleet
    let end: EpisodeEnd
    let threads: Int
    private let callback: spane_progress_callback?
    private let user: UnsafeMutableRawPointer?

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
        fleet = try unsafe Fleet(
            servers: options.servers,
            nodeCPU: options.node_cpu,
            nodeMem: options.node_mem,
            splitAbove: options.split_above,
            cluster: options.fleet,
            of: "options"
        )
        unsafe callback = options.progress
        unsafe user = options.user
    }

    /// The progress that the caller wants to hear of.
    func makeProgress(total: Int) -> Progress? {
        guard let callback = unsafe callback else { return nil }
        return unsafe Progress(callback, user, total: total)
    }
}

/// Counts episodes and tells the caller in its own thread.
@safe
final class Progress: @unchecked Sendable {
    private let callback: spane_progress_callback
    private let user: UnsafeMutableRawPointer?
    private let total: Int
    private let caller = pthread_self()
    private let done = Atomic(0)
    private let isCancelled = Atomic(false)

    init(_ callback: @escaping spane_progress_callback, _ user: UnsafeMutableRawPointer?, total: Int) {
        unsafe self.callback = callback
        unsafe self.user = user
        self.total = total
    }

    /// Notes one more episode.
    ///
    /// - Throws: `SPANE_CANCELLED` when the callback does not want to go on.
    func advance() throws(Failure) {
        let count = done.add(1, ordering: .relaxed).newValue
        if count < total, pthread_equal(pthread_self(), caller) != 0 { tell(count) }
        try check()
    }

    /// Tells the end; called by the caller's thread.
    ///
    /// - Throws: `SPANE_CANCELLED` when the callback does not want the results any more.
    func finish() throws(Failure) {
        tell(total)
        try check()
    }

    private func check() throws(Failure) {
        guard isCancelled.load(ordering: .relaxed) else { return }
        throw Failure(SPANE_CANCELLED, "options->progress has cancelled the evaluation")
    }

    private func tell(_ count: Int) {
        if unsafe callback(Int64(count), Int64(total), user) != 0 { isCancelled.store(true, ordering: .relaxed) }
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
            progress: nil,
            user: nil,
            fleet: nil
        )
    }
}
