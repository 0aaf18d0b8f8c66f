public import SpaneEvaluation
internal import SpaneNetworks
public import SpaneScheduling
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
        /// The moves that made room, by policy.
        public let moved: [MoveCount]
    }

    /// Who plays.
    public let policies: [Experiment.Policy]
    /// On what.
    public let cells: [Cell]
    /// The seeds of each cell's fleets.
    public let seeds: [UInt64]
    /// For how long VMs arrive.
    public let days: Double
    /// The moves that may make room; `nil` for none.
    public let moves: MoveLimits?
    /// The fleets that this machine plays; `nil` where it plays all for itself.
    public let shard: Shard?

    /// What came of a benchmark: everything that a report of it tells.
    package struct Results: Sendable {
        package let policies: [String]
        package let cells: [Cell]
        package let seedCount: Int
        package let days: Double
        package let moves: MoveLimits?
        package let trials: [Trial]
    }

    /// Describes a benchmark.
    public init(
        _ policies: [Experiment.Policy],
        on cells: [Cell],
        seeds: [UInt64],
        days: Double,
        moves: MoveLimits? = nil,
        shard: Shard? = nil
    ) {
        (self.policies, self.cells, self.seeds, self.days) = (policies, cells, seeds, days)
        (self.moves, self.shard) = (moves, shard)
    }

    /// All that a report tells of trials.
    package func results(_ trials: [Trial]) -> Results {
        Results(
            policies: policies.map(\.name),
            cells: cells,
            seedCount: seeds.count,
            days: days,
            moves: moves,
            trials: trials
        )
    }

    /// How many fleets there are, on all machines together.
    public var trialCount: Int { cells.count * seeds.count }

    /// Plays every policy on every fleet of the shard: the seeds of the first cell, then those of the second, and so on.
    ///
    /// The result does not depend on the number of threads.
    ///
    /// - Parameter progress: called with the number of fleets played so far, by one thread at a time.
    /// - Throws: ``SpaneScheduling/SchedulingError`` where a fleet cannot be made.
    public func run(threads: Int = 1, progress: (@Sendable (Int) -> Void)? = nil) throws -> [Trial] {
        try run(threads: threads, progress: progress, reporting: .none)
    }

    /// The same, telling whoever waits for it how far it is.
    package func run(
        threads: Int,
        progress: (@Sendable (Int) -> Void)? = nil,
        reporting: Progress
    ) throws -> [Trial] {
        // What cannot be had is refused before the work begins.
        for cell in cells { try workload(cell, seed: 0).checkMemory() }
        let places = (shard ?? .whole).indices(of: trialCount)
        return try parallelMap(
            count: places.count,
            // A policy of the caller's own is asked by this thread alone.
            threads: policies.contains { $0.source.isExternal } ? 1 : threads,
            stateBytes: cells.map { try bytes(of: $0) }.max() ?? 0,
            progress: progress,
            reporting: reporting,
            makeState: {}
        ) { _, index in
            let place = places[index]
            return try play(cells[place / seeds.count], seed: seeds[place % seeds.count], reporting)
        }
    }

    private func workload(_ cell: Cell, seed: UInt64) -> FleetWorkload {
        FleetWorkload(cell.kind, servers: cell.servers, load: cell.load, days: days, seed: seed)
    }

    /// What playing one fleet takes.
    private func bytes(of cell: Cell) throws -> Int {
        let workload = workload(cell, seed: 0)
        let layout = try workload.makeFleet().layout
        let policy = policies.map { $0.source.policyBytes(servers: cell.servers, nodes: layout.nodes) }.max() ?? 0
        let planner = moves == nil ? 0 : RoomPlanner.bytes(servers: cell.servers, layout: layout)
        return try workload.bytes() + ClusterState.bytes(servers: cell.servers, layout: layout) + policy + planner
    }

    private func play(_ cell: Cell, seed: UInt64, _ reporting: Progress) throws -> Trial {
        let workload = workload(cell, seed: seed)
        // How far each fleet is does not show; whether to go on does.
        let reporting = reporting.part(0, 0)
        let trace = try workload.makeTrace(progress: reporting)
        let scenario = try Scenario(trace, on: workload.makeFleet(), moves: moves)
        let outages = try workload.makeOutages()
        let episodes = try policies.map { policy -> LossEpisode? in
            do {
                // An episode ends before the last two VMs of its trace.
                return try LossPlayer.play(
                    policy.source,
                    scenario,
                    outages: outages,
                    start: 0,
                    length: trace.count - 2,
                    progress: reporting
                )
            } catch let error as NetworkError where error.code == .shapeMismatch {
                return nil
            }
        }
        return Trial(
            cell: cell,
            seed: seed,
            tallies: episodes.map { $0?.all },
            moved: episodes.map { $0?.moved ?? MoveCount() }
        )
    }
}
