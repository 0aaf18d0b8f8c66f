/// A placement: a server and the NUMA node on it, numbered `server * nodesPerServer + node`.
///
/// For a split VM every node of a server names the same placement.
public struct Action: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The action number, 0 ..< servers * nodesPerServer.
    public let rawValue: Int32

    /// Creates an action from its number.
    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Creates an action from its number.
    @inlinable
    public init(_ index: Int) { rawValue = Int32(truncatingIfNeeded: index) }

    /// Creates the action that places on `node` of `server`.
    @inlinable
    public init(server: Int, node: Int) { self.init(server * NUMATopology.nodesPerServer + node) }

    /// The action number as an index.
    @inlinable
    public var index: Int { Int(rawValue) }

    /// The server, 0 ..< servers.
    @inlinable
    public var server: Int { index / NUMATopology.nodesPerServer }

    /// The NUMA node on the server, 0 ..< nodesPerServer.
    @inlinable
    public var node: Int { index % NUMATopology.nodesPerServer }

    /// Orders actions by number.
    @inlinable
    public static func < (left: Action, right: Action) -> Bool { left.rawValue < right.rawValue }
}
