/// Some NUMA nodes of one server: bit n stands for node n.
public struct NodeSet: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// One bit a node.
    public let rawValue: UInt8

    /// Creates a set from its bits.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Creates the set of one node, 0 ... 7.
    @inlinable
    public init(node: Int) { rawValue = 1 << UInt8(truncatingIfNeeded: node) }

    /// Creates the set of the first `count` nodes, 0 ... 8.
    @inlinable
    public init(first count: Int) { rawValue = UInt8(truncatingIfNeeded: (1 << count) - 1) }

    /// No node.
    @inlinable
    public static var none: NodeSet { NodeSet(rawValue: 0) }

    /// The number of nodes.
    @inlinable
    public var count: Int { rawValue.nonzeroBitCount }

    /// Whether there is no node in it.
    @inlinable
    public var isEmpty: Bool { rawValue == 0 }

    /// The lowest node; the set must not be empty.
    @inlinable
    public var first: Int { rawValue.trailingZeroBitCount }

    /// Whether a node is in it.
    @inlinable
    public func contains(_ node: Int) -> Bool { rawValue >> UInt8(truncatingIfNeeded: node) & 1 != 0 }

    /// Whether all nodes of another set are in it.
    @inlinable
    public func isSuperset(of other: NodeSet) -> Bool { rawValue & other.rawValue == other.rawValue }

    /// The `count` lowest nodes; there must be that many.
    @inlinable
    public func lowest(_ count: Int) -> NodeSet {
        var rest = rawValue
        for _ in 0..<count { rest &= rest &- 1 }
        return NodeSet(rawValue: rawValue & ~rest)
    }

    /// Calls `body` with every node in ascending order.
    @inlinable
    @inline(__always)
    public func forEach(_ body: (Int) -> Void) {
        var rest = rawValue
        while rest != 0 {
            body(rest.trailingZeroBitCount)
            rest &= rest &- 1
        }
    }

    /// Calls `body` with every subset of `count` nodes, in ascending order of ``rawValue``: at most 70, for 4 of 8.
    @inlinable
    @inline(__always)
    public func forEachSubset(of count: Int, _ body: (NodeSet) -> Void) {
        let members = self.count
        guard count >= 1, count <= members else { return }
        // Gosper's hack runs through the choices among the members, which are then spread over their nodes.
        var choice = (1 << count) - 1
        while choice < 1 << members {
            body(spread(choice))
            let lowest = choice & -choice
            let ripple = choice + lowest
            choice = ((choice ^ ripple) >> 2) / lowest | ripple
        }
    }

    @usableFromInline
    func spread(_ choice: Int) -> NodeSet {
        var (rest, bits, result) = (rawValue, choice, UInt8(0))
        while bits != 0 {
            if bits & 1 != 0 { result |= rest & (0 &- rest) }
            rest &= rest &- 1
            bits >>= 1
        }
        return NodeSet(rawValue: result)
    }
}
