internal import CSpaneHeader
internal import Synchronization

/// Notices calls on one handle that overlap although they must not.
///
/// It never waits: a call that may not enter fails. Reading calls may overlap each other.
final class Gate: Sendable {
    // The number of readers, or -1 while somebody changes the object.
    private let state = Atomic<Int32>(0)
    private let name: StaticString

    init(_ name: StaticString) { self.name = name }

    /// Runs `body` while nobody else uses the object.
    @inline(__always)
    func exclusive<Result>(_ body: () throws -> Result) throws -> Result {
        guard state.compareExchange(expected: 0, desired: -1, ordering: .acquiring).exchanged else { throw busy() }
        defer { state.store(0, ordering: .releasing) }
        return try body()
    }

    /// Runs `body` while nobody changes the object.
    @inline(__always)
    func shared<Result>(_ body: () throws -> Result) throws -> Result {
        var readers = state.load(ordering: .relaxed)
        while true {
            guard readers >= 0 else { throw busy() }
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

    @inline(never)
    private func busy() -> Failure {
        Failure(SPANE_BAD_STATE, "another call on this \(name) is under way; calls on it must not overlap")
    }
}
