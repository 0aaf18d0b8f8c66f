import SpaneStorage
import SpaneSystem

/// Bytes to and from another process; both ends write and read in turns.
@safe
final class Channel: @unchecked Sendable {
    private let descriptor: Int32

    /// What went wrong.
    struct Broken: Error {
        /// `nil` when the other end is closed.
        let reason: String?
    }

    /// A channel, and the descriptor of its other end, which the caller closes.
    static func pair() throws(Broken) -> (Channel, other: Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Broken(reason: File.systemError) }
        return (Channel(ends[0]), ends[1])
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func send(_ bytes: UnsafeRawBufferPointer) throws(Broken) {
        var left = unsafe bytes
        while let start = left.baseAddress, left.count > 0 {
            // No signal where the other end has gone.
            let count = unsafe SpaneSystem.send(descriptor, start, left.count, Int32(MSG_NOSIGNAL))
            guard count >= 0 || errno == EINTR else {
                throw Broken(reason: errno == EPIPE || errno == ECONNRESET ? nil : File.systemError)
            }
            unsafe left = UnsafeRawBufferPointer(rebasing: left[max(count, 0)...])
        }
    }

    func receive(_ bytes: UnsafeMutableRawBufferPointer) throws(Broken) {
        var left = unsafe bytes
        while let start = left.baseAddress, left.count > 0 {
            let count = unsafe recv(descriptor, start, left.count, 0)
            if count == 0 { throw Broken(reason: nil) }
            guard count > 0 || errno == EINTR else {
                throw Broken(reason: errno == ECONNRESET ? nil : File.systemError)
            }
            unsafe left = UnsafeMutableRawBufferPointer(rebasing: left[max(count, 0)...])
        }
    }

    /// A text of so many bytes in UTF-8.
    func receiveText(_ count: Int) throws(Broken) -> String {
        var bytes = [UInt8](repeating: 0, count: min(max(count, 0), 1 << 16))
        do {
            try unsafe bytes.withUnsafeMutableBytes { try unsafe receive($0) }
        } catch {
            throw error as? Broken ?? Broken(reason: "\(error)")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
