/// Bytes of a file in a message, which a terminal shows as they are: none moves its cursor or hides.
package enum VisibleText {
    /// The text, with `\xNN` for a byte that does not show, and cut after so many characters.
    package static func of(_ bytes: some Collection<UInt8>, atMost limit: Int) -> String {
        var text = ""
        var shown = 0
        // A character has at most a few bytes, so that a long field is not decoded whole.
        for scalar in String(decoding: bytes.prefix(4 * limit), as: UTF8.self).unicodeScalars {
            guard shown < limit else { return text }
            if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text += "\\x" + (digits.count < 2 ? "0" : "") + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
            shown += 1
        }
        return text
    }
}
