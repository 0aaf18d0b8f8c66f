package import SpaneNetworks

/// How an architecture is written as attributes of a weights file.
extension Architecture {
    package enum Attribute {
        case text(String)
        case integer(Int)
    }

    package var attributes: [(name: String, value: Attribute)] {
        let written = values.filter { !$0.field.isImplied || $0.value != $0.field.initial }
        // Lists come first, as they always did.
        let ordered = written.filter { $0.field.domain.isSubset } + written.filter { !$0.field.domain.isSubset }
        let servers: [(String, Attribute)] = boundServers.map { [("servers", .integer($0))] } ?? []
        return [("architecture", .text(name))] + ordered.map { ($0.field.attribute, Attribute($0.value)) } + servers
    }
}

extension Architecture.Attribute {
    fileprivate init(_ value: ParameterValue) {
        self =
            switch value {
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            case .texts(let texts): .text(texts.joined(separator: ","))
            case .number, .flag: preconditionFailure("no field of an architecture holds \(value)")
            }
    }
}

extension ParameterDomain {
    fileprivate var isSubset: Bool { if case .subset = self { true } else { false } }
}

extension HDF5Reader {
    /// The architecture that the attributes describe.
    func architecture() throws -> Architecture {
        let name = try string("architecture")
        guard let kind = name.flatMap(Architecture.kind) else {
            let names = Architecture.kinds.map { "\"\($0.name)\"" }.list("or")
            throw error(
                .format,
                "attribute architecture is \(name.map { "\"\($0)\"" } ?? "missing"); it must be \(names)"
            )
        }
        var values: [String: ParameterValue] = [:]
        for field in kind.fields { values[field.name] = try value(of: field) }
        return try kind.architecture(values, servers: kind.isBoundToServers ? required(integer: "servers") : 1)
    }

    /// The value of a field; `nil` where it is left out and may be. The kind knows which numbers it takes.
    private func value(of field: ArchitectureField) throws(StorageError) -> ParameterValue? {
        let name = field.attribute
        switch field.domain {
        case .integer, .evenInteger:
            return .integer(try required(integer: name))
        case .choice(let choices):
            if field.isImplied, try string(name) == nil { return nil }
            let text = try required(string: name)
            guard choices.contains(text) else {
                throw error(
                    .format,
                    "attribute \(name) is \"\(text)\"; it must be one of \(choices.joined(separator: ", "))"
                )
            }
            return .text(text)
        case .subset(let choices):
            let text = try required(string: name)
            let texts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard texts.allSatisfy(choices.contains) else {
                throw error(.format, "attribute \(name) is \"\(text)\"; it may name \(choices.list("and"))")
            }
            return .texts(texts)
        case .number, .positive, .flag:
            preconditionFailure("no field of an architecture is \(field.domain)")
        }
    }
}
