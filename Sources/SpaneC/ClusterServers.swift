// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpane
internal import SpaneHost
internal import SpaneScheduling

// Making clusters, and their servers.

@implementation @_cdecl("spane_cluster_options_init")
public func spane_cluster_options_init(_ options: UnsafeMutablePointer<spane_cluster_options>?) -> spane_status {
    call {
        try unsafe required(options, "options").pointee = .defaults
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_cluster_new")
public func spane_cluster_new(
    _ options: UnsafePointer<spane_cluster_options>?,
    _ cluster: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let out = try unsafe required(cluster, "cluster")
        try Memory.check(bytes: 0, for: "a cluster")
        var chosen = spane_cluster_options.defaults
        if let options = unsafe options { chosen = try unsafe read(options, defaults: chosen, "options") }
        guard chosen.reserved == 0 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->reserved is \(chosen.reserved); it must be 0")
        }
        guard chosen.split_above >= 0 else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->split_above is \(chosen.split_above); it must be 0 or more"
            )
        }
        let rule = try SpanRule(splitAbove: chosen.split_above)
        unsafe out.pointee = Handle.make(ClusterHandle(Fleet(spanRule: rule)))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_cluster_free")
public func spane_cluster_free(_ cluster: OpaquePointer?) { unsafe Handle.free(cluster, ClusterHandle.self) }

@implementation @_cdecl("spane_cluster_add_servers")
public func spane_cluster_add_servers(
    _ cluster: OpaquePointer?,
    _ nodes: UnsafePointer<spane_node>?,
    _ count: Int,
    _ first: UnsafeMutablePointer<Int32>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        let count = try checkedCount(count, atMost: ClusterConfiguration.maximumServers, "count")
        let nodes = try unsafe elements(nodes, count, "nodes")
        // The list of what they have; the fleet asks for the rest.
        try Memory.check(bytes: count * MemoryLayout<spane_node>.stride, for: "\(count) more servers")
        return try cluster.gate.exclusive {
            let number = Int32(truncatingIfNeeded: cluster.fleet.serverCount)
            try unsafe cluster.fleet.addServers(nodes.map { Resources(cpu: $0.cpu, mem: $0.mem) })
            if let first = unsafe first { unsafe first.pointee = number }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_server")
public func spane_cluster_server(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ info: UnsafeMutablePointer<spane_server_info>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        let info = try unsafe required(info, "info")
        return try cluster.gate.shared {
            var value = spane_server_info()
            let index = Int(server)
            value.vms = Int32(truncatingIfNeeded: try cluster.fleet.vmCount(on: index))
            value.is_cordoned = cluster.fleet.cluster.isCordoned(index) ? 1 : 0
            value.capacity = spane_node(cluster.fleet.cluster.capacity(server: index))
            value.free.0 = spane_node(cluster.fleet.cluster.free(server: index, node: 0))
            value.free.1 = spane_node(cluster.fleet.cluster.free(server: index, node: 1))
            try unsafe write(value, to: info, "info")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_read_free")
public func spane_cluster_read_free(
    _ cluster: OpaquePointer?,
    _ first: Int,
    _ count: Int,
    _ free: UnsafeMutablePointer<spane_node>?
) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        return try cluster.gate.shared {
            let first = try checkedCount(first, atMost: cluster.fleet.serverCount, "first")
            let count = try checkedCount(count, atMost: cluster.fleet.serverCount - first, "count")
            guard count > 0 else { return SPANE_OK }
            let out = try unsafe required(free, "free")
            for row in 0..<count {
                for node in 0..<NUMATopology.nodesPerServer {
                    let left = spane_node(cluster.fleet.cluster.free(server: first + row, node: node))
                    unsafe (out + row * NUMATopology.nodesPerServer + node).initialize(to: left)
                }
            }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_cordon")
public func spane_cluster_cordon(_ cluster: OpaquePointer?, _ server: Int32) -> spane_status {
    unsafe change(cluster) { fleet in try fleet.cordon(Int(server)) }
}

@implementation @_cdecl("spane_cluster_uncordon")
public func spane_cluster_uncordon(_ cluster: OpaquePointer?, _ server: Int32) -> spane_status {
    unsafe change(cluster) { fleet in try fleet.uncordon(Int(server)) }
}

@implementation @_cdecl("spane_cluster_set_free")
public func spane_cluster_set_free(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ node: Int32,
    _ free: spane_node
) -> spane_status {
    unsafe change(cluster) { fleet in
        try fleet.setFree(Resources(cpu: free.cpu, mem: free.mem), server: Int(server), node: Int(node))
    }
}

/// Changes the servers of a cluster.
private func change(_ cluster: OpaquePointer?, _ body: (inout Fleet) throws -> Void) -> spane_status {
    call {
        let cluster = try unsafe ClusterHandle.of(cluster)
        return try cluster.gate.exclusive {
            try body(&cluster.fleet)
            return SPANE_OK
        }
    }
}

extension spane_cluster_options {
    static var defaults: spane_cluster_options {
        spane_cluster_options(
            struct_size: UInt32(MemoryLayout<spane_cluster_options>.size),
            reserved: 0,
            split_above: ClusterConfiguration.publishedSplitAbove
        )
    }
}

extension spane_node {
    init(_ amount: Resources) { self.init(cpu: amount.cpu, mem: amount.mem) }
}
