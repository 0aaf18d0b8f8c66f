public import SpaneScheduling

/// What is to be different when a log is replayed.
public struct ReplayOptions: Hashable, Sendable {
    /// The servers on which VMs are placed: so many of those that the log begins with, the lowest numbers first; `nil` for all. Servers
    /// that are added later count beside them.
    public var servers: Int?
    /// The moves that may make room; `nil` for none.
    public var moves: MoveLimits?
    /// Whether VMs that fit nowhere wait in the order in which they asked, as in the paper, and all behind them wait too; otherwise one is
    /// refused until it is asked for again in the log.
    public var hasQueue: Bool

    /// Everything as it was.
    public init(servers: Int? = nil, moves: MoveLimits? = nil, hasQueue: Bool = false) {
        (self.servers, self.moves, self.hasQueue) = (servers, moves, hasQueue)
    }
}
