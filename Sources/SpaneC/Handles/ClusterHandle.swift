internal import CSpane
internal import SpaneScheduling
internal import SpaneStorage

/// What a `spane_cluster` stands for.
final class ClusterHandle: LoadedObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4543_6C75
    static var name: StaticString { "spane_cluster" }

    let gate = Gate("cluster")
    // Read and changed inside the gate only.
    var fleet: Fleet

    init(_ fleet: consuming Fleet) { self.fleet = fleet }

    init(path: String) throws {
        fleet = try FleetFile.read(path)
        try checkLayout(path)
    }

    init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        fleet = try unsafe FleetFile.read(memory: bytes, name: name)
        try checkLayout(name)
    }

    private func checkLayout(_ name: String) throws(Failure) {
        guard fleet.cluster.layout == .published, fleet.cluster.fewestNodes == SPANE_NODES else {
            throw Failure(SPANE_FORMAT, "\(name): the servers are not of two NUMA nodes with cores and memory alone")
        }
    }

    var contents: String { "\(fleet.serverCount) servers" }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> ClusterHandle {
        try unsafe Handle.object(handle, ClusterHandle.self, "cluster")
    }
}

extension spane_placement {
    init(_ placement: Placement) {
        self.init(
            server: Int32(truncatingIfNeeded: placement.server),
            node: placement.nodes.count > 1 ? SPANE_ALL_NODES : Int32(truncatingIfNeeded: placement.nodes.first)
        )
    }

    /// What it means for a request.
    func inside(for request: Request, _ fleet: borrowing Fleet) throws -> Placement {
        _ = try fleet.place(of: Int(server))
        if request.isSplit {
            guard node == SPANE_ALL_NODES else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "placement.node is \(node); a VM of \(request.mem) GB is split, so it must be SPANE_ALL_NODES (-1)"
                )
            }
            return Placement(server: Int(server), nodes: NodeSet(first: Int(SPANE_NODES)))
        }
        guard node >= 0, node < SPANE_NODES else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "placement.node is \(node); a VM of \(request.mem) GB lives on one node, so it must be in "
                    + "0 ... \(SPANE_NODES - 1)"
            )
        }
        return Placement(server: Int(server), node: Int(node))
    }
}

extension Fleet {
    func request(_ request: spane_request) throws(SchedulingError) -> Request {
        try self.request(cpu: request.cpu, mem: request.mem)
    }
}
