/// Numbers as a person reads them.
enum NumberText {
    /// With `decimals` digits after the point and a comma between thousands.
    static func grouped(_ value: Double, decimals: Int = 0) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let steps = Int((value.magnitude * scale).rounded())
        let (whole, fraction) = steps.quotientAndRemainder(dividingBy: Int(scale))
        var text = grouped(whole)
        if decimals > 0 {
            let digits = String(fraction)
            text += "." + String(repeating: "0", count: decimals - digits.count) + digits
        }
        return value < 0 && steps > 0 ? "-" + text : text
    }

    /// With a comma between thousands.
    static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// As a share of one hundred.
    static func percent(_ share: Double, decimals: Int = 1) -> String {
        grouped(share * 100, decimals: decimals) + " %"
    }

    /// A time in the unit that suits it.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: grouped(seconds, decimals: seconds == seconds.rounded() ? 0 : 1) + " s"
        case ..<7200: grouped(seconds / 60, decimals: 1) + " min"
        case ..<172_800: grouped(seconds / 3600, decimals: 1) + " h"
        default: grouped(seconds / 86_400, decimals: 1) + " d"
        }
    }
}
