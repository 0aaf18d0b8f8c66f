internal import SpaneHost
internal import SpaneScheduling

// How the parts of states are written as words. The layouts are in `docs/file-formats.md`.

extension ByteWriter {
    mutating func put(hash: String) {
        let digits = Array(hash.utf8)
        for word in 0..<4 {
            var value: UInt64 = 0
            for index in 16 * word..<16 * (word + 1) where index < digits.count {
                value = value << 4 | UInt64(digits[index] <= 0x39 ? digits[index] &- 0x30 : digits[index] &- 0x57) & 15
            }
            put(value)
        }
    }

    mutating func put(_ configuration: ClusterConfiguration) {
        put(configuration.splitAbove)
        // Runs of equal servers: most clusters have one.
        var runs: [(node: Resources, count: Int)] = []
        for node in configuration.nodeCapacities {
            if let last = runs.last, last.node == node {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((node, 1))
            }
        }
        put(runs.count)
        for run in runs {
            put(run.count)
            put(run.node.cpu)
            put(run.node.mem)
        }
    }

    mutating func put(_ reward: Reward) {
        switch reward {
        case .logWait:
            put(0)
            put(0.0)
        case .balance(let weight):
            put(1)
            put(weight)
        }
    }

    mutating func put(_ snapshot: Environment.Snapshot) {
        switch snapshot.end {
        case .length(let length):
            put(0)
            put(length)
        case .exceed(let limit):
            put(1)
            put(limit)
        }
        put(snapshot.head)
        put(snapshot.clock)
        put(snapshot.placedCount)
        put(snapshot.placedSinceExceeding)
        put(snapshot.totalWait)
        put(snapshot.balance)
        put(snapshot.isFinished ? 1 : 0)
        put(snapshot.running.count)
        for vm in snapshot.running {
            put(vm.end)
            put(vm.vm)
            put(vm.action)
        }
    }
}

extension ByteReader {
    mutating func hash() throws(StorageError) -> String {
        var hash = ""
        for _ in 0..<4 {
            let digits = String(try word(), radix: 16)
            hash += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hash
    }

    mutating func configuration() throws(StorageError) -> ClusterConfiguration {
        let splitAbove = try double()
        var nodes: [Resources] = []
        for _ in 0..<(try count(of: "kinds of servers", words: 3)) {
            let count = try integer()
            guard count >= 1, count <= ClusterConfiguration.maximumServers - nodes.count else {
                throw error("has \(count) more servers after \(nodes.count)")
            }
            let node = Resources(cpu: try double(), mem: try double())
            try Memory.require(
                bytes: 4 * (nodes.count + count) * MemoryLayout<Resources>.stride,
                for: "\(nodes.count + count) servers",
                path: name
            )
            nodes.append(contentsOf: repeatElement(node, count: count))
        }
        do {
            return try ClusterConfiguration(nodeCapacities: nodes, splitAbove: splitAbove)
        } catch {
            throw self.error(error.description)
        }
    }

    mutating func reward() throws(StorageError) -> Reward {
        let kind = try word()
        let weight = try double()
        guard kind <= 1, weight.isFinite else { throw error("has a reward that this library does not know") }
        return kind == 0 ? .logWait : .balance(weight: weight)
    }

    mutating func snapshot() throws(StorageError) -> Environment.Snapshot {
        let kind = try word()
        let number = try integer()
        guard kind <= 1 else { throw error("has an end of the episode that this library does not know") }
        var snapshot = Environment.Snapshot(
            end: kind == 0 ? .length(number) : .exceed(number),
            head: try integer(),
            clock: try double(),
            placedCount: try integer(),
            placedSinceExceeding: try integer(),
            totalWait: try double(),
            balance: try double(),
            isFinished: try word() != 0,
            running: []
        )
        let count = try count(of: "running VMs", words: 3)
        for _ in 0..<count {
            snapshot.running.append(.init(end: try double(), vm: try integer(), action: try integer()))
        }
        return snapshot
    }

    func checkIsAtEnd() throws(StorageError) {
        guard remaining == 0 else { throw error("goes on for \(remaining) words too many") }
    }
}
