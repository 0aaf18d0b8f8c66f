// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
internal import SpaneScheduling
internal import SpaneStorage

// The VMs of a cluster, and its saved state.

@implementation @_cdecl("spane_cluster_reserve")
public func spane_cluster_reserve(_ cluster: OpaquePointer?, _ vms: Int) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let vms = try checkedCount(vms, atMost: Cluster.largestVMCount, "vms")
        return try handle.gate.exclusive {
            try handle.cluster.reserve(vms)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_place")
public func spane_cluster_place(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?,
    _ placement: spane_placement
) -> spane_status {
    unsafe change(cluster) { cluster in
        let (request, group) = try unsafe cluster.state.groupedRequest(request)
        try cluster.place(id, request, in: group, at: placement.placement(on: cluster))
    }
}

@implementation @_cdecl("spane_cluster_record")
public func spane_cluster_record(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?,
    _ placement: spane_placement
) -> spane_status {
    unsafe change(cluster) { cluster in
        let (request, group) = try unsafe cluster.state.groupedRequest(request)
        try cluster.record(id, request, in: group, at: placement.placement(on: cluster))
    }
}

@implementation @_cdecl("spane_cluster_release")
public func spane_cluster_release(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ placement: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    unsafe change(cluster) { cluster in
        guard let (released, _) = cluster.release(id) else { throw unknown(id) }
        if let placement = unsafe placement { unsafe placement.pointee = spane_placement(released) }
    }
}

@implementation @_cdecl("spane_cluster_move")
public func spane_cluster_move(_ cluster: OpaquePointer?, _ id: UInt64, _ placement: spane_placement) -> spane_status {
    unsafe change(cluster) { cluster in
        guard cluster.find(id) != nil else { throw unknown(id) }
        try cluster.move(id, to: placement.placement(on: cluster))
    }
}

@implementation @_cdecl("spane_cluster_resize")
public func spane_cluster_resize(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ request: UnsafePointer<spane_request>?
) -> spane_status {
    unsafe change(cluster) { cluster in try unsafe cluster.resize(id, to: cluster.state.request(request)) }
}

@implementation @_cdecl("spane_cluster_rename")
public func spane_cluster_rename(_ cluster: OpaquePointer?, _ id: UInt64, _ other: UInt64) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.rename(id, to: other) }
}

@implementation @_cdecl("spane_cluster_find")
public func spane_cluster_find(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ placement: UnsafeMutablePointer<spane_placement>?,
    _ request: UnsafeMutablePointer<spane_request>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            guard let (place, found) = handle.cluster.find(id) else { throw unknown(id) }
            if let request = unsafe request {
                var told = unsafe spane_request(found)
                unsafe told.group = handle.cluster.group(of: id) ?? 0
                try unsafe write(told, to: request, "request")
            }
            if let placement = unsafe placement { unsafe placement.pointee = spane_placement(place) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_vm_amounts")
public func spane_cluster_vm_amounts(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ amounts: UnsafeMutablePointer<Double>?,
    _ count: Int
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            guard let (_, found) = handle.cluster.find(id) else { throw unknown(id) }
            let layout = handle.cluster.state.layout
            let expected = layout.extraResources.count
            guard count == expected else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "count is \(UInt(bitPattern: count)); the cluster has \(expected) resources beside cores and GB"
                )
            }
            guard count > 0 else { return SPANE_OK }
            let amounts = try unsafe required(amounts, "amounts")
            for index in 0..<count { unsafe amounts[index] = found.extra(index, of: layout) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_vms")
public func spane_cluster_vms(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ ids: UnsafeMutablePointer<UInt64>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        return try handle.gate.shared {
            let found = server == -1 ? handle.cluster.vmCount : try handle.cluster.vmCount(on: Int(server))
            // Told without a list when there is no room for it.
            try unsafe check(room: ids, capacity, for: found, count, "ids")
            guard unsafe ids != nil else { return SPANE_OK }
            try Memory.check(bytes: 8 * found, for: "the ids of \(found) VMs")
            let list = server == -1 ? handle.cluster.vmIDs : try handle.cluster.vms(on: Int(server))
            try unsafe copy(list, to: ids, capacity: capacity, count: count, "ids")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_save")
public func spane_cluster_save(
    _ cluster: OpaquePointer?,
    _ path: UnsafePointer<CChar>?,
    _ progress: UnsafePointer<spane_progress>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let path = try unsafe pathText(path)
        return try handle.gate.shared {
            try ClusterFile.write(handle.cluster, to: path, progress: unsafe handle.progress(progress))
            Log.write(SPANE_LOG_INFO, "\(path): \(handle.cluster.serverCount) servers saved")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_load")
public func spane_cluster_load(
    _ path: UnsafePointer<CChar>?,
    _ progress: UnsafePointer<spane_progress>?,
    _ cluster: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(ClusterHandle.self, path, progress, cluster, "cluster")
}

@implementation @_cdecl("spane_cluster_save_memory")
public func spane_cluster_save_memory(
    _ cluster: OpaquePointer?,
    _ progress: UnsafePointer<spane_progress>?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let size = try unsafe required(size, "size")
        return try handle.gate.shared {
            let progress = unsafe handle.progress(progress)
            let bytes = try ClusterFile.image(of: handle.cluster, progress: progress)
            try progress.finish()
            try unsafe copy(bytes, to: data, capacity: capacity, size: size, "data")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_load_memory")
public func spane_cluster_load_memory(
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ progress: UnsafePointer<spane_progress>?,
    _ cluster: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(ClusterHandle.self, data, size, progress, cluster, "cluster")
}

extension ClusterHandle {
    /// Progress in servers and VMs.
    fileprivate func progress(_ pointer: UnsafePointer<spane_progress>?) -> Progress {
        unsafe Progress(pointer, total: cluster.serverCount + cluster.vmCount)
    }
}

@inline(never)
func unknown(_ id: UInt64) -> Failure { Failure(SPANE_NOT_FOUND, "id is \(id), which is not placed") }
