public import SpaneNetworks
public import SpaneScheduling

/// Something that can play episodes on any number of threads at once.
public enum PolicySource: Sendable {
    /// A heuristic.
    case heuristic(Heuristic)
    /// A network.
    case model(Model)
    /// A policy of the caller's own, which the thread that plays asks.
    case external(ExternalPolicy)

    /// The bytes that a policy for so many servers takes.
    ///
    /// - Parameter nodes: the most NUMA nodes that a server has.
    package func policyBytes(servers: Int, nodes: Int = NUMATopology.nodesPerServer) -> Int {
        switch self {
        case .heuristic(let heuristic): heuristic.policyBytes(servers: servers)
        case .model(let model): model.architecture.sessionBytes(servers: servers, nodes: nodes)
        // Its own affair.
        case .external: 0
        }
    }

    /// The bytes of what plays a scenario: the servers, the VMs that run, and such a policy.
    package func playerBytes(on scenario: Scenario) -> Int {
        scenario.environmentBytes
            + policyBytes(servers: scenario.fleet.serverCount, nodes: scenario.fleet.layout.nodes)
    }

    /// What to tell about servers that a network was not made for; see ``SpaneNetworks/Model/mismatch(with:)``.
    package func mismatch(with fleet: Fleet) -> String? {
        guard case .model(let model) = self else { return nil }
        return model.mismatch(with: fleet)
    }

    /// A policy of its own for one thread, bound to clusters of this configuration.
    ///
    /// - Throws: ``NetworkError`` when the network cannot serve such a cluster, or for a policy of the caller's own, which does not
    ///   make single decisions.
    public func makePolicy(for fleet: Fleet) throws(NetworkError) -> any Policy {
        switch self {
        case .heuristic(let heuristic): heuristic.makePolicy()
        case .model(let model): try model.makeSession(for: fleet)
        case .external(let policy): throw NetworkError(policy.refusal)
        }
    }

    /// Refuses servers that a network cannot serve.
    package func check(plays fleet: Fleet) throws(NetworkError) {
        if case .external = self { return }
        _ = try makePolicy(for: fleet)
    }

    /// Whether the thread that plays asks it.
    package var isExternal: Bool { if case .external = self { true } else { false } }
}
