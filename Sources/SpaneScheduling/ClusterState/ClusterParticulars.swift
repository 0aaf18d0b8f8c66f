internal import SpaneBuffers

/// What the loops over servers do not need.
///
/// It stands apart because Swift passes a struct of more than 15 words by a copy on the stack, which took a third of the time of
/// a step. One cluster owns it alone.
final class ClusterParticulars: @unchecked Sendable {
    let layout: Layout
    let spanRule: SpanRule
    let valuesPerNode: Int
    let valuesPerServer: Int
    let sharedPerServer: Int
    // Of the layout, which counts them anew each time.
    let mostNodes: Int
    let placementsPerServer: Int

    /// Of the servers that are there.
    var sizes: ServerSizes
    // [server][node][resource], as `free` of the cluster: what cordoned servers really have left; without elements until a server
    // is cordoned.
    var shelved = FlatBuffer<Double>(repeating: 0, count: 0)
    // [server][resource]: what servers have as a whole.
    var sharedFree: FlatBuffer<Double>
    var sharedCapacity: FlatBuffer<Double>
    // The distances of servers that have any, [node][node] of the layout; equal ones stand once.
    var distances: [[UInt8]] = []
    // The names of types that the servers are or were of; each stands once.
    private(set) var typeNames = [""]
    private var numberOfName: [String: Int32] = ["": 0]
    // [server]: an index into typeNames.
    var typeName: FlatBuffer<Int32>

    init(_ layout: Layout, _ spanRule: SpanRule, room: Int) {
        self.layout = layout
        self.spanRule = spanRule
        valuesPerNode = layout.nodeResources.count
        valuesPerServer = layout.nodes * valuesPerNode
        sharedPerServer = layout.serverResources.count
        mostNodes = layout.nodes
        placementsPerServer = layout.placementsPerServer
        sizes = ServerSizes(layout)
        sharedFree = FlatBuffer(repeating: 0, count: room * layout.serverResources.count)
        sharedCapacity = FlatBuffer(repeating: 0, count: room * layout.serverResources.count)
        typeName = FlatBuffer(repeating: 0, count: room)
    }

    private init(copying other: ClusterParticulars) {
        layout = other.layout
        spanRule = other.spanRule
        valuesPerNode = other.valuesPerNode
        valuesPerServer = other.valuesPerServer
        sharedPerServer = other.sharedPerServer
        mostNodes = other.mostNodes
        placementsPerServer = other.placementsPerServer
        sizes = other.sizes
        shelved = other.shelved.copy()
        sharedFree = other.sharedFree.copy()
        sharedCapacity = other.sharedCapacity.copy()
        distances = other.distances
        typeNames = other.typeNames
        numberOfName = other.numberOfName
        typeName = other.typeName.copy()
    }

    func copy() -> ClusterParticulars { ClusterParticulars(copying: self) }

    /// The bytes that it occupies.
    var bytes: Int {
        shelved.bytes + sharedFree.bytes + sharedCapacity.bytes + distances.reduce(0) { $0 + $1.count }
    }

    /// The index of a name in ``typeNames``.
    func number(ofName name: String) -> Int32 {
        if let known = numberOfName[name] { return known }
        let number = Int32(truncatingIfNeeded: typeNames.count)
        typeNames.append(name)
        numberOfName[name] = number
        return number
    }

    /// Makes room for more servers.
    func grow(to room: Int) {
        if shelved.count > 0 { shelved = shelved.copy(count: room * valuesPerServer, filling: 0) }
        let shared = layout.serverResources.count
        sharedFree = sharedFree.copy(count: room * shared, filling: 0)
        sharedCapacity = sharedCapacity.copy(count: room * shared, filling: 0)
        typeName = typeName.copy(count: room, filling: 0)
    }
}
