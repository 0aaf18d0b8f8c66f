internal import SpaneSystem

/// An immutable sequence of VMs in order of arrival, checked when it is made.
///
/// Copies share their storage. A VM takes 32 bytes: what it asks for is kept once for each ``Flavor``.
public struct Trace: Sendable {
    /// What is kept of one VM.
    package struct Row: BitwiseCopyable, Sendable {
        package var id: Int64
        package var arrival: Double
        package var lifetime: Double
        /// An index into ``Trace/flavors``.
        package var flavor: Int32
    }

    /// One row a VM, in order of arrival.
    package let rows: [Row]
    /// The distinct sizes, ascending by cores, then memory, then span.
    public let flavors: [Flavor]
    /// The names of what VMs ask for beside cores and memory.
    public let resources: [String]

    /// Checks the VMs and rounds their sizes as ``Resources/onGrid`` does.
    ///
    /// - Parameters:
    ///   - vms: at least two VMs (the last one only ends an episode), arrivals in ±2⁵³ s and ascending, sizes
    ///     above zero and at most ``Resources/largest``, lifetimes in 0 ... 2⁵³ s, spans in 0 ... 8, further amounts in
    ///     0 ... ``Resources/largest``.
    ///   - resources: the names of the further amounts.
    /// - Throws: `invalidTrace` naming the first VM (counted from 0) and column that breaks a rule.
    /// - Complexity: O(n + f log f) for n VMs of f sizes.
    public init(_ vms: [VirtualMachine], resources: [String] = []) throws(SchedulingError) {
        try self.init(vms, resources: resources, progress: .none)
    }

    /// The same, telling how far it is.
    package init(_ vms: [VirtualMachine], resources: [String] = [], progress: Progress) throws(SchedulingError) {
        var builder = try TraceBuilder(count: vms.count, resources: resources)
        for (index, vm) in vms.enumerated() {
            try progress.part(0, 0.9).check(step: index, of: vms.count)
            try builder.append(vm)
        }
        self = try builder.finish(progress.part(0.9, 1))
    }

    init(rows: [Row], flavors: [Flavor], resources: [String]) {
        self.rows = rows
        self.flavors = flavors
        self.resources = resources
    }

    /// The number of VMs.
    public var count: Int { rows.count }

    /// The VMs in order of arrival.
    public var vms: VMs { VMs(trace: self) }

    /// The size of a VM, as an index into ``flavors``.
    public func flavor(of vm: Int) -> Int { Int(rows[vm].flavor) }

    /// The VMs of a trace, put together from what is kept of them.
    public struct VMs: RandomAccessCollection, Equatable, Sendable {
        let trace: Trace

        /// Whether both have equal VMs in the same order.
        public static func == (left: VMs, right: VMs) -> Bool { left.elementsEqual(right) }

        /// 0.
        public var startIndex: Int { 0 }
        /// The number of VMs.
        public var endIndex: Int { trace.rows.count }

        /// The VM with this index.
        public subscript(index: Int) -> VirtualMachine {
            let row = trace.rows[index]
            let flavor = trace.flavors[Int(row.flavor)]
            return VirtualMachine(
                id: row.id,
                cpu: flavor.cpu,
                mem: flavor.mem,
                arrival: row.arrival,
                lifetime: row.lifetime,
                span: flavor.span,
                extras: flavor.extras
            )
        }
    }

    /// The longest time in seconds, so that no sum of times is infinite: an environment tells VMs that never end from none.
    package static let largestTime = 0x1p53

    static func check(
        _ vm: VirtualMachine,
        at index: Int,
        after previous: Double,
        _ resources: [String]
    ) throws(SchedulingError) {
        func refuse(_ column: String, _ value: Double, _ rule: String) -> SchedulingError {
            SchedulingError(.invalidTrace, "VM \(index): \(column) is \(value); \(rule)")
        }
        func isSize(_ value: Double) -> Bool { Grid.demand(value) > 0 && value <= Resources.largest }
        guard isSize(vm.cpu) else { throw refuse("cpu", vm.cpu, Resources.rule(vm.cpu)) }
        guard isSize(vm.mem) else { throw refuse("mem", vm.mem, Resources.rule(vm.mem)) }
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
        guard vm.span >= 0, vm.span <= Layout.mostNodes else {
            throw SchedulingError(
                .invalidTrace,
                "VM \(index): span is \(vm.span); it must be in 1 ... \(Layout.mostNodes), or 0 for the cluster's rule"
            )
        }
        guard !vm.extras.isEmpty else { return }
        guard vm.extras.count == resources.count else {
            throw SchedulingError(
                .invalidTrace,
                "VM \(index) has \(vm.extras.count) further amounts; the trace names \(resources.count) resources"
            )
        }
        for (amount, name) in zip(vm.extras, resources) where !(amount >= 0 && amount <= Resources.largest) {
            throw refuse(name, amount, "it must be in 0 ... \(Resources.largest)")
        }
    }
}
