extension Scenario {
    /// A lower bound on the total wait of an episode that every placement policy obeys.
    ///
    /// VMs start in order of arrival, each as early as the conditions of dual feasible functions allow: what the nodes of all
    /// servers can hold together, whatever runs where. No policy can start any VM earlier.
    ///
    /// *Proof*, by induction over the VMs in order. Let b(j) be the start of VM j here and s(j) its start under some policy,
    /// and let b(j) ≤ s(j) for all j < i. Look at the time t = s(i). Under the policy every j < i has started by then, since
    /// the queue is strictly in order, and i fits beside those that still run, so that all of them meet the conditions. Here
    /// every j < i has started by then too, as b(j) ≤ s(j) ≤ t, and each j that still runs here at t still runs under the
    /// policy, as its end b(j) + lifetime is no later than s(j) + lifetime. So what runs here at t is a part of what runs
    /// there, and with i it meets the conditions too. Also t is no earlier than the arrival of i and than b(i - 1). Here i
    /// starts at the first such time, hence b(i) ≤ s(i). ∎
    ///
    /// - Parameters:
    ///   - start: the index of the first VM.
    ///   - length: the number of VMs placed.
    /// - Returns: the sum of the waits, in seconds; at least ``pooledBound(start:length:)``.
    /// - Throws: `invalidArgument` as ``Environment/reset(start:until:)`` does.
    /// - Complexity: O(length * (functions * resources + log running)) time, with 143 functions.
    public func waitBound(start: Int, length: Int) throws(SchedulingError) -> Double {
        try waitBound(boundConditions, start: start, length: length, progress: .none)
    }

    /// The conditions of ``waitBound(start:length:)``, which are those of every episode.
    package var boundConditions: FitConditions { FitConditions(fleet, DualFeasibleFunction.family) }

    /// As ``waitBound(start:length:)`` with all servers taken as one pool of each resource: the bound of the published
    /// comparison.
    ///
    /// - Complexity: O(length * log running) time.
    public func pooledBound(start: Int, length: Int) throws(SchedulingError) -> Double {
        try waitBound(FitConditions(fleet, [.identity]), start: start, length: length, progress: .none)
    }

    /// The bound by these conditions, asking now and then whether to go on.
    package func waitBound(
        _ conditions: FitConditions,
        start: Int,
        length: Int,
        progress: Progress
    ) throws(SchedulingError) -> Double {
        // An episode that the end of the trace cuts short is one longer than a length that may be asked for.
        guard start >= 0, length >= 0, start < trace.count, length < trace.count - start else {
            throw SchedulingError(
                .invalidArgument,
                "an episode of \(length) VMs from start \(start) does not fit a trace of \(trace.count) VMs"
            )
        }
        var balance = FitBalance(conditions)
        var running = DepartureQueue(capacity: length)
        var clock = trace.rows[start].arrival
        var total = 0.0
        for index in start..<start + length {
            if index & 4095 == 0 { try progress.check() }
            let vm = trace.rows[index]
            let row = balance.row(of: vm.flavor, request(of: index))
            clock = max(clock, vm.arrival)
            while running.earliestEnd <= clock || (running.count > 0 && !balance.allows(row)) {
                let departure = running.removeFirst()
                clock = max(clock, departure.end)
                let left = Int(departure.vm)
                balance.remove(balance.row(of: trace.rows[left].flavor, request(of: left)))
            }
            balance.add(row)
            total += clock - vm.arrival
            running.insert(
                .init(
                    end: clock + vm.lifetime,
                    vm: Int32(truncatingIfNeeded: index),
                    placement: Placement(rawValue: 0)
                )
            )
        }
        return total
    }
}
