import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// HDF5 files that are no valid traces.
@Suite struct TraceFileErrorTests {
    private let folder = TemporaryFolder()

    private static let ascending: [Double] = [0, 1, 2, 3]

    /// Expects that a trace of four VMs is refused once `change` has been applied to its file.
    private func refuses(
        _ detail: String,
        _ code: StorageError.Code = .format,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (HDF5Editor) -> Void
    ) throws {
        let path = folder.file("trace.h5")
        let vms = Self.ascending.map { VirtualMachine(id: Int64($0), cpu: 4, mem: 8, arrival: $0, lifetime: 5) }
        try TraceFile.write(Trace(vms), Samples.description, to: path)
        _ = try TraceFile.read(path)
        try HDF5Editor.edit(path, change)
        expectError(code, path, detail, sourceLocation: sourceLocation) { try TraceFile.read(path) }
        // The file stays as it is, so reading it again fails again.
        expectError(code, path, detail, sourceLocation: sourceLocation) { try TraceFile.load(path) }
    }

    // MARK: What the file says of itself

    @Test func theFormat() throws {
        try refuses("attribute format is missing; it must be \"spane-trace\"") { $0.removeAttribute("format") }
        try refuses("attribute format is \"spane-weights\"; it must be \"spane-trace\"") {
            $0.attribute("format", "spane-weights")
        }
        try refuses("attribute format is \"\"; it must be") { $0.attribute("format", "") }
        try refuses("attribute format of / is not a string") { $0.attribute("format", Int64(1)) }
    }

    @Test func theVersion() throws {
        try refuses("attribute format_version is missing; this library reads versions 1 to 2", .version) {
            $0.removeAttribute("format_version")
        }
        for version: Int64 in [0, 3, -1, .max] {
            try refuses("attribute format_version is \(version); this library reads versions 1 to 2", .version) {
                $0.attribute("format_version", version)
            }
        }
        let wrongKind = "attribute format_version of / is not a single number of the right kind"
        try refuses(wrongKind) { $0.attribute("format_version", "1") }
        try refuses(wrongKind) { $0.attribute("format_version", 1.0) }
        try refuses(wrongKind) { $0.attribute("format_version", [1, 1]) }
        try refuses("attribute format_version of / is 18446744073709551615; it must be at most 9223372036854775807") {
            $0.attribute("format_version", unsigned: .max)
        }
    }

    @Test func aFileWithNothingInIt() throws {
        let path = folder.file("nothing.h5")
        try HDF5Editor.make(path)
        expectError(.format, path, "attribute format is missing") { try TraceFile.read(path) }
    }

    @Test func theHash() throws {
        try refuses("attribute content_sha256 is 00 and the columns hash to ") { $0.attribute("content_sha256", "00") }
        try refuses("attribute content_sha256 is ") { $0.dataset("lifetime", [5, 5, 6, 5]) }
        try refuses("attribute content_sha256 of / is not a string") { $0.attribute("content_sha256", Int64(0)) }
    }

    // MARK: Columns

    @Test(arguments: ["vmid", "cpu", "mem", "arrival", "lifetime"])
    func aColumnThatIsNoColumn(name: String) throws {
        try refuses("dataset /\(name) is missing") { $0.remove(name) }
        try refuses("/\(name) is not a dataset, or is damaged") { $0.group(name) }
        try refuses("dataset /\(name) does not hold numbers") { $0.dataset(name, ["1", "2", "3", "4"]) }
    }

    @Test(arguments: ["cpu", "mem", "arrival", "lifetime"])
    func aColumnOfAnotherShape(name: String) throws {
        try refuses("dataset /\(name) has shape [3]; /vmid has [4]", .shapeMismatch) { $0.dataset(name, [1, 2, 3]) }
        try refuses("dataset /\(name) has shape [5]; /vmid has [4]", .shapeMismatch) {
            $0.dataset(name, [1, 2, 3, 4, 5])
        }
        try refuses("dataset /\(name) has shape [4, 1]; /vmid has [4]", .shapeMismatch) {
            $0.dataset(name, [1, 2, 3, 4], dimensions: [4, 1])
        }
        try refuses("dataset /\(name) has shape []; /vmid has [4]", .shapeMismatch) {
            $0.dataset(name, [1], dimensions: [])
        }
    }

    @Test func identifiersOfAnotherShape() throws {
        try refuses("dataset /vmid has shape [2, 2]; it must have one dimension", .shapeMismatch) {
            $0.dataset("vmid", [1, 2, 3, 4], dimensions: [2, 2])
        }
        try refuses("dataset /vmid has shape []; it must have one dimension", .shapeMismatch) {
            $0.dataset("vmid", [1], dimensions: [])
        }
    }

    /// HDF5 would turn each of these into the nearest number that 64 bits with a sign hold.
    @Test func identifiersThatAreNoIntegersOf64Bits() throws {
        let rule = "it must be an integer in -9223372036854775808 ... 9223372036854775807"
        for value: UInt64 in [1 << 63, .max] {
            try refuses("dataset /vmid has the value \(value) at index 2; \(rule)") {
                $0.dataset("vmid", unsigned: [0, 1 << 63 - 1, value, .max])
            }
        }
        for value in [1.5, -0.25, .nan, .infinity, -.infinity, 0x1p63, -1e300] {
            try refuses("dataset /vmid has the value \(value) at index 1; \(rule)") {
                $0.dataset("vmid", [-0x1p63, value, 0.5, 3])
            }
        }
        try refuses("dataset /vmid has numbers of 128 bits; integers have up to 64") {
            $0.dataset("vmid", wide: [0, 1, 2, 1 << 64])
        }
        try refuses("dataset /cpu has shape [4]; /vmid has [5]", .shapeMismatch) {
            $0.dataset("vmid", unsigned: [0, 1, 2, 3, 4])
        }
    }

    /// Integers are read however they are stored.
    @Test func identifiersOfOtherTypes() throws {
        let path = folder.file("trace.h5")
        let ids: [Int64] = [0, 1 << 52, 7, 1 << 62]
        let vms = zip(ids, Self.ascending).map { VirtualMachine(id: $0, cpu: 4, mem: 8, arrival: $1, lifetime: 5) }
        try TraceFile.write(Trace(vms), Samples.description, to: path)
        for change: (HDF5Editor) -> Void in [
            { $0.dataset("vmid", unsigned: ids.map { UInt64($0) }) },
            { $0.dataset("vmid", ids.map { Double($0) }) },
        ] {
            try HDF5Editor.edit(path, change)
            #expect(try TraceFile.read(path).trace.vms.map(\.id) == ids)
        }
    }

    @Test(arguments: 0...1)
    func tooFewRows(count: Int) throws {
        try refuses("the trace has \(count) VMs; at least 2 are needed") { file in
            for name in ["vmid", "cpu", "mem", "arrival", "lifetime"] {
                file.dataset(name, [Double](repeating: 1, count: count))
            }
        }
    }

    // MARK: Claims without content

    /// A few hundred bytes that ask for up to 2⁶³ values must not cost the memory for them.
    @Test(arguments: [1 << 20, 1 << 40, 1 << 60], [nil, 1 << 16])
    func claimsOfManyRows(count: Int, chunk: Int?) throws {
        try refuses("dataset /vmid claims [\(count)] values, more than the file can hold") { file in
            for name in ["vmid", "cpu", "mem", "arrival", "lifetime"] {
                file.emptyClaim(name, dimensions: [count], chunk: chunk)
            }
        }
        try refuses("dataset /mem has shape [\(count)]; /vmid has [4]", .shapeMismatch) {
            $0.emptyClaim("mem", dimensions: [count], chunk: chunk)
        }
    }

    @Test func aColumnWithoutStorage() throws {
        try refuses("dataset /mem claims [4] values, more than the file can hold") {
            $0.emptyClaim("mem", dimensions: [4], chunk: nil)
        }
    }

    // MARK: Values

    @Test(arguments: ["cpu", "mem"], [-4, 0, 1e10, .nan, .infinity, -.infinity])
    func impossibleSizes(name: String, value: Double) throws {
        try refuses("VM 2: \(name) is \(value); it must be above 0 and at most 4294967296.0") {
            $0.dataset(name, [4, 4, value, 4])
        }
    }

    @Test(arguments: ["cpu", "mem"])
    func sizesThatRoundToNothing(name: String) throws {
        try refuses("VM 2: \(name) is 1e-09; it is below the smallest step of amounts, 1e-06") {
            $0.dataset(name, [4, 4, 1e-9, 4])
        }
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func impossibleArrivals(value: Double) throws {
        try refuses("VM 2: arrival is \(value); it must be finite") { $0.dataset("arrival", [0, 1, value, 3]) }
    }

    /// Beyond 2⁵³ seconds a clock no longer tells one second from the next.
    @Test func timesTooFarAway() throws {
        let limit = "9007199254740992.0"
        try refuses("VM 0: arrival is -1e+16; it must be in -\(limit) ... \(limit)") {
            $0.dataset("arrival", [-1e16, 0, 1, 2])
        }
        try refuses("VM 3: arrival is 1e+16; it must be in -\(limit) ... \(limit)") {
            $0.dataset("arrival", [0, 1, 2, 1e16])
        }
        try refuses("VM 1: lifetime is 1e+300; it must be at most \(limit)") {
            $0.dataset("lifetime", [5, 1e300, 5, 5])
        }
    }

    @Test func arrivalsOutOfOrder() throws {
        try refuses("VM 3: arrival is 1.5; arrivals must ascend and the VM before it arrives at 2.0") {
            $0.dataset("arrival", [0, 1, 2, 1.5])
        }
    }

    @Test(arguments: [-1, -.leastNonzeroMagnitude, .nan, .infinity] as [Double])
    func impossibleLifetimes(value: Double) throws {
        try refuses("VM 0: lifetime is \(value); it must be finite and not negative") {
            $0.dataset("lifetime", [value, 5, 5, 5])
        }
    }
}
