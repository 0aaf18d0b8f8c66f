import Foundation
import SpaneEvaluation
import SpaneNetworks
import SpaneRuns
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import SpaneTraining
import Testing

/// What the waits of validation episodes become.
@Suite struct ValidationTests {
    private let samples: Samples

    init() throws { samples = try Samples() }

    private func validation(_ adjust: (inout RunConfiguration) -> Void) throws -> Validation {
        let configuration = samples.configuration(adjust)
        return try Validation(
            configuration.validation,
            data: TrainingData(configuration, file: "train.toml"),
            threads: 2
        )
    }

    private func model() throws -> Model {
        var generator = Xoshiro256StarStar(seed: 5)
        return try Model(
            architecture: .spane(.published()),
            normalisation: Normalisation(cpu: 8, mem: 24),
            generator: &generator
        )
    }

    /// The total waits by the evaluation alone.
    private func waits(_ policy: PolicySource, servers: Int) throws -> [Double] {
        let trace = try TraceFile.load(samples.folder.file("trace.h5")).trace
        let cluster = try Fleet(servers: servers, node: Resources(cpu: 8, mem: 24))
        let starts = try #require(try Starts.parse("300..<450:8:1"))
        let plan = try EpisodePlan(Scenario(trace, on: cluster), starts: starts)
        return try Evaluation(of: policy, on: plan).totalWaits
    }

    @Test func metrics() throws {
        let waits = try waits(.model(model()), servers: 2)
        let expected: [(WaitMetric, Double)] = [
            (.trimmedMean10, Statistics.trimmedMean(waits)),
            (.trimmedMean15, Statistics.trimmedMean(waits, fraction: 0.15)),
            (.meanLog, waits.map { log(1 + $0 / 1000) }.reduce(0, +) / 8),
        ]
        for (metric, value) in expected {
            let validation = try validation { $0.validation.metric = metric }
            #expect(validation.episodeCount == 8)
            let result = try validation.result(of: model(), threads: 2)
            #expect(result.byCluster == [value])
            #expect(result.value == value)
        }
        #expect(Set(expected.map(\.1)).count == 3)
    }

    @Test func severalClusters() throws {
        let model = try model()
        let ours = try [2, 3].map { Statistics.trimmedMean(try waits(.model(model), servers: $0)) }
        let theirs = try [2, 3].map { Statistics.trimmedMean(try waits(.heuristic(.firstFit), servers: $0)) }
        let mean = try validation { $0.validation.servers = [2, 3] }
        #expect(try mean.result(of: model, threads: 1).byCluster == ours)
        #expect(try mean.result(of: model, threads: 1).value == (ours[0] + ours[1]) / 2)
        #expect(mean.firstFit.byCluster == theirs)

        let ratio = try validation {
            $0.validation.servers = [2, 3]
            $0.validation.combination = .ratio
        }
        let logarithms = zip(ours, theirs).map { log((1 + $0) / (1 + $1)) }
        #expect(try ratio.result(of: model, threads: 1).value == (logarithms[0] + logarithms[1]) / 2)
        #expect(ratio.firstFit.value == 0)

        let difference = try validation {
            $0.validation.combination = .ratio
            $0.validation.metric = .meanLog
        }
        let result = try difference.result(of: model, threads: 1)
        #expect(result.value == result.byCluster[0] - difference.firstFit.byCluster[0])
    }

    @Test func whatTheConfigurationNames() throws {
        func refuses(_ message: String, _ adjust: (inout RunConfiguration) -> Void) throws {
            let configuration = samples.configuration(adjust)
            do {
                _ = try TrainingData(configuration, file: "train.toml")
                Issue.record("\(message)")
            } catch {
                #expect("\(error)" == message)
            }
        }
        let trace = samples.folder.file("trace.h5")
        try refuses("train.toml: data.traces names no trace; name at least one, or give --trace") {
            $0.data.traces = []
        }
        try refuses("train.toml: data.traces[0].file is \"\"; it must name a file, or give --trace") {
            $0.data.traces[0].file = ""
        }
        try refuses("train.toml: data.traces[0].starts is \"0..<601\"; \(trace) allows ranges in 0..<600") {
            $0.data.traces[0].starts = "0..<601"
        }
        try refuses("nowhere.h5: cannot be read: No such file or directory") { $0.data.traces[0].file = "nowhere.h5" }
        try refuses("nowhere.txt: cannot be read: No such file or directory") { $0.validation.starts = "nowhere.txt" }
        try refuses("train.toml: validation.starts: 9 starts in 0..<3: the count must be in 1 ... 3") {
            $0.validation.starts = "0..<3:9:1"
        }
        #expect {
            try TrainingData(samples.configuration { $0.data.nodeCPU = 1 }, file: "train.toml")
        } throws: {
            "\($0)".hasPrefix("train.toml: [data]: VM ")
        }
    }

    @Test func tracesMixesAndWeights() throws {
        try samples.write(seed: 22, to: "other.h5")
        let configuration = samples.configuration { configuration in
            configuration.data.traces.append(DataSettings.Source(file: samples.folder.file("other.h5")))
            configuration.data.traces[1].starts = "100..<200"
            configuration.data.traces[1].weight = 3
            configuration.data.servers = [2, 3]
            configuration.data.mixes = 2
            configuration.data.mixStrength = 1
        }
        let source = try TrainingData(configuration, file: "train.toml").source
        #expect(source.workloads.map(\.weight) == [1, 1, 1, 3, 3, 3])
        #expect(
            source.workloads.map(\.starts) == Array(repeating: 0..<300, count: 3)
                + Array(repeating: 100..<200, count: 3)
        )
        #expect(source.clusters.map(\.serverCount) == [2, 3])
        let hashes = source.workloads.map { TraceFile.contentHash(of: $0.trace) }
        #expect(Set(hashes).count == 6)
        #expect(hashes[3] == TraceFile.contentHash(of: try TraceFile.load(samples.folder.file("other.h5")).trace))
        // The seed decides on the mixes.
        let again = try TrainingData(configuration, file: "train.toml").source
        #expect(again.workloads.map { TraceFile.contentHash(of: $0.trace) } == hashes)
        var other = configuration
        other.run.seed = 2
        let others = try TrainingData(other, file: "train.toml").source.workloads.map {
            TraceFile.contentHash(of: $0.trace)
        }
        #expect(zip(others, hashes).map { $0 == $1 } == [true, false, false, true, false, false])
    }

    /// A network that is bound to a number of servers is refused before the first step.
    @Test func aNetworkThatCannotServeTheValidation() throws {
        let configuration = samples.configuration { configuration in
            configuration.network.kind = .mlp
            configuration.validation.servers = [3]
        }
        #expect {
            try samples.open(configuration, in: "run")
        } throws: {
            "\($0)" == "the network is bound to 2 servers and the cluster has 3"
        }
    }
}
