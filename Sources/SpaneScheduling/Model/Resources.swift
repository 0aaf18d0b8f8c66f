/// An amount of the two resources that every server offers and every VM asks for.
public struct Resources: Equatable, Hashable, BitwiseCopyable, Sendable {
    /// Processor cores.
    public var cpu: Double
    /// Memory in GB.
    public var mem: Double

    /// The largest amount of any resource that one NUMA node or VM may have.
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

    static let step = "the smallest step of amounts, 1e-06"

    private static func roundsToNothing(_ amount: Double) -> Bool { amount > 0 && Grid.demand(amount) == 0 }

    /// Creates an amount from cores and GB, as they are.
    @inlinable
    public init(cpu: Double, mem: Double) {
        self.cpu = cpu
        self.mem = mem
    }

    /// What a VM gets that asks for this much: multiples of 10⁻⁶, rounded to the nearest, but never short by more than a part
    /// in a million.
    public var onGrid: Resources {
        Resources(cpu: Grid.amount(Grid.demand(cpu)), mem: Grid.amount(Grid.demand(mem)))
    }

    /// Whether both resources are finite, above zero and at most ``largest``.
    public var isPositive: Bool {
        cpu > 0 && mem > 0 && cpu <= Self.largest && mem <= Self.largest
    }

    /// What is left of `left` when `right` is taken away.
    @inlinable
    public static func - (left: Resources, right: Resources) -> Resources {
        Resources(cpu: left.cpu - right.cpu, mem: left.mem - right.mem)
    }
}
