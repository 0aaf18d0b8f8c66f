import Glibc
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Runs that are killed, stopped or out of room, and go on with the same command.
@Suite struct InterruptedTrainingTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }
    private static let arguments = ["train", "train.toml", "--output", "run"]

    /// No file may grow beyond so many blocks; a full disk refuses to write in the same way.
    private static func limit(_ blocks: Int) -> String { "trap '' XFSZ && ulimit -f \(blocks)" }

    /// Whatever happened to a run, it ends with the weights and the logs of one that nothing disturbed.
    @Test func killedAtRandomMoments() throws {
        let generations = 200
        try TrainingSample.write(to: folder, generations: generations)
        var generator = Xoshiro256StarStar(seed: 17)
        var killed = 0
        for session in 0..<12 {
            // Now and then there is no room for a checkpoint either.
            let process = try command.start(Self.arguments, shell: session % 4 == 3 ? Self.limit(8) : "")
            usleep(UInt32(20_000 + generator.below(200_000)))
            process.send(SIGKILL)
            let status = try process.wait().status
            #expect([0, Status.failure, -SIGKILL].contains(status))
            if status == 0 { break }
            if status == -SIGKILL { killed += 1 }
        }
        #expect(killed > 0)
        try command.succeed("train", "train.toml", "--output", "run")
        try command.succeed("train", "train.toml", "--output", "whole")
        for file in ["best.h5", "last.h5"] {
            #expect(try folder.read("run/\(file)") == folder.read("whole/\(file)"))
        }
        let log = try TrainingSample.log(folder, "run")
        #expect(try log == TrainingSample.log(folder, "whole"))
        #expect(log.count { $0.contains(#""event":"step""#) } == generations)
        #expect(try folder.names().allSatisfy { !$0.hasSuffix(".tmp") })
    }

    // MARK: A run that would take very long

    /// Starts the run, waits until it is past a step and gives the process.
    private func start(past step: Int = 0, shell: String = "") throws -> Command.Process {
        let process = try command.start(Self.arguments, shell: shell)
        try wait(for: process, past: step)
        return process
    }

    /// Waits until the run is past a step.
    private func wait(for process: Command.Process, past step: Int) throws {
        for _ in 0..<60_000 {
            if try lastStep() > step { return }
            usleep(1000)
        }
        process.send(SIGKILL)
        throw TimedOut(step: step, result: try process.wait())
    }

    private struct TimedOut: Error {
        let step: Int
        let result: Command.Result
    }

    /// The last step in the log, 0 before any.
    private func lastStep() throws -> Int {
        guard try folder.names().contains("run/log.jsonl") else { return 0 }
        let steps = try folder.text("run/log.jsonl").matches(of: #/"event":"step","step":([0-9]+),.*\n/#)
        return steps.last.flatMap { Int($0.output.1) } ?? 0
    }

    private func stop(_ process: Command.Process, by signal: Int32 = SIGTERM) throws -> Command.Result {
        process.send(signal)
        // One that does not listen must not keep the tests waiting for ever.
        let result = try process.wait(orKillAfterSeconds: 60)
        #expect(result.status == 128 + signal)
        #expect(result.errors == "")
        return result
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func stopped(signal: Int32) throws {
        try TrainingSample.write(to: folder, generations: 1_000_000)
        let result = try stop(start(), by: signal)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 2)
        let step = try lastStep()
        let text = step < 1000 ? "\(step)" : "\(step / 1000),\(String(step).suffix(3))"
        #expect(lines.first == "Stopped after step \(text) of 1,000,000; the state is saved. To resume:")
        #expect(lines.last == "  spane train train.toml --output run")
        // It goes on where it was.
        _ = try stop(start(past: step))
        let steps = try TrainingSample.log(folder, "run").filter { $0.contains(#""event":"step""#) }
        #expect(steps.count > step)
        for (index, line) in steps.enumerated() { #expect(line.contains("\"step\":\(index + 1),")) }
    }

    /// The end of a terminal can be told twice, and is no news to a run that nohup started.
    @Test func hangups() throws {
        try TrainingSample.write(to: folder, generations: 1_000_000)
        let process = try start()
        process.send(SIGHUP)
        #expect(try stop(process, by: SIGHUP).output.contains("; the state is saved."))
        let step = try lastStep()
        let deaf = try start(past: step, shell: "trap '' HUP")
        deaf.send(SIGHUP)
        try wait(for: deaf, past: lastStep() + 1)
        _ = try stop(deaf)
    }

    @Test func twoProcessesInOneFolder() throws {
        try TrainingSample.write(to: folder, generations: 1_000_000)
        let first = try start()
        try command.fail(Self.arguments, status: Status.failure, "run: another process is training in this folder")
        _ = try stop(first)
    }

    @Test(arguments: [1, 8, 16])
    func aFullDisk(blocks: Int) throws {
        try TrainingSample.write(to: folder, generations: 1_000_000)
        _ = try stop(start())
        let step = try lastStep()
        let checkpoint = try folder.read("run/checkpoint.h5")
        let result = try command.run(Self.arguments, shell: Self.limit(blocks))
        #expect(result.status == Status.failure)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("Error: run/"))
        #expect(result.errors.contains(": cannot be written: File too large"))
        #expect(result.errors.count { $0.isNewline } == 1)
        #expect(try folder.read("run/checkpoint.h5") == checkpoint)
        #expect(try folder.names().allSatisfy { !$0.hasSuffix(".tmp") })
        _ = try stop(start(past: step))
    }
}
