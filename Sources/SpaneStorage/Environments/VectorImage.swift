package import SpaneScheduling

/// The state of many environments on one trace in bytes. The layout is in `docs/file-formats.md`.
package enum VectorImage {
    // Of an environment without running VMs.
    private static let leastWordsOfEnvironment = 15

    /// One environment.
    package struct Slot {
        package var generator: Xoshiro256StarStar
        /// Where its next start is in the list.
        package var position: Int
        package var snapshot: Environment.Snapshot

        package init(generator: Xoshiro256StarStar, position: Int, snapshot: Environment.Snapshot) {
            self.generator = generator
            self.position = position
            self.snapshot = snapshot
        }
    }

    /// What an image holds.
    package struct Contents {
        package var header: ImageHeader
        /// Words of the caller's.
        package var options: [Int]
        /// The list of starts, empty where they are drawn.
        package var starts: [Int]
        package var slots: [Slot]

        package init(header: ImageHeader, options: [Int], starts: [Int], slots: [Slot]) {
            self.header = header
            self.options = options
            self.starts = starts
            self.slots = slots
        }
    }

    /// The image of a state.
    ///
    /// - Complexity: O(servers + environments + running).
    package static func make(_ contents: Contents) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(contents.header, of: .vector)
        writer.put(contents.options.count)
        for option in contents.options { writer.put(option) }
        writer.put(contents.starts.count)
        for start in contents.starts { writer.put(start) }
        writer.put(contents.slots.count)
        for slot in contents.slots {
            let state = slot.generator.state
            for word in [state.0, state.1, state.2, state.3] { writer.put(word) }
            writer.put(slot.position)
            writer.put(slot.snapshot, hasMoves: contents.header.moves != nil)
        }
        return writer.sealed()
    }

    /// Takes an image apart, which messages call `name`.
    ///
    /// - Throws: `format` when it is damaged, `version` when it is of a version that this library does not know.
    package static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) -> Contents {
        var reader = try unsafe ByteReader(bytes, name: name)
        var contents = Contents(header: try reader.header(of: .vector), options: [], starts: [], slots: [])
        for _ in 0..<(try reader.count(of: "options", words: 1)) { contents.options.append(try reader.integer()) }
        for _ in 0..<(try reader.count(of: "starts", words: 1)) { contents.starts.append(try reader.integer()) }
        for _ in 0..<(try reader.count(of: "environments", words: leastWordsOfEnvironment)) {
            contents.slots.append(try slot(&reader, contents))
        }
        try reader.checkIsAtEnd()
        return contents
    }

    private static func slot(_ reader: inout ByteReader, _ contents: Contents) throws(StorageError) -> Slot {
        let starts = contents.starts.count
        let words = (try reader.word(), try reader.word(), try reader.word(), try reader.word())
        guard let generator = Xoshiro256StarStar(state: words) else {
            throw reader.error("has a generator of random numbers with the state 0")
        }
        let position = try reader.integer()
        guard position >= 0, position < max(starts, 1) else {
            throw reader.error("has start \(position) of \(starts) next")
        }
        let snapshot = try reader.snapshot(hasMoves: contents.header.moves != nil)
        return Slot(generator: generator, position: position, snapshot: snapshot)
    }
}
