package import SpaneSettings
internal import SpaneNetworks
package import SpaneTraining

extension Setting {
    /// A key for a value with a domain, which says what is allowed.
    init(
        _ name: String,
        _ domain: ParameterDomain,
        _ comment: String,
        get: @escaping (Root) -> ParameterValue,
        set: @escaping (inout Root, ParameterValue) -> Void
    ) {
        self.init(
            name: name,
            comment: comment,
            rule: domain.rule,
            read: { (root, value) throws(Refusal) in
                guard let parameter = ParameterValue(value, for: domain), domain.contains(parameter) else {
                    throw Refusal(value: value, rule: domain.rule)
                }
                set(&root, parameter)
            },
            write: { TOML(get($0)) }
        )
    }

    /// A key for a parameter of a learner's table.
    package static func parameter<Configuration>(
        _ parameter: Parameter<Configuration>,
        of path: WritableKeyPath<Root, Configuration>
    ) -> Setting {
        Setting(parameter.key, parameter.domain, parameter.summary) {
            parameter.get($0[keyPath: path])
        } set: {
            parameter.set(&$0[keyPath: path], $1)
        }
    }
}

extension ParameterValue {
    /// What a document says; `nil` where it is of another type than the domain. Whole numbers may be written without a point.
    fileprivate init?(_ value: TOML, for domain: ParameterDomain) {
        switch (domain, value) {
        case (.number, .integer(let integer)), (.positive, .integer(let integer)): self = .number(Double(integer))
        case (_, .integer(let integer)): self = .integer(integer)
        case (_, .number(let number)): self = .number(number)
        case (_, .flag(let flag)): self = .flag(flag)
        case (_, .text(let text)): self = .text(text)
        case (_, .list(let values)):
            var texts: [String] = []
            for case .text(let text) in values { texts.append(text) }
            guard texts.count == values.count else { return nil }
            self = .texts(texts)
        default: return nil
        }
    }
}

extension TOML {
    fileprivate init(_ value: ParameterValue) {
        self =
            switch value {
            case .integer(let integer): .integer(integer)
            case .number(let number): .number(number)
            case .flag(let flag): .flag(flag)
            case .text(let text): .text(text)
            case .texts(let texts): .list(texts.map { .text($0) })
            }
    }
}
