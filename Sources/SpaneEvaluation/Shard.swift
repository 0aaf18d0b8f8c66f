/// One machine's share of some episodes that several play: every n-th of them, so that all machines have about as much to do even
/// where the trace changes.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    /// Which of the shards it is, 1 ... ``count``.
    public let number: Int
    /// How many shards there are.
    public let count: Int

    /// A shard; `nil` unless 1 <= number <= count.
    public init?(number: Int, of count: Int) {
        guard number >= 1, number <= count else { return nil }
        (self.number, self.count) = (number, count)
    }

    private init() { (number, count) = (1, 1) }

    /// The only shard: all episodes.
    public static let whole = Shard()

    /// The shard that a text such as `2/4` names, or `nil`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]) else { return nil }
        self.init(number: number, of: count)
    }

    /// As in `2/4`.
    public var description: String { "\(number)/\(count)" }

    /// The places of its episodes among `total`.
    public func indices(of total: Int) -> [Int] { Array(stride(from: number - 1, to: total, by: count)) }

    /// How many of its episodes there are among `total`.
    public func size(of total: Int) -> Int { total < number ? 0 : (total - number) / count + 1 }

    /// Puts together what all shards made of their episodes, given in their order.
    ///
    /// - Precondition: each has as many values as ``indices(of:)`` says.
    package static func joined<Value>(_ shards: [[Value]]) -> [Value] {
        let total = shards.reduce(0) { $0 + $1.count }
        return (0..<total).map { shards[$0 % shards.count][$0 / shards.count] }
    }
}
