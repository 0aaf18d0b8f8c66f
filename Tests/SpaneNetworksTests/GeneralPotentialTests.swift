import SpaneNetworks
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Potentials on servers with any number of nodes score and place as they are defined.
@Suite struct GeneralPotentialTests {
    static func models(_ generator: inout Xoshiro256StarStar) throws -> [Model] {
        var models: [Model] = []
        for (index, context) in PotentialArchitecture.Context.allCases.enumerated() {
            for units in PotentialArchitecture.Units.allCases {
                let architecture = PotentialArchitecture(
                    hidden: try LayerShape(width: 5, depth: 1 + index % 2),
                    activation: Activation.allCases[index],
                    context: context,
                    units: units
                )
                models.append(try RandomModel.make(.potential(architecture), &generator))
            }
        }
        return models
    }

    /// A cluster and its oracle, on which VMs come and go.
    struct Walk: ~Copyable {
        let fleet: RandomFleet
        var cluster: ClusterState
        var servers: [PlainServer]
        private var running: [(ask: Ask, placement: Placement)] = []

        init(nodes: Int, servers count: Int, _ generator: inout Xoshiro256StarStar) throws {
            let drawn = try RandomFleet(nodes: nodes, servers: count, &generator)
            let configuration = try drawn.configuration
            fleet = drawn
            cluster = ClusterState(configuration)
            servers = fleet.plain
        }

        mutating func place(_ ask: Ask, at placement: Placement) {
            cluster.place(ask.request(fleet.layout), at: placement)
            servers[placement.server].take(ask.plain(fleet.layout), placement.nodes.rawValue)
            running.append((ask, placement))
        }

        mutating func change(_ generator: inout Xoshiro256StarStar) {
            let server = generator.below(servers.count)
            if generator.below(30) == 0 {
                if servers[server].isCordoned { cluster.uncordon(server) } else { cluster.cordon(server) }
                servers[server].isCordoned.toggle()
            } else if generator.below(3) == 0, !running.isEmpty {
                let vm = running.remove(at: generator.below(running.count))
                cluster.release(vm.ask.request(fleet.layout), at: vm.placement)
                servers[vm.placement.server].take(
                    vm.ask.plain(fleet.layout),
                    vm.placement.nodes.rawValue,
                    times: -1
                )
            } else {
                let ask = fleet.ask(&generator)
                guard let set = servers[server].sets(ask.plain(fleet.layout)).randomElement(using: &generator) else {
                    return
                }
                place(ask, at: Placement(server: server, nodes: NodeSet(rawValue: set)))
            }
        }

        /// The placement with the greatest score, ties to the lowest.
        func best(_ scores: [Float], _ ask: Ask, among candidates: [Int32]) -> Placement? {
            let (layout, request) = (fleet.layout, ask.plain(fleet.layout))
            var best: (score: Float, placement: Placement)?
            for server in candidates {
                for set in servers[Int(server)].sets(request) {
                    let placement = Placement(server: Int(server), nodes: NodeSet(rawValue: set))
                    let score = scores[layout.action(of: placement).index]
                    if best == nil || score > best?.score ?? 0 { best = (score, placement) }
                }
            }
            return best?.placement
        }

        /// Whether the scores of a server are those of the definition.
        func check(_ scores: ArraySlice<Float>, on server: Int, _ ask: Ask, _ naive: NaivePotential) -> Bool {
            let (layout, request) = (fleet.layout, ask.plain(fleet.layout))
            let context = naive.context(ask, servers)
            let sets = (1...UInt8.max).filter { $0.nonzeroBitCount == ask.span && $0 >> layout.nodes == 0 }
            return scores.enumerated().allSatisfy { index, score in
                guard !sets.isEmpty, !servers[server].isCordoned else { return score == -.infinity }
                let set = sets[index % sets.count]
                guard set >> servers[server].nodeCount == 0 else { return score == -.infinity }
                let gain = naive.gain(servers[server], set, request, context)
                return abs(Double(score) - gain) <= 2e-5 * max(1, abs(gain))
            }
        }
    }

    @Test(arguments: Array(1...8), [1, 6, 60])
    func scoresAndPlacesAsDefined(nodes: Int, servers: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: UInt64(servers))
        for model in try Self.models(&generator) {
            let naive = try #require(NaivePotential(model))
            var walk = try Walk(nodes: nodes, servers: servers, &generator)
            var session: any ScoringPolicy = try model.makeSession(on: walk.cluster)
            session.begin(start: 0, on: walk.cluster)
            let layout = walk.fleet.layout
            let actions = layout.placementsPerServer
            // A few that come again and again, so that trees are used again, and any.
            let asks = (0..<4).map { _ in walk.fleet.ask(&generator) }
            var candidates: [Int32] = []
            for step in 0..<(servers > 6 ? 30 : 20) {
                for _ in 0..<(step % 10 == 9 ? 150 : 3) { walk.change(&generator) }
                var ask = step % 3 == 0 ? walk.fleet.ask(&generator) : asks[generator.below(asks.count)]
                if generator.below(20) == 0 { ask.span = 8 }
                let request = ask.request(layout)
                let situation = "\(model.architecture), step \(step), \(ask)"
                let placement = session.placement(for: request, on: walk.cluster, among: nil)
                let scores = session.scores(request, walk.cluster)
                let all = (0..<Int32(servers)).map { $0 }
                let best = walk.best(scores, ask, among: all)
                try #require(placement == best, "\(situation)")
                let action = session.action(for: request, on: walk.cluster)
                try #require(action == placement.map { layout.action(of: $0) })

                // Few or many, and the same several times.
                if step % 5 == 0 { candidates = all.filter { _ in generator.below(step % 15 == 0 ? 3 : 10) > 0 } }
                let among = session.placement(for: request, on: walk.cluster, among: candidates.span)
                let bestOfSome = walk.best(scores, ask, among: candidates)
                try #require(among == bestOfSome, "\(situation)")
                var listed = [Float](repeating: .nan, count: candidates.count * actions)
                var output = listed.mutableSpan
                session.writeAdvantages(
                    for: request,
                    on: walk.cluster,
                    servers: candidates.span,
                    into: &output
                )
                try #require(listed == candidates.flatMap { scores[Int($0) * actions..<(Int($0) + 1) * actions] })

                let server = generator.below(servers)
                let row = scores[server * actions..<(server + 1) * actions]
                let isAsDefined = walk.check(row, on: server, ask, naive)
                try #require(isAsDefined, "\(situation), server \(server)")
                if step % 10 == 0 {
                    let fresh = try model.makeSession(on: walk.cluster)
                    try #require(fresh.scores(request, walk.cluster) == scores, "\(situation)")
                }
                if let placement, generator.below(2) == 0 { walk.place(ask, at: placement) }
            }
        }
    }

    /// Permuting servers, and the nodes of a server with what they have, permutes the scores bit for bit.
    @Test(arguments: 1...8)
    func permutingNodesPermutesScores(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 90)
        let servers = 7
        for model in try Self.models(&generator) {
            let layout = try Layout(nodes: nodes)
            let types = try (0..<servers).map { _ in
                var type = RandomFleet.type(layout, &generator)
                (type.distances, type.traits) = ([], 0)
                _ = try Fleet(layout: layout, types: [type], typeOfServer: [0])
                return type
            }
            let order = (0..<servers).shuffled(using: &generator)
            let swaps = types.map { Array($0.nodes.indices).shuffled(using: &generator) }
            // Server i of the other cluster is server order[i], and its node n is node swaps[order[i]][n].
            let moved = order.map { server in
                ServerType(nodes: swaps[server].map { types[server].nodes[$0] })
            }
            var cluster = ClusterState(
                try Fleet(
                    layout: layout,
                    types: types,
                    typeOfServer: (0..<servers).map { Int32($0) }
                )
            )
            var other = ClusterState(
                try Fleet(layout: layout, types: moved, typeOfServer: (0..<servers).map { Int32($0) })
            )
            for (index, server) in order.enumerated() {
                for node in types[server].nodes.indices {
                    let amounts = types[server].nodes[swaps[server][node]]
                    let share = Double(generator.below(4)) / 3
                    let left = Resources(cpu: amounts[0] * share, mem: amounts[1] * share).onGrid
                    other.setFree(left, server: index, node: node)
                    cluster.setFree(left, server: server, node: swaps[server][node])
                }
            }
            let (session, another) = (try model.makeSession(on: cluster), try model.makeSession(on: other))
            for span in 1...nodes {
                let request = Request(cpu: 1.1 * Double(span), mem: 2.3 * Double(span), span: span)
                let (scores, permuted) = (session.scores(request, cluster), another.scores(request, other))
                for (index, server) in order.enumerated() {
                    NodeSet(first: types[server].nodes.count).forEachSubset(of: span) { set in
                        var from = NodeSet.none
                        set.forEach {
                            from = NodeSet(rawValue: from.rawValue | NodeSet(node: swaps[server][$0]).rawValue)
                        }
                        let one = permuted[layout.action(of: Placement(server: index, nodes: set)).index]
                        let two = scores[layout.action(of: Placement(server: server, nodes: from)).index]
                        #expect(one.bitPattern == two.bitPattern && one.isFinite)
                    }
                }
            }
        }
    }

    /// Servers with two equal nodes of the size that a network was trained on score alike in either unit, and whatever else the
    /// fleet has.
    @Test func twoNodesAmongOthersScoreAsAlone() throws {
        var generator = Xoshiro256StarStar(seed: 91)
        for context in PotentialArchitecture.Context.allCases where context != .cluster {
            let hidden = try LayerShape(width: 16, depth: 1)
            let plain = try RandomModel.make(
                .potential(PotentialArchitecture(hidden: hidden, context: context)),
                &generator
            )
            let own = try Model(
                architecture: .potential(PotentialArchitecture(hidden: hidden, context: context, units: .ownNode)),
                normalisation: .published,
                tensors: plain.tensors
            )
            let pair = ServerType(equalNodes: 2, of: Fleet.publishedNode)
            let eight = ServerType(equalNodes: 8, of: Resources(cpu: 16, mem: 64))
            let wide = try Fleet(
                layout: Layout(nodes: 8),
                types: [pair, eight],
                typeOfServer: [0, 0, 0, 1]
            )
            var alone = ClusterState(try Fleet(servers: 3))
            var among = ClusterState(wide)
            for _ in 0..<20 {
                alone.fillAtRandom(steps: 45, &generator)
                for index in 0..<6 {
                    among.setFree(alone.freeOfAllNodes[index], server: index / 2, node: index % 2)
                }
                let request = RandomModel.request(&generator)
                let expected = try plain.makeSession(on: alone).scores(request, alone)
                let other = try own.makeSession(on: alone).scores(request, alone)
                let wider = try plain.makeSession(on: among).scores(request, among)
                for index in 0..<6 {
                    let placement = Action(index).placement(ofSpan: request.span)
                    #expect(abs(other[index] - expected[index]) < 1e-5)
                    #expect(abs(wider[among.layout.action(of: placement).index] - expected[index]) < 1e-5)
                }
            }
        }
    }

    // MARK: Clusters that change

    /// Servers of another kind come: the session scores as one that was made for them.
    @Test(arguments: [2, 60])
    func goesOnWithServersOfOtherKinds(count: Int) throws {
        var generator = Xoshiro256StarStar(seed: 92)
        for model in try Self.models(&generator) {
            for nodes in [2, 4] {
                let two = ServerType(equalNodes: 2, of: Fleet.publishedNode)
                let one = ServerType(equalNodes: 1, of: Resources(cpu: 64, mem: 256))
                var cluster = ClusterState(layout: try Layout(nodes: nodes), spanRule: .published)
                cluster.append(Array(repeating: 0, count: count), of: [two])
                var session: any ScoringPolicy = try model.makeSession(on: cluster)
                for (added, type) in [(0, two), (3, two), (1, one), (50, one), (1, two)] {
                    cluster.append(Array(repeating: 0, count: added), of: [type])
                    try session.adapt(to: cluster)
                    for _ in 0..<30 {
                        let request = RandomModel.request(&generator)
                        var fresh: any ScoringPolicy = try model.makeSession(on: cluster)
                        let placement = session.placement(for: request, on: cluster, among: nil)
                        #expect(placement == fresh.placement(for: request, on: cluster, among: nil))
                        #expect(session.scores(request, cluster) == fresh.scores(request, cluster))
                        if let placement { cluster.place(request, at: placement) }
                    }
                }
                // Another cluster, of the kind that the session began with.
                let plain = ClusterState(try Fleet(servers: count))
                try session.adapt(to: plain)
                session.begin(start: 0, on: plain)
                let request = Request(cpu: 3, mem: 7)
                #expect(try session.scores(request, plain) == model.makeSession(on: plain).scores(request, plain))
            }
        }
    }

    /// What is remembered of a state is not what it is on a server of other capacities.
    @Test(arguments: [3, 60])
    func capacitiesThatChange(count: Int) throws {
        var generator = Xoshiro256StarStar(seed: 93)
        for model in try Self.models(&generator) {
            let layout = try Layout(nodes: 3)
            let sizes = [Resources(cpu: 16, mem: 64), Resources(cpu: 24, mem: 64), Resources(cpu: 16, mem: 96)]
            let types = sizes.map { ServerType(equalNodes: 3, of: $0) }
            var cluster = ClusterState(layout: layout, spanRule: .published)
            cluster.append(Array(repeating: 0, count: count), of: types)
            var session: any ScoringPolicy = try model.makeSession(on: cluster)
            let request = Request(cpu: 4, mem: 8, span: 2)
            for step in 0..<30 {
                let server = generator.below(count)
                let free = cluster.free(server: server, node: 0)
                cluster.resize(server, to: types[step % 3])
                // The same is left as was, of more or less.
                if free.cpu <= 16, free.mem <= 64 { cluster.setFree(free, server: server, node: 0) }
                try session.adapt(to: cluster)
                let fresh = try model.makeSession(on: cluster)
                #expect(session.scores(request, cluster) == fresh.scores(request, cluster))
                guard let placement = session.placement(for: request, on: cluster, among: nil) else { continue }
                cluster.place(request, at: placement)
            }
        }
    }

    /// Requests of one size over other numbers of nodes are not mixed up.
    @Test(arguments: [2, 3])
    func spansAreToldApart(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: 94)
        for model in try Self.models(&generator) {
            let type = ServerType(equalNodes: nodes, of: Fleet.publishedNode)
            let configuration = try Fleet(
                layout: Layout(nodes: nodes),
                types: [type],
                typeOfServer: Array(repeating: 0, count: 60)
            )
            let cluster = ClusterState(configuration)
            var session: any ScoringPolicy = try model.makeSession(for: configuration)
            for span in [3, 2, 1, 3, 2] {
                let request = Request(cpu: 12, mem: 30, span: span)
                _ = session.placement(for: request, on: cluster, among: nil)
                let fresh = try model.makeSession(for: configuration)
                #expect(session.scores(request, cluster) == fresh.scores(request, cluster))
            }
        }
    }

    // MARK: Refusals

    @Test func otherNetworksNeedTwoNodes() throws {
        var generator = Xoshiro256StarStar(seed: 95)
        let shape = try LayerShape(width: 4, depth: 1)
        let parts = try SpaneArchitecture(server: shape, value: shape, advantage: shape, aggregators: [.mean])
        let four = ServerType(equalNodes: 4, of: Fleet.publishedNode)
        let two = ServerType(equalNodes: 2, of: Fleet.publishedNode)
        for (typeOfServer, found) in [([Int32](repeating: 0, count: 2), "4"), ([0, 1], "2 to 4")] {
            let configuration = try Fleet(
                layout: Layout(nodes: 4),
                types: [four, two],
                typeOfServer: typeOfServer
            )
            for architecture: Architecture in [
                .spane(parts), .afterstate(AfterstateArchitecture(parts: parts)),
                .mlp(try MLPArchitecture(hidden: shape, servers: 2)),
            ] {
                let model = try RandomModel.make(architecture, &generator)
                let message =
                    "the network is made for servers with two NUMA nodes; these have \(found) (its architecture is "
                    + "\(architecture.name); a potential serves any servers)"
                #expect(throws: NetworkError(.shapeMismatch, message)) { try model.makeSession(for: configuration) }
                let session = try model.makeSession(for: Fleet(servers: 2))
                #expect(throws: NetworkError(.shapeMismatch, message)) {
                    try session.adapt(to: ClusterState(configuration))
                }
            }
        }
    }
}
