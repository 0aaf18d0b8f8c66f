/// Takes the server and the nodes that a rule of the field likes best, ties to the server that stands first.
public struct RulePolicy: Policy, @unchecked Sendable {
    private let name: RuleName
    private var index = IndexReference()
    // `nil` for names that need none.
    private var mix: CapacityMix?
    /// Whether it counts requests for its mix.
    public var isLearning = true

    /// Creates the policy of a name.
    ///
    /// - Parameter mix: the flavors for which `capacity-lost` keeps room; `nil` to learn them from what is asked for.
    public init(_ name: RuleName, mix: ExpectedFlavors? = nil) {
        self.name = name
        self.mix = name.usesMix ? CapacityMix(mix) : nil
    }

    /// Forgets the mix that was learned.
    public mutating func begin(start: Int, on cluster: borrowing ClusterState) { ownMix()?.forget() }

    /// The best placement.
    ///
    /// - Complexity: O(servers * sets of nodes); on many servers O(changes) for a request that came before. With a mix each server
    ///   that is looked at costs O(flavors * nodes), and all are looked at again where a learned mix has changed.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> Placement? {
        let mix = ownMix()
        if isLearning { mix?.note(request, on: cluster) }
        return index.best(by: NamedRule(name: name, mix: mix), for: request, on: cluster, among: servers)
    }

    /// The best placement among servers that pass a test.
    public mutating func placement(
        for request: Request,
        on cluster: borrowing ClusterState,
        where isAllowed: (Int) -> Bool
    ) -> Placement? {
        let mix = ownMix()
        if isLearning { mix?.note(request, on: cluster) }
        return index.best(by: NamedRule(name: name, mix: mix), for: request, on: cluster, where: isAllowed)
    }

    /// Of each server its best placement, by the sum of the terms.
    ///
    /// - Complexity: O(servers * (sets of nodes + limit)).
    public mutating func ranked(
        _ limit: Int,
        for request: Request,
        on cluster: borrowing ClusterState,
        among servers: Span<Int32>?
    ) -> [RankedPlacement] {
        let mix = ownMix()
        if isLearning { mix?.note(request, on: cluster) }
        return NamedRule(name: name, mix: mix).ranked(limit, for: request, on: cluster, among: servers)
    }

    /// The mix of this policy alone, whatever it was copied from.
    private mutating func ownMix() -> CapacityMix? {
        if mix != nil, !isKnownUniquelyReferenced(&mix) { mix = mix?.copy() }
        return mix
    }
}
