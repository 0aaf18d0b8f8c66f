import SpaneNetworks
import SpaneStorage
import SpaneTestSupport
import Testing

/// `spane model info` and `note`.
@Suite struct ModelCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    @Test func infoTellsTheNetworkAndWhereItComesFrom() throws {
        let model = try Samples.spane()
        try WeightsFile.write(model, Provenance(["seed": "3", "metrics": "one\ntwo"]), to: folder.file("a.h5"))
        let lines = try command.succeed("model", "info", "a.h5").split(separator: "\n").map { line in
            line.split(separator: " ").joined(separator: " ")
        }
        #expect(lines.first == "a.h5")
        for line in [
            "architecture spane", "aggregators mean",
            "made for nodes of 40 cores and 90 GB", "parameters_sha256 \(WeightsFile.contentHash(of: model))",
            "provenance", "seed 3", "metrics one", "two",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
    }

    @Test func notesAreAddedReplacedAndRemoved() throws {
        let model = try Samples.spane()
        try WeightsFile.write(model, Provenance(["seed": "3", "tool": "t"]), to: folder.file("a.h5"))
        let output = try command.succeed("model", "note", "a.h5", "test=48,431 s = good", "seed=4", "tool=")
        #expect(output.isEmpty)
        let (read, provenance) = try WeightsFile.read(folder.file("a.h5"))
        #expect(read.architecture == model.architecture && read.parameters == model.parameters)
        #expect(provenance.entries == ["seed": "4", "test": "48,431 s = good"])
    }

    @Test(arguments: ["test", "=x", "Test=x", "a b=x"])
    func badNotes(note: String) throws {
        try WeightsFile.write(Samples.spane(), Provenance(["seed": "3"]), to: folder.file("a.h5"))
        let before = try folder.read("a.h5")
        let arguments = ["model", "note", "a.h5", note]
        try command.fail(arguments, status: Status.usage, "The value '\(note)' is invalid for '<name=text>'")
        #expect(try folder.read("a.h5") == before)
    }

    @Test func noWeights() throws {
        let missing = "none.h5: cannot be read: No such file or directory"
        try command.fail(["model", "info", "none.h5"], status: Status.failure, missing)
        try Samples.writeTrace(to: folder)
        let other = "trace.h5: attribute format is \"spane-trace\"; it must be \"spane-weights\""
        try command.fail(["model", "note", "trace.h5", "a=b"], status: Status.failure, other)
    }
}
