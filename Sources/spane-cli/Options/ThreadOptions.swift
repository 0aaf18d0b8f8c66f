import ArgumentParser
import SpaneSystem

/// How many threads work.
struct ThreadOptions: ParsableArguments {
    @Option(help: "Number of threads; the results do not depend on it. [default: all available processors]")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads is \(threads); it must be at least 1.")
        }
    }

    var count: Int { threads ?? processorCount }
}
