// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// What a cluster says of its servers.

@implementation @_cdecl("spane_cluster_count")
public func spane_cluster_count(
    _ cluster: OpaquePointer?,
    _ servers: UnsafeMutablePointer<Int64>?,
    _ vms: UnsafeMutablePointer<Int64>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            if let servers = unsafe servers { unsafe servers.pointee = Int64(handle.cluster.serverCount) }
            if let vms = unsafe vms { unsafe vms.pointee = Int64(handle.cluster.vmCount) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_get_options")
public func spane_cluster_get_options(
    _ cluster: OpaquePointer?,
    _ options: UnsafeMutablePointer<spane_cluster_options>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let out = try unsafe required(options, "options")
        let (layout, rule) = (handle.cluster.state.layout, handle.cluster.state.spanRule)
        var options = unsafe spane_cluster_options.defaults
        unsafe options.nodes = Int32(layout.nodes)
        unsafe options.split_above = rule.splitAbove
        unsafe options.split_from = rule.splitFromCores
        // Without a bound no request is spread, and a new cluster takes the default only.
        unsafe options.span = Int32(rule.splits ? rule.span : SpanRule.published.span)
        unsafe options.node_resources = handle.nodeResources.first
        unsafe options.node_resource_count = handle.nodeResources.count
        unsafe options.server_resources = handle.serverResources.first
        unsafe options.server_resource_count = handle.serverResources.count
        unsafe options.traits = handle.traits.first
        unsafe options.trait_count = handle.traits.count
        try unsafe write(options, to: out, "options")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_cluster_servers")
public func spane_cluster_servers(
    _ cluster: OpaquePointer?,
    _ servers: UnsafeMutablePointer<Int32>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        return try handle.gate.shared {
            let all = handle.cluster.serverCount
            try unsafe check(room: servers, capacity, for: all, count, "servers")
            for place in 0..<all {
                unsafe servers?[place] = Int32(truncatingIfNeeded: handle.cluster.number(at: place))
            }
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
        let handle = try unsafe ClusterHandle.of(cluster)
        let info = try unsafe required(info, "info")
        return try handle.gate.shared {
            let place = try handle.cluster.place(of: Int(server))
            var value = unsafe spane_server_info()
            unsafe value.vms = Int32(truncatingIfNeeded: try handle.cluster.vmCount(on: Int(server)))
            unsafe value.is_cordoned = handle.cluster.state.isCordoned(place) ? 1 : 0
            unsafe value.nodes = Int32(truncatingIfNeeded: handle.cluster.state.nodeCount(of: place))
            unsafe value.traits = handle.cluster.state.traits(of: place)
            unsafe value.type = handle.typeName(of: place)
            try unsafe write(value, to: info, "info")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_amounts")
public func spane_cluster_amounts(
    _ cluster: OpaquePointer?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ capacity: UnsafeMutablePointer<Double>?,
    _ free: UnsafeMutablePointer<Double>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            let count = try unsafe handle.checkedServers(servers, count)
            for index in 0..<count { _ = try unsafe handle.place(index, of: servers) }
            let layout = handle.cluster.state.layout
            let stride = layout.nodes * layout.nodeResources.count + layout.serverResources.count
            for index in 0..<count {
                let place = try unsafe handle.place(index, of: servers)
                if let capacity = unsafe capacity {
                    unsafe handle.cluster.state.write(to: capacity + index * stride, of: place, capacities: true)
                }
                if let free = unsafe free {
                    unsafe handle.cluster.state.write(to: free + index * stride, of: place, capacities: false)
                }
            }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_room")
public func spane_cluster_room(
    _ cluster: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ room: UnsafeMutablePointer<Int64>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            let request = try unsafe handle.cluster.state.request(request)
            let count = try unsafe handle.checkedServers(servers, count)
            guard count > 0 else { return SPANE_OK }
            let room = try unsafe required(room, "room")
            for index in 0..<count { _ = try unsafe handle.place(index, of: servers) }
            for index in 0..<count {
                let place = try unsafe handle.place(index, of: servers)
                unsafe room[index] = Int64(handle.cluster.state.room(for: request, on: place))
            }
            return SPANE_OK
        }
    }
}

extension ClusterState {
    /// Writes the amounts of a server: those of as many nodes as the layout allows, then its own.
    fileprivate func write(to out: UnsafeMutablePointer<Double>, of server: Int, capacities: Bool) {
        var next = unsafe out
        let resources = layout.nodeResources.count
        for node in 0..<layout.nodes {
            for resource in 0..<resources {
                let isThere = node < nodeCount(of: server)
                let amount =
                    !isThere
                    ? 0
                    : capacities
                        ? capacity(server: server, node: node, resource: resource)
                        : free(server: server, node: node, resource: resource)
                unsafe next.pointee = amount
                unsafe next += 1
            }
        }
        for resource in layout.serverResources.indices {
            unsafe next.pointee =
                capacities
                ? sharedCapacity(server: server, resource: resource) : sharedFree(server: server, resource: resource)
            unsafe next += 1
        }
    }
}
