import SpaneSystem
import SpaneTestSupport
import Testing

@Suite struct MemoryTests {
    private let megabyte = 1 << 20

    private func allows(_ megabytes: Int, on host: FakeHost) -> Bool {
        do {
            try Memory.check(bytes: megabytes * megabyte, for: "a test", root: host.root.path)
            return true
        } catch {
            #expect(error.description.hasPrefix("a test needs \(megabytes * megabyte) bytes of memory"))
            return false
        }
    }

    @Test func version2() throws {
        let host = try FakeHost.version2(group: "/pods/one")
        try host.write("\(100 * megabyte)\n", to: "sys/fs/cgroup/pods/one/memory.max")
        try host.write("\(60 * megabyte)\n", to: "sys/fs/cgroup/pods/one/memory.current")
        #expect(allows(30, on: host))
        #expect(!allows(50, on: host))
        // What is cached is given up first.
        try host.write(
            "anon 1\ninactive_file \(15 * megabyte)\nactive_file \(5 * megabyte)\n",
            to: "sys/fs/cgroup/pods/one/memory.stat"
        )
        #expect(allows(50, on: host))
        #expect(!allows(61, on: host))
        // An outer group has less.
        try host.write("\(200 * megabyte)\n", to: "sys/fs/cgroup/pods/memory.max")
        try host.write("\(190 * megabyte)\n", to: "sys/fs/cgroup/pods/memory.current")
        #expect(allows(8, on: host))
        #expect(!allows(10, on: host))
        try host.write("max\n", to: "sys/fs/cgroup/pods/memory.max")
        #expect(allows(50, on: host))
    }

    @Test func version1() throws {
        let host = try FakeHost.version1(group: "/pods/one")
        let folder = "sys/fs/cgroup/the memory/pods/one"
        try host.write("9223372036854771712\n", to: "\(folder)/memory.limit_in_bytes")
        try host.write("\(60 * megabyte)\n", to: "\(folder)/memory.usage_in_bytes")
        #expect(allows(500, on: host))
        try host.write("\(100 * megabyte)\n", to: "\(folder)/memory.limit_in_bytes")
        #expect(allows(30, on: host))
        #expect(!allows(50, on: host))
        try host.write("inactive_file 1\ntotal_inactive_file \(20 * megabyte)\n", to: "\(folder)/memory.stat")
        #expect(allows(50, on: host))
    }

    @Test func theMachineHasAvailable() throws {
        let host = FakeHost()
        try host.write(
            "MemTotal: 999999999 kB\nMemAvailable:   40960 kB\nHugePages_Total:       0\nSwapFree: 10240 kB\n",
            to: "proc/meminfo"
        )
        #expect(allows(45, on: host))
        #expect(!allows(51, on: host))
    }

    @Test func nothingIsKnown() { #expect(allows(64, on: FakeHost())) }

    @Test func moreThanAnyMachineHas() {
        #expect(!allows(1 << 40, on: FakeHost()))
        #expect(throws: OutOfMemory.self) { try Memory.check(bytes: .max, for: "a test") }
    }

    @Test func threadsAreAtLeastOne() {
        #expect(Memory.affordableThreads(0, bytesOfEach: 0) == 1)
        #expect(Memory.affordableThreads(2, bytesOfEach: 1000) == 2)
        #expect(Memory.affordableThreads(1024, bytesOfEach: 1 << 50) == 1)
    }
}
