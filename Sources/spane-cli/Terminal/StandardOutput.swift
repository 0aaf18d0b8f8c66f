import SpaneSystem
import SpaneStorage
import Synchronization

/// Writes to standard output, and remembers when that failed: what a command does besides is done all the same.
enum StandardOutput {
    private static let failure = Atomic<Int32>(0)

    /// Prints a line for people, in which file names are the bytes that they are.
    static func print(_ text: String) { write(PathText.bytes(of: text + "\n")) }

    /// Prints text for programs as it would be in a file, always in UTF-8.
    static func write(_ text: String) { write(Array(text.utf8)) }

    private static func write(_ bytes: [UInt8]) {
        guard failure.load(ordering: .relaxed) == 0 else { return }
        failure.store(Output.write(bytes, to: STDOUT_FILENO), ordering: .relaxed)
    }

    /// Throws when something could not be written.
    static func check() throws {
        let number = failure.load(ordering: .relaxed)
        if number != 0 { throw StorageError("cannot be written", path: "standard output", errno: number) }
    }
}

/// Writes to standard error, as well as that goes.
enum StandardError {
    static func write(_ text: String) { _ = Output.write(PathText.bytes(of: text), to: STDERR_FILENO) }
}

/// The three files that every program begins with.
enum StandardFiles {
    /// Puts something in the place of those that are closed, since the next file opened would get their number and all that is
    /// printed. What stands for standard output refuses to be written to.
    static func fill() {
        for (number, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(number, F_GETFD) < 0 {
            _ = unsafe open("/dev/null", mode)
        }
    }
}
