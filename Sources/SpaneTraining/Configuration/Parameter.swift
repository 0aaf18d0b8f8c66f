package import SpaneNetworks

/// A parameter of a learner: its key in configurations, where its value lives, what is allowed, and what it means.
///
/// The table of a learner's parameters is the one place that knows them: ``ParameterisedConfiguration/checkParameters()``
/// goes by it, and so do the keys of configuration files.
public struct Parameter<Configuration>: Sendable {
    /// The key in configurations, such as `learning_rate`.
    public let key: String
    /// What it means, in one or two sentences.
    public let summary: String
    /// The values that it may have.
    package let domain: ParameterDomain
    /// Its value in a configuration.
    package let get: @Sendable (Configuration) -> ParameterValue
    /// Sets its value, which must be in its domain.
    package let set: @Sendable (inout Configuration, ParameterValue) -> Void

    private init(
        _ key: String,
        _ domain: ParameterDomain,
        _ summary: String,
        get: @escaping @Sendable (Configuration) -> ParameterValue,
        set: @escaping @Sendable (inout Configuration, ParameterValue) -> Void
    ) {
        self.key = key
        self.domain = domain
        self.summary = summary
        self.get = get
        self.set = set
    }

    /// A whole number.
    static func integer(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Int> & Sendable,
        _ range: ClosedRange<Int>,
        isEven: Bool = false,
        _ summary: String
    ) -> Parameter {
        Parameter(key, isEven ? .evenInteger(range) : .integer(range), summary) {
            .integer($0[keyPath: path])
        } set: {
            if case .integer(let integer) = $1 { $0[keyPath: path] = integer }
        }
    }

    /// A number in a range.
    static func number(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Double> & Sendable,
        _ range: ClosedRange<Double>,
        _ summary: String
    ) -> Parameter {
        number(key, path, .number(range), summary)
    }

    /// A number above 0.
    static func positive(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Double> & Sendable,
        upTo most: Double,
        _ summary: String
    ) -> Parameter {
        number(key, path, .positive(upTo: most), summary)
    }

    private static func number(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Double> & Sendable,
        _ domain: ParameterDomain,
        _ summary: String
    ) -> Parameter {
        Parameter(key, domain, summary) {
            .number($0[keyPath: path])
        } set: {
            if case .number(let number) = $1 { $0[keyPath: path] = number }
        }
    }

    /// True or false.
    static func flag(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Bool> & Sendable,
        _ summary: String
    ) -> Parameter {
        Parameter(key, .flag, summary) {
            .flag($0[keyPath: path])
        } set: {
            if case .flag(let flag) = $1 { $0[keyPath: path] = flag }
        }
    }

    /// One of the names of an enumeration.
    static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Choice> & Sendable,
        _ summary: String
    ) -> Parameter where Choice.RawValue == String {
        choice(key, path, among: Choice.allCases.map { ($0.rawValue, $0) }, name: { $0.rawValue }, summary)
    }

    /// One of some values with names.
    static func choice<Choice: Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<Configuration, Choice> & Sendable,
        among choices: [(name: String, value: Choice)],
        name: @escaping @Sendable (Choice) -> String,
        _ summary: String
    ) -> Parameter {
        Parameter(key, .choice(choices.map(\.name)), summary) {
            .text(name($0[keyPath: path]))
        } set: { configuration, value in
            guard case .text(let text) = value, let choice = choices.first(where: { $0.name == text }) else { return }
            configuration[keyPath: path] = choice.value
        }
    }
}

/// A configuration whose parameters stand in a table.
public protocol ParameterisedConfiguration: Sendable {
    /// All parameters, in the order in which they are printed.
    static var parameters: [Parameter<Self>] { get }
}

extension ParameterisedConfiguration {
    /// Refuses a value that is not in the domain of its parameter.
    ///
    /// - Throws: ``ConfigurationError`` naming the key, its value and what is allowed.
    func checkParameters() throws(ConfigurationError) {
        for parameter in Self.parameters {
            let value = parameter.get(self)
            try ConfigurationError.require(
                parameter.domain.contains(value),
                parameter.key,
                value,
                parameter.domain.rule
            )
        }
    }
}
