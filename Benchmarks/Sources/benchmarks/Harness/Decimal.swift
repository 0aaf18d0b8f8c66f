/// A number of fixed places, its thousands apart.
struct Decimal: CustomStringConvertible {
    private let whole: Int
    private let fraction: Int
    private let places: Int
    private let isNegative: Bool

    init(_ value: Double, places: Int) {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let steps = Int((value.magnitude * Double(scale)).rounded())
        (whole, fraction) = steps.quotientAndRemainder(dividingBy: scale)
        self.places = places
        isNegative = value < 0
    }

    var description: String {
        var groups: [String] = []
        var rest = whole
        while rest >= 1000 {
            groups.append(Self.zeros(rest % 1000, width: 3))
            rest /= 1000
        }
        groups.append(String(rest))
        let text = (isNegative ? "-" : "") + groups.reversed().joined(separator: " ")
        return places == 0 ? text : text + "." + Self.zeros(fraction, width: places)
    }

    private static func zeros(_ number: Int, width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}
