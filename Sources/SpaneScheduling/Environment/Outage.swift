/// A time in which a server takes no VMs.
public struct Outage: Equatable, Sendable {
    /// The server, by its place in the fleet.
    public let server: Int
    /// In seconds.
    public let start: Double
    /// In seconds, after ``start``; from then on the server is back.
    public let end: Double
    /// Whether what runs there is lost when it begins, and asks for another place; otherwise it stays to its end.
    public let isFailure: Bool

    /// Describes an outage.
    public init(server: Int, start: Double, end: Double, isFailure: Bool) {
        (self.server, self.start, self.end, self.isFailure) = (server, start, end, isFailure)
    }
}
