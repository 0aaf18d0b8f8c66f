import SpaneTestSupport
import Testing

/// `spane tune`.
@Suite struct TuneCommandTests {
    private let command = Command()
    private let start = ["tune", "--trace", "trace.h5", "--servers", "2", "--objective", "wait", "--length", "60"]

    init() throws { try Samples.writeTrace(to: command.folder) }

    @Test func saysWhichRuleToUse() throws {
        let arguments =
            start + [
                "--starts", "0..<200:8:1", "--validation", "200..<400:16:1", "--generations", "2", "--population", "4",
            ]
        let result = try command.run(arguments + ["--threads", "1"])
        let output = result.output
        #expect(result.status == 0)
        #expect(output.contains("capacity-lost,10*most-allocated+spread"))
        #expect(output.contains("use 'capacity-lost") || output.contains("is not clearly better: use '"))
        #expect(try command.run(arguments + ["--threads", "2"]).output == output)
    }

    @Test func aMixIsPartOfTheAdvice() throws {
        let arguments =
            start + [
                "--starts", "0..<200:8:1", "--validation", "200..<400:16:1", "--generations", "1", "--population", "4",
            ]
        let learned = try command.run(arguments)
        let given = try command.run(arguments + ["--mix", "trace.h5"])
        #expect(given.status == 0)
        #expect(!learned.output.contains("--mix") && given.output.contains(" with --mix trace.h5."))
        let row = { (output: String) in output.split(separator: "\n").first { $0.hasPrefix("capacity-lost+spread") } }
        #expect(row(given.output) != row(learned.output))
    }

    @Test func refusesWhatMakesNoSense() throws {
        let episodes = ["--starts", "0..<200:8:1", "--validation", "200..<400:16:1"]
        try command.fail(
            start + episodes + ["--population", "5"],
            status: Status.usage,
            "--population is 5; it must be even and in 4 ... 10000."
        )
        try command.fail(
            start + episodes + ["--generations", "0"],
            status: Status.usage,
            "--generations is 0; it must be in 1 ... 100000."
        )
        try command.fail(
            start + ["--starts", "0..<200:8:1", "--validation", "here.txt"],
            status: Status.usage,
            "--validation is 'here.txt'; it must be an existing file or LO..<HI:COUNT:SEED, as 0..<1000:50:1."
        )
        try command.fail(
            ["tune", "--trace", "trace.h5", "--objective", "speed"] + episodes,
            status: Status.usage,
            "The value 'speed' is invalid for '--objective <wait | servers | refused-cores>'. Please provide one of 'wait', 'servers' or "
                + "'refused-cores'."
        )
    }
}
