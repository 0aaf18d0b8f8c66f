import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Comma-separated traces of both layouts.
@Suite struct TraceCSVTests {
    private let folder = TemporaryFolder()

    private func read(_ text: String) throws -> [VirtualMachine] {
        let path = try folder.write(text, to: "trace.csv")
        let (trace, description) = try TraceCSV.read(path)
        #expect(try TraceFile.load(path).trace.vms == trace.vms)
        #expect(description.contentHash == TraceFile.contentHash(of: trace))
        #expect(description.source == "trace.csv")
        #expect(description.licence == "unknown")
        return Array(trace.vms)
    }

    // MARK: A VM a line

    private static let rows = [
        VirtualMachine(id: 10, cpu: 2, mem: 4, arrival: 0, lifetime: 100),
        VirtualMachine(id: 11, cpu: 0.5, mem: 20, arrival: 0, lifetime: 0),
        VirtualMachine(id: -3, cpu: 16, mem: 64, arrival: 7.25, lifetime: 1e6),
    ]

    @Test(arguments: [
        "vmid,cpu,mem,at,lt\n10,2,4,0,100\n11,0.5,20,0,0\n-3,16,64,7.25,1e6\n",
        // No end of the last line.
        "vmid,cpu,mem,at,lt\n10,2,4,0,100\n11,0.5,20,0,0\n-3,16,64,7.25,1e6",
        // Ends of line as Windows writes them.
        "vmid,cpu,mem,at,lt\r\n10,2,4,0,100\r\n11,0.5,20,0,0\r\n-3,16,64,7.25,1e6\r\n",
        // A byte order mark.
        "\u{FEFF}vmid,cpu,mem,at,lt\n10,2,4,0,100\n11,0.5,20,0,0\n-3,16,64,7.25,1e6\n",
        // Blank lines, capital letters, spaces around numbers.
        "\n\nVMID,CPU,Mem,AT,lt\n\n10, 2 ,4,0,100\r\n\r\n11,0.5,20,0,0  \n-3,16,  64,7.25,1e6\n\n\n",
    ])
    func rowsAreRead(text: String) throws { #expect(try read(text) == Self.rows) }

    // MARK: An event a line

    @Test func eventsBecomeRowsInOrderOfCreation() throws {
        let vms = try read(
            """
            vmid,cpu,memory,time,type
            5,4,8,0,0
            900,2,4,10,0
            7,1,2,10,0
            900,2,4,15,1
            8,8,16,20,0
            7,1,2,10,1
            5,4,8,100,1
            """
        )
        // 5, 900 and 7 in order of creation, not of deletion; 8 is never deleted and dropped.
        #expect(
            vms == [
                VirtualMachine(id: 0, cpu: 4, mem: 8, arrival: 0, lifetime: 100),
                VirtualMachine(id: 1, cpu: 2, mem: 4, arrival: 10, lifetime: 5),
                VirtualMachine(id: 2, cpu: 1, mem: 2, arrival: 10, lifetime: 0),
            ]
        )
    }

    @Test func eventsNeedNotBeInOrderOfTime() throws {
        let vms = try read(
            "vmid,cpu,memory,time,type\n1,1,1,50,0\n1,1,1,60,1\n2,2,2,20,0\n2,2,2,90,1\n3,3,3,20,0\n3,3,3,21,1\n"
        )
        #expect(
            vms == [
                VirtualMachine(id: 0, cpu: 2, mem: 2, arrival: 20, lifetime: 70),
                VirtualMachine(id: 1, cpu: 3, mem: 3, arrival: 20, lifetime: 1),
                VirtualMachine(id: 2, cpu: 1, mem: 1, arrival: 50, lifetime: 10),
            ]
        )
    }

    @Test func anIdentifierMayBeUsedAgain() throws {
        let vms = try read("vmid,cpu,memory,time,type\n1,1,1,0,0\n1,1,1,2,1\n1,4,4,3,0\n1,4,4,8,1\n")
        #expect(vms.map(\.lifetime) == [2, 5])
        #expect(vms.map(\.cpu) == [1, 4])
    }

    // MARK: To HDF5 and back

    @Test func anImportedTraceIsTheSame() throws {
        let csv = try folder.write("vmid,cpu,mem,at,lt\n1,0.1,0.3,0,1\n2,1,2,3,4\n", to: "trace.csv")
        let (trace, description) = try TraceFile.load(csv)
        try TraceFile.write(trace, description, to: folder.file("trace.h5"))
        let (read, found) = try TraceFile.load(folder.file("trace.h5"))
        #expect(read.vms == trace.vms)
        #expect(found == description)
    }
}
