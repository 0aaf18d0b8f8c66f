/// One value that tells a network of a kind from others: a key of `[network]` and an attribute of weights files.
package struct ArchitectureField: Sendable {
    /// The key in configurations.
    package let name: String
    /// The attribute in weights files.
    package let attribute: String
    /// The value where a configuration does not give any.
    package let initial: ParameterValue
    /// The values that it may have.
    package let domain: ParameterDomain
    /// What it means, in one sentence.
    package let summary: String
    /// Whether the initial value is not written to files, which stay what they were before there was the field.
    package let isImplied: Bool

    private init(
        _ name: String,
        attribute: String? = nil,
        _ initial: ParameterValue,
        _ domain: ParameterDomain,
        isImplied: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.attribute = attribute ?? name
        self.initial = initial
        self.domain = domain
        self.isImplied = isImplied
        self.summary = summary
    }

    /// The width and the depth of hidden layers.
    ///
    /// - Parameter depthAttribute: what the depth is called in weights files.
    static func layers(
        _ name: String,
        width: Int,
        depth: Int,
        depthAttribute: String? = nil,
        of owner: String
    ) -> [ArchitectureField] {
        [
            ArchitectureField(
                "\(name)_width",
                .integer(width),
                .integer(1...LayerShape.largestWidth),
                "Units per hidden layer of the \(owner)."
            ),
            ArchitectureField(
                "\(name)_depth",
                attribute: depthAttribute,
                .integer(depth),
                .integer(1...LayerShape.largestDepth),
                "Hidden layers of the \(owner)."
            ),
        ]
    }

    /// One of the names of an enumeration.
    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ initial: Choice,
        isImplied: Bool = false,
        _ summary: String
    ) -> ArchitectureField where Choice.RawValue == String {
        ArchitectureField(
            name,
            .text(initial.rawValue),
            .choice(Choice.allCases.map(\.rawValue)),
            isImplied: isImplied,
            summary
        )
    }

    /// One or more of the names of an enumeration.
    static func subset<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ initial: [Choice],
        _ summary: String
    ) -> ArchitectureField where Choice.RawValue == String {
        ArchitectureField(name, .texts(initial.map(\.rawValue)), .subset(Choice.allCases.map(\.rawValue)), summary)
    }
}

/// The values of the fields of a kind of network by their names.
struct ArchitectureValues {
    private let values: [String: ParameterValue]

    /// - Parameter given: those that differ from the initial ones.
    init(_ given: [String: ParameterValue], of fields: [ArchitectureField]) {
        values = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, given[$0.name] ?? $0.initial) })
    }

    func layers(_ name: String) throws(NetworkError) -> LayerShape {
        guard case .integer(let width)? = values["\(name)_width"], case .integer(let depth)? = values["\(name)_depth"]
        else { preconditionFailure("\(name) is not the name of layers") }
        return try LayerShape(width: width, depth: depth, name: name)
    }

    func choice<Choice: RawRepresentable>(_ name: String) throws(NetworkError) -> Choice
    where Choice.RawValue == String {
        guard case .text(let text)? = values[name] else { preconditionFailure("\(name) is not the name of a choice") }
        guard let choice = Choice(rawValue: text) else { throw NetworkError("\(name) cannot be \"\(text)\"") }
        return choice
    }

    func subset<Choice: RawRepresentable>(_ name: String) throws(NetworkError) -> [Choice]
    where Choice.RawValue == String {
        guard case .texts(let texts)? = values[name] else { preconditionFailure("\(name) is not the name of a list") }
        var choices: [Choice] = []
        for text in texts {
            guard let choice = Choice(rawValue: text) else { throw NetworkError("\(name) cannot have \"\(text)\"") }
            choices.append(choice)
        }
        return choices
    }
}

extension LayerShape {
    /// The values of ``ArchitectureField/layers(_:width:depth:depthAttribute:of:)``.
    var values: [ParameterValue] { [.integer(width), .integer(depth)] }
}
