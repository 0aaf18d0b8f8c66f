internal import SpaneHost

/// An immutable sequence of VMs in order of arrival, checked when it is made.
///
/// Copies share their storage.
public struct Trace: Sendable {
    /// The VMs in order of arrival.
    public let vms: [VirtualMachine]
    /// The distinct sizes, ascending by cores, then memory.
    public let flavors: [Resources]

    /// Checks the VMs and puts their sizes on the grid of ``Resources``.
    ///
    /// - Parameter vms: at least two VMs (the last one only ends an episode), arrivals in ±2⁵³ s and ascending, sizes
    ///   above zero and at most ``Resources/largest``, lifetimes in 0 ... 2⁵³ s.
    /// - Throws: `invalidTrace` naming the first VM (counted from 0) and column that breaks a rule.
    /// - Complexity: O(n + f log f) for n VMs of f sizes.
    public init(_ vms: [VirtualMachine]) throws(SchedulingError) {
        guard vms.count >= 2 else {
            throw SchedulingError(.invalidTrace, "the trace has \(vms.count) VMs; at least 2 are needed")
        }
        guard vms.count < Int(Int32.max) else {
            throw SchedulingError(.invalidTrace, "the trace has \(vms.count) VMs; at most \(Int32.max - 1) are allowed")
        }
        try Memory.require(bytes: vms.count * MemoryLayout<VirtualMachine>.stride, for: "a trace of \(vms.count) VMs")
        var checked = vms
        var sizes: Set<Resources> = []
        var previous = -Double.infinity
        for index in checked.indices {
            try Self.check(checked[index], at: index, after: previous)
            previous = checked[index].arrival
            let size = Resources(cpu: checked[index].cpu, mem: checked[index].mem).onGrid
            checked[index].cpu = size.cpu
            checked[index].mem = size.mem
            if sizes.count == sizes.capacity { try Self.checkGrowth(of: sizes) }
            sizes.insert(size)
        }
        // The list, and what sorting it takes.
        try Memory.require(bytes: 3 * sizes.count * MemoryLayout<Resources>.stride, for: "\(sizes.count) sizes of VMs")
        self.vms = checked
        flavors = sizes.sorted { ($0.cpu, $0.mem) < ($1.cpu, $1.mem) }
    }

    /// The number of VMs.
    public var count: Int { vms.count }

    /// The longest time in seconds, so that no sum of times is infinite: an environment tells VMs that never end from none.
    package static let largestTime = 0x1p53

    /// Refuses more sizes than there is memory for; most traces have a few dozen, but all VMs may differ.
    private static func checkGrowth(of sizes: borrowing Set<Resources>) throws(SchedulingError) {
        // A table twice as long, at most three quarters full, with a bit for each place.
        let places = 2 * (2 * sizes.capacity + 2)
        try Memory.require(bytes: places * (MemoryLayout<Resources>.stride + 1), for: "\(sizes.count + 1) sizes of VMs")
    }

    static func check(_ vm: VirtualMachine, at index: Int, after previous: Double) throws(SchedulingError) {
        func refuse(_ column: String, _ value: Double, _ rule: String) -> SchedulingError {
            SchedulingError(.invalidTrace, "VM \(index): \(column) is \(value); \(rule)")
        }
        let size = Resources(cpu: vm.cpu, mem: vm.mem).onGrid
        for (column, raw, value) in [("cpu", vm.cpu, size.cpu), ("mem", vm.mem, size.mem)]
        where !(value > 0 && value <= Resources.largest) {
            throw refuse(column, raw, Resources.rule(raw))
        }
        guard vm.arrival.isFinite else { throw refuse("arrival", vm.arrival, "it must be finite") }
        guard abs(vm.arrival) <= largestTime else {
            throw refuse("arrival", vm.arrival, "it must be in \(-largestTime) ... \(largestTime)")
        }
        guard vm.arrival >= previous else {
            throw refuse("arrival", vm.arrival, "arrivals must ascend and the VM before it arrives at \(previous)")
        }
        guard vm.lifetime.isFinite, vm.lifetime >= 0 else {
            throw refuse("lifetime", vm.lifetime, "it must be finite and not negative")
        }
        guard vm.lifetime <= largestTime else {
            throw refuse("lifetime", vm.lifetime, "it must be at most \(largestTime)")
        }
    }
}
