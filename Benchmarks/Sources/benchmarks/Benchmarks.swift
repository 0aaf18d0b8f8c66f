internal import Glibc
internal import SpaneScheduling
internal import SpaneStorage
internal import SpaneWorkloads

@main
enum Benchmarks {
    /// Replayed when no trace is named and it is there.
    private static let shippedTrace = "data/synthetic.h5"
    private static let generatedCount = 116_313

    static func main() {
        do {
            try run(Options(Array(CommandLine.arguments.dropFirst())))
        } catch {
            print("benchmarks: \(error)")
            exit(1)
        }
    }

    private static func run(_ options: Options) throws {
        let (trace, origin) = try loadTrace(options)
        print("trace: \(origin), \(trace.count) VMs; medians of \(options.repetitions), both sides in turn\n")
        let figures = try Benchmark(options, trace: trace).run()
        print(Table(figures: figures))
        if figures.contains(where: { $0.limit != nil }) { print("\n\(Limits.text)") }
        print(notes)
        if let path = options.json { try JSONReport(figures: figures).write(to: path) }
    }

    private static func loadTrace(_ options: Options) throws -> (Trace, String) {
        if let path = options.trace { return (try TraceFile.load(path).trace, path) }
        if unsafe access(shippedTrace, R_OK) == 0 { return (try TraceFile.load(shippedTrace).trace, shippedTrace) }
        let workload = SyntheticWorkload(count: generatedCount, seed: 1)
        return (try Trace(workload.makeVirtualMachines()), "generated")
    }

    private static let notes = """

        ratio: how many times as fast as the C++ peer libspane is.
        The C++ peer is plain C++17 (-O3 -march=native, sizes of the layers known to the compiler). For every decision it
        does a whole forward pass; libspane keeps what did not change since the decision before. Both sides waited the same
        under First Fit, and took at least 99.9 % of the SPANE decisions alike. Where a line says "beside", the peer is libspane
        itself on the fleet named there: a decision, and a VM that comes and one that goes.
        of the limit: of the fused multiply-adds that one core can do, for arithmetic; of the bytes that it can read from memory,
        for loading, which has to read the file and to write the trace.
        The published Python implementation, for comparison: 15 thousand steps/s and 2 thousand decisions/s.
        """
}
