import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Comma-separated files that are no valid traces; the message names the line, the column and the value.
@Suite struct TraceCSVErrorTests {
    private let folder = TemporaryFolder()

    private func refuses(_ text: String, _ detail: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = try folder.write(text, to: "trace.csv")
        let error = StorageError(.format, path: path, detail)
        #expect(error.description == "\(path): \(detail)")
        #expect(throws: error, sourceLocation: sourceLocation) { try TraceCSV.read(path) }
    }

    // MARK: Header

    @Test func nothing() throws {
        try refuses("", "is empty")
        try refuses("\n\r\n\n", "is empty")
        try refuses("\u{FEFF}", "is empty")
    }

    @Test(arguments: ["vmid,cpu,mem,at,lt", "vmid,cpu,memory,time,type\n"])
    func onlyAHeader(header: String) throws { try refuses(header, "the trace has 0 VMs; at least 2 are needed") }

    @Test(arguments: [
        "vmid,cpu,mem,at", "1,2,4,0,100", "vmid,cpu,memory,at,lt", "vmid,cpu,memory,time,kind",
    ])
    func anotherHeader(header: String) throws {
        let rule = "it must have the columns vmid,cpu,mem,at,lt or vmid,cpu,memory,time,type"
        try refuses("\(header)\n1,2,4,0,100\n", "line 1: the header is \"\(header)\"; \(rule)")
        try refuses("\n\(header)\n1,2,4,0,100\n", "line 2: the header is \"\(header)\"; \(rule)")
    }

    @Test func aColumnTwice() throws {
        try refuses("vmid,cpu,mem,at,lt,CPU\n1,2,4,0,100,3\n", "line 1: the header has the column cpu more than once")
    }

    @Test func aLongHeaderIsCutShort() throws {
        let path = try folder.write(String(repeating: "x", count: 100_000), to: "trace.csv")
        let error = #expect(throws: StorageError.self) { try TraceCSV.read(path) }
        #expect((error?.detail.count ?? 0) < 200)
    }

    // MARK: Lines

    /// A good line, a blank one, and the line to be refused, which is the fourth.
    private func refuses(line: String, _ detail: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try refuses(
            "vmid,cpu,mem,at,lt\n1,2,4,5,100\n\n\(line)\n3,2,4,9,100\n",
            "line 4: \(detail)",
            sourceLocation: sourceLocation
        )
    }

    @Test func anotherNumberOfColumns() throws {
        try refuses(line: "2,2,4,6", "it has 4 columns; the header has 5")
        try refuses(line: "2,2,4,6,100,", "it has 6 columns; the header has 5")
        try refuses(line: "2", "it has 1 columns; the header has 5")
    }

    @Test(arguments: [
        "", " ", "x", "4x", "4 5", "0x", "--4", "nan", "inf", "1e999", "0x10", "0x1p4", "1e", "1e+", ".", "+", "٤",
    ])
    func textWhereANumberShouldBe(text: String) throws {
        try refuses(line: "2,\(text),4,6,100", "column cpu is \"\(text)\"; it must be a finite number")
        try refuses(line: "2,2,\(text),6,100", "column mem is \"\(text)\"; it must be a finite number")
        try refuses(line: "2,2,4,\(text),100", "column at is \"\(text)\"; it must be a finite number")
        try refuses(line: "2,2,4,6,\(text)", "column lt is \"\(text)\"; it must be a finite number")
        try refuses(line: "\(text),2,4,6,100", "column vmid is \"\(text)\"; it must be an integer")
    }

    @Test(arguments: ["0", "-1", "-0.0", "1e-400", "4294967297"])
    func impossibleSizes(text: String) throws {
        let rule = "it must be above 0 and at most 4294967296.0"
        try refuses(line: "2,\(text),4,6,100", "column cpu is \"\(text)\"; \(rule)")
        try refuses(line: "2,2,\(text),6,100", "column mem is \"\(text)\"; \(rule)")
    }

    @Test(arguments: ["1e-7", "0.0000001"])
    func sizesThatRoundToNothing(text: String) throws {
        let rule = "it is below the smallest step of amounts, 1e-06"
        try refuses(line: "2,\(text),4,6,100", "column cpu is \"\(text)\"; \(rule)")
        try refuses(line: "2,2,\(text),6,100", "column mem is \"\(text)\"; \(rule)")
    }

    @Test(arguments: ["9223372036854775808", "1.5", "1e3"])
    func identifiersThatAreNoIntegers(text: String) throws {
        try refuses(line: "\(text),2,4,6,100", "column vmid is \"\(text)\"; it must be an integer")
    }

    @Test func arrivalsOutOfOrder() throws {
        try refuses(
            line: "2,2,4,4.5,100",
            "column at is 4.5; arrivals must ascend and the VM before it arrives at 5.0"
        )
    }

    @Test func negativeLifetimes() throws {
        try refuses(line: "2,2,4,6,-1", "column lt is -1.0; it must not be negative")
    }

    @Test func oneRow() throws {
        try refuses("vmid,cpu,mem,at,lt\n1,2,4,5,100\n", "the trace has 1 VMs; at least 2 are needed")
    }

    @Test func timesBeyondAllMeasure() throws {
        let rule = "it must be in -9007199254740992.0 ... 9007199254740992.0"
        try refuses(line: "2,2,4,1e16,1", "column at is \"1e16\"; \(rule)")
        try refuses(line: "2,2,4,6,9007199254740993.5", "column lt is \"9007199254740993.5\"; \(rule)")
    }

    /// Some functions take a NUL for the end of a text, and what stands before it for the value.
    @Test func bytesThatDoNotShow() throws {
        try refuses(line: "2,2\09,4,6,100", "column cpu is \"2\\x009\"; it must be a finite number")
        try refuses(line: "2,2,4,6,100\0", "column lt is \"100\\x00\"; it must be a finite number")
        try refuses(line: "2\0,2,4,6,100", "column vmid is \"2\\x00\"; it must be an integer")
        try refuses(line: "2,2,4,\u{1B}[2J6,100", "column at is \"\\x1B[2J6\"; it must be a finite number")
    }

    @Test func decimalCommas() throws {
        try refuses(
            "vmid;cpu;mem;at;lt\n1;0,5;4;5;100\n",
            "line 2: column cpu is \"0,5\"; it must be a finite number, with a decimal point"
        )
    }

    // MARK: Quotes

    @Test func quotesOutOfPlace() throws {
        try refuses(line: "2,\"2\"5,4,6,100", "column 2 has text behind its closing quote")
        try refuses(line: "2,\"two\",4,6,100", "column cpu is \"two\"; it must be a finite number")
        try refuses(
            "vmid,cpu,mem,at,lt\n1,\"2,4,5,100\n2,2,4,6,100\n",
            "line 2: the quote that column 2 starts with is not closed within 65536 bytes"
        )
    }

    /// A quoted field may hold line ends; the lines of the file are counted.
    @Test func linesWithinQuotes() throws {
        try refuses(
            "note,vmid,cpu,mem,at,lt\n\"one\r\ntwo\",1,2,4,5,100\n\n,2,x,4,6,100\n",
            "line 5: column cpu is \"x\"; it must be a finite number"
        )
    }

    // MARK: Sizes

    @Test func linesWithoutEnd() throws {
        let tooMany = "it has more than 1000 columns, which is the most that is read"
        let tooLong = "it is longer than 65536 bytes, which is the most that is read"
        try refuses(String(repeating: ",", count: 100_000), "line 1: \(tooMany)")
        try refuses(line: String(repeating: ",", count: 1000), tooMany)
        try refuses(line: "2,2,4,6,1" + String(repeating: "0", count: 70_000), tooLong)
        try refuses(line: String(repeating: "x", count: 70_000), tooLong)
        try refuses(
            "vmid,cpu,mem,at,lt,note\n1,2,4,5,100," + String(repeating: "x", count: 70_000),
            "line 2: \(tooLong)"
        )
    }

    // MARK: Other formats

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8, 0], "is packed with gzip; unpack it first"),
            ([0x28, 0xB5, 0x2F, 0xFD], "is packed with zstd; unpack it first"),
            (
                [0x50, 0x4B, 3, 4, 20],
                "is a zip file, as spreadsheets (.xlsx, .ods) are too; take the CSV file out of it"
            ),
            ([0xFF, 0xFE, 0x76, 0], "is text in UTF-16; save it in UTF-8"),
            ([0xFE, 0xFF, 0, 0x76], "is text in UTF-16; save it in UTF-8"),
            (Array("vmid,cpu,mem".utf8).flatMap { [$0, 0] }, "is text in UTF-16; save it in UTF-8"),
            (Array("vmid,cpu,mem".utf8).flatMap { [0, $0] }, "is text in UTF-16; save it in UTF-8"),
            (
                Array("vmid,cpu,mem,at,lt\r1,2,4,5,100\r2,2,4,5,100\r".utf8),
                "ends its lines with carriage returns alone, as old Macs did; write it with line feeds "
                    + "(tr '\\r' '\\n' <OLD >NEW)"
            ),
        ] as [([UInt8], String)]
    )
    func otherFormats(bytes: [UInt8], detail: String) throws {
        let path = try folder.write(bytes, to: "trace.csv")
        #expect(throws: StorageError(.format, path: path, detail)) { try TraceCSV.read(path) }
    }

    @Test(arguments: ["sep=", "sep=|", "sep=;;"])
    func unknownSeparators(line: String) throws {
        let found = line.dropFirst(4)
        try refuses(
            "\(line)\nvmid,cpu,mem,at,lt\n",
            "line 1: it says that \"\(found)\" separates fields; a comma, a semicolon or a tab may"
        )
    }

    // MARK: Events

    private func refuses(event: String, _ detail: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try refuses(
            "vmid,cpu,memory,time,type\n1,2,4,5,0\n\(event)\n1,2,4,9,1\n",
            "line 3: \(detail)",
            sourceLocation: sourceLocation
        )
    }

    @Test func unknownTypes() throws {
        try refuses(event: "2,2,4,6,2", "column type is 2; it must be 0 (creation) or 1 (deletion)")
        try refuses(event: "2,2,4,6,-1", "column type is -1; it must be 0 (creation) or 1 (deletion)")
        try refuses(event: "2,2,4,6,create", "column type is \"create\"; it must be an integer")
    }

    @Test func eventsThatContradict() throws {
        try refuses(event: "1,2,4,6,0", "column vmid is 1, which already runs")
        try refuses(event: "2,2,4,6,1", "column vmid is 2, which is deleted but does not run")
        try refuses(event: "1,2,4,4,1", "column time is 4.0; VM 1 was created at 5.0")
    }

    @Test func wrongValuesInEvents() throws {
        try refuses(event: "2,0,4,6,0", "column cpu is \"0\"; it must be above 0 and at most 4294967296.0")
        try refuses(event: "2,2,-4,6,0", "column memory is \"-4\"; it must be above 0 and at most 4294967296.0")
        try refuses(event: "2,2,4,soon,0", "column time is \"soon\"; it must be a finite number")
        try refuses(event: "2,2,4,6", "it has 4 columns; the header has 5")
    }

    @Test func tooFewDeletions() throws {
        try refuses(
            "vmid,cpu,memory,time,type\n1,2,4,5,0\n2,2,4,5,0\n1,2,4,9,1\n",
            "the trace has 1 VMs; at least 2 are needed"
        )
    }
}
