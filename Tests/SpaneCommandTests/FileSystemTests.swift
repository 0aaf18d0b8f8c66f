import Glibc
import SpaneStorage
import SpaneTestSupport
import Testing

/// File systems without locks, files that cannot be replaced, and writers that are killed.
@Suite struct FileSystemTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private func generate(_ output: String, shell: String = "") throws -> Command.Process {
        try command.start(["trace", "generate", "--count", "50", "--output", output], shell: shell)
    }

    private var temporaries: [String] {
        get throws { try folder.names().filter { $0.hasSuffix(".tmp") } }
    }

    // MARK: No locks

    @Test(arguments: [ENOLCK, EOPNOTSUPP, ENOSYS])
    func filesNeedNoLocks(number: Int32) throws {
        let shell = try Faults.shell("flock", number)
        #expect(try generate("trace.h5", shell: shell).wait().status == 0)
        let result = try command.run(["trace", "info", "trace.h5"], shell: shell)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try folder.names() == ["trace.h5"])
    }

    @Test(arguments: ["train", "search", "experiment"])
    func foldersNeedALockOrAPromise(kind: String) throws {
        try TrainingSample.writeSearch("trials = 2", to: folder, generations: 2)
        let arguments =
            switch kind {
            case "train": ["train", "train.toml", "--output", "out"]
            case "search":
                ["search", "space.toml", "--output", "out"]
            default:
                [
                    "experiment", "wait-time", "--trace", "trace.h5", "--starts", "0..<400:12:3", "--servers", "2",
                    "--policies", "balance-fit", "--output", "out",
                ]
            }
        let shell = try Faults.shell("flock", ENOLCK)
        let work = kind == "experiment" ? "playing episodes" : "training"
        try command.fail(
            arguments,
            status: Status.failure,
            "out/lock: cannot be locked: No locks available. Does its file system have no locks? Name a folder on another "
                + "one; or give --without-lock, and see to it that no other process is \(work) in this folder",
            shell: shell
        )
        let result = try command.run(arguments + ["--without-lock"], shell: shell)
        #expect(result.status == 0, "\(result.errors)")
    }

    // MARK: Files that cannot be replaced

    @Test func aFileThatIsMountedByItself() throws {
        try folder.write("an earlier file", to: "trace.h5")
        let result = try generate("trace.h5", shell: Faults.shell("rename", EBUSY)).wait()
        #expect(result.status == Status.failure)
        #expect(
            result.errors
                == "Error: trace.h5: cannot be replaced: Device or resource busy. If it is mounted as a single file, mount its "
                + "folder in its place, or name another file\n"
        )
        #expect(try folder.names() == ["trace.h5"])
        #expect(try folder.text("trace.h5") == "an earlier file")
    }

    // MARK: Writers that are killed

    /// What a writer that was started has made, once it has written to it: before, it may not be locked yet. That takes long on a
    /// busy machine.
    private func temporariesOnceThere() throws -> [String] {
        for _ in 0..<120_000 {
            let found = try temporaries
            if let file = found.first, let content = try? folder.read(file), !content.isEmpty { return found }
            usleep(1000)
        }
        return try temporaries
    }

    /// What a writer leaves is removed by the next one, but not before it is gone.
    @Test func killedWhileWriting() throws {
        let writer = try generate("trace.h5", shell: Faults.shell("fsync", 0))
        let left = try temporariesOnceThere()
        #expect(left.count == 1)
        #expect(try generate("other.h5").wait().status == 0)
        #expect(try temporaries == left)
        writer.send(SIGKILL)
        #expect(try writer.wait().status == -SIGKILL)
        #expect(try temporaries == left)
        #expect(try generate("other.h5").wait().status == 0)
        #expect(try folder.names() == ["other.h5"])
    }

    /// Where there are no locks nobody can tell whether a writer is gone.
    @Test func withoutLocksNothingIsTakenForAbandoned() throws {
        let writer = try generate("trace.h5", shell: Faults.shell("fsync", 0))
        let left = try temporariesOnceThere()
        #expect(left.count == 1)
        #expect(try generate("other.h5", shell: Faults.shell("flock", ENOLCK)).wait().status == 0)
        #expect(try temporaries == left)
        writer.send(SIGKILL)
        #expect(try writer.wait().status == -SIGKILL)
    }

    // MARK: Names

    /// A path is any bytes; what is no UTF-8 comes back in messages as it was given.
    @Test func namesThatAreNoUTF8() throws {
        try Samples.writeTrace(to: folder)
        let script = #"""
            set -e
            name=$(printf 'caf\351 \364\217\237\251.h5')
            "$1" trace import trace.h5 "$name"
            "$1" trace info "$name" | head -n 1
            cmp trace.h5 "$name" || test -s "$name"
            printf '%s\n' *.h5
            "$1" trace info "missing$name" 2>&1 || echo status $?
            """#
        let result = try command.run(script: script)
        let name: [UInt8] = Array("caf".utf8) + [0xE9, 0x20, 0xF4, 0x8F, 0x9F, 0xA9] + Array(".h5".utf8)
        let lines: [[UInt8]] = [
            name + Array(": 600 VMs of 20 sizes".utf8), name, name, Array("trace.h5".utf8),
            Array("Error: missing".utf8) + name + Array(": cannot be read: No such file or directory".utf8),
            Array("status 1".utf8),
        ]
        #expect(result.bytes.split(separator: UInt8(ascii: "\n")).map(Array.init) == lines)
    }

    /// So are traces that a program has to unpack, and fleets.
    @Test func packedTracesAndFleetsOfSuchNames() throws {
        try folder.write("vmid,cpu,mem,at,lt\n0,4,8,0,100\n1,2,16,10,5\n", to: "in.csv")
        try folder.write("[[server]]\nname = \"a\"\nnodes = 1\ncpu = 4\nmem = 16\n", to: "fleet.toml")
        let script = #"""
            set -e
            trace=$(printf 'caf\351.csv.gz') fleet=$(printf 'fl\351.toml')
            gzip -c in.csv >"$trace"
            mv fleet.toml "$fleet"
            "$1" trace import "$trace" out.h5
            "$1" trace info "$trace" --fleet "$fleet" >info
            grep -c '^The cluster: 1 server a of 1 x (4 cores, 16 GB); in all 4 cores, 16 GB' info
            """#
        let result = try command.run(script: script)
        #expect(result.output == "out.h5: 2 VMs of 2 sizes\n1\n")
        #expect(result.errors == "")
    }
}
