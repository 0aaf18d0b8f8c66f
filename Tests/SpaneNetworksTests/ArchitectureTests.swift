import SpaneNetworks
import Testing

/// The shapes of networks: which are accepted, and which tensors they have.
@Suite struct ArchitectureTests {
    @Test(arguments: [0, -1, 4097])
    func impossibleWidthsAreRefused(width: Int) {
        #expect(throws: NetworkError("hidden width is \(width); it must be in 1 ... 4096")) {
            try LayerShape(width: width, depth: 1)
        }
    }

    @Test(arguments: [0, -1, 65])
    func impossibleDepthsAreRefused(depth: Int) {
        #expect(throws: NetworkError("value depth is \(depth); it must be in 1 ... 64")) {
            try LayerShape(width: 8, depth: depth, name: "value")
        }
    }

    @Test func aggregatorsMustBeNamedOnce() throws {
        let shape = try LayerShape(width: 8, depth: 1)
        let rule = "it must name one or more of mean, max, std, each once"
        for (aggregators, text) in [([], ""), ([.mean, .mean], "mean,mean"), ([.max, .std, .max], "max,std,max")]
            as [([Aggregator], String)]
        {
            #expect(throws: NetworkError("aggregators is \"\(text)\"; \(rule)")) {
                try SpaneArchitecture(server: shape, value: shape, advantage: shape, aggregators: aggregators)
            }
        }
    }

    @Test(arguments: [0, -1, 4097])
    func impossibleServerCountsAreRefused(servers: Int) throws {
        let shape = try LayerShape(width: 8, depth: 1)
        #expect(throws: NetworkError("servers is \(servers); it must be in 1 ... 4096")) {
            try MLPArchitecture(hidden: shape, servers: servers)
        }
    }

    @Test func impossibleNormalisationsAreRefused() {
        for (value, text) in [(0, "0.0"), (-1, "-1.0"), (.nan, "nan"), (.infinity, "inf")] as [(Float, String)] {
            #expect(throws: NetworkError("normalisation cpu is \(text); it must be finite and above 0")) {
                try Normalisation(cpu: value, mem: 1)
            }
            #expect(throws: NetworkError("normalisation mem is \(text); it must be finite and above 0")) {
                try Normalisation(cpu: 1, mem: value)
            }
        }
    }

    @Test func tensorsOfThePublishedNetwork() throws {
        let architecture = Architecture.spane(try .published())
        let shapes = architecture.tensorShapes.map { "\($0.name) \($0.dimensions)" }
        #expect(
            shapes == [
                "server_embedding.0.weight [8, 4]", "server_embedding.0.bias [8]",
                "server_embedding.2.weight [8, 8]", "server_embedding.2.bias [8]",
                "value_layers.0.weight [8, 11]", "value_layers.0.bias [8]",
                "value_layers.2.weight [1, 8]", "value_layers.2.bias [1]",
                "adv_layers.0.weight [16, 19]", "adv_layers.0.bias [16]",
                "adv_layers.2.weight [2, 16]", "adv_layers.2.bias [2]",
            ]
        )
        #expect(architecture.parameterCount == 40 + 72 + 96 + 9 + 320 + 34)
    }

    @Test func tensorsOfAnMLP() throws {
        let hidden = try LayerShape(width: 32, depth: 2)
        let shapes = Architecture.mlp(try MLPArchitecture(hidden: hidden, servers: 5)).tensorShapes
        #expect(
            shapes.map { "\($0.name) \($0.dimensions)" } == [
                "fc.0.weight [32, 23]", "fc.0.bias [32]", "fc.2.weight [32, 32]", "fc.2.bias [32]",
                "fc.4.weight [10, 32]", "fc.4.bias [10]", "value.weight [1, 10]", "value.bias [1]",
                "adv.weight [10, 10]", "adv.bias [10]",
            ]
        )
    }
}
