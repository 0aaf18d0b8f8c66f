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

    init(path: String) throws { fleet = try FleetFile.read(path) }

    init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        fleet = try unsafe FleetFile.read(memory: bytes, name: name)
    }

    var contents: String { "\(fleet.serverCount) servers" }

    @inline(__always)
    static func of(_ handle: OpaquePointer?) throws(Failure) -> ClusterHandle {
        try unsafe Handle.object(handle, ClusterHandle.self, "cluster")
    }
}

extension spane_placement {
    /// The placement of a request at an action.
    init(_ action: Action, _ request: Request) {
        self.init(
            server: Int32(truncatingIfNeeded: action.server),
            node: request.isSplit ? SPANE_ALL_NODES : Int32(truncatingIfNeeded: action.node)
        )
    }

    /// The action that stands for this placement of a request.
    func action(for request: Request, on fleet: borrowing Fleet) throws -> Action {
        try fleet.check(Int(server))
        if request.isSplit {
            guard node == SPANE_ALL_NODES else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "placement.node is \(node); a VM of \(request.mem) GB is split, so it must be SPANE_ALL_NODES (-1)"
                )
            }
            return Action(server: Int(server), node: 0)
        }
        guard node >= 0, node < SPANE_NODES else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "placement.node is \(node); a VM of \(request.mem) GB lives on one node, so it must be in "
                    + "0 ... \(SPANE_NODES - 1)"
            )
        }
        return Action(server: Int(server), node: Int(node))
    }
}

extension Fleet {
    func request(_ request: spane_request) throws(SchedulingError) -> Request {
        try self.request(cpu: request.cpu, mem: request.mem)
    }
}
