/// An amount of the two resources that every NUMA node offers and every VM asks for.
///
/// Amounts are kept on a grid of 2⁻²⁰ (a microcore, a kibibyte when `mem` is in GiB). Sums and differences of
/// grid points below 2³² are exact in `Double`, so a cluster from which every VM has left is bit for bit the
/// empty cluster again, whatever the order of placements and releases.
public struct Resources: Equatable, Hashable, BitwiseCopyable, Sendable {
    /// Processor cores.
    public var cpu: Double
    /// Memory in GB.
    public var mem: Double

    /// The largest amount of either resource that one NUMA node or VM may have.
    public static let largest: Double = 4_294_967_296

    /// What messages say is allowed of an amount.
    package static let range = "above 0 and at most \(largest)"

    /// What messages say against an amount that is none: what is allowed, or that it rounds to nothing.
    package static func rule(_ amount: Double) -> String {
        roundsToNothing(amount) ? "it is below \(step)" : "it must be \(range)"
    }

    /// As ``rule(_:)``, against both amounts.
    package var rule: String {
        for (name, amount) in [("cores", cpu), ("GB", mem)] where Self.roundsToNothing(amount) {
            return "\(amount) \(name) are below \(Self.step)"
        }
        return "both must be \(Self.range)"
    }

    private static let step = "the smallest step of amounts, 2^-20 (about 9.5e-07)"

    private static func roundsToNothing(_ amount: Double) -> Bool { amount > 0 && roundToGrid(amount) == 0 }

    static let stepsPerUnit: Double = 1_048_576

    /// Creates an amount from cores and GB, as they are.
    @inlinable
    public init(cpu: Double, mem: Double) {
        self.cpu = cpu
        self.mem = mem
    }

    /// The nearest amount on the grid of 2⁻²⁰.
    public var onGrid: Resources {
        Resources(cpu: Self.roundToGrid(cpu), mem: Self.roundToGrid(mem))
    }

    /// Whether both resources are finite, above zero and at most ``largest``.
    public var isPositive: Bool {
        cpu > 0 && mem > 0 && cpu <= Self.largest && mem <= Self.largest
    }

    /// What is left of `left` when `right` is taken away; exact on the grid.
    @inlinable
    public static func - (left: Resources, right: Resources) -> Resources {
        Resources(cpu: left.cpu - right.cpu, mem: left.mem - right.mem)
    }

    static func roundToGrid(_ amount: Double) -> Double {
        (amount * stepsPerUnit).rounded(.toNearestOrEven) / stepsPerUnit
    }
}
