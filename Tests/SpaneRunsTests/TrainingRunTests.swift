import SpaneNetworks
import SpaneRuns
import SpaneStorage
import SpaneTestSupport
import Synchronization
import Testing

/// Runs that go through, and runs that are interrupted and go on.
@Suite struct TrainingRunTests {
    private let samples: Samples
    private var folder: TemporaryFolder { samples.folder }

    init() throws { samples = try Samples() }

    /// The weights and logs of a run are those of the run that nothing disturbed.
    private func expectSame(_ name: String, as reference: String, sourceLocation: SourceLocation = #_sourceLocation)
        throws
    {
        for file in ["best.h5", "last.h5"] {
            #expect(
                try folder.read("\(name)/\(file)") == folder.read("\(reference)/\(file)"),
                "\(file)",
                sourceLocation: sourceLocation
            )
        }
        #expect(try samples.log(name) == samples.log(reference), sourceLocation: sourceLocation)
        #expect(
            try EventFile(folder.read("\(name)/events.out.tfevents.0.spane")).values
                == EventFile(folder.read("\(reference)/events.out.tfevents.0.spane")).values,
            sourceLocation: sourceLocation
        )
    }

    @Test func aRun() throws {
        let configuration = samples.configuration { $0.run.keepsValidated = true }
        let run = try samples.open(configuration, in: "run")
        #expect(run.stepsDone == 0)
        #expect(run.stepsPlanned == 12)
        #expect(!run.isComplete)
        #expect(try run.run(mustStop: { false }, report: { _ in }) == .finished)
        #expect(run.isComplete)
        #expect(run.reason == "all steps done")
        // After step 1, every fourth after it, and the last.
        let history = run.history
        #expect(history.entries.map(\.step) == [1, 5, 9, 12])
        let best = try #require(history.best)
        #expect(best.result.value == history.entries.map(\.result.value).min())
        #expect(
            try folder.names().filter { $0.hasPrefix("run/") } == [
                "run/best.h5", "run/checkpoint.h5", "run/config.toml", "run/events.out.tfevents.0.spane",
                "run/last.h5", "run/lock", "run/log.jsonl", "run/step-1.h5", "run/step-12.h5", "run/step-5.h5",
                "run/step-9.h5",
            ]
        )
        #expect(try folder.text("run/config.toml") == configuration.text)

        let (model, provenance) = try WeightsFile.read(folder.file("run/best.h5"))
        #expect(try folder.read("run/best.h5") == folder.read("run/step-\(best.step).h5"))
        #expect(try folder.read("run/last.h5") == folder.read("run/step-12.h5"))
        #expect(model.tensors == history.bestModel?.tensors)
        #expect(provenance["tool"] == "spane train")
        #expect(provenance["version"] == "1.2.3")
        #expect(provenance["seed"] == "1")
        #expect(provenance["step"] == "\(best.step)")
        #expect(provenance["configuration"] == configuration.identity)
        #expect(provenance["configuration_sha256"]?.count == 64)
        #expect(provenance["trace_source"] == "a test")
        #expect(provenance["trace_licence"] == "CC0")
        let trace = try TraceFile.load(folder.file("trace.h5")).trace
        #expect(provenance["trace_sha256"] == TraceFile.contentHash(of: trace))
        #expect(provenance["metrics"]?.contains("\(best.result.value)") == true)
    }

    @Test func theLog() throws {
        try samples.run(samples.configuration { $0.run.logEvery = 5 }, in: "run")
        let log = try samples.log("run")
        #expect(
            log.map { $0.prefix(28) } == [
                #"{"event":"start","version":""#, #"{"event":"validation","step""#, #"{"event":"step","step":5,"wa"#,
                #"{"event":"validation","step""#, #"{"event":"validation","step""#, #"{"event":"step","step":10,"w"#,
                #"{"event":"step","step":12,"w"#, #"{"event":"validation","step""#, #"{"event":"end","step":12,"re"#,
            ]
        )
        // JSON knows nothing that is not a number.
        #expect(log[2].contains(#""gain":null"#))
        #expect(!log[5].contains("null"))
        let events = try EventFile(folder.read("run/events.out.tfevents.0.spane"))
        #expect(events.version == "brain.Event:2")
        #expect(events.steps(of: "train/wait") == [5, 10, 12])
        #expect(events.steps(of: "train/gain") == [10, 12])
        #expect(events.steps(of: "validation/value") == [1, 5, 9, 12])
        #expect(events.steps(of: "validation/2_servers") == [1, 5, 9, 12])
    }

    @Test func theResultDoesNotDependOnThreads() throws {
        try samples.run(samples.configuration(), in: "one")
        try samples.run(samples.configuration { $0.run.threads = 3 }, in: "three")
        try expectSame("three", as: "one")
    }

    @Test func anotherSeedIsAnotherRun() throws {
        try samples.run(samples.configuration(), in: "one")
        try samples.run(samples.configuration { $0.run.seed = 2 }, in: "two")
        #expect(try folder.read("one/last.h5") != folder.read("two/last.h5"))
    }

    // MARK: Going on

    /// Stopped every time that it asks for the n-th time, which is between steps and inside validations.
    @Test(arguments: [1, 2, 3, 7, 11])
    func aRunThatIsStopped(afterQuestions count: Int) throws {
        let configuration = samples.configuration()
        try samples.run(configuration, in: "whole")
        var sessions = 0
        while true {
            // A session that could not finish a validation would never get on.
            let questions = Questions(limit: count + sessions)
            let outcome = try samples.run(configuration, in: "parts") { questions.isEnough }
            sessions += 1
            if outcome == .finished { break }
            #expect(try samples.open(configuration, in: "parts").isComplete == false)
        }
        #expect(sessions > 1)
        try expectSame("parts", as: "whole")
    }

    /// A failure after steps that no checkpoint knows: they are done again, and their lines in the logs are not doubled.
    @Test func aRunThatFails() throws {
        try samples.run(samples.configuration(), in: "whole")
        struct Failure: Error {}
        for failing in [0, 3, 6, 11] {
            let failed = samples.configuration { configuration in
                configuration.learner = samples.learner { settings in
                    settings.beforeStep = { if $0 == failing { throw Failure() } }
                }
            }
            #expect(throws: Failure.self) { try samples.run(failed, in: "failed") }
        }
        #expect(try folder.names().contains("failed/checkpoint.h5") == false)
        #expect(try samples.log("failed").count > 10)
        try samples.run(samples.configuration(), in: "failed")
        try expectSame("failed", as: "whole")
    }

    @Test func aRunThatFailsAfterACheckpoint() throws {
        try samples.run(samples.configuration(), in: "whole")
        struct Failure: Error {}
        let failed = samples.configuration { configuration in
            configuration.run.checkpointSeconds = 0
            configuration.learner = samples.learner { settings in
                settings.beforeStep = { if $0 == 7 { throw Failure() } }
            }
        }
        #expect(throws: Failure.self) { try samples.run(failed, in: "failed") }
        // More was logged than the checkpoint knows.
        try folder.write(folder.read("failed/log.jsonl") + Array("{\"half a li".utf8), to: "failed/log.jsonl")
        let run = try samples.open(samples.configuration(), in: "failed")
        #expect(run.stepsDone == 7)
        #expect(run.history.entries.map(\.step) == [1, 5])
        #expect(try run.run(mustStop: { false }, report: { _ in }) == .finished)
        try expectSame("failed", as: "whole")
    }

    @Test func aRunThatIsComplete() throws {
        try samples.run(samples.configuration(), in: "run")
        let files = try folder.names().filter { $0.hasPrefix("run/") }
        let before = try files.map { try folder.read($0) }
        let run = try samples.open(samples.configuration(), in: "run")
        #expect(run.isComplete)
        #expect(run.reason == "all steps done")
        #expect(try run.run(mustStop: { false }, report: { _ in }) == .finished)
        #expect(try files.map { try folder.read($0) } == before)
    }

    // MARK: Validation

    @Test func theSameResultAgainAndAgainEndsTheRun() throws {
        let configuration = samples.configuration { configuration in
            configuration.learner = samples.learner { $0.isStubborn = true }
            configuration.validation.every = 2
            configuration.validation.patience = 4
        }
        let run = try samples.open(configuration, in: "run")
        #expect(try run.run(mustStop: { false }, report: { _ in }) == .finished)
        #expect(run.history.entries.map(\.step) == [1, 3, 5, 7])
        #expect(run.history.best?.step == 1)
        #expect(run.stepsDone == 7)
        #expect(run.reason == "validations no longer change")
        #expect(
            try samples.log("run").last?.contains(#""reason":"validations no longer change","best_step":1"#) == true
        )
    }

    @Test func aValidationBeforeTheFirstStep() throws {
        let run = try samples.open(samples.configuration { $0.validation.first = 0 }, in: "run")
        _ = try run.run(mustStop: { false }, report: { _ in })
        #expect(run.history.entries.map(\.step) == [0, 4, 8, 12])
    }

    @Test func eventsForAProgressBar() throws {
        let run = try samples.open(samples.configuration(), in: "run")
        let events = Mutex<[String]>([])
        _ = try run.run(mustStop: { false }) { event in
            events.withLock { events in
                switch event {
                case .stepped(let step): events.append("\(step)")
                case .validating(let played): if played == 8 { events.append("played") }
                case .validated(let entry, _): events.append("validated \(entry.step)")
                }
            }
        }
        #expect(events.withLock { $0 }.prefix(9) == ["0", "1", "played", "validated 1", "2", "3", "4", "5", "played"])
    }
}

/// Counts how often it is asked.
final class Questions: Sendable {
    private let count = Atomic(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var isEnough: Bool { count.add(1, ordering: .relaxed).newValue > limit }
}
