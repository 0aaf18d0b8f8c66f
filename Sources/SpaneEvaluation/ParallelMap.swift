package import SpaneScheduling
internal import SpaneSystem
internal import Synchronization

/// Applies `body` to 0 ..< `count` on several threads and gives the results in order.
///
/// Work is handed out one index at a time. Every thread makes one `State` (scratch, an environment, a policy) and
/// reuses it, so a body whose result depends on its index alone gives the same results for any number of threads.
///
/// - Parameters:
///   - threads: at least 1; no more threads are started than there is work, or memory.
///   - stateBytes: what a `State` takes.
///   - progress: called with the number of results so far, by one thread at a time.
///   - reporting: told of each result; a body that takes long hears from it too whether to go on.
/// - Throws: the error of the lowest index that failed, or of making a state; ``OutOfMemory``; `cancelled`.
package func parallelMap<State: ~Copyable, Result: Sendable>(
    count: Int,
    threads: Int,
    stateBytes: Int = 0,
    progress: (@Sendable (Int) -> Void)? = nil,
    reporting: Progress = .none,
    makeState: @escaping @Sendable () throws -> State,
    _ body: @escaping @Sendable (inout State, Int) throws -> Result
) throws -> [Result] {
    // All results, and once more when they are handed over.
    let bytes = count * (MemoryLayout<Result?>.stride + MemoryLayout<Result>.stride)
    try Memory.check(bytes: bytes + stateBytes, for: "\(count) results")
    let threads = Memory.affordableThreads(min(threads, count), bytesOfEach: stateBytes, beside: bytes)
    let shared = SharedWork<Result>(count: count, progress: progress)
    let work: @Sendable () -> Void = {
        shared.begin()
        defer { shared.end() }
        do {
            var state = try makeState()
            while let index = shared.next() {
                do {
                    try reporting.check()
                    let finished = shared.finish(index, .success(try body(&state, index)))
                    try reporting.check(finished, of: count)
                } catch {
                    shared.finish(index, .failure(error))
                }
            }
        } catch {
            shared.finish(nil, .failure(error))
        }
    }
    let extra = (1..<threads).compactMap { _ in SystemThread(work) }
    work()
    // Whoever waits hears of the work of the others too. What stops it stops them, and comes out with the results.
    while reporting.isHeard, shared.isUnderWay {
        try? reporting.check()
        usleep(1000)
    }
    for thread in extra { thread.join() }
    try reporting.check()
    return try shared.results()
}

private final class SharedWork<Result: Sendable>: Sendable {
    private struct Contents {
        var results: [Result?]
        var finished = 0
        var failure: (index: Int, error: any Error)?
    }

    private let nextIndex = Atomic(0)
    private let threads = Atomic(0)
    private let contents: Mutex<Contents>
    private let count: Int
    private let progress: (@Sendable (Int) -> Void)?

    init(count: Int, progress: (@Sendable (Int) -> Void)?) {
        contents = Mutex(Contents(results: Array(repeating: nil, count: count)))
        self.count = count
        self.progress = progress
    }

    /// Notes that one more thread has begun, or ended.
    func begin() { threads.add(1, ordering: .relaxed) }
    func end() { threads.subtract(1, ordering: .relaxed) }

    /// Whether a thread is at work.
    var isUnderWay: Bool { threads.load(ordering: .relaxed) > 0 }

    func next() -> Int? {
        let index = nextIndex.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }

    /// Gives the number of results so far.
    @discardableResult
    func finish(_ index: Int?, _ result: Swift.Result<Result, any Error>) -> Int {
        contents.withLock { contents in
            switch result {
            case .success(let value):
                if let index { contents.results[index] = value }
                contents.finished += 1
                progress?(contents.finished)
            case .failure(let error):
                let index = index ?? -1
                if contents.failure.map({ index < $0.index }) ?? true { contents.failure = (index, error) }
                // Indices are handed out in ascending order, so all lower ones are already under way.
                nextIndex.store(count, ordering: .relaxed)
            }
            return contents.finished
        }
    }

    func results() throws -> [Result] {
        try contents.withLock { contents in
            if let failure = contents.failure { throw failure.error }
            // Twice the results in all, where compactMap would grow an array beside them.
            return contents.results.map { result in
                guard let result else { preconditionFailure("a result is missing") }
                return result
            }
        }
    }
}
