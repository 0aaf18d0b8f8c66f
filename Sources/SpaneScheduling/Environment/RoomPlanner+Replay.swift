extension RoomPlanner {
    /// Looks for a plan that makes room for a VM of a scenario by moves of those that run.
    package func plan(
        _ request: Request,
        on cluster: borrowing ClusterState,
        _ running: borrowing DepartureQueue,
        of scenario: Scenario
    ) -> RoomResult {
        let count = cluster.serverCount
        return plan(request, on: cluster) { servers, roster in
            // In the order of the trace, as that of the queue depends on more than on what runs.
            var entries: [DepartureQueue.Entry] = []
            running.forEach(on: servers, of: count) { entries.append($0) }
            entries.sort { $0.vm < $1.vm }
            for entry in entries {
                roster.add(UInt64(entry.vm), scenario.request(of: Int(entry.vm)), entry.placement)
            }
        }
    }
}
