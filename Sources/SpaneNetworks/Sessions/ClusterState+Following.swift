internal import SpaneScheduling

extension ClusterState {
    /// Calls `body` with every server that changed since a revision, with all of them when some changes are no longer known,
    /// and moves the revision on.
    @inline(__always)
    func forEachServer(changedSince seen: inout UInt64, _ body: (Int) -> Void) {
        if seen < oldestRevision {
            for server in 0..<serverCount { body(server) }
            seen = revision
        }
        while seen < revision {
            body(server(changedAt: seen))
            seen += 1
        }
    }
}
