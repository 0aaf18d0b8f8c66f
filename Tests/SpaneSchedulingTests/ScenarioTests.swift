import SpaneScheduling
import SpaneTestSupport
import Testing

/// Which VMs servers can ever hold, and how amounts are shared out.
@Suite struct ScenarioTests {
    @Test(arguments: 1...Layout.mostNodes)
    func emptyServersHoldWhatTheyHaveRoomFor(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 61)
        var counts = [true: 0, false: 0]
        for _ in 0..<400 {
            let fleet = try RandomFleet(nodes: nodes, servers: 1 + generator.below(3), &generator)
            for _ in 0..<4 {
                let ask = fleet.ask(&generator)
                let expected = fleet.plain.contains { !$0.sets(ask.plain(fleet.layout)).isEmpty }
                let canHold = try fleet.configuration.canEverHold(ask.request(fleet.layout))
                try #require(canHold == expected)
                counts[expected, default: 0] += 1
            }
        }
        #expect(counts.values.allSatisfy { $0 > 100 })
    }

    /// An episode would wait for it without end.
    @Test func kindsWithoutServersHoldNothing() throws {
        let (small, large) = (ServerType(nodes: [[2, 2]]), ServerType(nodes: [[8, 8], [8, 8]]))
        let layout = try Layout(nodes: 2)
        let configuration = try Fleet(layout: layout, types: [small, large], typeOfServer: [0, 0])
        #expect(configuration.counts == [2, 0])
        #expect(configuration.fewestNodes == 1)
        #expect(configuration.largestNode == Resources(cpu: 2, mem: 2))
        let vms = (0..<3).map { VirtualMachine(id: $0, cpu: 4, mem: 4, arrival: Double($0), lifetime: 1) }
        let error = SchedulingError(
            .invalidTrace,
            "VM 0 needs 4.0 cores and 4.0 GB on one NUMA node; no server is that large"
        )
        #expect(throws: error) { try Scenario(Trace(vms), on: configuration) }
    }

    /// Every remainder, ties, and shares that are short by exactly a part in a million.
    @Test func sharesAreRoundedAsDocumented() {
        var generator = Xoshiro256StarStar(seed: 62)
        for span in 1...8 {
            var amounts = Array(1...2000) + (1...100).map { 1_000_000 * $0 } + (1...100).map { 500_000 * $0 + span }
            amounts += (0..<2000).map { _ in 1 + generator.below(4_294_967_296_000_000) }
            for steps in amounts {
                let share = Request(cpu: Double(steps) / 1e6, mem: 1, span: span).demandPerNode.cpu
                #expect(share == Steps.amount(Steps.share(steps, span: span)), "\(steps) over \(span)")
            }
        }
        // Ten VMs of a tenth of a core fill a core, and ten of 12.77 GB fill 127.7 GB.
        #expect(10 * Steps.demand(0.1) == Steps.capacity(1))
        #expect(10 * Steps.demand(12.77) == Steps.capacity(127.7))
        for amount in [0.1, 12.77, 1.0 / 3, 127.7, 1e-6, 2e-6 / 3, 4_294_967_296] {
            let request = Request(cpu: amount, mem: 1)
            #expect(request.demandPerNode.cpu == Steps.amount(Steps.demand(amount)))
        }
    }
}
