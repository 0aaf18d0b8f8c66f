internal import CSpaneHeader
internal import SpaneScheduling

/// The type of server behind an argument that must not be NULL, for servers of this layout.
func serverType(_ pointer: UnsafePointer<spane_server_type>?, _ layout: Layout) throws -> ServerType {
    var defaults = unsafe spane_server_type()
    unsafe defaults.struct_size = UInt32(MemoryLayout<spane_server_type>.size)
    let type = try unsafe read(required(pointer, "type"), defaults: defaults, "type")
    let (nodes, perNode) = unsafe (Int(type.nodes), layout.nodeResources.count)
    guard nodes >= 1, nodes <= layout.nodes else {
        throw Failure(
            SPANE_INVALID_ARGUMENT,
            "type->nodes is \(nodes); a server of this cluster has 1 ... \(layout.nodes) NUMA nodes"
        )
    }
    let amounts = try unsafe Array(elements(type.node_amounts, nodes * perNode, "type->node_amounts"))
    let shared = try unsafe Array(elements(type.server_amounts, layout.serverResources.count, "type->server_amounts"))
    let isFar = unsafe type.distances != nil
    return try unsafe ServerType(
        name: type.name.map { try unsafe utf8($0, "type->name") } ?? "",
        nodes: (0..<nodes).map { Array(amounts[$0 * perNode..<($0 + 1) * perNode]) },
        shared: shared,
        traits: type.traits,
        distances: Array(elements(type.distances, isFar ? nodes * nodes : 0, "type->distances"))
    )
}
