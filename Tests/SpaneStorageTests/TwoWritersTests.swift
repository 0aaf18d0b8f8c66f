import Dispatch
import Foundation
import Glibc
import SpaneFileTestSupport
import SpaneStorage
import SpaneTestSupport
import Synchronization
import Testing

/// Several writers of one file, and what those leave that are killed.
@Suite struct TwoWritersTests {
    private let folder = TemporaryFolder()

    /// Every save succeeds, and every reader finds a whole file.
    @Test func manyThreads() throws {
        let path = folder.file("file")
        let texts = (0..<4).map { String(repeating: "\($0)", count: 10_000 + $0) }
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: texts.count) { thread in
            do {
                for _ in 0..<50 {
                    try TextFile.write(texts[thread], to: path)
                    if try !texts.contains(TextFile.read(path)) { failures.withLock { $0.append("half a file") } }
                }
            } catch { failures.withLock { $0.append("\(error)") } }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try folder.names() == ["file"])
    }

    /// Names that could be guessed could be links laid by others.
    @Test func plantedLinks() throws {
        try folder.write("precious", to: "victim")
        try #require(unsafe symlink("victim", folder.file("file.\(getpid()).tmp")) == 0)
        try TextFile.write("text", to: folder.file("file"))
        #expect(try folder.text("victim") == "precious")
        #expect(try folder.text("file") == "text")
    }

    // MARK: Abandoned files

    private static let boot: String = {
        let text = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
        return String(decoding: text.prefix(8), as: UTF8.self)
    }()

    private func write(_ name: String, daysAgo days: Int = 0) throws {
        try folder.write("half", to: name)
        var times = [timespec(tv_sec: time(nil) - 86_400 * days - 60 * days, tv_nsec: 0), timespec()]
        times[1] = times[0]
        try #require(unsafe utimensat(AT_FDCWD, folder.file(name), times, 0) == 0)
    }

    @Test func whatIsRemoved() throws {
        let (mine, locked) = (".spane-\(Self.boot)-1.tmp", ".spane-\(Self.boot)-2.tmp")
        let (new, old, oldAndLocked) = (".spane-other-1.tmp", ".spane-other-2.tmp", ".spane-other-3.tmp")
        for name in [mine, locked, new] { try write(name) }
        for name in [old, oldAndLocked] { try write(name, daysAgo: 1) }
        // Files of others that are called like ours in part.
        let others = [".spane-\(Self.boot)-4", "spane-\(Self.boot)-5.tmp", "x.tmp"]
        for name in others { try write(name, daysAgo: 9) }
        let descriptors = [locked, oldAndLocked].map { unsafe open(folder.file($0), O_RDWR | O_CLOEXEC) }
        defer { for descriptor in descriptors { close(descriptor) } }
        for descriptor in descriptors { try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0) }
        try #require(unsafe mkfifo(folder.file(".spane-\(Self.boot)-6.tmp"), 0o600) == 0)
        try TextFile.write("text", to: folder.file("file"))
        let kept = others + [locked, new, oldAndLocked, ".spane-\(Self.boot)-6.tmp", "file"]
        #expect(try folder.names() == kept.sorted())
    }

    // MARK: Files that others write

    /// HDF5 notes in the file that it is open, and locks it.
    @Test func aFileThatIsOpenForWriting() throws {
        let path = folder.file("trace.h5")
        try TraceFile.write(Samples.trace(), Samples.description, to: path)
        let whole = try folder.read("trace.h5")
        var open: [UInt8] = []
        try HDF5Editor.edit(path) { _ in open = (try? folder.read("trace.h5")) ?? [] }
        #expect(open != whole)
        let copy = try folder.write(open, to: "open.h5")
        func message() -> String {
            do {
                _ = try TraceFile.read(copy)
                return ""
            } catch {
                #expect(error.code == .io)
                return error.detail
            }
        }
        #expect(
            message()
                == "another program has it open for writing, or ended without closing it; in that case 'h5clear -s' makes it "
                + "readable, if it is sound"
        )
        let descriptor = unsafe Glibc.open(copy, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(message() == "another program has it open for writing; try again when that has closed it")
        // A lock alone is no obstacle: what is whole can be read.
        try folder.write(whole, to: "whole.h5")
        let other = unsafe Glibc.open(folder.file("whole.h5"), O_RDWR | O_CLOEXEC)
        defer { close(other) }
        try #require(flock(other, LOCK_EX | LOCK_NB) == 0)
        _ = try TraceFile.read(folder.file("whole.h5"))
    }
}
