/// One line of the result.
struct Figure {
    enum Unit: String {
        case perSecond = "1/s"
        case nanoseconds = "ns"
        case milliseconds = "ms"
        case seconds = "s"
        case megabytesPerSecond = "MB/s"

        var isRate: Bool { self == .perSecond || self == .megabytesPerSecond }
    }

    let name: String
    let unit: Unit
    let library: Double
    /// Nothing where there is no peer.
    let peer: Double?
    /// How near the library comes to what the machine could do at best.
    var limit: Limit?

    struct Limit {
        /// 0 ... 1
        let share: Double
        let name: String
    }

    /// How many times as fast as the peer the library is.
    var ratio: Double? { peer.map { unit.isRate ? library / $0 : $0 / library } }

    init(_ name: String, _ unit: Unit, library: Double, peer: Double?) {
        self.name = name
        self.unit = unit
        self.library = library
        self.peer = peer
    }

    /// A rate of `count` things in the median times.
    init(_ name: String, count: Int, _ medians: Medians) {
        self.init(name, .perSecond, library: Double(count) / medians.library, peer: Double(count) / medians.peer)
    }

    /// The nanoseconds of one of `count` things.
    init(_ name: String, nanosecondsOfOneIn count: Int, _ medians: Medians) {
        let scale = 1e9 / Double(count)
        self.init(name, .nanoseconds, library: medians.library * scale, peer: medians.peer * scale)
    }
}
