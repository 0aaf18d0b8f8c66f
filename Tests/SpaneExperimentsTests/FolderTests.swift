import SpaneEvaluation
import SpaneExperiments
import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// The folder of an experiment: what it keeps, and what it refuses.
@Suite struct FolderTests {
    private let temporary = TemporaryFolder()
    private var folder: ExperimentFolder { ExperimentFolder(temporary.path) }

    private func unplayed(_ experiment: Experiment) throws -> ExperimentWaits {
        experiment.unplayed(try experiment.plans())
    }

    /// What was saved comes back, parts that are missing too.
    @Test func savingAndGoingOn() throws {
        let experiment = try Samples.experiment()
        let plans = try experiment.plans()
        let nothing = experiment.unplayed(plans)
        let manifest = Samples.manifest(experiment)
        #expect(try folder.begin(manifest, nothing) == nothing)
        #expect(try temporary.names() == ["experiment.json"])
        // Begun, but stopped before anything was saved.
        #expect(try folder.begin(manifest, nothing) == nothing)
        var waits = try experiment.run(plans, from: nothing)
        waits.clusters[1].waits[2] = nil
        try folder.save(waits)
        #expect(try folder.begin(manifest, nothing) == waits)
        let bytes = try temporary.read("results.h5")
        try folder.save(waits)
        #expect(try temporary.read("results.h5") == bytes)
    }

    /// Where files lie and what a trace is called does not make another experiment.
    @Test func otherPlacesAreTheSameExperiment() throws {
        let experiment = try Samples.experiment()
        _ = try folder.begin(Samples.manifest(experiment), unplayed(experiment))
        let moved = ExperimentManifest(experiment, traceFile: "b/t.csv", starts: "starts.txt", version: "9.9.9")
        _ = try folder.begin(moved, unplayed(experiment))
    }

    @Test func anotherExperimentIsRefused() throws {
        let experiment = try Samples.experiment()
        _ = try folder.begin(Samples.manifest(experiment), unplayed(experiment))
        func difference(_ other: Experiment) throws -> String {
            do {
                _ = try folder.begin(Samples.manifest(other), unplayed(other))
                return ""
            } catch let error as ExperimentError {
                let start = "\(temporary.path): contains another experiment; name another folder. "
                #expect(error.description.hasPrefix(start))
                return String(error.description.dropFirst(start.count))
            }
        }
        #expect(try difference(experiment) == "")
        #expect(
            try difference(Samples.experiment(kind: .waitTime, servers: [2]))
                == "experiment: flexibility there, wait-time here; servers: 2 3 there, 2 here"
        )
        #expect(try difference(Samples.experiment(until: .length(9))) == "length: auto there, 9 here")
        let starts = try difference(Samples.experiment(starts: [1, 2, 3]))
        #expect(starts.hasPrefix("starts: 0..<300:40:1 (40, sha256 "))
        #expect(starts.contains(") there, 0..<300:40:1 (3, sha256 "))
        var policies = experiment.policies
        policies[0] = Experiment.Policy(name: "best-fit", source: .heuristic(.bestFit))
        #expect(
            try difference(Samples.experiment(policies: policies))
                == "policies: balance-fit chance: chance/1 chance: chance/2 first-fit there, "
                + "best-fit chance: chance/1 chance: chance/2 first-fit here"
        )
        policies = experiment.policies
        policies[0] = Experiment.Policy(name: "balance-fit", source: .heuristic(.balanceFit), contentHash: "abc")
        #expect(
            try difference(Samples.experiment(policies: policies))
                == "weights of balance-fit: sha256  there, sha256 abc here"
        )
    }

    @Test func foldersThatAreNone() throws {
        let experiment = try Samples.experiment()
        let manifest = Samples.manifest(experiment)
        func message() throws -> String {
            do {
                _ = try folder.begin(manifest, unplayed(experiment))
                return ""
            } catch { return "\(error)" }
        }
        try temporary.write("x", to: "results.h5")
        #expect(
            try message()
                == "\(temporary.path): contains results.h5 without experiment.json; name another folder"
        )
        try temporary.write("{}", to: "experiment.json")
        #expect(try message() == "\(folder.manifestPath): is not the description of an experiment")
        let json = try manifest.json()
        try temporary.write(
            json.replacing("\"format_version\" : 1", with: "\"format_version\" : 2"),
            to: "experiment.json"
        )
        #expect(
            try message()
                == "\(folder.manifestPath): is spane-experiment version 2; this command reads spane-experiment version 1"
        )
        try temporary.write(json, to: "experiment.json")
        #expect(try message().hasPrefix("\(folder.resultsPath): is not an HDF5 file"))
    }

    /// Results that were changed behind the back of the description are noticed.
    @Test func resultsOfAnotherExperimentAreRefused() throws {
        let experiment = try Samples.experiment()
        let plans = try experiment.plans()
        let waits = try experiment.run(plans, from: experiment.unplayed(plans))
        func message(_ change: (inout ExperimentWaits) -> Void) throws -> String {
            var changed = waits
            change(&changed)
            try folder.save(changed)
            do {
                _ = try ExperimentFile.read(folder.resultsPath, of: experiment.unplayed(plans))
                return ""
            } catch { return error.detail }
        }
        #expect(try message { _ in } == "")
        #expect(
            try message { $0.policies[0].name = "other" }
                == "attribute policy of servers_2/policy_0 is \"other\"; this experiment has \"balance-fit\""
        )
        #expect(
            try message { $0.policies[1].contentHash = "1" }
                == "attribute weights_sha256 of servers_2/policy_1 is \"1\"; this experiment has \"\""
        )
        #expect(
            try message { $0.clusters[1].bounds[3] += 1 }
                == "group /servers_3 holds other episodes than this experiment has"
        )
        #expect(try message { $0.clusters[1].servers = 4 } == "dataset /servers_3/start is missing")
        #expect(
            try message { $0.clusters[0].waits[0]?[5] = -1 }
                == "dataset /servers_2/policy_0 has the value -1.0; a wait is at least 0"
        )
        #expect(
            try message { $0.clusters[0].waits[0]?.removeLast() }
                == "dataset /servers_2/policy_0 has shape [39]; it must be [40]"
        )
    }
}
