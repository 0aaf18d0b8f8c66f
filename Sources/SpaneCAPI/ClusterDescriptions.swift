// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// How large a cluster is, and which resources it knows.

@implementation @_cdecl("spane_cluster_describe")
public func spane_cluster_describe(
    _ cluster: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_cluster_info>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let info = try unsafe required(info, "info")
        return try handle.gate.shared {
            var value = spane_cluster_info()
            let servers = handle.cluster.serverCount
            value.servers = Int64(servers)
            value.cordoned = Int64((0..<servers).count { handle.cluster.state.isCordoned($0) })
            value.vms = Int64(handle.cluster.vmCount)
            value.bytes = Int64(handle.cluster.bytes)
            try unsafe write(value, to: info, "info")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_resource")
public func spane_cluster_resource(
    _ cluster: OpaquePointer?,
    _ index: Int32,
    _ info: UnsafeMutablePointer<spane_resource_info>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let info = try unsafe required(info, "info")
        guard let value = unsafe handle.resource(Int(index)) else {
            throw Failure(SPANE_NOT_FOUND, "index is \(index); it must be in 0 ... \(handle.resourceNames.count - 1)")
        }
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_cluster_find_resource")
public func spane_cluster_find_resource(
    _ cluster: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ info: UnsafeMutablePointer<spane_resource_info>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let name = try unsafe text(name, "name")
        let info = try unsafe required(info, "info")
        let names = handle.resourceNames
        guard let value = unsafe names.firstIndex(of: name).flatMap({ unsafe handle.resource($0) }) else {
            throw Failure(SPANE_NOT_FOUND, "name is \"\(name)\"; this cluster has \(names.joined(separator: ", "))")
        }
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

extension ClusterHandle {
    /// The names of all resources, in the order of their indices.
    fileprivate var resourceNames: [String] {
        cluster.state.layout.nodeResources + cluster.state.layout.serverResources
    }

    /// What C is told of a resource; `nil` where there is none with this index.
    fileprivate func resource(_ index: Int) -> spane_resource_info? {
        let (ofNodes, ofServers) = (2 + Int(nodeResources.count), Int(serverResources.count))
        guard index >= 0, index < ofNodes + ofServers else { return nil }
        var info = unsafe spane_resource_info()
        unsafe info.belongs_to_nodes = index < ofNodes ? 1 : 0
        unsafe info.amount_index = Int32(index < ofNodes ? index : index - ofNodes)
        unsafe info.request_index = Int32(max(-1, index - 2))
        unsafe info.name =
            switch index {
            case 0: unsafe constant("cpu")
            case 1: unsafe constant("mem")
            default: unsafe index < ofNodes ? nodeResources[index - 2] : serverResources[index - ofNodes]
            }
        return unsafe info
    }
}
