internal import SpaneSystem
package import SpaneScheduling

/// Reads a log that a ``ClusterLog`` has written, from its beginning to its last whole event.
package struct LogReader: Sendable {
    /// The file.
    package let path: String

    /// What stands at the end of a log.
    package struct End: Sendable {
        /// The events that were read.
        package var events = 0
        /// The bytes up to the end of the last whole event.
        package var size = 0
        /// The bytes after it: an event that was not written whole, or damage.
        package var rest = 0
        /// Whether whole events follow, so that it is damage and no end.
        package var isDamaged = false
    }

    package init(_ path: String) { self.path = path }

    /// Whether a file begins as a log does.
    package static func isLog(_ path: String) -> Bool {
        guard let head = try? File.read(path, limit: LogFrame.signature.count) else { return false }
        return head.starts(with: LogFrame.signature.dropLast(4))
    }

    /// Reads all events.
    ///
    /// - Parameter body: called with the time of each event in seconds, and the event.
    /// - Throws: ``StorageError`` when the file is no log or cannot be read, or an event is none although its checksum is right; what
    ///   `body` throws.
    /// - Complexity: O(bytes) in memory for the largest event.
    @discardableResult
    package func forEach(
        _ progress: Progress = .none,
        _ body: (_ time: Double, _ event: ClusterEvent) throws -> Void
    ) throws -> End {
        var clock = LogClock()
        // Its time is only known when the caller's clock, if there is one, has come.
        var beginning: Cluster.Snapshot?
        func begin() throws {
            guard let snapshot = beginning else { return }
            beginning = nil
            try body(clock.seconds, .start(snapshot))
        }
        let end = try scan(progress) { bytes, number in
            do {
                var reader = EventReader(bytes)
                let (delay, kind) = try reader.head()
                guard number > 0 || kind == .start else {
                    throw EventReader.Failure(detail: "\(kind) comes before a start")
                }
                switch kind {
                case .start:
                    try begin()
                    let seconds = try reader.double()
                    guard abs(seconds) <= LogClock.largestTime else {
                        throw EventReader.Failure(detail: "start is at \(seconds) s")
                    }
                    clock.begin(at: seconds)
                    beginning = try state(reader.rest, number)
                case .clock:
                    clock.change(by: delay, isBeginning: beginning != nil, isFirst: number == 1)
                    try begin()
                default:
                    try begin()
                    clock.advance(by: delay)
                    try body(clock.seconds, try reader.event(kind))
                }
            } catch let failure as EventReader.Failure {
                throw StorageError(.format, path: path, "event \(number): \(failure.detail)")
            }
        }
        try begin()
        return end
    }

    /// The bytes up to the end of the last whole event; 0 where not even the signature is whole.
    ///
    /// - Throws: `format` when whole events follow one that is damaged: cutting there would lose them.
    func wholeSize(_ progress: Progress) throws(StorageError) -> Int {
        do {
            let end = try scan(progress) { _, _ in }
            try check(end)
            return end.size
        } catch {
            throw error as? StorageError ?? StorageError(.cancelled, path: path, "\(error)")
        }
    }

    /// Refuses a log with events that cannot be read in order.
    private func check(_ end: End) throws(StorageError) {
        guard end.isDamaged else { return }
        throw StorageError(
            .format,
            path: path,
            "is damaged after \(end.size) bytes, and whole events follow; keep the file and start another log"
        )
    }

    private func state(_ bytes: ArraySlice<UInt8>, _ number: Int) throws -> Cluster.Snapshot {
        try unsafe bytes.withUnsafeBytes { buffer in
            let name = "\(path): event \(number)"
            return try unsafe ClusterFile.read(memory: buffer, name: name).snapshot()
        }
    }

    /// Calls `body` with the bytes of each whole frame and its number.
    private func scan(
        _ progress: Progress,
        _ body: (ArraySlice<UInt8>, Int) throws -> Void
    ) throws -> End {
        let total = try File.size(path)
        guard let file = unsafe path.withPath({ unsafe fopen($0, "rbe") }) else {
            throw StorageError("cannot be read", path: path, errno: errno)
        }
        defer { unsafe fclose(file) }
        var pieces = unsafe FilePieces(file, path)
        var end = End()
        try pieces.fill(LogFrame.signature.count)
        let head = pieces.unread.prefix(LogFrame.signature.count)
        guard LogFrame.signature.starts(with: head) else {
            guard head.starts(with: LogFrame.signature.dropLast(4)), let version = head.last else {
                throw StorageError(.format, path: path, "is no log of a cluster")
            }
            throw StorageError(
                .version,
                path: path,
                "is a log of version \(version); this library knows \(LogFrame.version)"
            )
        }
        guard head.count == LogFrame.signature.count else {
            end.rest = total
            return end
        }
        pieces.drop(head.count)
        end.size = head.count
        while let frame = try pieces.frame() {
            try body(frame.content, end.events)
            end.events += 1
            end.size += frame.size
            pieces.drop(frame.size)
            if end.events & 1023 == 0 { try progress.check(end.size, of: total, path: path) }
        }
        end.rest = max(total - end.size, 0)
        end.isDamaged = try end.rest > 0 && pieces.hasLaterFrame()
        return end
    }
}

/// The bytes of a file, some megabytes at a time.
@safe
private struct FilePieces {
    private let file: UnsafeMutablePointer<FILE>
    private let path: String
    private var bytes: [UInt8] = []
    private var position = 0

    init(_ file: UnsafeMutablePointer<FILE>, _ path: String) {
        unsafe self.file = file
        self.path = path
    }

    /// What was read and not dropped.
    var unread: ArraySlice<UInt8> { bytes[position...] }

    mutating func drop(_ count: Int) { position += count }

    /// Reads on until there are so many bytes, or the file ends.
    mutating func fill(_ count: Int) throws(StorageError) {
        guard bytes.count - position < count else { return }
        bytes.removeSubrange(..<position)
        position = 0
        while bytes.count < count {
            // A length that is damaged must not take more memory than the file has bytes.
            let piece = min(max(count - bytes.count, 1 << 16), File.pieceSize)
            try Memory.require(bytes: 2 * (bytes.count + piece), for: "an event", path: path)
            let before = bytes.count
            bytes.append(addingCapacity: piece) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer, initialized in
                    initialized = unsafe fread(buffer.baseAddress, 1, piece, file)
                }
            }
            guard bytes.count > before else {
                guard unsafe ferror(file) == 0 else { throw StorageError("cannot be read", path: path, errno: errno) }
                return
            }
        }
    }

    /// Whether there is a whole frame a little farther on, where the bytes here are none.
    mutating func hasLaterFrame() throws(StorageError) -> Bool {
        let (distance, longest) = (1 << 16, 1 << 12)
        try fill(distance + longest)
        let rest = unread
        for start in rest.indices.dropFirst().prefix(distance) {
            var reader = EventReader(rest[start...])
            guard let length = try? reader.number(), length > 1, length <= UInt64(longest) else { continue }
            if LogFrame.content(of: Int(length), in: reader.rest) != nil { return true }
        }
        return false
    }

    /// The next whole frame; `nil` at the end, or where the bytes are none.
    mutating func frame() throws(StorageError) -> (content: ArraySlice<UInt8>, size: Int)? {
        try fill(16)
        var reader = EventReader(unread)
        guard let length = try? reader.number(), length > 0, length <= UInt64(LogFrame.largest) else { return nil }
        let head = unread.count - reader.rest.count
        let size = head + 4 + Int(length)
        try fill(size)
        guard unread.count >= size else { return nil }
        guard let content = LogFrame.content(of: Int(length), in: unread.dropFirst(head)) else { return nil }
        return (content, size)
    }
}

extension LogReader: EventSource {
    package func forEachEvent(_ progress: Progress, _ body: (Double, ClusterEvent) throws -> Void) throws {
        try check(try forEach(progress, body))
    }
}
