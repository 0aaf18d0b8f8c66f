internal import SpaneSystem

/// Bytes made of 8-byte little-endian words, with a checksum over them.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []
    private var checksum = Checksum()

    mutating func put(_ word: UInt64) {
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        checksum.add(word)
    }

    mutating func put(_ number: Int) { put(UInt64(bitPattern: Int64(number))) }

    mutating func put(_ number: Double) { put(number.bitPattern) }

    /// Everything so far and its checksum.
    consuming func sealed() -> [UInt8] {
        put(checksum.value)
        return bytes
    }
}

/// Reads what a ``ByteWriter`` has sealed.
struct ByteReader {
    private let words: [UInt64]
    let name: String
    private var position = 0

    /// - Throws: `format` when the checksum says that a byte has changed.
    init(_ bytes: UnsafeRawBufferPointer, name: String) throws(StorageError) {
        self.name = name
        let size = MemoryLayout<UInt64>.size
        guard bytes.count >= size, bytes.count.isMultiple(of: size) else {
            throw StorageError(.format, path: name, "has \(bytes.count) bytes; that must be a multiple of \(size)")
        }
        // The words, and as much twice for what is made of them.
        try Memory.require(bytes: 3 * bytes.count, for: "its content", path: name)
        var words: [UInt64] = []
        words.reserveCapacity(bytes.count / size)
        for offset in stride(from: 0, to: bytes.count, by: size) {
            words.append(UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        }
        let recorded = words.removeLast()
        var checksum = Checksum()
        for word in words { checksum.add(word) }
        guard checksum.value == recorded else {
            throw StorageError(.format, path: name, "is damaged or cut off: its checksum does not match its content")
        }
        self.words = words
    }

    /// The words that have not been taken.
    var remaining: Int { words.count - position }

    mutating func word() throws(StorageError) -> UInt64 {
        guard position < words.count else { throw error("ends too early") }
        position += 1
        return words[position - 1]
    }

    mutating func integer() throws(StorageError) -> Int { Int(Int64(bitPattern: try word())) }

    mutating func double() throws(StorageError) -> Double { Double(bitPattern: try word()) }

    /// A number of things that take `words` words each, so that the rest of the bytes has to hold them.
    mutating func count(of things: StaticString, words size: Int) throws(StorageError) -> Int {
        let count = try integer()
        guard count >= 0, count <= remaining / size else { throw error("says that \(count) \(things) follow") }
        return count
    }

    func error(_ detail: String) -> StorageError { StorageError(.format, path: name, detail) }
}
