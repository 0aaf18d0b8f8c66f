import Foundation
import Glibc
import SpaneStorage
import SpaneTestSupport
import Testing

/// System calls that fail in a command; see `Tests/Faults/faults.c`.
enum Faults {
    private static let folder = TemporaryFolder()

    private static let library: Result<String, any Error> = Result {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Faults/faults.c").path
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", folder.file("faults.so"), source]
        try HDF5.perform { () throws(StorageError) in
            do { try compiler.run() } catch { throw StorageError(.io, path: source, "\(error)") }
        }
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return folder.file("faults.so")
    }

    /// What the shell has to do before the command: `shell("flock", ENOLCK)`.
    static func shell(_ call: String, _ number: Int32) throws -> String {
        "export LD_PRELOAD='\(try library.get())' SPANE_FAULTS=\(call)=\(number)"
    }
}
