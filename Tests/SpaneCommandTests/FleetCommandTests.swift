import Foundation
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Commands on the servers of `--fleet`.
@Suite struct FleetCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private static let mixed = """
        node_resources = ["gpu"]
        server_resources = ["disk"]
        split_above = 8
        [[server]]
        name = "old"
        count = 2
        nodes = 2
        cpu = 8
        mem = 16
        [[server]]
        name = "new"
        nodes = [{ cpu = 12, mem = 24, gpu = 2 }, { cpu = 12, mem = 24 }, { cpu = 12, mem = 24 }]
        disk = 500
        """
    private static let words =
        "3 servers: 2 x old of 2 x (8 cores, 16 GB), 1 x new of 1 x (12 cores, 24 GB, 2 gpu) + 2 x (12 cores, 24 GB) "
        + "with 500 disk"
    private static let rule = "VMs above 8 GB are spread over 2 NUMA nodes unless they say otherwise"

    init() throws {
        try folder.write(Self.mixed, to: "mixed.toml")
        try folder.write(
            "split_above = 10\n[[server]]\nname = \"all\"\ncount = 2\nnodes = 2\ncpu = 20\nmem = 70\n",
            to: "equal.toml"
        )
        try Samples.writeTrace(to: folder)
        // A VM in three asks for what only one server has.
        var rows = "vmid,cpu,mem,at,lt,span,resource:gpu,resource:disk\n"
        for vm in 0..<200 {
            let terms = [",,10", "3,,20", "1,1,"][vm % 3]
            rows += "\(vm),\(3 + vm % 4),\(4 + vm % 7),\(vm),\(10 + vm % 11),\(terms)\n"
        }
        try folder.write(rows, to: "terms.csv")
    }

    private static let episodes = ["--starts", "0..<100:5:1", "--length", "40"]

    private func evaluate(_ more: String...) -> [String] { ["evaluate"] + Self.episodes + more }

    /// The same servers give the same waits and say the same, however they are described.
    @Test func equalServersAreTheShortForm() throws {
        let policies = ["--policy", "first-fit", "--policy", "balance-fit", "--policy", "random:3"]
        let short = ["--servers", "2", "--node-cpu", "20", "--node-mem", "70"]
        let trace = evaluate("--trace", "trace.h5") + policies
        let csv = try command.succeed(trace + short + ["--output", "-"])
        #expect(csv.split(separator: "\n").count == 6)
        #expect(try command.succeed(trace + ["--fleet", "equal.toml", "--output", "-"]) == csv)
        // So does the file of a cluster.
        let configuration = try Fleet(servers: 2, node: Resources(cpu: 20, mem: 70))
        try ClusterFile.write(Cluster(configuration), to: folder.file("cluster.h5"))
        #expect(try command.succeed(trace + ["--fleet", "cluster.h5", "--output", "-"]) == csv)
        let json = try command.succeed(trace + ["--fleet", "equal.toml", "--json"])
        #expect(json.contains("\"node_cpu\" : 20") && json.contains("\"split_above\" : 10") && !json.contains("fleet"))
    }

    @Test func everyHeuristicPlaysAnyFleet() throws {
        let arguments =
            evaluate("--trace", "terms.csv", "--fleet", "mixed.toml")
            + ["first-fit", "best-fit", "balance-fit", "move-to-front", "random:1"].flatMap { ["--policy", $0] }
        let table = try command.succeed(arguments)
        #expect(table.hasPrefix("5 episodes of 40.0 VMs (mean) on \(Self.words); \(Self.rule); total wait"))
        let json = try command.succeed(arguments + ["--json"])
        #expect(json.contains("\"description\" : \"\(Self.words); \(Self.rule)\""))
        #expect(json.contains("\"servers\" : 3") && !json.contains("node_cpu"))
        #expect(json.components(separatedBy: "\"policy\"").count == 6)
    }

    @Test func networksNeedTwoNodes() throws {
        try WeightsFile.write(Samples.spane(), Provenance(), to: folder.file("a.h5"))
        try command.fail(
            evaluate("--trace", "terms.csv", "--fleet", "mixed.toml", "--policy", "a.h5"),
            status: Status.failure,
            "a.h5: the network is made for servers with two NUMA nodes; these have 2 to 3 (its architecture is spane; a "
                + "potential serves any servers)"
        )
        // With two it plays, and says what it is not made for.
        let result = try command.run(
            evaluate("--trace", "trace.h5", "--fleet", "equal.toml", "--policy", "a.h5")
        )
        #expect(result.status == 0)
        #expect(
            result.errors
                == "note: a.h5: the network is made for nodes of 40 cores and 90 GB; this cluster has nodes of 20 cores and "
                + "70 GB\n"
        )
    }

    @Test func potentialsPlayAnyFleet() throws {
        for units in PotentialArchitecture.Units.allCases {
            let hidden = try LayerShape(width: 4, depth: 1)
            var generator = Xoshiro256StarStar(seed: 5)
            let model = try Model(
                architecture: .potential(PotentialArchitecture(hidden: hidden, units: units)),
                generator: &generator
            )
            try WeightsFile.write(model, Provenance(), to: folder.file("p.h5"))
            let result = try command.run(
                evaluate("--trace", "terms.csv", "--fleet", "mixed.toml", "--policy", "p.h5")
            )
            #expect(result.status == 0)
            #expect(result.output.contains("\np.h5 "))
            // One that sees nodes relative to themselves is made for all of them.
            #expect(result.errors.hasPrefix("note: p.h5: the network is made for nodes of") == (units == .trainedNode))
        }
    }

    @Test(arguments: [
        (["--servers", "5"], "--servers"), (["--node-mem", "90"], "--node-mem"),
        (["--split-above", "10", "--servers", "5"], "--servers, --split-above"),
    ])
    func bothFormsAreRefused(given: [String], names: String) throws {
        let commands = [
            evaluate("--trace", "trace.h5", "--policy", "first-fit"), ["trace", "info", "trace.h5"],
            ["experiment", "wait-time", "--trace", "trace.h5", "--output", "out"] + Self.episodes + [
                "--policies", "first-fit",
            ],
        ]
        for arguments in commands {
            try command.fail(
                arguments + ["--fleet", "equal.toml"] + given,
                status: Status.usage,
                "--fleet and \(names) are both given; a fleet describes all servers."
            )
        }
    }

    @Test func whatDoesNotFit() throws {
        try command.fail(
            evaluate("--trace", "terms.csv", "--fleet", "equal.toml", "--policy", "first-fit"),
            status: Status.usage,
            "terms.csv: the trace asks for disk; the servers have cpu, mem; "
                + "equal.toml has 2 servers all of 2 x (20 cores, 70 GB)."
        )
        try command.fail(
            evaluate("--trace", "trace.h5", "--fleet", "mixed.toml", "--policy", "first-fit"),
            status: Status.usage,
            "trace.h5: VM 0 needs 16.0 cores and 64.0 GB, split over 2 NUMA nodes of one server; no server is that large; "
                + "mixed.toml has \(Self.words)."
        )
        try folder.write("[[server]]\nname = \"a\"\n", to: "bad.toml")
        try command.fail(
            evaluate("--trace", "trace.h5", "--fleet", "bad.toml", "--policy", "first-fit"),
            status: Status.failure,
            "bad.toml: server a: nodes is missing; it must be a whole number in 1 ... 8, or a list of as many tables with what "
                + "each node has"
        )
    }

    // MARK: Traces

    @Test func importKeepsSpansAndResources() throws {
        try command.succeed("trace", "import", "terms.csv", "terms.h5", "--licence", "CC0")
        let (trace, _) = try TraceFile.read(folder.file("terms.h5"))
        #expect(try trace.vms == TraceCSV.read(folder.file("terms.csv")).trace.vms)
        #expect(trace.resources == ["disk", "gpu"])
        #expect(trace.vms.prefix(3).map(\.span) == [0, 3, 1])
        #expect(trace.vms.prefix(3).map(\.extras) == [[10, 0], [20, 0], [0, 1]])
    }

    @Test func infoShowsThem() throws {
        let output = try command.succeed("trace", "info", "terms.csv", "--fleet", "mixed.toml")
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains { $0.hasPrefix("cores GB disk gpu VMs share split lifetime") })
        #expect(lines.contains { $0.hasPrefix("3 5 20 0 ") && $0.contains("% over 3 ") })
        #expect(lines.contains { $0.hasPrefix("3 9 10 0 ") && $0.contains("% over 2 ") })
        #expect(lines.contains { $0.hasPrefix("3 6 0 1 ") && $0.contains("% no ") })
        #expect(
            lines.contains(
                "The cluster: \(Self.words); in all 68 cores, 136 GB, 2 gpu, 500 disk. Over 100 % VMs must wait."
            )
        )
        #expect(lines.contains("\(Self.rule)."))
        // A cluster that lacks a resource has no share of it.
        let other = try command.succeed("trace", "info", "terms.csv")
        #expect(other.split(separator: "\n").contains { $0.hasPrefix("most in use") && $0.hasSuffix(" -") })
    }

    // MARK: Experiments

    @Test func anExperimentKnowsItsFleet() throws {
        let arguments =
            ["experiment", "wait-time", "--trace", "terms.csv", "--policies", "best-fit", "--resamples", "100"]
            + ["--output", "out"] + Self.episodes
        let text = try command.succeed(arguments + ["--fleet", "mixed.toml"])
        #expect(text.hasPrefix("\(Self.words); \(Self.rule)\n\n5 episodes"))
        for name in ["experiment.json", "summary.json", "summary.md", "summary.csv"] {
            #expect(try folder.text("out/\(name)").contains(Self.words), "\(name)")
        }
        #expect(try !folder.text("out/experiment.json").contains("node_cpu"))
        // Another name makes no other servers; another size does.
        try folder.write(Self.mixed.replacingOccurrences(of: "\"old\"", with: "\"elder\""), to: "renamed.toml")
        let again = try command.succeed(arguments + ["--fleet", "renamed.toml"])
        #expect(again.contains("\n10 of 10 episodes were played before."))
        try folder.write(Self.mixed.replacingOccurrences(of: "disk = 500", with: "disk = 600"), to: "larger.toml")
        let result = try command.run(arguments + ["--fleet", "larger.toml"])
        #expect(result.status == Status.failure)
        #expect(result.errors.contains("out: contains another experiment; name another folder. fleet: 3 servers: "))
    }
}
