/// Over how many NUMA nodes a VM is spread that does not say so itself.
public struct SpanRule: Equatable, Sendable {
    /// A VM with more memory than this, in GB, is spread; infinity for never.
    public let splitAbove: Double
    /// A VM with at least this many cores is spread; infinity for never.
    public let splitFromCores: Double
    /// Over how many nodes.
    public let span: Int

    /// The rule of the published experiments: more than 10 GB goes over both nodes.
    public static let published = SpanRule(uncheckedAbove: 10, fromCores: .infinity, span: 2)

    /// Makes a rule.
    ///
    /// - Throws: `invalidArgument` when a bound is negative or not a number, or when `span` is not in 1 ... 8.
    public init(
        splitAbove: Double = .infinity,
        splitFromCores: Double = .infinity,
        span: Int = 2
    ) throws(SchedulingError) {
        guard splitAbove >= 0 else {
            throw SchedulingError(.invalidArgument, "split-above is \(splitAbove) GB; it must not be negative")
        }
        guard splitFromCores >= 0 else {
            throw SchedulingError(.invalidArgument, "split-from is \(splitFromCores) cores; it must not be negative")
        }
        guard span >= 1, span <= Layout.mostNodes else {
            throw SchedulingError(
                .invalidArgument,
                "the rule's span is \(span); it must be in 1 ... \(Layout.mostNodes)"
            )
        }
        self.init(uncheckedAbove: splitAbove, fromCores: splitFromCores, span: span)
    }

    private init(uncheckedAbove: Double, fromCores: Double, span: Int) {
        splitAbove = uncheckedAbove
        splitFromCores = fromCores
        self.span = span
    }

    /// Whether there is a VM that it spreads.
    package var splits: Bool { splitAbove < .infinity || splitFromCores < .infinity }

    /// The span of a VM of this size.
    public func span(cpu: Double, mem: Double) -> Int { mem > splitAbove || cpu >= splitFromCores ? span : 1 }
}
