internal import SpaneSystem

/// A file that takes the place of another when it is whole.
///
/// Its name cannot be guessed, and its writer holds a lock on it. Whoever gets that lock knows that the writer is gone.
struct TemporaryFile: ~Copyable {
    private let path: String
    let descriptor: Int32
    private var isPlaced = false

    private static let prefix = ".spane-"
    private static let suffix = ".tmp"
    private static let secondsOfADay = 86_400

    /// Whether a file is called like one of these.
    static func isName(_ name: String) -> Bool { name.hasPrefix(prefix) && name.hasSuffix(suffix) }

    /// Makes one in a folder; `nil` with the reason in `errno` when that is impossible.
    init?(in folder: String, mode: mode_t) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        while true {
            // No result depends on this choice, which must not follow from a seed.
            let path =
                "\(folder)/\(Self.prefix)\(Self.kernel)-\(String(UInt64.random(in: 0 ... .max), radix: 16))\(Self.suffix)"
            let descriptor = unsafe path.withPath { unsafe open($0, flags, mode) }
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                return nil
            }
            // Another process may have taken the file for an abandoned one before it was locked. Where there are no locks
            // nobody can do so.
            let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            var status = stat()
            if !isTaken, unsafe fstat(descriptor, &status) != 0 || status.st_nlink > 0 {
                self.path = path
                self.descriptor = descriptor
                return
            }
            File.remove(path)
            close(descriptor)
        }
    }

    /// Gives the file the name of another one in its folder.
    ///
    /// - Returns: 0, or the number of the error; `ENOENT` when another process has removed the file.
    mutating func take(theNameOf other: String) -> Int32 {
        // Whoever reads the file under its new name shall not find it locked.
        flock(descriptor, LOCK_UN)
        let status = unsafe path.withPath { path in unsafe other.withPath { other in unsafe rename(path, other) } }
        guard status == 0 else { return errno }
        isPlaced = true
        return 0
    }

    deinit {
        if !isPlaced { File.remove(path) }
        close(descriptor)
    }

    // MARK: Abandoned files

    /// Removes from a folder what processes left that were killed.
    static func removeAbandoned(in folder: String) {
        guard let names = try? File.names(in: folder) else { return }
        for name in names where isName(name) { removeIfAbandoned("\(folder)/\(name)", name) }
    }

    private static func removeIfAbandoned(_ path: String, _ name: String) {
        var status = stat()
        guard unsafe path.withPath({ unsafe lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return
        }
        // Some file systems keep the locks of each computer to themselves. What another one writes, or an earlier boot of
        // this one, is left alone for a day.
        let isOurs = name.hasPrefix("\(prefix)\(kernel)-") && kernel != unknownKernel
        guard isOurs || time(nil) - status.st_mtim.tv_sec > secondsOfADay else { return }
        let descriptor = unsafe path.withPath { unsafe open($0, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { return }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { File.remove(path) }
        close(descriptor)
    }

    private static let unknownKernel = "unknown"

    /// The boot of the running kernel: the computers and containers that share it share locks too.
    private static let kernel: String = {
        let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return unknownKernel }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8)
        guard unsafe read(descriptor, &bytes, bytes.count) == bytes.count else { return unknownKernel }
        return String(decoding: bytes, as: UTF8.self)
    }()
}
