import CSpaneHeader
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Clusters and sessions, as a live scheduler uses them.
@Suite struct LiveClusterTests {
    private let folder = TemporaryFolder()
    private static let heuristics = ["first-fit", "best-fit", "balance-fit", "move-to-front", "random:5"]

    private func sessions(on cluster: Live, _ model: Owned) throws -> [Owned] {
        try Self.heuristics.map { name in
            try makeSession(cluster.pointer, name)
        } + [try makeSession(cluster.pointer, model)]
    }

    @Test func modelsSayWhatTheyAre() throws {
        let model = try randomModel(1, servers: 7)
        let loaded = try load(model, in: folder)
        let bytes = try folder.read("model.h5")
        let again = try Owned(spane_model_free) { spane_model_load_memory(bytes, bytes.count, &$0) }
        for handle in [loaded, again] {
            var info = spane_model_info()
            info.struct_size = UInt32(MemoryLayout<spane_model_info>.size)
            try ok(spane_model_describe(handle.pointer, &info))
            #expect(info.servers == 7 && info.parameters == model.architecture.parameterCount)
            #expect(info.normalisation_cpu == 40 && info.normalisation_mem == 90)
            var text = [CChar](repeating: 1, count: 16)
            var size = 0
            try ok(spane_model_provenance(handle.pointer, "note", &text, 16, &size))
            #expect(size == 7 && text.prefix(7) == [114, 97, 110, 100, 111, 109, 0])
            expect(spane_model_provenance(handle.pointer, "nothing", nil, 0, &size), SPANE_NOT_FOUND, "nothing", "note")
        }
        var other: OpaquePointer?
        for size in [0, 5, bytes.count / 2] {
            expect(spane_model_load_memory(bytes, size, &other), SPANE_FORMAT, "data")
        }
        expect(spane_model_load(folder.file("none.h5"), &other), SPANE_IO, "none.h5")
    }

    /// A cluster with a cordoned server decides as one that never had it.
    @Test(arguments: [0, 2, 4] as [Int32])
    func cordonedServersAreAsIfNotThere(cordoned: Int32) throws {
        let model = try load(try randomModel(4), in: folder)
        var (one, other) = (Xoshiro256StarStar(seed: 6), Xoshiro256StarStar(seed: 6))
        let whole = try Live(servers: 5)
        let part = try Live(servers: 4)
        try ok(spane_cluster_cordon(whole.pointer, cordoned))
        let pairs = zip(try sessions(on: whole, model), try sessions(on: part, model))
        for _ in 0..<60 {
            try whole.shuffle(4, &one)
            try part.shuffle(4, &other)
            let asked = request(&one)
            _ = request(&other)
            for (mine, theirs) in pairs {
                var expected = try choose(theirs, asked)
                if let server = expected?.server, server >= cordoned { expected?.server += 1 }
                #expect(try choose(mine, asked) == expected)
            }
        }
        #expect(try whole.info(cordoned).vms == 0 && whole.info(cordoned).is_cordoned == 1)
        expect(
            spane_cluster_place(
                whole.pointer,
                1 << 40,
                [request(1, 1)],
                spane_placement(server: cordoned, nodes: 1)
            ),
            SPANE_INFEASIBLE_ACTION,
            "cordoned"
        )
        try ok(spane_cluster_uncordon(whole.pointer, cordoned))
        try ok(
            spane_cluster_place(
                whole.pointer,
                1 << 40,
                [request(1, 1)],
                spane_placement(server: cordoned, nodes: 1)
            )
        )
    }

    @Test func savedClustersDecideAlike() throws {
        let model = try load(try randomModel(4), in: folder)
        var generator = Xoshiro256StarStar(seed: 2)
        let cluster = try Live([
            Resources(cpu: 40, mem: 90), Resources(cpu: 64, mem: 128), Resources(cpu: 16, mem: 32),
        ])
        try cluster.shuffle(60, &generator)
        try ok(spane_cluster_cordon(cluster.pointer, 2))
        try ok(spane_cluster_set_free(cluster.pointer, 0, 1, 1.5, 0))
        let path = folder.file("cluster.h5")
        try ok(spane_cluster_save(cluster.pointer, path, nil))
        let state = try cluster.state()
        let copies = [
            Live(try Owned(spane_cluster_free) { spane_cluster_load(path, nil, &$0) }),
            Live(try Owned(spane_cluster_free) { spane_cluster_load_memory(state, state.count, nil, &$0) }),
        ]
        for copy in copies {
            #expect(try copy.state() == state)
            let pairs = zip(try sessions(on: cluster, model), try sessions(on: copy, model))
            for _ in 0..<50 {
                let asked = request(&generator)
                for (mine, theirs) in pairs { #expect(try choose(mine, asked) == choose(theirs, asked)) }
            }
            for id in cluster.running {
                var (mine, theirs) = (spane_placement(), spane_placement())
                try ok(spane_cluster_find(cluster.pointer, id, &mine, nil))
                try ok(spane_cluster_release(copy.pointer, id, &theirs))
                #expect(Place(mine) == Place(theirs))
            }
            expect(spane_cluster_release(copy.pointer, 1, nil), SPANE_NOT_FOUND, "id is 1")
        }
    }

    @Test func damagedStatesAreRefused() throws {
        var generator = Xoshiro256StarStar(seed: 2)
        let cluster = try Live(servers: 3)
        try cluster.shuffle(20, &generator)
        let state = try cluster.state()
        for size in [0, 1, 100, state.count / 2] {
            var other: OpaquePointer?
            expect(spane_cluster_load_memory(state, size, nil, &other), SPANE_FORMAT, "data")
            #expect(other == nil)
        }
        for _ in 0..<300 {
            var damaged = state
            damaged[generator.below(state.count)] ^= UInt8(1 + generator.below(255))
            var other: OpaquePointer?
            let status = spane_cluster_load_memory(damaged, damaged.count, nil, &other)
            // What is left out of the file by HDF5 may change unseen; whatever is read is whole.
            #expect((status == SPANE_OK) == (other != nil) && (status == SPANE_OK) == lastError.isEmpty)
            spane_cluster_free(other)
        }
    }

    @Test func freeAmountsHaveLimits() throws {
        let cluster = try Live(servers: 2)
        try ok(
            spane_cluster_place(
                cluster.pointer,
                5,
                [request(4, 8)],
                spane_placement(server: 1, nodes: 1)
            )
        )
        func set(_ cpu: Double, _ mem: Double, server: Int32 = 1, node: Int32 = 0) -> spane_status {
            spane_cluster_set_free(cluster.pointer, server, node, cpu, mem)
        }
        expect(set(36, 82), SPANE_OK)
        for (cpu, mem) in [(37, 82), (36, 83), (-1, 1), (1, -1), (.nan, 1), (1, .infinity)] as [(Double, Double)] {
            expect(set(cpu, mem), SPANE_INVALID_ARGUMENT)
        }
        expect(set(1, 1, server: 2), SPANE_INVALID_ARGUMENT, "server is 2")
        expect(set(1, 1, node: 2), SPANE_INVALID_ARGUMENT, "node")
        expect(set(1, 1, node: -1), SPANE_INVALID_ARGUMENT, "node")
        #expect(try cluster.free(1)[0] == 36)
        expect(set(0, 0), SPANE_OK)
        try ok(spane_cluster_release(cluster.pointer, 5, nil))
        #expect(try cluster.free(1)[..<2] == [4, 8])
    }

    @Test func scoresAreConsistent() throws {
        var generator = Xoshiro256StarStar(seed: 9)
        let cluster = try Live(servers: 6)
        let model = try load(try randomModel(8), in: folder)
        let session = try makeSession(cluster.pointer, model)
        var rounds = 0
        for _ in 0..<80 {
            try cluster.shuffle(3, &generator)
            let asked = request(&generator)
            let isSplit = asked.mem > 10
            var scores = [Float](repeating: 0, count: 12)
            try ok(spane_session_scores(session.pointer, [asked], nil, 6, &scores))
            var values = [Float](repeating: 0, count: 12)
            try ok(spane_session_q_values(session.pointer, [asked], &values, 12))
            var some = [Float](repeating: 0, count: 4)
            try ok(spane_session_scores(session.pointer, [asked], [4, 1], 2, &some))
            #expect(some == [scores[8], scores[9], scores[2], scores[3]])
            var (places, best, found) = (
                Array(repeating: spane_placement(), count: 12), Array(repeating: Float(0), count: 12), 0
            )
            let status = spane_session_top(session.pointer, [asked], nil, 0, 12, &places, &best, &found)
            guard let chosen = try choose(session, asked) else {
                expect(status, SPANE_NO_ROOM)
                #expect(found == 0)
                continue
            }
            try ok(status)
            rounds += 1
            #expect(Place(places[0]) == chosen)
            #expect(best.prefix(found) == best.prefix(found).sorted(by: >)[...])
            for index in 0..<found {
                let first = 2 * Int(places[index].server)
                if isSplit {
                    #expect(places[index].nodes == 3)
                    #expect(best[index] == max(scores[first], scores[first + 1]))
                } else {
                    #expect(best[index] == scores[first + Int(places[index].nodes >> 1)])
                    #expect(best[0] >= best[index] && values[first + Int(places[index].nodes >> 1)].isFinite)
                }
            }
            var fewer = Array(repeating: spane_placement(), count: 3)
            var count = 0
            try ok(spane_session_top(session.pointer, [asked], nil, 0, 3, &fewer, nil, &count))
            #expect(count == min(3, found))
            #expect(fewer.prefix(count).map(Place.init) == places.prefix(count).map(Place.init))
            var many = Array(repeating: spane_placement(), count: 2)
            try ok(spane_session_choose_many(session.pointer, [asked, request(1000, 1)], 2, &many))
            #expect(Place(many[0]) == chosen && many[1].server == SPANE_NEVER)
        }
        #expect(rounds > 30)
        let heuristic = try makeSession(cluster.pointer, "first-fit")
        var scores = [Float](repeating: 0, count: 12)
        expect(
            spane_session_scores(heuristic.pointer, [request(1, 1)], nil, 6, &scores),
            SPANE_UNSUPPORTED,
            "heuristic"
        )
    }
}
