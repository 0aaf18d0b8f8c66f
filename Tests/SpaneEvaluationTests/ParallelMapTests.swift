import SpaneEvaluation
import Synchronization
import Testing

/// Work spread over threads.
@Suite struct ParallelMapTests {
    private struct Failure: Error, Equatable { let index: Int }

    @Test(arguments: [1, 2, 3, 8, 100], [0, 1, 2, 7, 1000])
    func resultsAreInOrder(threads: Int, count: Int) throws {
        let results = try parallelMap(count: count, threads: threads, makeState: {}, { _, index in index * index })
        #expect(results == (0..<count).map { $0 * $0 })
    }

    /// No more states are made than threads are useful, and every index is worked on once.
    @Test(arguments: [(1, 50), (4, 50), (50, 4), (8, 1), (8, 0), (0, 5), (-1, 5)])
    func statesAreReused(threads: Int, count: Int) throws {
        let made = Atomic(0)
        let worked = Mutex([Int](repeating: 0, count: count))
        let used = try parallelMap(
            count: count,
            threads: threads,
            makeState: {
                made.add(1, ordering: .relaxed)
                return 0
            },
            { (uses: inout Int, index) in
                uses += 1
                worked.withLock { $0[index] += 1 }
                return uses
            }
        )
        let states = made.load(ordering: .relaxed)
        #expect(states >= 1 && states <= max(1, min(threads, count)))
        #expect(worked.withLock { $0 } == Array(repeating: 1, count: count))
        // Each state counts its uses from 1.
        #expect(used.count { $0 == 1 } <= states)
        #expect(used.isEmpty || used.max() ?? 0 >= (count + states - 1) / states)
    }

    @Test(arguments: [1, 2, 5, 40])
    func theErrorOfTheLowestIndexIsThrown(threads: Int) {
        for lowest in [0, 1, 13, 99] {
            #expect(throws: Failure(index: lowest)) {
                try parallelMap(
                    count: 100,
                    threads: threads,
                    makeState: {},
                    { _, index in
                        guard index < lowest else { throw Failure(index: index) }
                    }
                )
            }
        }
    }

    @Test func anErrorEndsTheWork() {
        let worked = Atomic(0)
        #expect(throws: Failure(index: 3)) {
            try parallelMap(
                count: 1_000_000,
                threads: 1,
                makeState: {},
                { _, index in
                    worked.add(1, ordering: .relaxed)
                    if index == 3 { throw Failure(index: 3) }
                }
            )
        }
        #expect(worked.load(ordering: .relaxed) == 4)
    }

    @Test(arguments: [1, 3], [0, 10])
    func aStateThatCannotBeMadeIsAnError(threads: Int, count: Int) {
        #expect(throws: Failure(index: -1)) {
            try parallelMap(
                count: count,
                threads: threads,
                makeState: { () throws -> Int in throw Failure(index: -1) },
                { _, index in index }
            )
        }
    }

    @Test(arguments: [1, 4])
    func progressCountsUp(threads: Int) throws {
        let seen = Mutex<[Int]>([])
        _ = try parallelMap(
            count: 200,
            threads: threads,
            progress: { done in seen.withLock { $0.append(done) } },
            makeState: {},
            { _, index in index }
        )
        #expect(seen.withLock { $0 } == Array(1...200))
    }
}
