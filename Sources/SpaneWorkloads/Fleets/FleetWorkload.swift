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
    /// The number of servers, at least 1.
    public var servers: Int
    /// The offered load as a share of the resource that runs out first, above 0.
    public var load: Double
    /// For how long VMs arrive, above 0.
    public var days: Double
    /// Selects one of the possible fleets.
    public var seed: UInt64

    /// Describes a fleet.
    public init(_ kind: FleetKind, servers: Int, load: Double, days: Double, seed: UInt64) {
        (self.kind, self.servers, self.load, self.days, self.seed) = (kind, servers, load, days, seed)
    }

    /// The largest ``load``.
    package static let mostLoad = 2.0
    /// The most ``days``.
    package static let mostDays = 365.0

    private static let day = 86_400.0
    // The rate at time t is 1 + amplitude · cos(2π (t - peak) / day) times its mean.
    private static let amplitude = 0.4
    private static let peak = 50_400.0
    private static let lifetimes = [
        (share: 0.75, LifetimeDistribution(median: 3600, spread: 1.2)),
        (share: 0.25, LifetimeDistribution(median: 3 * day, spread: 0.8)),
    ]
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
    public func makeFleet() throws(SchedulingError) -> Fleet {
        let types = kind.types
        var generator = generator(.servers)
        var typeOfServer = (0..<servers).map { Int32($0 % types.count) }
        typeOfServer.shuffle(using: &generator)
        return try Fleet(layout: kind.layout, types: types, typeOfServer: typeOfServer)
    }

    /// The VMs in order of arrival, in whole seconds from 0 on.
    ///
    /// - Complexity: O(VMs).
    public func makeVirtualMachines() throws(SchedulingError) -> [VirtualMachine] {
        let flavors = kind.flavors
        let shares = flavors.reduce(0) { $0 + $1.share }
        let mean = Self.lifetimes.reduce(0) { $0 + $1.share * $1.1.mean }
        let running = try meanRunning(flavors.map { ($0.flavor, $0.share / shares) })
        var vms: [VirtualMachine] = []
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
            // Of the VMs that run at some moment long ones are more, as they run longer, and any part of it may be over.
            let isShort = population.uniform() * mean < Self.lifetimes[0].share * Self.lifetimes[0].1.mean
            let whole = Self.lifetimes[isShort ? 0 : 1].1.sampleByLength(using: &population)
            add(at: 0, lifetime: whole * population.uniform(), &population)
        }
        var arrivals = generator(.arrivals)
        var time = 0.0
        while true {
            // By thinning: as many as at the peak, of which some do not come.
            time += arrivals.exponential() * mean / running / (1 + Self.amplitude)
            guard time < days * Self.day else { return vms }
            let rate = 1 + Self.amplitude * cos(2 * Double.pi * (time - Self.peak) / Self.day)
            guard arrivals.uniform() * (1 + Self.amplitude) < rate else { continue }
            let kind = Self.lifetimes[arrivals.uniform() < Self.lifetimes[0].share ? 0 : 1].1
            let lifetime = kind.sample(shared: 0, share: 0, using: &arrivals)
            add(at: time.rounded(.down), lifetime: lifetime, &arrivals)
        }
    }

    /// What takes servers away, in order of time.
    public func makeOutages() -> [Outage] {
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

    /// The VMs that run on average, if none is refused.
    private func meanRunning(_ flavors: [(flavor: Flavor, share: Double)]) throws(SchedulingError) -> Double {
        let fleet = try makeFleet()
        var all = Resources(cpu: 0, mem: 0)
        for (type, count) in zip(fleet.types, fleet.counts) {
            for node in type.nodes {
                all.cpu += Double(count) * node[0]
                all.mem += Double(count) * node[1]
            }
        }
        let cpu = flavors.reduce(0) { $0 + $1.share * $1.flavor.cpu }
        let mem = flavors.reduce(0) { $0 + $1.share * $1.flavor.mem }
        return load * min(all.cpu / cpu, all.mem / mem)
    }
}

extension LifetimeDistribution {
    /// The mean in seconds, where none is cut.
    fileprivate var mean: Double { median * exp(spread * spread / 2) }

    /// A lifetime of those that run at some moment, which is longer the longer it runs.
    fileprivate func sampleByLength(using generator: inout Xoshiro256StarStar) -> Double {
        let longer = LifetimeDistribution(median: median * exp(spread * spread), spread: spread)
        return longer.sample(shared: 0, share: 0, using: &generator)
    }
}
