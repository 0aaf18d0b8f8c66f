internal import CHDF5
internal import SpaneSystem
internal import SpaneScheduling

/// The gate to the HDF5 library: one call into it at a time, its printer silenced, its error stack kept.
///
/// Builds of HDF5 differ in whether they may be called from several threads, so our calls take turns on any of them.
package enum HDF5 {
    /// Done once, after the first error.
    private static let endQuietly: Void = chdf5_end_quietly()

    private static let turn = Turn()

    /// Runs `body` alone, with HDF5's own printing of errors off and put back afterwards.
    package static func perform<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
        turn.take()
        defer { turn.give() }
        do throws(StorageError) {
            return try body()
        } catch {
            endQuietly
            throw error
        }
    }

    /// Progress of work inside ``perform(_:)``: whoever is told of it may call HDF5, also by way of this library.
    static func leaving(_ progress: Progress) -> Progress {
        progress.leaving { stranger in
            turn.give()
            stranger()
            turn.take()
        }
    }

    /// The version of the library that is loaded, such as "1.10.8".
    package static let version = turn.with {
        var (major, minor, release) = (UInt32(0), UInt32(0), UInt32(0))
        unsafe H5get_libversion(&major, &minor, &release)
        return "\(major).\(minor).\(release)"
    }

    /// Whether the library that is loaded locks by itself.
    package static let isThreadSafe = turn.with {
        var answer: hbool_t = false
        return unsafe H5is_library_threadsafe(&answer) >= 0 && answer
    }

    /// What HDF5 says of the call that failed last on this thread.
    static var errorText: String {
        let size = 1024
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            unsafe chdf5_describe_errors(base, size)
            let text = unsafe String(cString: base)
            return text.isEmpty ? "HDF5 gave no reason" : "HDF5: " + text
        }
    }
}

/// Whose turn it is to call HDF5.
@safe
private final class Turn: @unchecked Sendable {
    private let mutex = SystemMutex()
    // Of whoever has the turn.
    private var printer = unsafe chdf5_printer()

    func take() {
        mutex.lock()
        H5open()
        unsafe printer = chdf5_silence()
    }

    func give() {
        unsafe chdf5_restore(printer)
        mutex.unlock()
    }

    /// Runs what cannot fail alone.
    func with<Result>(_ body: () -> Result) -> Result {
        take()
        defer { give() }
        return body()
    }
}

/// An HDF5 identifier that is closed when it goes out of scope.
struct HDF5Handle: ~Copyable {
    let id: hid_t
    private let close: (hid_t) -> herr_t

    /// Takes ownership of `id`; `nil` when HDF5 gave none.
    init?(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t) {
        guard id >= 0 else { return nil }
        self.id = id
        self.close = close
    }

    deinit { _ = close(id) }
}
