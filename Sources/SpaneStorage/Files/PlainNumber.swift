/// Numbers as people write them in tables: a sign, digits and a point.
enum PlainNumber {
    /// The value of such a text, rounded correctly, or `nil` when it is of another form or has too many digits; the caller
    /// then takes a slower and more general way.
    static func parse(_ text: ArraySlice<UInt8>) -> Double? {
        var digits = text
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        var mantissa: UInt64 = 0
        var count = 0
        var fraction = 0
        var hasPoint = false
        for byte in digits {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                count += 1
                if hasPoint { fraction += 1 }
            case UInt8(ascii: ".") where !hasPoint:
                hasPoint = true
            default:
                return nil
            }
            guard count <= 15 else { return nil }
        }
        guard count > 0 else { return nil }
        // Below 10¹⁵ mantissa and power of ten are both exact, so one division rounds once.
        let value = Double(mantissa) / powers[fraction]
        return isNegative ? -value : value
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}
