import ArgumentParser
import SpaneRuns
import SpaneScheduling

/// The options that describe the servers of one cluster: a fleet file, or the number and the size of equal servers.
struct ClusterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The servers: a fleet in TOML, or a cluster in HDF5, of which the servers are taken empty. It stands in place "
                + "of --servers, --node-cpu, --node-mem and --split-above.",
            valueName: "file"
        )
    )
    var fleet: String?

    @Option(help: "The number of servers. (default: \(defaultServers))")
    var servers: Int?

    @OptionGroup var server: ServerOptions

    private static let defaultServers = 5

    func validate() throws {
        guard fleet != nil else { return }
        let given = (servers == nil ? [] : ["--servers"]) + server.given
        guard given.isEmpty else {
            throw ValidationError("--fleet and \(given.joined(separator: ", ")) are both given; the fleet says it all.")
        }
    }

    /// The options that say which servers there are, as they stand in a command.
    var given: String { fleet.map { "--fleet \($0)" } ?? "--servers \(servers ?? Self.defaultServers)" }

    func configuration() throws -> ClusterConfiguration {
        if let fleet { return try FleetInput.load(fleet) }
        return try server.configuration(servers: servers ?? Self.defaultServers)
    }
}

/// The options that describe one of many equal servers.
struct ServerOptions: ParsableArguments {
    @Option(help: "Cores of one NUMA node. (default: \(ClusterConfiguration.publishedNode.cpu))")
    var nodeCPU: DecimalArgument?

    @Option(help: "Memory of one NUMA node in GB. (default: \(ClusterConfiguration.publishedNode.mem))")
    var nodeMem: DecimalArgument?

    @Option(
        help: """
            A VM with more memory than this, in GB, is split over the NUMA nodes of its server. (default: \
            \(ClusterConfiguration.publishedSplitAbove))
            """
    )
    var splitAbove: DecimalArgument?

    /// The options that are not left out.
    var given: [String] {
        [("--node-cpu", nodeCPU), ("--node-mem", nodeMem), ("--split-above", splitAbove)]
            .filter { $0.1 != nil }.map { $0.0 }
    }

    func configuration(servers: Int) throws -> ClusterConfiguration {
        try ClusterConfiguration(
            servers: servers,
            node: Resources(
                cpu: nodeCPU?.value ?? ClusterConfiguration.publishedNode.cpu,
                mem: nodeMem?.value ?? ClusterConfiguration.publishedNode.mem
            ),
            splitAbove: splitAbove?.value ?? ClusterConfiguration.publishedSplitAbove
        )
    }
}
