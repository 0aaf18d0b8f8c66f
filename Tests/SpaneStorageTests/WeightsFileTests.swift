import SpaneFileTestSupport
import SpaneNetworks
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import Testing

/// Weights, written and read again.
@Suite struct WeightsFileTests {
    private let folder = TemporaryFolder()

    private func roundTrip(_ model: Model, _ provenance: Provenance = Provenance()) throws {
        let path = folder.file("weights.h5")
        try WeightsFile.write(model, provenance, to: path)
        let read = try WeightsFile.read(path)
        #expect(read.model.architecture == model.architecture)
        #expect(read.model.normalisation == model.normalisation)
        #expect(read.model.tensors == model.tensors)
        #expect(read.provenance == provenance)
    }

    /// The networks that come with the project are what their hashes say.
    @Test(arguments: [
        "potential", "potential-synthetic", "spane-synthetic", "untrained-1", "untrained-2", "untrained-3",
    ])
    func shipped(name: String) throws {
        let (model, provenance) = try WeightsFile.read("data/weights/\(name).h5")
        #expect(!model.parameters.isEmpty)
        #expect((provenance["licence"] ?? provenance["trace_licence"]) != nil)
    }

    /// A network of every kind with the values that a configuration begins with.
    @Test(arguments: Architecture.kinds.map(\.name))
    func everyKind(name: String) throws {
        let kind = try #require(Architecture.kind(named: name))
        let architecture = try kind.architecture(servers: 3)
        #expect(architecture.kind == kind)
        #expect(architecture.boundServers == (kind.isBoundToServers ? 3 : nil))
        #expect(architecture.values.map(\.value) == kind.fields.map(\.initial))
        var generator = Xoshiro256StarStar(seed: 3)
        try roundTrip(Model(architecture: architecture, generator: &generator))
    }

    @Test(arguments: [
        [Aggregator.mean], [.max], [.std], [.mean, .max], [.std, .mean], [.max, .std, .mean], [.mean, .max, .std],
    ])
    func everyAggregator(aggregators: [Aggregator]) throws { try roundTrip(Samples.spane(aggregators: aggregators)) }

    @Test func oddShapes() throws {
        try roundTrip(Samples.spane(server: (1, 1), value: (1, 1), advantage: (1, 1)))
        try roundTrip(Samples.spane(server: (7, 3), value: (13, 2), advantage: (33, 5), aggregators: [.std, .max]))
        try roundTrip(Samples.mlp(width: 1, depth: 1, servers: 1))
        try roundTrip(Samples.mlp(width: 31, depth: 4, servers: 17))
    }

    @Test(arguments: Activation.allCases, PotentialArchitecture.Context.allCases)
    func potentials(activation: Activation, context: PotentialArchitecture.Context) throws {
        try roundTrip(Samples.potential(activation: activation, context: context))
    }

    /// A file that says nothing of units is what it was before there were any; one in trained nodes says nothing of them.
    @Test func unitsOfPotentials() throws {
        try roundTrip(Samples.potential(units: .ownNode))
        try roundTrip(Samples.potential())
        #expect(try Samples.potential().architecture.attributes.map(\.name).contains("units") == false)
        try HDF5Editor.edit(folder.file("weights.h5")) { $0.attribute("units", "trained-node") }
        let model = try WeightsFile.read(folder.file("weights.h5")).model
        #expect(model.architecture == (try Samples.potential().architecture))
        try HDF5Editor.edit(folder.file("weights.h5")) { $0.attribute("units", "own-node") }
        let other = try WeightsFile.read(folder.file("weights.h5")).model
        #expect(other.architecture == (try Samples.potential(units: .ownNode).architecture))
    }

    @Test func anotherNormalisation() throws {
        try roundTrip(Samples.spane(normalisation: Normalisation(cpu: 0.1, mem: .greatestFiniteMagnitude)))
    }

    @Test func extremeWeights() throws {
        let model = try Samples.mlp(width: 2, depth: 1, servers: 1)
        let extremes: [Float] = [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude]
        let tensors = model.tensors.map { tensor in
            Tensor(shape: tensor.shape, values: tensor.values.indices.map { extremes[$0 % extremes.count] })
        }
        try roundTrip(Model(architecture: model.architecture, normalisation: .published, tensors: tensors))
        let signs = try WeightsFile.read(folder.file("weights.h5")).model.tensors.map { $0.values[0].sign }
        #expect(signs.allSatisfy { $0 == .minus })
    }

    @Test func provenance() throws {
        var provenance = Provenance(["tool": "a test", "note": "naïve 漢字 🙂\nline", "empty": ""])
        for index in 0..<100 { provenance["entry \(index)"] = String(repeating: "x", count: index) }
        try roundTrip(Samples.spane(), provenance)
    }

    @Test func aFileWithoutProvenanceIsRead() throws {
        let path = folder.file("weights.h5")
        try WeightsFile.write(Samples.spane(), Provenance(["tool": "a test"]), to: path)
        try HDF5Editor.edit(path) { $0.remove("provenance") }
        #expect(try WeightsFile.read(path).provenance == Provenance())
    }

    /// Tools that know only double precision or integers, and no hash, can still write weights.
    @Test func numbersOfAnotherKindAreConverted() throws {
        let path = folder.file("weights.h5")
        try WeightsFile.write(Samples.mlp(servers: 1), Provenance(), to: path)
        try HDF5Editor.edit(path) { file in
            file.dataset("parameters/adv.bias", [0.5, -3])
            file.attribute("normalisation_cpu", Int64(48))
            file.removeAttribute("parameters_sha256")
        }
        let model = try WeightsFile.read(path).model
        #expect(model.tensors.first { $0.shape.name == "adv.bias" }?.values == [0.5, -3])
        #expect(model.normalisation.cpu == 48)
    }
}
