extension Environment {
    /// Whether an episode was ever started.
    public var hasStarted: Bool { !isFinished || placedCount > 0 }

    /// The index of the first VM of the episode; meaningless before the first one.
    public var start: Int { head - placedCount }

    /// Whether the episode has come to the end of the trace, whose last VM is never placed.
    public var isTruncated: Bool { isFinished && hasStarted && head >= trace.count - 1 }

    /// Whether the episode has ended as ``reset(start:until:)`` said, which is the case unless it is truncated.
    public var isTerminated: Bool { isFinished && hasStarted && !isTruncated }

    /// When the episode ends.
    package var episodeEnd: EpisodeEnd { end }

    /// Writes what every NUMA node has left in the order (server, NUMA node, resource of nodes), then the cores, the memory and
    /// the span of the VM at the head; where servers have at most two nodes, whether it is split (1 or 0).
    ///
    /// - Parameters:
    ///   - observation: at least ``observationCount`` values; only those are written.
    ///   - unit: what cores and memory are divided by, in double precision.
    /// - Complexity: O(servers).
    public func writeObservation(into observation: inout MutableSpan<Float>, in unit: Resources) {
        cluster.writeObservation(of: request, into: &observation, in: unit)
    }

    /// The number of values that ``writeObservation(into:in:)`` writes.
    public var observationCount: Int { cluster.observationCount + 3 }
}
