internal import SpaneSystem

/// Paths as texts. On Linux a path is any bytes but zero; those that are not UTF-8 are kept as characters for private use.
///
/// The byte b of such a path is U+10F700 + b. Bytes that happen to be the UTF-8 of these characters are kept in the same
/// way, so that every path comes back as it was.
package enum PathText {
    private static let first: UInt32 = 0x10F700
    private static let escapes = first + 0x80...first + 0xFF

    /// The text of a path.
    package static func text(_ bytes: some Collection<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        var rest = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var position = bytes.startIndex
        func escape(_ count: Int) {
            for byte in bytes[position...].prefix(count) {
                if let scalar = Unicode.Scalar(first + UInt32(byte)) { scalars.append(scalar) }
            }
        }
        while true {
            let count: Int
            switch parser.parseScalar(from: &rest) {
            case .valid(let encoded):
                count = encoded.count
                let scalar = Unicode.UTF8.decode(encoded)
                if escapes.contains(scalar.value) { escape(count) } else { scalars.append(scalar) }
            case .error(let length):
                count = length
                escape(length)
            case .emptyInput:
                return String(scalars)
            }
            position = bytes.index(position, offsetBy: count)
        }
    }

    /// The bytes of a text in which there may be paths.
    package static func bytes(of text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if escapes.contains(scalar.value) {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value - first))
            } else {
                bytes += UTF8.encode(scalar).map(Array.init) ?? []
            }
        }
        return bytes
    }

    /// The text of a path that ends with a zero.
    package static func text(cString path: UnsafePointer<CChar>) -> String {
        unsafe text(Array(UnsafeRawBufferPointer(start: path, count: strlen(path))))
    }
}

extension String {
    /// Hands the path to a function of the C library.
    package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let bytes = PathText.bytes(of: self).map { CChar(bitPattern: $0) } + [0]
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let path = buffer.baseAddress else { preconditionFailure("there is always the zero") }
            return unsafe body(path)
        }
    }
}
