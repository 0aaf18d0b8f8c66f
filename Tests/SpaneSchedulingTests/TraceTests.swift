import SpaneScheduling
import Testing

/// What a trace accepts, and what it says when it does not.
@Suite struct TraceTests {
    static let good = [
        VirtualMachine(id: 0, cpu: 1, mem: 2, arrival: 0, lifetime: 5),
        VirtualMachine(id: 1, cpu: 2, mem: 4, arrival: 1, lifetime: 5),
        VirtualMachine(id: 2, cpu: 1, mem: 2, arrival: 1, lifetime: 0),
    ]

    private func refuses(_ message: String, _ change: (inout VirtualMachine) -> Void) {
        var vms = Self.good
        change(&vms[1])
        #expect(throws: SchedulingError(.invalidTrace, message)) { try Trace(vms) }
    }

    @Test func acceptsGoodRowsAndListsTheirSizes() throws {
        let trace = try Trace(Self.good)
        #expect(Array(trace.vms) == Self.good)
        #expect(trace.count == 3)
        #expect(trace.flavors == [Flavor(cpu: 1, mem: 2), Flavor(cpu: 2, mem: 4)])
    }

    @Test func sizesAreRoundedToTheGrid() throws {
        var vms = Self.good
        vms[0].cpu = 0.1
        vms[0].mem = 1.0 / 3
        let vm = try Trace(vms).vms[0]
        #expect(vm.cpu == 0.1)
        #expect(vm.mem == 0.333333)
    }

    @Test func fewerThanTwoVMsAreRefused() {
        for count in 0...1 {
            let error = SchedulingError(.invalidTrace, "the trace has \(count) VMs; at least 2 are needed")
            #expect(throws: error) { try Trace(Array(Self.good.prefix(count))) }
        }
    }

    @Test func impossibleSizesAreRefused() {
        let rule = "it must be above 0 and at most 4294967296.0"
        for (value, text) in [
            (0, "0.0"), (-1, "-1.0"), (.nan, "nan"), (.infinity, "inf"), (5e9, "5000000000.0"),
        ] as [(Double, String)] {
            refuses("VM 1: cpu is \(text); \(rule)") { $0.cpu = value }
            refuses("VM 1: mem is \(text); \(rule)") { $0.mem = value }
        }
        let step = "it is below the smallest step of amounts, 1e-06"
        refuses("VM 1: cpu is 1e-07; \(step)") { $0.cpu = 1e-7 }
        refuses("VM 1: mem is 1e-09; \(step)") { $0.mem = 1e-9 }
    }

    @Test func impossibleTimesAreRefused() {
        refuses("VM 1: arrival is nan; it must be finite") { $0.arrival = .nan }
        refuses("VM 1: arrival is inf; it must be finite") { $0.arrival = .infinity }
        refuses("VM 1: arrival is -1.0; arrivals must ascend and the VM before it arrives at 0.0") { $0.arrival = -1 }
        refuses("VM 1: lifetime is -0.5; it must be finite and not negative") { $0.lifetime = -0.5 }
        refuses("VM 1: lifetime is nan; it must be finite and not negative") { $0.lifetime = .nan }
        refuses("VM 1: lifetime is inf; it must be finite and not negative") { $0.lifetime = .infinity }
    }
}
