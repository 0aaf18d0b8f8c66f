import SpaneNetworks
import SpaneTraining
import Testing

/// The tables of hyper-parameters: what they say is what learners take.
@Suite struct ParameterTests {
    private func check<Configuration: ParameterisedConfiguration>(
        _ configuration: Configuration,
        _ validate: (Configuration) throws -> Void
    ) throws {
        let parameters = Configuration.parameters
        #expect(Set(parameters.map(\.key)).count == parameters.count)
        try validate(configuration)
        for parameter in parameters {
            #expect(parameter.key.allSatisfy { $0.isLowercase || $0 == "_" })
            #expect(parameter.summary.hasSuffix("."))
            for value in parameter.domain.outside {
                var other = configuration
                parameter.set(&other, value)
                #expect(parameter.get(other) == value || "\(value)" == "nan", "\(parameter.key)")
                #expect {
                    try validate(other)
                } throws: {
                    "\($0)" == "\(parameter.key) is \(value); it must be \(parameter.domain.rule)"
                }
            }
        }
    }

    @Test func dqn() throws {
        let architecture = Architecture.spane(try .published())
        try check(DQNConfiguration.published) { try $0.validate(for: architecture) }
        #expect(DQNConfiguration.parameters.count == 25)
    }

    @Test func evolution() throws {
        try check(EvolutionConfiguration()) { try $0.validate() }
        #expect(EvolutionConfiguration.parameters.count == 9)
    }

    @Test func textsOfChoices() throws {
        var configuration = DQNConfiguration.published
        let loss = try #require(DQNConfiguration.parameters.first { $0.key == "loss" })
        #expect(loss.get(configuration) == .text("mse"))
        loss.set(&configuration, .text("huber"))
        #expect(configuration.loss == .huber)
        #expect(loss.domain.rule == "\"mse\" or \"huber\"")
    }
}

extension ParameterDomain {
    /// Values of the right type that are not in it; an enumeration has none.
    fileprivate var outside: [ParameterValue] {
        switch self {
        case .integer(let range): [.integer(range.lowerBound - 1), .integer(range.upperBound + 1)]
        case .evenInteger(let range):
            [.integer(range.lowerBound - 2), .integer(range.lowerBound + 1), .integer(range.upperBound + 2)]
        case .number(let range):
            [.number(range.lowerBound.nextDown), .number(range.upperBound.nextUp), .number(.nan), .number(.infinity)]
        case .positive(let most): [.number(0), .number(most.nextUp), .number(.nan), .number(.infinity)]
        case .flag, .choice, .subset: []
        }
    }
}
