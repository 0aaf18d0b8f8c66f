import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport

/// Files for the command to read.
enum Samples {
    static let description = TraceDescription(source: "a test", licence: "CC0")

    /// 600 VMs, the largest of 16 cores and 64 GB, that keep two servers busy.
    static func trace() throws -> Trace {
        var generator = Xoshiro256StarStar(seed: 6)
        let cores: [Double] = [1, 2, 4, 8, 16]
        var time = 0.0
        return try Trace(
            (0..<600).map { index in
                time += Double(generator.below(4))
                let cpu = cores[generator.below(cores.count)]
                let mem = cpu * Double(1 + generator.below(4))
                let lifetime = Double(generator.below(60))
                return VirtualMachine(id: Int64(index), cpu: cpu, mem: mem, arrival: time, lifetime: lifetime)
            }
        )
    }

    /// Writes the trace as `trace.h5`.
    static func writeTrace(to folder: TemporaryFolder) throws {
        try TraceFile.write(trace(), description, to: folder.file("trace.h5"))
    }

    static func spane() throws -> Model {
        var generator = Xoshiro256StarStar(seed: 1)
        return try Model(architecture: .spane(.published()), generator: &generator)
    }

    static func mlp(servers: Int) throws -> Model {
        var generator = Xoshiro256StarStar(seed: 1)
        let hidden = try LayerShape(width: 8, depth: 1)
        return try Model(architecture: .mlp(MLPArchitecture(hidden: hidden, servers: servers)), generator: &generator)
    }
}
