/// One JSON object in one line.
package struct JSONLine {
    private var fields: [String] = []

    package init() {}

    package mutating func add(_ name: String, _ text: String) { add(name, raw: Self.quoted(text)) }

    package mutating func add(_ name: String, _ number: Int) { add(name, raw: String(number)) }

    /// JSON knows no infinity and nothing that is not a number: `null`.
    package mutating func add(_ name: String, _ number: Double) {
        add(name, raw: number.isFinite ? "\(number)" : "null")
    }

    package mutating func add(_ name: String, _ flag: Bool) { add(name, raw: String(flag)) }

    package mutating func add(_ name: String, _ object: JSONLine) { add(name, raw: object.text) }

    package mutating func add(_ name: String, _ objects: [JSONLine]) {
        add(name, raw: "[" + objects.map(\.text).joined(separator: ",") + "]")
    }

    package mutating func add(_ name: String, _ numbers: [Int]) {
        add(name, raw: "[" + numbers.map(String.init).joined(separator: ",") + "]")
    }

    private mutating func add(_ name: String, raw: String) { fields.append("\(Self.quoted(name)):\(raw)") }

    package var text: String { "{" + fields.joined(separator: ",") + "}" }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
