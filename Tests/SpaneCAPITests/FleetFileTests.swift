import CSpaneHeader
import SpaneTestSupport
import Testing

/// Clusters of fleets in TOML: what a file names, C can read.
@Suite struct FleetFileTests {
    private let folder = TemporaryFolder()

    private static let text = """
        node_resources = ["gpu"]
        traits = ["local-ssd", "avx512"]
        split_from = 16
        split_span = 4
        [[server]]
        name = "gen1"
        count = 2
        nodes = 2
        cpu = 40
        mem = 90
        [[server]]
        name = "gen2 ü"
        nodes = [{ cpu = 8, mem = 16, gpu = 2 }, { cpu = 4, mem = 8 }, { cpu = 4, mem = 8 }, { cpu = 4, mem = 8 }]
        traits = ["avx512"]
        """

    private func info(_ cluster: OpaquePointer, _ server: Int32) throws -> spane_server_info {
        var info = spane_server_info()
        info.struct_size = UInt32(MemoryLayout<spane_server_info>.size)
        try ok(spane_cluster_server(cluster, server, &info))
        return info
    }

    private func options(_ cluster: OpaquePointer) throws -> spane_cluster_options {
        var options = spane_cluster_options()
        options.struct_size = UInt32(MemoryLayout<spane_cluster_options>.size)
        try ok(spane_cluster_get_options(cluster, &options))
        return options
    }

    @Test func namesClassesAndTraits() throws {
        let path = try folder.write(Self.text, to: "fleet.toml")
        let bytes = Array(Self.text.utf8)
        let fromText = try Owned(spane_cluster_free) { spane_cluster_load(path, nil, &$0) }
        let saved = folder.file("fleet.h5")
        try ok(spane_cluster_save(fromText.pointer, saved, nil))
        let all = [
            fromText, try Owned(spane_cluster_free) { spane_cluster_load_memory(bytes, bytes.count, nil, &$0) },
            try Owned(spane_cluster_free) { spane_cluster_load(saved, nil, &$0) },
        ]
        defer { withExtendedLifetime(all) {} }
        for cluster in all.map(\.pointer) {
            let options = try options(cluster)
            #expect(options.nodes == 4 && options.span == 4)
            #expect(options.split_from == 16 && options.split_above == .infinity)
            #expect((0..<2).map { options.traits[$0].map { String(cString: $0) } } == ["local-ssd", "avx512"])
            #expect(options.trait_count == 2)
            #expect(String(cString: try #require(options.node_resources[0])) == "gpu")
            let servers = try (0..<3).map { try info(cluster, $0) }
            #expect(try servers.map { String(cString: try #require($0.type)) } == ["gen1", "gen1", "gen2 ü"])
            #expect(servers.map(\.traits) == [0, 0, 2])
            #expect(servers.map(\.nodes) == [2, 2, 4])
        }
    }

    /// A name stays where it is as long as the cluster is there, whatever becomes of the server.
    @Test func namesOutliveServers() throws {
        let bytes = Array(Self.text.utf8)
        let cluster = try Owned(spane_cluster_free) { spane_cluster_load_memory(bytes, bytes.count, nil, &$0) }
        let first = try #require(try info(cluster.pointer, 0).type)
        let amounts = [1.0, 1, 0]
        try "small".withCString { name in
            try amounts.withUnsafeBufferPointer { amounts in
                var type = spane_server_type()
                type.struct_size = UInt32(MemoryLayout<spane_server_type>.size)
                type.nodes = 1
                type.node_amounts = amounts.baseAddress
                type.name = name
                try ok(spane_cluster_resize_server(cluster.pointer, 0, &type))
                type.name = nil
                var added: Int32 = -1
                try ok(spane_cluster_add_servers(cluster.pointer, &type, 1, &added))
                #expect(String(cString: try #require(try info(cluster.pointer, added).type)) == "")
            }
        }
        #expect(String(cString: try #require(try info(cluster.pointer, 0).type)) == "small")
        try ok(spane_cluster_remove_server(cluster.pointer, 1))
        try ok(spane_cluster_remove_server(cluster.pointer, 0))
        #expect(String(cString: try #require(try info(cluster.pointer, 2).type)) == "gen2 ü")
        #expect(String(cString: first) == "gen1")
    }

    @Test func refusesWhatIsNoFleet() throws {
        let wrong: [(text: String, told: [String])] = [
            ("", ["server is missing"]), ("x = ", ["line 1, column"]), ("x = 1", ["x is unknown"]),
            ("\u{0}", ["byte of zero"]), (Self.text + "\nrack = 1", ["server gen2 ü", "rack is unknown"]),
            (Self.text.replacing("gen2 ü", with: "gen1"), ["gen1 is there twice"]),
            (Self.text.replacing("gen2 ü", with: String(repeating: "x", count: 256)), ["name", "1 ... 255 bytes"]),
            (Self.text.replacing("count = 2", with: "count = 524289"), ["server gen1", "count is 524289", "524288"]),
            (Self.text + String(repeating: " ", count: 4 << 20), ["at most 4194304"]),
        ]
        for (text, told) in wrong {
            let path = try folder.write(text, to: "wrong.toml")
            let bytes = Array(text.utf8)
            var cluster: OpaquePointer?
            for part in told {
                expect(spane_cluster_load(path, nil, &cluster), SPANE_FORMAT, "wrong.toml", part)
                expect(spane_cluster_load_memory(bytes, bytes.count, nil, &cluster), SPANE_FORMAT, "data", part)
            }
            #expect(cluster == nil)
        }
        var cluster: OpaquePointer?
        expect(spane_cluster_load_memory([0xFF, 0xFE] as [UInt8], 2, nil, &cluster), SPANE_FORMAT, "UTF-8", "HDF5")
        expect(spane_cluster_load(folder.file("none.toml"), nil, &cluster), SPANE_IO, "none.toml")
    }

    @Test func canBeCancelled() throws {
        let bytes = Array(Self.text.utf8)
        let cluster = try Owned(spane_cluster_free) { spane_cluster_load_memory(bytes, bytes.count, nil, &$0) }
        let path = folder.file("cluster.h5")
        try ok(spane_cluster_save(cluster.pointer, path, nil))
        let state = try folder.read("cluster.h5")
        var (made, size): (OpaquePointer?, Int) = (nil, 77)
        let work: [(total: Int, call: (UnsafePointer<spane_progress>) -> spane_status)] = [
            (bytes.count, { spane_cluster_load_memory(bytes, bytes.count, $0, &made) }),
            (state.count, { spane_cluster_load_memory(state, state.count, $0, &made) }),
            (state.count, { spane_cluster_load(path, $0, &made) }),
            (3, { spane_cluster_save(cluster.pointer, path, $0) }),
            (3, { spane_cluster_save_memory(cluster.pointer, $0, nil, 0, &size) }),
        ]
        for (total, call) in work {
            let all = Listener()
            #expect(all.hear(call) == SPANE_OK)
            #expect(all.heard(all: total))
            spane_cluster_free(made)
            (made, size) = (nil, 77)
            try folder.write(state, to: "cluster.h5")
            let listener = Listener()
            listener.cancelAt = 1
            if total == 3 { try ok(spane_cluster_cordon(cluster.pointer, 0)) }
            listener.hear { expect(call($0), SPANE_CANCELLED, "progress") }
            #expect(made == nil && size == 77)
            #expect(try folder.read("cluster.h5") == state)
        }
    }
}
