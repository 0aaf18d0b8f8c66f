import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Servers that fail or are drained while nothing waits.
@Suite struct OutageTests {
    /// Everything that is counted, beside the oracle, on small fleets of every shape.
    @Test(arguments: 1...Layout.mostNodes)
    func besideTheOracle(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 63)
        var (moved, refusedAgain) = (0, 0)
        for _ in 0..<20 {
            let fleet = try RandomFleet(nodes: nodes, servers: 2 + generator.below(3), &generator)
            let vms = fleet.vms(count: 160, &generator)
            let scenario = try Scenario(Trace(vms, resources: fleet.extras), on: fleet.configuration)
            let outages = Self.outages(servers: fleet.plain.count, until: vms[159].arrival, &generator)
            let (start, length) = (generator.below(10), 1 + generator.below(140))

            let (offers, _) = NaiveLoss(vms, fleet, fleet.plain).firstFit(start..<start + length, outages: outages)
            let refused = offers.filter { !$0.isPlaced }
            var player = try LossPlayer(.heuristic(.firstFit), scenario, outages: outages)
            let episode = try player.play(start: start, length: length)
            #expect(agrees(episode.all.asked, offers, vms))
            #expect(agrees(episode.all.refused, refused, vms))
            #expect(episode.bySize.reduce(0) { $0 + $1.asked.vms } == offers.count)
            #expect(try player.refuses(start: start, length: length) == !refused.isEmpty)
            // What was cut off at the first refusal, with servers away, leaves nothing behind.
            #expect(try player.play(start: start, length: length) == episode)
            moved += offers.count - length
            refusedAgain += offers.indices.count { index in
                !offers[index].isPlaced && offers[..<index].contains { $0.vm == offers[index].vm }
            }
        }
        #expect(moved > 20)
        #expect(refusedAgain > 5)
    }

    private func agrees(_ count: LossEpisode.Count, _ offers: [NaiveLoss.Offer], _ vms: [VirtualMachine]) -> Bool {
        let cores = offers.map { Steps.amount(Steps.demand(vms[$0.vm].cpu)) }
        let coreSeconds = zip(offers, cores).reduce(0) { $0 + $1.0.lifetime * $1.1 }
        func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-9 * max(1, abs(right)) }
        return count.vms == offers.count && isClose(count.cores, cores.reduce(0, +))
            && isClose(count.coreSeconds, coreSeconds)
    }

    /// For each server some that follow each other, one at once where the other ends, and several servers at once.
    private static func outages(
        servers: Int,
        until last: Double,
        _ generator: inout Xoshiro256StarStar
    ) -> [Outage] {
        var outages: [Outage] = []
        for server in 0..<servers {
            var time = Double(generator.below(20))
            while time < last {
                let end = time + Double(1 + generator.below(25))
                outages.append(Outage(server: server, start: time, end: end, isFailure: generator.below(2) == 0))
                time = end + Double(10 * generator.below(4))
            }
        }
        return outages.sorted { $0.start < $1.start }
    }

    /// Every policy, whatever it remembers of the servers, plays the same again, and places nothing on a server that is away.
    @Test func everyHeuristic() throws {
        let vms = (0..<40).map {
            VirtualMachine(id: Int64($0), cpu: 10, mem: 4, arrival: Double($0), lifetime: 100)
        }
        let scenario = try Scenario(Trace(vms), on: Fleet(servers: 2))
        // One server of 80 cores has room for the eight that come before the other fails.
        let outages = [
            Outage(server: 0, start: 4, end: 30.5, isFailure: true),
            Outage(server: 1, start: 30.5, end: 99, isFailure: false),
        ]
        for heuristic in [Heuristic.firstFit, .bestFit, .balanceFit, .moveToFront, .random(seed: 3)] {
            var player = try LossPlayer(.heuristic(heuristic), scenario, outages: outages)
            let first = try player.play(start: 0, length: 38)
            // Of 38 server 1 takes 8, with what server 0 has lost, and server 0 the 7 from 31 on.
            #expect(first.all.refused.vms == 38 - 8 - 7)
            #expect(try player.play(start: 0, length: 38) == first)
        }
    }

    /// At one moment departures come first, then the servers that are back, then those that leave, then arrivals.
    @Test func atOneMoment() throws {
        func vm(_ id: Int64, at arrival: Double, for lifetime: Double) -> VirtualMachine {
            VirtualMachine(id: id, cpu: 40, mem: 1, arrival: arrival, lifetime: lifetime)
        }
        // Two fill the server; at 10 one has left, the server fails and the other is lost; at 20 it is back.
        let vms = [
            vm(0, at: 0, for: 10), vm(1, at: 1, for: 99), vm(2, at: 10, for: 5), vm(3, at: 20, for: 1),
            vm(4, at: 30, for: 1),
            vm(5, at: 31, for: 1),
        ]
        let scenario = try Scenario(Trace(vms), on: Fleet(servers: 1))
        let outages = [Outage(server: 0, start: 10, end: 20, isFailure: true)]
        var player = try LossPlayer(.heuristic(.bestFit), scenario, outages: outages)
        let all = try player.play(start: 0, length: 4).all
        #expect(all.asked.vms == 5)
        #expect(all.refused.vms == 2)
        #expect(all.refused.coreSeconds == 40 * (90 + 5))
        // Drained, it keeps the other to its end.
        let drain = [Outage(server: 0, start: 10, end: 20, isFailure: false)]
        var drained = try LossPlayer(.heuristic(.bestFit), scenario, outages: drain)
        let kept = try drained.play(start: 0, length: 4).all
        #expect(kept.asked.vms == 4)
        #expect(kept.refused.vms == 1)
    }
}
