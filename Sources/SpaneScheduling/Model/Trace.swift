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
        guard vms.count >= 2 else {
            throw SchedulingError(.invalidTrace, "the trace has \(vms.count) VMs; at least 2 are needed")
        }
        guard vms.count < Int(Int32.max) else {
            throw SchedulingError(.invalidTrace, "the trace has \(vms.count) VMs; at most \(Int32.max - 1) are allowed")
        }
        try Memory.require(bytes: vms.count * MemoryLayout<Row>.stride, for: "a trace of \(vms.count) VMs")
        var rows: [Row] = []
        rows.reserveCapacity(vms.count)
        var table = FlavorTable()
        var previous = -Double.infinity
        for (index, vm) in vms.enumerated() {
            try progress.part(0, 0.9).check(step: index, of: vms.count)
            try Self.check(vm, at: index, after: previous, resources)
            previous = vm.arrival
            rows.append(
                Row(id: vm.id, arrival: vm.arrival, lifetime: vm.lifetime, flavor: try table.number(of: vm))
            )
        }
        // The lists, and what sorting takes.
        try Memory.require(
            bytes: 4 * table.flavors.count * MemoryLayout<Flavor>.stride,
            for: "\(table.flavors.count) sizes of VMs"
        )
        // Sorted, so that a trace does not depend on which size came first.
        var order = Array(table.flavors.indices)
        try progress.sort(&order) { Flavor.precedes(table.flavors[$0], table.flavors[$1]) }
        var rank = Array(repeating: Int32(0), count: order.count)
        for (position, number) in order.enumerated() { rank[number] = Int32(position) }
        for index in rows.indices {
            try progress.part(0.9, 1).check(step: index, of: rows.count)
            rows[index].flavor = rank[Int(rows[index].flavor)]
        }
        self.rows = rows
        self.resources = resources
        flavors = order.map { table.flavors[$0] }
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
        for (column, value) in [("cpu", vm.cpu), ("mem", vm.mem)]
        where !(Grid.demand(value) > 0 && value <= Resources.largest) {
            throw refuse(column, value, Resources.rule(value))
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
        guard vm.span >= 0, vm.span <= Layout.mostNodes else {
            throw SchedulingError(
                .invalidTrace,
                "VM \(index): span is \(vm.span); it must be in 1 ... \(Layout.mostNodes), or 0 for the cluster's rule"
            )
        }
        guard vm.extras.isEmpty || vm.extras.count == resources.count else {
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

/// The sizes met so far, numbered in the order in which they came.
private struct FlavorTable {
    private(set) var flavors: [Flavor] = []
    private var numbers: [Flavor: Int32] = [:]

    mutating func number(of vm: VirtualMachine) throws(SchedulingError) -> Int32 {
        let size = Resources(cpu: vm.cpu, mem: vm.mem).onGrid
        let extras =
            vm.extras.allSatisfy { $0 == 0 } ? [] : vm.extras.map { Grid.amount(Grid.demand($0)) }
        let flavor = Flavor(cpu: size.cpu, mem: size.mem, span: vm.span, extras: extras)
        if let number = numbers[flavor] { return number }
        if numbers.count == numbers.capacity { try checkGrowth() }
        let number = Int32(truncatingIfNeeded: flavors.count)
        numbers[flavor] = number
        flavors.append(flavor)
        return number
    }

    /// Refuses more sizes than there is memory for; most traces have a few dozen, but all VMs may differ.
    private func checkGrowth() throws(SchedulingError) {
        // A table and a list twice as long, the table at most three quarters full, with a bit for each place.
        let places = 2 * (2 * numbers.capacity + 2)
        let bytes = 2 * MemoryLayout<Flavor>.stride + MemoryLayout<Int32>.stride + 1
        try Memory.require(bytes: places * bytes, for: "\(flavors.count + 1) sizes of VMs")
    }
}
