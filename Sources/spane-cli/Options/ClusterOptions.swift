import ArgumentParser
import SpaneRuns
import SpaneScheduling
import SpaneSettings
import SpaneStorage

/// The options that describe the servers of one cluster: a fleet file, or the number and the size of equal servers.
struct ClusterOptions: ParsableArguments {
    @Option(
        name: .customLong("fleet"),
        help: ArgumentHelp(
            "Servers: a fleet in TOML, or a saved cluster in HDF5, whose VMs are ignored. Replaces "
                + "--servers, --node-cpu, --node-mem and --split-above.",
            valueName: "file"
        )
    )
    var file: String?

    @Option(help: "Number of servers. (default: \(defaultServers))")
    var servers: Int?

    @OptionGroup var server: ServerOptions

    private static let defaultServers = 5

    func validate() throws {
        guard file != nil else { return }
        let given = (servers == nil ? [] : ["--servers"]) + server.given
        guard given.isEmpty else {
            throw ValidationError(
                "--fleet and \(given.joined(separator: ", ")) are both given; a fleet describes all servers."
            )
        }
    }

    /// The options that say which servers there are, as they stand in a command.
    var given: String { file.map { "--fleet \($0)" } ?? "--servers \(servers ?? Self.defaultServers)" }

    func makeFleet() throws -> Fleet {
        if let file { return try FleetInput.load(file) }
        return try server.makeFleet(servers: servers ?? Self.defaultServers)
    }
}

/// The options that describe one of many equal servers.
struct ServerOptions: ParsableArguments {
    @Option(help: "Cores of one NUMA node. (default: \(Fleet.publishedNode.cpu))")
    var nodeCPU: DecimalArgument?

    @Option(help: "Memory of one NUMA node in GB. (default: \(Fleet.publishedNode.mem))")
    var nodeMem: DecimalArgument?

    @Option(
        help: """
            VMs with more memory than this, in GB, are split over the NUMA nodes of their server. (default: \
            \(Fleet.publishedSplitAbove))
            """
    )
    var splitAbove: DecimalArgument?

    /// The options that are not left out.
    var given: [String] {
        [("--node-cpu", nodeCPU), ("--node-mem", nodeMem), ("--split-above", splitAbove)]
            .filter { $0.1 != nil }.map { $0.0 }
    }

    func makeFleet(servers: Int) throws -> Fleet {
        guard servers >= 1, servers <= Fleet.maximumServers else {
            throw ValidationError("--servers is \(servers); it must be in 1 ... \(Fleet.maximumServers).")
        }
        for (option, amount) in [("--node-cpu", nodeCPU?.value), ("--node-mem", nodeMem?.value)] {
            guard let amount, !Resources(cpu: amount, mem: amount).onGrid.isPositive else { continue }
            throw ValidationError("\(option) is \(CSVText.number(amount)); \(Resources.rule(amount)).")
        }
        if let splitAbove = splitAbove?.value, splitAbove < 0 {
            throw ValidationError("--split-above is \(CSVText.number(splitAbove)); it must not be negative.")
        }
        return try Fleet(
            servers: servers,
            node: Resources(
                cpu: nodeCPU?.value ?? Fleet.publishedNode.cpu,
                mem: nodeMem?.value ?? Fleet.publishedNode.mem
            ),
            splitAbove: splitAbove?.value ?? Fleet.publishedSplitAbove
        )
    }
}
