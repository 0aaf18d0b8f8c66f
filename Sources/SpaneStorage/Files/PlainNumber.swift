/// Numbers as people write them in tables: a sign, digits, a point, a power of ten.
///
/// Nothing else is a number: the C library's own functions also take hexadecimal digits, `inf` and `nan`, and end at a
/// NUL byte as if the text ended there.
package enum PlainNumber {
    /// The finite number that a whole text is, or `nil`.
    package static func parse(_ text: some StringProtocol) -> Double? {
        let bytes = Array(text.utf8) + [0]
        var position = 0
        guard let value = scan(bytes, &position), position == bytes.count - 1, value.isFinite else { return nil }
        return value
    }

    /// The number that starts at `position`, which moves to the first byte behind it; `nil` where none starts.
    ///
    /// Some byte that belongs to no number must follow in `bytes`. The value is the double nearest to the decimal number,
    /// infinite where that is too large.
    @inline(__always)
    static func scan(_ bytes: [UInt8], _ position: inout Int) -> Double? {
        var at = position
        let isNegative = scanSign(bytes, &at)
        var mantissa: UInt64 = 0
        let whole = scanDigits(bytes, &at, &mantissa)
        var fraction = 0
        if bytes[at] == UInt8(ascii: ".") {
            at += 1
            fraction = scanDigits(bytes, &at, &mantissa)
        }
        guard whole + fraction > 0 else { return nil }
        // Up to 2⁵³ the mantissa is exact, as are the powers of ten, so that one division rounds once.
        if bytes[at] | 0x20 != UInt8(ascii: "e"), whole + fraction <= 19, mantissa <= 1 << 53, fraction < powers.count {
            position = at
            let value = Double(mantissa) / powers[fraction]
            return isNegative ? -value : value
        }
        return scanAnyNumber(bytes, &position, mantissaEnd: at)
    }

    /// Passes over a sign, if there is one, and tells whether it is a minus.
    @inline(__always)
    private static func scanSign(_ bytes: [UInt8], _ at: inout Int) -> Bool {
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative || bytes[at] == UInt8(ascii: "+") { at += 1 }
        return isNegative
    }

    /// Adds digits to a number, which wraps around when there are more than 19, and gives how many there are.
    @inline(__always)
    private static func scanDigits(_ bytes: [UInt8], _ at: inout Int, _ value: inout UInt64) -> Int {
        let start = at
        var digit = bytes[at] &- UInt8(ascii: "0")
        while digit < 10 {
            value = value &* 10 &+ UInt64(digit)
            at += 1
            digit = bytes[at] &- UInt8(ascii: "0")
        }
        return at - start
    }

    /// A number with a power of ten or with many digits, by way of the standard library.
    @inline(never)
    private static func scanAnyNumber(_ bytes: [UInt8], _ position: inout Int, mantissaEnd: Int) -> Double? {
        var end = mantissaEnd
        if bytes[end] | 0x20 == UInt8(ascii: "e") {
            end += 1
            _ = scanSign(bytes, &end)
            var ignored: UInt64 = 0
            guard scanDigits(bytes, &end, &ignored) > 0 else { return nil }
        }
        // In whatever locale the process runs: unlike strtod, this always takes a point.
        let value = Double(String(decoding: bytes[position..<end], as: UTF8.self))
        position = end
        return value
    }

    /// The integer that starts at `position`, which moves to the first byte behind it; `nil` where none starts or it does
    /// not fit.
    @inline(__always)
    static func scanInteger(_ bytes: [UInt8], _ position: inout Int) -> Int64? {
        var at = position
        let isNegative = scanSign(bytes, &at)
        var magnitude: UInt64 = 0
        let count = scanDigits(bytes, &at, &magnitude)
        guard count > 0 else { return nil }
        guard count <= 18 else {
            guard let value = Int64(String(decoding: bytes[position..<at], as: UTF8.self)) else { return nil }
            position = at
            return value
        }
        position = at
        return isNegative ? -Int64(magnitude) : Int64(magnitude)
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]
}
