public import SpaneScheduling

/// What a trace asks for: sizes, lifetimes, arrivals and the demand that they add up to.
public struct TraceSummary: Equatable, Sendable {
    /// The number of VMs.
    public var count: Int
    /// The time from the first arrival to the last, in seconds.
    public var span: Double
    /// Every size that occurs, ascending by cores, then memory, then span, then what else is asked for.
    public var flavors: [FlavorSummary]
    /// How long the VMs run, in seconds.
    public var lifetimes: LifetimeQuantiles
    /// How they arrive.
    public var arrivals: ArrivalSummary
    /// What they would use if none ever waited.
    public var demand: DemandSummary

    /// Summarises a trace.
    ///
    /// - Parameter vms: in order of arrival; may be empty, then every number is 0.
    /// - Complexity: O(n log n) for n VMs.
    public init(_ vms: [VirtualMachine]) {
        count = vms.count
        span = 0
        if let first = vms.first, let last = vms.last { span = last.arrival - first.arrival }
        flavors = Self.flavors(of: vms)
        lifetimes = LifetimeQuantiles(sorted: vms.map(\.lifetime).sorted())
        arrivals = ArrivalSummary(vms)
        demand = DemandSummary(vms)
    }

    private static func flavors(of vms: [VirtualMachine]) -> [FlavorSummary] {
        let sorted = vms.sorted { one, other in
            if one.extras == other.extras {
                return (one.cpu, one.mem, one.span, one.lifetime) < (other.cpu, other.mem, other.span, other.lifetime)
            }
            if (one.cpu, one.mem, one.span) != (other.cpu, other.mem, other.span) {
                return (one.cpu, one.mem, one.span) < (other.cpu, other.mem, other.span)
            }
            return one.extras.lexicographicallyPrecedes(other.extras)
        }
        var flavors: [FlavorSummary] = []
        var start = 0
        for end in 1..<(sorted.count + 1) {
            let vm = sorted[start]
            if end < sorted.count, sorted[end].isOfTheSize(of: vm) { continue }
            flavors.append(
                FlavorSummary(
                    size: Resources(cpu: vm.cpu, mem: vm.mem),
                    span: vm.span,
                    extras: vm.extras,
                    count: end - start,
                    share: Double(end - start) / Double(sorted.count),
                    lifetimes: LifetimeQuantiles(sorted: sorted[start..<end].map(\.lifetime))
                )
            )
            start = end
        }
        return flavors
    }
}

extension VirtualMachine {
    fileprivate func isOfTheSize(of other: VirtualMachine) -> Bool {
        cpu == other.cpu && mem == other.mem && span == other.span && extras == other.extras
    }
}
