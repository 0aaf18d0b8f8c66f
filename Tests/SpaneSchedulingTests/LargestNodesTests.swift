import SpaneScheduling
import SpaneTestSupport
import Testing

/// What fits on no server, even if it were empty.
@Suite struct LargestNodesTests {
    /// Looks at every server.
    private func naive(_ nodes: [Resources], _ request: Request) -> Bool {
        let demand = request.demandPerNode
        return nodes.contains { $0.cpu >= demand.cpu && $0.mem >= demand.mem }
    }

    @Test func coresAndMemoryHaveToBeOnOneServer() throws {
        var fleet = try Fleet()
        try fleet.addServers([Resources(cpu: 40, mem: 90), Resources(cpu: 8, mem: 500)])
        let cases = [(40.0, 8.0, true), (41, 8, false), (16, 1000, true), (17, 1000, false), (80, 181, false)]
        for (cpu, mem, fits) in cases {
            let holds = fleet.cluster.canEverHold(try fleet.request(cpu: cpu, mem: mem))
            #expect(holds == fits, "\(cpu) \(mem)")
        }
    }

    @Test func whatIsCordonedOrTakenCouldBeEmpty() throws {
        var fleet = try Fleet()
        try fleet.addServers([Resources(cpu: 40, mem: 90)])
        let request = try fleet.request(cpu: 40, mem: 8)
        try fleet.place(1, request, at: Action(0))
        try fleet.setFree(Resources(cpu: 0, mem: 0), server: 0, node: 1)
        try fleet.cordon(0)
        let holds = fleet.cluster.canEverHold(request)
        #expect(holds)
    }

    @Test(arguments: 1...20)
    func agreesWithLookingAtAllServers(seed: UInt64) throws {
        var generator = Xoshiro256StarStar(seed: seed)
        var fleet = try Fleet()
        var nodes: [Resources] = []
        for _ in 0..<30 {
            let added = (0..<1 + generator.below(4)).map { _ in
                Resources(cpu: Double(1 + generator.below(40)), mem: Double(1 + generator.below(40)))
            }
            nodes += added
            try fleet.addServers(added)
            for _ in 0..<40 {
                let (cpu, mem) = (Double(1 + generator.below(60)), Double(1 + generator.below(60)))
                let request = try fleet.request(cpu: cpu, mem: mem)
                let holds = fleet.cluster.canEverHold(request)
                #expect(holds == naive(nodes, request), "\(cpu) \(mem) on \(nodes)")
                let copy = fleet.cluster.copy()
                let copyHolds = copy.canEverHold(request)
                #expect(copyHolds == holds)
            }
        }
    }
}
