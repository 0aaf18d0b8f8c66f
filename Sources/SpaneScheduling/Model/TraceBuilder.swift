internal import SpaneSystem

/// Makes a ``Trace`` of one VM after the other, so that a long one is never there in two forms.
package struct TraceBuilder: ~Copyable {
    private var rows: [Trace.Row] = []
    private var table = FlavorTable()
    private var previous = -Double.infinity
    private let resources: [String]

    /// - Parameters:
    ///   - count: the number of VMs to come.
    ///   - resources: see ``Trace/init(_:resources:)``.
    /// - Throws: `invalidTrace` when no trace has so many VMs, and an error when there is no memory for them.
    package init(count: Int, resources: [String]) throws(SchedulingError) {
        guard count >= 2 else {
            throw SchedulingError(.invalidTrace, "the trace has \(count) VMs; at least 2 are needed")
        }
        guard count < Int(Int32.max) else {
            throw SchedulingError(.invalidTrace, "the trace has \(count) VMs; at most \(Int32.max - 1) are allowed")
        }
        try Memory.require(bytes: count * MemoryLayout<Trace.Row>.stride, for: "a trace of \(count) VMs")
        self.resources = resources
        rows.reserveCapacity(count)
    }

    /// Adds a VM.
    ///
    /// - Throws: `invalidTrace` naming the VM (counted from 0) and the column that breaks a rule.
    package mutating func append(_ vm: VirtualMachine) throws(SchedulingError) {
        try Trace.check(vm, at: rows.count, after: previous, resources)
        previous = vm.arrival
        let flavor = try table.number(of: vm)
        rows.append(Trace.Row(id: vm.id, arrival: vm.arrival, lifetime: vm.lifetime, flavor: flavor))
    }

    /// The trace of the VMs.
    package consuming func finish(_ progress: Progress) throws(SchedulingError) -> Trace {
        // The lists, and what sorting takes.
        try Memory.require(
            bytes: 4 * table.flavors.count * MemoryLayout<Flavor>.stride,
            for: "\(table.flavors.count) sizes of VMs"
        )
        // Sorted, so that a trace does not depend on which size came first.
        let flavors = table.flavors
        var order = Array(flavors.indices)
        try progress.sort(&order) { Flavor.precedes(flavors[$0], flavors[$1]) }
        var rank = Array(repeating: Int32(0), count: order.count)
        for (position, number) in order.enumerated() { rank[number] = Int32(position) }
        for index in rows.indices {
            try progress.check(step: index, of: rows.count)
            rows[index].flavor = rank[Int(rows[index].flavor)]
        }
        return Trace(rows: rows, flavors: order.map { flavors[$0] }, resources: resources)
    }
}

/// The sizes met so far, numbered in the order in which they came.
private struct FlavorTable {
    /// A size as it came, without further amounts, and its number.
    private struct Recent {
        var cpu = Double.nan
        var mem = Double.nan
        var span = 0
        var number: Int32 = 0
    }

    private(set) var flavors: [Flavor] = []
    private var numbers: [Flavor: Int32] = [:]
    // Most VMs have one of a few sizes, which are found here without hashing a whole flavor.
    private var recent = Array(repeating: Recent(), count: places)

    private static let places = 256

    mutating func number(of vm: VirtualMachine) throws(SchedulingError) -> Int32 {
        guard vm.extras.isEmpty else { return try lookUp(vm) }
        let bits = (vm.cpu.bitPattern &* 31 &+ vm.mem.bitPattern) &* 0x9E37_79B9_7F4A_7C15
        let place = Int(truncatingIfNeeded: bits >> 56)
        if recent[place].cpu == vm.cpu, recent[place].mem == vm.mem, recent[place].span == vm.span {
            return recent[place].number
        }
        let number = try lookUp(vm)
        recent[place] = Recent(cpu: vm.cpu, mem: vm.mem, span: vm.span, number: number)
        return number
    }

    private mutating func lookUp(_ vm: VirtualMachine) throws(SchedulingError) -> Int32 {
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
