package import SpaneScheduling
internal import SpaneSystem

extension File {
    /// Writes a file under a temporary name beside `path`, which it replaces in one step when it is safe on the disk.
    ///
    /// A symbolic link stays, and what it leads to is replaced; a file that is replaced hands its mode on, and its owner
    /// where the system lets it. What is there and is no regular file, as a device or a pipe, is written to.
    ///
    /// - Throws: ``StorageError`` with the reason of the operating system; an earlier file is untouched then.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        progress: Progress = .none
    ) throws(StorageError) {
        switch try Destination(path) {
        case .descriptor(let descriptor):
            // What has gone out cannot be taken back.
            try progress.finish(path: path)
            try check(Output.write(bytes, to: descriptor), path)
        case .stream:
            try progress.finish(path: path)
            let descriptor = unsafe path.withPath { unsafe open($0, O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC) }
            try check(descriptor < 0 ? errno : 0, path)
            let number = Output.write(bytes, to: descriptor)
            let isClosed = close(descriptor) == 0
            try check(number != 0 || isClosed ? number : errno, path)
        case .file(let folder, let name, let existing):
            TemporaryFile.removeAbandoned(in: folder)
            while try !replace("\(folder)/\(name)", existing, in: folder, with: bytes, path, progress) {}
        }
    }

    /// Refuses a path to which ``write(_:to:progress:)`` could not write now, before there is work to be lost. Nothing is left
    /// there.
    ///
    /// - Throws: as it would.
    package static func check(canWriteTo path: String) throws(StorageError) {
        switch try Destination(path) {
        case .descriptor: break
        case .stream: try check(unsafe path.withPath { unsafe access($0, W_OK) } == 0 ? 0 : errno, path)
        case .file(let folder, _, _):
            guard let _ = TemporaryFile(in: folder, mode: 0o600) else {
                throw StorageError("cannot be written", path: path, errno: errno)
            }
        }
    }

    /// Gives whether the file was still there to take its place; another process can take one for abandoned that is just
    /// about to.
    private static func replace(
        _ target: String,
        _ existing: stat?,
        in folder: String,
        with bytes: [UInt8],
        _ path: String,
        _ progress: Progress
    ) throws(StorageError) -> Bool {
        // Until it has its owner nobody else shall read it.
        guard var file = TemporaryFile(in: folder, mode: existing == nil ? 0o666 : 0o600) else {
            throw StorageError("cannot be written", path: path, errno: errno)
        }
        for first in stride(from: 0, to: bytes.count, by: pieceSize) {
            let end = min(first + pieceSize, bytes.count)
            try check(Output.write(bytes, first..<end, to: file.descriptor), path)
            try progress.check(end, of: bytes.count, path: path)
        }
        if let existing {
            let isOurs = fchown(file.descriptor, existing.st_uid, existing.st_gid) == 0
            // Without the right to give files away, the group is what can be kept; no program runs as someone else then.
            if !isOurs { _ = fchown(file.descriptor, uid_t.max, existing.st_gid) }
            let mode = existing.st_mode & (isOurs ? 0o7777 : 0o777)
            try check(fchmod(file.descriptor, mode) == 0 ? 0 : errno, path)
        }
        try check(fsync(file.descriptor) == 0 ? 0 : errno, path)
        try progress.finish(path: path)
        switch file.take(theNameOf: target) {
        case ENOENT:
            return false
        case EBUSY:
            throw StorageError(
                .io,
                path: path,
                "cannot be replaced: \(systemError(EBUSY)). If it is mounted as a single file, mount its folder in its "
                    + "place, or name another file"
            )
        case let number:
            try check(number, path)
            return true
        }
    }

    private static func check(_ number: Int32, _ path: String) throws(StorageError) {
        guard number == 0 else { throw StorageError("cannot be written", path: path, errno: number) }
    }
}
