internal import CSpaneSystem

/// Memory cannot be had. The message says for what, how much, and what there is.
package struct OutOfMemory: Error, CustomStringConvertible {
    package let description: String
}

/// Refuses allocations that cannot succeed before they are tried, since Swift ends the process when memory runs out.
package enum Memory {
    /// The size of this machine's memory in bytes.
    package static let ofMachine = max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) &* sysconf(Int32(_SC_PAGESIZE)))

    /// What is asked for beside what is named: small objects, the allocator's own share, and the message of an error.
    private static let margin = 1 << 20

    /// From this size on the files of the system are asked too, which takes some ten microseconds.
    private static let large = 1 << 20

    /// Makes sure that memory can be had; nothing is kept.
    ///
    /// - Parameters:
    ///   - bytes: what is about to be allocated, 0 for small objects only.
    ///   - purpose: what messages call it.
    ///   - root: put before the paths of the system's files.
    /// - Throws: ``OutOfMemory`` when the system does not grant it, or when it is more than the machine has available or
    ///   the limits of the control groups leave.
    package static func check(
        bytes: Int,
        for purpose: @autoclosure () -> String,
        root: String = ""
    ) throws(OutOfMemory) {
        let (needed, overflow) = bytes.addingReportingOverflow(margin)
        guard !overflow, host_grants(needed) != 0 else { throw refusal(bytes, purpose(), "the system grants less") }
        guard bytes >= large else { return }
        let left = unsafe host_memory_left(root)
        guard UInt64(needed) <= left else {
            throw refusal(bytes, purpose(), "the machine and the limits of this process leave \(left)")
        }
    }

    /// How many of `asked` threads there is memory for, at least 1: with fewer it only takes longer.
    ///
    /// - Parameters:
    ///   - bytes: what each of them allocates.
    ///   - beside: what is allocated once.
    package static func affordableThreads(_ asked: Int, bytesOfEach bytes: Int, beside: Int = 0) -> Int {
        var count = max(1, asked)
        while count > 1 {
            let used = count * bytes + beside
            let isGranted = host_grants(used + (count - 1) * spaceOfThread + margin) != 0
            let left = unsafe used < large ? .max : host_memory_left("")
            if isGranted, UInt64(used) <= left { break }
            count /= 2
        }
        return count
    }

    /// The address space of a thread: its stack, and an arena of the allocator, which asks for twice of it to cut out an
    /// aligned part.
    private static let spaceOfThread = (8 << 20) + 2 * (64 << 20)

    private static func refusal(_ bytes: Int, _ purpose: String, _ reason: String) -> OutOfMemory {
        OutOfMemory(description: "\(purpose) needs \(bytes) bytes of memory, which cannot be had; \(reason)")
    }
}
