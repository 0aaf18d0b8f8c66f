import SpaneScheduling
import SpaneTestSupport
import Testing

/// What a cluster may be made of.
@Suite struct ClusterConfigurationTests {
    @Test(arguments: [0, -3, 524_289])
    func impossibleServerCountsAreRefused(count: Int) {
        let error = SchedulingError(.invalidArgument, "servers is \(count); it must be in 1 ... 524288")
        #expect(throws: error) { try ClusterConfiguration(servers: count) }
    }

    @Test func anEmptyListOfServersIsRefused() {
        let error = SchedulingError(.invalidArgument, "servers is 0; it must be in 1 ... 524288")
        #expect(throws: error) { try ClusterConfiguration(nodeCapacities: []) }
    }

    @Test(arguments: [(0.0, 1.0), (1, 0), (-1, 1), (1, -2), (.nan, 1), (1, .nan), (.infinity, 1), (5e9, 1)])
    func impossibleCapacitiesAreRefused(cpu: Double, mem: Double) {
        let good = Resources(cpu: 40, mem: 90)
        let error = SchedulingError(
            .invalidArgument,
            "server 1: a NUMA node has \(cpu) cores and \(mem) GB; both must be above 0 and at most 4294967296.0"
        )
        #expect(throws: error) { try ClusterConfiguration(nodeCapacities: [good, Resources(cpu: cpu, mem: mem)]) }
    }

    @Test func capacitiesThatRoundToNothingAreRefused() {
        for (cpu, mem, detail) in [(1e-7, 1.0, "1e-07 cores"), (1, 1e-9, "1e-09 GB")] {
            let error = SchedulingError(
                .invalidArgument,
                "server 0: a NUMA node has \(cpu) cores and \(mem) GB; \(detail) are below the smallest step of amounts, "
                    + "1e-06"
            )
            #expect(throws: error) { try ClusterConfiguration(nodeCapacities: [Resources(cpu: cpu, mem: mem)]) }
        }
    }

    @Test func impossibleSplitRulesAreRefused() {
        for (value, text) in [(-1, "-1.0"), (Double.nan, "nan")] {
            let error = SchedulingError(.invalidArgument, "split-above is \(text) GB; it must not be negative")
            #expect(throws: error) { try ClusterConfiguration(servers: 1, splitAbove: value) }
        }
    }

    @Test func thePublishedNumbersAreTheDefault() throws {
        let configuration = try ClusterConfiguration(servers: 5)
        #expect(configuration.nodeCapacities == Array(repeating: Resources(cpu: 40, mem: 90), count: 5))
        #expect(configuration.actionCount == 10)
        // More than 10 GB, not 10 GB itself.
        #expect(!configuration.request(cpu: 4, mem: 10).isSplit)
        let split = configuration.request(cpu: 4, mem: 10.5)
        #expect(split.isSplit)
        #expect(split.demandPerNode == Resources(cpu: 2, mem: 5.25))
    }

    @Test func holdsWhatFitsOnAnEmptyServer() throws {
        let configuration = try ClusterConfiguration(nodeCapacities: [
            Resources(cpu: 4, mem: 90), Resources(cpu: 40, mem: 9),
        ])
        #expect(configuration.canEverHold(Request(cpu: 40, mem: 9, isSplit: false)))
        #expect(configuration.canEverHold(Request(cpu: 8, mem: 180, isSplit: true)))
        // Each server has enough of one resource, none of both.
        #expect(!configuration.canEverHold(Request(cpu: 5, mem: 10, isSplit: false)))
        #expect(!configuration.canEverHold(Request(cpu: 81, mem: 18, isSplit: true)))
    }
}
