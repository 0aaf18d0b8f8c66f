extension Environment {
    /// What one placement did.
    public struct Step: Equatable, Sendable {
        /// The reward of the placement.
        public let reward: Double
        /// The wait in seconds of the VM that was placed.
        public let wait: Double
    }

    /// Places the VM at the head and moves the clock to the moment at which the next one can start.
    ///
    /// - Returns: the reward and the wait of the VM placed.
    /// - Throws: `badState` when the episode has ended, `unavailableAction` when the placement has no room; nothing
    ///   changes then.
    /// - Complexity: O(log running) for each VM that starts or leaves, O(servers) to see whether the next one fits.
    @discardableResult
    public mutating func step(_ placement: Placement) throws(SchedulingError) -> Step {
        guard !isFinished else { throw Self.hasEnded }
        guard placement.server < cluster.serverCount else {
            throw SchedulingError(
                .unavailableAction,
                "server is \(placement.server); a cluster of \(cluster.serverCount) servers has servers "
                    + "0 ... \(cluster.serverCount - 1)"
            )
        }
        guard cluster.isAvailable(placement, for: request) else {
            throw SchedulingError(
                .unavailableAction,
                placement.nodes.count == request.span
                    ? "\(placement) has no room for \(request.cpu) cores and \(request.mem) GB"
                    : "the placement has \(placement.nodes.count) nodes; the VM is spread over \(request.span)"
            )
        }
        return place(at: placement)
    }

    /// As ``step(_:)-(Placement)`` with the number of an action; see ``Action``.
    @discardableResult
    public mutating func step(_ action: Action) throws(SchedulingError) -> Step {
        guard !isFinished else { throw Self.hasEnded }
        return place(at: try cluster.placement(of: action, for: request))
    }

    private static var hasEnded: SchedulingError {
        SchedulingError(.badState, "the episode has ended (or none was started); reset before the next step")
    }

    /// Places the VM at the head where there is room for it.
    @discardableResult
    mutating func place(at placement: Placement) -> Step {
        let vm = rows[head]
        cluster.place(request, at: placement)
        departures.insert(
            .init(end: clock + vm.lifetime, vm: Int32(truncatingIfNeeded: head), placement: placement)
        )
        let wait = clock - vm.arrival
        totalWait += wait
        placedCount += 1
        let value = rewardOfPlacement(wait: wait)
        head += 1
        isFinished = endsHere()
        if !isFinished { moveClock() }
        return Step(reward: value, wait: wait)
    }

    @inline(__always)
    private mutating func rewardOfPlacement(wait: Double) -> Double {
        let value = Reward.logWait(wait)
        guard case .balance(let weight) = reward else { return value }
        return value + weight * balanceGained()
    }

    @inline(never)
    private mutating func balanceGained() -> Double {
        let before = balance
        balance = cluster.balance
        return balance - before
    }

    /// Whether the placement just made, with the next VM already at the head, was the last one.
    private mutating func endsHere() -> Bool {
        if head >= rows.count - 1 { return true }
        switch end {
        case .length(let length):
            return placedCount >= length
        case .exceed(let limit):
            if placedSinceExceeding > 0 || cluster.firstAvailable(for: request) == nil { placedSinceExceeding += 1 }
            return placedSinceExceeding >= limit
        case .automatic:
            return true
        }
    }

    /// Moves the clock to the start of the VM at the head and lets every VM go that has ended by then.
    private mutating func moveClock() {
        let arrival = rows[head].arrival
        while departures.earliestEnd <= arrival { removeFirstDeparture() }
        if let found = cluster.firstAvailable(for: request) { first = found } else { awaitRoom() }
        clock = max(clock, arrival)
    }

    /// Lets VMs go, those that end together at once, until the one at the head fits.
    @inline(never)
    private mutating func awaitRoom() {
        while true {
            // What ends now, placed for no time at all, leaves first.
            if let planner, departures.earliestEnd > clock, makeRoom(by: planner) { return }
            // Every trace fits on the empty cluster, so the queue of departures cannot run dry here.
            let end = departures.earliestEnd
            while departures.earliestEnd == end { removeFirstDeparture() }
            guard let found = cluster.firstAvailable(for: request) else { continue }
            first = found
            return
        }
    }

    mutating func removeFirstDeparture() {
        let departure = departures.removeFirst()
        clock = departure.end
        let flavor = Int(rows[Int(departure.vm)].flavor)
        let share = shares[flavor]
        if share.isPlain {
            cluster.add(share, at: departure.placement, sign: 1)
        } else {
            cluster.release(requests[flavor], at: departure.placement)
        }
    }
}
