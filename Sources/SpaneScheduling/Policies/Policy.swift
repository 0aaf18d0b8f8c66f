/// Chooses where the VM at the head of the queue is placed.
///
/// A value plays one episode at a time; policies that run at once are separate values.
public protocol Policy {
    /// Forgets the last episode; called before the first decision of every episode.
    ///
    /// - Parameters:
    ///   - start: the index of the episode's first VM. A random policy derives its choices from it, so that an episode
    ///     comes out the same whatever was played before.
    ///   - cluster: the cluster of the episode.
    mutating func begin(start: Int, on cluster: borrowing ClusterState)

    /// The placement for `request`, or `nil` when it fits nowhere.
    ///
    /// - Parameter servers: the candidates, each once; ties go to the one that stands first. `nil` for all servers.
    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement?

    /// As ``placement(for:on:among:)``, among all servers that pass a test.
    ///
    /// - Parameter isAllowed: says so of a server; the same each time.
    mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement?

    /// Whether it learns from the requests that it decides about. One that never does says false.
    var isLearning: Bool { get set }

    /// The number of the action that stands for the placement for `request`; see ``Action``.
    ///
    /// It matters to learners alone which of several actions that name one placement it is.
    mutating func action(for request: Request, on cluster: borrowing ClusterState) -> Action?

    /// The `limit` best placements with room, best first, with what makes them so: first what ``placement(for:on:among:)`` would
    /// return.
    ///
    /// A policy that ranks servers has one placement of each server.
    mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement]
}

extension Policy {
    /// Does nothing: most policies remember nothing.
    public mutating func begin(start: Int, on cluster: borrowing ClusterState) {}

    /// Most policies do not learn.
    public var isLearning: Bool {
        get { false }
        set {}
    }

    /// Learns no more, so that it goes on as it is.
    public mutating func stopLearning() { isLearning = false }

    /// Tests every server.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        let allowed = cluster.servers(where: isAllowed)
        return allowed.isEmpty ? nil : placement(for: request, on: cluster, among: allowed.span)
    }

    /// The lowest action that stands for the placement.
    public mutating func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        placement(for: request, on: cluster, among: nil).map { cluster.layout.action(of: $0) }
    }

    /// The placement for `request` on any server, or `nil` when it fits nowhere.
    @inline(__always)
    public mutating func placement(for request: Request, on cluster: borrowing ClusterState) -> Placement? {
        placement(for: request, on: cluster, among: nil)
    }
}

extension ClusterState {
    /// The servers that pass a test, ascending.
    func servers(where isAllowed: (Int) -> Bool) -> [Int32] {
        (0..<serverCount).lazy.filter(isAllowed).map { Int32(truncatingIfNeeded: $0) }
    }
}

/// Server number `index` of those selected, where `nil` selects all in order.
@inlinable
@inline(__always)
package func selectedServer(_ index: Int, of servers: Span<Int32>?) -> Int {
    if let servers { return Int(servers[index]) }
    return index
}

extension Environment {
    /// Plays the episode that ``reset(start:until:)`` started to its end.
    ///
    /// - Throws: what ``step(_:)`` throws when the policy chooses a placement that has no room.
    public mutating func finish<P: Policy>(with policy: inout P) throws(SchedulingError) {
        try finish(with: &policy, progress: .none)
    }

    /// The same, asking now and then whether to go on.
    @specialized(where P == FirstFit)
    package mutating func finish<P: Policy>(
        with policy: inout P,
        progress: Progress
    ) throws(SchedulingError) {
        // A step looks at most servers, a few nanoseconds each, so that this is well below a millisecond.
        let stepsBetweenChecks = max(1, 4096 / cluster.serverCount)
        var steps = 0
        policy.begin(start: head, on: cluster)
        if P.self == FirstFit.self { return finishFirstFit() }
        while !isFinished {
            guard let placement = policy.placement(for: request, on: cluster) else {
                throw SchedulingError(
                    .unavailableAction,
                    "the policy placed VM \(head) nowhere although there is room for it"
                )
            }
            try step(placement)
            steps += 1
            if steps == stepsBetweenChecks {
                steps = 0
                try progress.check()
            }
        }
    }

    /// As ``finish(with:)`` with ``FirstFit``, whose placement the environment finds when it looks whether the next VM may start.
    private mutating func finishFirstFit() {
        guard !isFinished, let placement = cluster.firstAvailable(for: request) else { return }
        first = placement
        while !isFinished { place(at: first) }
    }
}
