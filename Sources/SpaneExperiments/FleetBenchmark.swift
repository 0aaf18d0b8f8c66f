public import SpaneEvaluation
internal import SpaneNetworks
internal import SpaneScheduling
public import SpaneWorkloads

/// Policies on simulated fleets of several kinds, sizes and loads, where what fits nowhere is refused and gone.
public struct FleetBenchmark: Sendable {
    /// Fleets that differ by their seed alone.
    public struct Cell: Hashable, Sendable {
        /// See ``SpaneWorkloads/FleetKind``.
        public let kind: FleetKind
        /// The number of servers.
        public let servers: Int
        /// See ``SpaneWorkloads/FleetWorkload/load``.
        public let load: Double

        /// Describes fleets.
        public init(_ kind: FleetKind, servers: Int, load: Double) {
            (self.kind, self.servers, self.load) = (kind, servers, load)
        }
    }

    /// What each policy made of one fleet.
    public struct Trial: Sendable {
        /// Its cell.
        public let cell: Cell
        /// Its seed.
        public let seed: UInt64
        /// What was asked for and what was refused, by policy; `nil` for a network that does not serve such servers.
        public let tallies: [LossEpisode.Tally?]
    }

    /// Who plays.
    public let policies: [Experiment.Policy]
    /// On what.
    public let cells: [Cell]
    /// The seeds of each cell's fleets.
    public let seeds: [UInt64]
    /// For how long VMs arrive.
    public let days: Double

    /// Describes a benchmark.
    public init(_ policies: [Experiment.Policy], on cells: [Cell], seeds: [UInt64], days: Double) {
        (self.policies, self.cells, self.seeds, self.days) = (policies, cells, seeds, days)
    }

    /// How many fleets there are.
    public var trialCount: Int { cells.count * seeds.count }

    /// Plays every policy on every fleet: the seeds of the first cell, then those of the second, and so on.
    ///
    /// - Parameter progress: called with the number of fleets played so far, by one thread at a time.
    /// - Throws: ``SpaneScheduling/SchedulingError`` where a fleet cannot be made.
    public func run(threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil) throws -> [Trial] {
        try parallelMap(count: trialCount, threads: threads, progress: progress, makeState: {}) { _, index in
            let (cell, seed) = (cells[index / seeds.count], seeds[index % seeds.count])
            let workload = FleetWorkload(cell.kind, servers: cell.servers, load: cell.load, days: days, seed: seed)
            let trace = try Trace(workload.makeVirtualMachines())
            let scenario = try Scenario(trace, on: workload.makeFleet())
            let outages = workload.makeOutages()
            let tallies = try policies.map { policy -> LossEpisode.Tally? in
                do {
                    var player = try LossPlayer(policy.source, scenario, outages: outages)
                    // An episode ends before the last two VMs of its trace.
                    return try player.play(start: 0, length: trace.count - 2).all
                } catch is NetworkError {
                    return nil
                }
            }
            return Trial(cell: cell, seed: seed, tallies: tallies)
        }
    }
}
