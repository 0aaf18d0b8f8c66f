internal import SpaneSystem
package import SpaneStorage

/// The folder of one run, which one process at a time may hold.
package final class RunFolder {
    /// The path of the folder.
    package var path: String { folder.path }
    private let folder: LockedFolder

    private enum Name {
        static let configuration = "config.toml"
        static let owned = [
            "config.toml.", "checkpoint.h5.", "best.h5.", "last.h5.", "step-", "log.jsonl.",
            "events.out.tfevents.0.spane.",
        ]
    }

    /// The file `name` in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The state from which the run resumes.
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
        guard unsafe path.withPath({ unsafe stat($0, &status) }) == 0 else {
            if errno == ENOENT { return }
            throw StorageError("cannot be read", path: path, errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw StorageError(.io, path: path, "is not a folder; name a new one")
        }
        guard File.exists("\(path)/\(Name.configuration)") else {
            guard let other = try LockedFolder.stranger(in: path, owned: Name.owned) else { return }
            throw StorageError(
                .format,
                path: path,
                "is not the folder of a training run: it has no \(Name.configuration), but \(other); name a new folder"
            )
        }
        let found = try RunConfiguration.read("\(path)/\(Name.configuration)", registry: configuration.registry)
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
    package init(
        _ path: String,
        for configuration: RunConfiguration,
        by guardian: LockedFolder.Guard = .lock
    ) throws {
        folder = try LockedFolder(path, for: "training", owned: Name.owned, by: guardian) {
            try Self.check(path, for: configuration)
        }
        if !File.exists(file(Name.configuration)) {
            try TextFile.write(configuration.text, to: file(Name.configuration))
        }
    }
}
