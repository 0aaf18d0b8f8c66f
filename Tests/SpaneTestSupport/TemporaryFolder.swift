internal import FoundationEssentials

/// A folder of its own for one test, removed with what is in it when the last reference goes.
///
/// Keep it in a property of the suite: a local value could go before its files are read.
package final class TemporaryFolder: Sendable {
    /// The path of the folder.
    package let path: String

    package init() {
        path = FileManager.default.temporaryDirectory.path + "/spane-tests-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            preconditionFailure("\(path) cannot be made: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and gives its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

    /// Writes a file and gives its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        // Some file systems wait for the disk when a file is written over, but not when it is new.
        try? FileManager.default.removeItem(atPath: file(name))
        try Data(bytes).write(to: URL(filePath: file(name)))
        return file(name)
    }

    /// The bytes of a file.
    package func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file(name)))) }

    /// The text of a file.
    package func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    /// Makes a folder in the folder and gives its path.
    @discardableResult
    package func makeFolder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }

    /// The names of all files and folders in the folder and below it.
    package func names() throws -> [String] { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }
}
