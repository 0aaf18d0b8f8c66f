import Foundation
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Rules as commands take them: with the flavors of a trace, and in groups.
@Suite struct RulesOfCommandsTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private static let rule = "capacity-lost+spread"
    private static let episodes = ["--trace", "trace.h5", "--starts", "0..<400:12:3"]

    /// `mix.csv` asks for other large VMs than the trace does.
    init() throws {
        try Samples.writeTrace(to: folder)
        try folder.write("vmid,cpu,mem,at,lt\n0,12,8,5,1\n1,12,8,6,1\n2,20,64,9,1\n", to: "mix.csv")
    }

    private func evaluate(_ more: String...) throws -> String {
        try command.succeed(["evaluate"] + Self.episodes + ["--servers", "2", "--policy", Self.rule] + more)
    }

    private func waits(_ mix: ExpectedFlavors?) throws -> [Double] {
        let plan = try EpisodePlan(
            Scenario(Samples.trace(), on: Fleet(servers: 2)),
            starts: starts(),
            until: .automatic
        )
        let rule = try #require(Heuristic(name: Self.rule, mix: mix))
        return try Evaluation(of: .heuristic(rule), on: plan).totalWaits
    }

    private func starts() throws -> [Int] { try #require(try Starts.parse("0..<400:12:3")) }

    private func column(_ name: String, of csv: String) throws -> [Double] {
        let rows = csv.split(separator: "\n").map { $0.split(separator: ",") }
        let place = try #require(rows[0].firstIndex { $0 == name })
        return try rows.dropFirst().map { try #require(Double($0[place])) }
    }

    // MARK: --mix

    @Test func rulesKeepRoomForTheFlavorsOfATrace() throws {
        let mix = ExpectedFlavors(of: try TraceCSV.read(folder.file("mix.csv")).trace)
        let (given, learned) = (try waits(mix), try waits(nil))
        try #require(given != learned)
        #expect(try column(Self.rule, of: evaluate("--mix", "mix.csv", "--output", "-")) == given)
        #expect(try column(Self.rule, of: evaluate("--output", "-")) == learned)
        // What it was is in the JSON, beside what all results have.
        let object = try JSONSerialization.jsonObject(with: Data(evaluate("--mix", "mix.csv", "--json").utf8))
        let keys = try #require(object as? [String: Any])
        #expect(keys["mix_source"] as? String == "mix.csv")
        #expect((keys["mix_sha256"] as? String)?.count == 64)
        #expect(keys["servers"] as? Int == 2)
        #expect(try !evaluate("--json").contains("mix_"))
    }

    @Test func experimentsHaveAMix() throws {
        func experiment(_ folder: String, _ more: String...) -> [String] {
            ["experiment", "wait-time"] + Self.episodes + ["--servers", "2", "--policies", Self.rule]
                + ["--resamples", "100", "--output", folder] + more
        }
        try command.succeed(experiment("given", "--mix", "mix.csv"))
        let mix = ExpectedFlavors(of: try TraceCSV.read(folder.file("mix.csv")).trace)
        #expect(try column(Self.rule, of: folder.text("given/waits-2.csv")) == waits(mix))
        let manifest = try folder.text("given/experiment.json")
        #expect(manifest.contains("\"mix\" : {\n    \"file\" : \"mix.csv\""))
        // Of another mix it is another experiment, of the same one it is done.
        let refused = try command.run(experiment("given"))
        #expect(refused.errors.contains("contains another experiment; name another folder. mix: mix.csv (sha256 "))
        #expect(refused.errors.contains(") there, learned here"))
        #expect(try command.succeed(experiment("given", "--mix", "mix.csv")).contains("24 of 24 episodes were played"))

        let fleets = [
            "experiment", "fleets", "--kinds", "core-bound", "--servers", "4", "--loads", "0.9", "--days", "3",
        ]
        let play = fleets + ["--seeds", "2", "--policies", Self.rule, "--output", "-"]
        #expect(try command.succeed(play + ["--mix", "mix.csv"]) != command.succeed(play))
    }

    @Test func aMixThatIsOfNoUse() throws {
        let message = "--mix is given, but no policy is a rule with capacity-lost, which it is for."
        let words = ["evaluate"] + Self.episodes + ["--policy", "l2"]
        try command.fail(words + ["--mix", "mix.csv"], status: Status.usage, message)
        let policies = ["--policies", "l2", "--output", "folder", "--mix", "mix.csv"]
        try command.fail(["experiment", "wait-time"] + Self.episodes + policies, status: Status.usage, message)
        try command.fail(["experiment", "servers", "--trace", "trace.h5"] + policies, status: Status.usage, message)
        try command.fail(["experiment", "fleets"] + policies, status: Status.usage, message)
        try command.fail(
            ["evaluate", "--trace", "-", "--starts", "0..<9:1:1", "--policy", Self.rule, "--mix", "-"],
            status: Status.usage,
            "--trace and --mix are both -; standard input can be only one of them."
        )
        try command.fail(
            words + ["--mix", "none.csv"],
            status: Status.failure,
            "none.csv: cannot be read: No such file or directory"
        )
        #expect(try !folder.names().contains("folder"))
    }

    // MARK: Groups

    /// The commas of a rule are told from those between policies.
    @Test(arguments: [
        ("first-fit,best-fit", ["first-fit", "best-fit"]),
        ("capacity-lost,10*most-allocated+spread", ["capacity-lost,10*most-allocated+spread"]),
        ("first-fit,l2,1e+1*first+pack,random:3,l2", ["first-fit", "l2,1e+1*first+pack", "random:3", "l2"]),
        ("l2+spread,2*l2,first,l2+pack", ["l2+spread", "2*l2,first,l2+pack"]),
        ("l2,first", ["l2", "first"]),
        ("l2,first-fit,first+pack", ["l2", "first-fit", "first+pack"]),
        ("1e+1*l2,first+pack", ["1e+1*l2,first+pack"]),
    ])
    func rulesInGroups(list: String, members: [String]) throws {
        let csv = try command.succeed([
            "experiment", "fleets", "--kinds", "single-node", "--servers", "1", "--loads", "0.5", "--days", "0.1",
            "--seeds", "1", "--policies", "all=\(list)", "--output", "-",
        ])
        let names = csv.split(separator: "\n").dropFirst().map { row in
            row.contains("\"") ? String(row.split(separator: "\"")[1]) : String(row.split(separator: ",")[4])
        }
        #expect(names == members.map { "all/\($0)" })
    }

    // MARK: --output

    /// Nothing is played for a file that cannot be written.
    @Test(arguments: [
        ["evaluate"] + episodes + ["--policy", "first-fit"],
        ["experiment", "fleets", "--policies", "first-fit"],
        ["trace", "generate"], ["trace", "import", "mix.csv"],
    ])
    func anOutputThatCannotBeWritten(words: [String]) throws {
        for (path, reason) in [("none/out", "No such file or directory"), ("trace.h5/out", "Not a directory")] {
            let output = words[1] == "import" ? [path] : ["--output", path]
            let result = try command.run(words + output)
            #expect(result.status == Status.failure)
            #expect(result.output == "")
            #expect(result.errors == "Error: \(path): cannot be written: \(reason)\n")
        }
        #expect(try folder.names().sorted() == ["mix.csv", "trace.h5"])
    }

    /// The million trials of a search are not made for a network that cannot be kept.
    @Test func aNetworkThatCannotBeKept() throws {
        try folder.makeFolder("kept/untrained-2.h5")
        try command.fail(
            ["search", "untrained"] + Self.episodes + ["--length", "50", "--trials", "1000000", "--output", "kept"],
            status: Status.failure,
            "kept/untrained-2.h5: cannot be written: Is a directory"
        )
    }
}
