internal import TOMLKit

/// A value of a TOML document, without the library that read it.
package indirect enum TOML: Equatable, Sendable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([TOML])
    case table([String: TOML])
    /// A date or a time, which no key takes.
    case other(String)

    /// Reads a document.
    ///
    /// - Throws: ``RunConfigurationError`` with the line and column of the mistake.
    static func parse(_ text: String, file: String) throws(RunConfigurationError) -> [String: TOML] {
        if text.utf8.contains(0) { throw RunConfigurationError(file, "is no text: it contains a byte of zero") }
        do {
            return TOML.table(try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            throw RunConfigurationError(
                file,
                "line \(error.source.begin.line), column \(error.source.begin.column): \(error.description)"
            )
        } catch {
            throw RunConfigurationError(file, "\(error)")
        }
    }

    private static func table(_ table: TOMLTable) -> [String: TOML] {
        var entries: [String: TOML] = [:]
        for key in table.keys { if let value = table[key] { entries[key] = TOML(value) } }
        return entries
    }

    private init(_ value: any TOMLValueConvertible) {
        if let flag = value.bool {
            self = .flag(flag)
        } else if let integer = value.int {
            self = .integer(integer)
        } else if let number = value.double {
            self = .number(number)
        } else if let text = value.string {
            self = .text(text)
        } else if let array = value.array {
            self = .list(array.map { TOML($0) })
        } else if let table = value.table {
            self = .table(Self.table(table))
        } else {
            self = .other(value.debugDescription)
        }
    }

    /// The value as it is written in a document.
    package var source: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .integer(let integer): String(integer)
        case .number(let number): "\(number)"
        case .flag(let flag): String(flag)
        case .list(let values): "[" + values.map(\.source).joined(separator: ", ") + "]"
        case .table(let entries):
            "{ " + entries.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.source)" }.joined(separator: ", ")
                + " }"
        case .other(let text): text
        }
    }

    /// A basic string: control characters, quotes and backslashes are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
