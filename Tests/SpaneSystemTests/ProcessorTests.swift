import SpaneSystem
import SpaneTestSupport
import Testing

@Suite struct ProcessorTests {
    @Test(arguments: [("200000 100000", 2), ("250000 100000", 3), ("1000 100000", 1), ("max 100000", nil)])
    func version2(quota: String, expected: Int?) throws {
        let host = try FakeHost.version2(group: "/pods/one")
        try host.write("\(quota)\n", to: "sys/fs/cgroup/pods/one/cpu.max")
        #expect(processorQuota(root: host.root.path) == expected)
    }

    @Test(arguments: [("200000", 2), ("150000", 2), ("-1", nil)])
    func version1(quota: String, expected: Int?) throws {
        let host = try FakeHost.version1(group: "/pods/one")
        try host.write("\(quota)\n", to: "sys/fs/cgroup/cpu,cpuacct/pods/one/cpu.cfs_quota_us")
        try host.write("100000\n", to: "sys/fs/cgroup/cpu,cpuacct/pods/one/cpu.cfs_period_us")
        #expect(processorQuota(root: host.root.path) == expected)
    }

    @Test func outerGroupsLimitInnerOnes() throws {
        let host = try FakeHost.version2(group: "/pods/one")
        try host.write("800000 100000\n", to: "sys/fs/cgroup/pods/one/cpu.max")
        try host.write("300000 100000\n", to: "sys/fs/cgroup/pods/cpu.max")
        #expect(processorQuota(root: host.root.path) == 3)
    }

    /// A container sees its own group at the mount point, under the name that the machine gave it or another one.
    @Test(arguments: [("/docker/abc", "/docker/abc"), ("/", "/"), ("/docker/abc", "/"), ("/x/y", "/docker/abc")])
    func containers(group: String, mount: String) throws {
        let hosts = [
            try FakeHost.version2(group: group, mount: mount), try FakeHost.version1(group: group, mount: mount),
        ]
        for host in hosts {
            try host.write("200000 100000\n", to: "sys/fs/cgroup/cpu.max")
            try host.write("200000\n", to: "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us")
            try host.write("100000\n", to: "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us")
            #expect(processorQuota(root: host.root.path) == 2)
        }
    }

    @Test func nothingIsNoQuota() throws {
        let empty = FakeHost()
        #expect(processorQuota(root: empty.root.path) == nil)
        let odd = FakeHost()
        try odd.write("nonsense\n::\n0:\n", to: "proc/self/cgroup")
        try odd.write("nonsense\n - \n1 2 3 - x\n", to: "proc/self/mountinfo")
        #expect(processorQuota(root: odd.root.path) == nil)
    }

    /// `Tests/C/threads.c` binds a thread to one processor.
    @Test func thisProcessHasSome() { #expect(processorCount >= 1) }
}
