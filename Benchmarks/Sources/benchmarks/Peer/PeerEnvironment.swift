internal import CxxPeer
internal import SpaneScheduling

/// The peer's environment.
@safe
final class PeerEnvironment {
    let handle: OpaquePointer

    /// An environment that replays `trace` on identical servers of the published size.
    init(_ trace: Trace, servers: Int) {
        let vms = trace.vms.map { peer_vm(cpu: $0.cpu, mem: $0.mem, arrival: $0.arrival, lifetime: $0.lifetime) }
        let node = Fleet.publishedNode
        let cluster = peer_cluster(
            servers: Int32(servers),
            cpu: node.cpu,
            mem: node.mem,
            split_above: Fleet.publishedSplitAbove
        )
        unsafe handle = peer_environment_create(vms, vms.count, cluster)
    }

    deinit { unsafe peer_environment_destroy(handle) }

    var totalWait: Double { unsafe peer_environment_total_wait(handle) }

    func reset(start: Int, length: Int) { unsafe peer_environment_reset(handle, Int32(start), Int32(length)) }

    /// Takes over the state of another environment of the same trace.
    func assign(_ other: PeerEnvironment) { unsafe peer_environment_assign(handle, other.handle) }

    func firstFit(count: Int) { unsafe peer_first_fit(handle, Int32(count)) }

    func firstFit(_ episodes: Episodes) -> Double {
        unsafe peer_first_fit_episodes(handle, episodes.starts, episodes.lengths, episodes.count)
    }
}
