import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// A write that runs out of room fails with one line, leaves the earlier file as it was and nothing beside it.
///
/// A limit on the size of files stands for a full disk: the system refuses to write in the same way.
@Suite struct FullDiskTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    /// No file may grow beyond so many blocks, of half a kibibyte or a whole one; the signal that would end the process is ignored.
    private static func limit(_ blocks: Int) -> String { "trap '' XFSZ && ulimit -f \(blocks)" }

    @Test(arguments: [1, 4, 16, 64])
    func aTrace(blocks: Int) throws {
        try folder.write("an earlier file", to: "trace.h5")
        let arguments = ["trace", "generate", "--count", "20000", "--output", "trace.h5"]
        let result = try command.run(arguments, shell: Self.limit(blocks))
        #expect(result.output == "")
        try check(result, "trace.h5")
        // The same with room enough.
        #expect(try command.run(arguments, shell: Self.limit(10_000)).status == 0)
        #expect(try TraceFile.read(folder.file("trace.h5")).trace.count == 20_000)
    }

    @Test func weights() throws {
        try Samples.writeTrace(to: folder)
        try folder.makeFolder("kept")
        try folder.write("an earlier file", to: "kept/untrained-1.h5")
        let arguments = [
            "search", "untrained", "--trace", "trace.h5", "--starts", "0..<9:1:1", "--length", "9", "--trials", "1",
            "--keep", "1",
            "--output", "kept",
        ]
        try check(try command.run(arguments, shell: Self.limit(4)), "kept/untrained-1.h5")
    }

    @Test func waits() throws {
        try Samples.writeTrace(to: folder)
        try folder.write("an earlier file", to: "waits.csv")
        let arguments = [
            "evaluate", "--trace", "trace.h5", "--starts", "0..<500:400:1", "--length", "10", "--policy", "first-fit",
            "--output", "waits.csv",
        ]
        let result = try command.run(arguments, shell: Self.limit(4))
        try check(result, "waits.csv")
        // The result is printed before the file fails, so that it is not lost.
        #expect(result.output.contains("first-fit"))
    }

    private func check(_ result: Command.Result, _ name: String) throws {
        #expect(result.status == Status.failure)
        #expect(result.errors.hasPrefix("Error: \(name): "))
        #expect(result.errors.contains("cannot be "))
        #expect(result.errors.contains("File too large"))
        // One line: HDF5 prints nothing, not even when the process ends.
        #expect(result.errors.count { $0.isNewline } == 1)
        #expect(try folder.text(name) == "an earlier file")
        let names = try folder.names().filter { $0 != "trace.h5" && $0 != "waits.csv" }
        #expect(names == (name.hasPrefix("kept") ? ["kept", "kept/untrained-1.h5"] : []))
    }
}
