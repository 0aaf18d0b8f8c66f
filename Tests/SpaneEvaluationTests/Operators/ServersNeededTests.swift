import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// The fewest servers on which nothing is refused, and their bound.
@Suite struct ServersNeededTests {
    /// Beside the oracle, on fleets of every shape: First Fit needs what trying every number from 1 on finds, so that the bound,
    /// from which it is looked for, is none too high.
    @Test(arguments: 1...Layout.mostNodes)
    func everyNumberTried(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 71)
        var (reached, above) = (0, 0)
        for _ in 0..<6 {
            let fleet = try RandomFleet(nodes: nodes, servers: 1 + generator.below(4), &generator)
            let vms = fleet.vms(count: 50, &generator)
            let scenario = try Scenario(Trace(vms, resources: fleet.extras), on: fleet.configuration)
            let (start, length) = (generator.below(8), 10 + generator.below(30))
            let bound = try scenario.serverBound(start: start, length: length)
            let growth = try Self.growth(fleet.configuration)
            let needed = (1...1000).first { count in
                let servers = (0..<count).map { PlainServer(fleet.types[growth[$0 % growth.count]]) }
                return NaiveLoss(vms, fleet, servers).firstFit(start..<start + length).refused.isEmpty
            }
            let found = try ServersNeeded.count(
                of: .heuristic(.firstFit),
                on: scenario,
                start: start,
                length: length,
                from: bound
            )
            #expect(found == needed)
            reached += found == bound ? 1 : 0
            above += bound > 1 ? 1 : 0
            for heuristic in [Heuristic.bestFit, .balanceFit, .moveToFront, .random(seed: 1)] {
                let other = try ServersNeeded.count(
                    of: .heuristic(heuristic),
                    on: scenario,
                    start: start,
                    length: length,
                    from: 1
                )
                #expect(other >= bound)
            }
        }
        // A bound of 1 would prove nothing.
        #expect(above > 2)
        #expect(reached > 0)
    }

    /// Each next server is of the type that is furthest behind its share.
    private static func growth(_ fleet: Fleet) -> [Int] {
        var given = fleet.counts.map { _ in 0 }
        return (0..<fleet.serverCount).map { _ in
            let left = fleet.counts.indices.filter { given[$0] < fleet.counts[$0] }
            let next =
                left.min { left, right in
                    (2 * given[left] + 1) * fleet.counts[right] < (2 * given[right] + 1) * fleet.counts[left]
                } ?? 0
            given[next] += 1
            return next
        }
    }

    /// The first k servers have of each type its share, rounded, and all of them are the fleet, once and again.
    @Test func proportions() throws {
        let types = [3, 5, 2].map { ServerType(equalNodes: 2, of: Resources(cpu: Double($0), mem: 1)) }
        let typeOfServer = [Int32](repeating: 0, count: 30) + [Int32](repeating: 1, count: 15) + [2, 2, 2]
        let fleet = try Fleet(layout: .published, types: types, typeOfServer: typeOfServer)
        #expect(fleet.growth.map(Int.init) == Self.growth(fleet))
        for count in 1...100 {
            let scaled = try fleet.scaled(to: count)
            #expect(scaled.serverCount == count)
            for (part, whole) in zip(scaled.counts, fleet.counts) {
                #expect(abs(Double(part) - Double(count * whole) / 48) < 1)
            }
            #expect(scaled.counts == fleet.counts.map { $0 * count / 48 } || count % 48 != 0)
        }
        #expect(throws: SchedulingError.self) { try fleet.scaled(to: 0) }
        #expect(throws: SchedulingError.self) { try fleet.scaled(to: Fleet.maximumServers + 1) }
        #expect(throws: SchedulingError.self) { try fleet.scaled(to: .max) }
    }

    /// Five VMs of more than half a node need three servers of two nodes, where a pool of cores needs two.
    @Test func theBoundWorkedOutByHand() throws {
        func vm(_ id: Int, _ arrival: Double, _ lifetime: Double) -> VirtualMachine {
            VirtualMachine(id: Int64(id), cpu: 21, mem: 1, arrival: arrival, lifetime: lifetime)
        }
        let vms = (0..<5).map { vm($0, Double($0), 10) } + [vm(5, 10, 1), vm(6, 99, 1), vm(7, 100, 1), vm(8, 101, 1)]
        // The number of servers that there are does not matter.
        for servers in [1, 7] {
            let scenario = try Scenario(Trace(vms), on: Fleet(servers: servers))
            #expect(try scenario.serverBound(start: 0, length: 5) == 3)
            #expect(try scenario.serverBound(start: 0, length: 4) == 2)
            // At 10 the first VM has left.
            #expect(try scenario.serverBound(start: 0, length: 6) == 3)
            #expect(try scenario.serverBound(start: 6, length: 1) == 1)
        }
        let scenario = try Scenario(Trace(vms), on: Fleet(servers: 1))
        let source = PolicySource.heuristic(.firstFit)
        for (start, length) in [(-1, 1), (0, 0), (0, 8), (7, 1), (1, .max), (0, -1), (.max, 1)] {
            #expect(throws: SchedulingError.self) { try scenario.serverBound(start: start, length: length) }
            #expect(throws: SchedulingError.self) {
                try ServersNeeded.count(of: source, on: scenario, start: start, length: length, from: 1)
            }
        }
        #expect(throws: SchedulingError.self) {
            try ServersNeeded.count(of: source, on: scenario, start: 0, length: 1, from: 0)
        }
    }

    /// A type of which there is one in ten servers comes with the sixth.
    @Test func aTypeThatFewServersHave() throws {
        let small = ServerType(equalNodes: 2, of: Resources(cpu: 4, mem: 16))
        let large = ServerType(equalNodes: 2, of: Resources(cpu: 16, mem: 64))
        let fleet = try Fleet(
            layout: .published,
            types: [small, large],
            typeOfServer: [1] + [Int32](repeating: 0, count: 9)
        )
        let vms = (0..<4).map { VirtualMachine(id: Int64($0), cpu: 10, mem: 8, arrival: Double($0), lifetime: 1) }
        let scenario = try Scenario(Trace(vms), on: fleet)
        let bound = try scenario.serverBound(start: 0, length: 2)
        #expect(bound <= 6)
        let source = PolicySource.heuristic(.firstFit)
        #expect(try ServersNeeded.count(of: source, on: scenario, start: 0, length: 2, from: bound) == 6)
    }

    @Test func windows() throws {
        let trace = try Samples.trace()
        #expect(try Starts.windows(4, length: 100, in: trace) == [0, 124, 248, 372])
        #expect(try Starts.windows(1, length: 597, in: trace) == [0])
        func message(_ count: Int, _ length: Int) -> String? {
            do {
                _ = try Starts.windows(count, length: length, in: trace)
                return nil
            } catch { return "\(error)" }
        }
        #expect(message(1, 598) == "a window has 598 VMs; in this trace it may have 1 ... 597")
        #expect(message(1, 0) == "a window has 0 VMs; in this trace it may have 1 ... 597")
        #expect(message(0, 9) == "there are 0 windows; of 9 VMs this trace has 1 ... 589 that start apart")
        #expect(message(590, 9) == "there are 590 windows; of 9 VMs this trace has 1 ... 589 that start apart")
        #expect(message(589, 9) == nil)
    }

    @Test func percentile() {
        #expect(WaitMetric.servers90.value(of: (1...10).map(Double.init)) == 9)
        #expect(WaitMetric.servers90.value(of: (1...11).map(Double.init).reversed()) == 10)
        #expect(WaitMetric.servers90.value(of: [7]) == 7)
        #expect(WaitMetric.serversMean.value(of: [7, 8]) == 7.5)
    }
}
