internal import SpaneSystem
internal import SpaneScheduling
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
/// - Throws: the error of the lowest index that failed, or of making a state; ``OutOfMemory``; `cancelled` when the
///   ``Cancellation`` of the calling thread asks for it.
package func parallelMap<State: ~Copyable, Result: Sendable>(
    count: Int,
    threads: Int,
    stateBytes: Int = 0,
    progress: (@Sendable (Int) -> Void)? = nil,
    makeState: @escaping @Sendable () throws -> State,
    _ body: @escaping @Sendable (inout State, Int) throws -> Result
) throws -> [Result] {
    // All results, and once more when they are handed over.
    let bytes = count * (MemoryLayout<Result?>.stride + MemoryLayout<Result>.stride)
    try Memory.check(bytes: bytes + stateBytes, for: "\(count) results")
    let threads = Memory.affordableThreads(min(threads, count), bytesOfEach: stateBytes, beside: bytes)
    let shared = SharedWork<Result>(count: count, progress: progress)
    let cancellation = Cancellation.current
    let work: @Sendable () -> Void = {
        cancellation.adopt()
        do {
            var state = try makeState()
            while let index = shared.next() {
                do {
                    try cancellation.check()
                    shared.finish(index, .success(try body(&state, index)))
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
    for thread in extra { thread.join() }
    return try shared.results()
}

private final class SharedWork<Result: Sendable>: Sendable {
    private struct Contents {
        var results: [Result?]
        var finished = 0
        var failure: (index: Int, error: any Error)?
    }

    private let nextIndex = Atomic(0)
    private let contents: Mutex<Contents>
    private let count: Int
    private let progress: (@Sendable (Int) -> Void)?

    init(count: Int, progress: (@Sendable (Int) -> Void)?) {
        contents = Mutex(Contents(results: Array(repeating: nil, count: count)))
        self.count = count
        self.progress = progress
    }

    func next() -> Int? {
        let index = nextIndex.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }

    func finish(_ index: Int?, _ result: Swift.Result<Result, any Error>) {
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
