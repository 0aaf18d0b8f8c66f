import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane experiment servers`.
@Suite struct ServersCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try Samples.writeTrace(to: folder) }

    private func arguments(_ more: [String] = []) -> [String] {
        ["experiment", "servers", "--trace", "trace.h5", "--windows", "9", "--window-length", "150"]
            + ["--policies", "balance-fit", "few=random:1,random:2", "--resamples", "200", "--output", "folder"] + more
    }

    private func rows(_ name: String) throws -> [[String]] {
        try folder.text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func theTables() throws {
        let text = try command.succeed(arguments())
        #expect(text.hasPrefix("9 windows of 150 VMs; the fewest servers on which no VM waits or is refused\n"))
        for words in ["90th percentile", "Less balance-fit in the same windows", "The members of few", "\nfirst-fit "] {
            #expect(text.contains(words), "\(words)")
        }
        let rows = try rows("folder/servers.csv")
        #expect(rows[0] == ["start", "length", "bound", "balance-fit", "few/random:1", "few/random:2", "first-fit"])
        let trace = try Samples.trace()
        let starts = try Starts.windows(9, length: 150, in: trace)
        let scenario = try Scenario(trace, on: Fleet(servers: 1))
        for (row, start) in zip(rows.dropFirst(), starts) {
            let bound = try scenario.serverBound(start: start, length: 150)
            let firstFit = try ServersNeeded.count(
                of: .heuristic(.firstFit),
                on: scenario,
                start: start,
                length: 150,
                from: bound
            )
            #expect(row.prefix(3) == ["\(start)", "150", "\(bound)"])
            #expect(row.last == "\(firstFit)")
        }
        let metrics = Set(try self.rows("folder/summary.csv").dropFirst().map { $0[4] })
        #expect(metrics == ["servers_mean", "servers_above_bound", "servers_saved", "servers_p90"])
        // Nothing is left to be played.
        #expect(
            try command.succeed(arguments(["--threads", "1"])).contains("\n36 of 36 windows were played before.\n")
        )
    }

    /// A fleet counts by its proportions: doubled, it is the same.
    @Test func aFleet() throws {
        for (name, count) in [("one", 1), ("two", 2)] {
            let types = [("a", 2, 40), ("b", 4, 32)].map { type, nodes, cpu in
                "[[server]]\nname = \"\(type)\"\ncount = \(count)\nnodes = \(nodes)\ncpu = \(cpu)\nmem = 90\n"
            }
            try folder.write("split_above = 10\n" + types.joined(), to: "\(name).toml")
            _ = try command.succeed(arguments(["--fleet", "\(name).toml", "--output", name]))
        }
        #expect(try folder.text("one/servers.csv") == folder.text("two/servers.csv"))
        #expect(try folder.text("one/summary.md").contains("1 x a of 2 x (40 cores, 90 GB), 1 x b of 4 x "))
    }

    @Test func whatIsRefused() throws {
        try command.fail(
            arguments(["--windows", "0"]),
            status: Status.usage,
            "--windows is 0, --window-length is 150: there are 0 windows; of 150 VMs this trace has 1 ... 448 that start apart."
        )
        try command.fail(
            arguments(["--window-length", "598"]),
            status: Status.usage,
            "--windows is 9, --window-length is 598: a window has 598 VMs; in this trace it may have 1 ... 597."
        )
        try command.fail(
            arguments(["--fleet", "f.toml", "--node-cpu", "3"]),
            status: Status.usage,
            "--fleet and --node-cpu are both given; a fleet describes all servers."
        )
        try command.fail(
            arguments(["--node-cpu", "5"]),
            status: Status.usage,
            "trace.h5: VM 51 needs 8.0 cores and 8.0 GB on one NUMA node; no server is that large; --node-cpu is 5 and --node-mem is 90."
        )
    }
}
