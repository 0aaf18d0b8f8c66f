import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Traces in HDF5, written and read again.
@Suite struct TraceFileTests {
    private let folder = TemporaryFolder()

    private func roundTrip(_ trace: Trace, _ description: TraceDescription = Samples.description) throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(trace, description, to: path)
        for (read, found) in [try TraceFile.read(path), try TraceFile.load(path)] {
            #expect(read.vms == trace.vms)
            #expect(read.flavors == trace.flavors)
            #expect(found.source == description.source)
            #expect(found.licence == description.licence)
            #expect(found.contentHash == TraceFile.contentHash(of: trace))
        }
    }

    /// One chunk, a chunk that is exactly full, and several.
    @Test(arguments: [2, 3, 1000, 16_384, 16_385, 40_000])
    func aTraceComesBackAsItWas(count: Int) throws { try roundTrip(Samples.trace(count: count)) }

    @Test func extremeValuesComeBack() throws {
        let vms = [
            VirtualMachine(id: .min, cpu: 0x1p-20, mem: Resources.largest, arrival: -0x1p53, lifetime: 0),
            VirtualMachine(
                id: .max,
                cpu: Resources.largest,
                mem: 0x1p-20,
                arrival: -0.0,
                lifetime: .leastNonzeroMagnitude
            ),
            VirtualMachine(id: 0, cpu: 0.1, mem: 1.0 / 3, arrival: 0x1p53, lifetime: 0x1p53),
        ]
        try roundTrip(Trace(vms))
    }

    @Test(arguments: ["", "CC BY-NC 4.0", "naïve 漢字 🙂, \"quoted\"\nand a line"])
    func textsComeBack(text: String) throws {
        try roundTrip(Samples.trace(), TraceDescription(source: text, licence: text))
    }

    @Test func theHashCoversEveryColumn() throws {
        let trace = try Samples.trace()
        var hashes: Set<String> = [TraceFile.contentHash(of: trace)]
        var changes: [(inout VirtualMachine) -> Void] = []
        changes.append { $0.id += 1 }
        changes.append { $0.cpu += 1 }
        changes.append { $0.mem += 1 }
        changes.append { $0.arrival = $0.arrival.nextUp }
        changes.append { $0.lifetime = $0.lifetime.nextUp }
        for change in changes {
            var vms = Array(trace.vms)
            change(&vms[vms.count - 1])
            hashes.insert(TraceFile.contentHash(of: try Trace(vms)))
        }
        #expect(hashes.count == 6)
    }

    /// Worked out with another implementation of SHA-256 over the little-endian columns.
    @Test func theHashIsThatOfTheDocumentation() throws {
        let trace = try Trace([
            VirtualMachine(id: 7, cpu: 1, mem: 2, arrival: 0, lifetime: 10),
            VirtualMachine(id: -1, cpu: 0.5, mem: 12, arrival: 1.5, lifetime: 0),
        ])
        #expect(
            TraceFile.contentHash(of: trace) == "8e54b4aae39cbfe62a3c2716834d0198427618cddcbff1731c3abba335457f3c"
        )
    }

    @Test func writingTwiceGivesTheSameBytes() throws {
        let trace = try Samples.trace()
        try TraceFile.write(trace, Samples.description, to: folder.file("one.h5"))
        try TraceFile.write(trace, Samples.description, to: folder.file("two.h5"))
        #expect(try folder.read("one.h5") == folder.read("two.h5"))
    }

    @Test func whatTheFileDoesNotSayIsUnknown() throws {
        let path = folder.file("trace.h5")
        let trace = try Samples.trace()
        try TraceFile.write(trace, Samples.description, to: path)
        try HDF5Editor.edit(path) { file in
            for name in ["source", "licence", "content_sha256"] { file.removeAttribute(name) }
        }
        let (read, description) = try TraceFile.read(path)
        #expect(read.vms == trace.vms)
        #expect(description.source == "unknown")
        #expect(description.licence == "unknown")
        #expect(description.contentHash == TraceFile.contentHash(of: trace))
    }

    /// h5py and others write strings of variable length, which HDF5 copies without a look at the room for them.
    @Test func stringsOfVariableLengthAreRefused() throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(), Samples.description, to: path)
        try HDF5Editor.edit(path) { file in file.attribute("source", variable: "another tool") }
        let error = #expect(throws: StorageError.self) { try TraceFile.read(path) }
        #expect(error?.code == .format)
        #expect(
            error?.detail.hasPrefix("attribute source of / is a string of variable length") == true
                && error?.detail.hasSuffix("convert it with python3 -m spane.convert.rewrite OLD NEW") == true
        )
    }

    @Test func sizesThatAreNotOnTheGridAreRounded() throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(count: 2), Samples.description, to: path)
        try HDF5Editor.edit(path) { file in
            file.removeAttribute("content_sha256")
            file.dataset("cpu", [0.1, 1.0 / 3])
        }
        let cores = try TraceFile.read(path).trace.vms.map(\.cpu)
        #expect(cores == [0.1, 0.333333])
    }
}
