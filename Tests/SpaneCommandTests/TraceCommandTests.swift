import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane trace generate`, `import` and `info`.
@Suite struct TraceCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    // MARK: generate

    @Test func theSameSeedGivesTheSameTrace() throws {
        let output = try command.succeed("trace", "generate", "--count", "3000", "--seed", "4", "--output", "a.h5")
        #expect(output.hasPrefix("a.h5: 3,000 VMs of "))
        try command.succeed("trace", "generate", "--count", "3000", "--seed", "4", "--output", "b.h5")
        try command.succeed("trace", "generate", "--count", "3000", "--seed", "5", "--output", "c.h5")
        #expect(try folder.read("a.h5") == folder.read("b.h5"))
        let (one, other) = (try TraceFile.read(folder.file("a.h5")), try TraceFile.read(folder.file("c.h5")))
        #expect(one.trace.count == 3000)
        #expect(one.description.contentHash != other.description.contentHash)
        #expect(one.description.source == "spane trace generate --count 3000 --seed 4")
        #expect(one.description.licence == "MIT")
    }

    @Test(arguments: ["1", "0", "-5", "100000001"])
    func impossibleCounts(count: String) throws {
        try command.fail(
            ["trace", "generate", "--count=\(count)", "--output", "a.h5"],
            status: Status.usage,
            "--count is \(count); it must be in 2 ... 100000000."
        )
        #expect(try folder.names() == [])
    }

    @Test func someVMsAreATraceOfTheirOwn() throws {
        try command.succeed("trace", "generate", "--count", "3000", "--seed", "4", "--output", "a.h5")
        try command.succeed("trace", "import", "a.h5@1000..<1500", "part.h5")
        let (whole, part) = (try TraceFile.read(folder.file("a.h5")), try TraceFile.read(folder.file("part.h5")))
        #expect(part.trace.vms.elementsEqual(whole.trace.vms[1000..<1500]))
        #expect(part.description.source == "VMs 1000 ..< 1500 of spane trace generate --count 3000 --seed 4")
        let played = ["--starts", "0..<100:5:1", "--length", "300", "--policy", "first-fit", "--output", "-"]
        let start = ["evaluate", "--threads", "1", "--trace"]
        #expect(
            try command.succeed(start + ["part.h5"] + played) == command.succeed(start + ["a.h5@1000..<1500"] + played)
        )
        try command.fail(
            start + ["a.h5@2990..<3001"] + played,
            status: Status.failure,
            "a.h5: VMs 2990 ..< 3001 are asked for; it has 3000"
        )
        // A file may be called like that.
        try folder.write("vmid,cpu,mem,at,lt\n0,4,8,0,100\n1,2,16,10,5\n", to: "b@0..<1")
        #expect(try command.succeed("trace", "import", "b@0..<1", "out.h5") == "out.h5: 2 VMs of 2 sizes\n")
    }

    // MARK: import

    private static let expected = [
        VirtualMachine(id: 0, cpu: 4, mem: 8, arrival: 0, lifetime: 100),
        VirtualMachine(id: 1, cpu: 2, mem: 16, arrival: 10, lifetime: 5),
    ]

    @Test(arguments: [
        "vmid,cpu,mem,at,lt\n0,4,8,0,100\n1,2,16,10,5\n",
        "vmid,cpu,memory,time,type\n70,4,8,0,0\n90,2,16,10,0\n90,2,16,15,1\n70,4,8,100,1\n",
    ])
    func bothLayoutsAreImported(text: String) throws {
        try folder.write(text, to: "in.csv")
        #expect(try command.succeed("trace", "import", "in.csv", "out.h5") == "out.h5: 2 VMs of 2 sizes\n")
        let (trace, description) = try TraceFile.read(folder.file("out.h5"))
        #expect(Array(trace.vms) == Self.expected)
        #expect(description.source == "in.csv")
        #expect(description.licence == "unknown")
        #expect(try folder.names() == ["in.csv", "out.h5"])
    }

    @Test func whatIsLeftOutIsSaid() throws {
        try folder.write(
            "zone;time;vmid;cpu;memory;type\n1;0;70;4;8;0\n1;1;50;1;1;0\n1;10;90;2;16;0\n1;15;90;;;1\n1;100;70;;;1\n",
            to: "in.csv"
        )
        let result = try command.run(["trace", "import", "in.csv", "out.h5"])
        #expect(result.status == 0)
        #expect(
            result.errors == """
                Note: in.csv: columns that a trace does not have are passed over: "zone"
                Note: in.csv: VMs that are created and never deleted, and left out for want of a lifetime: 1

                """
        )
        #expect(try TraceFile.read(folder.file("out.h5")).trace.vms.elementsEqual(Self.expected))
    }

    /// Packed or not, by name, on standard input or in a pipe.
    @Test(arguments: [
        "cat", "gzip -c", "zstd -qc",
    ])
    func filesComeInAnyWay(pack: String) throws {
        try folder.write("vmid,cpu,mem,at,lt\n0,4,8,0,100\n1,2,16,10,5\n", to: "in.csv")
        // Not every machine has zstd.
        let tool = "command -v \(pack.prefix { $0 != " " }) >/dev/null"
        guard try command.run(["--version"], shell: tool).status == 0 else { return }
        for (input, shell) in [
            ("packed", "\(pack) <in.csv >packed"), ("-", "\(pack) <in.csv >packed && exec <packed"),
            ("pipe", "rm -f pipe && mkfifo pipe && { \(pack) <in.csv >pipe & }"),
        ] {
            let result = try command.run(["trace", "import", input, "out.h5"], shell: shell)
            #expect(result.output == "out.h5: 2 VMs of 2 sizes\n")
            #expect(result.errors == "")
            let (trace, description) = try TraceFile.read(folder.file("out.h5"))
            #expect(Array(trace.vms) == Self.expected)
            #expect(description.source == (input == "-" ? "standard input" : input))
        }
        // HDF5 too.
        let result = try command.run(["trace", "info", "-"], shell: "exec <out.h5")
        #expect(result.output.hasPrefix("-\n  source    pipe\n"), "\(result.errors)")
    }

    @Test func packedFilesThatAreDamaged() throws {
        try folder.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1], to: "in.csv.gz")
        try command.fail(
            ["trace", "import", "in.csv.gz", "out.h5"],
            status: Status.failure,
            "in.csv.gz: cannot be unpacked: gzip: stdin: unexpected end of file"
        )
        try command.fail(
            ["trace", "import", "in.csv.gz", "out.h5"],
            status: Status.failure,
            "in.csv.gz: is packed with gzip, and the program gzip cannot be run: No such file or directory",
            shell: "PATH=/nowhere"
        )
    }

    @Test(arguments: ["0x10", "inf", "nan", "4 ", "1e999"])
    func onlyDecimalNumbersAreNumbers(text: String) throws {
        for option in ["--node-cpu", "--node-mem", "--split-above"] {
            let name = option.dropFirst(2)
            try command.fail(
                ["trace", "info", "trace.h5", option, text],
                status: Status.usage,
                "The value '\(text)' is invalid for '\(option) <\(name)>'"
            )
        }
    }

    @Test func sourceAndLicenceAreKept() throws {
        try folder.write("vmid,cpu,mem,at,lt\n0,4,8,0,100\n1,2,16,10,5\n", to: "in.csv")
        try command.succeed("trace", "import", "in.csv", "one.h5", "--source", "a study", "--licence", "CC BY 4.0")
        let one = try TraceFile.read(folder.file("one.h5")).description
        #expect(one.source == "a study")
        #expect(one.licence == "CC BY 4.0")
        // Importing again does not forget them.
        try command.succeed("trace", "import", "one.h5", "two.h5")
        #expect(try TraceFile.read(folder.file("two.h5")).description == one)
    }

    // MARK: info

    @Test func infoDescribesATrace() throws {
        try folder.write("vmid,cpu,mem,at,lt\n0,4,8,0,100\n1,2,16,10,50\n2,4,8,3600,100\n", to: "in.csv")
        try command.succeed("trace", "import", "in.csv", "trace.h5", "--licence", "CC0")
        let output = try command.succeed("trace", "info", "trace.h5", "--servers", "1")
        let hash = try TraceFile.read(folder.file("trace.h5")).description.contentHash
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        for line in [
            "trace.h5", "source in.csv", "licence CC0", "sha256 \(hash)", "VMs 3 of 2 sizes in 60.0 min",
            "The cluster: 1 servers, 80 cores, 180 GB. Over 100 % VMs must wait.",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        #expect(lines.contains { $0.hasPrefix("2 16 1 33.33 % yes 50 s") })
        #expect(lines.contains { $0.hasPrefix("4 8 2 66.67 % no 100 s") })
        // The two VMs that run at once have 6 of 80 cores and 24 of 180 GB.
        #expect(lines.contains("most in use 6.0 7.5 % 24.0 13.3 %"))
        let fromText = try command.succeed("trace", "info", "in.csv", "--servers", "1")
        #expect(fromText.contains(hash))
    }
}
