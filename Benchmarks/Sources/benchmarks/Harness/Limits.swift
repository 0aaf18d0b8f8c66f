internal import CxxPeer

/// What the machine can do at best on one thread, measured once.
enum Limits {
    /// Fused multiply-adds a second.
    private static let multiplyAdds = peer_fma_rate()
    /// Bytes a second that are read from memory.
    private static let bytes = peer_read_bandwidth()

    /// Both, for people.
    static var text: String {
        "limits of one core: \(Decimal(multiplyAdds / 1e9, places: 1)) billion fused multiply-adds a second, "
            + "\(Decimal(bytes / 1e9, places: 1)) GB/s read from memory"
    }

    /// Of work that takes so many fused multiply-adds.
    static func ofArithmetic(_ count: Int, seconds: Double) -> Figure.Limit {
        Figure.Limit(share: Double(count) / seconds / multiplyAdds, name: "FMA peak")
    }

    /// Of work that has to read or write so many bytes.
    static func ofMemory(_ count: Int, seconds: Double) -> Figure.Limit {
        Figure.Limit(share: Double(count) / seconds / bytes, name: "memory bandwidth")
    }
}
