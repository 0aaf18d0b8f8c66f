import SpaneFileTestSupport
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Traces whose VMs say over how many NUMA nodes they are spread, or ask for more than cores and memory.
@Suite struct TraceTermsTests {
    private let folder = TemporaryFolder()

    private static let vms = [
        VirtualMachine(id: 1, cpu: 2, mem: 4, arrival: 0, lifetime: 9, span: 2, extras: [100, 0]),
        VirtualMachine(id: 2, cpu: 4, mem: 8, arrival: 1, lifetime: 9, span: 0, extras: [0.5, 1]),
        VirtualMachine(id: 3, cpu: 4, mem: 8, arrival: 2, lifetime: 9, span: 8, extras: []),
    ]
    private static let resources = ["disk", "gpu"]

    private func read(_ text: String) throws -> (trace: Trace, description: TraceDescription) {
        try TraceCSV.read(folder.write(text, to: "trace.csv"))
    }

    // MARK: CSV

    @Test(arguments: [
        "vmid,cpu,mem,at,lt,span,resource:disk,resource:gpu\n1,2,4,0,9,2,100,0\n2,4,8,1,9,0,0.5,1\n3,4,8,2,9,8,0,0\n",
        // Empty fields, any order of the columns, and capital letters.
        "Resource:gpu,vmid,SPAN,cpu,mem,at,RESOURCE:disk,lt\n,1,2,2,4,0,100,9\n1,2,,4,8,1,0.5,9\n,3,8,4,8,2,,9\n",
        "vmid;cpu;mem;at;lt;span;\"resource:disk\";resource:gpu\n1;2;4;0;9;\"2\"; 100 ;\n2;4;8;1;9; ;0.5;1\n3;4;8;2;9;8;;\n",
        "vmid,cpu,memory,time,type,span,resource:disk,resource:gpu\n0,2,4,0,0,2,100,\n1,4,8,1,0,,0.5,1\n2,4,8,2,0,8,,\n"
            + "0,,,9,1,,,\n1,,,10,1,,,\n2,,,11,1,7,x,x\n",
    ])
    func columnsInText(text: String) throws {
        let text = text.hasPrefix("vmid,cpu,memory") ? text.replacing("7,x,x", with: "7,1,1") : text
        let (trace, description) = try read(text)
        #expect(trace.resources == Self.resources)
        var expected = Self.vms
        if text.contains("memory") { for index in expected.indices { expected[index].id = Int64(index) } }
        #expect(Array(trace.vms) == expected)
        #expect(description.notes == [])
    }

    /// A column without the prefix is passed over, whatever it is called; the name of a resource keeps its letters.
    @Test func namesOfColumns() throws {
        let (trace, description) = try read("vmid,cpu,mem,at,lt,gpu,resource:GPU\n1,2,4,0,9,7,1\n2,2,4,0,9,7,2\n")
        #expect(trace.resources == ["GPU"])
        #expect(trace.vms.map(\.extras) == [[1], [2]])
        #expect(description.notes == ["columns that a trace does not have are passed over: \"gpu\""])
    }

    private func refuses(_ text: String, _ detail: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let error = #expect(throws: StorageError.self, sourceLocation: sourceLocation) { try read(text) }
        #expect(error?.detail == detail, sourceLocation: sourceLocation)
    }

    @Test func whatIsRefusedInText() throws {
        let spans = "it must be in 1 ... 8, or 0 or empty for the cluster's rule"
        for value in ["9", "-1"] {
            try refuses(
                "vmid,cpu,mem,at,lt,span\n1,2,4,0,9,\(value)\n",
                "line 2: column span is \"\(value)\"; \(spans)"
            )
        }
        try refuses(
            "vmid,cpu,mem,at,lt,span\n1,2,4,0,9,1.5\n",
            "line 2: column span is \"1.5\"; it must be an integer"
        )
        for value in ["-1", "4294967297"] {
            try refuses(
                "vmid,cpu,mem,at,lt,resource:gpu\n1,2,4,0,9,\(value)\n",
                "line 2: column resource:gpu is \"\(value)\"; it must be in 0 ... 4294967296.0"
            )
        }
        try refuses(
            "vmid,cpu,mem,at,lt,resource:gpu\n1,2,4,0,9,many\n",
            "line 2: column resource:gpu is \"many\"; it must be a finite number"
        )
        for column in ["span", "resource:gpu"] {
            try refuses(
                "vmid,cpu,mem,at,lt,\(column),\(column)\n1,2,4,0,9,1,1\n",
                "line 1: the header has the column \(column) more than once"
            )
        }
        for (name, detail) in [
            ("", "a resource is called \"\"; its name must be some other text"),
            ("mem", "a resource is called \"mem\"; cores and memory have columns of their own"),
            ("a/b", "a resource is called \"a/b\"; a name has no slashes and no control characters"),
        ] {
            try refuses("vmid,cpu,mem,at,lt,resource:\(name)\n1,2,4,0,9,1\n", "line 1: \(detail)")
        }
        let many = (0..<63).map { ",resource:r\($0)" }.joined()
        try refuses(
            "vmid,cpu,mem,at,lt\(many)\n1,2,4,0,9\n",
            "line 1: the header has 63 columns resource:NAME; at most 62 are read"
        )
    }

    // MARK: HDF5

    @Test func theyComeBackFromHDF5() throws {
        let path = folder.file("trace.h5")
        for (vms, resources) in [
            (Self.vms, Self.resources),
            (Self.vms.map { vm in VirtualMachine(id: 1, cpu: 1, mem: 1, arrival: 1, lifetime: 1, span: vm.span) }, []),
            (
                Self.vms.map { VirtualMachine(id: 1, cpu: 1, mem: 1, arrival: 1, lifetime: 1, extras: $0.extras) },
                ["ü x", "ÿ"]
            ),
        ] as [([VirtualMachine], [String])] {
            let trace = try Trace(vms, resources: resources)
            try TraceFile.write(trace, Samples.description, to: path)
            let (read, description) = try TraceFile.read(path)
            #expect(read.vms == trace.vms)
            #expect(read.resources == resources)
            #expect(description.contentHash == TraceFile.contentHash(of: trace))
        }
    }

    /// What has no such columns is written and hashed as ever, by a rule that anyone can follow.
    @Test func theHash() throws {
        func bytes(_ values: some Sequence<UInt64>) -> [UInt8] {
            values.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
        }
        func numbers(_ values: [Double]) -> [UInt8] { bytes(values.map(\.bitPattern)) }
        let vms = Self.vms
        var content = bytes(vms.map { UInt64($0.id) }) + numbers(vms.map(\.cpu)) + numbers(vms.map(\.mem))
        content += numbers(vms.map(\.arrival)) + numbers(vms.map(\.lifetime))
        let plain = vms.map { VirtualMachine(id: $0.id, cpu: $0.cpu, mem: $0.mem, arrival: $0.arrival, lifetime: 9) }
        func hash(_ content: [UInt8]) throws -> String { try ContentHash.ofFile(folder.write(content, to: "content")) }
        #expect(try TraceFile.contentHash(of: Trace(plain)) == hash(content))
        content += Array("span\0".utf8) + bytes([2, 0, 8])
        content += Array("resources/disk\0".utf8) + numbers([100, 0.5, 0])
        content += Array("resources/gpu\0".utf8) + numbers([0, 1, 0])
        #expect(try TraceFile.contentHash(of: Trace(vms, resources: Self.resources)) == hash(content))
        // Whichever resource is named first.
        var turned = vms
        for index in turned.indices { turned[index].extras.reverse() }
        #expect(try TraceFile.contentHash(of: Trace(turned, resources: ["gpu", "disk"])) == hash(content))
    }

    /// A reader that does not know the columns must not pass over them.
    @Test func theVersion() throws {
        let path = folder.file("trace.h5")
        func version(_ trace: Trace) throws -> Int64? {
            try TraceFile.write(trace, Samples.description, to: path)
            return try HDF5.perform { () throws(StorageError) in try HDF5Reader(path: path).integer("format_version") }
        }
        #expect(try version(Samples.trace()) == 1)
        #expect(try version(Trace(Self.vms, resources: Self.resources)) == 2)
    }

    @Test func whatIsRefusedInHDF5() throws {
        let path = folder.file("trace.h5")
        func refuses(_ detail: String, _ change: (HDF5Editor) -> Void) throws {
            try TraceFile.write(Trace(Self.vms, resources: Self.resources), Samples.description, to: path)
            try HDF5Editor.edit(path, change)
            let error = #expect(throws: StorageError.self) { try TraceFile.read(path) }
            #expect(error?.detail.hasPrefix(detail) == true, "\(error?.detail ?? "")")
        }
        try refuses("dataset /span has the value 9 for VM 1") { $0.dataset("span", [2, 9, 8]) }
        try refuses("dataset /span has shape [2]") { $0.dataset("span", [2, 0]) }
        try refuses("dataset /resources/gpu has shape [2]; /vmid has [3]") { $0.dataset("resources/gpu", [2, 0]) }
        try refuses("VM 2: gpu is -1.0; it must be in 0 ... 4294967296.0") { $0.dataset("resources/gpu", [0, 1, -1]) }
        try refuses("attribute content_sha256 is ") { $0.dataset("resources/gpu", [0, 1, 1]) }
        try refuses("attribute content_sha256 is ") { $0.remove("span") }
        try refuses("attribute content_sha256 is ") { $0.attribute("format_version", 1 as Int64) }
        try refuses("group /resources: a resource is called \"mem\"") { $0.dataset("resources/mem", [0, 1, 1]) }
    }

    @Test func namesThatCannotBeWritten() throws {
        let path = folder.file("trace.h5")
        let trace = try Trace(Self.vms, resources: ["disk", "a/b"])
        let error = #expect(throws: StorageError.self) { try TraceFile.write(trace, Samples.description, to: path) }
        #expect(error?.path == path)
        #expect(error?.detail == "a resource is called \"a/b\"; a name has no slashes and no control characters")
        #expect(try folder.names() == [])
    }
}
