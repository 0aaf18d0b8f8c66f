/// How the embeddings of all servers become one embedding of the cluster, component by component.
public enum Aggregator: String, CaseIterable, Equatable, Sendable {
    /// The mean over servers.
    case mean
    /// The maximum over servers.
    case max
    /// The unbiased standard deviation over servers; 0 for a single server.
    case std
}
