import ArgumentParser
import SpaneStorage

/// The option of the commands whose folder one process at a time may hold.
struct LockOptions: ParsableArguments {
    @Flag(
        help: "Do not lock the folder, for file systems without locks. No other process may use it meanwhile."
    )
    var withoutLock = false

    var guardian: LockedFolder.Guard { withoutLock ? .user : .lock }
}
