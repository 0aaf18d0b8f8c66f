import Foundation
import Glibc
import SpaneStorage
import SpaneTestSupport
import Testing

/// The `spane` command as a user runs it, with a folder of its own.
struct Command {
    /// What a run left behind.
    struct Result {
        let status: Int32
        /// The bytes of standard output.
        let bytes: [UInt8]
        let errors: String
        /// Standard output as text.
        var output: String { String(decoding: bytes, as: UTF8.self) }
    }

    let folder = TemporaryFolder()

    /// The executable beside the one that runs the tests.
    private static let executable: String = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "spane-cli").path
    }()

    /// Runs the command in the folder and waits for its end.
    ///
    /// - Parameter shell: commands of the shell to run before, in the same process.
    func run(_ arguments: [String], shell: String = "") throws -> Result {
        try start(arguments, shell: shell).wait()
    }

    /// A command under way, to be waited for once.
    struct Process {
        fileprivate let id: pid_t
        fileprivate let files: (output: String, errors: String)
        fileprivate let folder: TemporaryFolder

        /// Sends a signal, which finds the command even if it has just ended.
        func send(_ signal: Int32) { kill(id, signal) }

        /// Waits for the end, and puts one to it if it does not come; the status is minus the signal that ended the process.
        func wait(orKillAfterSeconds limit: Int? = nil) throws -> Result {
            var status: Int32 = 0
            var milliseconds = 0
            while true {
                let ended = unsafe waitpid(id, &status, limit == nil ? 0 : WNOHANG)
                if ended == id { break }
                try #require(ended == 0 || errno == EINTR)
                usleep(1000)
                milliseconds += 1
                if let limit, milliseconds == limit * 1000 { send(SIGKILL) }
            }
            defer { for name in [files.output, files.errors] { unsafe unlink(folder.file(name)) } }
            return Result(
                status: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F),
                bytes: try folder.read(files.output),
                errors: try folder.text(files.errors)
            )
        }
    }

    /// Starts the command in the folder, as ``run(_:shell:)`` does.
    func start(_ arguments: [String], shell: String = "") throws -> Process {
        try start(script: "\(shell.isEmpty ? "" : shell + " && ")exec \"$@\"", arguments)
    }

    /// Runs commands of the shell in the folder, for which `"$1"` is the command, and waits for their end.
    func run(script: String) throws -> Result { try start(script: script, []).wait() }

    private func start(script commands: String, _ arguments: [String]) throws -> Process {
        let number = UUID().uuidString
        let (output, errors) = ("\(number).out", "\(number).err")
        let script = "cd \"$1\" && exec >\"$2\" 2>\"$3\" && shift 3 && \(commands)"
        let id = try spawn(["/bin/sh", "-c", script, "sh", folder.path, output, errors, Self.executable] + arguments)
        return Process(id: id, files: (output, errors), folder: folder)
    }

    /// Runs the command, which must succeed and say nothing on standard error, and gives its output.
    @discardableResult
    func succeed(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        try succeed(arguments, sourceLocation: sourceLocation)
    }

    /// The same with the arguments in an array.
    @discardableResult
    func succeed(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let result = try run(arguments)
        #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errors == "", sourceLocation: sourceLocation)
        return result.output
    }

    /// Runs the command, which must fail with this message and print nothing else but its usage.
    func fail(
        _ arguments: [String],
        status: Int32,
        _ message: String,
        shell: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try run(arguments, shell: shell)
        #expect(result.status == status, sourceLocation: sourceLocation)
        #expect(result.output == "", sourceLocation: sourceLocation)
        let lines = result.errors.split(separator: "\n").map(String.init)
        #expect(lines.first == "Error: \(message)", sourceLocation: sourceLocation)
        let usage = lines.dropFirst().drop { $0.hasPrefix("Help: ") }
        #expect(usage.isEmpty || usage.first?.hasPrefix("Usage: spane ") == true, sourceLocation: sourceLocation)
    }

    private func spawn(_ arguments: [String]) throws -> pid_t {
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        // Through the gate of HDF5, so that the process inherits no file that another test has open and locked just now.
        let spawned = try HDF5.perform { () throws(StorageError) in
            unsafe posix_spawn(&process, arguments[0], nil, nil, &words, environ)
        }
        try #require(spawned == 0)
        return process
    }
}

/// How the command ends.
enum Status {
    static let failure: Int32 = 1
    /// An argument that cannot be right (EX_USAGE).
    static let usage: Int32 = 64
}
