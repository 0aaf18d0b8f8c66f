import ArgumentParser
import SpaneStorage

/// A finite number in decimal digits: what Swift itself takes for one may be hexadecimal, infinite or not a number.
struct DecimalArgument: ExpressibleByArgument {
    let value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        guard let value = PlainNumber.parse(argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { "\(value)" }
}
