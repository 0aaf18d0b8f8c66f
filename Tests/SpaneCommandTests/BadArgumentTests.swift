import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Arguments that the command refuses, with a message that names the argument, its value and what is allowed.
@Suite struct BadArgumentTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try Samples.writeTrace(to: folder) }

    /// A command that is fine, with what is given in place of the last arguments.
    private func refuses(
        policy: String = "first-fit",
        starts: String = "0..<9:1:1",
        _ more: String...,
        status: Int32,
        says message: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try command.fail(
            ["evaluate", "--trace", "trace.h5", "--starts", starts, "--policy", policy, "--output", "out.csv"]
                + ["--servers", "2"] + more,
            status: status,
            message,
            sourceLocation: sourceLocation
        )
        #expect(try folder.names().allSatisfy { $0 != "out.csv" }, sourceLocation: sourceLocation)
    }

    // MARK: The cluster

    @Test(arguments: ["0", "-1", "524289"])
    func servers(count: String) throws {
        try refuses(
            "--servers=\(count)",
            status: Status.usage,
            says: "--servers is \(count); it must be in 1 ... 524288."
        )
    }

    @Test func serversOfNothing() throws {
        let rule = "it must be above 0 and at most 4294967296.0."
        try refuses("--node-cpu", "0", status: Status.usage, says: "--node-cpu is 0; \(rule)")
        try refuses("--node-mem=-1", status: Status.usage, says: "--node-mem is -1; \(rule)")
        try refuses("--split-above=-1", status: Status.usage, says: "--split-above is -1; it must not be negative.")
    }

    @Test func aVMLargerThanAServer() throws {
        try folder.write("vmid,cpu,mem,at,lt\n0,2,8,5,1\n1,3,30,6,1\n2,4,8,9,1\n", to: "trace.csv")
        func refuses(_ node: [String], _ detail: String) throws {
            try command.fail(
                ["evaluate", "--trace", "trace.csv", "--starts", "0..<1:1:1", "--policy", "first-fit"] + node,
                status: Status.usage,
                "trace.csv: \(detail)"
            )
        }
        // The split VM takes 1.5 cores and 15 GB of each node.
        try refuses(
            ["--node-cpu", "2"],
            "VM 2 needs 4.0 cores and 8.0 GB on one NUMA node; no server is that large; "
                + "--node-cpu is 2 and --node-mem is 90."
        )
        try refuses(
            ["--node-mem", "14.5"],
            "VM 1 needs 3.0 cores and 30.0 GB, split over the NUMA nodes of one server; no server is that large; "
                + "--node-cpu is 40 and --node-mem is 14.5."
        )
    }

    // MARK: The episodes

    @Test func startsBeyondTheTrace() throws {
        try refuses(
            starts: "600..<601:1:1",
            status: Status.failure,
            says: "starts[0]: start is 600; this trace allows 0 ... 598"
        )
        try folder.write("0\n599\n", to: "starts.txt")
        try refuses(
            starts: "starts.txt",
            status: Status.failure,
            says: "starts[1]: start is 599; this trace allows 0 ... 598"
        )
    }

    @Test func startsThatAreNone() throws {
        for text in ["starts.txt", "5", "0..<10", "0..<10:1:x"] {
            try refuses(
                starts: text,
                status: Status.usage,
                says: "--starts is '\(text)'; it must be an existing file or LO..<HI:COUNT:SEED, as 0..<1000:50:1."
            )
        }
        try folder.write("0\nzero\n", to: "text.txt")
        try refuses(
            starts: "text.txt",
            status: Status.failure,
            says: "text.txt: line 2: column start is \"zero\"; it must be an integer"
        )
        try refuses(
            starts: "9..<9:1:1",
            status: Status.failure,
            says: "starts \"9..<9:1:1\": 9 must be below 9"
        )
        try refuses(
            starts: "0..<9:10:1",
            status: Status.failure,
            says: "10 starts in 0..<9: the count must be in 1 ... 9"
        )
    }

    @Test func lengths() throws {
        for length in ["0", "-5"] {
            try refuses(
                "--length=\(length)",
                status: Status.usage,
                says: "--length is \(length); it must be 'auto' or at least 1."
            )
        }
        try refuses(
            "--length",
            "long",
            status: Status.usage,
            says: "The value 'long' is invalid for '--length <auto | n>'"
        )
        try refuses(
            starts: "500..<501:1:1",
            "--length",
            "99",
            status: Status.failure,
            says: "starts[0]: length is 99; from start 500 this trace allows 1 ... 98"
        )
    }

    @Test(arguments: ["0", "-2"])
    func threads(count: String) throws {
        try refuses(
            "--threads=\(count)",
            status: Status.usage,
            says: "--threads is \(count); it must be at least 1."
        )
    }

    // MARK: Policies

    @Test(arguments: ["worst-fit", "First-Fit", "random:", "random:x", "random:-1", ""])
    func unknownPolicies(name: String) throws {
        try refuses(
            policy: name,
            status: Status.usage,
            says:
                "The policy '\(name)' is unknown; it must be \(Heuristic.names.joined(separator: ", ")) or a weights file."
        )
    }

    @Test func weightsThatDoNotFit() throws {
        try WeightsFile.write(Samples.mlp(servers: 5), Provenance(), to: folder.file("mlp.h5"))
        try refuses(
            policy: "mlp.h5",
            "--servers",
            "6",
            status: Status.failure,
            says: "mlp.h5: the network is bound to 5 servers and the cluster has 6"
        )
        try refuses(
            policy: "missing.h5",
            status: Status.failure,
            says: "missing.h5: cannot be read: No such file or directory"
        )
        try refuses(
            policy: "trace.h5",
            status: Status.failure,
            says: "trace.h5: attribute format is \"spane-trace\"; it must be \"spane-weights\""
        )
    }
}
