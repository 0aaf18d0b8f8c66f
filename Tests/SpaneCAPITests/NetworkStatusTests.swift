import CSpaneHeader
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// What a status says of a network that no longer serves its cluster.
@Suite struct NetworkStatusTests {
    private let folder = TemporaryFolder()

    private func session(_ model: Model, on cluster: Live) throws -> Owned {
        let loaded = try load(model, in: folder)
        return try Owned(spane_session_free) {
            spane_session_new(cluster.pointer, [spane_policy(nil, loaded.pointer)], &$0)
        }
    }

    private func choose(_ session: Owned, _ status: spane_status, _ words: String) {
        var placement = spane_placement()
        expect(spane_session_choose(session.pointer, [request(1, 1)], &placement), status, words)
    }

    @Test func anotherNumberOfServers() throws {
        let cluster = try Live(servers: 2)
        let session = try session(randomModel(1, servers: 2), on: cluster)
        choose(session, SPANE_OK, "")
        try ok(spane_cluster_add_equal_servers(cluster.pointer, 40, 90, 1, nil))
        choose(session, SPANE_SHAPE_MISMATCH, "bound to 2 servers")
    }

    /// The fault is with the weights, and not with the number of servers.
    @Test func weightsThatOverflowOnLargerServers() throws {
        let small = try randomModel(1)
        var tensors = small.tensors
        tensors[0] = Tensor(shape: tensors[0].shape, values: Array(repeating: 1e22, count: tensors[0].values.count))
        let large = try Model(architecture: small.architecture, normalisation: .published, tensors: tensors)
        let cluster = try Live(servers: 2)
        let session = try session(large, on: cluster)
        choose(session, SPANE_OK, "")
        try ok(spane_cluster_add_equal_servers(cluster.pointer, 4e9, 90, 1, nil))
        choose(session, SPANE_INVALID_ARGUMENT, "with these weights")
    }
}
