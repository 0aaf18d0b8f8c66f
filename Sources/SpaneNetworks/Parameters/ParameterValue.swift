/// A value of a parameter of a network or of a learner.
package enum ParameterValue: Hashable, Sendable, CustomStringConvertible {
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case text(String)
    case texts([String])

    /// As it is written in a configuration.
    package var description: String {
        switch self {
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .text(let text): "\"\(text)\""
        case .texts(let texts): "[\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]"
        }
    }
}

/// The values that a parameter may have.
package enum ParameterDomain: Hashable, Sendable {
    /// A whole number in this range.
    case integer(ClosedRange<Int>)
    /// An even number in this range.
    case evenInteger(ClosedRange<Int>)
    /// A number in this range.
    case number(ClosedRange<Double>)
    /// A number above 0 and at most this.
    case positive(upTo: Double)
    case flag
    /// One of these texts.
    case choice([String])
    /// One or more of these texts, each once.
    case subset([String])

    /// Whether a parameter may have this value.
    package func contains(_ value: ParameterValue) -> Bool {
        switch (self, value) {
        case (.integer(let range), .integer(let integer)): range.contains(integer)
        case (.evenInteger(let range), .integer(let integer)):
            range.contains(integer) && integer.isMultiple(of: 2)
        case (.number(let range), .number(let number)): range.contains(number)
        case (.positive(let most), .number(let number)): number > 0 && number <= most
        case (.flag, .flag): true
        case (.choice(let choices), .text(let text)): choices.contains(text)
        case (.subset(let choices), .texts(let texts)):
            !texts.isEmpty && Set(texts).count == texts.count && texts.allSatisfy(choices.contains)
        default: false
        }
    }

    /// What is allowed, to follow "it must be".
    package var rule: String {
        switch self {
        case .integer(let range): "a whole number \(Self.bounds(range))"
        case .evenInteger(let range): "an even number \(Self.bounds(range))"
        case .number(let range): "a number in \(Self.plain(range.lowerBound)) ... \(Self.plain(range.upperBound))"
        case .positive(let most): "a number above 0 and at most \(Self.plain(most))"
        case .flag: "true or false"
        case .choice(let choices): choices.map { "\"\($0)\"" }.joined(separator: " or ")
        case .subset(let choices): "a list of one or more of \(choices.map { "\"\($0)\"" }.list("and")), each once"
        }
    }

    private static func bounds(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "from \(range.lowerBound)" : "in \(range.lowerBound) ... \(range.upperBound)"
    }

    /// A whole number without a point.
    private static func plain(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}

extension [String] {
    /// `a, b and c`
    package func list(_ last: String) -> String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " \(last) \(self[count - 1])"
    }
}
