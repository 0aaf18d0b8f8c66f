package import SpaneSystem
internal import SpaneScheduling

/// Why a file could not be read or written. The message names the file, and the dataset, attribute or line in it.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of mistake; new kinds may be added.
    public struct Code: Equatable, Hashable, Sendable {
        let name: String

        /// The operating system refused: no such file, no permission, no space.
        public static let io = Code(name: "io")
        /// The content is not what it should be: another format, damaged, an impossible value.
        public static let format = Code(name: "format")
        /// The content is of a format version that this library does not know.
        public static let version = Code(name: "version")
        /// A dataset has other dimensions than the rest of the file says.
        public static let shapeMismatch = Code(name: "shapeMismatch")
        /// Memory for the content cannot be had; it was refused before it was tried.
        public static let outOfMemory = Code(name: "outOfMemory")
        /// Somebody has stopped the work from outside.
        public static let cancelled = Code(name: "cancelled")
    }

    /// The kind of mistake.
    public let code: Code
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let detail: String
    /// The number of the operating system's error; 0 where it did not refuse.
    package let errno: Int32

    /// Creates an error about `path`.
    public init(_ code: Code, path: String, _ detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
        errno = 0
    }

    /// An error of the operating system: "`what`: No space left on device".
    package init(_ what: String, path: String, errno: Int32) {
        code = .io
        self.path = path
        detail = "\(what): \(File.systemError(errno))"
        self.errno = errno
    }

    package init(_ error: OutOfMemory, path: String) {
        self.init(.outOfMemory, path: path, error.description)
    }

    /// One sentence for a person: the file and what is wrong with it.
    public var description: String { "\(path): \(detail)" }
}
