import SpaneScheduling
import SpaneWorkloads
import Testing

@Suite("Synthetic workload")
struct SyntheticWorkloadTests {
    @Test("The same seed gives the same VMs, another seed others")
    func seeds() {
        let first = SyntheticWorkload(count: 3000, seed: 5).makeVirtualMachines()
        #expect(first == SyntheticWorkload(count: 3000, seed: 5).makeVirtualMachines())
        #expect(first != SyntheticWorkload(count: 3000, seed: 6).makeVirtualMachines())
    }

    @Test("A shorter trace is the beginning of a longer one")
    func prefix() {
        let long = SyntheticWorkload(count: 5000, seed: 9).makeVirtualMachines()
        for count in [0, 1, 2, 777, 4999] {
            #expect(SyntheticWorkload(count: count, seed: 9).makeVirtualMachines() == Array(long.prefix(count)))
        }
    }

    @Test("Numbered, ascending, whole seconds, in range", arguments: [1, 2, 3] as [UInt64])
    func shape(seed: UInt64) {
        let vms = SyntheticWorkload(count: 20_000, seed: seed).makeVirtualMachines()
        #expect(vms.count == 20_000)
        #expect(vms.first?.arrival == 0)
        #expect(vms.enumerated().allSatisfy { $0.element.id == Int64($0.offset) })
        #expect(zip(vms, vms.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
        #expect(vms.allSatisfy { $0.arrival == $0.arrival.rounded() && $0.lifetime == $0.lifetime.rounded() })
        #expect(vms.allSatisfy { $0.lifetime >= 1 && $0.lifetime <= 2_500_000 })
    }

    @Test("Every VM fits an empty server of 2 x (40 cores, 90 GB)")
    func placeable() {
        let halves = SyntheticWorkload(count: 50_000, seed: 1).makeVirtualMachines().map {
            $0.mem > 10 ? Resources(cpu: $0.cpu / 2, mem: $0.mem / 2) : Resources(cpu: $0.cpu, mem: $0.mem)
        }
        #expect(halves.allSatisfy { $0.cpu <= 40 && $0.mem <= 90 })
    }

    @Test("Flavor shares of the first phase", arguments: [1, 2, 3] as [UInt64])
    func shares(seed: UInt64) {
        let summary = TraceSummary(SyntheticWorkload(count: 50_000, seed: seed).makeVirtualMachines())
        func share(_ cpu: Double, _ mem: Double) -> Double {
            summary.flavors.first { $0.size == Resources(cpu: cpu, mem: mem) }?.share ?? 0
        }
        #expect(abs(share(1, 1) - 0.13) < 0.04)
        #expect(abs(share(1, 2) - 0.65) < 0.06)
        #expect(abs(share(2, 4) - 0.11) < 0.04)
        #expect(abs(share(4, 8) - 0.05) < 0.02)
        #expect(abs(share(1, 4) - 0.019) < 0.005)
        #expect(abs(share(8, 16) - 0.012) < 0.005)
        #expect(share(64, 128) > 0.0005 && share(64, 128) < 0.004)
    }

    @Test("The later phases ask for more big VMs", arguments: [1, 2] as [UInt64])
    func phases(seed: UInt64) {
        let vms = SyntheticWorkload(count: 100_000, seed: seed).makeVirtualMachines()
        func bigShare(_ range: Range<Int>) -> Double {
            Double(vms[range].count { $0.cpu >= 12 }) / Double(range.count)
        }
        #expect(abs(bigShare(0..<50_000) - 0.007) < 0.003)
        #expect(abs(bigShare(50_000..<70_000) - 0.016) < 0.006)
        #expect(abs(bigShare(70_000..<100_000) - 0.025) < 0.005)
        #expect(TraceSummary(vms).flavors.count == 15)
    }

    @Test("Lifetimes run from seconds to weeks; the quantiles of the most common size")
    func lifetimes() throws {
        let vms = SyntheticWorkload(count: 100_000, seed: 2).makeVirtualMachines()
        let all = vms.map(\.lifetime)
        #expect(try #require(all.min()) < 10)
        #expect(try #require(all.max()) > 1_000_000)
        let common = try #require(TraceSummary(vms).flavors.first { $0.size == Resources(cpu: 1, mem: 2) }).lifetimes
        #expect(common.tenth > 1000 && common.tenth < 4000)
        #expect(common.median > 4000 && common.median < 9000)
        #expect(common.ninetieth > 20_000 && common.ninetieth < 45_000)
    }

    @Test("Batches arrive in one second; campaigns follow the day")
    func bursts() {
        let summary = TraceSummary(SyntheticWorkload(count: 50_000, seed: 2).makeVirtualMachines())
        #expect(summary.arrivals.sameSecondShare > 0.45 && summary.arrivals.sameSecondShare < 0.7)
        let day = summary.arrivals.hourShares[2..<8].reduce(0, +)
        let night = summary.arrivals.hourShares[14..<20].reduce(0, +)
        #expect(day > 1.5 * night)
    }

    @Test("The demand of five servers is exceeded several times over")
    func demand() {
        let demand = TraceSummary(SyntheticWorkload(count: 50_000, seed: 1).makeVirtualMachines()).demand
        #expect(demand.mean.cpu > 2 * 400 && demand.mean.cpu < 12 * 400)
        #expect(demand.peak.cpu > demand.mean.cpu)
    }

    @Test("Twice the rate halves the span; twice the lifetimes double the median")
    func scales() throws {
        let base = SyntheticWorkload(count: 30_000, seed: 4)
        var fast = base
        fast.rateScale = 2
        var long = base
        long.lifetimeScale = 2
        let baseSummary = TraceSummary(base.makeVirtualMachines())
        let ratio = TraceSummary(fast.makeVirtualMachines()).span / baseSummary.span
        #expect(ratio > 0.4 && ratio < 0.6)
        let longer = TraceSummary(long.makeVirtualMachines()).lifetimes.median / baseSummary.lifetimes.median
        #expect(abs(longer - 2) < 0.05)
    }

    @Test("Without daily amplitude and variation, a routine kind is a Poisson process of its rate and lifetime")
    func routine() {
        var workload = SyntheticWorkload(count: 20_000, seed: 3)
        workload.kinds = [
            JobKind(
                cpu: 2,
                mem: 4,
                perDay: [8640],
                lifetime: LifetimeDistribution(median: 600, spread: 0),
                pattern: .routine
            )
        ]
        let summary = TraceSummary(workload.makeVirtualMachines())
        #expect(abs(summary.arrivals.meanPerHour - 360) < 12)
        #expect(summary.lifetimes.values == [600, 600, 600, 600, 600, 600])
        // Little's law: 0.1 arrivals a second times 600 s times 2 cores.
        #expect(abs(summary.demand.mean.cpu - 120) < 5)
    }

    @Test("A launch brings all VMs of a campaign in one second")
    func launches() {
        var workload = SyntheticWorkload(count: 10_000, seed: 3)
        workload.launchShare = 1
        workload.campaignSpread = 0
        workload.kinds = [
            JobKind(
                cpu: 1,
                mem: 1,
                perDay: [2000],
                lifetime: LifetimeDistribution(median: 60, spread: 0.1),
                pattern: .campaign(size: 10, batch: 1)
            )
        ]
        let summary = TraceSummary(workload.makeVirtualMachines())
        #expect(abs(summary.arrivals.sameSecondShare - 0.9) < 0.02)
    }

    @Test("No demand gives no VMs, and a phase without demand ends the trace")
    func noDemand() {
        #expect(SyntheticWorkload(count: 0, seed: 1).makeVirtualMachines().isEmpty)
        var workload = SyntheticWorkload(count: 1000, seed: 1)
        workload.kinds = []
        #expect(workload.makeVirtualMachines().isEmpty)
        workload.phaseStarts = [100]
        workload.kinds = [
            JobKind(
                cpu: 1,
                mem: 1,
                perDay: [960, 0],
                lifetime: LifetimeDistribution(median: 60, spread: 0.1),
                pattern: .routine
            )
        ]
        let vms = workload.makeVirtualMachines()
        #expect(vms.count >= 100 && vms.count < 150)
    }
}
