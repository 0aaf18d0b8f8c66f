internal import CSpaneSystem

/// The processors that this process can use at once: those of its affinity mask, at most the CPU quota of its control
/// groups (version 1 or 2), rounded up. What a number of threads of 0 stands for.
package var processorCount: Int { unsafe Int(host_processors("")) }

/// The CPU quota alone, for the files under `root`; `nil` where there is none.
package func processorQuota(root: String) -> Int? {
    let quota = unsafe host_processor_quota(root)
    return quota == Int32.max ? nil : Int(quota)
}
