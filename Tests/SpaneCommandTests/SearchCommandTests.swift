import Foundation
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane search untrained`.
@Suite struct SearchCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try Samples.writeTrace(to: folder) }

    private func search(_ more: String...) throws -> [[String]] {
        let result = try command.run(
            [
                "search", "untrained", "--trace", "trace.h5", "--starts", "0..<400:12:3", "--servers", "2", "--seed",
                "5",
                "--trials", "15", "--keep", "3",
            ] + more
        )
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors == "")
        return result.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    @Test func theNetworksThatAreKeptAreWhatTheTableSays() throws {
        let table = try search("--output", "new/folder")
        #expect(table[0] == ["kept", "trial", "trimmed", "mean", "file"])
        let rows = table.dropFirst(2)
        #expect(rows.map { $0[0] } == ["1", "2", "3"])
        #expect(rows.map { $0[3] } == (1...3).map { "new/folder/untrained-\($0).h5" })
        let figures = try rows.map { try #require(Double($0[2].replacing(",", with: ""))) }
        #expect(figures == figures.sorted())
        for (row, figure) in zip(rows, figures) {
            let text = try command.succeed(
                "evaluate",
                "--trace",
                "trace.h5",
                "--starts",
                "0..<400:12:3",
                "--servers",
                "2",
                "--policy",
                row[3],
                "--json"
            )
            let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let policy = try #require((document?["policies"] as? [[String: Any]])?.first)
            let exact = try #require(policy["trimmed_mean"] as? Double)
            #expect(abs(exact - figure) <= 0.0500001)
            let provenance = try WeightsFile.read(folder.file(row[3])).provenance
            #expect(provenance["metrics"]?.contains(" \(exact) s ") == true)
            #expect(provenance["trial"] == row[1])
            #expect(provenance["seed"] == "5")
            #expect(provenance["trace_source"] == "a test")
            #expect(provenance["trace_licence"] == "CC0")
            #expect(try provenance["trace_sha256"] == TraceFile.contentHash(of: Samples.trace()))
        }
    }

    @Test func theSearchCanBeRepeated() throws {
        let one = try search("--output", "one", "--threads", "1")
        let other = try search("--output", "other", "--threads", "3")
        #expect(one.dropFirst(2).map { $0.dropLast() } == other.dropFirst(2).map { $0.dropLast() })
        for place in 1...3 {
            let name = "untrained-\(place).h5"
            #expect(try folder.read("one/\(name)") == folder.read("other/\(name)"))
        }
    }

    @Test func fewTrialsAreAllKept() throws {
        let start = ["search", "untrained", "--trace", "trace.h5", "--starts", "0..<9:1:1", "--length", "9"]
        for (trials, kept) in [(1, 1), (2, 2), (5, 3)] {
            let result = try command.run(start + ["--trials", "\(trials)", "--output", "of-\(trials)"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(
                try folder.names().filter { $0.hasPrefix("of-\(trials)/") }
                    == (1...kept).map { "of-\(trials)/untrained-\($0).h5" }
            )
        }
    }

    @Test func impossibleNumbers() throws {
        let start = ["search", "untrained", "--trace", "trace.h5", "--starts", "0..<9:1:1", "--output", "folder"]
        try command.fail(start + ["--trials", "0"], status: Status.usage, "--trials is 0; it must be at least 1.")
        for keep in ["0", "6"] {
            try command.fail(
                start + ["--trials", "5", "--keep", keep],
                status: Status.usage,
                "--keep is \(keep); it must be in 1 ... 5, the number of trials."
            )
        }
        #expect(try folder.names() == ["trace.h5"])
    }

    /// Told before the search, not after it.
    @Test func aFolderThatCannotBeMade() throws {
        try folder.write("", to: "file")
        try command.fail(
            [
                "search", "untrained", "--trace", "trace.h5", "--starts", "0..<9:1:1", "--length", "9", "--trials",
                "1000000000",
                "--output", "file/below",
            ],
            status: Status.failure,
            "file/below: cannot be made: Not a directory"
        )
    }
}
