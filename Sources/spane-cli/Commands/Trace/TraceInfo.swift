import ArgumentParser
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

struct TraceInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Describe a trace: VM sizes, arrival rates, lifetimes, and the load that it puts on a cluster."
    )

    @Argument(help: ArgumentHelp("Trace in HDF5 or CSV; - for standard input.", valueName: "trace"))
    var path: String

    @OptionGroup var cluster: ClusterOptions

    func run() throws {
        let fleet = try cluster.makeFleet()
        let (trace, description) = try loadTrace(path)
        let summary = TraceSummary(Array(trace.vms))
        StandardOutput.print(
            """
            \(path)
              source    \(description.source)
              licence   \(description.licence)
              sha256    \(description.contentHash)
              VMs       \(NumberText.grouped(summary.count)) of \(summary.flavors.count) sizes in \
            \(NumberText.duration(summary.span))

            \(flavors(summary, trace.resources, fleet))

            \(arrivals(summary.arrivals))

            \(saturation(summary.demand, trace.resources, fleet))
            """
        )
    }

    private func flavors(
        _ summary: TraceSummary,
        _ resources: [String],
        _ fleet: Fleet
    ) -> String {
        var table = Table(
            header: ["cores", "GB"] + resources + [
                "VMs", "share", "split", "lifetime 10 %", "25 %", "50 %", "75 %", "90 %", "99 %",
            ]
        )
        for flavor in summary.flavors {
            let extras = resources.indices.map { $0 < flavor.extras.count ? CSVText.number(flavor.extras[$0]) : "0" }
            table.add(
                [CSVText.number(flavor.size.cpu), CSVText.number(flavor.size.mem)] + extras + [
                    NumberText.grouped(flavor.count),
                    NumberText.percent(flavor.share, decimals: 2),
                    split(flavor, fleet),
                ] + flavor.lifetimes.values.map(NumberText.duration)
            )
        }
        table.add(
            ["all", ""] + resources.map { _ in "" }
                + [NumberText.grouped(summary.count), NumberText.percent(1, decimals: 2), ""]
                + summary.lifetimes.values.map(NumberText.duration)
        )
        return table.text
    }

    /// Whether VMs of a size are spread over several NUMA nodes, and over how many unless that is all that there are.
    private func split(_ flavor: FlavorSummary, _ fleet: Fleet) -> String {
        let rule = fleet.spanRule.span(cpu: flavor.size.cpu, mem: flavor.size.mem)
        let span = flavor.span > 0 ? flavor.span : rule
        return switch span {
        case 1: "no"
        case 2 where fleet.layout.nodes == 2: "yes"
        default: "over \(span)"
        }
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

    private func saturation(
        _ demand: DemandSummary,
        _ resources: [String],
        _ fleet: Fleet
    ) -> String {
        let capacity = fleet.capacity
        var table = Table(
            header: ["if no VM ever waited"] + (["cores", "GB"] + resources).flatMap { [$0, "of the cluster"] }
        )
        for (name, used, extras) in [
            ("mean in use", demand.mean, demand.meanExtras), ("most in use", demand.peak, demand.peakExtras),
        ] {
            var cells = amount(used.cpu, of: capacity.cpu) + amount(used.mem, of: capacity.mem)
            for (place, resource) in resources.enumerated() {
                cells += amount(place < extras.count ? extras[place] : 0, of: capacity.extras[resource])
            }
            table.add([name] + cells)
        }
        // A short word for the paper's servers, and what it all comes to for any.
        let servers =
            fleet.uniformNode == nil
            ? fleet.serversInWords + "; in all " : "\(fleet.serverCount) servers, "
        let extras = fleet.layout.extraResources.map {
            ", \(NumberText.grouped(capacity.extras[$0] ?? 0)) \($0)"
        }.joined()
        let rule = fleet.onlySplitAbove == nil || fleet.uniformNode == nil
        return """
            \(table.text)
            The cluster: \(servers)\(NumberText.grouped(capacity.cpu)) cores, \
            \(NumberText.grouped(capacity.mem)) GB\(extras). Over 100 % VMs must wait.\
            \(rule ? "\n\(fleet.ruleInWords)." : "")
            """
    }

    /// An amount, and its share of what there is; a dash where there is nothing of the kind.
    private func amount(_ used: Double, of capacity: Double?) -> [String] {
        let share = capacity.map { $0 > 0 ? NumberText.percent(used / $0) : "-" } ?? "-"
        return [NumberText.grouped(used, decimals: 1), share]
    }
}
