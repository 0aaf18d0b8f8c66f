// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
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
        var chosen = unsafe spane_cluster_options.defaults
        if let options = unsafe options { unsafe chosen = try read(options, defaults: chosen, "options") }
        unsafe out.pointee = Handle.make(ClusterHandle(try Cluster(options: chosen)))
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_cluster_free")
public func spane_cluster_free(_ cluster: OpaquePointer?) { unsafe Handle.free(cluster, ClusterHandle.self) }

@implementation @_cdecl("spane_cluster_add_servers")
public func spane_cluster_add_servers(
    _ cluster: OpaquePointer?,
    _ type: UnsafePointer<spane_server_type>?,
    _ count: Int,
    _ servers: UnsafeMutablePointer<Int32>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.exclusive {
            let type = try unsafe serverType(type, handle.cluster.state.layout)
            return try unsafe add(count, of: type, to: handle, servers)
        }
    }
}

@implementation @_cdecl("spane_cluster_add_equal_servers")
public func spane_cluster_add_equal_servers(
    _ cluster: OpaquePointer?,
    _ node_cpu: Double,
    _ node_mem: Double,
    _ count: Int,
    _ servers: UnsafeMutablePointer<Int32>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        for (name, value) in [("node_cpu", node_cpu), ("node_mem", node_mem)]
        where !Resources(cpu: value, mem: value).onGrid.isPositive {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(name) is \(value); \(Resources.rule(value))")
        }
        return try handle.gate.exclusive {
            let layout = handle.cluster.state.layout
            let none = layout.nodeResources.dropFirst(2).map { _ in 0.0 }
            let type = ServerType(
                nodes: Array(repeating: [node_cpu, node_mem] + none, count: layout.nodes),
                shared: layout.serverResources.map { _ in 0 }
            )
            return try unsafe add(count, of: type, to: handle, servers)
        }
    }
}

private func add(
    _ count: Int,
    of type: ServerType,
    to handle: ClusterHandle,
    _ servers: UnsafeMutablePointer<Int32>?
) throws -> spane_status {
    let count = try checkedCount(count, atMost: Fleet.maximumServers, "count")
    // The list of types and that of numbers; the fleet asks for the rest.
    try Memory.check(bytes: 16 * count, for: "\(count) more servers")
    let numbers = try handle.cluster.addServers(Array(repeating: 0, count: count), of: [type])
    for (index, number) in numbers.enumerated() { unsafe servers?[index] = Int32(truncatingIfNeeded: number) }
    return SPANE_OK
}

@implementation @_cdecl("spane_cluster_remove_server")
public func spane_cluster_remove_server(_ cluster: OpaquePointer?, _ server: Int32) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.removeServer(Int(server)) }
}

@implementation @_cdecl("spane_cluster_fail_server")
public func spane_cluster_fail_server(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ ids: UnsafeMutablePointer<UInt64>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        return try handle.gate.exclusive {
            // Too little room is told before anything changes.
            let found = try handle.cluster.vmCount(on: Int(server))
            try unsafe check(room: ids, capacity, for: found, count, "ids")
            let lost = try handle.cluster.failServer(Int(server))
            try unsafe copy(lost, to: ids, capacity: capacity, count: count, "ids")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_resize_server")
public func spane_cluster_resize_server(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ type: UnsafePointer<spane_server_type>?
) -> spane_status {
    unsafe change(cluster) { cluster in
        _ = try cluster.place(of: Int(server))
        try unsafe cluster.resizeServer(Int(server), to: serverType(type, cluster.state.layout))
    }
}

@implementation @_cdecl("spane_cluster_cordon")
public func spane_cluster_cordon(_ cluster: OpaquePointer?, _ server: Int32) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.cordon(Int(server)) }
}

@implementation @_cdecl("spane_cluster_uncordon")
public func spane_cluster_uncordon(_ cluster: OpaquePointer?, _ server: Int32) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.uncordon(Int(server)) }
}

@implementation @_cdecl("spane_cluster_set_free")
public func spane_cluster_set_free(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ node: Int32,
    _ cpu: Double,
    _ mem: Double
) -> spane_status {
    unsafe change(cluster) { cluster in
        try cluster.setFree(Resources(cpu: cpu, mem: mem), server: Int(server), node: Int(node))
    }
}

/// Changes a cluster.
func change(_ cluster: OpaquePointer?, _ body: (inout Cluster) throws -> Void) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.exclusive {
            try body(&handle.cluster)
            return SPANE_OK
        }
    }
}

extension spane_cluster_options {
    static var defaults: spane_cluster_options {
        var options = unsafe spane_cluster_options()
        unsafe options.struct_size = UInt32(MemoryLayout<spane_cluster_options>.size)
        unsafe options.nodes = Int32(Layout.published.nodes)
        unsafe options.split_above = SpanRule.published.splitAbove
        unsafe options.split_from = SpanRule.published.splitFromCores
        unsafe options.span = Int32(SpanRule.published.span)
        return unsafe options
    }
}

extension Cluster {
    /// A fleet without servers; messages name the options as C spells them.
    fileprivate init(options: spane_cluster_options) throws {
        for (name, value, most) in unsafe [
            ("nodes", options.nodes, Layout.mostNodes), ("span", options.span, Layout.mostNodes),
        ] where value < 1 || value > most {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->\(name) is \(value); it must be in 1 ... \(most)")
        }
        for (name, value) in unsafe [("split_above", options.split_above), ("split_from", options.split_from)]
        where !(value >= 0) {
            throw Failure(SPANE_INVALID_ARGUMENT, "options->\(name) is \(value); it must be 0 or more")
        }
        let rule = try unsafe SpanRule(
            splitAbove: options.split_above,
            splitFromCores: options.split_from,
            span: Int(options.span)
        )
        guard rule.splits || rule.span == SpanRule.published.span else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "options->span is \(rule.span) while options->split_above and options->split_from are infinite, so that no "
                    + "request is spread; set one of them, or leave span at \(SpanRule.published.span)"
            )
        }
        let (nodes, ofNodes) = unsafe (Int(options.nodes), options.node_resource_count)
        let layout = try Layout(
            nodes: nodes,
            nodeResources: unsafe names(
                options.node_resources,
                ofNodes,
                "options->node_resources",
                counted: "options->node_resource_count"
            ),
            serverResources: unsafe names(
                options.server_resources,
                options.server_resource_count,
                "options->server_resources",
                counted: "options->server_resource_count"
            )
        )
        let traits = try unsafe names(
            options.traits,
            options.trait_count,
            atMost: UInt64.bitWidth,
            "options->traits",
            counted: "options->trait_count"
        )
        try self.init(layout: layout, spanRule: rule, traits: traits)
    }
}
