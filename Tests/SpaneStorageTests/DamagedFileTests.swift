import SpaneFileTestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Files that are missing, cut off or damaged, in any format: an error, never a crash and never other values.
@Suite struct DamagedFileTests {
    private let folder = TemporaryFolder()

    /// All readers, as functions that only fail or succeed.
    private static let readers: [@Sendable (String) throws -> Void] = [
        { _ = try TraceFile.read($0) }, { _ = try WeightsFile.read($0) }, { _ = try ClusterFile.read($0) },
    ]

    @Test(arguments: 0...2)
    func aMissingFile(reader: Int) {
        let path = folder.file("missing.h5")
        expectError(.io, path, "cannot be read: No such file or directory") { try Self.readers[reader](path) }
    }

    @Test(arguments: 0...2)
    func aFolder(reader: Int) {
        expectError(.io, folder.path, "cannot be read: it is not a regular file") {
            try Self.readers[reader](folder.path)
        }
    }

    @Test(arguments: 0...2)
    func aPathBelowAFile(reader: Int) throws {
        let path = try folder.write("text", to: "file") + "/trace.h5"
        expectError(.io, path, "cannot be read: Not a directory") { try Self.readers[reader](path) }
    }

    @Test(arguments: 0...2, ["", "\n", "HDF5", "\u{89}HDF\r\n\u{1A}\n", "no HDF5 file, but text that is long enough"])
    func aFileThatIsNoHDF5(reader: Int, text: String) throws {
        let path = try folder.write(text, to: "file.h5")
        expectError(.format, path, "is not an HDF5 file, or its first bytes are damaged") {
            try Self.readers[reader](path)
        }
    }

    /// On such a file HDF5 1.10 itself can crash when it is damaged.
    @Test(arguments: 0...2)
    func anOlderFormatOfHDF5(reader: Int) throws {
        let path = folder.file("old.h5")
        try HDF5Editor.make(path, inOldestFormat: true)
        expectError(.version, path, "is in an older format of HDF5, without checksums (superblock version 0; ") {
            try Self.readers[reader](path)
        }
    }

    /// `load` tells the formats apart by the first bytes.
    @Test func neitherHDF5NorCSV() throws {
        let empty = try folder.write("", to: "empty")
        expectError(.format, empty, "is empty") { try TraceFile.load(empty) }
        let zeros = try folder.write([UInt8](repeating: 0, count: 4096), to: "zeros")
        expectError(.format, zeros, "is neither an HDF5 file nor a CSV trace") { try TraceFile.load(zeros) }
        let text = try folder.write("Hello, world", to: "text")
        expectError(.format, text, "line 1: the header is \"hello,world\"; it must have the columns vmid,") {
            try TraceFile.load(text)
        }
        let signature = try folder.write([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], to: "signature")
        expectError(.format, signature, "cannot be opened (truncated or damaged?): HDF5: ") {
            try TraceFile.load(signature)
        }
    }

    // MARK: Truncation

    @Test(arguments: [false, true])
    func aTraceCutOffAnywhere(hasTerms: Bool) throws {
        let trace = try hasTerms ? Samples.traceWithTerms(count: 300) : Samples.trace(count: 300)
        try TraceFile.write(trace, Samples.description, to: folder.file("whole"))
        try cutOff { try TraceFile.load($0) }
    }

    @Test func weightsCutOffAnywhere() throws {
        try WeightsFile.write(Samples.spane(), Provenance(["note": "a test"]), to: folder.file("whole"))
        try cutOff { try WeightsFile.read($0) }
    }

    private func cutOff<Result>(_ read: (String) throws -> Result) throws {
        let bytes = try folder.read("whole")
        _ = try read(folder.file("whole"))
        let lengths = Set(stride(from: 0, to: bytes.count, by: 61)).union([1, 7, 8, 9, bytes.count - 1])
        for length in lengths {
            let path = try folder.write(Array(bytes.prefix(length)), to: "part")
            expectError(.format, path, "") { try read(path) }
        }
    }

    // MARK: Single bits

    @Test(arguments: [false, true])
    func aTraceWithAFlippedBit(hasTerms: Bool) throws {
        let trace = try hasTerms ? Samples.traceWithTerms(count: 50) : Samples.trace(count: 50)
        try TraceFile.write(trace, Samples.description, to: folder.file("whole"))
        let (errors, successes) = try flipBits(inEvery: 5) { path in
            // What describes the trace has no checksum; the trace itself is right or refused.
            let read = try TraceFile.read(path).trace
            #expect(read.vms == trace.vms)
            #expect(read.resources == trace.resources)
        }
        // Nearly every byte of the file is covered by some check, but for the room that HDF5 leaves behind a further group.
        #expect(errors > (hasTerms ? 4 : 9) * successes)
    }

    @Test func weightsWithAFlippedBit() throws {
        let model = try Samples.spane()
        let names = model.tensors.map(\.shape)
        try WeightsFile.write(model, Provenance(["note": "a test"]), to: folder.file("whole"))
        let (errors, _) = try flipBits(inEvery: 12) { path in
            // The values carry no checksum, but whatever is read is whole, of the right shape and finite.
            let read = try WeightsFile.read(path).model
            #expect(read.tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) })
            #expect(read.tensors.map(\.shape) == names)
        }
        #expect(errors > 100)
    }

    /// Reads the file with one bit of one byte flipped, for every `step`-th byte, and counts how it went.
    private func flipBits(
        inEvery step: Int,
        _ read: (String) throws -> Void
    ) throws -> (errors: Int, successes: Int) {
        let bytes = try folder.read("whole")
        var generator = Xoshiro256StarStar(seed: 9)
        var (errors, successes) = (0, 0)
        for index in stride(from: generator.below(step), to: bytes.count, by: step) {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(generator.below(8))
            let path = try folder.write(damaged, to: "damaged")
            do {
                try read(path)
                successes += 1
            } catch {
                let error = try #require(error as? StorageError)
                #expect(error.path == path)
                errors += 1
            }
        }
        return (errors, successes)
    }
}
