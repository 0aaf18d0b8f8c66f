import ArgumentParser
import SpaneEvaluation
import SpaneStorage
import SpaneSystem

/// A policy in a Python file, played by a process of its own, which runs the module `spane._policy_server`.
///
/// All numbers have the machine's own byte order. The process begins with four numbers of 64 bits: ``greeting``, whether it has
/// failed, the batch or 0, and whether observations are normalised; where it has failed, the third is the length of a text that
/// follows. Each question is four numbers, rows, servers, values of an observation and bytes of a mask, and the arrays of
/// `spane_decisions` in their order; each answer two numbers, whether it has failed and the length of what follows: a text, or
/// the actions.
final class PythonPolicy: Sendable {
    private let name: String
    private let process: pid_t
    private let channel: Channel

    private static let greeting: Int64 = 0x656e_6170_73
    /// Where the process finds its end.
    private static let descriptor: Int32 = 3

    /// Starts the process and has it load the policy.
    static func start(_ file: String, _ object: String) throws -> ExternalPolicy {
        let name = "\(file):\(object)"
        let (channel, other) = try Self.pair(name)
        let policy = PythonPolicy(name, try process(file, object, handing: other), channel)
        return try policy.greeted()
    }

    /// Closes `other` here: as long as this process had it too, the end of the new one would not be noticed.
    private static func process(_ file: String, _ object: String, handing other: Int32) throws -> pid_t {
        defer { close(other) }
        return try Python.start(
            "spane._policy_server",
            [file, object, "\(descriptor)"],
            purpose: "play \(file)",
            handing: other,
            as: descriptor
        )
    }

    private static func pair(_ name: String) throws -> (Channel, other: Int32) {
        do {
            return try Channel.pair()
        } catch {
            throw ValidationError("\(name): no socket for its process: \(error.reason ?? "").")
        }
    }

    private init(_ name: String, _ process: pid_t, _ channel: Channel) {
        (self.name, self.process, self.channel) = (name, process, channel)
    }

    private func greeted() throws -> ExternalPolicy {
        var words: [Int64] = [0, 0, 0, 0]
        return try talking {
            try unsafe words.withUnsafeMutableBytes { try unsafe channel.receive($0) }
            guard words[0] == Self.greeting else { throw failure("its process does not speak as it should") }
            guard words[1] == 0 else { throw failure(try channel.receiveText(Int(words[2]))) }
            return ExternalPolicy(
                name: name,
                batch: words[2] == 0 ? nil : Int(words[2]),
                isNormalised: words[3] != 0
            ) { try self.decide($0) }
        }
    }

    private func decide(_ batch: borrowing DecisionBatch) throws {
        let count = batch.count
        try talking {
            let words = [count, batch.servers, batch.observationSize, batch.maskSize].map { Int64($0) }
            try unsafe words.withUnsafeBytes { try unsafe channel.send($0) }
            try unsafe channel.send(
                UnsafeRawBufferPointer(start: batch.observations, count: 4 * count * batch.observationSize)
            )
            try unsafe channel.send(UnsafeRawBufferPointer(start: batch.masks, count: count * batch.maskSize))
            try unsafe channel.send(UnsafeRawBufferPointer(start: batch.episodes, count: 8 * count))
            try unsafe channel.send(UnsafeRawBufferPointer(start: batch.vms, count: 8 * count))
            try unsafe channel.send(UnsafeRawBufferPointer(start: batch.isFirst, count: count))
            var answer: [Int64] = [0, 0]
            try unsafe answer.withUnsafeMutableBytes { try unsafe channel.receive($0) }
            guard answer[0] == 0 else { throw failure(try channel.receiveText(Int(answer[1]))) }
            guard answer[1] == 4 * count else { throw failure("its process does not speak as it should") }
            try unsafe channel.receive(UnsafeMutableRawBufferPointer(start: batch.actions, count: 4 * count))
        }
    }

    /// Says how the process ended where it does not answer.
    private func talking<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let broken as Channel.Broken {
            if let reason = broken.reason { throw failure("its process cannot be talked to: \(reason)") }
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            let end = signal == 0 ? "with status \((status >> 8) & 0xff)" : "by signal \(signal)"
            throw failure("its process has ended \(end)")
        }
    }

    private func failure(_ text: String) -> StorageError { StorageError(.format, path: name, text) }
}
