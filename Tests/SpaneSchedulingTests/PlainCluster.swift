import SpaneScheduling
import SpaneTestSupport

/// A random fleet with random amounts left, as a cluster and as plain servers.
struct PlainCluster: ~Copyable {
    let random: RandomFleet
    var cluster: ClusterState
    var servers: [PlainServer]

    /// VMs are placed at random until about so many do not fit any more.
    init(nodes: Int, servers count: Int, refusals: Int, _ generator: inout Xoshiro256StarStar) throws {
        let random = try RandomFleet(nodes: nodes, servers: count, &generator)
        var cluster = ClusterState(try random.configuration)
        var servers = random.plain
        var refused = 0
        while refused < refusals {
            let ask = random.ask(&generator)
            let server = generator.below(count)
            let sets = servers[server].sets(ask.plain(random.layout))
            guard !sets.isEmpty else {
                refused += 1
                continue
            }
            let set = sets[generator.below(sets.count)]
            servers[server].take(ask.plain(random.layout), set)
            cluster.place(ask.request(random.layout), at: Placement(server: server, nodes: NodeSet(rawValue: set)))
        }
        // A policy must decide as if a cordoned server were not there.
        if generator.below(4) == 0 {
            let server = generator.below(count)
            cluster.cordon(server)
            servers[server].isCordoned = true
        }
        self.random = random
        self.cluster = cluster
        self.servers = servers
    }
}
