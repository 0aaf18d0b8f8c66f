internal import CSpane
internal import Glibc

/// Refuses allocations that cannot succeed before they are tried, since Swift ends the process when memory runs out.
enum Memory {
    /// - Parameter bytes: what is about to be allocated.
    /// - Throws: `SPANE_OUT_OF_MEMORY` when it is more than the machine's memory, or the system does not grant it.
    static func check(bytes: Int, for purpose: String) throws(Failure) {
        let physical = sysconf(Int32(_SC_PHYS_PAGES)) &* sysconf(Int32(_SC_PAGESIZE))
        guard bytes <= physical, let probe = unsafe malloc(max(bytes, 1)) else {
            throw Failure(
                SPANE_OUT_OF_MEMORY,
                "\(purpose) needs \(bytes) bytes, which cannot be had; this machine has \(physical)"
            )
        }
        unsafe Glibc.free(probe)
    }
}
