import SpaneFileTestSupport
import SpaneRuns
import SpaneStorage
import SpaneTestSupport
import Synchronization
import Testing

/// Folders and checkpoints that are not those of the run.
@Suite struct RunFolderTests {
    private let samples: Samples
    private var folder: TemporaryFolder { samples.folder }

    init() throws { samples = try Samples() }

    /// Opening the run fails with this message and changes nothing in the folder.
    private func refuses(
        _ configuration: RunConfiguration,
        in name: String = "run",
        _ message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let names = try folder.names().filter { $0.hasPrefix(name) }
        let files = names.filter { $0 != name }
        let before = try files.map { try folder.read($0) }
        do {
            _ = try samples.open(configuration, in: name)
            Issue.record("the run was opened", sourceLocation: sourceLocation)
        } catch {
            #expect("\(error)" == message, sourceLocation: sourceLocation)
        }
        #expect(try folder.names().filter { $0.hasPrefix(name) } == names, sourceLocation: sourceLocation)
        #expect(try files.map { try folder.read($0) } == before, sourceLocation: sourceLocation)
    }

    // MARK: Folders

    @Test func aFolderOfSomethingElse() throws {
        try folder.makeFolder("run")
        try folder.write("mine", to: "run/notes.txt")
        try refuses(
            samples.configuration(),
            "\(folder.file("run")): is not the folder of a training run: it has no config.toml, but notes.txt; name a new "
                + "folder"
        )
    }

    @Test func aFile() throws {
        try folder.write("mine", to: "run")
        try refuses(samples.configuration(), "\(folder.file("run")): is not a folder; name a new one")
    }

    @Test func aFolderThatCannotBeMade() throws {
        try folder.write("", to: "file")
        try refuses(
            samples.configuration(),
            in: "file/run",
            "\(folder.file("file/run")): cannot be read: Not a directory"
        )
    }

    @Test func anEmptyFolderIsFine() throws {
        try folder.makeFolder("run")
        #expect(try samples.run(samples.configuration(), in: "run") == .finished)
    }

    @Test func aFolderOfAnotherConfiguration() throws {
        try samples.run(samples.configuration(), in: "run")
        let other = samples.configuration { configuration in
            configuration.run.seed = 3
            configuration.validation.every = 5
            configuration.learner = samples.learner { $0.steps = 20 }
        }
        try refuses(
            other,
            "\(folder.file("run")): is the folder of a run with another configuration: learner.steps is 12 in that run and "
                + "20 in this one; run.seed is 1 in that run and 3 in this one; validation.every is 4 in that run and 5 "
                + "in this one. Name a new folder"
        )
    }

    @Test func aConfigurationThatWasChanged() throws {
        try samples.run(samples.configuration(), in: "run")
        let text = try folder.text("run/config.toml")
        try folder.write(text.replacing("seed = 1", with: "seed = x"), to: "run/config.toml")
        let path = folder.file("run/config.toml")
        #expect {
            try samples.open(samples.configuration(), in: "run")
        } throws: {
            "\($0)".hasPrefix("\(path): line 7, column 8: ")
        }
    }

    @Test func anotherProcess() throws {
        let held = try samples.open(samples.configuration(), in: "run")
        try refuses(samples.configuration(), "\(folder.file("run")): another process is training in this folder")
        #expect(try held.run(mustStop: { false }, report: { _ in }) == .finished)
    }

    @Test func whatAKilledProcessLeavesIsTakenAway() throws {
        try folder.makeFolder("run")
        for name in ["config.toml.77.tmp", "checkpoint.h5.77.tmp", "lock"] { try folder.write("x", to: "run/\(name)") }
        try samples.run(samples.configuration(), in: "run")
        #expect(try folder.names().allSatisfy { !$0.hasSuffix(".tmp") })
    }

    // MARK: Checkpoints

    @Test func aCheckpointOfAnotherConfiguration() throws {
        try samples.run(samples.configuration(), in: "run")
        try samples.run(samples.configuration { $0.run.seed = 2 }, in: "other")
        try folder.write(folder.read("other/checkpoint.h5"), to: "run/checkpoint.h5")
        try refuses(
            samples.configuration(),
            "\(folder.file("run/checkpoint.h5")): is of a run with another configuration: run.seed is 2 in that run and 1 "
                + "in this one"
        )
    }

    @Test func anotherTrace() throws {
        try samples.run(samples.configuration(), in: "run")
        let old = try TraceFile.contentHash(of: TraceFile.load(folder.file("trace.h5")).trace)
        try samples.write(seed: 22, to: "trace.h5")
        let new = try TraceFile.contentHash(of: TraceFile.load(folder.file("trace.h5")).trace)
        try refuses(
            samples.configuration(),
            "\(folder.file("run/checkpoint.h5")): is of a run with another data.traces[0].file: its SHA-256 is \(old) in "
                + "that run and \(new) in this one"
        )
    }

    @Test func theSameTraceElsewhere() throws {
        try samples.run(samples.configuration(), in: "run")
        try folder.write(folder.read("trace.h5"), to: "moved.h5")
        let moved = samples.configuration { $0.data.traces[0].file = folder.file("moved.h5") }
        #expect(try samples.open(moved, in: "run").isComplete)
    }

    @Test func otherValidationEpisodes() throws {
        try samples.run(samples.configuration(), in: "run")
        let other = samples.configuration { $0.validation.starts = "300..<450:8:2" }
        #expect {
            try samples.open(other, in: "run")
        } throws: {
            "\($0)".contains("is of a run with another validation.starts")
        }
    }

    @Test func aCheckpointThatIsNone() throws {
        try samples.run(samples.configuration(), in: "run")
        let path = folder.file("run/checkpoint.h5")
        try folder.write("", to: "run/checkpoint.h5")
        try refuses(samples.configuration(), "\(path): is not an HDF5 file, or its first bytes are damaged")
        try folder.write(folder.read("run/best.h5"), to: "run/checkpoint.h5")
        try refuses(
            samples.configuration(),
            "\(path): attribute format is \"spane-weights\"; it must be \"spane-checkpoint\""
        )
    }

    /// A group that holds itself has no end.
    @Test func aCheckpointThatLeadsInCircles() throws {
        try samples.run(samples.configuration(), in: "run")
        let path = folder.file("run/checkpoint.h5")
        let kind = HostileFile.kind("own group")
        try #require(try HostileFile.edit(path, "learner/circle", kind, amount: 1, elsewhere: path))
        #expect {
            try samples.open(samples.configuration(), in: "run")
        } throws: { error in
            "\(error)".hasPrefix("\(path): /learner/circle/circle/")
                && "\(error)".hasSuffix(" is more than 16 links away, soft ones included")
        }
    }

    @Test func aLogThatWasCutShort() throws {
        try samples.run(samples.configuration(), in: "run")
        let log = try folder.read("run/log.jsonl")
        try folder.write(Array(log.dropLast(5)), to: "run/log.jsonl")
        try refuses(
            samples.configuration(),
            "\(folder.file("run/log.jsonl")): has \(log.count - 5) bytes, and had \(log.count) when the checkpoint was made; "
                + "it was changed since then"
        )
    }

    /// A bit that changed anywhere in a checkpoint is noticed, or was one that says nothing.
    @Test func damagedCheckpoints() throws {
        let configuration = samples.configuration { $0.run.checkpointSeconds = 0 }
        try samples.run(configuration, in: "whole")
        let questions = StopAfter(40)
        #expect(try samples.run(configuration, in: "run") { questions.isOver } == .stopped)
        let good = try folder.read("run/checkpoint.h5")
        let log = try folder.read("run/log.jsonl")
        let events = try folder.read("run/events.out.tfevents.0.spane")
        var noticed = 0
        let positions = Array(stride(from: 0, to: good.count, by: max(1, good.count / 300)))
        for position in positions {
            var bytes = good
            bytes[position] ^= 1 << UInt8(position % 8)
            try folder.write(bytes, to: "run/checkpoint.h5")
            do {
                let run = try samples.open(configuration, in: "run")
                #expect(try run.run(mustStop: { false }, report: { _ in }) == .finished)
                #expect(try folder.read("run/last.h5") == folder.read("whole/last.h5"), "byte \(position)")
                #expect(try samples.log("run") == samples.log("whole"), "byte \(position)")
            } catch {
                noticed += 1
                #expect("\(error)".hasPrefix(folder.file("run/checkpoint.h5") + ": "))
                #expect(try folder.read("run/checkpoint.h5") == bytes)
            }
            try folder.write(log, to: "run/log.jsonl")
            try folder.write(events, to: "run/events.out.tfevents.0.spane")
        }
        #expect(noticed > positions.count / 2)
    }
}

/// Says so when it was asked often enough.
private final class StopAfter: Sendable {
    private let left: Atomic<Int>

    init(_ count: Int) { left = Atomic(count) }

    var isOver: Bool { left.subtract(1, ordering: .relaxed).newValue < 0 }
}
