internal import SpaneSystem
internal import SpaneScheduling

// How the servers of an environment are written as words. The layout is in `docs/file-formats.md`.

extension ByteWriter {
    mutating func put(_ text: String) {
        let bytes = Array(text.utf8)
        put(bytes.count)
        for first in stride(from: 0, to: bytes.count, by: 8) {
            var word: UInt64 = 0
            for (place, byte) in bytes[first..<min(first + 8, bytes.count)].enumerated() {
                word |= UInt64(byte) << UInt64(8 * place)
            }
            put(word)
        }
    }

    mutating func put(_ fleet: Fleet) { put(fleet, fleet.types) }

    /// The same with these types in place of its own.
    mutating func put(_ fleet: Fleet, _ types: [ServerType]) {
        put(fleet.spanRule.splitAbove)
        put(fleet.spanRule.splitFromCores)
        put(fleet.spanRule.span)
        let layout = fleet.layout
        put(layout.nodes)
        put(layout.nodeResources.count - 2)
        for name in layout.nodeResources.dropFirst(2) { put(name) }
        put(layout.serverResources.count)
        for name in layout.serverResources { put(name) }
        put(types.count)
        for type in types { put(type) }
        // Runs of equal servers: most clusters have one.
        var runs: [(type: Int32, count: Int)] = []
        for type in fleet.typeOfServer {
            if let last = runs.last, last.type == type {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((type, 1))
            }
        }
        put(runs.count)
        for run in runs {
            put(run.count)
            put(Int(run.type))
        }
    }

    private mutating func put(_ type: ServerType) {
        put(type.name)
        put(type.traits)
        put(type.nodes.count)
        for node in type.nodes { for amount in node { put(amount) } }
        for amount in type.shared { put(amount) }
        put(type.distances.count)
        for distance in type.distances { put(Int(distance)) }
    }
}

extension ByteReader {
    mutating func text() throws(StorageError) -> String {
        let count = try integer()
        guard count >= 0, count <= 8 * remaining else { throw error("says that a text of \(count) bytes follows") }
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = try word()
            for place in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * place)))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func fleet() throws(StorageError) -> Fleet {
        let (above, from, span) = (try double(), try double(), try integer())
        let nodes = try integer()
        var nodeResources: [String] = []
        for _ in 0..<(try count(of: "resources of nodes", words: 1)) { nodeResources.append(try text()) }
        var serverResources: [String] = []
        for _ in 0..<(try count(of: "resources of servers", words: 1)) { serverResources.append(try text()) }
        let layout = try refusing { () throws(SchedulingError) in
            try Layout(nodes: nodes, nodeResources: nodeResources, serverResources: serverResources)
        }
        var types: [ServerType] = []
        for _ in 0..<(try count(of: "types of servers", words: 4)) { types.append(try serverType(layout)) }
        var typeOfServer: [Int32] = []
        for _ in 0..<(try count(of: "runs of servers", words: 2)) {
            let (count, type) = (try integer(), try integer())
            guard count >= 1, count <= Fleet.maximumServers - typeOfServer.count else {
                throw error("has \(count) more servers after \(typeOfServer.count)")
            }
            try Memory.require(
                bytes: 128 * (typeOfServer.count + count),
                for: "\(typeOfServer.count + count) servers",
                path: name
            )
            typeOfServer.append(contentsOf: repeatElement(Int32(clamping: type), count: count))
        }
        return try refusing { () throws(SchedulingError) in
            try Fleet(
                layout: layout,
                types: types,
                typeOfServer: typeOfServer,
                spanRule: SpanRule(splitAbove: above, splitFromCores: from, span: span)
            )
        }
    }

    private mutating func serverType(_ layout: Layout) throws(StorageError) -> ServerType {
        let (name, traits) = (try text(), try word())
        let nodeCount = try count(of: "NUMA nodes", words: layout.nodeResources.count)
        var nodes: [[Double]] = []
        for _ in 0..<nodeCount { nodes.append(try doubles(layout.nodeResources.count)) }
        let shared = try doubles(layout.serverResources.count)
        var distances: [UInt8] = []
        for _ in 0..<(try count(of: "distances", words: 1)) { distances.append(UInt8(clamping: try integer())) }
        return ServerType(name: name, nodes: nodes, shared: shared, traits: traits, distances: distances)
    }

    private mutating func doubles(_ count: Int) throws(StorageError) -> [Double] {
        var numbers: [Double] = []
        for _ in 0..<count { numbers.append(try double()) }
        return numbers
    }

    private func refusing<Value>(_ body: () throws(SchedulingError) -> Value) throws(StorageError) -> Value {
        do {
            return try body()
        } catch {
            throw self.error(error.description)
        }
    }
}
