internal import CxxPeer
internal import SpaneNetworks

/// The peer's network, with the weights of a model of the paper's architecture.
@safe
final class PeerNetwork {
    private let handle: OpaquePointer

    init(_ model: Model) {
        let parameters = model.tensors.flatMap(\.values)
        unsafe handle = peer_network_create(
            parameters,
            parameters.count,
            model.normalisation.cpu,
            model.normalisation.mem
        )
    }

    deinit { unsafe peer_network_destroy(handle) }

    func forward(_ environment: PeerEnvironment, into scores: inout [Float]) {
        unsafe peer_forward(handle, environment.handle, &scores)
    }

    func decide(_ environment: PeerEnvironment, count: Int) {
        unsafe peer_decide(environment.handle, handle, Int32(count))
    }

    func decide(_ environment: PeerEnvironment, _ episodes: Episodes) -> Double {
        unsafe peer_decide_episodes(environment.handle, handle, episodes.starts, episodes.lengths, episodes.count)
    }

    /// Places VMs at the given actions and counts those that the network would have chosen too.
    func agreements(_ environment: PeerEnvironment, with actions: [Int32]) -> Int {
        Int(unsafe peer_agreements(environment.handle, handle, actions, Int32(actions.count)))
    }
}
