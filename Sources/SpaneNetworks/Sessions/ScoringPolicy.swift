public import SpaneScheduling

/// A policy that scores every action and takes the available one with the highest score, ties to the lowest action.
///
/// It is bound to clusters of one configuration and used by one thread at a time.
public protocol ScoringPolicy: AnyObject, Policy {
    /// Writes Q of every action, available or not.
    ///
    /// - Parameter scores: at least `cluster.actionCount` values; only those are written.
    /// - Complexity: O(servers * widths).
    func writeScores(for request: Request, on cluster: borrowing Cluster, into scores: inout MutableSpan<Float>)
}

extension Normalisation {
    /// The three inputs that describe a request.
    @inline(__always)
    func write(_ request: Request, to output: UnsafeMutablePointer<Float>) {
        unsafe output[0] = Float(request.cpu) / cpu
        unsafe output[1] = Float(request.mem) / mem
        unsafe output[2] = request.isSplit ? 1 : 0
    }
}
