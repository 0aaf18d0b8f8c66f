/// The first bytes of an HDF5 file: signature, versions, flags, addresses, and from version 2 on a checksum over them.
enum Superblock {
    /// How every HDF5 file begins.
    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The bytes that ``check(_:path:)`` looks at.
    static let beginning = signature.count + 1

    private static let checkedLength = 44

    /// Refuses a file in one of HDF5's older formats, on which HDF5 itself can crash when it is damaged.
    ///
    /// - Parameter start: the first bytes of the file, ``beginning`` of them where it has as many.
    static func check(_ start: [UInt8], path: String) throws(StorageError) {
        guard start.count == beginning, let version = start.last, version < 2 else { return }
        throw StorageError(
            .version,
            path: path,
            "is in an older format of HDF5, without checksums (superblock version \(version); it must be 2 or later). "
                + "If it is sound, convert it with python3 -m spane.convert.rewrite OLD NEW, or, except for weights, with "
                + "h5repack --low=2 --high=2 --compact=65535 OLD NEW"
        )
    }

    /// Makes the checksum of a new file right.
    ///
    /// HDF5 1.10 takes the image of a file that is open for writing, clears the flag that says so, and leaves the
    /// checksum as it was. No program could open such a file.
    static func mendChecksum(of bytes: inout [UInt8]) {
        guard bytes.count >= checkedLength + 4, bytes[8] == 3 else { return }
        let checksum = lookup3(bytes[..<checkedLength])
        for index in 0..<4 { bytes[checkedLength + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
    }

    /// The hash lookup3 (Jenkins, 2006), with which HDF5 checks what describes the data.
    private static func lookup3(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var rest = bytes
        let start = 0xDEAD_BEEF &+ UInt32(bytes.count)
        var (a, b, c) = (start, start, start)
        while rest.count > 12 {
            add(rest.prefix(12), &a, &b, &c)
            rest = rest.dropFirst(12)
            a = (a &- c) ^ rotate(c, 4)
            c &+= b
            b = (b &- a) ^ rotate(a, 6)
            a &+= c
            c = (c &- b) ^ rotate(b, 8)
            b &+= a
            a = (a &- c) ^ rotate(c, 16)
            c &+= b
            b = (b &- a) ^ rotate(a, 19)
            a &+= c
            c = (c &- b) ^ rotate(b, 4)
            b &+= a
        }
        add(rest, &a, &b, &c)
        c = (c ^ b) &- rotate(b, 14)
        a = (a ^ c) &- rotate(c, 11)
        b = (b ^ a) &- rotate(a, 25)
        c = (c ^ b) &- rotate(b, 16)
        a = (a ^ c) &- rotate(c, 4)
        b = (b ^ a) &- rotate(a, 14)
        c = (c ^ b) &- rotate(b, 24)
        return c
    }

    /// Adds up to twelve bytes as three little-endian numbers.
    private static func add(_ bytes: ArraySlice<UInt8>, _ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
        for (index, byte) in bytes.enumerated() {
            let part = UInt32(byte) << (8 * UInt32(index % 4))
            switch index / 4 {
            case 0: a &+= part
            case 1: b &+= part
            default: c &+= part
            }
        }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
