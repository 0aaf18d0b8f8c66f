import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Synchronization
import Testing

/// Playing an experiment, and going on with one.
@Suite struct RunTests {
    /// Every part is what an evaluation of that policy alone gives.
    @Test func partsAreEvaluations() throws {
        let experiment = try Samples.experiment()
        #expect(experiment.policies.map(\.name) == ["balance-fit", "chance/1", "chance/2", "first-fit"])
        #expect(experiment.groups == ["chance"])
        let plans = try experiment.plans()
        let waits = try experiment.run(plans, from: experiment.unplayed(plans))
        for (place, cluster) in waits.clusters.enumerated() {
            #expect(cluster.servers == place + 2)
            #expect(cluster.starts == experiment.starts)
            #expect(cluster.bounds == plans[place].episodes.map(\.bound))
            for (policy, played) in zip(experiment.policies, cluster.waits) {
                let evaluation = try Evaluation(
                    of: policy.source,
                    on: plans[place]
                )
                #expect(played == evaluation.totalWaits)
                #expect(evaluation.totalWaits.contains { $0 > 0 })
            }
        }
    }

    @Test func threadsDoNotMatter() throws {
        let experiment = try Samples.experiment()
        let plans = try experiment.plans()
        let one = try experiment.run(plans, from: experiment.unplayed(plans))
        for threads in [2, 7] {
            #expect(try experiment.run(plans, from: experiment.unplayed(plans), threads: threads) == one)
        }
    }

    /// What is whole is kept at once, and each time there is one part more.
    @Test(arguments: [1, 4])
    func everyPartIsSaved(threads: Int) throws {
        let experiment = try Samples.experiment()
        let plans = try experiment.plans()
        let saved = Mutex<[Int]>([])
        let progress = Mutex<[Int]>([])
        let waits = try experiment.run(
            plans,
            from: experiment.unplayed(plans),
            threads: threads,
            progress: { done in progress.withLock { $0.append(done) } },
            save: { waits in
                let whole = waits.clusters.reduce(0) { $0 + $1.waits.count { $0 != nil } }
                saved.withLock { $0.append(whole) }
            }
        )
        let counts = saved.withLock { $0 }
        #expect(counts.count == 8)
        #expect(counts == counts.sorted())
        #expect(counts.last == 8)
        #expect(progress.withLock { $0 } == Array(1...8 * 40))
        #expect(waits.missingEpisodes == 0)
    }

    /// What is there is not played again, and does not change the rest.
    @Test func goingOn() throws {
        let experiment = try Samples.experiment()
        let plans = try experiment.plans()
        let whole = try experiment.run(plans, from: experiment.unplayed(plans))
        var part = whole
        let marker = [Double](repeating: 1.5, count: 40)
        part.clusters[0].waits[1] = marker
        part.clusters[1].waits[0] = nil
        part.clusters[0].waits[3] = nil
        #expect(part.missingEpisodes == 80)
        let played = Mutex(0)
        let result = try experiment.run(
            plans,
            from: part,
            threads: 2,
            progress: { done in played.withLock { $0 = done } }
        )
        #expect(played.withLock { $0 } == 80)
        var expected = whole
        expected.clusters[0].waits[1] = marker
        #expect(result == expected)
    }

    /// A full disk ends the run at once.
    @Test func savingFails() throws {
        let experiment = try Samples.experiment()
        let plans = try experiment.plans()
        #expect(throws: StorageError.self) {
            _ = try experiment.run(
                plans,
                from: experiment.unplayed(plans),
                threads: 2,
                save: { _ in
                    throw StorageError(.io, path: "results.h5", "cannot be written: No space left on device")
                }
            )
        }
    }

    @Test func whatIsRefused() throws {
        func message(_ policies: [Experiment.Policy], servers: [Int] = [2]) -> String? {
            do {
                _ = try Samples.experiment(servers: servers, policies: policies)
                return nil
            } catch { return "\(error)" }
        }
        let best = Experiment.Policy(name: "best-fit", source: .heuristic(.bestFit))
        let random = Experiment.Policy(name: "best-fit/1", group: "best-fit", source: .heuristic(.random(seed: 1)))
        #expect(message([best, best]) == "two policies are called best-fit; names must differ")
        #expect(message([random, best]) == "a group and a policy are both called best-fit; names must differ")
        #expect(message([best], servers: [2, 3, 2]) == "2 servers are given twice")
        #expect(message([best], servers: []) == "there is no cluster size; at least one must be given")
        #expect(message([best]) == nil)
    }
}
