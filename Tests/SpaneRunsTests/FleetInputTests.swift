import SpaneRuns
import SpaneScheduling
import SpaneSettings
import SpaneStorage
import SpaneTestSupport
import Testing

/// Fleets in TOML, and the servers of clusters in HDF5.
@Suite struct FleetInputTests {
    private let folder = TemporaryFolder()

    private func load(_ text: String) throws -> Fleet {
        try FleetInput.load(folder.write(text, to: "fleet.toml"))
    }

    private func refuses(_ text: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = folder.file("fleet.toml")
        let error = #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try load(text) }
        #expect(error.map { "\($0)" } == "\(path): \(message)", sourceLocation: sourceLocation)
    }

    // MARK: What a fleet says

    @Test func equalNodes() throws {
        let fleet = try load("[[server]]\nname = \"gen1\"\ncount = 3\nnodes = 2\ncpu = 40\nmem = 90.5\n")
        #expect(fleet.layout == .published)
        #expect(fleet.types == [ServerType(name: "gen1", equalNodes: 2, of: Resources(cpu: 40, mem: 90.5))])
        #expect(fleet.typeOfServer == [0, 0, 0])
        // What is not said is not done.
        #expect(fleet.spanRule.span(cpu: 1000, mem: 1e9) == 1)
    }

    private static let mixed = """
        node_resources = ["gpu", "hugepages"]
        server_resources = ["disk"]
        traits = ["ssd", "avx512"]
        split_above = 64
        split_from = 32.5
        split_span = 4

        [[server]]
        name = "one"
        nodes = 1
        cpu = 8
        mem = 16
        disk = 100

        [[server]]
        name = "four"
        count = 2
        nodes = [{ cpu = 1, mem = 2, gpu = 3 }, { cpu = 4, mem = 5 }, { cpu = 0, mem = 0 }, { cpu = 6, mem = 7, hugepages = 8 }]
        traits = ["avx512"]
        distances = [[10, 20, 30, 255], [20, 10, 0, 40], [30, 0, 10, 50], [31, 41, 51, 10]]
        """

    @Test func everything() throws {
        let fleet = try load(Self.mixed)
        #expect(
            try fleet.layout == Layout(nodes: 4, nodeResources: ["gpu", "hugepages"], serverResources: ["disk"])
        )
        #expect(
            fleet.types == [
                ServerType(name: "one", nodes: [[8, 16, 0, 0]], shared: [100]),
                ServerType(
                    name: "four",
                    nodes: [[1, 2, 3, 0], [4, 5, 0, 0], [0, 0, 0, 0], [6, 7, 0, 8]],
                    shared: [0],
                    traits: 2,
                    distances: [10, 20, 30, 255, 20, 10, 0, 40, 30, 0, 10, 50, 31, 41, 51, 10]
                ),
            ]
        )
        #expect(fleet.typeOfServer == [0, 1, 1])
        #expect(try fleet.spanRule == SpanRule(splitAbove: 64, splitFromCores: 32.5, span: 4))
    }

    /// A cluster's file gives its servers as they are when nothing runs on them.
    @Test func theServersOfACluster() throws {
        let configuration = try load(Self.mixed)
        var fleet = try Cluster(configuration)
        try fleet.place(7, configuration.request(cpu: 2, mem: 4), at: Placement(server: 0, nodes: NodeSet(node: 0)))
        let path = folder.file("cluster.h5")
        try ClusterFile.write(fleet, to: path)
        let read = try FleetInput.load(path)
        #expect(read.layout == configuration.layout)
        #expect(read.typeOfServer == configuration.typeOfServer)
        #expect(read.spanRule == configuration.spanRule)
        #expect(ContentHash.of(read) == ContentHash.of(configuration))
        try ClusterFile.write(Cluster(), to: path)
        let error = #expect(throws: StorageError.self) { try FleetInput.load(path) }
        #expect(error?.detail == "servers is 0; it must be in 1 ... 524288")
    }

    @Test(arguments: ["mixed.toml", "topology.toml"])
    func theExamples(name: String) throws {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let fleet = try FleetInput.load("/\(folder)/data/fleets/\(name)")
        #expect(fleet.serverCount == (name == "mixed.toml" ? 10 : 1710))
    }

    // MARK: What is refused

    private static let ownKeys = "name, count, nodes, cpu, mem, traits, distances"

    @Test func theFrame() throws {
        try refuses("", "server is missing; it must be one or more tables [[server]]")
        try refuses("server = []", "server is []; it must be one or more tables [[server]]")
        try refuses(
            "[[servers]]",
            "servers is unknown; it must be one of node_resources, server_resources, traits, "
                + "split_above, split_from, split_span, server"
        )
        try refuses("split_above = -1", "split_above is -1; it must be a number in 0 ... inf")
        try refuses("split_from = nan", "split_from is nan; it must be a number in 0 ... inf")
        try refuses("split_span = 9", "split_span is 9; it must be a whole number in 1 ... 8")
        for bounds in ["", "split_above = inf", "split_above = inf\nsplit_from = inf"] {
            try refuses(
                "\(bounds)\nsplit_span = 2\n[[server]]",
                "split_span is 2 without a bound above which VMs are split; it needs split_above or split_from"
            )
        }
        let line = "of one line and at most 255 bytes"
        let names = "it must be a list of at most 62 different names \(line) other than \(Self.ownKeys)"
        try refuses("node_resources = \"gpu\"", "node_resources is \"gpu\"; \(names)")
        try refuses("server_resources = [\"mem\"]", "server_resources is [\"mem\"]; \(names)")
        try refuses("node_resources = [\"a\", \"a\"]", "node_resources is [\"a\", \"a\"]; \(names)")
        try refuses("traits = [1]", "traits is [1]; it must be a list of at most 64 different names \(line)")
        try refuses(
            "node_resources = [\"a\"]\nserver_resources = [\"a\"]\n" + Self.server(),
            "resource a is there twice"
        )
        try refuses("x", "line 1, column 2: Error while parsing key-value pair: encountered end-of-file")
    }

    private static func server(_ more: String = "", nodes: String = "nodes = 2\ncpu = 4\nmem = 8") -> String {
        "[[server]]\nname = \"gen1\"\n\(nodes)\n\(more)\n"
    }

    @Test func aClass() throws {
        let rule = "it must be a text of one line that has 1 ... 255 bytes"
        try refuses("[[server]]\ncpu = 4", "server number 1: name is missing; \(rule)")
        try refuses("[[server]]\nname = 3", "server number 1: name is 3; \(rule)")
        try refuses(Self.server() + Self.server(), "server gen1 is there twice; names must differ")
        try refuses(
            Self.server("gpus = 4"),
            "server gen1: gpus is unknown; it must be one of name, count, nodes, traits, distances, cpu, mem"
        )
        try refuses(Self.server("count = 0"), "server gen1: count is 0; it must be a whole number in 1 ... 524288")
        try refuses(
            Self.server("count = 524288") + "[[server]]\nname = \"b\"\nnodes = 1\ncpu = 1\nmem = 1",
            "there are 524289 servers; at most 524288 are allowed"
        )
        try refuses(
            Self.server("traits = [\"ssd\"]"),
            "server gen1: traits is [\"ssd\"]; it must be absent, as the fleet has no list traits"
        )
        try refuses(
            "traits = [\"hdd\"]\n" + Self.server("traits = [\"ssd\"]"),
            "server gen1: traits is [\"ssd\"]; it must be a list of names out of the fleet's traits: hdd"
        )
        let rows = "it must be a list with a row for each node, of as many whole numbers in 0 ... 255"
        try refuses(Self.server("distances = [10, 20]"), "server gen1: distances is [10, 20]; \(rows)")
        try refuses(Self.server("distances = [[256]]"), "server gen1: distances is [[256]]; \(rows)")
        try refuses(
            Self.server("distances = [[10, 20], [20]]"),
            "server gen1: distances has rows of 2, 1 numbers; it must have 2 of 2, as there are nodes"
        )
    }

    @Test func nodes() throws {
        func refuses(_ nodes: String, _ detail: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            try self.refuses(
                "node_resources = [\"gpu\"]\n" + Self.server(nodes: nodes),
                "server gen1: \(detail)",
                sourceLocation: sourceLocation
            )
        }
        let rule = "it must be a whole number in 1 ... 8, or a list of as many tables with what each node has"
        try refuses("cpu = 4\nmem = 8", "nodes is missing; \(rule)")
        try refuses("nodes = 9\ncpu = 4\nmem = 8", "nodes is 9; \(rule)")
        try refuses("nodes = []", "nodes is []; \(rule)")
        try refuses("nodes = [1]", "nodes[0] is 1; it must be a table")
        let amount = "it must be a number in 0 ... 4294967296"
        try refuses("nodes = 2\nmem = 8", "cpu is missing; \(amount)")
        try refuses("nodes = 2\ncpu = 4\nmem = -8", "mem is -8; \(amount)")
        try refuses("nodes = 2\ncpu = 4\nmem = 8\ngpu = inf", "gpu is inf; \(amount)")
        try refuses("nodes = [{ cpu = 4, mem = 8 }, { cpu = 4 }]", "node 1: mem is missing; \(amount)")
        try refuses("nodes = [{ cpu = \"4\", mem = 8 }]", "node 0: cpu is \"4\"; \(amount)")
        try refuses(
            "nodes = [{ cpu = 4, mem = 8, ram = 1 }]",
            "node 0: ram is unknown; it must be one of cpu, mem, gpu"
        )
        try refuses(
            "nodes = [{ cpu = 4, mem = 8 }]\ngpu = 1",
            "gpu stands beside a list of nodes; it must stand in its tables"
        )
        let path = folder.file("fleet.toml")
        let error = #expect(throws: (any Error).self) { try load(Self.server(nodes: "nodes = 1\ncpu = 0\nmem = 8")) }
        #expect(
            error.map { "\($0)".hasPrefix("\(path): server type gen1: a NUMA node has 0.0 cores and 8.0 GB") } == true
        )
    }

    @Test func otherFiles() throws {
        let path = try folder.write([0xFF, 0xFE, 0x41], to: "fleet.bin")
        let error = #expect(throws: SettingsError.self) { try FleetInput.load(path) }
        #expect(error?.description == "\(path): is neither a fleet in UTF-8 text nor an HDF5 file")
        let missing = folder.file("missing.toml")
        #expect(throws: StorageError.self) { try FleetInput.load(missing) }
    }
}
