import Foundation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane plan`.
@Suite struct PlanCommandTests {
    private let command = Command()

    /// Two servers, on each of which one VM is in the way of a large one.
    init() throws {
        var cluster = try Cluster(Fleet(servers: 2))
        for server in 0..<2 {
            let vm = try cluster.request(cpu: 30, mem: 8)
            try cluster.place(UInt64(server + 1), vm, at: Placement(server: server, node: 0))
        }
        try ClusterFile.write(cluster, to: command.folder.file("cluster.h5"))
    }

    private func plan(_ arguments: String..., status: Int32 = 0) throws -> String {
        let result = try command.run(["plan", "cluster.h5"] + arguments)
        #expect(result.status == status)
        #expect(result.errors == "")
        return result.output
    }

    @Test func makesRoom() throws {
        let output = try plan("--make-room", "70c,60GB,2", "--output", "plan.csv")
        #expect(
            output == """
                70 cores and 60 GB over 2 nodes fit on no server. On nodes 0 and 1 of server 0: 25 cores on node 0. 1 move of 8 GB in \
                all makes room there, at a price of 10. Greedy plans elsewhere: nodes 0 and 1 of server 1 10.

                round  VM  from   to  GB  price
                ───────────────────────────────
                0       1   0:0  1:1   8     10

                The VM fits on nodes 0 and 1 of server 0 then.

                """
        )
        #expect(
            try String(contentsOfFile: command.folder.file("plan.csv"), encoding: .utf8) == """
                round,vm,from_server,from_nodes,to_server,to_nodes,mem,price,request
                0,1,0,0,1,1,8,10,0

                """
        )
        let json = try plan("--make-room", "70,60", "--json")
        #expect(json.contains("\"price\" : 10") && json.contains("\"vm\" : 1"))
    }

    @Test(arguments: ["plan.json", "plan.JSON"])
    func filesAreWrittenByTheirName(name: String) throws {
        let output = try plan("--make-room", "70,60", "--json", "--output", name)
        #expect(try command.folder.text(name) == output)
    }

    /// A script must not take a plan for one that does all.
    @Test func plansThatLeaveSomethingOut() throws {
        let both = try plan("--make-room", "70c,60GB", "--make-room", "70c,60GB", status: 2)
        #expect(both.contains("1 move lets 1 of 2 VMs in.") && both.contains("VM 2 of the list stays out."))
        #expect(try plan("--make-room", "90c,60GB", "--json", status: 2).contains("null"))
        let drain = try plan("--drain", "0", "--pin", "1", status: 2)
        #expect(drain.contains("For 1 VM of server 0 no other place was found."))
        #expect(try command.succeed("plan", "--help").contains("exit status is 2"))
    }

    @Test func emptiesServers() throws {
        #expect(try plan("--drain", "0").hasPrefix("1 move of 8 GB in all empties server 0."))
        #expect(try plan("--consolidate", "5").contains("no more than 1 can be emptied"))
        #expect(try plan("--repair", "1").contains("even"))
    }

    @Test func refusesWhatMakesNoSense() throws {
        try command.fail(
            ["plan", "cluster.h5"],
            status: Status.usage,
            "Give one of --make-room, --drain, --consolidate and --repair."
        )
        try command.fail(
            ["plan", "cluster.h5", "--drain", "0", "--output", "./cluster.h5"],
            status: Status.usage,
            "--output is './cluster.h5', the cluster itself; it must name another file."
        )
        let result = try command.run(["plan", "cluster.h5", "--drain", "7"])
        #expect(result.status != 0 && result.errors.contains("server is 7; it must be in 0 ... 1"))
        let other = try command.run(["plan", "cluster.h5", "--make-room", "70x,60GB"])
        #expect(other.status == Status.usage)
    }
}
