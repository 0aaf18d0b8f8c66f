public import SpaneScheduling

/// The state of a learner as named arrays, ready for a file.
///
/// Names are paths such as `optimiser/first_moment`.
public struct LearnerState: Equatable, Sendable {
    /// The values of one entry.
    public enum Values: Equatable, Sendable {
        /// Single precision.
        case floats([Float])
        /// Double precision.
        case doubles([Double])
        /// Integers; unsigned ones by their bits.
        case integers([Int64])
    }

    /// The entries by name.
    public private(set) var entries: [String: Values]

    /// Creates a state from entries, such as those of a file.
    public init(_ entries: [String: Values] = [:]) { self.entries = entries }

    /// Sets an entry.
    public mutating func set(_ name: String, _ values: [Float]) { entries[name] = .floats(values) }

    /// Sets an entry.
    public mutating func set(_ name: String, _ values: [Double]) { entries[name] = .doubles(values) }

    /// Sets an entry.
    public mutating func set(_ name: String, _ values: [Int]) { entries[name] = .integers(values.map(Int64.init)) }

    /// Sets the entry of a generator.
    public mutating func set(_ name: String, _ generator: Xoshiro256StarStar) {
        entries[name] = .integers(generator.words.map { Int64(bitPattern: $0) })
    }

    /// The floats of an entry.
    ///
    /// - Parameter count: how many there must be; `nil` for any number.
    /// - Throws: ``LearnerStateError`` naming the entry.
    public func floats(_ name: String, count: Int? = nil) throws(LearnerStateError) -> [Float] {
        guard case .floats(let values) = try entry(name) else {
            throw LearnerStateError("\(name) does not hold floats")
        }
        return try Self.checked(values, name, count)
    }

    /// The doubles of an entry.
    ///
    /// - Throws: as ``floats(_:count:)``.
    public func doubles(_ name: String, count: Int? = nil) throws(LearnerStateError) -> [Double] {
        guard case .doubles(let values) = try entry(name) else {
            throw LearnerStateError("\(name) does not hold doubles")
        }
        return try Self.checked(values, name, count)
    }

    /// The integers of an entry.
    ///
    /// - Throws: as ``floats(_:count:)``.
    public func integers(_ name: String, count: Int? = nil) throws(LearnerStateError) -> [Int] {
        guard case .integers(let values) = try entry(name) else {
            throw LearnerStateError("\(name) does not hold integers")
        }
        return try Self.checked(values.map { Int($0) }, name, count)
    }

    /// The generator of an entry.
    ///
    /// - Throws: as ``floats(_:count:)``.
    public func generator(_ name: String) throws(LearnerStateError) -> Xoshiro256StarStar {
        let words = try integers(name, count: Xoshiro256StarStar.wordCount).map { UInt64(bitPattern: Int64($0)) }
        guard let generator = Xoshiro256StarStar(words: words) else {
            throw LearnerStateError("\(name) is all zero, which no generator can be")
        }
        return generator
    }

    private func entry(_ name: String) throws(LearnerStateError) -> Values {
        guard let values = entries[name] else { throw LearnerStateError("\(name) is missing") }
        return values
    }

    private static func checked<Element>(
        _ values: [Element],
        _ name: String,
        _ count: Int?
    ) throws(LearnerStateError) -> [Element] {
        if let count, values.count != count {
            throw LearnerStateError("\(name) has \(values.count) values; \(count) are needed")
        }
        return values
    }
}

/// Why a state was refused. The message names the entry, what it holds and what is needed.
public struct LearnerStateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence for a person.
    public let description: String

    /// Creates an error with its sentence.
    public init(_ description: String) { self.description = description }
}
