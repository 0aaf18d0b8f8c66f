import Glibc
import SpaneNetworks
import SpaneStorage
import SpaneTestSupport
import Testing

/// What is printed arrives, or the command says that it did not.
@Suite struct StandardOutputTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws {
        try TrainingSample.writeSearch("trials = 1", to: folder, generations: 2)
        try folder.write("1\n3\n200\n", to: "starts.txt")
        try WeightsFile.write(Samples.spane(), Provenance(["note": "a test"]), to: folder.file("model.h5"))
    }

    private static let episodes = "--trace trace.h5 --starts starts.txt --length 9"

    /// One of each kind of text that the command prints.
    private static let commands = [
        "evaluate \(episodes) --policy first-fit", "evaluate \(episodes) --policy first-fit --json",
        "evaluate \(episodes) --policy first-fit --output -", "trace info trace.h5",
        "trace import trace.h5 new.h5", "trace generate --count 9 --output new.h5", "model info model.h5",
        "train --print-config", "train train.toml --output new", "search space.toml --output new",
        "search untrained \(episodes) --trials 1 --keep 1 --output new",
        "experiment wait-time \(episodes) --policies balance-fit --output new",
        "experiment fleets --kinds single-node --servers 1 --days 1 --seeds 1 --policies first-fit",
        "fleet generate single-node --servers 1 --days 1 --output new",
        "--help", "train --help", "--version", "help", "--generate-completion-script bash",
    ]

    @Test(arguments: commands)
    func whatCannotBePrinted(words: String) throws {
        for (redirection, reason) in [
            (">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"),
            // The same where no number of a standard file is in use.
            (">&- <&-", "Bad file descriptor"),
        ] {
            let result = try command.run(script: "\"$1\" \(words) \(redirection)")
            #expect(result.status == Status.failure)
            #expect(result.errors == "Error: standard output: cannot be written: \(reason)\n")
        }
    }

    /// A closed standard error does not make its number that of a file.
    @Test func closedStandardError() throws {
        let result = try command.run(script: "\"$1\" train train.toml --output run >&- 2>&-; echo $?")
        #expect(result.output == "\(Status.failure)\n")
        #expect(result.errors == "")
        for name in try folder.names() where name.hasPrefix("run/") {
            #expect(try !folder.read(name).starts(with: "Error: ".utf8), "\(name)")
            if name == "run/lock" { #expect(try folder.read(name) == []) }
        }
    }

    /// A reader that has seen enough is no mistake, whether the signal of a broken pipe ends the process or is ignored.
    @Test(arguments: commands, ["", "trap '' PIPE;"])
    func aBrokenPipe(words: String, trap: String) throws {
        let result = try command.run(
            script: "\(trap) { \"$1\" \(words); echo $? >status; } | true; while ! test -s status; do sleep 0.01; done"
        )
        #expect(result.errors == "")
        // All of it may have been written before the reader was gone.
        #expect(try ["0\n", "\(128 + SIGPIPE)\n"].contains(folder.text("status")))
    }

    /// What else a command does does not depend on who reads.
    @Test func filesAreWrittenNonetheless() throws {
        let words = "evaluate \(Self.episodes) --policy first-fit --output"
        try command.succeed(words.split(separator: " ").map(String.init) + ["whole.csv"])
        let result = try command.run(script: "\"$1\" \(words) waits.csv >/dev/full")
        #expect(result.status == Status.failure)
        #expect(try folder.text("waits.csv") == folder.text("whole.csv"))
    }

    @Test func aDashIsStandardOutput() throws {
        let words = "evaluate \(Self.episodes) --policy first-fit --output".split(separator: " ").map(String.init)
        try command.succeed(words + ["waits.csv"])
        #expect(try command.succeed(words + ["-"]) == folder.text("waits.csv"))
        try command.fail(
            words + ["-", "--json"],
            status: Status.usage,
            "--json and --output - both go to standard output; --output must name a file here."
        )
        // By its other names it gets the table too, be it a file or a pipe; neither overwrites the other.
        for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            let file = try command.succeed(words + [name])
            #expect(file.hasPrefix("3 episodes of "))
            #expect(try file.hasSuffix("\n" + folder.text("waits.csv")))
            let pipe = try command.run(script: "\"$1\" \(words.joined(separator: " ")) \(name) | cat")
            #expect(pipe.output.hasPrefix("3 episodes of "))
            #expect(try pipe.output.hasSuffix("\n" + folder.text("waits.csv")))
        }
    }
}
