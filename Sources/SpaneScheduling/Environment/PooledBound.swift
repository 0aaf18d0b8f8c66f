extension Scenario {
    /// A lower bound on the total wait of an episode that every placement policy obeys.
    ///
    /// All servers are taken as one pool of cores and memory, and the VMs start in order of arrival, each as early as
    /// the pool has room. No policy can start any VM earlier.
    ///
    /// *Proof*, by induction over the VMs in order. Let p(j) be the start of VM j in the pool and s(j) its start under
    /// some policy, and let p(j) ≤ s(j) for all j < i. Look at the time t = s(i). Under the policy every j < i has
    /// started by then, since the queue is strictly in order, and i fits beside those that still run. In the pool
    /// every j < i has started by then too, as p(j) ≤ s(j) ≤ t, and each j that still runs in the pool at t still
    /// runs under the policy at t, as its end p(j) + lifetime is no later than s(j) + lifetime. So what the pool uses
    /// at t is at most what the policy uses, summed over the servers, and i fits into the pool at t. Also t is no
    /// earlier than the arrival of i and than p(i - 1). The pool starts i at the first such time, hence p(i) ≤ s(i). ∎
    ///
    /// - Parameters:
    ///   - start: the index of the first VM.
    ///   - length: the number of VMs placed.
    /// - Returns: the sum of the waits in the pool, in seconds.
    /// - Throws: `invalidArgument` as ``Environment/reset(start:until:)`` does.
    /// - Complexity: O(length * log running) time.
    public func pooledBound(start: Int, length: Int) throws(SchedulingError) -> Double {
        try pooledBound(start: start, length: length, progress: .none)
    }

    /// The same, asking now and then whether to go on.
    package func pooledBound(start: Int, length: Int, progress: Progress) throws(SchedulingError) -> Double {
        // An episode that the end of the trace cuts short is one longer than a length that may be asked for.
        guard start >= 0, length >= 0, start < trace.count, length < trace.count - start else {
            throw SchedulingError(
                .invalidArgument,
                "an episode of \(length) VMs from start \(start) does not fit a trace of \(trace.count) VMs"
            )
        }
        var (cpu, mem) = fleet.pooledCapacity
        var running = DepartureQueue(capacity: length)
        var clock = trace.rows[start].arrival
        var total = 0.0
        for index in start..<start + length {
            if index & 4095 == 0 { try progress.check() }
            let vm = trace.rows[index]
            let size = request(of: index).total
            clock = max(clock, vm.arrival)
            while running.earliestEnd <= clock || ((cpu < size.cpu || mem < size.mem) && running.count > 0) {
                let departure = running.removeFirst()
                clock = max(clock, departure.end)
                let freed = request(of: Int(departure.vm)).total
                cpu += freed.cpu
                mem += freed.mem
            }
            cpu -= size.cpu
            mem -= size.mem
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

extension Fleet {
    /// The cores and the memory of all servers, in steps of the grid.
    ///
    /// Sums that no `Double` holds exactly are of servers so large that no trace fills them.
    fileprivate var pooledCapacity: (cpu: Double, mem: Double) {
        var (cpu, mem) = (0.0, 0.0)
        for (type, count) in zip(types, counts) {
            for node in type.nodes {
                cpu += Double(count) * Grid.capacity(node[0])
                mem += Double(count) * Grid.capacity(node[1])
            }
        }
        return (cpu, mem)
    }
}
