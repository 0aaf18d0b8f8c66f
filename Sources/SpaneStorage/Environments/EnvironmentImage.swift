package import SpaneScheduling

/// The state of an ``Environment`` in bytes. The layout is in `docs/file-formats.md`.
///
/// It is no HDF5 file because a search saves and restores states far more often than anybody looks into one.
package enum EnvironmentImage {
    // "SPANEENV"
    private static let signature: UInt64 = 0x564E_4545_4E41_5053
    private static let version: UInt64 = 1

    /// What an image holds.
    package struct Contents {
        /// The hash of the trace; see ``TraceFile/contentHash(of:)``.
        package var traceHash: String
        package var configuration: ClusterConfiguration
        package var reward: Reward
        /// A word of the caller's.
        package var flags: UInt64
        package var snapshot: Environment.Snapshot

        package init(
            traceHash: String,
            configuration: ClusterConfiguration,
            reward: Reward,
            flags: UInt64,
            snapshot: Environment.Snapshot
        ) {
            self.traceHash = traceHash
            self.configuration = configuration
            self.reward = reward
            self.flags = flags
            self.snapshot = snapshot
        }
    }

    /// The image of a state.
    ///
    /// - Complexity: O(servers + running).
    package static func make(_ contents: Contents) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(signature)
        writer.put(version)
        for word in words(ofHash: contents.traceHash) { writer.put(word) }
        writer.put(contents.flags)
        put(contents.configuration, &writer)
        switch contents.reward {
        case .logWait:
            writer.put(0)
            writer.put(0.0)
        case .balance(let weight):
            writer.put(1)
            writer.put(weight)
        }
        put(contents.snapshot, &writer)
        return writer.sealed()
    }

    /// Takes an image apart, which messages call `name`.
    ///
    /// - Throws: `format` when it is damaged, `version` when it is of a version that this library does not know.
    package static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) -> Contents {
        var reader = try unsafe ByteReader(bytes, name: name)
        guard try reader.word() == signature else { throw reader.error("is not the state of an environment") }
        let found = try reader.word()
        guard found == version else {
            throw StorageError(.version, path: name, "is of version \(found); this library reads version \(version)")
        }
        var hash = ""
        for _ in 0..<4 { hash += text(ofHash: try reader.word()) }
        let flags = try reader.word()
        let configuration = try configuration(&reader)
        let kind = try reader.word()
        let weight = try reader.double()
        guard kind <= 1, weight.isFinite else { throw reader.error("has a reward that this library does not know") }
        let snapshot = try snapshot(&reader)
        guard reader.remaining == 0 else { throw reader.error("goes on for \(reader.remaining) words too many") }
        return Contents(
            traceHash: hash,
            configuration: configuration,
            reward: kind == 0 ? .logWait : .balance(weight: weight),
            flags: flags,
            snapshot: snapshot
        )
    }

    // MARK: Servers

    private static func put(_ configuration: ClusterConfiguration, _ writer: inout ByteWriter) {
        writer.put(configuration.splitAbove)
        // Runs of equal servers: most clusters have one.
        var runs: [(node: Resources, count: Int)] = []
        for node in configuration.nodeCapacities {
            if let last = runs.last, last.node == node {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((node, 1))
            }
        }
        writer.put(runs.count)
        for run in runs {
            writer.put(run.count)
            writer.put(run.node.cpu)
            writer.put(run.node.mem)
        }
    }

    private static func configuration(_ reader: inout ByteReader) throws(StorageError) -> ClusterConfiguration {
        let splitAbove = try reader.double()
        var nodes: [Resources] = []
        for _ in 0..<(try reader.count(of: "kinds of servers", words: 3)) {
            let count = try reader.integer()
            guard count >= 1, count <= ClusterConfiguration.maximumServers - nodes.count else {
                throw reader.error("has \(count) more servers after \(nodes.count)")
            }
            let node = Resources(cpu: try reader.double(), mem: try reader.double())
            nodes.append(contentsOf: repeatElement(node, count: count))
        }
        do {
            return try ClusterConfiguration(nodeCapacities: nodes, splitAbove: splitAbove)
        } catch {
            throw reader.error(error.description)
        }
    }

    // MARK: Episodes

    private static func put(_ snapshot: Environment.Snapshot, _ writer: inout ByteWriter) {
        switch snapshot.end {
        case .length(let length):
            writer.put(0)
            writer.put(length)
        case .exceed(let limit):
            writer.put(1)
            writer.put(limit)
        }
        writer.put(snapshot.head)
        writer.put(snapshot.clock)
        writer.put(snapshot.placedCount)
        writer.put(snapshot.placedSinceExceeding)
        writer.put(snapshot.totalWait)
        writer.put(snapshot.balance)
        writer.put(snapshot.isFinished ? 1 : 0)
        writer.put(snapshot.running.count)
        for vm in snapshot.running {
            writer.put(vm.end)
            writer.put(vm.vm)
            writer.put(vm.action)
        }
    }

    private static func snapshot(_ reader: inout ByteReader) throws(StorageError) -> Environment.Snapshot {
        let kind = try reader.word()
        let number = try reader.integer()
        guard kind <= 1 else { throw reader.error("has an end of the episode that this library does not know") }
        var snapshot = Environment.Snapshot(
            end: kind == 0 ? .length(number) : .exceed(number),
            head: try reader.integer(),
            clock: try reader.double(),
            placedCount: try reader.integer(),
            placedSinceExceeding: try reader.integer(),
            totalWait: try reader.double(),
            balance: try reader.double(),
            isFinished: try reader.word() != 0,
            running: []
        )
        let count = try reader.count(of: "running VMs", words: 3)
        for _ in 0..<count {
            snapshot.running.append(
                .init(end: try reader.double(), vm: try reader.integer(), action: try reader.integer())
            )
        }
        return snapshot
    }

    // MARK: Hashes

    private static func words(ofHash hash: String) -> [UInt64] {
        let digits = Array(hash.utf8)
        return (0..<4).map { word in
            var value: UInt64 = 0
            for index in 16 * word..<16 * (word + 1) where index < digits.count {
                value = value << 4 | UInt64(digits[index] <= 0x39 ? digits[index] &- 0x30 : digits[index] &- 0x57) & 15
            }
            return value
        }
    }

    private static func text(ofHash word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
