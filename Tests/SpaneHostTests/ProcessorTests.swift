import Glibc
import SpaneHost
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

    /// Affinity belongs to a thread, so this one changes that of its own only.
    @Test func affinityCounts() {
        var before = cpu_set_t()
        let size = MemoryLayout<cpu_set_t>.size
        unsafe sched_getaffinity(0, size, &before)
        let all = processorCount
        #expect(all >= 1)
        var one = cpu_set_t()
        let words = unsafe withUnsafeBytes(of: before) { unsafe $0.bindMemory(to: UInt.self).map { $0 } }
        guard let index = words.firstIndex(where: { $0 != 0 }) else { return }
        unsafe withUnsafeMutableBytes(of: &one) { bytes in
            unsafe bytes.bindMemory(to: UInt.self)[index] = words[index] & (0 &- words[index])
        }
        unsafe sched_setaffinity(0, size, &one)
        let restricted = processorCount
        unsafe sched_setaffinity(0, size, &before)
        #expect(restricted == 1)
        #expect(processorCount == all)
    }
}
