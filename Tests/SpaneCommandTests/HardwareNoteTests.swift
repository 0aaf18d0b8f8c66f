import SpaneNetworks
import SpaneStorage
import SpaneTestSupport
import Testing

/// A network that plays on servers which it was not made for is said to do so.
@Suite struct HardwareNoteTests {
    private let command = Command()

    @Test func evaluateNotesIt() throws {
        try Samples.writeTrace(to: command.folder)
        try WeightsFile.write(Samples.spane(), Provenance([:]), to: command.folder.file("a.h5"))
        let starts = ["--trace", "trace.h5", "--starts", "0..<20:3:1", "--length", "5"]
        let arguments = ["evaluate", "--policy", "a.h5"] + starts
        #expect(try command.run(arguments).errors == "")
        let other = try command.run(arguments + ["--policy", "first-fit", "--node-cpu", "64.5", "--node-mem", "256"])
        #expect(other.status == 0)
        #expect(
            other.errors
                == "note: a.h5: the network is made for nodes of 40 cores and 90 GB; this cluster has nodes of 64.5 cores "
                + "and 256 GB\n"
        )
    }
}
