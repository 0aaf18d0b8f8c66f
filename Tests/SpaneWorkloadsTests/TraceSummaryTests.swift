import SpaneScheduling
import SpaneWorkloads
import Testing

@Suite("Trace summary")
struct TraceSummaryTests {
    private func vm(_ cpu: Double, _ mem: Double, at arrival: Double, for lifetime: Double) -> VirtualMachine {
        VirtualMachine(id: 0, cpu: cpu, mem: mem, arrival: arrival, lifetime: lifetime)
    }

    @Test("No VMs: every number is zero")
    func empty() {
        let summary = TraceSummary([])
        #expect(summary.count == 0)
        #expect(summary.span == 0)
        #expect(summary.flavors.isEmpty)
        #expect(summary.lifetimes.values == [0, 0, 0, 0, 0, 0])
        #expect(summary.arrivals.meanPerHour == 0)
        #expect(summary.arrivals.peakPerHour == 0)
        #expect(summary.arrivals.sameSecondShare == 0)
        #expect(summary.arrivals.hourShares == Array(repeating: 0, count: 24))
        #expect(summary.demand.mean == Resources(cpu: 0, mem: 0))
        #expect(summary.demand.peak == Resources(cpu: 0, mem: 0))
    }

    @Test("One VM: no span, so no rates, but a peak")
    func single() {
        let summary = TraceSummary([vm(4, 8, at: 90_000, for: 60)])
        #expect(summary.count == 1)
        #expect(summary.span == 0)
        #expect(summary.flavors.count == 1)
        #expect(summary.flavors.first?.share == 1)
        #expect(summary.lifetimes.values == [60, 60, 60, 60, 60, 60])
        #expect(summary.arrivals.meanPerHour == 0)
        #expect(summary.arrivals.peakPerHour == 1)
        #expect(summary.arrivals.hourShares[1] == 1)
        #expect(summary.demand.mean == Resources(cpu: 0, mem: 0))
        #expect(summary.demand.peak == Resources(cpu: 4, mem: 8))
    }

    @Test("Sizes are ordered by cores, then memory, with their own lifetimes")
    func flavors() {
        let summary = TraceSummary([
            vm(2, 4, at: 0, for: 30), vm(1, 2, at: 0, for: 20), vm(1, 1, at: 1, for: 5), vm(1, 2, at: 2, for: 10),
        ])
        #expect(
            summary.flavors.map(\.size) == [
                Resources(cpu: 1, mem: 1), Resources(cpu: 1, mem: 2), Resources(cpu: 2, mem: 4),
            ]
        )
        #expect(summary.flavors.map(\.count) == [1, 2, 1])
        #expect(summary.flavors.map(\.share) == [0.25, 0.5, 0.25])
        #expect(summary.flavors.map(\.lifetimes.median) == [5, 15, 30])
    }

    @Test("Quantiles interpolate between neighbours")
    func quantiles() {
        let vms = (0...100).map { vm(1, 1, at: Double($0), for: Double((37 * $0) % 101)) }
        #expect(TraceSummary(vms).lifetimes.values == [10, 25, 50, 75, 90, 99])
        let two = TraceSummary([vm(1, 1, at: 0, for: 100), vm(1, 1, at: 0, for: 200)]).lifetimes
        #expect(abs(two.tenth - 110) < 1e-9)
        #expect(abs(two.ninetyNinth - 199) < 1e-9)
    }

    @Test("Arrivals: mean, fullest hour, same second, hours of the day")
    func arrivals() {
        let times: [Double] = [0, 0, 3599, 3600, 3600, 3600, 3601, 86_400, 93_600]
        let arrivals = TraceSummary(times.map { vm(1, 1, at: $0, for: 1) }).arrivals
        #expect(abs(arrivals.meanPerHour - 9.0 * 3600 / 93_600) < 1e-12)
        #expect(arrivals.peakPerHour == 4)
        #expect(arrivals.sameSecondShare == 3.0 / 8.0)
        #expect(arrivals.hourShares[0] == 4.0 / 9.0)
        #expect(arrivals.hourShares[1] == 4.0 / 9.0)
        #expect(arrivals.hourShares[2] == 1.0 / 9.0)
        #expect(abs(arrivals.hourShares.reduce(0, +) - 1) < 1e-12)
    }

    @Test("Demand is clipped to the span")
    func demand() {
        // 2 cores for the whole of 100 s, 4 cores for its last half, and one that arrives at the end.
        let demand = TraceSummary([
            vm(2, 10, at: 0, for: 1000), vm(4, 6, at: 50, for: 70), vm(1, 1, at: 100, for: 10),
        ]).demand
        #expect(demand.mean == Resources(cpu: 4, mem: 13))
        #expect(demand.peak == Resources(cpu: 7, mem: 17))
    }

    @Test("What ends at a time has left before what arrives then; zero lifetimes use nothing")
    func peakAtDepartures() {
        let demand = TraceSummary([
            vm(3, 3, at: 0, for: 10), vm(50, 50, at: 5, for: 0), vm(3, 3, at: 10, for: 10), vm(1, 9, at: 20, for: 1),
        ]).demand
        #expect(demand.peak == Resources(cpu: 3, mem: 9))
    }

    @Test("Spans and further amounts tell sizes apart, and add up")
    func spansAndExtras() {
        func vm(_ span: Int, _ extras: [Double], at arrival: Double, for lifetime: Double) -> VirtualMachine {
            VirtualMachine(id: 0, cpu: 1, mem: 2, arrival: arrival, lifetime: lifetime, span: span, extras: extras)
        }
        let summary = TraceSummary([
            vm(0, [1, 0], at: 0, for: 10), vm(2, [], at: 0, for: 5), vm(0, [1, 0], at: 5, for: 10),
            vm(0, [0, 4], at: 10, for: 1),
        ])
        #expect(summary.flavors.map(\.span) == [0, 0, 2])
        #expect(summary.flavors.map(\.extras) == [[0, 4], [1, 0], []])
        #expect(summary.flavors.map(\.count) == [1, 2, 1])
        #expect(summary.demand.meanExtras == [1.5, 0])
        #expect(summary.demand.peakExtras == [2, 4])
    }
}
