/// A rule by name: a server score and a choice of nodes, `most-allocated+spread`, or a weighted sum of scores,
/// `capacity-lost,100*most-allocated+spread`. Without a node part it is `spread`.
public struct RuleName: Hashable, Sendable, CustomStringConvertible {
    /// A part of the sum.
    public struct Term: Hashable, Sendable, CustomStringConvertible {
        /// What the score is multiplied by.
        public let weight: Double
        /// The score.
        public let score: ServerScore

        /// - Parameter weight: in -10⁶ ... 10⁶.
        public init(_ score: ServerScore, weight: Double = 1) {
            precondition(RuleName.weights.contains(weight), "a weight is in -10^6 ... 10^6")
            (self.score, self.weight) = (score, weight)
        }

        /// Such as "capacity-lost" or "10*most-allocated".
        public var description: String { weight == 1 ? score.rawValue : "\(RuleName.text(weight))*\(score.rawValue)" }
    }

    fileprivate static let weights = -1e6...1e6

    /// What is added up; at least one.
    public let terms: [Term]
    /// Which nodes a VM gets.
    public let nodes: NodeChoice

    /// - Parameter terms: at least one.
    public init(_ terms: [Term], _ nodes: NodeChoice = .spread) {
        precondition(!terms.isEmpty, "a rule has at least one server score")
        (self.terms, self.nodes) = (terms, nodes)
    }

    /// Reads a name; `nil` where it is none.
    public init?(_ name: String) {
        // A plus sign may also stand in a weight, as in 1e+5.
        let plus = name.lastIndex(of: "+")
        let ending = plus.flatMap { NodeChoice(rawValue: String(name[name.index(after: $0)...])) }
        let sum = if let plus, ending != nil { name[..<plus] } else { name[...] }
        var terms: [Term] = []
        for text in sum.split(separator: ",", omittingEmptySubsequences: false) {
            let factors = text.split(separator: "*", omittingEmptySubsequences: false)
            let weight = factors.count == 1 ? 1 : Double(factors[0])
            guard factors.count <= 2, let weight, Self.weights.contains(weight),
                let score = ServerScore(rawValue: String(factors[factors.count - 1]))
            else { return nil }
            terms.append(Term(score, weight: weight))
        }
        self.init(terms, ending ?? .spread)
    }

    /// The name that ``init(_:)`` reads.
    public var description: String {
        "\(terms.map(\.description).joined(separator: ","))+\(nodes.rawValue)"
    }

    /// A weight as people write it.
    fileprivate static func text(_ weight: Double) -> String {
        weight == weight.rounded() ? "\(Int(weight))" : "\(weight)"
    }

    /// What a name looks like, for messages.
    public static var usage: String {
        let scores = ServerScore.allCases.map(\.rawValue).joined(separator: ", ")
        let nodes = NodeChoice.allCases.map(\.rawValue).joined(separator: ", ")
        return "SERVER+NODE or W*SERVER,W*SERVER+NODE with W in -10^6 ... 10^6, SERVER one of \(scores) and "
            + "NODE one of \(nodes)"
    }

    /// Whether what it says of a server depends on the flavors that are asked for.
    public var usesMix: Bool { nodes == .capacityLost || terms.contains { $0.score == .capacityLost } }
}
