import SpaneTestSupport
import Testing

/// The command under limits of the address space, from hardly more than it needs to start to plenty.
@Suite struct MemoryTests {
    private let command = Command()

    /// The kilobytes under which the command starts.
    private func least() throws -> Int {
        var limit = 40_000
        while try command.run(["--version"], shell: "ulimit -v \(limit)").status != 0 { limit += 10_000 }
        return limit
    }

    /// Runs the command under limits and checks that it either works or says in a line that memory is short.
    private func sweep(_ arguments: [String], upTo more: Int, steps: Int) throws {
        var refused = 0
        let least = try least()
        for step in 0..<steps {
            let limit = least + more * step / (steps - 1)
            let result = try command.run(arguments, shell: "ulimit -v \(limit)")
            guard result.status != 0 else { continue }
            refused += 1
            #expect(result.status == 1, "\(limit): \(result.status) \(result.errors)")
            let isTold = result.errors.hasPrefix("Error: ") && result.errors.contains("memory")
            #expect(isTold && result.errors.count { $0.isNewline } == 1, "\(limit): \(result.errors)")
        }
        #expect(refused > 0)
        #expect(refused < steps)
    }

    @Test func generatingATrace() throws {
        try sweep(
            ["trace", "generate", "--count", "200000", "--seed", "1", "--output", "a.h5"],
            upTo: 150_000,
            steps: 5
        )
    }

    @Test func training() throws {
        try command.folder.write(
            """
            [learner]
            algorithm = "dqn"
            replay_capacity = 4000000
            epochs = 1
            warm_up_episodes = 0
            gradient_steps = 1
            [data]
            servers = [2]
            traces = [{ file = "trace.h5", starts = "0..<300" }]
            [validation]
            starts = "300..<450:20:1"
            """,
            to: "train.toml"
        )
        try Samples.writeTrace(to: command.folder)
        let result = try command.run(
            ["train", "train.toml", "--threads", "1", "--output", "run"],
            shell: "ulimit -v 400000"
        )
        #expect(result.status == 1)
        #expect(
            result.errors.contains("a replay buffer of 4000000 transitions (replay_capacity) needs"),
            "\(result.errors)"
        )
    }
}
