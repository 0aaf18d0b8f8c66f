import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Small contents for files.
enum Samples {
    static let description = TraceDescription(source: "a test", licence: "MIT")

    static func trace(count: Int = 30, seed: UInt64 = 1) throws -> Trace {
        var generator = Xoshiro256StarStar(seed: seed)
        return try Trace(RandomTrace.vms(.fractional, count: count, servers: 2, &generator))
    }

    /// With the columns of version 2: spans, and the resources `disk` and `gpu`.
    static func traceWithTerms(count: Int = 30) throws -> Trace {
        var vms = Array(try trace(count: count).vms)
        for index in vms.indices {
            vms[index].span = index % 3
            vms[index].extras = [Double(index % 7) / 4, Double(index % 2)]
        }
        return try Trace(vms, resources: ["disk", "gpu"])
    }

    /// The published network unless told otherwise.
    static func spane(
        server: (width: Int, depth: Int) = (8, 1),
        value: (width: Int, depth: Int) = (8, 1),
        advantage: (width: Int, depth: Int) = (16, 1),
        aggregators: [Aggregator] = [.mean],
        normalisation: Normalisation = .published
    ) throws -> Model {
        var generator = Xoshiro256StarStar(seed: 3)
        let architecture = try SpaneArchitecture(
            server: LayerShape(width: server.width, depth: server.depth),
            value: LayerShape(width: value.width, depth: value.depth),
            advantage: LayerShape(width: advantage.width, depth: advantage.depth),
            aggregators: aggregators
        )
        return try Model(architecture: .spane(architecture), normalisation: normalisation, generator: &generator)
    }

    static func mlp(width: Int = 6, depth: Int = 2, servers: Int = 3) throws -> Model {
        var generator = Xoshiro256StarStar(seed: 4)
        let hidden = try LayerShape(width: width, depth: depth)
        return try Model(architecture: .mlp(MLPArchitecture(hidden: hidden, servers: servers)), generator: &generator)
    }

    static func potential(
        activation: Activation = .tanh,
        context: PotentialArchitecture.Context = .none,
        units: PotentialArchitecture.Units = .trainedNode
    ) throws -> Model {
        var generator = Xoshiro256StarStar(seed: 5)
        let architecture = PotentialArchitecture(
            hidden: try LayerShape(width: 5, depth: 2),
            activation: activation,
            context: context,
            units: units
        )
        return try Model(architecture: .potential(architecture), generator: &generator)
    }
}

/// Expects that reading fails with an error about `path` whose sentence begins with `detail`.
///
/// What follows is HDF5's own account, which differs between its versions.
func expectError<Result>(
    _ code: StorageError.Code,
    _ path: String,
    _ detail: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) {
    let error = #expect(throws: StorageError.self, sourceLocation: sourceLocation) { _ = try body() }
    guard let error else { return }
    #expect(error.code == code, sourceLocation: sourceLocation)
    #expect(error.path == path, sourceLocation: sourceLocation)
    #expect(error.detail.hasPrefix(detail), "\(error.detail)", sourceLocation: sourceLocation)
}
