// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpane
internal import SpaneScheduling
internal import SpaneStorage

// The VMs of a cluster, and its saved state.

@implementation @_cdecl("spane_cluster_reserve")
public func spane_cluster_reserve(_ cluster: OpaquePointer?, _ vms: Int) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        let vms = try checkedCount(vms, atMost: Fleet.largestVMCount, "vms")
        return try cluster.gate.exclusive {
            try cluster.fleet.reserve(vms)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_count")
public func spane_cluster_count(
    _ cluster: OpaquePointer?,
    _ servers: UnsafeMutablePointer<Int64>?,
    _ vms: UnsafeMutablePointer<Int64>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        return try cluster.gate.shared {
            if let servers = unsafe servers { unsafe servers.pointee = Int64(cluster.fleet.serverCount) }
            if let vms = unsafe vms { unsafe vms.pointee = Int64(cluster.fleet.vmCount) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_place")
public func spane_cluster_place(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ request: spane_request,
    _ placement: spane_placement
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        return try cluster.gate.exclusive {
            let request = try cluster.fleet.request(request)
            let placement = try placement.inside(for: request, cluster.fleet)
            try cluster.fleet.place(id, request, at: placement)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_release")
public func spane_cluster_release(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ placement: UnsafeMutablePointer<spane_placement>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        return try cluster.gate.exclusive {
            guard let (released, _) = cluster.fleet.release(id) else { throw unknown(id) }
            if let placement = unsafe placement { unsafe placement.pointee = spane_placement(released) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_find")
public func spane_cluster_find(
    _ cluster: OpaquePointer?,
    _ id: UInt64,
    _ placement: UnsafeMutablePointer<spane_placement>?,
    _ request: UnsafeMutablePointer<spane_request>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        return try cluster.gate.shared {
            guard let (place, found) = cluster.fleet.find(id) else { throw unknown(id) }
            if let placement = unsafe placement { unsafe placement.pointee = spane_placement(place) }
            if let request = unsafe request { unsafe request.pointee = spane_request(cpu: found.cpu, mem: found.mem) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_save")
public func spane_cluster_save(_ cluster: OpaquePointer?, _ path: UnsafePointer<CChar>?) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        let path = try unsafe pathText(path)
        return try cluster.gate.shared {
            try FleetFile.write(cluster.fleet, to: path)
            Log.write(SPANE_LOG_INFO, "\(path): \(cluster.fleet.serverCount) servers saved")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_load")
public func spane_cluster_load(
    _ path: UnsafePointer<CChar>?,
    _ cluster: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(ClusterHandle.self, path, cluster, "cluster")
}

@implementation @_cdecl("spane_cluster_save_memory")
public func spane_cluster_save_memory(
    _ cluster: OpaquePointer?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        let size = try unsafe required(size, "size")
        return try cluster.gate.shared {
            let bytes = try FleetFile.image(of: cluster.fleet)
            try unsafe copy(bytes, to: data, capacity: capacity, size: size, "data")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_load_memory")
public func spane_cluster_load_memory(
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ cluster: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(ClusterHandle.self, data, size, cluster, "cluster")
}

@inline(never)
private func unknown(_ id: UInt64) -> Failure { Failure(SPANE_NOT_FOUND, "id is \(id), which is not placed") }
