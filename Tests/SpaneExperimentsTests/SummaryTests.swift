import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage
import Testing

/// The figures of a summary, from their definitions.
@Suite struct SummaryTests {
    private let experiment: Experiment
    private let plans: [EpisodePlan]
    private let waits: ExperimentWaits

    init() throws {
        experiment = try Samples.experiment()
        plans = try experiment.plans()
        waits = try experiment.run(plans, from: experiment.unplayed(plans), threads: 2)
    }

    private func summary(_ change: (inout SummarySettings) -> Void = { _ in }) throws -> ExperimentSummary {
        var settings = SummarySettings()
        settings.resamples = 200
        settings.threshold = 20
        change(&settings)
        return try waits.summary(settings)
    }

    private func row(_ name: String, of cluster: ExperimentSummary.ServerCount) throws -> ExperimentSummary.Row {
        try #require(cluster.rows.first { $0.name == name })
    }

    @Test func rows() throws {
        let summary = try summary()
        #expect(summary.baseline == "balance-fit")
        #expect(summary.clusters.map(\.servers) == [2, 3])
        for cluster in summary.clusters {
            #expect(
                cluster.rows.map(\.name) == [
                    "balance-fit", "chance", "chance/1", "chance/2", "first-fit", "lower bound",
                ]
            )
            #expect(cluster.rows.map(\.kind) == [.policy, .group, .member, .member, .policy, .bound])
            #expect(cluster.rows.map(\.group) == [nil, nil, "chance", "chance", nil, nil])
        }
    }

    @Test func figures() throws {
        let summary = try summary()
        for (cluster, played) in zip(summary.clusters, waits.clusters) {
            let means = played.waits.map { Statistics.trimmedMean($0 ?? []) }
            let bound = Statistics.trimmedMean(played.bounds)
            let firstFit = means[3]
            try #require(firstFit > bound)
            let balanceFit = try row("balance-fit", of: cluster).figures
            #expect(balanceFit[.trimmedMean10]?.value == means[0])
            #expect(balanceFit[.trimmedMean15]?.value == Statistics.trimmedMean(played.waits[0] ?? [], fraction: 0.15))
            #expect(balanceFit[.aboveBound10]?.value == means[0] - bound)
            #expect(balanceFit[.saved10]?.value == (firstFit - means[0]) / (firstFit - bound))
            let share = Double(played.waits[0]?.count { $0 > 20 } ?? 0) / 40
            #expect(balanceFit[.shareAbove]?.value == share)
            let logs = (played.waits[0] ?? []).map { Statistics.logWait($0) }
            #expect(abs((balanceFit[.meanLog]?.value ?? -1) - Statistics.mean(logs)) < 1e-12)
            let reference = try row("first-fit", of: cluster).figures
            #expect(reference[.saved10] == Estimate(value: 0, interval: Interval(low: 0, high: 0)))
            let lowest = try row("lower bound", of: cluster).figures
            #expect(lowest[.trimmedMean10]?.value == bound)
            #expect(Set(lowest.keys) == Set(ExperimentMetric.plain(of: .waitTime)))
            for row in cluster.rows {
                for estimate in row.figures.values {
                    #expect(estimate.interval?.contains(estimate.value) == true)
                }
            }
        }
    }

    @Test func groups() throws {
        for (cluster, played) in zip(try summary().clusters, waits.clusters) {
            let members = [1, 2].map { Statistics.trimmedMean(played.waits[$0] ?? []) }
            let group = try row("chance", of: cluster)
            #expect(group.figures[.trimmedMean10]?.value == Statistics.mean(members))
            let spread = try #require(group.spread[.trimmedMean10])
            #expect(spread.lowest == members.min())
            #expect(spread.highest == members.max())
            #expect(spread.mean == Statistics.mean(members))
            #expect(spread.median == Statistics.mean(members))
            #expect(try row("chance/1", of: cluster).spread.isEmpty)
        }
    }

    @Test func differences() throws {
        let summary = try summary { $0.baseline = "chance" }
        for cluster in summary.clusters {
            #expect(try row("chance", of: cluster).differences.isEmpty)
            #expect(try row("lower bound", of: cluster).differences.isEmpty)
            let group = try row("chance", of: cluster).figures
            let firstFit = try row("first-fit", of: cluster)
            #expect(Set(firstFit.differences.keys) == Set(ExperimentMetric.plain(of: .waitTime)))
            for figure in ExperimentMetric.plain(of: .waitTime) {
                let one = try #require(firstFit.figures[figure]?.value)
                let other = try #require(group[figure]?.value)
                #expect(firstFit.differences[figure]?.value == one - other)
            }
        }
    }

    /// The same policy twice, under two names.
    @Test func identicalPoliciesDifferByNothing() throws {
        let experiment = try Samples.experiment(policies: [
            Experiment.Policy(name: "first-fit", source: .heuristic(.firstFit)),
            Experiment.Policy(name: "twin", source: .heuristic(.firstFit)),
        ])
        let plans = try experiment.plans()
        let waits = try experiment.run(plans, from: experiment.unplayed(plans))
        var settings = SummarySettings()
        settings.resamples = 200
        for cluster in try waits.summary(settings).clusters {
            for difference in try row("twin", of: cluster).differences.values {
                #expect(difference == Estimate(value: 0, interval: Interval(low: 0, high: 0)))
            }
        }
    }

    @Test func seedsAndThreads() throws {
        var settings = SummarySettings()
        settings.resamples = 200
        let one = try waits.summary(settings, threads: 1)
        #expect(try waits.summary(settings, threads: 3) == one)
        settings.seed = 2
        #expect(try waits.summary(settings).clusters != one.clusters)
    }

    @Test func blocks() throws {
        let usual = try summary().clusters[0]
        #expect(usual.blockLength == plans[0].defaultBlockLength)
        #expect(usual.blockCount == 40 / usual.blockLength)
        #expect(usual.episodes == 40)
        #expect(try summary { $0.blockLength = 7 }.clusters[0].blockLength == 7)
    }

    /// Where nobody waits there is nothing to save, and the figure is left out.
    @Test func nothingToSave() throws {
        let experiment = try Samples.experiment(until: .length(3), servers: [50])
        let plans = try experiment.plans()
        let waits = try experiment.run(plans, from: experiment.unplayed(plans))
        let figures = try row("balance-fit", of: waits.summary(SummarySettings()).clusters[0])
            .figures
        #expect(figures[.trimmedMean10]?.value == 0)
        #expect(figures[.saved10] == nil)
    }

    @Test func settingsThatAreRefused() throws {
        func message(_ change: (inout SummarySettings) -> Void) -> String? {
            do {
                _ = try summary(change)
                return nil
            } catch { return "\(error)" }
        }
        #expect(
            message { $0.baseline = "best" }
                == "the baseline is best; it must be one of balance-fit, chance, chance/1, chance/2, first-fit"
        )
        #expect(message { $0.threshold = -1 } == "the threshold is -1.0 s; it must be at least 0")
        #expect(message { $0.confidence = 1 } == "the confidence is 1.0; it must be above 0 and below 1")
        #expect(message { $0.blockLength = 21 } == "a block has 21 episodes; of 40 it may have 1 ... 20")
        #expect(message { $0.resamples = 9 } == "resamples is 9; it must be at least 100")
    }
}
