import Foundation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane replay`, and logs where traces can be given.
@Suite struct ReplayCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    /// Two servers, of which each node holds one VM: four run, a fifth waits for the end of one, and a sixth is refused.
    init() throws {
        var cluster = try Cluster(Fleet(servers: 2))
        let log = try ClusterLog.start(folder.file("a.log"), of: &cluster)
        let whole = try cluster.request(cpu: 40, mem: 9)
        try log.setTime(0)
        for id in 0..<4 as Range<UInt64> {
            try cluster.place(id, whole, at: Placement(server: Int(id) / 2, node: Int(id) % 2))
        }
        cluster.tell(.refuse(4, whole, group: 0))
        cluster.tell(.refuse(5, whole, group: 0))
        try log.setTime(3600)
        _ = cluster.release(0)
        try cluster.place(4, whole, at: Placement(server: 0, node: 0))
        try log.setTime(7200)
        for id in 1...4 as ClosedRange<UInt64> { _ = cluster.release(id) }
        try log.stop(&cluster)
    }

    private func document(_ arguments: String...) throws -> [String: Any] {
        let text = try command.succeed(["replay", "a.log", "--json"] + arguments)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func policy(_ document: [String: Any], _ index: Int = 0) throws -> [String: Any] {
        try #require(document["policies"] as? [[String: Any]])[index]
    }

    @Test func theTableSaysWhatCameOfIt() throws {
        let output = try command.succeed(["replay", "a.log"])
        #expect(output.hasPrefix("a.log: 13 events in 2.0 h on 2 servers\n"), "\(output)")
        let row = try #require(output.split(separator: "\n").first { $0.hasPrefix("as in the log") })
        #expect(
            row.split(separator: " ").map(String.init).prefix(8) == ["as", "in", "the", "log", "6", "1", "16.67", "%"]
        )
        #expect(row.contains("60.0 min"))
        #expect(!output.contains("in shadow"))
        #expect(output.contains("refused: never placed."))
    }

    @Test func policiesAreCompared() throws {
        let output = try command.succeed([
            "replay", "a.log", "--policy", "first-fit", "--policy", "best-fit", "--servers-needed", "--threads", "2",
        ])
        let rows = output.split(separator: "\n")
        for name in ["first-fit", "best-fit"] {
            let row = try #require(rows.first { $0.hasPrefix(name) })
            // No number of servers would do.
            #expect(row.contains("100.0 %") && row.hasSuffix("more than all"))
        }
        let document = try document("--policy", "first-fit", "--servers-needed")
        #expect((document["events"] as? Int, document["servers"] as? Int) == (13, 2))
        #expect((document["begin"] as? Double, document["end"] as? Double) == (0, 7200))
        let figures = try policy(document)
        #expect(figures["servers_needed"] is NSNull)
        #expect(figures["refused_vms"] as? Int == 1 && figures["waited_vms"] as? Int == 1)
        #expect(figures["wait_seconds"] as? Double == 3600 && figures["longest_wait_seconds"] as? Double == 3600)
        #expect(figures["compared"] as? Int == 5 && figures["alike"] as? Int == 5)
        let log = try #require(document["log"] as? [String: Any])
        #expect(log["vms"] as? Int == 6 && log["servers_needed"] == nil)
    }

    @Test func serversAndQueues() throws {
        let few = try document("--policy", "first-fit", "--servers", "1")
        #expect(few["replayed_servers"] as? Int == 1)
        // 2 and 3 are not asked for again, and one of 4 and 5.
        #expect(try policy(few)["refused_vms"] as? Int == 3)
        let waiting = try document("--policy", "first-fit", "--queue")
        #expect(waiting["queue"] as? Bool == true)
        #expect(try policy(waiting)["refused_vms"] as? Int == 0)
        #expect(try policy(waiting)["waited_vms"] as? Int == 2)
        let text = try command.succeed(["replay", "a.log", "--policy", "first-fit", "--servers", "1", "--queue"])
        #expect(text.contains("on 2 servers, replayed on 1; what fits nowhere waits"))
        #expect(text.contains("or wait at the end"))
    }

    @Test func whatIsTornIsTold() throws {
        try folder.write(folder.read("a.log") + [99, 1, 2], to: "torn.log")
        let output = try command.succeed(["replay", "torn.log"])
        #expect(output.contains("\nThe last 3 bytes of the file are no whole event and were not read.\n"))
        #expect(output.hasPrefix("torn.log: 13 events"))
    }

    @Test func shadowsAreSummedUp() throws {
        var cluster = try Cluster(Fleet(servers: 1))
        let log = try ClusterLog.start(folder.file("shadow.log"), of: &cluster)
        let request = try cluster.request(cpu: 4, mem: 8)
        let (here, there) = (Placement(server: 0, node: 0), Placement(server: 0, node: 1))
        for (id, own, other) in [(1, here, here), (2, here, there), (3, nil, nil)] as [(UInt64, Placement?, Placement?)]
        {
            if let other {
                try cluster.record(id, request, at: other)
            } else {
                cluster.tell(.refuse(id, request, group: 0))
            }
            cluster.tell(.compare(id, request, group: 0, own: own, other: other))
        }
        try log.stop(&cluster)
        let output = try command.succeed(["replay", "shadow.log"])
        #expect(output.contains("in shadow of another scheduler"))
        #expect(output.contains(/on other nodes of the same server +1 +33\.3 %/))
    }

    /// A log is a trace wherever one is read.
    @Test func aLogIsATrace() throws {
        #expect(try command.succeed(["trace", "info", "a.log"]).contains("6"))
        _ = try command.succeed(["trace", "import", "a.log", "a.h5"])
        let vms = try TraceFile.read(folder.file("a.h5")).trace.vms
        #expect(vms.map(\.arrival) == [0, 0, 0, 0, 0, 0])
        // The fifth has waited, and the last one never ran: as long as the others on average.
        #expect(vms.map(\.lifetime) == [3600, 7200, 7200, 7200, 3600, 5760])
    }

    @Test(arguments: [
        (["--servers", "0"], "--servers is 0; it must be at least 1."),
        (["--servers", "3"], "--servers is 3; the log begins with 2."),
        (["--servers-needed"], "--servers-needed needs a --policy."),
        (
            ["--policy", "first-fit", "--servers-needed", "--queue"],
            "--servers-needed and --queue are both given; servers are needed where nothing waits."
        ),
        (["--policy", "no-such-rule"], "no-such-rule"),
        (["--policy", "first-fit", "--moves=-1"], "--moves is -1"),
        (["--policy", "first-fit", "--moves", "65"], "--moves is 65"),
        (
            ["--policy", "first-fit", "--moves", "2", "--move-seconds-per-gb", "1"],
            "--move-seconds-per-gb is given; moves of a replay take no time."
        ),
        (["--policy", "first-fit", "--threads", "0"], "threads"),
        (["--policy", "first-fit", "--mix", "a.log"], "mix"),
    ])
    func wrongOptions(_ options: [String], _ message: String) throws {
        let result = try command.run(["replay", "a.log"] + options)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.output == "")
        #expect(result.errors.contains(message), "\(result.errors)")
    }

    @Test func wrongFiles() throws {
        try folder.write("vmid,cpu,mem,at,lt\n", to: "trace.csv")
        for (path, message) in [
            ("trace.csv", "trace.csv: is no log of a cluster"), ("no-such.log", "no-such.log: cannot be read"),
            (".", ".: "),
        ] {
            let result = try command.run(["replay", path, "--policy", "first-fit"])
            #expect(result.status == Status.failure && result.output == "")
            #expect(result.errors.contains(message), "\(result.errors)")
            #expect(result.errors.count { $0.isNewline } == 1)
        }
    }
}
