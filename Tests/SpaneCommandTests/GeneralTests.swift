import CSpaneHeader
import SpaneTestSupport
import Testing

/// Help and version, and words that the command does not know.
@Suite struct GeneralTests {
    private let command = Command()

    @Test func version() throws {
        let version = "\(SPANE_VERSION_MAJOR).\(SPANE_VERSION_MINOR).\(SPANE_VERSION_PATCH)"
        #expect(try command.succeed("--version") == version + "\n")
    }

    @Test func helpOfTheCommand() throws {
        let help = try command.succeed("--help")
        #expect(help.contains("USAGE: spane <subcommand>"))
        for name in ["trace", "evaluate", "replay", "train", "search", "experiment", "report"] {
            #expect(help.contains("\n  \(name) "))
        }
        // Without anything to do the command shows the same.
        #expect(try command.succeed() == help)
    }

    @Test(arguments: [
        (["trace"], ["import", "generate", "info"]),
        (
            ["trace", "import"],
            ["<in>", "<out.h5>", "log of a cluster", "--source", "--licence", "vmid,cpu,memory,time,type"]
        ),
        (["trace", "generate"], ["--count", "--seed", "--output", "(default: 100000)"]),
        (["trace", "info"], ["<trace>", "--servers", "--node-cpu", "--node-mem", "--split-above"]),
        (
            ["evaluate"],
            [
                "--trace", "--starts <file | lo..<hi:count:seed>", "--length <auto | n>", "(default: auto)",
                "--threads", "--servers", "(default: 5)", "--policy", "first-fit, best-fit, balance-fit,", "--output",
                "--json",
            ]
        ),
        (
            ["replay"],
            [
                "<log>", "--policy", "first-fit, best-fit,", "--servers", "--queue", "--servers-needed", "--moves",
                "--threads", "--json",
            ]
        ),
        (["search"], ["run (default)", "untrained"]),
        (
            ["search", "run"],
            [
                "<space.toml>", "--output <folder>", "--trace <file>", "--trials", "--seed", "--keep", "--threads",
                "all available", "resume",
            ]
        ),
        (["experiment"], ["wait-time", "flexibility"]),
        (
            ["experiment", "wait-time"],
            [
                "--servers", "(default: 5)", "--policies <policy ...>", "--output <folder>", "--baseline",
                "--threshold",
                "(default: 500000.0)", "--block <episodes>", "--resamples", "(default: 5000)", "--bootstrap-seed",
                "--confidence", "(default: 0.95)",
            ]
        ),
        (["experiment", "flexibility"], ["--servers <n ...>", "--policies <policy ...>"]),
        (["report"], ["<folder> ...", "--output <file.html>", "(default: report.html)", "--figures", "SPANE_PYTHON"]),
        (["search", "untrained"], ["--trials", "(default: 1000)", "--seed", "--keep", "--output", "--trace"]),
        (
            ["train"],
            ["<config.toml | preset>", "--output <folder>", "--trace <file>", "--seed", "--threads", "--print-config"]
        ),
    ])
    func helpOfEachSubcommand(words: [String], expected: [String]) throws {
        let result = try command.run(words + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: spane \(words.joined(separator: " "))"))
        for text in expected { #expect(result.output.contains(text), "\(text)") }
        // What is said before the options is set in one piece.
        let overview = try #require(result.output.split(separator: "\n\nUSAGE:").first)
        #expect(!overview.contains("  "))
        // The words that people search for are others.
        for text in ["goes on", "gone on", "go on", "in place of"] { #expect(!result.output.contains(text), "\(text)") }
    }

    @Test func unknownWords() throws {
        try command.fail(["simulate"], status: Status.usage, "Unexpected argument 'simulate'")
        try command.fail(
            ["trace", "generate", "--output", "x", "--zzzzzzzz", "1"],
            status: Status.usage,
            "Unknown option '--zzzzzzzz'"
        )
        try command.fail(
            ["evaluate"],
            status: Status.usage,
            "Missing expected argument '--trace <file>'"
        )
    }
}
