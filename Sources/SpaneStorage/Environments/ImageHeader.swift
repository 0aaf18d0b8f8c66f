package import SpaneScheduling

/// What the images of one and of many environments begin with: what the environments are made from.
package struct ImageHeader {
    /// The hash of the trace; see ``TraceFile/contentHash(of:)``.
    package var traceHash: String
    /// A word of the caller's.
    package var flags: UInt64
    package var fleet: Fleet
    package var reward: Reward
    /// The moves that may make room; `nil` for none.
    package var moves: MoveLimits?

    package init(traceHash: String, flags: UInt64, fleet: Fleet, reward: Reward, moves: MoveLimits? = nil) {
        self.traceHash = traceHash
        self.flags = flags
        self.fleet = fleet
        self.reward = reward
        self.moves = moves
    }
}

/// Which image it is.
struct ImageKind {
    /// The first eight bytes.
    let signature: UInt64
    /// What it holds, for messages.
    let content: StaticString

    /// The version where nothing is moved.
    static let version: UInt64 = 2
    /// The version where something may be: readers of the other must not ignore it.
    static let versionWithMoves: UInt64 = 3

    /// "SPANEENV"
    static let environment = ImageKind(signature: 0x564E_4545_4E41_5053, content: "the state of an environment")
    /// "SPANEVEC"
    static let vector = ImageKind(signature: 0x4345_5645_4E41_5053, content: "the state of a vector environment")
}

extension ByteWriter {
    mutating func put(_ header: ImageHeader, of kind: ImageKind) {
        put(kind.signature)
        put(header.moves == nil ? ImageKind.version : ImageKind.versionWithMoves)
        put(hash: header.traceHash)
        put(header.flags)
        put(header.fleet)
        put(header.reward)
        if let moves = header.moves { put(moves) }
    }
}

extension ByteReader {
    /// - Throws: `format` when it is no image of this kind, `version` when it is of a version that is not known.
    mutating func header(of kind: ImageKind) throws(StorageError) -> ImageHeader {
        guard try word() == kind.signature else { throw error("is not \(kind.content)") }
        let found = try word()
        guard found == ImageKind.version || found == ImageKind.versionWithMoves else {
            throw StorageError(
                .version,
                path: name,
                "is of version \(found); this library reads versions \(ImageKind.version) and "
                    + "\(ImageKind.versionWithMoves)"
            )
        }
        return ImageHeader(
            traceHash: try hash(),
            flags: try word(),
            fleet: try fleet(),
            reward: try reward(),
            moves: found == ImageKind.version ? nil : try moveLimits()
        )
    }
}
