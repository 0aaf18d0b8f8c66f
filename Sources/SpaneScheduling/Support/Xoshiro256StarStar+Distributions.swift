internal import SpaneSystem

extension Xoshiro256StarStar {
    /// An exponential number with mean 1.
    package mutating func exponential() -> Double {
        -log(1 - uniform())
    }

    /// A standard normal number (Box and Muller, 1958).
    package mutating func normal() -> Double {
        let radius = (2 * exponential()).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    /// A whole number from 1 to a million with a geometric distribution.
    ///
    /// - Parameter mean: 1 or more.
    package mutating func geometric(mean: Double) -> Int {
        guard mean > 1 else { return 1 }
        return 1 + Int(min(exponential() / -log(1 - 1 / mean), 999_999))
    }
}
