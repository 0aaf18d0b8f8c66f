import SpaneScheduling
import SpaneTestSupport
import Testing

/// Proposals: decisions that are carried out if nothing has changed that they depend on.
@Suite struct ProposalTests {
    /// A proposal, and whether a referee that is told of every change has seen one that matters.
    private struct Open {
        var request: Request
        var group: UInt64
        var proposal: Proposal
        var isOvertaken = false
    }

    private static let servers = 6
    private static let groups: UInt64 = 3

    private func fleet() throws -> Cluster {
        var cluster = Cluster()
        _ = try cluster.addServers(Array(repeating: Resources(cpu: 20, mem: 40), count: Self.servers))
        try cluster.setLevels(["rack"])
        for server in 0..<Self.servers { try cluster.setDomain(server / 2, of: server, level: 0) }
        try cluster.setRules([GroupRule(.atMost, level: 0, count: 2)], ofGroup: 1)
        try cluster.setRules([GroupRule(.spread, level: 0, count: 3), GroupRule(.together, isHard: false)], ofGroup: 2)
        return cluster
    }

    @Test func areCarriedOutWhereNothingThatMattersHasChanged() throws {
        var generator = Xoshiro256StarStar(seed: 11)
        var cluster = try fleet()
        var policies: [BestFit] = [BestFit(), BestFit()]
        var open: [Open] = []
        var (next, done, overtaken): (UInt64, Int, Int) = (0, 0, 0)
        func note(server: Int?, group: UInt64, in open: inout [Open]) {
            for index in open.indices {
                let isAbout = group != 0 && open[index].group == group
                if isAbout || server == nil || open[index].proposal.placement.server == server {
                    open[index].isOvertaken = true
                }
            }
        }
        for _ in 0..<6000 {
            switch generator.next() % 10 {
            case 0..<3:
                guard open.count < 5 else { break }
                let group = generator.next() % (Self.groups + 1)
                let request = Request(
                    cpu: Double(1 + generator.next() % 6),
                    mem: Double(1 + generator.next() % 9),
                    span: 1
                )
                let which = Int(generator.next() % 2)
                guard let chosen = policies[which].placement(for: request, in: group, on: cluster) else { break }
                open.append(Open(request: request, group: group, proposal: cluster.proposal(chosen, in: group)))
            case 3..<6:
                guard !open.isEmpty else { break }
                let one = open.remove(at: Int(generator.next() % UInt64(open.count)))
                next += 1
                // Where nothing was changed that matters, only a hard rule about other servers may refuse it.
                var plain = cluster.copy()
                let fits: Bool
                do {
                    try plain.place(next, one.request, in: one.group, at: one.proposal.placement)
                    fits = true
                } catch { fits = false }
                let isDone = try cluster.commit(next, one.request, in: one.group, one.proposal)
                #expect(isDone == (fits && !one.isOvertaken))
                #expect((cluster.find(next)?.placement == one.proposal.placement) == isDone)
                done += isDone ? 1 : 0
                overtaken += isDone ? 0 : 1
                if isDone { note(server: one.proposal.placement.server, group: one.group, in: &open) }
            case 6, 7:
                let ids = cluster.vmIDs
                guard !ids.isEmpty else { break }
                let id = ids[Int(generator.next() % UInt64(ids.count))]
                let group = cluster.group(of: id) ?? 0
                guard let gone = cluster.release(id) else { break }
                note(server: gone.placement.server, group: group, in: &open)
            case 8:
                let server = Int(generator.next() % UInt64(Self.servers))
                if cluster.state.isCordoned(server) { try cluster.uncordon(server) } else { try cluster.cordon(server) }
                note(server: server, group: 0, in: &open)
            default:
                let group = 1 + generator.next() % Self.groups
                if generator.next() % 4 == 0 {
                    let (server, domain) = (Int(generator.next() % UInt64(Self.servers)), Int(generator.next() % 3))
                    guard try cluster.domain(of: server, level: 0) != domain else { break }
                    try cluster.setDomain(domain, of: server, level: 0)
                    for known in cluster.groupIDs { note(server: -1, group: known, in: &open) }
                } else {
                    try cluster.setRules(cluster.rules(ofGroup: group), ofGroup: group)
                    // A group without rules and VMs is not known, before and after.
                    if cluster.groupIDs.contains(group) { note(server: -1, group: group, in: &open) }
                }
            }
            for server in 0..<Self.servers {
                for node in 0..<2 where !cluster.state.isCordoned(server) {
                    let free = cluster.state.free(server: server, node: node)
                    #expect(free.cpu >= 0 && free.mem >= 0)
                }
            }
        }
        #expect(done > 200 && overtaken > 200, "\(done) and \(overtaken)")
    }

    @Test func endWithEveryChangeOfServersAndWithOld() throws {
        var cluster = try fleet()
        let request = Request(cpu: 2, mem: 4, span: 1)
        let proposal = cluster.proposal(Placement(server: 3, nodes: NodeSet(node: 0)))
        var grown = cluster.copy()
        _ = try grown.addServers([Resources(cpu: 20, mem: 40)])
        #expect(try !grown.commit(1, request, proposal))
        // Nor is it known any more what has changed.
        let small = Request(cpu: 1, mem: 1, span: 1)
        for id in 10..<200 as Range<UInt64> {
            try cluster.place(id, small, at: Placement(server: 0, nodes: NodeSet(node: 0)))
            _ = cluster.release(id)
        }
        #expect(try !cluster.commit(1, request, proposal))
        let fresh = cluster.proposal(Placement(server: 3, nodes: NodeSet(node: 0)))
        #expect(throws: SchedulingError.self) { try cluster.commit(1, Request(cpu: 0, mem: 1, span: 1), fresh) }
        #expect(try cluster.commit(1, request, fresh))
        #expect(throws: SchedulingError.self) { try cluster.commit(1, request, fresh) }
    }
}
