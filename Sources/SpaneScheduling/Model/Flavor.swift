/// A size of VMs: everything that a VM asks for.
public struct Flavor: Hashable, Sendable {
    /// Cores.
    public let cpu: Double
    /// Memory in GB.
    public let mem: Double
    /// Over how many NUMA nodes it is spread, 1 ... 8; 0 for what the cluster's rule says.
    public let span: Int
    /// What it asks for beside cores and memory, in the order of ``Trace/resources``; empty for nothing.
    public let extras: [Double]

    /// Describes a size.
    public init(cpu: Double, mem: Double, span: Int = 0, extras: [Double] = []) {
        self.cpu = cpu
        self.mem = mem
        self.span = span
        self.extras = extras
    }

    /// Cores and memory.
    public var size: Resources { Resources(cpu: cpu, mem: mem) }

    static func precedes(_ left: Flavor, _ right: Flavor) -> Bool {
        if (left.cpu, left.mem, left.span) != (right.cpu, right.mem, right.span) {
            return (left.cpu, left.mem, left.span) < (right.cpu, right.mem, right.span)
        }
        return left.extras.lexicographicallyPrecedes(right.extras)
    }
}
