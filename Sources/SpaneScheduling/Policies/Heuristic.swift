/// The heuristics by name.
public enum Heuristic: Equatable, Hashable, Sendable {
    /// ``FirstFit``
    case firstFit
    /// ``BestFit``
    case bestFit
    /// ``BalanceFit``
    case balanceFit
    /// ``MoveToFront``
    case moveToFront
    /// ``RandomFit``
    case random(seed: UInt64)

    /// Every name that ``init(name:)`` knows, for messages.
    public static let names = ["first-fit", "best-fit", "balance-fit", "move-to-front", "random[:SEED]"]

    /// The heuristic called `name`, or `nil` when none is.
    public init?(name: String) {
        switch name {
        case "first-fit": self = .firstFit
        case "best-fit": self = .bestFit
        case "balance-fit": self = .balanceFit
        case "move-to-front": self = .moveToFront
        case "random": self = .random(seed: 0)
        default:
            guard name.hasPrefix("random:"), let seed = UInt64(name.dropFirst("random:".count)) else { return nil }
            self = .random(seed: seed)
        }
    }

    /// A policy that has decided nothing yet.
    public func makePolicy() -> any Policy {
        switch self {
        case .firstFit: FirstFit()
        case .bestFit: BestFit()
        case .balanceFit: BalanceFit()
        case .moveToFront: MoveToFront()
        case .random(let seed): RandomFit(seed: seed)
        }
    }

    /// The bytes that a policy for so many servers takes.
    package func policyBytes(servers: Int) -> Int {
        if case .random = self { return 1024 }
        return 1024 + ScoreIndex.bytes(servers: servers)
    }
}
