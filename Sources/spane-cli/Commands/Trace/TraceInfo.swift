import ArgumentParser
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

struct TraceInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Describe a trace: sizes, rates, lifetimes, and how full it would keep a cluster."
    )

    @Argument(help: ArgumentHelp("The trace, in HDF5 or CSV.", valueName: "trace"))
    var path: String

    @OptionGroup var cluster: ClusterOptions

    func run() throws {
        let configuration = try cluster.configuration()
        let (trace, description) = try TraceFile.load(path)
        let summary = TraceSummary(Array(trace.vms))
        StandardOutput.print(
            """
            \(path)
              source    \(description.source)
              licence   \(description.licence)
              sha256    \(description.contentHash)
              VMs       \(NumberText.grouped(summary.count)) of \(summary.flavors.count) sizes in \
            \(NumberText.duration(summary.span))

            \(flavors(summary))

            \(arrivals(summary.arrivals))

            \(saturation(summary.demand, configuration))
            """
        )
    }

    private func flavors(_ summary: TraceSummary) -> String {
        var table = Table(header: [
            "cores", "GB", "VMs", "share", "split", "lifetime 10 %", "25 %", "50 %", "75 %", "90 %", "99 %",
        ])
        for flavor in summary.flavors {
            table.add(
                [
                    CSVText.number(flavor.size.cpu),
                    CSVText.number(flavor.size.mem),
                    NumberText.grouped(flavor.count),
                    NumberText.percent(flavor.share, decimals: 2),
                    flavor.size.mem > cluster.splitAbove ? "yes" : "no",
                ] + flavor.lifetimes.values.map(NumberText.duration)
            )
        }
        table.add(
            ["all", "", NumberText.grouped(summary.count), NumberText.percent(1, decimals: 2), ""]
                + summary.lifetimes.values.map(NumberText.duration)
        )
        return table.text
    }

    private func arrivals(_ arrivals: ArrivalSummary) -> String {
        let shares = arrivals.hourShares
        let busiest = shares.indices.max { shares[$0] < shares[$1] } ?? 0
        let quietest = shares.indices.min { shares[$0] < shares[$1] } ?? 0
        return """
            arrivals: \(NumberText.grouped(arrivals.meanPerHour, decimals: 1)) an hour, \
            \(NumberText.grouped(arrivals.peakPerHour)) in the fullest hour; \
            \(NumberText.percent(arrivals.sameSecondShare)) in the same second as the VM before
            hours of the day (time 0 is midnight): \(busiest):00 is the fullest with \
            \(NumberText.percent(shares[busiest])), \(quietest):00 the emptiest with \
            \(NumberText.percent(shares[quietest]))
            """
    }

    private func saturation(_ demand: DemandSummary, _ configuration: ClusterConfiguration) -> String {
        let nodes = Double(configuration.actionCount)
        let capacity = Resources(cpu: nodes * cluster.nodeCPU, mem: nodes * cluster.nodeMem)
        var table = Table(header: ["if no VM ever waited", "cores", "of the cluster", "GB", "of the cluster"])
        for (name, used) in [("mean in use", demand.mean), ("most in use", demand.peak)] {
            table.add([
                name,
                NumberText.grouped(used.cpu, decimals: 1),
                NumberText.percent(used.cpu / capacity.cpu),
                NumberText.grouped(used.mem, decimals: 1),
                NumberText.percent(used.mem / capacity.mem),
            ])
        }
        let servers = configuration.serverCount
        return """
            \(table.text)
            The cluster: \(servers) servers, \(NumberText.grouped(capacity.cpu)) cores, \
            \(NumberText.grouped(capacity.mem)) GB. Over 100 % VMs must wait.
            """
    }
}
