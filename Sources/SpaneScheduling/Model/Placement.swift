/// Where a VM runs or may run: a server and the NUMA nodes on it that share the VM evenly.
public struct Placement: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The server in the upper bits, its nodes in the lowest eight.
    public let rawValue: UInt32

    /// Creates a placement from its bits.
    @inlinable
    @inline(__always)
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Creates the placement on some nodes of a server.
    @inlinable
    @inline(__always)
    public init(server: Int, nodes: NodeSet) {
        rawValue = UInt32(truncatingIfNeeded: server) << 8 | UInt32(nodes.rawValue)
    }

    /// Creates the placement on one node of a server.
    @inlinable
    @inline(__always)
    public init(server: Int, node: Int) { self.init(server: server, nodes: NodeSet(node: node)) }

    /// The server, 0 ..< servers.
    @inlinable
    public var server: Int { Int(rawValue >> 8) }

    /// The nodes, as many as the span of the request.
    @inlinable
    public var nodes: NodeSet { NodeSet(rawValue: UInt8(truncatingIfNeeded: rawValue)) }

    /// Orders placements by server, then by ``NodeSet/rawValue``.
    @inlinable
    public static func < (left: Placement, right: Placement) -> Bool { left.rawValue < right.rawValue }
}

extension Placement: CustomStringConvertible {
    /// Such as "node 1 of server 3" or "nodes 0 and 1 of server 3".
    public var description: String {
        var names: [String] = []
        nodes.forEach { names.append("\($0)") }
        guard names.count > 1, let last = names.popLast() else {
            return "node \(names.first ?? "-") of server \(server)"
        }
        return "nodes \(names.joined(separator: ", ")) and \(last) of server \(server)"
    }
}
