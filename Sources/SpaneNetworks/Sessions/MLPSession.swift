internal import SpaneBuffers
internal import SpaneScheduling

/// Scores placements with an ``MLPArchitecture``; every decision is a whole forward pass.
final class MLPSession: ScoringPolicy {
    private let layers: MLPLayers
    private let normalisation: Normalisation
    private let input: FlatBuffer<Float>
    private let scores: FlatBuffer<Float>
    private let hiddenScratch: FlatBuffer<Float>
    private let valueScratch: FlatBuffer<Float>
    private let advantageScratch: FlatBuffer<Float>

    init(
        _ layers: MLPLayers,
        _ normalisation: Normalisation,
        _ configuration: ClusterConfiguration
    ) throws(NetworkError) {
        let bound = layers.architecture.servers
        guard configuration.serverCount == bound else {
            throw NetworkError(
                "the network is bound to \(bound) servers and the cluster has \(configuration.serverCount)"
            )
        }
        self.layers = layers
        self.normalisation = normalisation
        input = FlatBuffer(repeating: 0, count: layers.architecture.inputs)
        scores = FlatBuffer(repeating: 0, count: layers.architecture.actions)
        hiddenScratch = layers.hidden.makeScratch()
        valueScratch = layers.value.makeScratch()
        advantageScratch = layers.advantage.makeScratch()
    }

    func action(for request: Request, on cluster: borrowing Cluster) -> Action? {
        forward(request, cluster)
        var best: Action?
        var most = -Float.infinity
        for index in 0..<scores.count where cluster.isAvailable(Action(index), for: request) {
            if best == nil || scores[index] > most { (best, most) = (Action(index), scores[index]) }
        }
        return best
    }

    func writeScores(for request: Request, on cluster: borrowing Cluster, into output: inout MutableSpan<Float>) {
        precondition(output.count >= scores.count, "there is room for fewer than \(scores.count) scores")
        forward(request, cluster)
        for index in 0..<scores.count { output[index] = scores[index] }
    }

    private func forward(_ request: Request, _ cluster: borrowing Cluster) {
        precondition(
            cluster.actionCount == scores.count,
            "the session is bound to \(layers.architecture.servers) servers"
        )
        var index = 0
        for server in 0..<cluster.serverCount {
            for node in 0..<NUMATopology.nodesPerServer {
                let left = cluster.free(server: server, node: node)
                input[index] = Float(left.cpu) / normalisation.cpu
                input[index + 1] = Float(left.mem) / normalisation.mem
                index += 2
            }
        }
        unsafe normalisation.write(request, to: input.base + index)
        let hidden = unsafe layers.hidden.apply(input.base, endsInReLU: true, hiddenScratch)
        let value = unsafe layers.value.apply(hidden, valueScratch)[0]
        let advantages = unsafe layers.advantage.apply(hidden, advantageScratch)
        var sum: Float = 0
        for action in 0..<scores.count { unsafe sum += advantages[action] }
        let base = value - sum / Float(scores.count)
        for action in 0..<scores.count { unsafe scores[action] = base + advantages[action] }
    }
}
