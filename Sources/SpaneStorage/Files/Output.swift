internal import SpaneSystem

/// Bytes on their way out of the process.
package enum Output {
    /// Writes all bytes to an open file, and waits where it takes none just now.
    ///
    /// The signals that a failing write sends, which would end the host process, are taken away.
    ///
    /// - Returns: 0, or the number of the error.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        write(bytes, 0..<bytes.count, to: descriptor)
    }

    /// The same with some of the bytes.
    static func write(_ bytes: [UInt8], _ range: Range<Int>, to descriptor: Int32) -> Int32 {
        withoutSignals {
            var done = range.lowerBound
            while done < range.upperBound {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe systemWrite(descriptor, buffer.baseAddress.map { unsafe $0 + done }, range.upperBound - done)
                }
                if count > 0 {
                    done += count
                } else if count < 0, errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    unsafe poll(&wait, 1, -1)
                } else if count == 0 || errno != EINTR {
                    return count == 0 ? EIO : errno
                }
            }
            return 0
        }
    }

    /// Runs `body` without the signals of a pipe that nobody reads and of a file that may not grow.
    private static func withoutSignals(_ body: () -> Int32) -> Int32 {
        var (held, before, mask) = (sigset_t(), sigset_t(), sigset_t())
        unsafe sigemptyset(&held)
        unsafe sigemptyset(&before)
        unsafe sigpending(&before)
        // One that was waiting before is not of this write.
        for signal in [SIGPIPE, SIGXFSZ] where unsafe sigismember(&before, signal) == 0 {
            unsafe sigaddset(&held, signal)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &held, &mask)
        let result = body()
        var now = timespec()
        while unsafe sigtimedwait(&held, nil, &now) > 0 || errno == EINTR {}
        unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
        return result
    }
}
