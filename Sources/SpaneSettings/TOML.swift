internal import CSpaneTOML

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
    /// - Throws: ``SettingsError`` with the line and column of the mistake.
    package static func parse(_ text: String, file: String) throws(SettingsError) -> [String: TOML] {
        if text.utf8.contains(0) { throw SettingsError(file, "is no text: it contains a byte of zero") }
        var text = text
        let result: Result<[String: TOML], SettingsError> = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                Result { () throws(SettingsError) in try unsafe parse(characters, file: file) }
            }
        }
        return try result.get()
    }

    private static func parse(
        _ text: UnsafeBufferPointer<CChar>,
        file: String
    ) throws(SettingsError) -> [String: TOML] {
        guard let document = unsafe toml_document_read(text.baseAddress, text.count) else {
            throw SettingsError(file, "cannot be read: there is no memory for its content")
        }
        defer { unsafe toml_document_free(document) }
        var items = unsafe Items(
            left: UnsafeBufferPointer(start: document.pointee.items, count: document.pointee.count)
        )
        guard case .table(let entries)? = unsafe items.next()?.value else {
            let (line, column) = unsafe (document.pointee.line, document.pointee.column)
            throw SettingsError(file, "line \(line), column \(column): \(unsafe String(document.pointee.mistake))")
        }
        return entries
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

/// The items of a document that were not taken yet.
@unsafe
private struct Items {
    private var left: UnsafeBufferPointer<toml_item>
    private var taken = 0

    init(left: UnsafeBufferPointer<toml_item>) { unsafe self.left = unsafe left }

    /// Takes the next item with all that it holds.
    mutating func next() -> (key: String, value: TOML)? {
        guard unsafe taken < left.count else { return nil }
        let item = unsafe left[taken]
        unsafe taken += 1
        return unsafe (String(item.key), value(of: item))
    }

    private mutating func value(of item: toml_item) -> TOML {
        switch toml_kind(rawValue: UInt32(bitPattern: unsafe item.kind)) {
        case TOML_TEXT: return unsafe .text(String(item.text))
        case TOML_INTEGER: return unsafe .integer(Int(item.integer))
        case TOML_NUMBER: return unsafe .number(item.number)
        case TOML_FLAG: return unsafe .flag(item.integer != 0)
        case TOML_LIST:
            var values: [TOML] = []
            for _ in 0..<(unsafe item.integer) { if let held = unsafe next() { values.append(held.value) } }
            return .list(values)
        case TOML_TABLE:
            var entries: [String: TOML] = [:]
            for _ in 0..<(unsafe item.integer) { if let held = unsafe next() { entries[held.key] = held.value } }
            return .table(entries)
        default: return unsafe .other(String(item.text))
        }
    }
}

extension String {
    fileprivate init(_ text: toml_text) {
        unsafe self.init(
            decoding: UnsafeRawBufferPointer(start: text.start, count: text.size),
            as: UTF8.self
        )
    }
}
