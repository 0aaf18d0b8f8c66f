/// How the VMs of a group are to be spread over the fault domains of one level.
///
/// What a rule says of a server is judged by where the other VMs of the group run when one is placed or moved. A server whose
/// domain is not known breaks every rule of that level.
public struct GroupRule: Hashable, Sendable {
    /// What is wanted.
    public enum Kind: Int, Hashable, Sendable, CaseIterable {
        /// At most ``GroupRule/count`` VMs in one domain; 1 is anti-affinity.
        case atMost
        /// All in one domain: affinity.
        case together
        /// In at least ``GroupRule/count`` domains: while they are in fewer, none goes to a domain in use if one not in use could hold
        /// it. That is one with a server in placement that has room for the VM and breaks no hard rule of another kind.
        case spread
    }

    /// The level of the server itself, which every cluster has.
    public static let serverLevel = -1
    /// The most rules of a group.
    public static let most = 64

    /// What is wanted.
    public var kind: Kind
    /// An index into ``Cluster/levels``, or ``serverLevel``.
    public var level: Int
    /// VMs or domains, at least 1; of no meaning for ``Kind/together``.
    public var count: Int
    /// Whether a placement that breaks the rule is refused; otherwise others come first.
    public var isHard: Bool

    /// Creates a rule.
    public init(_ kind: Kind, level: Int = GroupRule.serverLevel, count: Int = 1, isHard: Bool = true) {
        (self.kind, self.level, self.count, self.isHard) = (kind, level, count, isHard)
    }

    /// Refuses a rule that makes no sense.
    ///
    /// - Parameter name: what messages call it.
    func check(levels: [String], as name: String) throws(SchedulingError) {
        guard level == Self.serverLevel || levels.indices.contains(level) else {
            throw SchedulingError(
                .invalidArgument,
                "\(name): level is \(level); " + DomainTable.range(of: levels)
                    + (levels.isEmpty ? "" : ", or") + " -1 for the server"
            )
        }
        guard kind == .together || (1...Int(Int32.max)).contains(count) else {
            throw SchedulingError(
                .invalidArgument,
                "\(name): count is \(count); it must be in 1 ... \(Int32.max)"
            )
        }
    }
}
