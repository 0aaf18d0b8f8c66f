import SpaneEvaluation
import SpaneExperiments
import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Experiments in which VMs may be moved.
@Suite struct MovesTests {
    private static let numbers = [0, 1, 3]

    private func experiment(
        _ kind: Experiment.Kind = .servers,
        _ numbers: [Int] = numbers,
        price: Double = 2
    ) throws -> Experiment {
        try Samples.experiment(
            kind: kind,
            starts: Starts.windows(8, length: 120, in: Samples.trace()),
            until: .length(120),
            servers: kind == .flexibility ? [2, 3] : [1],
            moves: numbers.map { MoveLimits(moves: $0, budget: 50, prices: MovePrices(move: price)) }
        )
    }

    /// Each window is played with each number of moves.
    @Test func servers() throws {
        let experiment = try experiment()
        let plans = try experiment.plans()
        let waits = try experiment.run(plans, from: experiment.unplayed(plans), threads: 2)
        #expect(waits.clusters.map(\.moves) == [0, 1, 3])
        for (cluster, plan) in zip(waits.clusters, plans) {
            #expect(cluster.bounds == waits.clusters[0].bounds)
            for (index, policy) in experiment.policies.enumerated() {
                for (window, episode) in plan.episodes.enumerated() {
                    let found = try ServersNeeded.find(
                        of: policy.source,
                        on: plan.scenario,
                        start: episode.start,
                        length: 120,
                        from: Int(episode.bound)
                    )
                    #expect(cluster.waits[index]?[window] == Double(found.servers))
                    #expect(cluster.moved[index]?[window] == found.moved)
                }
            }
        }
        #expect(waits.clusters[0].moved.allSatisfy { $0?.allSatisfy { $0 == MoveCount() } == true })
        // Without moves nothing else comes out.
        let plain = try self.experiment(.servers, [])
        let plainPlans = try plain.plans()
        let plainWaits = try plain.run(plainPlans, from: plain.unplayed(plainPlans))
        #expect(plainWaits.clusters[0].waits == waits.clusters[0].waits)
        #expect(plainWaits.clusters[0].moved.allSatisfy { $0 == nil })

        var settings = SummarySettings()
        settings.resamples = 100
        let summary = try waits.summary(settings)
        for (cluster, played) in zip(summary.clusters, waits.clusters) {
            let row = cluster.rows[0]
            let moved = try #require(played.moved[0])
            #expect(row.moved == MoveFigures([moved], on: plans[0]))
            #expect(row.moved?.vms == 8 * 120)
            let group = try #require(cluster.rows.first { $0.kind == .group })
            #expect(group.moved?.vms == 2 * 8 * 120)
            #expect(cluster.rows.last?.moved == nil)
            guard played.moves != 0 else {
                #expect(row.savedByMoves.isEmpty)
                continue
            }
            let fewer = Statistics.mean(waits.clusters[0].waits[0] ?? []) - Statistics.mean(played.waits[0] ?? [])
            let saved = try #require(row.savedByMoves[.serversMean])
            #expect(abs(saved.value - fewer) < 1e-12)
            #expect(saved.interval != nil)
        }
        #expect(summary.clusters[2].rows.contains { ($0.savedByMoves[.serversMean]?.value ?? 0) > 0 })
    }

    /// What is moved lies in the file and is read back; other moves are another experiment.
    @Test(arguments: [Experiment.Kind.servers, .flexibility])
    func goingOn(kind: Experiment.Kind) throws {
        let folder = TemporaryFolder()
        let numbers = kind == .servers ? Self.numbers : [2]
        let experiment = try experiment(kind, numbers)
        let plans = try experiment.plans()
        var waits = try experiment.run(plans, from: experiment.unplayed(plans))
        #expect(waits.clusters.contains { $0.moved.contains { $0?.contains { $0.moves > 0 } == true } })
        waits.clusters[1].waits[1] = nil
        waits.clusters[1].moved[1] = nil
        let results = ExperimentFolder(folder.path)
        let manifest = Samples.manifest(experiment)
        _ = try results.begin(manifest, experiment.unplayed(plans))
        try results.save(waits)
        #expect(try results.begin(manifest, experiment.unplayed(plans)) == waits)
        #expect(try experiment.run(plans, from: waits).missingEpisodes == 0)
        for other in [try self.experiment(kind, []), try self.experiment(kind, numbers, price: 3)] {
            let error = #expect(throws: ExperimentError.self) {
                _ = try results.begin(Samples.manifest(other), other.unplayed(other.plans()))
            }
            #expect(error?.description.contains("moves: ") == true)
        }
        let group = kind == .servers ? "windows_moves_1" : "servers_2"
        try HDF5Editor.edit(folder.file("results.h5")) { $0.remove("\(group)/policy_0_moves") }
        let error = #expect(throws: StorageError.self) { try results.begin(manifest, experiment.unplayed(plans)) }
        #expect(error?.description.contains("/\(group)/policy_0_moves") == true)
    }

    /// Moves that are all 0 are none; a number comes once, and only windows have several.
    @Test func whichMoves() throws {
        #expect(try experiment(.servers, [0]).moves.isEmpty)
        #expect(throws: SchedulingError.self) { try experiment(.servers, [1, 1]) }
        #expect(throws: SchedulingError.self) { try experiment(.servers, [65]) }
        #expect(throws: SchedulingError.self) { try experiment(.flexibility, [1, 2]) }
    }
}
