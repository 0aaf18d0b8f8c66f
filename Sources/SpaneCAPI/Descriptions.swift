// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

internal import CSpaneKernels
public import CSpaneHeader
internal import SpaneSystem
internal import SpaneScheduling
internal import SpaneStorage

// What the library says of itself.

@implementation @_cdecl("spane_heuristic_count")
public func spane_heuristic_count() -> Int32 { Int32(truncatingIfNeeded: Heuristic.all.count) }

@implementation @_cdecl("spane_heuristic_describe")
public func spane_heuristic_describe(
    _ index: Int32,
    _ info: UnsafeMutablePointer<spane_heuristic_info>?
) -> spane_status {
    call {
        let info = try unsafe required(info, "info")
        let place = try checkedIndex(index, below: Heuristic.all.count)
        let heuristic = Heuristic.all[place]
        var value = unsafe spane_heuristic_info()
        unsafe value.role = heuristic.role.rawValue
        unsafe value.name = heuristicNames[place].pointer
        unsafe value.summary = constant(heuristic.summary)
        unsafe value.argument = heuristic.argument.map { unsafe constant($0) }
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

private let heuristicNames = Heuristic.all.map { PermanentText($0.name) }
private let hdf5VersionText = PermanentText(HDF5.version)

@implementation @_cdecl("spane_build_describe")
public func spane_build_describe(_ info: UnsafeMutablePointer<spane_build_info>?) -> spane_status {
    call {
        let info = try unsafe required(info, "info")
        var value = unsafe spane_build_info()
        unsafe value.version = spane_version()
        unsafe value.abi_version = SPANE_ABI_VERSION
        unsafe value.default_threads = Int32(try Threads.count(0, "threads"))
        unsafe value.hdf5_is_threadsafe = HDF5.isThreadSafe ? 1 : 0
        unsafe value.version_string = versionText.pointer
        unsafe value.hdf5_version = hdf5VersionText.pointer
        unsafe value.instruction_set = kernel_instruction_set()
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

/// An index that came from the caller.
func checkedIndex(_ index: Int32, below count: Int) throws(Failure) -> Int {
    guard index >= 0, index < count else {
        throw Failure(SPANE_INVALID_ARGUMENT, "index is \(index); it must be in 0 ... \(count - 1)")
    }
    return Int(index)
}
