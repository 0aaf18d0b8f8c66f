import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import SpaneTraining

/// A replay of random decisions on clusters of several sizes, and the same decisions in double precision.
struct RandomExperience {
    let replay: ReplayBuffer
    /// By slot.
    let decisions: [DoubleLearner.Decision]

    /// - Parameters:
    ///   - architecture: what numbers the actions in `decisions`.
    ///   - servers: the server counts, one episode each.
    ///   - length: the decisions of each episode.
    ///   - steps: the rewards of a return.
    init(
        for architecture: Architecture,
        servers: [Int],
        length: Int,
        steps: Int,
        _ generator: inout Xoshiro256StarStar
    ) throws {
        let normalisation = try Normalisation(cpu: 30, mem: 100)
        let counts = (servers.min() ?? 1)...(servers.max() ?? 1)
        replay = ReplayBuffer(capacity: servers.count * length, servers: counts, steps: steps)
        var decisions: [DoubleLearner.Decision] = []
        for count in servers {
            var cluster = ClusterState(try Fleet(servers: count))
            var episode = Trajectory(serverCount: count, normalisation: normalisation)
            var states: [DoubleNetwork.State] = []
            var actions: [Int] = []
            while states.count < length {
                cluster.fillAtRandom(steps: 20, &generator)
                let request = Self.request(&generator)
                guard cluster.firstAvailable(for: request) != nil else { continue }
                let choices = episode.observe(cluster, request)
                let action = episode.availableAction(generator.below(choices))
                episode.act(action, reward: 3 * generator.uniform() - 2)
                let state = Self.state(cluster, request, normalisation)
                states.append(state)
                actions.append(DoubleNetwork(architecture).number(of: action.index, in: state))
            }
            let returns = EpisodeReturns.steps(steps, discount: 0.9, rewards: episode.rewards)
            replay.append(episode, returns: returns)
            for index in states.indices {
                let later = index + steps < length ? (states[index + steps], returns.discounts[index]) : nil
                decisions.append(
                    DoubleLearner.Decision(
                        state: states[index],
                        action: actions[index],
                        reward: Double(Float(returns.values[index])),
                        later: later
                    )
                )
            }
        }
        self.decisions = decisions
    }

    private static func request(_ generator: inout Xoshiro256StarStar) -> Request {
        Request(
            cpu: Double(1 + generator.below(24)),
            mem: Double(1 + generator.below(40)),
            isSplit: generator.below(3) == 0
        )
    }

    /// The inputs as the network gets them, so rounded to single precision.
    private static func state(
        _ cluster: borrowing ClusterState,
        _ request: Request,
        _ normalisation: Normalisation
    ) -> DoubleNetwork.State {
        var servers: [[Double]] = []
        for server in 0..<cluster.serverCount {
            servers.append(
                (0..<NUMATopology.nodesPerServer).flatMap { node in
                    let left = cluster.free(server: server, node: node)
                    return [Double(Float(left.cpu) / normalisation.cpu), Double(Float(left.mem) / normalisation.mem)]
                }
            )
        }
        return DoubleNetwork.State(
            servers: servers,
            request: [
                Double(Float(request.cpu) / normalisation.cpu), Double(Float(request.mem) / normalisation.mem),
                request.isSplit ? 1 : 0,
            ],
            available: cluster.mask(of: request).map { $0 == 1 }
        )
    }
}

extension RandomExperience {
    /// Random weights and biases; biases too, so that each of them matters.
    static func model(_ architecture: Architecture, _ generator: inout Xoshiro256StarStar) throws -> Model {
        let model = try Model(architecture: architecture, generator: &generator)
        let tensors = model.tensors.map { tensor in
            guard tensor.shape.dimensions.count == 1 else { return tensor }
            return Tensor(shape: tensor.shape, values: tensor.values.map { _ in Float(generator.uniform() - 0.5) })
        }
        return try Model(architecture: architecture, normalisation: .published, tensors: tensors)
    }
}
