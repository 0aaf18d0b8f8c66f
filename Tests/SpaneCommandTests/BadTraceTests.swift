import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Traces that the command refuses, with one line that names the file and what is wrong with it.
@Suite struct BadTraceTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    /// Every command that reads a trace says the same.
    private func refuses(_ name: String, _ detail: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for arguments in [
            ["trace", "info", name],
            ["trace", "import", name, "out.h5"],
            ["evaluate", "--trace", name, "--starts", "0..<2:1:1", "--policy", "first-fit", "--output", "out.csv"],
            [
                "search", "untrained", "--trace", name, "--starts", "0..<2:1:1", "--trials", "1",
                "--output", "out",
            ],
        ] {
            try command.fail(
                arguments,
                status: Status.failure,
                "\(name): \(detail)",
                sourceLocation: sourceLocation
            )
        }
        #expect(try folder.names().allSatisfy { !$0.hasPrefix("out") }, sourceLocation: sourceLocation)
    }

    @Test func filesThatCannotBeRead() throws {
        try folder.makeFolder("folder")
        try refuses("missing.h5", "cannot be read: No such file or directory")
        try refuses("folder", "cannot be read: it is not a regular file")
    }

    @Test func filesThatAreNoTraces() throws {
        try folder.write("", to: "empty.h5")
        try refuses("empty.h5", "is empty")
        try folder.write([UInt8](0...255), to: "binary.h5")
        try refuses("binary.h5", "is neither an HDF5 file nor a CSV trace")
        try WeightsFile.write(Samples.spane(), Provenance(), to: folder.file("weights.h5"))
        try refuses("weights.h5", "attribute format is \"spane-weights\"; it must be \"spane-trace\"")
    }

    @Test func truncatedHDF5() throws {
        try Samples.writeTrace(to: folder)
        try folder.write(Array(folder.read("trace.h5").dropLast(1000)), to: "cut.h5")
        let result = try command.run(["trace", "info", "cut.h5"])
        #expect(result.status == Status.failure)
        #expect(result.output == "")
        #expect(result.errors.hasPrefix("Error: cut.h5: cannot be opened (truncated or damaged?): HDF5: "))
        #expect(result.errors.contains("truncated file"))
        // One line: HDF5 itself prints nothing.
        #expect(result.errors.count { $0.isNewline } == 1)
    }

    @Test func valuesThatAreImpossible() throws {
        func refuses(_ line: String, _ detail: String) throws {
            try folder.write("vmid,cpu,mem,at,lt\n0,4,8,5,1\n\(line)\n2,4,8,9,1\n", to: "trace.csv")
            try self.refuses("trace.csv", "line 3: \(detail)")
        }
        let rule = "it must be above 0 and at most 4294967296.0"
        try refuses("1,-4,8,6,1", "column cpu is \"-4\"; \(rule)")
        try refuses("1,4,0,6,1", "column mem is \"0\"; \(rule)")
        try refuses("1,4,8,4,1", "column at is 4.0; arrivals must ascend and the VM before it arrives at 5.0")
        try refuses("1,4,8,six,1", "column at is \"six\"; it must be a finite number")
        try refuses("1,4,8,6", "it has 4 columns; the header has 5")
    }

    /// HDF5 files with one mistake each.
    @Test func contentsThatAreImpossible() throws {
        let cores = try Samples.trace().vms.map(\.cpu)
        let arrivals = try Samples.trace().vms.map(\.arrival)
        func refuses(_ detail: String, _ change: (HDF5Editor) -> Void) throws {
            try Samples.writeTrace(to: folder)
            try HDF5Editor.edit(folder.file("trace.h5"), change)
            try self.refuses("trace.h5", detail)
        }
        try refuses("attribute format_version is 3; this library reads versions 1 to 2") {
            $0.attribute("format_version", 3 as Int64)
        }
        try refuses("dataset /lifetime is missing") { $0.remove("lifetime") }
        try refuses("dataset /cpu has shape [599]; /vmid has [600]") { $0.dataset("cpu", cores.dropLast()) }
        try refuses("VM 7: cpu is -1.0; it must be above 0 and at most 4294967296.0") {
            $0.dataset("cpu", cores.prefix(7) + [-1] + cores.suffix(592))
        }
        try refuses("VM 0: cpu is 0.0; it must be above 0 and at most 4294967296.0") {
            $0.dataset("cpu", [0] + cores.dropFirst())
        }
        try refuses("VM 599: arrival is -5.0; arrivals must ascend and the VM before it arrives at \(arrivals[598])") {
            $0.dataset("arrival", arrivals.dropLast() + [-5])
        }
    }
}
