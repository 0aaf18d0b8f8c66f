/// A heuristic by name: a row of ``all``, and the argument that some take.
public struct Heuristic: Equatable, Hashable, Sendable {
    /// What is to be known of a heuristic.
    public struct Kind: Sendable {
        /// Its name, in lower case with hyphens.
        public let name: StaticString
        /// What it does, in one line.
        public let summary: StaticString
        /// What may follow the name after a colon, a number of 64 bits; `nil` for nothing.
        public let argument: StaticString?
        fileprivate let make: @Sendable (UInt64) -> any Policy

        private init(
            _ name: StaticString,
            _ summary: StaticString,
            argument: StaticString? = nil,
            make: @escaping @Sendable (UInt64) -> any Policy
        ) {
            (self.name, self.summary, self.argument, self.make) = (name, summary, argument, make)
        }

        /// The table from which command line, messages, C, C++ and Python read the heuristics. A new one needs a row here alone.
        fileprivate static let all = [
            Kind("first-fit", "the first server with room") { _ in FirstFit() },
            Kind("best-fit", "where least of the scarcer resource remains") { _ in BestFit() },
            Kind("balance-fit", "the server whose NUMA nodes are most uneven, there the emptiest nodes") { _ in
                BalanceFit()
            },
            Kind("move-to-front", "the last place again while it has room, else the first server with room") { _ in
                MoveToFront()
            },
            Kind("random", "any place with room, each as likely", argument: "SEED") { RandomFit(seed: $0) },
        ]

        /// The name, and what may follow it.
        public var usage: String { argument.map { "\(name)[:\($0)]" } ?? "\(name)" }
    }

    /// Every heuristic.
    public static var all: [Kind] { Kind.all }

    /// What each name that ``init(name:)`` knows looks like, for messages.
    public static var names: [String] { all.map(\.usage) }

    // A row of the table.
    private let index: Int
    private let argument: UInt64

    /// The heuristic called `name`, or `nil` when none is.
    public init?(name: String) {
        for (index, kind) in Self.all.enumerated() {
            let known = "\(kind.name)"
            if name == known {
                self.init(index: index, argument: 0)
                return
            }
            guard kind.argument != nil, name.hasPrefix(known + ":") else { continue }
            guard let argument = UInt64(name.dropFirst(known.count + 1)) else { return nil }
            self.init(index: index, argument: argument)
            return
        }
        return nil
    }

    private init(index: Int, argument: UInt64) { (self.index, self.argument) = (index, argument) }

    /// What is to be known of it.
    public var kind: Kind { Self.all[index] }

    /// A policy that has decided nothing yet.
    public func makePolicy() -> any Policy { kind.make(argument) }
}

extension Heuristic {
    /// ``FirstFit``
    public static let firstFit = known("first-fit")
    /// ``BestFit``
    public static let bestFit = known("best-fit")
    /// ``BalanceFit``
    public static let balanceFit = known("balance-fit")
    /// ``MoveToFront``
    public static let moveToFront = known("move-to-front")
    /// ``RandomFit``
    public static func random(seed: UInt64) -> Heuristic { known("random:\(seed)") }

    private static func known(_ name: String) -> Heuristic {
        guard let heuristic = Heuristic(name: name) else { preconditionFailure("\(name) is not in the table") }
        return heuristic
    }

    /// The bytes that a policy for so many servers takes, estimated from above.
    package func policyBytes(servers: Int) -> Int { 1024 + ScoreIndex.bytes(servers: servers) }
}
