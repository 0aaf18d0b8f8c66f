/// The rounding of amounts as the documentation of `Grid` tells it, a second time and in whole numbers.
package enum Steps {
    /// Steps to one core, GB or device.
    package static let perUnit = 1_000_000

    /// What a VM asks for: the nearest number, or the next one where that is short by more than a part in a million; 0 for less
    /// than half a step.
    package static func demand(_ amount: Double) -> Int {
        let exact = amount * 1e6
        let nearest = Int(exact.rounded())
        return nearest > 0 && (exact - Double(nearest)) * 1e6 > exact ? nearest + 1 : nearest
    }

    /// What a server has: the nearest number, or the one below where that is over by more than a part in a million.
    package static func capacity(_ amount: Double) -> Int {
        let exact = amount * 1e6
        let nearest = Int(exact.rounded())
        return (Double(nearest) - exact) * 1e6 > exact ? nearest - 1 : nearest
    }

    /// What each of `span` nodes gives of `steps`, rounded as a demand is; half steps go to the even number.
    package static func share(_ steps: Int, span: Int) -> Int {
        var nearest = steps / span
        let rest = 2 * (steps % span)
        if rest > span || (rest == span && nearest % 2 == 1) { nearest += 1 }
        // Short by (steps - nearest * span) / span of steps / span.
        return (steps - nearest * span) * 1_000_000 > steps ? nearest + 1 : nearest
    }

    /// The amount of so many steps.
    package static func amount(_ steps: Int) -> Double { Double(steps) / 1e6 }
}
