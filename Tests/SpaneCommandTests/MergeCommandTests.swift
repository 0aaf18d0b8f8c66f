import Foundation
import SpaneFileTestSupport
import SpaneStorage
import SpaneTestSupport
import Testing

/// `--shard`, and `spane merge`: several machines find what one finds.
@Suite struct MergeCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws {
        try Samples.writeTrace(to: folder)
        try WeightsFile.write(Samples.spane(), Provenance(), to: folder.file("net.h5"))
    }

    private func evaluate(_ more: [String] = []) -> [String] {
        ["evaluate", "--trace", "trace.h5", "--starts", "0..<300:11:3", "--servers", "1", "--length", "150"]
            + ["--policy", "first-fit", "--policy", "random:7", "--policy", "net.h5"] + more
    }

    private func experiment(_ kind: String, _ more: [String] = []) -> [String] {
        let episodes =
            switch kind {
            case "servers": ["--windows", "7", "--window-length", "150", "--moves", "0,2", "--move-budget", "20"]
            case "flexibility": ["--starts", "0..<400:10:3", "--servers", "2", "1", "--length", "60", "--moves", "1"]
            default: ["--starts", "0..<400:10:3", "--servers", "2"]
            }
        return ["experiment", kind, "--trace", "trace.h5", "--resamples", "100"] + episodes
            + ["--policies", "balance-fit", "few=random:1,random:2,net.h5"] + more
    }

    /// Parts of three machines: `part1`, `part2`, `part3`.
    private func parts(_ arguments: [String]) throws {
        for number in 1...3 {
            let note = try command.succeed(arguments + ["--shard", "\(number)/3", "--output", "part\(number)"])
            #expect(note.hasPrefix("part\(number): shard \(number) of 3, "))
            #expect(note.split(separator: "\n").count == 1)
        }
    }

    /// What is printed but for the decisions a second, which end a line of the first table.
    private func steady(_ text: String) -> [String] {
        text.split(separator: "\n").filter { !$0.contains("_per_second") }.map { line in
            let words = line.split(separator: " ")
            guard let last = words.last, words.count > 5, last.allSatisfy({ $0.isNumber || $0 == "," }) else {
                return String(line)
            }
            return words.dropLast().joined(separator: " ")
        }
    }

    // MARK: The same result

    @Test(arguments: [
        ["--length", "auto", "--servers", "2"],
        ["--samples", "3", "--room", "8x32", "--moves", "2", "--move-seconds-per-gb", "0.5", "--move-budget", "20"],
        ["--no-queue"],
        ["--no-queue", "--room", "8x32", "--moves", "2", "--move-budget", "20"],
    ])
    func evaluations(more: [String]) throws {
        let arguments = evaluate(more)
        try parts(arguments)
        let table = try command.succeed(arguments + ["--output", "one.csv"])
        let merged = try command.succeed("merge", "part2", "part3", "part1", "--output", "all.csv")
        #expect(steady(merged) == steady(table))
        #expect(try folder.read("all.csv") == folder.read("one.csv"))
        let document = try command.succeed(arguments + ["--json"])
        #expect(try steady(command.succeed("merge", "part3", "part2", "part1", "--json")) == steady(document))
    }

    /// Every n-th start is played, whatever is the number of threads.
    @Test func aShardPlaysEveryNthStart() throws {
        try command.succeed(evaluate(["--output", "one.csv"]))
        try command.succeed(evaluate(["--shard", "1/1", "--output", "whole"]))
        #expect(try command.succeed("merge", "whole", "--output", "-") == folder.text("one.csv"))
        try command.succeed(evaluate(["--shard", "2/4", "--threads", "3", "--output", "part"]))
        let bytes = try folder.read("part")
        try HDF5Editor.edit(folder.file("part")) { $0.remove("start") }
        try command.fail(
            ["merge", "part"],
            status: Status.failure,
            "part: dataset /start is missing"
        )
        try folder.write(bytes, to: "part")
        // Of eleven starts the second, sixth and tenth.
        let starts = try HDF5.perform { () throws(StorageError) in
            try HDF5Reader(path: folder.file("part")).integers("start").values
        }
        let all = try folder.text("one.csv").split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
        #expect(starts.map { "\($0)" } == [1, 5, 9].map { String(all[all.startIndex + $0]) })
    }

    @Test(arguments: ["wait-time", "flexibility", "servers"])
    func experiments(kind: String) throws {
        let arguments = experiment(kind)
        try parts(arguments)
        let one = try command.succeed(arguments + ["--output", "one"])
        let all = try command.succeed("merge", "part3", "part1", "part2", "--output", "all")
        #expect(all == one.replacing("\none: ", with: "\nall: "))
        func files(_ name: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.file(name)).sorted()
        }
        #expect(try files("all") == files("one"))
        #expect(try files("part2") == ["experiment.json", "lock", "results.h5"])
        for name in try files("one") {
            #expect(try folder.read("all/\(name)") == folder.read("one/\(name)"), "\(name)")
        }
        // The folder is that of the experiment: nothing is left to be played.
        #expect(try command.succeed(arguments + ["--output", "all"]).contains(" were played before."))
    }

    /// Simulated fleets, one of whose policies does not serve them all.
    @Test func fleets() throws {
        try WeightsFile.write(Samples.mlp(servers: 2), Provenance(), to: folder.file("bound.h5"))
        let arguments =
            ["experiment", "fleets", "--kinds", "core-bound", "single-node", "--servers", "2", "3", "--loads", "0.9"]
            + ["--days", "0.3", "--seeds", "2", "--policies", "first-fit", "random:1", "bound.h5"]
        for more in [[], ["--moves", "1", "--move-budget", "20"]] {
            try parts(arguments + more)
            let one = try command.succeed(arguments + more + ["--output", "one.csv"])
            #expect(try command.succeed("merge", "part3", "part1", "part2", "--output", "all.csv") == one)
            #expect(try folder.read("all.csv") == folder.read("one.csv"))
        }
        try command.fail(
            ["merge", "part1", "part2", "--json"],
            status: Status.usage,
            "--json is for parts of spane evaluate; those of experiment fleets have a table and a CSV file."
        )
        try command.fail(["merge", "part1", "part2"], status: Status.failure, "of 3 shards number 3 is missing")
        try command.succeed(arguments + ["--shard", "3/3", "--output", "part3"])
        let result = try command.run(["merge", "part1", "part2", "part3"])
        #expect(
            result.errors
                == "Error: part3: does not belong to part1. moves: 1 (price 2.0, budget 20) there, none here\n"
        )
        try command.fail(
            arguments + ["--shard", "9/9", "--output", "part"],
            status: Status.usage,
            "--shard is 9/9; there are 8 fleets, and each shard needs one of them."
        )
        try command.fail(
            arguments + ["--shard", "1/2"],
            status: Status.usage,
            "--shard needs --output with the file that the part goes to."
        )
        try HDF5Editor.edit(folder.file("part1")) { $0.dataset("policy_1/asked_mem", [0, 0, .infinity]) }
        try command.fail(
            ["merge", "part1", "part2", "part3"],
            status: Status.failure,
            "part1: dataset /policy_1/asked_mem has the value inf; an amount is at least 0"
        )
        try HDF5Editor.edit(folder.file("part1")) { $0.dataset("description", ["{}"]) }
        try command.fail(
            ["merge", "part1", "part2", "part3"],
            status: Status.failure,
            "part1: dataset /description is not the description of a benchmark's shard"
        )
    }

    /// A shard resumes; how it is to be summarised may change, and is not what is played.
    @Test func aShardResumes() throws {
        let arguments = experiment("wait-time")
        try parts(arguments)
        try HDF5Editor.edit(folder.file("part2/results.h5")) { $0.remove("servers_2/policy_1") }
        let merge = ["merge", "part1", "part2", "part3", "--output", "all"]
        try command.fail(merge, status: Status.failure, "part2: shard 2/3 is not finished; run its command again")
        let again = arguments + ["--shard", "2/3", "--output", "part2"]
        #expect(try command.succeed(again).contains("\n12 of 15 episodes were played before.\n"))
        try command.succeed(merge)
        // Another shard is another experiment.
        let other = try command.run(arguments + ["--shard", "1/3", "--output", "part2"])
        #expect(
            other.errors.hasPrefix("Error: part2: contains another experiment; name another folder. shard: 2/3 there")
        )
        try command.succeed(again + ["--threshold", "7"])
        let differs = "part2: does not belong to part1. threshold: 500000.0 there, 7.0 here"
        try command.fail(merge, status: Status.failure, differs)
        for number in ["1", "3"] {
            try command.succeed(
                arguments + ["--shard", "\(number)/3", "--output", "part\(number)", "--threshold", "7"]
            )
        }
        #expect(try command.succeed(merge).contains("over 7 s"))
        try FileManager.default.removeItem(atPath: folder.file("part3/results.h5"))
        try command.fail(merge, status: Status.failure, "part3: shard 3/3 is not finished; run its command again")
    }

    // MARK: What is refused

    @Test(arguments: ["0/4", "5/4", "1", "1/", "/2", "a/b", "1/2/3", "-1/2", "1.5/2"])
    func badShards(text: String) throws {
        let message = "--shard is '\(text)'; it must be I/N with two numbers and 1 <= I <= N, as in 2/4."
        try command.fail(evaluate(["--output", "part", "--shard=\(text)"]), status: Status.usage, message)
    }

    @Test func shardsThatCannotBe() throws {
        func refuses(_ arguments: [String], _ message: String) throws {
            try command.fail(arguments, status: Status.usage, message)
            #expect(try !folder.names().contains("part"))
        }
        try refuses(
            evaluate(["--shard", "2/12", "--output", "part"]),
            "--shard is 2/12; there are 11 starts, and each shard needs one of them."
        )
        try refuses(
            experiment("servers", ["--shard", "8/8", "--output", "part"]),
            "--shard is 8/8; there are 7 windows, and each shard needs one of them."
        )
        for more in [[], ["--output", "-"]] {
            try refuses(
                evaluate(["--shard", "1/2"] + more),
                "--shard needs --output with the file that the part goes to."
            )
        }
        try refuses(
            evaluate(["--shard", "1/2", "--output", "part", "--json"]),
            "--json and --shard: a part is no result; spane merge --json prints that of all parts."
        )
        // A start that the trace does not have is counted among all.
        try folder.write("1\n2\n590\n3\n", to: "starts")
        let result = try command.run(evaluate(["--starts", "starts", "--shard", "1/2", "--output", "part"]))
        #expect(result.errors.hasPrefix("Error: starts[2]: "), "\(result.errors)")
    }

    /// Parts that do not belong together, or are not all there.
    @Test func partsOfOtherThings() throws {
        try parts(evaluate())
        func refuses(_ parts: String..., message: String) throws {
            let result = try command.run(["merge"] + parts)
            #expect(result.status == Status.failure)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix("Error: \(message)"), "\(result.errors)")
        }
        try refuses("part1", "part3", message: "of 3 shards number 2 is missing\n")
        try refuses("part2", message: "of 3 shards the numbers 1, 3 are missing\n")
        try refuses(
            "part1",
            "part2",
            "part1",
            "part3",
            message: "part1 and part1 are both shard 1/3; give each shard once\n"
        )
        func other(_ more: [String], _ difference: String, shard: String = "2/3") throws {
            // A note says that the network was made for other servers.
            #expect(try command.run(evaluate(["--output", "other", "--shard", shard] + more)).status == 0)
            try refuses("part1", "other", "part3", message: "other: \(difference)")
        }
        let belongs = "does not belong to part1. "
        try other(["--length", "99"], "\(belongs)length: 150 there, 99 here\n")
        try other(["--starts", "0..<300:11:4"], "\(belongs)starts: 0..<300:11:3 (11, sha256 ")
        try other(["--servers", "2"], "\(belongs)servers: 1 there, 2 here\n")
        try other(["--node-cpu", "41"], "\(belongs)cores of a NUMA node: 40.0 there, 41.0 here\n")
        try other(["--no-queue"], "\(belongs)queue: VMs wait there, nothing waits here; metrics:  (0 times) there, ")
        try other(["--moves", "1"], "\(belongs)moves: none there, 1 (0.0 s a GB, price 2.0, budget 2000) here\n")
        try other(["--room", "1x1"], "\(belongs)metrics:  (0 times) there, used_cores ")
        try other(["--policy", "l2"], "\(belongs)policies: first-fit random:7 net.h5 there, ")
        try other([], "is shard 1/2, and part1 is one of 3; parts must be of one division\n", shard: "1/2")
        try WeightsFile.write(Samples.spane(), Provenance(["note": "new"]), to: folder.file("net.h5"))
        try other([], "\(belongs)weights of net.h5: sha256 ")
    }

    /// Parts that another version made.
    @Test func partsOfAnotherVersion() throws {
        try parts(evaluate())
        let description = try HDF5.perform { () throws(StorageError) in
            try HDF5Reader(path: folder.file("part2")).texts("description", count: 1, longest: 1 << 20)[0]
        }
        let version = try #require(description.firstMatch(of: /"spane_version" : "(.*)"/)).1
        let changed = description.replacing("\"spane_version\" : \"\(version)\"", with: "\"spane_version\" : \"9.9\"")
        try HDF5Editor.edit(folder.file("part2")) { $0.dataset("description", [changed], width: changed.utf8.count) }
        let merge = ["merge", "part1", "part2", "part3"]
        try command.fail(
            merge,
            status: Status.failure,
            "part2: does not belong to part1. version of spane: \(version) there, 9.9 here"
        )
        try HDF5Editor.edit(folder.file("part2")) { $0.attribute("format_version", 2 as Int64) }
        try command.fail(
            merge,
            status: Status.failure,
            "part2: attribute format_version is 2; this library reads version 1"
        )
        try HDF5Editor.edit(folder.file("part1")) { $0.dataset("description", ["{}"]) }
        try command.fail(
            merge,
            status: Status.failure,
            "part1: dataset /description is not the description of an evaluation"
        )
    }

    @Test func damagedParts() throws {
        try parts(evaluate(["--no-queue"]))
        let merge = ["merge", "part1", "part2", "part3"]
        let sound = try folder.read("part2")
        func refuses(_ message: String, status: Int32 = Status.failure, _ change: () throws -> Void) throws {
            try change()
            let result = try command.run(merge)
            #expect(result.status == status)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix("Error: part2: \(message)"), "\(result.errors)")
            try folder.write(sound, to: "part2")
        }
        try refuses("is not an HDF5 file") { try folder.write("start,length\n", to: "part2") }
        try refuses("cannot be opened") { try folder.write(Array(sound.dropLast(sound.count / 2)), to: "part2") }
        let path = folder.file("part2")
        try refuses("dataset /policy_1/refused_large_cores has the value -1.0; an amount is at least 0") {
            try HDF5Editor.edit(path) { $0.dataset("policy_1/refused_large_cores", [0, -1, 0, 0]) }
        }
        try refuses("dataset /policy_0/asked has shape [3]; it must be [4]") {
            try HDF5Editor.edit(path) { $0.dataset("policy_0/asked", [1, 2, 3] as [Int64]) }
        }
        try refuses("dataset /policy_2/metric_used_cores is missing") {
            try HDF5Editor.edit(path) { $0.remove("policy_2/metric_used_cores") }
        }
        // Claims that would take all memory, or more than a number can be.
        try refuses("dataset /start has shape [4]; it must be [3000000000000000000]") {
            let description = try HDF5.perform { () throws(StorageError) in
                try HDF5Reader(path: path).texts("description", count: 1, longest: 1 << 20)[0]
            }
            let huge = description.replacing("\"count\" : 11", with: "\"count\" : 9000000000000000000")
            #expect(huge != description)
            try HDF5Editor.edit(path) { $0.dataset("description", [huge], width: huge.utf8.count) }
        }
        try refuses("dataset /length has the value 9223372036854775807; a length is at most 1099511627776") {
            try HDF5Editor.edit(path) { $0.dataset("length", [.max, .max, 1, 1] as [Int64]) }
        }
        // Values under a checksum: one flipped bit somewhere in them is noticed.
        var bytes = sound
        let places = stride(from: bytes.count / 3, to: bytes.count, by: bytes.count / 7)
        for place in places { bytes[place] ^= 4 }
        try refuses("") { try folder.write(bytes, to: "part2") }
        // Other starts than the description tells of.
        try HDF5Editor.edit(path) { $0.dataset("start", [1, 2, 3, 4] as [Int64]) }
        let result = try command.run(merge)
        #expect(
            result.errors.hasPrefix(
                "Error: the starts of the parts together are not those that part1 tells of (sha256 "
            )
        )
    }

    /// Files for folders, and folders for files.
    @Test func partsOfAnotherKind() throws {
        try parts(experiment("wait-time"))
        try command.succeed(evaluate(["--shard", "1/3", "--output", "file"]))
        let folders = ["merge", "part1", "part2", "part3"]
        func refuses(_ arguments: [String], status: Int32 = Status.usage, _ message: String) throws {
            try command.fail(arguments, status: status, message)
            #expect(try !folder.names().contains("all"))
        }
        try refuses(folders, "--output is missing; it must name the folder for the results of the experiment.")
        try refuses(
            folders + ["--output", "all", "--json"],
            "--json is for parts of spane evaluate; an experiment's folder gets summary.json."
        )
        try refuses(
            ["merge", "file", "part2", "part3", "--output", "all"],
            "part2 is the folder of an experiment and file is a file, as parts of spane evaluate are; merge parts of one kind."
        )
        try refuses(
            ["merge", "part1/results.h5", "file"],
            status: Status.failure,
            "part1/results.h5: attribute format is \"spane-experiment\"; it must be \"spane-evaluation-part\""
        )
        try refuses(["merge", "none"], status: Status.failure, "none: cannot be read: No such file or directory")
        try refuses(
            ["merge", "file", "--output", "file"],
            "--output is file, which is one of the parts; name another file."
        )
        try refuses(
            ["merge", "file", "--output", "-", "--json"],
            "--json and --output - both go to standard output; --output must name a file here."
        )
        try refuses(
            folders + ["--output", "part1"],
            status: Status.failure,
            "part1: contains another experiment; name another folder. shard: 1/3 there, none here"
        )
        try folder.makeFolder("empty")
        try refuses(
            ["merge", "empty", "--output", "all"],
            status: Status.failure,
            "empty: is not the folder of an experiment: experiment.json is missing"
        )
        try command.succeed(experiment("wait-time", ["--output", "whole"]))
        try refuses(
            ["merge", "whole", "--output", "all"],
            status: Status.failure,
            "whole: is a whole experiment and no shard; there is nothing to merge"
        )
    }
}
