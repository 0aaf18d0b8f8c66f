internal import Glibc
internal import SpaneStorage

/// The folder of one run, which one process at a time may hold.
package final class RunFolder {
    /// The path of the folder.
    package let path: String
    private let lock: Int32

    private enum Name {
        static let configuration = "config.toml"
        static let lock = "lock"
        static let all = [
            configuration, "checkpoint.h5", "best.h5", "last.h5", "log.jsonl", "events.out.tfevents.0.spane",
        ]
    }

    /// The file `name` in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The state from which the run goes on.
    package var checkpoint: String { file("checkpoint.h5") }
    /// The weights of the best validation.
    package var best: String { file("best.h5") }
    /// The weights after the last step.
    package var last: String { file("last.h5") }
    /// One JSON object a line.
    package var log: String { file("log.jsonl") }
    /// The file for TensorBoard.
    package var events: String { file("events.out.tfevents.0.spane") }

    /// Refuses a folder that this configuration cannot use, and changes nothing.
    ///
    /// - Throws: ``StorageError`` when it is no folder, or one of something else, or of another configuration.
    package static func check(_ path: String, for configuration: RunConfiguration) throws {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw StorageError(.io, path: path, "cannot be read: \(File.systemError)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StorageError(.io, path: path, "is not a folder; name a new one")
        }
        let names = try names(in: path)
        guard names.contains(Name.configuration) else {
            let others = names.filter { $0 != Name.lock && !isUnfinished($0) }
            guard let other = others.min() else { return }
            throw StorageError(
                .format,
                path: path,
                "is not the folder of a training run: it has no \(Name.configuration), but \(other); name a new folder"
            )
        }
        let found = try RunConfiguration.read("\(path)/\(Name.configuration)", catalogue: configuration.catalogue)
        let differences = RunConfiguration.differences(found.identity, configuration.identity)
        guard differences.isEmpty else {
            throw StorageError(
                .format,
                path: path,
                "is the folder of a run with another configuration: " + differences.joined(separator: "; ")
                    + ". Name a new folder"
            )
        }
    }

    /// Makes the folder where it is missing, locks it, and writes its configuration where that is missing.
    ///
    /// - Throws: as ``check(_:for:)``; ``StorageError`` when another process holds the folder or it cannot be written.
    package init(_ path: String, for configuration: RunConfiguration) throws {
        try Self.check(path, for: configuration)
        try File.makeFolder(path)
        self.path = path
        lock = try Self.lock("\(path)/\(Name.lock)", path)
        // Another process may have made the folder its own before the lock was ours.
        do {
            try Self.check(path, for: configuration)
            for name in try Self.names(in: path) where Self.isUnfinished(name) { unsafe unlink("\(path)/\(name)") }
            if unsafe access(file(Name.configuration), F_OK) != 0 {
                try TextFile.write(configuration.text, to: file(Name.configuration))
            }
        } catch {
            close(lock)
            throw error
        }
    }

    deinit { close(lock) }

    /// Opens and locks a file for as long as its descriptor is open.
    static func lock(_ file: String, _ folder: String) throws(StorageError) -> Int32 {
        let descriptor = unsafe open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw StorageError(.io, path: file, "cannot be opened: \(File.systemError)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = File.systemError
            close(descriptor)
            throw isHeld
                ? StorageError(.io, path: folder, "another process is training in this folder")
                : StorageError(.io, path: file, "cannot be locked: \(reason)")
        }
        return descriptor
    }

    /// Whether a process that was killed left this file half written.
    private static func isUnfinished(_ name: String) -> Bool {
        guard name.hasSuffix(".tmp") else { return false }
        return Name.all.contains { name.hasPrefix($0 + ".") }
    }

    /// The names of what is in a folder.
    static func names(in path: String) throws(StorageError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw StorageError(.io, path: path, "cannot be read: \(File.systemError)")
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
