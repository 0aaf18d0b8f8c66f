internal import SpaneScheduling

extension BusyTrace {
    /// An environment in which First Fit has placed the first `count` VMs.
    func fill(count: Int) throws -> Environment {
        var environment = try Environment(trace: trace, fleet: Fleet(servers: servers))
        try environment.reset(start: 0, until: .length(length))
        for _ in 0..<count {
            guard let placement = environment.cluster.firstAvailable(for: environment.request) else { break }
            try environment.step(placement)
        }
        return environment
    }

    /// The peer's environment in the same state.
    func fillPeer(count: Int) -> PeerEnvironment {
        let environment = PeerEnvironment(trace, servers: servers)
        environment.reset(start: 0, length: length)
        environment.firstFit(count: count)
        return environment
    }
}
