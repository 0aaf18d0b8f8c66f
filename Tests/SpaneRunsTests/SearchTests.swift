import SpaneNetworks
import SpaneRuns
import SpaneSettings
import SpaneStorage
import SpaneTestSupport
import Testing

/// Searches for hyper-parameters.
@Suite struct SearchTests {
    private let samples: Samples
    private var folder: TemporaryFolder { samples.folder }

    init() throws { samples = try Samples() }

    private static let space = """
        [space]
        network.server_width = [2, 3]
        network.aggregators = [["mean"], ["mean", "max"]]
        learner.strength = { log-uniform = [0.01, 1] }
        """

    private func search(_ settings: String = "trials = 6\nkeep = 2", _ space: String = space) throws
        -> SearchConfiguration
    {
        try SearchConfiguration(
            """
            [search]
            \(settings)
            \(space)
            [data]
            traces = [{ file = "\(folder.file("trace.h5"))", starts = "0..<300" }]
            [validation]
            starts = "300..<450:4:1"
            """,
            file: "space.toml",
            registry: .test
        )
    }

    @discardableResult
    private func run(
        _ search: SearchConfiguration,
        in name: String,
        threads: Int = 1,
        mustStop: @escaping @Sendable () -> Bool = { false }
    ) throws -> SearchRun.Outcome {
        try SearchRun(search, in: folder.file(name), version: "1.2.3").run(threads: threads, mustStop: mustStop)
    }

    /// The lines of the results, without the times.
    private func rows(_ name: String) throws -> [[Substring]] {
        try folder.text("\(name)/results.csv").split(separator: "\n").map { line in
            var fields = line.split(separator: ",", omittingEmptySubsequences: false)
            fields[6] = ""
            return fields
        }
    }

    private func expectSame(_ name: String, as reference: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        #expect(try rows(name) == rows(reference), sourceLocation: sourceLocation)
        func files(_ name: String) throws -> [String] {
            try folder.names().filter { $0.hasPrefix("\(name)/") }.map { String($0.dropFirst(name.count + 1)) }
        }
        #expect(try files(name) == files(reference), sourceLocation: sourceLocation)
        for file in try files(name) where file.hasPrefix("trial-") {
            #expect(
                try folder.read("\(name)/\(file)") == folder.read("\(reference)/\(file)"),
                sourceLocation: sourceLocation
            )
        }
    }

    // MARK: What comes out

    @Test func aSearch() throws {
        let search = try search()
        #expect(search.names == ["learner.strength", "network.aggregators", "network.server_width"])
        try run(search, in: "found")
        let finished = try SearchRun(search, in: folder.file("found"), version: "1.2.3")
        let results = finished.results
        #expect(results.map(\.trial) == Array(0..<6))
        #expect(Set(results.map(\.seed)).count == 6)
        #expect(results.allSatisfy { $0.status == .finished && $0.validations.map(\.step) == [1, 5, 9, 12] })
        let best = results.compactMap(\.best?.value).sorted()
        #expect(finished.kept.compactMap(\.best?.value) == Array(best.prefix(2)))
        let kept = finished.kept.map { "found/trial-\($0.trial).h5" }
        #expect(
            try folder.names().filter { $0.hasPrefix("found/") }
                == (["lock", "results.csv", "results.h5", "search.toml", "search.txt"].map { "found/\($0)" } + kept)
                .sorted()
        )
        // A trial is the run that its configuration describes.
        for result in finished.kept {
            let trial = try search.trial(result.trial)
            #expect(trial.configuration.run.seed == result.seed)
            try samples.run(trial.configuration, in: "alone-\(result.trial)")
            let (model, provenance) = try WeightsFile.read(folder.file("found/trial-\(result.trial).h5"))
            let alone = try WeightsFile.read(folder.file("alone-\(result.trial)/best.h5"))
            #expect(model.tensors == alone.model.tensors)
            #expect(try model.architecture == trial.configuration.network.architecture(servers: 2))
            #expect(provenance["tool"] == "spane search")
            #expect(provenance["trial"] == "\(result.trial)")
            #expect(provenance["configuration"] == trial.configuration.identity)
        }
        let header = try folder.text("found/results.csv").split(separator: "\n")[0]
        #expect(
            header == "trial,seed,status,validation,step,steps,seconds,untrained,first_fit,validations,"
                + "learner.strength,network.aggregators,network.server_width"
        )
        #expect(try Set(rows("found").dropFirst().map { $0[11] }) == ["mean", "mean+max"])
        // What the folder says it is, is the same search.
        let again = try SearchConfiguration(folder.text("found/search.toml"), file: "search.toml", registry: .test)
        #expect(again.identity == search.identity)
    }

    @Test func theResultDoesNotDependOnThreads() throws {
        for (name, settings) in [("all", "trials = 6"), ("pruned", "trials = 10\nprune_after = 3")] {
            try run(search(settings), in: "\(name)-1")
            try run(search(settings), in: "\(name)-2", threads: 2)
            try expectSame("\(name)-2", as: "\(name)-1")
        }
    }

    /// A trial ends at the first validation at which its best is worse than the median of the first trials' best.
    @Test func pruning() throws {
        try run(search("trials = 10"), in: "whole")
        try run(search("trials = 10\nprune_after = 3"), in: "pruned")
        let whole = try SearchRun(search("trials = 10"), in: folder.file("whole"), version: "").results
        let pruned = try SearchRun(search("trials = 10\nprune_after = 3"), in: folder.file("pruned"), version: "")
            .results
        var count = 0
        for (full, short) in zip(whole, pruned) {
            var expected = full.validations.count
            if full.trial >= 3 {
                for length in 1...full.validations.count {
                    let bests = whole.prefix(3).map { $0.validations.prefix(length).map(\.value).min() ?? .infinity }
                    let own = full.validations.prefix(length).map(\.value).min() ?? .infinity
                    if own > bests.sorted()[1] {
                        expected = length
                        break
                    }
                }
            }
            let isPruned = short.status == .pruned
            #expect(short.validations == Array(full.validations.prefix(expected)))
            if expected < full.validations.count { #expect(isPruned) }
            if isPruned { count += 1 }
        }
        #expect(count > 0)
    }

    @Test func aGrid() throws {
        let space =
            "[space]\nnetwork.server_width = [2, 3]\nlearner.stubborn = [true, false]\nlearner.steps = [1, 2, 3]"
        let grid = try search("method = \"grid\"", space)
        #expect(grid.trialCount == 12)
        let values = try (0..<12).map { try grid.trial($0).values.map(\.source).joined(separator: " ") }
        #expect(Set(values).count == 12)
        #expect(values.first == "1 true 2")
        #expect(values.last == "3 false 3")
    }

    /// Every value of a choice and both halves of a range come up, and nothing beyond.
    @Test func draws() throws {
        let search = try search(
            "trials = 200",
            """
            [space]
            network.server_width = { integers = [2, 4] }
            data.mix_strength = { uniform = [0.25, 0.75] }
            learner.strength = { log-uniform = [0.01, 1] }
            """
        )
        let values = try (0..<200).map { try search.trial($0).values }
        let strengths = values.compactMap { Double($0[1].source) }
        #expect(strengths.allSatisfy { $0 >= 0.01 && $0 <= 1 })
        let low = strengths.count { $0 < 0.1 }
        #expect((70...130).contains(low))
        let mixes = values.compactMap { Double($0[0].source) }
        #expect(mixes.allSatisfy { $0 >= 0.25 && $0 <= 0.75 })
        #expect((70...130).contains(mixes.count { $0 < 0.5 }))
        #expect(Set(values.map { $0[2].source }) == ["2", "3", "4"])
    }

    // MARK: Going on

    @Test(arguments: [1, 5, 40])
    func aSearchThatIsStopped(afterQuestions limit: Int) throws {
        let search = try search("trials = 6\nkeep = 2\nprune_after = 2")
        try run(search, in: "whole")
        var sessions = 0
        while true {
            let questions = Questions(limit: limit + sessions)
            let outcome = try run(search, in: "parts", threads: 2) { questions.isEnough }
            sessions += 1
            if outcome == .finished { break }
        }
        #expect(sessions > 1)
        try expectSame("parts", as: "whole")
    }

    @Test func moreTrialsLater() throws {
        try run(search("trials = 6"), in: "whole")
        try run(search("trials = 2"), in: "parts")
        try run(search("trials = 6"), in: "parts")
        try expectSame("parts", as: "whole")
        #expect(throws: SettingsError.self) { try run(search("trials = 5"), in: "parts") }
    }

    // MARK: Refusals

    private func refuses(
        _ settings: String,
        _ space: String,
        _ message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            _ = try search(settings, space)
            Issue.record("\(space) was taken", sourceLocation: sourceLocation)
        } catch {
            #expect("\(error)" == "space.toml: " + message, sourceLocation: sourceLocation)
        }
    }

    @Test func whatIsRefused() {
        let values =
            "a list of one or more values, or one of { uniform = [LOW, HIGH] }, { log-uniform = [LOW, HIGH] } with LOW "
            + "above 0, and { integers = [LOW, HIGH] }"
        refuses(
            "",
            "[space]\nlearner.speed = [1]",
            "[space] with learner.speed = 1: learner.speed is unknown; [learner] with algorithm = \"hill-climber\" has "
                + "algorithm, steps, episodes, strength, stubborn"
        )
        refuses(
            "",
            "[space]\nlearner.steps = [1, 0]",
            "[space] with learner.steps = 0: learner.steps is 0; it must be a whole number in 1 ... 1000"
        )
        refuses("", "[space]\nlearner.steps = []", "space.learner.steps is []; it must be \(values)")
        refuses("", "[space]\nlearner.steps = 3", "space.learner.steps is 3; it must be \(values)")
        for range in [
            "{ log-uniform = [0, 1] }", "{ uniform = [2, 1] }", "{ integers = [0.5, 1] }", "{ normal = [0, 1] }",
        ] {
            #expect(throws: SettingsError.self, "\(range)") {
                try search("", "[space]\nlearner.strength = \(range)")
            }
        }
        refuses(
            "method = \"grid\"",
            Self.space,
            "space.learner.strength is { log-uniform = [0.01, 1.0] }; with search.method = \"grid\" it must be a list of "
                + "values"
        )
        refuses(
            "method = \"grid\"\ntrials = 3",
            "[space]\nlearner.steps = [1, 2]",
            "search.trials is 3; the grid has 2 combinations, leave the key out"
        )
        refuses(
            "",
            "",
            "[space] names no key; name at least one to vary, such as learner.learning_rate = [0.001, 0.01]"
        )
        refuses(
            "",
            "[space]\nlearning.rate = [1]",
            "space.learning is unknown; a key of [space] is one of run.KEY, data.KEY, validation.KEY, network.KEY, "
                + "learner.KEY"
        )
        refuses(
            "trial = 3",
            Self.space,
            "search.trial is unknown; [search] has method, trials, seed, keep, prune_after"
        )
        refuses("keep = 0", Self.space, "search.keep is 0; it must be a whole number in 1 ... 1000000")
    }

    @Test func folders() throws {
        try run(search("trials = 1"), in: "found")
        let path = folder.file("found")
        #expect(
            throws: StorageError(
                .format,
                path: path,
                "is the folder of another search: search.seed is 1 in that search and 2 in this one. Name a new folder"
            )
        ) {
            try run(search("trials = 1\nseed = 2"), in: "found")
        }
        try samples.write(seed: 22, to: "trace.h5")
        #expect(throws: StorageError.self) { try run(search("trials = 1"), in: "found") }
        try samples.run(samples.configuration(), in: "run")
        #expect(throws: StorageError.self) { try run(search("trials = 1"), in: "run") }
        try folder.write("trial,seed\nx,y\n", to: "found/results.csv")
        try samples.write(seed: 21, to: "trace.h5")
        #expect(
            throws: StorageError(
                .format,
                path: path + "/results.csv",
                "line 2 is not the result of a trial: x,y"
            )
        ) {
            try run(search("trials = 1"), in: "found")
        }
    }

    /// The searches that come with the project.
    @Test(arguments: [("search-paper", 6), ("search-wide", 8)])
    func shipped(name: String, keys: Int) throws {
        let path = "data/configurations/\(name).toml"
        let search = try SearchConfiguration.read(path, registry: .standard)
        #expect(search.trialCount == 900)
        #expect(search.names.count == keys)
        for trial in 0..<900 { _ = try search.trial(trial) }
    }
}
