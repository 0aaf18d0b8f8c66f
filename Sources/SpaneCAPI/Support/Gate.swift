internal import CSpaneHeader
internal import CSpaneMessage
internal import Synchronization

/// Keeps calls on one handle apart that must not overlap. Reading calls may overlap each other.
///
/// A call that may not enter fails, unless the gate was told to let calls wait.
final class Gate: Sendable {
    // The number of readers, or -1 while somebody changes the object.
    private let state = Atomic<Int32>(0)
    private let letsWait = Atomic<Bool>(false)
    // Calls that wait to change the object; new readers let them go first.
    private let writers = Atomic<Int32>(0)
    private let name: StaticString

    // So many looks of a reader at a writer that waits take some ten milliseconds. Then it goes first, as the writer may wait for the
    // call in whose callback the reader is.
    private static let mostCourtesy = 150

    init(_ name: StaticString) { self.name = name }

    /// Whether calls wait that may not enter.
    @inline(__always)
    var isShared: Bool { letsWait.load(ordering: .relaxed) }

    /// Lets calls wait that may not enter, from now on.
    func share() { letsWait.store(true, ordering: .relaxed) }

    /// Runs `body` while nobody else uses the object.
    @inline(__always)
    func exclusive<Result>(_ body: () throws -> Result) throws -> Result {
        if !state.compareExchange(expected: 0, desired: -1, ordering: .acquiring).exchanged { try waitToChange() }
        defer { state.store(0, ordering: .releasing) }
        return try body()
    }

    /// Runs `body` while nobody changes the object.
    @inline(__always)
    func shared<Result>(_ body: () throws -> Result) throws -> Result {
        if writers.load(ordering: .relaxed) > 0 { letWritersPass() }
        var readers = state.load(ordering: .relaxed)
        while true {
            if readers < 0 { readers = try waitToRead() }
            let exchange = state.weakCompareExchange(
                expected: readers,
                desired: readers + 1,
                successOrdering: .acquiring,
                failureOrdering: .relaxed
            )
            if exchange.exchanged { break }
            readers = exchange.original
        }
        defer { state.subtract(1, ordering: .releasing) }
        return try body()
    }

    // MARK: Waiting

    /// Returns when this call is the only one.
    @inline(never)
    private func waitToChange() throws {
        try checkWaiting()
        writers.add(1, ordering: .relaxed)
        defer { writers.subtract(1, ordering: .relaxed) }
        var round: Int32 = 0
        while !state.weakCompareExchange(
            expected: 0,
            desired: -1,
            successOrdering: .acquiring,
            failureOrdering: .relaxed
        ).exchanged {
            waiting_pause(round)
            round &+= 1
        }
    }

    /// Returns the number of readers when nobody changes the object.
    @inline(never)
    private func waitToRead() throws -> Int32 {
        try checkWaiting()
        var round: Int32 = 0
        while true {
            let readers = state.load(ordering: .relaxed)
            if readers >= 0 { return readers }
            waiting_pause(round)
            round &+= 1
        }
    }

    @inline(never)
    private func letWritersPass() {
        guard waiting_is_allowed() != 0 else { return }
        var round: Int32 = 0
        while round < Self.mostCourtesy, writers.load(ordering: .relaxed) > 0 {
            waiting_pause(round)
            round += 1
        }
    }

    private func checkWaiting() throws {
        // In a callback the call that it belongs to would be waited for.
        guard isShared, waiting_is_allowed() != 0 else { throw busy() }
    }

    @inline(never)
    private func busy() -> Failure {
        Failure(SPANE_BAD_STATE, "another call on this \(name) is under way; calls on it must not overlap")
    }
}
