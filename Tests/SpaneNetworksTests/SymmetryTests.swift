import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// What the architecture is named for: permuting the servers permutes Q, here bit for bit.
@Suite struct SymmetryTests {
    @Test(arguments: [2, 5, 8, 9, 20, 100], RandomModel.aggregatorSets)
    func permutingServersPermutesScores(servers: Int, aggregators: [Aggregator]) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(servers), stream: 9)
        for shape in RandomModel.shapes {
            let model = try RandomModel.spane(shape, aggregators, &generator)
            try ScoreChecks.permute(model, servers: servers, swapsNodes: false, &generator)
        }
    }

    /// The nodes of a server are not symmetric: their order is an input like any other.
    @Test func swappingNodesIsNoSymmetry() throws {
        var generator = Xoshiro256StarStar(seed: 1)
        let fleet = try Fleet(servers: 2)
        let session = try RandomModel.spane(RandomModel.shapes[0], [.mean], &generator).makeSession(for: fleet)
        var cluster = ClusterState(fleet)
        let request = Request(cpu: 1, mem: 1, isSplit: false)
        cluster.place(Request(cpu: 9, mem: 5, isSplit: false), at: Action(0))
        let scores = session.scores(request, cluster)
        cluster.removeAll()
        cluster.place(Request(cpu: 9, mem: 5, isSplit: false), at: Action(1))
        let swapped = session.scores(request, cluster)
        #expect(scores != [swapped[1], swapped[0], swapped[3], swapped[2]])
    }
}
