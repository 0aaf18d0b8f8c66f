import SpaneStorage
import SpaneTestSupport
import Testing

/// A file is replaced whole or not at all, and nothing stays behind. A full disk is tested with the `spane` command.
@Suite struct WritingTests {
    private let folder = TemporaryFolder()

    static let writers: [@Sendable (String) throws -> Void] = [
        { try TraceFile.write(Samples.trace(), Samples.description, to: $0) },
        { try WeightsFile.write(Samples.spane(), Provenance(), to: $0) },
        { try TextFile.write("some text\n", to: $0) },
    ]

    @Test(arguments: 0...2)
    func anExistingFileIsReplaced(writer: Int) throws {
        try folder.write(String(repeating: "an earlier file", count: 10_000), to: "file")
        try Self.writers[writer](folder.file("file"))
        let replaced = try folder.read("file")
        try Self.writers[writer](folder.file("other"))
        #expect(try folder.read("other") == replaced)
        #expect(try folder.names() == ["file", "other"])
    }

    @Test(arguments: 0...2)
    func aFolderThatDoesNotExist(writer: Int) throws {
        try refuses(writer, folder.file("missing/file"), "No such file or directory")
        #expect(try folder.names() == [])
    }

    @Test(arguments: 0...2)
    func aPathBelowAFile(writer: Int) throws {
        try refuses(writer, folder.write("text", to: "file") + "/below", "Not a directory")
        #expect(try folder.names() == ["file"])
        #expect(try folder.text("file") == "text")
    }

    /// The content is complete by then; only putting it in place fails.
    @Test(arguments: 0...2)
    func aFolderInThePlaceOfTheFile(writer: Int) throws {
        try refuses(writer, folder.makeFolder("taken"), "Is a directory")
        #expect(try folder.names() == ["taken"])
    }

    private func refuses(_ writer: Int, _ path: String, _ reason: String) throws {
        let error = #expect(throws: StorageError.self) { try Self.writers[writer](path) }
        #expect(error?.code == .io)
        #expect(error?.path == path)
        #expect(error?.detail.hasPrefix("cannot be ") == true)
        #expect(error?.detail.contains(reason) == true)
    }

    @Test(arguments: [0, 1, 100_000])
    func textsAreWrittenAsTheyAre(count: Int) throws {
        let text = String(repeating: "naïve 漢字\r\n\0end\n", count: count)
        try TextFile.write(text, to: folder.file("text"))
        let isEqual = try folder.text("text") == text
        #expect(isEqual)
    }

    /// A name that HDF5 refuses fails halfway through the file.
    @Test func aFailureHalfwayLeavesTheEarlierFile() throws {
        try folder.write("an earlier file", to: "file")
        let provenance = Provenance(["": "an attribute needs a name"])
        let error = #expect(throws: StorageError.self) {
            try WeightsFile.write(Samples.spane(), provenance, to: folder.file("file"))
        }
        #expect(error?.detail.hasPrefix("attribute  of provenance cannot be written: ") == true)
        #expect(try folder.names() == ["file"])
        #expect(try folder.text("file") == "an earlier file")
    }
}
