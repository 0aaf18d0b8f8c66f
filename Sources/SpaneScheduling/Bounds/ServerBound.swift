internal import SpaneBuffers

extension Scenario {
    /// A lower bound on the number of servers on which every VM of a window is placed when it arrives.
    ///
    /// When none waits and none is refused, what runs at any moment does not depend on who places, and so every number of servers
    /// that suffices meets the conditions of dual feasible functions at every moment; see ``waitBound(start:length:)``. The number
    /// is that of the fewest servers, in the proportions of the fleet, that do.
    ///
    /// - Parameters:
    ///   - start: the index of the first VM.
    ///   - length: the number of VMs.
    /// - Returns: at least 1. It does not depend on the number of servers of a fleet whose servers are alike.
    /// - Throws: `invalidArgument` when the trace has no such window, and when more than ``Fleet/maximumServers`` are needed.
    /// - Complexity: O(length * (functions * resources + log running)) time, with 143 functions.
    public func serverBound(start: Int, length: Int) throws(SchedulingError) -> Int {
        try serverBound(boundConditions, start: start, length: length, progress: .none)
    }

    /// The bound by these conditions, asking now and then whether to go on.
    package func serverBound(
        _ conditions: FitConditions,
        start: Int,
        length: Int,
        progress: Progress
    ) throws(SchedulingError) -> Int {
        try trace.check(start: start, until: .length(length))
        var balance = FitBalance(conditions)
        let least = FlatBuffer(conditions.limits)
        var running = DepartureQueue(capacity: length)
        for index in start..<start + length {
            if index & 1023 == 0 { try progress.check() }
            let vm = trace.rows[index]
            while running.earliestEnd <= vm.arrival {
                let left = Int(running.removeFirst().vm)
                balance.remove(balance.row(of: trace.rows[left].flavor, request(of: left)))
            }
            balance.add(balance.row(of: vm.flavor, request(of: index)))
            balance.lower(least)
            running.insert(
                .init(
                    end: vm.arrival + vm.lifetime,
                    vm: Int32(truncatingIfNeeded: index),
                    placement: Placement(rawValue: 0)
                )
            )
        }
        var most = (0..<conditions.limits.count).map { conditions.limits[$0] - least[$0] }
        for condition in most.indices {
            let (sum, overflow) = balance.largestImage(of: condition).multipliedReportingOverflow(by: Int64(length))
            // What was summed may have been too large for a number. A condition may be left out.
            if overflow || sum > Int64.max / 2 { most[condition] = 0 }
        }
        return try fewestServers(most, conditions)
    }

    /// The fewest servers that have as much as `most` says of each condition.
    private func fewestServers(_ most: [Int64], _ conditions: FitConditions) throws(SchedulingError) -> Int {
        let growth = fleet.growth
        let images = fleet.types.map { type in
            conditions.terms.map { $0.image(of: type, nodeResources: conditions.nodeResources) }
        }
        var lacking = most
        for count in 1...Fleet.maximumServers {
            let image = images[Int(growth[(count - 1) % growth.count])]
            var suffices = true
            for condition in lacking.indices where lacking[condition] > 0 {
                lacking[condition] -= image[condition]
                suffices = suffices && lacking[condition] <= 0
            }
            if suffices { return count }
        }
        throw SchedulingError(
            .invalidArgument,
            "the VMs need more than \(Fleet.maximumServers) servers, the most that there may be"
        )
    }
}
