/// A policy without weights, by name: one of the paper's heuristics, or a rule of the field that a ``RuleName`` describes.
public struct Heuristic: Equatable, Hashable, Sendable {
    /// What is to be known of a name, or of a part of one.
    public struct Description: Sendable {
        /// What a name stands for.
        public enum Role: UInt32, Sendable {
            /// A policy as it is.
            case policy
            /// The server part of a rule; as a policy of its own the rule with the emptiest nodes.
            case serverScore
            /// The node part of a rule, which follows a `+`.
            case nodeChoice
        }

        /// What it is for.
        public let role: Role
        /// In lower case with hyphens.
        public let name: String
        /// What it does, in one line.
        public let summary: StaticString
        /// What may follow the name after a colon, a number of 64 bits; `nil` for nothing.
        public let argument: StaticString?
    }

    private enum Form: Hashable {
        /// A row of the table.
        case row(Int, argument: UInt64)
        case rule(RuleName, ExpectedFlavors?)
    }

    private struct Row: Sendable {
        let name: StaticString
        let summary: StaticString
        var argument: StaticString?
        let make: @Sendable (UInt64) -> any Policy
    }

    /// The table from which command line, messages, C, C++ and Python read the paper's heuristics. A new one needs a row here alone.
    private static let rows = [
        Row(name: "first-fit", summary: "the first server with room") { _ in FirstFit() },
        Row(name: "best-fit", summary: "where least of the scarcer resource remains") { _ in BestFit() },
        Row(name: "balance-fit", summary: "the server whose NUMA nodes are most uneven, there the emptiest nodes") {
            _ in
            BalanceFit()
        },
        Row(name: "move-to-front", summary: "the last place again while it has room, else the first server with room") {
            _ in
            MoveToFront()
        },
        Row(name: "random", summary: "any place with room, each as likely", argument: "SEED") { RandomFit(seed: $0) },
    ]

    /// Every heuristic, and every part of which the name of a rule is made.
    public static let all: [Description] =
        rows.map { Description(role: .policy, name: "\($0.name)", summary: $0.summary, argument: $0.argument) }
        + ServerScore.allCases.map {
            Description(role: .serverScore, name: $0.rawValue, summary: $0.summary, argument: nil)
        }
        + NodeChoice.allCases.map {
            Description(role: .nodeChoice, name: $0.rawValue, summary: $0.summary, argument: nil)
        }

    /// What each name that ``init(name:mix:)`` knows looks like, for messages.
    public static var names: [String] {
        rows.map { row in row.argument.map { "\(row.name)[:\($0)]" } ?? "\(row.name)" } + [RuleName.usage]
    }

    private let form: Form

    /// The heuristic called `name`, or `nil` when none is.
    ///
    /// - Parameter mix: the flavors for which rules with `capacity-lost` keep room; `nil` to learn them from what is asked for. Others
    ///   have no use for it.
    public init?(name: String, mix: ExpectedFlavors? = nil) {
        for (index, row) in Self.rows.enumerated() {
            let known = "\(row.name)"
            if name == known {
                self.init(form: .row(index, argument: 0))
                return
            }
            guard row.argument != nil, name.hasPrefix(known + ":") else { continue }
            guard let argument = UInt64(name.dropFirst(known.count + 1)) else { return nil }
            self.init(form: .row(index, argument: argument))
            return
        }
        guard let rule = RuleName(name) else { return nil }
        self.init(rule, mix: mix)
    }

    /// The rule of a name; see ``init(name:mix:)``.
    public init(_ rule: RuleName, mix: ExpectedFlavors? = nil) {
        self.init(form: .rule(rule, rule.usesMix ? mix : nil))
    }

    private init(form: Form) { self.form = form }

    /// Whether it keeps room for the flavors of a mix.
    public var usesMix: Bool {
        if case .rule(let name, _) = form { return name.usesMix }
        return false
    }

    /// A policy that has decided nothing yet.
    public func makePolicy() -> any Policy {
        switch form {
        case .row(let index, let argument): Self.rows[index].make(argument)
        case .rule(let name, let mix): RulePolicy(name, mix: mix)
        }
    }
}

extension Heuristic {
    /// The best rule that is known, whatever the servers: `SPANE_DEFAULT_POLICY` in C.
    public static let best = known(bestName)
    /// Its name.
    public static let bestName = "capacity-lost,10*most-allocated+spread"
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
