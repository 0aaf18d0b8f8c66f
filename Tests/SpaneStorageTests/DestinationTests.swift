import Glibc
import SpaneStorage
import SpaneTestSupport
import Testing

/// Where the bytes go that are written to a path: devices and pipes stay what they are, links stay links.
@Suite struct DestinationTests {
    private let folder = TemporaryFolder()

    /// The folder is gone when nothing refers to it any more.
    private func status(_ name: String) throws -> stat {
        var status = stat()
        try #require(unsafe lstat(folder.file(name), &status) == 0)
        return status
    }

    private func link(_ name: String, to target: String) throws {
        try #require(unsafe symlink(target, folder.file(name)) == 0)
    }

    private func expectFailure(_ name: String, _ reason: String) {
        let path = folder.file(name)
        let error = #expect(throws: StorageError.self) { try TextFile.write("text", to: path) }
        #expect(error?.path == path)
        #expect(error?.detail == "cannot be written: \(reason)")
    }

    // MARK: No regular files

    @Test(arguments: 0...2)
    func aPipe(writer: Int) throws {
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        // Open for both, so that nobody waits; what is written fits into the pipe.
        let pipe = unsafe open(path, O_RDWR | O_CLOEXEC)
        defer { close(pipe) }
        try WritingTests.writers[writer](path)
        try WritingTests.writers[writer](folder.file("file"))
        let expected = try folder.read("file")
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(pipe, &bytes, bytes.count)
        #expect(Array(bytes.prefix(count)) == expected)
        #expect(try status("pipe").st_mode & S_IFMT == S_IFIFO)
        #expect(try folder.names() == ["file", "pipe"])
    }

    /// The signal of a broken pipe would end the process.
    @Test func aPipeThatNobodyReads() throws {
        let path = folder.file("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let writer = unsafe open(path, O_WRONLY | O_CLOEXEC)
        close(reader)
        defer { close(writer) }
        let error = #expect(throws: StorageError.self) { try TextFile.write("text", to: "/dev/fd/\(writer)") }
        #expect(error?.detail == "cannot be written: Broken pipe")
    }

    /// Only root makes devices: numbers 1, 3 are those of `/dev/null`, 1, 7 those of `/dev/full`.
    @Test(.enabled(if: geteuid() == 0), arguments: 0...2)
    func aDevice(writer: Int) throws {
        guard unsafe mknod(folder.file("null"), S_IFCHR | 0o666, makedev(1, 3)) == 0 else { return }
        try link("link", to: "null")
        for name in ["null", "link"] { try WritingTests.writers[writer](folder.file(name)) }
        #expect(try status("null").st_mode & S_IFMT == S_IFCHR)
        try #require(unsafe mknod(folder.file("full"), S_IFCHR | 0o666, makedev(1, 7)) == 0)
        expectFailure("full", "No space left on device")
        #expect(try folder.names() == ["full", "link", "null"])
    }

    @Test func aSocket() throws {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(folder.file("socket").utf8)
        try #require(path.count < MemoryLayout.size(ofValue: address.sun_path))
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        let bound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
        expectFailure("socket", "No such device or address")
        #expect(try status("socket").st_mode & S_IFMT == S_IFSOCK)
    }

    /// An open file goes on where it is, as with `/dev/stdout`.
    @Test(arguments: ["/dev/fd/", "/proc/self/fd/"])
    func anOpenFile(prefix: String) throws {
        let file = unsafe open(folder.file("log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        try link("log-link", to: "\(prefix)\(file)")
        for (index, path) in ["\(prefix)\(file)", folder.file("log-link")].enumerated() {
            try TextFile.write("text \(index)\n", to: path)
        }
        #expect(try folder.text("log") == "text 0\ntext 1\n")
        let closed = #expect(throws: StorageError.self) { try TextFile.write("text", to: "\(prefix)987654") }
        #expect(closed?.detail == "cannot be written: Bad file descriptor")
    }

    // MARK: Links

    @Test func linksStay() throws {
        try folder.makeFolder("there")
        try folder.write("old", to: "there/file")
        try link("one", to: "there/two")
        try link("there/two", to: folder.file("there/file"))
        try link("new", to: "there/missing")
        for name in ["one", "new"] { try TextFile.write(name, to: folder.file(name)) }
        #expect(try folder.text("there/file") == "one")
        #expect(try folder.text("there/missing") == "new")
        for name in ["one", "there/two", "new"] { #expect(try status(name).st_mode & S_IFMT == S_IFLNK) }
        #expect(try folder.names() == ["new", "one", "there", "there/file", "there/missing", "there/two"])
    }

    @Test func linksToNothing() throws {
        try link("circle", to: "circle")
        expectFailure("circle", "Too many levels of symbolic links")
        try link("far", to: "missing/file")
        expectFailure("far", "No such file or directory")
        try folder.makeFolder("folder")
        try link("near", to: "folder")
        expectFailure("near", "Is a directory")
        expectFailure("new/", "Is a directory")
        expectFailure("folder/", "Is a directory")
    }

    // MARK: What stays of a file that is replaced

    @Test func modeAndOwnerStay() throws {
        try folder.write("old", to: "file")
        try #require(unsafe chmod(folder.file("file"), 0o640) == 0)
        if geteuid() == 0 { try #require(unsafe chown(folder.file("file"), 12_345, 54_321) == 0) }
        let before = try status("file")
        try TextFile.write("new", to: folder.file("file"))
        let after = try status("file")
        #expect(after.st_mode == before.st_mode)
        #expect(after.st_uid == before.st_uid)
        #expect(after.st_gid == before.st_gid)
        #expect(after.st_ino != before.st_ino)
    }

    /// The name of the target leaves no room for more.
    @Test func theLongestName() throws {
        let name = String(repeating: "n", count: 255)
        for text in ["one", "two"] { try TextFile.write(text, to: folder.file(name)) }
        #expect(try folder.text(name) == "two")
    }
}

/// The number of a device.
private func makedev(_ major: dev_t, _ minor: dev_t) -> dev_t { major << 8 | minor }
