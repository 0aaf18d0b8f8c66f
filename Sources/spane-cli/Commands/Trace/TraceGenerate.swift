import ArgumentParser
import SpaneScheduling
import SpaneStorage
import SpaneWorkloads

struct TraceGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Generate a synthetic trace.",
        discussion: "docs/synthetic-trace.md describes the trace and compares it with a real one."
    )

    @Option(help: "Number of VMs.")
    var count = 100_000

    @Option(help: "Random seed; the same seed gives the same trace.")
    var seed: UInt64 = 2

    @Option(help: ArgumentHelp("File to write.", valueName: "out.h5"))
    var output: String

    func validate() throws {
        guard count >= 2, count <= 100_000_000 else {
            throw ValidationError("--count is \(count); it must be in 2 ... 100000000.")
        }
    }

    func run() throws {
        try File.check(canWriteTo: output)
        let workload = SyntheticWorkload(count: count, seed: seed)
        try workload.checkMemory()
        let trace = try Trace(workload.makeVirtualMachines())
        let description = TraceDescription(
            source: "spane trace generate --count \(count) --seed \(seed)",
            licence: "MIT"
        )
        try TraceFile.write(trace, description, to: output)
        StandardOutput.print("\(output): \(NumberText.grouped(trace.count)) VMs of \(trace.flavors.count) sizes")
    }
}
