internal import SpaneSystem
public import SpaneScheduling

/// A simulated fleet near its stationary load: mixed servers, and VMs that come and go for days.
///
/// VMs arrive at random, more by day than by night; three of four run for about an hour and the others for days. As many as run on
/// average are there at the start, at second 0, with what is left of their lifetimes, so that the load neither grows nor shrinks. The
/// offered load does not depend on what is refused. Servers fail and are drained; see ``Outage``.
public struct FleetWorkload: Equatable, Sendable {
    /// The servers and what is asked of them.
    public var kind: FleetKind
    /// The number of servers, 1 ... 100,000.
    public var servers: Int
    /// The offered load as a share of the resource that runs out first, above 0 and at most 2.
    public var load: Double
    /// For how long VMs arrive, above 0 and at most 365.
    public var days: Double
    /// Selects one of the possible fleets.
    public var seed: UInt64

    /// Describes a fleet.
    public init(_ kind: FleetKind, servers: Int, load: Double, days: Double, seed: UInt64) {
        (self.kind, self.servers, self.load, self.days, self.seed) = (kind, servers, load, days, seed)
    }

    /// The most ``servers``.
    package static let mostServers = 100_000
    /// The largest ``load``.
    package static let mostLoad = 2.0
    /// The most ``days``.
    package static let mostDays = 365.0

    private static let day = 86_400.0
    // The rate at time t is 1 + amplitude · cos(2π (t - peak) / day) times its mean.
    private static let amplitude = 0.4
    private static let peak = 50_400.0
    private static let lifetimes = [
        (share: 0.75, distribution: LifetimeDistribution(median: 3600, spread: 1.2)),
        (share: 0.25, distribution: LifetimeDistribution(median: 3 * day, spread: 0.8)),
    ]
    private static let meanLifetime = lifetimes.reduce(0) { $0 + $1.share * $1.distribution.mean }
    // A server fails every half year and is away for a day; it is drained for six hours every other month.
    private static let outages = [
        (every: 180 * day, duration: day, isFailure: true), (every: 60 * day, duration: day / 4, isFailure: false),
    ]

    // What each of the random parts draws from.
    private enum Stream: UInt64 { case servers, population, arrivals, outages }

    private func generator(_ stream: Stream) -> Xoshiro256StarStar {
        Xoshiro256StarStar(seed: seed, stream: stream.rawValue)
    }

    /// The servers: as many of each generation, in random order.
    ///
    /// - Throws: `invalidArgument` when a value is out of its range.
    public func makeFleet() throws(SchedulingError) -> Fleet {
        try check()
        let types = kind.types
        var generator = generator(.servers)
        var typeOfServer = (0..<servers).map { Int32($0 % types.count) }
        typeOfServer.shuffle(using: &generator)
        return try Fleet(layout: kind.layout, types: types, typeOfServer: typeOfServer)
    }

    /// The VMs of ``makeVirtualMachines()``.
    ///
    /// - Throws: `invalidTrace` when there are too few to make an episode.
    public func makeTrace() throws(SchedulingError) -> Trace { try makeTrace(progress: .none) }

    package func makeTrace(progress: Progress) throws(SchedulingError) -> Trace {
        let vms = try makeVirtualMachines(progress: progress.part(0, 0.8))
        // An episode ends before the last two VMs of its trace.
        guard vms.count >= 3 else {
            throw SchedulingError(
                .invalidTrace,
                "\(description) has \(vms.count) VMs; at least 3 are needed, from more servers, load or days"
            )
        }
        return try Trace(vms, progress: progress.part(0.8, 1))
    }

    /// What messages call it.
    private var description: String {
        "the \(kind.rawValue) fleet with servers = \(servers), load = \(load), days = \(days)"
    }

    /// How many VMs there are, rather too high.
    private func expectedCount(running: Double) -> Int {
        Int(running * (1 + days * Self.day / Self.meanLifetime) * 1.05) + 1000
    }

    /// The bytes that the VMs take, as a trace too, and the outages in two lists.
    package func bytes() throws(SchedulingError) -> Int {
        let vms = expectedCount(running: try meanRunning(on: makeFleet()))
        let outages = Self.outages.reduce(0) { $0 + days * Self.day / $1.every } * Double(servers)
        return vms * (MemoryLayout<VirtualMachine>.stride + MemoryLayout<Trace.Row>.stride)
            + 4 * Int(outages) * MemoryLayout<Outage>.stride
    }

    private func check() throws(SchedulingError) {
        guard (1...Self.mostServers).contains(servers), load > 0, load <= Self.mostLoad, days > 0, days <= Self.mostDays
        else {
            throw SchedulingError(
                .invalidArgument,
                "\(description): servers must be in 1 ... \(Self.mostServers), load above 0 and at most \(Self.mostLoad), "
                    + "days above 0 and at most \(Self.mostDays)"
            )
        }
    }

    /// Refuses more VMs than there is memory for.
    package func checkMemory() throws(SchedulingError) {
        let vms = expectedCount(running: try meanRunning(on: makeFleet()))
        try Memory.require(bytes: bytes(), for: "\(description), which has about \(vms) VMs,")
    }

    /// The VMs in order of arrival, in whole seconds from 0 on.
    ///
    /// - Throws: as ``makeFleet()``, and when there is not the memory for so many.
    /// - Complexity: O(VMs).
    public func makeVirtualMachines() throws(SchedulingError) -> [VirtualMachine] {
        try makeVirtualMachines(progress: .none)
    }

    package func makeVirtualMachines(progress: Progress) throws(SchedulingError) -> [VirtualMachine] {
        try checkMemory()
        let fleet = try makeFleet()
        let flavors = flavors(on: fleet)
        let shares = flavors.reduce(0) { $0 + $1.share }
        let mean = Self.meanLifetime
        let running = try meanRunning(on: fleet)
        let expected = expectedCount(running: running)
        var vms: [VirtualMachine] = []
        vms.reserveCapacity(expected)
        func add(at time: Double, lifetime: Double, _ generator: inout Xoshiro256StarStar) {
            var draw = generator.uniform() * shares
            let chosen = flavors.first { _, share in
                draw -= share
                return draw < 0
            }
            let flavor = (chosen ?? flavors[0]).flavor
            vms.append(
                VirtualMachine(
                    id: Int64(vms.count),
                    cpu: flavor.cpu,
                    mem: flavor.mem,
                    arrival: time,
                    lifetime: max(1, lifetime.rounded()),
                    span: flavor.span
                )
            )
        }
        var population = generator(.population)
        for _ in 0..<Int(running.rounded()) {
            try progress.check(step: vms.count, of: expected)
            // Of the VMs that run at some moment long ones are more, as they run longer, and any part of it may be over.
            let isShort = population.uniform() * mean < Self.lifetimes[0].share * Self.lifetimes[0].distribution.mean
            let whole = Self.lifetimes[isShort ? 0 : 1].distribution.sampleByLength(using: &population)
            add(at: 0, lifetime: whole * population.uniform(), &population)
        }
        var arrivals = generator(.arrivals)
        var time = 0.0
        while true {
            try progress.check(step: vms.count, of: expected)
            // By thinning: as many as at the peak, of which some do not come.
            time += arrivals.exponential() * mean / running / (1 + Self.amplitude)
            guard time < days * Self.day else { return vms }
            let rate = 1 + Self.amplitude * cos(2 * Double.pi * (time - Self.peak) / Self.day)
            guard arrivals.uniform() * (1 + Self.amplitude) < rate else { continue }
            let isShort = arrivals.uniform() < Self.lifetimes[0].share
            let lifetime = Self.lifetimes[isShort ? 0 : 1].distribution.sample(shared: 0, share: 0, using: &arrivals)
            add(at: time.rounded(.down), lifetime: lifetime, &arrivals)
        }
    }

    /// What takes servers away, in order of time.
    ///
    /// - Throws: as ``makeFleet()``.
    public func makeOutages() throws(SchedulingError) -> [Outage] {
        try check()
        var generator = generator(.outages)
        var outages: [Outage] = []
        for kind in Self.outages {
            var time = 0.0
            while true {
                time += generator.exponential() * kind.every / Double(servers)
                guard time < days * Self.day else { break }
                outages.append(
                    Outage(
                        server: generator.below(servers),
                        start: time,
                        end: time + kind.duration,
                        isFailure: kind.isFailure
                    )
                )
            }
        }
        // A server that is away cannot leave.
        var isBackAt: [Int: Double] = [:]
        return outages.sorted { $0.start < $1.start }.filter { outage in
            guard isBackAt[outage.server] ?? 0 <= outage.start else { return false }
            isBackAt[outage.server] = outage.end
            return true
        }
    }

    private func flavors(on fleet: Fleet) -> [(flavor: Flavor, share: Double)] {
        kind.flavors(on: zip(fleet.types, fleet.counts).filter { $0.1 > 0 }.map(\.0))
    }

    /// The VMs that run on average, if none is refused.
    private func meanRunning(on fleet: Fleet) throws(SchedulingError) -> Double {
        var all = Resources(cpu: 0, mem: 0)
        for (type, count) in zip(fleet.types, fleet.counts) {
            for node in type.nodes {
                all.cpu += Double(count) * node[0]
                all.mem += Double(count) * node[1]
            }
        }
        let flavors = flavors(on: fleet)
        let shares = flavors.reduce(0) { $0 + $1.share }
        let cpu = flavors.reduce(0) { $0 + $1.share / shares * $1.flavor.cpu }
        let mem = flavors.reduce(0) { $0 + $1.share / shares * $1.flavor.mem }
        return load * min(all.cpu / cpu, all.mem / mem)
    }
}

extension LifetimeDistribution {
    /// The mean in seconds without the longest lifetime, which takes half a percent away from that of the long ones.
    fileprivate var mean: Double { median * exp(spread * spread / 2) }

    /// A lifetime of those that run at some moment, which is longer the longer it runs.
    fileprivate func sampleByLength(using generator: inout Xoshiro256StarStar) -> Double {
        let longer = LifetimeDistribution(median: median * exp(spread * spread), spread: spread)
        return longer.sample(shared: 0, share: 0, using: &generator)
    }
}
