/// Formats that people take for a trace, told by their first bytes.
package enum OtherFormat {
    /// A way to pack one file, for which a tool unpacks standard input.
    package enum Packing: String, CaseIterable {
        case gzip, zstd

        /// The bytes that tell.
        package static let signatureLength = 4

        var signature: [UInt8] {
            switch self {
            case .gzip: [0x1F, 0x8B]
            case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
            }
        }

        /// How a file with these first bytes is packed, if it is.
        package init?(of bytes: [UInt8]) {
            guard let packing = Self.allCases.first(where: { bytes.starts(with: $0.signature) }) else { return nil }
            self = packing
        }
    }

    private static let signatures: [(bytes: [UInt8], name: String)] = [
        (
            [0x50, 0x4B, 0x03, 0x04],
            "is a zip file, as spreadsheets (.xlsx, .ods) are too; take the CSV file out of it"
        ),
        ([0x42, 0x5A, 0x68], "is packed with bzip2; unpack it first"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "is packed with xz; unpack it first"),
        ([0x50, 0x41, 0x52, 0x31], "is a Parquet file; write it as CSV"),
        ([0xFF, 0xFE], "is text in UTF-16; save it in UTF-8"),
        ([0xFE, 0xFF], "is text in UTF-16; save it in UTF-8"),
    ]

    /// What is wrong with a file that starts with these bytes, if it is in one of these formats.
    static func of(_ bytes: [UInt8]) -> String? {
        if let packing = Packing(of: bytes) { return "is packed with \(packing.rawValue); unpack it first" }
        if let known = signatures.first(where: { bytes.starts(with: $0.bytes) }) { return known.name }
        // UTF-16 without a byte order mark: every other byte of plain text is zero.
        let start = bytes.prefix(16)
        guard start.count == 16 else { return nil }
        let zeros = [0, 1].map { first in stride(from: first, to: 16, by: 2).allSatisfy { start[$0] == 0 } }
        return zeros[0] != zeros[1] ? "is text in UTF-16; save it in UTF-8" : nil
    }
}
