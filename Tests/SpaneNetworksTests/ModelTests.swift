import SpaneNetworks
import SpaneScheduling
import Testing

/// What weights a model accepts, and how it makes its own.
@Suite struct ModelTests {
    static func published(seed: UInt64 = 1) throws -> Model {
        var generator = Xoshiro256StarStar(seed: seed)
        return try Model(architecture: .spane(.published()), generator: &generator)
    }

    private func refuses(_ message: String, _ change: (inout [Tensor]) -> Void) throws {
        let model = try Self.published()
        var tensors = model.tensors
        change(&tensors)
        #expect(throws: NetworkError(message)) {
            try Model(architecture: model.architecture, normalisation: .published, tensors: tensors)
        }
    }

    @Test func tensorsThatDoNotFitAreRefused() throws {
        try refuses("value_layers.0.weight is missing") { $0.remove(at: 4) }
        try refuses("value_layers.0.weight has shape [11, 8]; this architecture has [8, 11]") {
            $0[4] = Tensor(shape: TensorShape(name: $0[4].shape.name, dimensions: [11, 8]), values: $0[4].values)
        }
        try refuses("fc.0.bias does not belong to this architecture") {
            $0.append(Tensor(shape: TensorShape(name: "fc.0.bias", dimensions: [1]), values: [0]))
        }
        try refuses("a tensor is given twice") { $0.append($0[3]) }
        for (value, text) in [(Float.nan, "nan"), (.infinity, "inf")] {
            try refuses("adv_layers.2.bias has the value \(text) at index 1; all must be finite") {
                $0[11] = Tensor(shape: $0[11].shape, values: [0, value])
            }
        }
    }

    @Test func theOrderOfTensorsDoesNotMatter() throws {
        let model = try Self.published()
        let other = try Model(
            architecture: model.architecture,
            normalisation: .published,
            tensors: model.tensors.reversed()
        )
        #expect(other.tensors == model.tensors)
    }

    @Test func parametersInOneRow() throws {
        let model = try Self.published()
        let row = model.parameters
        #expect(row.count == model.architecture.parameterCount)
        let same = try Model(architecture: model.architecture, normalisation: .published, parameters: row)
        #expect(same.tensors == model.tensors)
        for count in [0, row.count - 1, row.count + 1] {
            let error = #expect(throws: NetworkError.self) {
                try Model(
                    architecture: model.architecture,
                    normalisation: .published,
                    parameters: Array((row + row).prefix(count))
                )
            }
            let text = "there are \(count) parameters; this architecture has \(row.count)"
            #expect(error?.description == text)
        }
    }

    @Test func weightsTooLargeToSumAreRefused() throws {
        let model = try Self.published()
        var tensors = model.tensors
        tensors[1] = Tensor(shape: tensors[1].shape, values: Array(repeating: 1e31, count: 8))
        let large = try Model(architecture: model.architecture, normalisation: .published, tensors: tensors)
        let error = #expect(throws: NetworkError.self) { try large.makeSession(for: Fleet(servers: 5)) }
        let message = try #require(error).description
        #expect(message.hasPrefix("the server embedding can reach "))
        #expect(message.hasSuffix(" with these weights; at most 2^100 is allowed"))
    }

    /// The widest networks that a search over widths 4 ... 32 and depths 1 ... 4 begins with.
    @Test(arguments: 1...4, RandomModel.aggregatorSets)
    func freshNetworksOfTheWidestSearchAreAccepted(depth: Int, aggregators: [Aggregator]) throws {
        let shape = try LayerShape(width: 32, depth: depth)
        let architecture = try SpaneArchitecture(
            server: shape,
            value: shape,
            advantage: shape,
            aggregators: aggregators
        )
        var generator = Xoshiro256StarStar(seed: UInt64(depth))
        let model = try Model(architecture: .spane(architecture), generator: &generator)
        let fleet = try Fleet(servers: 5)
        // The bound on what an advantage can reach grows sevenfold with every layer; the advantages themselves do not.
        #expect(throws: Never.self) { try model.makeSession(for: fleet) }
    }

    @Test func anMLPServesItsOwnServerCountOnly() throws {
        var generator = Xoshiro256StarStar(seed: 1)
        let architecture = try MLPArchitecture(hidden: LayerShape(width: 8, depth: 1), servers: 5)
        let model = try Model(architecture: .mlp(architecture), generator: &generator)
        for servers in [1, 4, 6] {
            let message = "the network is bound to 5 servers and the cluster has \(servers)"
            #expect(throws: NetworkError(.shapeMismatch, message)) {
                try model.makeSession(for: Fleet(servers: servers))
            }
        }
        _ = try model.makeSession(for: Fleet(servers: 5))
    }

    @Test func initialWeightsDependOnTheSeedAlone() throws {
        let (one, same, other) = (try Self.published(seed: 5), try Self.published(seed: 5), try Self.published(seed: 6))
        #expect(one.tensors == same.tensors)
        for (left, right) in zip(one.tensors, other.tensors) where left.shape.dimensions.count == 2 {
            #expect(left.values != right.values)
        }
    }

    /// Uniform in ±√(6 / inputs): the variance is a third of the square of that, 2 / inputs.
    @Test func initialWeightsAreKaimingUniform() throws {
        var generator = Xoshiro256StarStar(seed: 3)
        let shape = try LayerShape(width: 200, depth: 2)
        let architecture = try SpaneArchitecture(
            server: shape,
            value: shape,
            advantage: shape,
            aggregators: [.mean, .std]
        )
        let model = try Model(architecture: .spane(architecture), generator: &generator)
        for tensor in model.tensors {
            guard tensor.shape.dimensions.count == 2 else {
                #expect(tensor.values.allSatisfy { $0 == 0 })
                continue
            }
            let bound = (6 / Double(tensor.shape.dimensions[1])).squareRoot()
            let values = tensor.values.map { Double($0) / bound }
            #expect(values.allSatisfy { abs($0) <= 1 + 1e-7 })
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            let variance = values.reduce(0) { $0 + $1 * $1 } / count
            // Six standard deviations of either estimate for uniform numbers in ±1.
            let meanTolerance: Double = 6 * (1 / (3 * count)).squareRoot()
            let varianceTolerance: Double = 6 * (4 / (45 * count)).squareRoot()
            #expect(abs(mean) < meanTolerance, "\(tensor.shape.name)")
            #expect(abs(variance - 1.0 / 3) < varianceTolerance, "\(tensor.shape.name)")
            if count > 1000 { #expect((values.max() ?? 0) > 0.99 && (values.min() ?? 0) < -0.99) }
        }
    }
}
