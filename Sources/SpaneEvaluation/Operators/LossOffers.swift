import SpaneScheduling

/// The VMs of an episode in which nothing waits, one after the other, and the servers on which they are placed.
///
/// VMs come when they arrive and leave when their lifetimes are over; at equal times departures come first, then outages. What a
/// failure takes away asks for another place at once, and counts once more.
struct LossOffers: ~Copyable {
    /// A VM that asks for a place.
    struct Offer {
        /// Its index in the trace.
        let vm: Int
        /// How long it would run, in seconds.
        let lifetime: Double
        /// When it would end.
        let end: Double
    }

    /// Where they are placed.
    var cluster: LossCluster
    /// The cores of the largest server.
    let mostCores: Double
    private let outages: [Outage]
    private var calendar: OutageCalendar
    // The VMs to come.
    private var coming = 0..<0
    // What the last failure took away and has not asked again, and when that was.
    private var lost: ArraySlice<DepartureQueue.Entry> = []
    private var failure = 0.0

    /// - Parameter outages: in order of time; no server has two at once.
    init(_ scenario: Scenario, outages: [Outage] = []) {
        self.outages = outages
        calendar = OutageCalendar([])
        mostCores = scenario.fleet.mostCores
        cluster = LossCluster(scenario)
    }

    /// What is played on what.
    var scenario: Scenario { cluster.scenario }

    /// Starts an episode of `length` VMs from `start` on with empty servers.
    ///
    /// - Throws: `invalidArgument` when the trace has no such episode.
    mutating func begin(start: Int, length: Int) throws(SchedulingError) {
        try scenario.trace.check(start: start, until: .length(length))
        for server in calendar.away { cluster.bringBack(server) }
        cluster.removeAll()
        calendar = OutageCalendar(outages)
        lost = []
        coming = start..<start + length
    }

    /// The next VM, once what ends before it has left; `nil` at the end.
    @inline(__always)
    mutating func next() -> Offer? {
        if let offer = nextLost() { return offer }
        guard !coming.isEmpty else { return nil }
        let vm = cluster.scenario.trace.rows[coming.lowerBound]
        while let turn = calendar.next(until: vm.arrival) {
            cluster.release(until: turn.time)
            guard turn.isStart else {
                cluster.bringBack(turn.server)
                continue
            }
            lost = cluster.takeAway(turn.server, isFailure: turn.isFailure)[...]
            failure = turn.time
            if let offer = nextLost() { return offer }
        }
        cluster.release(until: vm.arrival)
        let index = coming.lowerBound
        coming = index + 1..<coming.upperBound
        return Offer(vm: index, lifetime: vm.lifetime, end: vm.arrival + vm.lifetime)
    }

    @inline(__always)
    private mutating func nextLost() -> Offer? {
        guard let entry = lost.popFirst() else { return nil }
        cluster.release(entry)
        return Offer(vm: Int(entry.vm), lifetime: entry.end - failure, end: entry.end)
    }
}

extension LossEpisode {
    /// Counts a VM that asked for a place.
    mutating func count(_ offer: LossOffers.Offer, of scenario: Scenario, mostCores: Double, isPlaced: Bool) {
        let request = scenario.request(of: offer.vm)
        let size = SizeClass(cores: request.cpu, largest: mostCores)
        count(size, request, lifetime: offer.lifetime, isPlaced: isPlaced)
    }
}
