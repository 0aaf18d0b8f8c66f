internal import Glibc

/// The memory of this machine.
package enum MachineMemory {
    /// Its size in bytes.
    package static let size = max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) &* sysconf(Int32(_SC_PAGESIZE)))
}
