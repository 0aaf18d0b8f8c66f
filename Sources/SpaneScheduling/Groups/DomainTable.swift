/// In which fault domain of each level every server stands.
struct DomainTable: Sendable {
    /// The most levels beside that of the server.
    static let mostLevels = 7
    /// The domain of a server of which none is known.
    static let unknown: Int32 = -1

    /// One level: racks, zones and so on.
    struct Level: Sendable {
        // [place]
        private(set) var domains: [Int32]
        // The places of the servers of each domain, in no order, and [place] where each stands there.
        private var members: [Int32: [Int32]]
        private var positions: [Int32]

        init(servers: Int) {
            domains = Array(repeating: unknown, count: servers)
            positions = Array(0..<Int32(truncatingIfNeeded: servers))
            members = [unknown: positions]
        }

        /// The servers of a domain, in no order.
        func places(in domain: Int32) -> [Int32] { members[domain] ?? [] }

        /// The bytes that it occupies.
        var bytes: Int {
            (domains.capacity + 2 * positions.capacity) * MemoryLayout<Int32>.stride + members.capacity * 16
        }

        mutating func append() {
            domains.append(unknown)
            positions.append(0)
            enter(domains.count - 1)
        }

        mutating func set(_ place: Int, to domain: Int32) {
            leave(place)
            domains[place] = domain
            enter(place)
        }

        /// Lets the last server take a place.
        mutating func remove(at place: Int) {
            let last = domains.count - 1
            let domain = domains[last]
            leave(last)
            if place != last { set(place, to: domain) }
            domains.removeLast()
            positions.removeLast()
        }

        private mutating func enter(_ place: Int) {
            let domain = domains[place]
            positions[place] = Int32(truncatingIfNeeded: members[domain]?.count ?? 0)
            members[domain, default: []].append(Int32(truncatingIfNeeded: place))
        }

        private mutating func leave(_ place: Int) {
            let (domain, position) = (domains[place], Int(positions[place]))
            guard let moved = members[domain]?.popLast() else { return }
            if Int(moved) != place {
                members[domain]?[position] = moved
                positions[Int(moved)] = Int32(truncatingIfNeeded: position)
            }
            if members[domain]?.isEmpty == true { members[domain] = nil }
        }
    }

    private(set) var names: [String] = []
    private(set) var levels: [Level] = []

    /// The bytes that it occupies.
    var bytes: Int { levels.reduce(0) { $0 + $1.bytes } }

    /// The bytes of one server on one level.
    static let bytesPerServer = 4 * MemoryLayout<Int32>.stride

    /// What a level is called.
    func name(of level: Int) -> String { level == GroupRule.serverLevel ? "server" : names[level] }

    /// Which levels there are, for messages.
    static func range(of names: [String]) -> String {
        names.isEmpty ? "the cluster has no levels; it must be" : "it must be in 0 ... \(names.count - 1)"
    }

    /// Gives levels, which the table has none of yet.
    mutating func name(_ names: [String], servers: Int) {
        self.names = names
        levels = names.map { _ in Level(servers: servers) }
    }

    mutating func append(_ servers: Int) {
        for level in levels.indices { for _ in 0..<servers { levels[level].append() } }
    }

    mutating func remove(at place: Int) {
        for level in levels.indices { levels[level].remove(at: place) }
    }

    mutating func set(_ place: Int, level: Int, to domain: Int32) { levels[level].set(place, to: domain) }
}
