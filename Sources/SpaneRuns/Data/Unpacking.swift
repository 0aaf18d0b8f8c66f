internal import SpaneSystem
internal import SpaneStorage

/// Packed files, unpacked by the program that everyone has for it, which runs without a shell.
enum Unpacking {
    /// Unpacks `content`.
    static func run(_ packing: OtherFormat.Packing, _ content: [UInt8], name: String) throws(StorageError) -> [UInt8] {
        let file = try unsafe temporaryFile(for: name)
        defer { unsafe fclose(file) }
        guard unsafe fwrite(content, 1, content.count, file) == content.count, unsafe fflush(file) == 0,
            unsafe lseek(fileno(file), 0, SEEK_SET) == 0
        else { throw StorageError(.io, path: name, "cannot be unpacked: \(File.systemError)") }
        return try run(packing, unsafe fileno(file), name: name)
    }

    /// Unpacks what can be read from `input`.
    ///
    /// - Throws: ``StorageError`` when the program is missing, or with what it says.
    static func run(_ packing: OtherFormat.Packing, _ input: Int32, name: String) throws(StorageError) -> [UInt8] {
        let errors = try unsafe temporaryFile(for: name)
        defer { unsafe fclose(errors) }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw StorageError(.io, path: name, "cannot be unpacked: \(File.systemError)")
        }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try start(packing, [input, ends[1], unsafe fileno(errors)], name: name)
        } catch {
            close(ends[0])
            throw error
        }
        let result: Result<[UInt8], StorageError>
        do throws(StorageError) {
            result = .success(try ByteStream.read(ends[0], name: name))
        } catch {
            result = .failure(error)
        }
        // Ends the program if it has more to say.
        close(ends[0])
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        let content = try result.get()
        guard status == 0 else {
            throw StorageError(.format, path: name, "cannot be unpacked: \(unsafe message(in: errors, of: packing))")
        }
        return content
    }

    /// Starts the program with these files as standard input, output and error.
    private static func start(
        _ packing: OtherFormat.Packing,
        _ descriptors: [Int32],
        name: String
    ) throws(StorageError) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, descriptor) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }
        let arguments = [packing.rawValue, "-dc"]
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        let failure = unsafe posix_spawnp(&process, packing.rawValue, &actions, nil, &words, environ)
        guard failure == 0 else {
            let reason = unsafe String(cString: strerror(failure))
            throw StorageError(
                .io,
                path: name,
                "is packed with \(packing.rawValue), and the program \(packing.rawValue) cannot be run: \(reason)"
            )
        }
        return process
    }

    private static func temporaryFile(for name: String) throws(StorageError) -> UnsafeMutablePointer<FILE> {
        guard let file = unsafe tmpfile() else {
            throw StorageError(.io, path: name, "cannot be unpacked: no temporary file: \(File.systemError)")
        }
        return unsafe file
    }

    /// The first line that the program wrote about its failure.
    private static func message(in file: UnsafeMutablePointer<FILE>, of packing: OtherFormat.Packing) -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe pread(fileno(file), &bytes, bytes.count, 0)
        let line = bytes.prefix(max(count, 0)).drop { $0 == UInt8(ascii: "\n") }.prefix { $0 != UInt8(ascii: "\n") }
        return line.isEmpty ? "\(packing.rawValue) failed" : VisibleText.of(line, atMost: 200)
    }
}
