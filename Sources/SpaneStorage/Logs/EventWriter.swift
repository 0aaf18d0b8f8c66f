internal import SpaneScheduling

/// The bytes of events. `docs/file-formats.md` describes them.
package struct EventWriter {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Begins anew, in the same memory.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ other: [UInt8]) { bytes += other }

    // MARK: Numbers

    package mutating func put(byte: UInt8) { bytes.append(byte) }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Numbers near zero are short, whatever their sign.
    package mutating func put(_ number: Int) { put(UInt64(bitPattern: Int64((number << 1) ^ (number >> 63)))) }

    mutating func put(_ number: Double) {
        unsafe withUnsafeBytes(of: number.bitPattern.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Whole cores and GB are short.
    mutating func put(steps: Double) {
        let whole = steps / Grid.stepsPerUnit
        if whole.rounded() == whole { put(UInt64(whole) << 1) } else { put(UInt64(steps) << 1 | 1) }
    }

    mutating func put(_ text: String) {
        put(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    // MARK: Parts of events

    mutating func put(_ placement: Placement) {
        put(UInt64(placement.server))
        put(byte: placement.nodes.rawValue)
    }

    /// A placement, or no nodes for none.
    mutating func put(optional placement: Placement?) { put(placement ?? Placement(server: 0, nodes: .none)) }

    mutating func put(_ request: Request) {
        let (cpu, mem) = (Grid.demand(request.cpu), Grid.demand(request.mem))
        // Amounts such as a third of a core come back as they are.
        let isExact = Grid.amount(cpu) == request.cpu && Grid.amount(mem) == request.mem
        put(byte: UInt8(request.span) | (isExact ? 0 : 0x40) | (request.terms == nil ? 0 : 0x80))
        if isExact {
            put(steps: cpu)
            put(steps: mem)
        } else {
            put(request.cpu)
            put(request.mem)
        }
        guard let terms = request.terms else { return }
        put(UInt64(terms.extras.count))
        for amount in terms.extras { put(steps: amount) }
        put(terms.require)
        put(terms.forbid)
        put(byte: terms.farthest)
        put(terms.prefer)
    }

    mutating func put(_ type: ServerType) {
        put(type.name)
        put(UInt64(type.nodes.count))
        for node in type.nodes { put(node) }
        put(type.shared)
        put(type.traits)
        put(UInt64(type.distances.count))
        bytes += type.distances
    }

    private mutating func put(_ amounts: [Double]) {
        put(UInt64(amounts.count))
        for amount in amounts { put(amount) }
    }

    // MARK: Events

    private mutating func put(_ kind: EventKind, _ id: UInt64, _ request: Request, _ group: UInt64) {
        put(byte: kind.rawValue)
        put(id)
        put(request)
        put(group)
    }

    /// Writes an event; that of a beginning has a content of its own.
    ///
    /// - Parameter delay: since the event before it, in microseconds.
    mutating func put(_ event: ClusterEvent, after delay: Int) {
        put(delay)
        switch event {
        case .start: preconditionFailure("a beginning is written by the log")
        case .place(let id, let request, let group, let placement):
            put(.place, id, request, group)
            put(placement)
        case .record(let id, let request, let group, let placement):
            put(.record, id, request, group)
            put(placement)
        case .release(let id): put(.release, id)
        case .move(let id, let placement):
            put(.move, id)
            put(placement)
        case .resize(let id, let request):
            put(.resize, id)
            put(request)
        case .rename(let id, let other):
            put(.rename, id)
            put(other)
        case .addServers(let typeOfServer, let types):
            put(.addServers, UInt64(types.count))
            for type in types { put(type) }
            put(UInt64(typeOfServer.count))
            for type in typeOfServer { put(UInt64(type)) }
        case .removeServer(let server): put(.removeServer, UInt64(server))
        case .failServer(let server): put(.failServer, UInt64(server))
        case .resizeServer(let server, let type):
            put(.resizeServer, UInt64(server))
            put(type)
        case .cordon(let server): put(.cordon, UInt64(server))
        case .uncordon(let server): put(.uncordon, UInt64(server))
        case .setFree(let free, let server, let node):
            put(.setFree, UInt64(server))
            put(UInt64(node))
            put(free.cpu)
            put(free.mem)
        case .setLevels(let names):
            put(.setLevels, UInt64(names.count))
            for name in names { put(name) }
        case .setDomain(let domain, let server, let level):
            put(.setDomain, UInt64(server))
            put(UInt64(level))
            put(domain)
        case .setRules(let rules, let group):
            put(.setRules, group)
            put(UInt64(rules.count))
            for rule in rules {
                put(byte: UInt8(rule.kind.rawValue) | (rule.isHard ? 0x80 : 0))
                put(rule.level)
                put(rule.count)
            }
        case .setExpiry(let id, let end):
            put(.setExpiry, id)
            put(end ?? .infinity)
        case .beginTrial: put(byte: EventKind.beginTrial.rawValue)
        case .keepTrial: put(byte: EventKind.keepTrial.rawValue)
        case .dropTrial: put(byte: EventKind.dropTrial.rawValue)
        case .refuse(let id, let request, let group): put(.refuse, id, request, group)
        case .choose(let request, let group, let placement):
            put(byte: EventKind.choose.rawValue)
            put(request)
            put(group)
            put(optional: placement)
        case .compare(let id, let request, let group, let own, let other):
            put(.compare, id, request, group)
            put(optional: own)
            put(optional: other)
        }
    }

    private mutating func put(_ kind: EventKind, _ number: UInt64) {
        put(byte: kind.rawValue)
        put(number)
    }
}

/// How a log tells events apart. The numbers stay what they are.
enum EventKind: UInt8 {
    case start = 1
    case place, record, release, move, resize, rename
    case addServers, removeServer, failServer, resizeServer, cordon, uncordon, setFree
    case setLevels, setDomain, setRules
    case beginTrial, keepTrial, dropTrial
    case refuse, choose, compare
    case setExpiry
    /// The times that follow are the caller's.
    case clock
}
