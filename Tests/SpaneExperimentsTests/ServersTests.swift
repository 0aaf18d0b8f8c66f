import SpaneEvaluation
import SpaneExperiments
import SpaneFileTestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Experiments that count servers.
@Suite struct ServersTests {
    private func experiment(_ policies: [Experiment.Policy]? = nil) throws -> Experiment {
        let starts = try Starts.windows(16, length: 120, in: Samples.trace())
        return try Samples.experiment(
            kind: .servers,
            starts: starts,
            until: .length(120),
            servers: [1],
            policies: policies
        )
    }

    /// What stands for the waits are the servers that each policy needs, whatever the number of threads.
    @Test func servers() throws {
        let experiment = try experiment()
        let plans = try experiment.plans(threads: 2)
        let waits = try experiment.run(plans, from: experiment.unplayed(plans))
        #expect(waits.countsServers)
        let cluster = waits.clusters[0]
        #expect(cluster.lengths == Array(repeating: 120, count: 16))
        for (index, start) in experiment.starts.enumerated() {
            let scenario = plans[0].scenario
            let bound = try scenario.serverBound(start: start, length: 120)
            #expect(cluster.bounds[index] == Double(bound))
            for (policy, servers) in zip(experiment.policies, cluster.waits) {
                let needed = try ServersNeeded.count(
                    of: policy.source,
                    on: scenario,
                    start: start,
                    length: 120,
                    from: bound
                )
                #expect(servers?[index] == Double(needed))
            }
        }
        #expect(Set(cluster.waits.map { $0 ?? [] }).count > 1)
        for threads in [2, 7] {
            #expect(try experiment.run(plans, from: experiment.unplayed(plans), threads: threads) == waits)
        }
    }

    /// The results lie in a group of their own in the file and are read back, parts that are missing too.
    @Test func goingOn() throws {
        let folder = TemporaryFolder()
        let experiment = try experiment()
        let plans = try experiment.plans()
        var waits = try experiment.run(plans, from: experiment.unplayed(plans))
        waits.clusters[0].waits[1] = nil
        let results = ExperimentFolder(folder.path)
        let manifest = Samples.manifest(experiment)
        _ = try results.begin(manifest, experiment.unplayed(plans))
        try results.save(waits)
        #expect(try results.begin(manifest, experiment.unplayed(plans)) == waits)
        try HDF5Editor.edit(folder.file("results.h5")) { $0.remove("windows/policy_0") }
        waits.clusters[0].waits[0] = nil
        #expect(try results.begin(manifest, experiment.unplayed(plans)) == waits)
        // The same episodes with waits are another experiment.
        let other = try Samples.experiment(
            kind: .waitTime,
            starts: experiment.starts,
            until: .length(120),
            servers: [1]
        )
        #expect(throws: ExperimentError.self) {
            _ = try results.begin(Samples.manifest(other), other.unplayed(other.plans()))
        }
    }

    @Test func theSummary() throws {
        let experiment = try experiment()
        let plans = try experiment.plans()
        let waits = try experiment.run(plans, from: experiment.unplayed(plans))
        var settings = SummarySettings()
        settings.resamples = 200
        let summary = try waits.summary(settings)
        let rows = summary.clusters[0].rows
        #expect(rows.map(\.name) == ["balance-fit", "chance", "chance/1", "chance/2", "first-fit", "lower bound"])
        let series = [waits.clusters[0].waits[0] ?? [], waits.clusters[0].waits[3] ?? [], waits.clusters[0].bounds]
        for (row, servers) in zip([rows[0], rows[4], rows[5]], series) {
            #expect(row.figures[.serversMean]?.value == Statistics.mean(servers))
            // Of 16 windows the 15th.
            #expect(row.figures[.servers90]?.value == servers.sorted()[14])
            #expect(row.figures[.serversMean]?.interval != nil)
            #expect(Set(row.figures.keys).isSubset(of: ExperimentMetric.all(of: .servers)))
        }
        let difference = Statistics.mean(series[1]) - Statistics.mean(series[0])
        let shown = try #require(rows[4].differences[.serversMean])
        #expect(abs(shown.value - difference) < 1e-12)
        let saved = try #require(rows[0].figures.first { $0.key.name == "servers_saved" }).value.value
        let excess = Statistics.mean(series[1]) - Statistics.mean(series[2])
        #expect(abs(saved - difference / excess) < 1e-12)
    }

    /// A network that is bound to a number of servers cannot take part, whatever this number is.
    @Test func whatIsRefused() throws {
        let error = SchedulingError(.invalidArgument, "the length is auto; a window needs a number of VMs")
        #expect(throws: error) { try Samples.experiment(kind: .servers, starts: [0], servers: [1]) }
        for servers in [1, 3] {
            var generator = Xoshiro256StarStar(seed: 1)
            let architecture = try MLPArchitecture(hidden: LayerShape(width: 8, depth: 1), servers: servers)
            let model = try Model(architecture: .mlp(architecture), generator: &generator)
            #expect(throws: ExperimentError.self) {
                _ = try self.experiment([Experiment.Policy(name: "mlp", source: .model(model))])
            }
        }
    }
}
