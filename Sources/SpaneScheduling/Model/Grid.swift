/// The grid on which all amounts lie: whole millionths of a core, of a GB, of a device.
///
/// Inside, an amount is its number of grid steps in a `Double`. Decimals such as 0.1 core or 12.77 GB are exact, sums and
/// differences of steps are exact, and so a server from which every VM has left is bit for bit the empty server again,
/// whatever came and went in between. Quotients of steps are those of the amounts.
package enum Grid {
    /// Steps to one core, GB or device.
    package static let stepsPerUnit = 1_000_000.0

    // What rounding may give away: a part in a million.
    private static let tolerance = 1e-6

    /// The steps of what a VM asks for: the nearest number, or the next one where the nearest would be short by more than a
    /// part in a million; 0 for less than half a step.
    package static func demand(_ amount: Double) -> Double {
        let exact = amount * stepsPerUnit
        let nearest = exact.rounded(.toNearestOrEven)
        return nearest > 0 && exact - nearest > tolerance * exact ? nearest + 1 : nearest
    }

    /// The steps of what a server has: the nearest number, or the one below where the nearest would be over by more than a
    /// part in a million.
    package static func capacity(_ amount: Double) -> Double {
        let exact = amount * stepsPerUnit
        let nearest = exact.rounded(.toNearestOrEven)
        return nearest - exact > tolerance * exact ? nearest - 1 : nearest
    }

    /// The steps that each of `span` nodes gives to a demand of `steps` in all: the nearest number (the even one of two), or the
    /// next one where the nearest would be short by more than a part in a million.
    package static func share(_ steps: Double, span: Int) -> Double {
        guard span != 1 else { return steps }
        // In whole steps, as a quotient may be rounded to the wrong side: a core over 7 nodes is short by just a part in a million.
        let span = Double(span)
        var nearest = (steps / span).rounded(.down)
        let rest = 2 * (steps - nearest * span)
        if rest > span || (rest == span && nearest.truncatingRemainder(dividingBy: 2) == 1) { nearest += 1 }
        return (steps - nearest * span) * 1_000_000 > steps ? nearest + 1 : nearest
    }

    /// The amount in cores, GB or devices.
    package static func amount(_ steps: Double) -> Double { steps / stepsPerUnit }
}
