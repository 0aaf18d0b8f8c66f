import SpaneEvaluation
import SpaneScheduling
import SpaneTestSupport
import Synchronization
import Testing

/// Episodes in which nothing waits.
@Suite struct LossEvaluationTests {
    /// Everything that is counted, beside the oracle, on small fleets of every shape.
    @Test(arguments: 1...Layout.mostNodes)
    func whatIsRefusedAndHowTheFleetStands(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 61)
        var refusals = 0
        for _ in 0..<15 {
            let fleet = try RandomFleet(nodes: nodes, servers: 1 + generator.below(2), &generator)
            let vms = fleet.vms(count: 160, &generator)
            let trace = try Trace(vms, resources: fleet.extras)
            let scenario = try Scenario(trace, on: fleet.configuration)
            let start = generator.below(10)
            let length = 1 + generator.below(140)
            let plan = try EpisodePlan.withoutQueue(scenario, starts: [start], length: length)
            let samples = 1 + generator.below(3)
            let episode = try LossEvaluation(
                of: .heuristic(.firstFit),
                on: plan,
                sampling: FleetSampling(samples: samples)
            ).episodes[0]

            let (refused, before) = NaiveLoss(vms, fleet, fleet.plain).firstFit(start..<start + length)
            refusals += refused.count
            #expect(episode.all.refused.vms == refused.count)
            #expect(episode.all.asked.vms == length)
            let largest = fleet.plain.map { $0.capacity.reduce(0) { $0 + $1[0] } }.max() ?? 0
            for size in SizeClass.allCases {
                func sums(_ indices: some Sequence<Int>) -> [Double] {
                    let mine = indices.map { vms[$0] }.filter { vm in
                        let cores = Steps.demand(vm.cpu)
                        let expected: SizeClass =
                            4 * cores >= largest ? .large : 16 * cores >= largest ? .medium : .small
                        return expected == size
                    }
                    let cores = mine.map { Steps.amount(Steps.demand($0.cpu)) }
                    return [
                        Double(mine.count), cores.reduce(0, +),
                        zip(mine, cores).reduce(0) { $0 + $1.0.lifetime * $1.1 },
                    ]
                }
                let tally = episode.bySize[size.rawValue]
                #expect(close(tally.asked.values, sums(start..<start + length)))
                #expect(close(tally.refused.values, sums(refused)))
            }

            let places = Self.places(samples, of: length)
            let flavors = (0..<trace.count).map { trace.flavor(of: $0) }.sorted()
            let requests = trace.flavors.indices.map { flavor in
                fleet.ask(of: vms[(0..<vms.count).first { trace.flavor(of: $0) == flavor } ?? 0]).plain(fleet.layout)
            }
            let naive = places.map { NaiveMetrics(servers: before[$0], mix: flavors, requests: requests) }
            for (metric, mean) in zip(FleetMetric.all, episode.figures.means) {
                let values = naive.compactMap { $0.value(metric.name) }
                let expected = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
                #expect(close([mean ?? -1], [expected ?? -1]), "\(metric.name): \(mean as Any), \(expected as Any)")
            }
        }
        #expect(refusals > 10)
    }

    /// The second half in equal steps.
    private static func places(_ samples: Int, of length: Int) -> [Int] {
        let rest = length / 2
        let count = min(samples, rest)
        return (0..<count).map { length - rest + $0 * rest / count }
    }

    private func close(_ left: [Double], _ right: [Double]) -> Bool {
        zip(left, right).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($1)) }
    }

    /// As long as nothing is refused, an episode with a queue stands the same at the same moments.
    @Test func theFleetBesideAQueue() throws {
        let trace = try Samples.trace()
        let scenario = try Scenario(trace, on: Fleet(servers: 30, node: RandomTrace.node))
        let starts = [0, 40, 111]
        let sampling = FleetSampling(samples: 5)
        for source in [PolicySource.heuristic(.balanceFit), .heuristic(.random(seed: 3)), .model(try Samples.spane())] {
            let plan = try EpisodePlan(scenario, starts: starts, until: .length(200))
            let queue = try Evaluation(of: source, on: plan, sampling: sampling)
            #expect(queue.totalWaits == [0, 0, 0])
            let loss = try LossEvaluation(
                of: source,
                on: .withoutQueue(scenario, starts: starts, length: 200),
                sampling: sampling
            )
            #expect(loss.episodes.map(\.figures) == queue.figures)
            #expect(loss.all.refused == LossEpisode.Count())
            #expect(loss.all.asked.vms == 600)
            #expect(loss.decisionsPerSecond > 0)
        }
    }

    /// Taking metrics changes no wait, and none are taken unless they are asked for.
    @Test func metricsChangeNothing() throws {
        let plan = try EpisodePlan(Scenario(Samples.trace(), on: Samples.fleet()), starts: [3, 90, 7, 200])
        for source in [PolicySource.heuristic(.firstFit), .heuristic(.random(seed: 3)), .model(try Samples.spane())] {
            let plain = try Evaluation(of: source, on: plan)
            let sampled = try Evaluation(of: source, on: plan, sampling: FleetSampling(), threads: 2)
            #expect(sampled.totalWaits == plain.totalWaits)
            #expect(plain.figures.isEmpty)
            #expect(sampled.figures.count == 4)
            #expect(Set(FleetFigures.means(of: sampled.figures)).count > 3)
        }
    }

    @Test func threadsDoNotMatter() throws {
        let scenario = try Scenario(Samples.trace(), on: Samples.fleet())
        let plan = try EpisodePlan.withoutQueue(scenario, starts: Array(0..<20), length: 300)
        let source = PolicySource.heuristic(.random(seed: 1))
        let one = try LossEvaluation(of: source, on: plan)
        #expect(one.all.refused.vms > 0)
        let heard = Mutex<[Int]>([])
        for threads in [2, 5] {
            let other = try LossEvaluation(of: source, on: plan, threads: threads) { done in
                heard.withLock { $0.append(done) }
            }
            #expect(other.episodes == one.episodes)
        }
        #expect(heard.withLock { $0 } == Array(1...20) + Array(1...20))
    }

    @Test func itCanBeCancelled() throws {
        let scenario = try Scenario(Samples.trace(), on: Samples.fleet())
        let plan = try EpisodePlan.withoutQueue(scenario, starts: Array(0..<200), length: 300)
        #expect(throws: SchedulingError.self) {
            _ = try LossEvaluation(
                of: .heuristic(.firstFit),
                on: plan,
                sampling: FleetSampling(samples: 100),
                threads: 1,
                reporting: Progress { _ in false }
            )
        }
    }

    @Test func whatIsRefused() throws {
        let scenario = try Scenario(Samples.trace(), on: Samples.fleet())
        let error = SchedulingError(
            .invalidArgument,
            "starts[1]: length is 300; from start 301 this trace allows 1 ... 297"
        )
        #expect(throws: error) { try EpisodePlan.withoutQueue(scenario, starts: [0, 301], length: 300) }
        #expect(throws: SchedulingError.self) { try FleetMetric.room(cpu: 0, mem: 1, on: scenario.fleet) }
    }

    /// The named room is the closed form of the cluster, and what the oracle places.
    @Test(arguments: 1...Layout.mostNodes)
    func roomForAFlavor(nodes: Int) throws {
        var generator = Xoshiro256StarStar(seed: UInt64(nodes), stream: 62)
        for _ in 0..<20 {
            let fleet = try RandomFleet(nodes: nodes, servers: 2, &generator)
            let metric = try FleetMetric.room(cpu: 1, mem: 1.75, on: fleet.configuration)
            #expect(metric.name == "room_1x1.75")
            let scenario = try Scenario(
                Trace(fleet.vms(count: 3, &generator), resources: fleet.extras),
                on: fleet.configuration
            )
            var ask = Ask(cpu: 1, mem: 1.75, span: 1)
            ask.span = fleet.span(of: ask)
            let naive = NaiveMetrics(servers: fleet.plain, mix: [], requests: [])
            #expect(
                metric.value(of: ClusterState(try fleet.configuration), for: FlavorCounts(scenario))
                    == Double(naive.room(ask.plain(fleet.layout)))
            )
        }
    }

    /// Every name in results is of one metric.
    @Test func names() {
        #expect(Set(FleetMetric.all.map(\.name)).count == FleetMetric.all.count)
    }
}

extension LossEpisode.Count {
    fileprivate var values: [Double] { [Double(vms), cores, coreSeconds] }
}
