import ArgumentParser
import SpaneScheduling

/// The options that describe a cluster of identical servers.
struct ClusterOptions: ParsableArguments {
    @Option(help: "The number of servers.")
    var servers = 5

    @OptionGroup var server: ServerOptions

    var nodeCPU: Double { server.nodeCPU.value }
    var nodeMem: Double { server.nodeMem.value }
    var splitAbove: Double { server.splitAbove.value }

    func configuration() throws -> ClusterConfiguration { try server.configuration(servers: servers) }
}

/// The options that describe one server.
struct ServerOptions: ParsableArguments {
    @Option(help: "Cores of one NUMA node.")
    var nodeCPU = DecimalArgument(ClusterConfiguration.publishedNode.cpu)

    @Option(help: "Memory of one NUMA node in GB.")
    var nodeMem = DecimalArgument(ClusterConfiguration.publishedNode.mem)

    @Option(help: "A VM with more memory than this, in GB, is split over the NUMA nodes of its server.")
    var splitAbove = DecimalArgument(ClusterConfiguration.publishedSplitAbove)

    func configuration(servers: Int) throws -> ClusterConfiguration {
        try ClusterConfiguration(
            servers: servers,
            node: Resources(cpu: nodeCPU.value, mem: nodeMem.value),
            splitAbove: splitAbove.value
        )
    }
}
