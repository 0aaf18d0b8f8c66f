internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with an ``MLPArchitecture``; every decision is a whole forward pass.
@safe
final class MLPSession: ScoringPolicy {
    private let layers: MLPLayers
    private let normalisation: Normalisation
    private let input: FlatBuffer<Float>
    private let advantages: FlatBuffer<Float>
    // The last hidden layer of the latest forward pass, in `hiddenScratch`.
    private var hidden: UnsafeMutablePointer<Float>
    private let hiddenScratch: FlatBuffer<Float>
    private let valueScratch: FlatBuffer<Float>
    private let advantageScratch: FlatBuffer<Float>

    init(_ layers: MLPLayers, _ normalisation: Normalisation, servers: Int) throws(NetworkError) {
        try layers.architecture.check(servers: servers)
        self.layers = layers
        self.normalisation = normalisation
        input = FlatBuffer(repeating: 0, count: layers.architecture.inputs)
        advantages = FlatBuffer(repeating: 0, count: layers.architecture.actions)
        hiddenScratch = layers.hidden.makeScratch()
        unsafe hidden = hiddenScratch.base
        valueScratch = layers.value.makeScratch()
        advantageScratch = layers.advantage.makeScratch()
    }

    func adapt(to cluster: borrowing ClusterState) throws(NetworkError) {
        try ClusterShape(cluster).checkHasTwoNodes("mlp")
        try layers.architecture.check(servers: cluster.serverCount)
    }

    func action(for request: Request, on cluster: borrowing ClusterState) -> Action? {
        forward(request, cluster)
        var best: Action?
        var most = -Float.infinity
        for index in 0..<advantages.count where cluster.isAvailable(Action(index), for: request) {
            if best == nil || advantages[index] > most { (best, most) = (Action(index), advantages[index]) }
        }
        return best
    }

    func writeAdvantages(
        for request: Request,
        on cluster: borrowing ClusterState,
        servers: Span<Int32>?,
        into output: inout MutableSpan<Float>
    ) {
        let count = servers?.count ?? cluster.serverCount
        precondition(output.count >= count * NUMATopology.nodesPerServer, "there is too little room for the scores")
        forward(request, cluster)
        for index in 0..<count {
            let server = selectedServer(index, of: servers)
            for node in 0..<NUMATopology.nodesPerServer {
                output[index * NUMATopology.nodesPerServer + node] =
                    cluster.isCordoned(server) ? -.infinity : advantages[Action(server: server, node: node).index]
            }
        }
    }

    func writeScores(for request: Request, on cluster: borrowing ClusterState, into scores: inout MutableSpan<Float>) {
        writeAdvantages(for: request, on: cluster, servers: nil, into: &scores)
        let value = unsafe layers.value.apply(hidden, valueScratch)[0]
        var sum: Float = 0
        for action in 0..<advantages.count { sum += advantages[action] }
        let base = value - sum / Float(advantages.count)
        for action in 0..<advantages.count { scores[action] += base }
    }

    private func forward(_ request: Request, _ cluster: borrowing ClusterState) {
        precondition(cluster.actionCount == advantages.count, "the network is bound to another number of servers")
        var index = 0
        for server in 0..<cluster.serverCount {
            for node in 0..<NUMATopology.nodesPerServer {
                let left = cluster.offered(server: server, node: node)
                // A cordoned server looks full.
                input[index] = Float(max(0, left.cpu)) / normalisation.cpu
                input[index + 1] = Float(max(0, left.mem)) / normalisation.mem
                index += 2
            }
        }
        unsafe normalisation.write(request, to: input.base + index)
        let hidden = unsafe layers.hidden.apply(input.base, endsInReLU: true, hiddenScratch)
        unsafe self.hidden = hidden
        let result = unsafe layers.advantage.apply(hidden, advantageScratch)
        for action in 0..<advantages.count { unsafe advantages[action] = result[action] }
    }
}

extension MLPArchitecture {
    fileprivate func check(servers count: Int) throws(NetworkError) {
        guard count == servers else {
            throw NetworkError(
                .shapeMismatch,
                "the network is bound to \(servers) servers and the cluster has \(count)"
            )
        }
    }
}
