extension RoomPlanner {
    /// Looks for a plan that makes room for a VM of a scenario by moves of those that run.
    package func plan(
        _ request: Request,
        on cluster: borrowing ClusterState,
        _ running: borrowing DepartureQueue,
        of scenario: Scenario
    ) -> RoomResult {
        let count = cluster.serverCount
        return plan(request, on: cluster) { servers, add in
            running.forEach(on: servers, of: count) { entry in
                add(UInt64(entry.vm), scenario.request(of: Int(entry.vm)), entry.placement)
            }
        }
    }
}
