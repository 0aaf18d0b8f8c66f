internal import SpaneSystem
internal import SpaneScheduling
package import SpaneSettings

/// A key of a configuration that a search varies, and the values that it takes.
package struct SearchDimension: Sendable {
    /// The values.
    package enum Values: Sendable {
        /// One of these, all equally likely.
        case choices([TOML])
        /// Any number between two.
        case uniform(Double, Double)
        /// Any number between two, as likely in 1 ... 10 as in 10 ... 100.
        case logUniform(Double, Double)
        /// Any whole number between two.
        case integers(Int, Int)
    }

    /// The key, such as `learner.learning_rate`.
    package let name: String
    /// Its values.
    package let values: Values

    private static let rule =
        "a list of one or more values, or one of { uniform = [LOW, HIGH] }, { log-uniform = [LOW, HIGH] } with LOW "
        + "above 0, and { integers = [LOW, HIGH] }"

    init(_ name: String, _ value: TOML) throws(Refusal) {
        self.name = name
        let refusal = Refusal(value: value, rule: Self.rule)
        switch value {
        case .list(let choices):
            guard !choices.isEmpty else { throw refusal }
            values = .choices(choices)
        case .table(let entries):
            guard entries.count == 1, let (kind, range) = entries.first, case .list(let ends) = range, ends.count == 2
            else { throw refusal }
            switch (kind, ends[0].number, ends[1].number, ends[0], ends[1]) {
            case ("integers", _, _, .integer(let low), .integer(let high)) where low <= high && high - low < 1 << 53:
                values = .integers(low, high)
            case ("uniform", let low?, let high?, _, _) where low <= high && (high - low).isFinite:
                values = .uniform(low, high)
            case ("log-uniform", let low?, let high?, _, _) where low > 0 && low <= high && high.isFinite:
                values = .logUniform(low, high)
            default:
                throw refusal
            }
        default:
            throw refusal
        }
    }

    /// A value at random.
    func draw(_ generator: inout Xoshiro256StarStar) -> TOML {
        switch values {
        case .choices(let choices): choices[generator.below(choices.count)]
        case .integers(let low, let high): .integer(low + generator.below(high - low + 1))
        case .uniform(let low, let high): .number(min(high, low + generator.uniform() * (high - low)))
        case .logUniform(let low, let high):
            .number(min(high, max(low, exp(log(low) + generator.uniform() * (log(high) - log(low))))))
        }
    }

    /// The value of this dimension that `value` is; `nil` when it is none.
    func value(equalTo value: TOML) -> TOML? {
        switch (values, value) {
        case (.choices(let choices), _): choices.first { $0 == value }
        case (.integers(let low, let high), .integer(let integer)): (low...high).contains(integer) ? value : nil
        case (.uniform(let low, let high), _), (.logUniform(let low, let high), _):
            value.number.flatMap { (low...high).contains($0) ? .number($0) : nil }
        default: nil
        }
    }

    /// The values of a grid; `nil` for a range of numbers, which has no end of them.
    var all: [TOML]? {
        if case .choices(let choices) = values { return choices }
        return nil
    }

    /// Values that are refused if any value is.
    var extremes: [TOML] {
        switch values {
        case .choices(let choices): choices
        case .integers(let low, let high): [.integer(low), .integer(high)]
        case .uniform(let low, let high), .logUniform(let low, let high): [.number(low), .number(high)]
        }
    }

    /// As it is written in a document.
    var source: String {
        switch values {
        case .choices(let choices): TOML.list(choices).source
        case .integers(let low, let high): "{ integers = [\(low), \(high)] }"
        case .uniform(let low, let high): "{ uniform = [\(low), \(high)] }"
        case .logUniform(let low, let high): "{ log-uniform = [\(low), \(high)] }"
        }
    }
}

extension TOML {
    /// The value of a number of either kind.
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number) where !number.isNaN: number
        default: nil
        }
    }
}
