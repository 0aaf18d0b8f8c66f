import CHDF5
import Glibc
import SpaneStorage
import SpaneTestSupport
import Testing

/// HDF5 prints what goes wrong unless it is told not to; a library must not write to its host's standard error.
@Suite struct SilenceTests {
    private let folder = TemporaryFolder()

    /// What every printout of HDF5 begins with.
    private static let mark = "HDF5-DIAG"

    @Test func failuresPrintNothing() throws {
        let missing = folder.file("missing")
        try TraceFile.write(Samples.trace(), Samples.description, to: folder.file("trace.h5"))
        let truncated = try folder.write(Array(folder.read("trace.h5").dropLast(100)), to: "truncated")
        let printed = try capture {
            #expect(throws: StorageError.self) { try TraceFile.read(truncated) }
            #expect(throws: StorageError.self) { try WeightsFile.read(truncated) }
            #expect(throws: StorageError.self) { try WeightsFile.read(folder.file("trace.h5")) }
            #expect(throws: StorageError.self) { try WeightsFile.read(missing) }
            #expect(throws: StorageError.self) {
                try TraceFile.write(Samples.trace(), Samples.description, to: missing + "/file")
            }
        }
        #expect(!printed.contains(Self.mark))
        // The capture does notice what HDF5 prints.
        let control = try capture {
            try HDF5.perform { () throws(StorageError) in
                #expect(unsafe chdf5_open_read_only(missing) < 0)
                let errorsOfThisThread: hid_t = 0
                H5Eprint2(errorsOfThisThread, nil)
            }
        }
        #expect(control.contains(Self.mark))
    }

    /// What is written to standard error meanwhile, by this test and by those that run beside it, to whom it is passed on.
    private func capture(_ body: () throws -> Void) throws -> String {
        let path = folder.file("printed")
        let output = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let original = dup(STDERR_FILENO)
        try #require(output >= 0 && original >= 0)
        dup2(output, STDERR_FILENO)
        defer {
            close(output)
            close(original)
        }
        do {
            try body()
        } catch {
            dup2(original, STDERR_FILENO)
            throw error
        }
        dup2(original, STDERR_FILENO)
        let printed = try folder.read("printed")
        _ = unsafe write(original, printed, printed.count)
        return String(decoding: printed, as: UTF8.self)
    }
}
