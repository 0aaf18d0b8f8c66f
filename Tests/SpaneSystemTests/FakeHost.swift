import SpaneTestSupport

/// A folder that stands in for the root of a machine.
struct FakeHost {
    let root = TemporaryFolder()

    func write(_ text: String, to path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try root.makeFolder(folder)
        try root.write(text, to: path)
    }

    /// Control groups of version 2, where the process is in `group` and the mount shows what is below `mount`.
    static func version2(group: String, mount: String = "/") throws -> FakeHost {
        let host = FakeHost()
        try host.write("0::\(group)\n", to: "proc/self/cgroup")
        try host.write(
            """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            31 22 0:28 \(mount) /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n
            """,
            to: "proc/self/mountinfo"
        )
        return host
    }

    /// Control groups of version 1 beside an empty tree of version 2, as on machines that have both.
    static func version1(group: String, mount: String = "/") throws -> FakeHost {
        let host = FakeHost()
        try host.write("0::/\n9:memory:\(group)\n5:cpuset:/other\n3:cpu,cpuacct:\(group)\n", to: "proc/self/cgroup")
        try host.write(
            """
            31 22 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            32 22 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
            33 22 0:30 \(mount) /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
            34 22 0:31 \(mount) /sys/fs/cgroup/the\\040memory rw - cgroup cgroup rw,memory\n
            """,
            to: "proc/self/mountinfo"
        )
        return host
    }
}
