internal import SpaneScheduling

/// Reads what an ``EventWriter`` has written, and checks all that cannot be.
struct EventReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    // What of the event is being read, for messages.
    private(set) var subject = "event"

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Why bytes are no event.
    struct Failure: Error {
        let detail: String
    }

    private func refuse(_ detail: String) -> Failure { Failure(detail: "\(subject) \(detail)") }

    /// What has not been read.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    // MARK: Numbers

    mutating func byte() throws(Failure) -> UInt8 {
        guard position < bytes.endIndex else { throw refuse("ends too early") }
        position += 1
        return bytes[position - 1]
    }

    mutating func number() throws(Failure) -> UInt64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { throw refuse("has a number of more than 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(Failure) -> Int {
        let value = try number()
        return Int(truncatingIfNeeded: value >> 1) ^ -Int(truncatingIfNeeded: value & 1)
    }

    mutating func double() throws(Failure) -> Double {
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bits |= UInt64(try byte()) << shift }
        return Double(bitPattern: bits)
    }

    private mutating func steps() throws(Failure) -> Double {
        let value = try number()
        return Double(value >> 1) * (value & 1 == 0 ? Grid.stepsPerUnit : 1)
    }

    /// A number of things that take a byte each at least, so that the rest of the bytes has to hold them.
    private mutating func count() throws(Failure) -> Int {
        let count = try number()
        guard count <= UInt64(bytes.endIndex - position) else { throw refuse("says that \(count) more follow") }
        return Int(count)
    }

    private mutating func text() throws(Failure) -> String {
        let count = try count()
        defer { position += count }
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
            throw refuse("has a name that is no UTF-8")
        }
        return text
    }

    private mutating func server() throws(Failure) -> Int {
        let number = try number()
        guard number < UInt64(2 * Fleet.maximumServers) else { throw refuse("has server \(number)") }
        return Int(number)
    }

    private mutating func amounts() throws(Failure) -> [Double] {
        let count = try count()
        var amounts: [Double] = []
        for _ in 0..<count { amounts.append(try double()) }
        return amounts
    }

    // MARK: Parts of events

    private mutating func placement() throws(Failure) -> Placement {
        Placement(server: try server(), nodes: NodeSet(rawValue: try byte()))
    }

    private mutating func optionalPlacement() throws(Failure) -> Placement? {
        let placement = try placement()
        return placement.nodes == .none ? nil : placement
    }

    private mutating func request() throws(Failure) -> Request {
        let head = try byte()
        let span = Int(head & 0x3F)
        guard (1...Layout.mostNodes).contains(span) else { throw refuse("spans \(span) NUMA nodes") }
        let isExact = head & 0x40 == 0
        let cpu = isExact ? Grid.amount(try steps()) : try double()
        let mem = isExact ? Grid.amount(try steps()) : try double()
        guard Resources(cpu: cpu, mem: mem).isPositive else { throw refuse("asks for \(cpu) cores and \(mem) GB") }
        guard head & 0x80 != 0 else { return Request(cpu: cpu, mem: mem, span: span) }
        let count = try count()
        var extras: [Double] = []
        for _ in 0..<count { extras.append(try steps()) }
        let terms = RequestTerms(
            extras: extras,
            require: try number(),
            forbid: try number(),
            farthest: try byte(),
            prefer: try number()
        )
        return Request(cpu: cpu, mem: mem, span: span, terms: terms)
    }

    private mutating func serverType() throws(Failure) -> ServerType {
        let name = try text()
        let count = try count()
        var nodes: [[Double]] = []
        for _ in 0..<count { nodes.append(try amounts()) }
        var type = ServerType(name: name, nodes: nodes, shared: try amounts(), traits: try number())
        let distances = try self.count()
        type.distances = Array(bytes[position..<position + distances])
        position += distances
        return type
    }

    private mutating func rule() throws(Failure) -> GroupRule {
        let head = try byte()
        guard let kind = GroupRule.Kind(rawValue: Int(head & 0x7F)) else { throw refuse("has a rule of kind \(head)") }
        return GroupRule(kind, level: try signed(), count: try signed(), isHard: head & 0x80 != 0)
    }

    // MARK: Events

    /// How long after the event before it an event was, in microseconds, and what it is.
    mutating func head() throws(Failure) -> (delay: Int, kind: EventKind) {
        let delay = try signed()
        let number = try byte()
        guard let kind = EventKind(rawValue: number) else { throw refuse("is of kind \(number), which is not known") }
        subject = "\(kind)"
        return (delay, kind)
    }

    /// The event of a kind, of all but `start`.
    mutating func event(_ kind: EventKind) throws(Failure) -> ClusterEvent {
        let event = try content(kind)
        guard position == bytes.endIndex else { throw refuse("has \(bytes.endIndex - position) bytes too many") }
        return event
    }

    private mutating func content(_ kind: EventKind) throws(Failure) -> ClusterEvent {
        switch kind {
        case .start, .clock: throw refuse("is not expected here")
        case .place: .place(try number(), try request(), group: try number(), try placement())
        case .record: .record(try number(), try request(), group: try number(), try placement())
        case .release: .release(try number())
        case .move: .move(try number(), try placement())
        case .resize: .resize(try number(), try request())
        case .rename: .rename(try number(), to: try number())
        case .addServers: try addServers()
        case .removeServer: .removeServer(try server())
        case .failServer: .failServer(try server())
        case .resizeServer: .resizeServer(try server(), try serverType())
        case .cordon: .cordon(try server())
        case .uncordon: .uncordon(try server())
        case .setFree: try setFree()
        case .setLevels: .setLevels(try texts())
        case .setDomain: try setDomain()
        case .setRules: try setRules()
        case .setExpiry: try setExpiry()
        case .beginTrial: .beginTrial
        case .keepTrial: .keepTrial
        case .dropTrial: .dropTrial
        case .refuse: .refuse(try number(), try request(), group: try number())
        case .choose: .choose(try request(), group: try number(), try optionalPlacement())
        case .compare: try compare()
        }
    }

    private mutating func addServers() throws(Failure) -> ClusterEvent {
        let kinds = try count()
        var types: [ServerType] = []
        for _ in 0..<kinds { types.append(try serverType()) }
        let count = try count()
        var typeOfServer: [Int32] = []
        for _ in 0..<count {
            let type = try number()
            guard type < UInt64(kinds) else { throw refuse("has a server of type \(type) of \(kinds)") }
            typeOfServer.append(Int32(truncatingIfNeeded: type))
        }
        return .addServers(typeOfServer, of: types)
    }

    private mutating func texts() throws(Failure) -> [String] {
        let count = try count()
        var texts: [String] = []
        for _ in 0..<count { texts.append(try text()) }
        return texts
    }

    private mutating func setFree() throws(Failure) -> ClusterEvent {
        let (server, node) = (try server(), try number())
        guard node < UInt64(Layout.mostNodes) else { throw refuse("has node \(node)") }
        return .setFree(Resources(cpu: try double(), mem: try double()), server: server, node: Int(node))
    }

    private mutating func setDomain() throws(Failure) -> ClusterEvent {
        let (server, level) = (try server(), try number())
        return .setDomain(try signed(), server: server, level: Int(clamping: level))
    }

    private mutating func setExpiry() throws(Failure) -> ClusterEvent {
        let (id, end) = (try number(), try double())
        return .setExpiry(id, end == .infinity ? nil : end)
    }

    private mutating func setRules() throws(Failure) -> ClusterEvent {
        let group = try number()
        let count = try count()
        var rules: [GroupRule] = []
        for _ in 0..<count { rules.append(try rule()) }
        return .setRules(rules, group: group)
    }

    private mutating func compare() throws(Failure) -> ClusterEvent {
        let (id, request, group) = (try number(), try request(), try number())
        return .compare(id, request, group: group, own: try optionalPlacement(), other: try optionalPlacement())
    }
}
