/// What a cluster is expected to be asked for: flavors, and how often each.
public struct ExpectedFlavors: Hashable, Sendable {
    /// One flavor of a mix.
    public struct Part: Hashable, Sendable {
        /// Cores.
        public let cpu: Double
        /// Memory in GB.
        public let mem: Double
        /// Over how many NUMA nodes it is spread, 1 ... 8; 0 for what the cluster's rule says.
        public let span: Int
        /// How often it is asked for, in any unit; above 0.
        public let frequency: Double

        /// A flavor and how often it is asked for.
        public init(cpu: Double, mem: Double, span: Int = 0, frequency: Double) {
            (self.cpu, self.mem, self.span, self.frequency) = (cpu, mem, span, frequency)
        }
    }

    /// The flavors.
    public let parts: [Part]

    /// A mix of these flavors.
    public init(_ parts: [Part]) { self.parts = parts }

    /// The flavors of some VMs of a trace, each as often as it comes there.
    ///
    /// - Parameter range: of its VMs; `nil` for all.
    /// - Complexity: O(VMs).
    public init(of trace: Trace, in range: Range<Int>? = nil) {
        var counts = Array(repeating: 0.0, count: trace.flavors.count)
        for vm in range ?? 0..<trace.count { counts[trace.flavor(of: vm)] += 1 }
        parts = zip(trace.flavors, counts).compactMap { flavor, count in
            count > 0 ? Part(cpu: flavor.cpu, mem: flavor.mem, span: flavor.span, frequency: count) : nil
        }
    }
}
