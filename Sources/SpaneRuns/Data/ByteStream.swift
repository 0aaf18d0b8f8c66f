internal import SpaneSystem
internal import SpaneStorage

/// Bytes of which nobody knows how many will come.
enum ByteStream {
    /// Reads to the end.
    ///
    /// - Throws: ``StorageError`` when reading fails, or when there is more than a trace on this machine may have.
    static func read(_ descriptor: Int32, name: String) throws(StorageError) -> [UInt8] {
        let limit = TraceCSV.largestContent
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe systemRead(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StorageError(.io, path: name, "cannot be read: \(File.systemError)") }
            guard count > 0 else { return content }
            guard content.count + count <= limit else {
                throw StorageError(
                    .io,
                    path: name,
                    "cannot be read: it has more than \(limit) bytes, a tenth of this machine's memory"
                )
            }
            content += block[..<count]
        }
    }
}
