import CSpaneHeader
import SpaneScheduling
import Testing

/// A live cluster, driven through C.
final class Live {
    let handle: Owned
    private(set) var running: [UInt64] = []
    private var next: UInt64 = 1

    /// Servers whose two nodes have so much each.
    init(_ nodes: [Resources]) throws {
        handle = try Owned(spane_cluster_free) { spane_cluster_new(nil, &$0) }
        for (server, node) in nodes.enumerated() {
            var number: Int32 = -1
            try ok(spane_cluster_add_equal_servers(handle.pointer, node.cpu, node.mem, 1, &number))
            #expect(number == server)
        }
    }

    convenience init(servers: Int) throws {
        try self.init(Array(repeating: Resources(cpu: 40, mem: 90), count: servers))
    }

    init(_ handle: Owned) { self.handle = handle }

    var pointer: OpaquePointer { handle.pointer }

    /// Places or releases VMs as first-fit does, so that clusters treated alike stay alike.
    func shuffle(_ count: Int, _ generator: inout Xoshiro256StarStar) throws {
        let session = try makeSession(pointer, "random:3")
        for _ in 0..<count {
            if !running.isEmpty, generator.below(3) == 0 {
                let id = running.remove(at: generator.below(running.count))
                try ok(spane_cluster_release(pointer, id, nil))
                continue
            }
            let status = spane_session_place(session.pointer, next, [request(&generator)], nil)
            if status == SPANE_OK { running.append(next) } else { expect(status, SPANE_NO_ROOM) }
            next += 1
        }
    }

    func info(_ server: Int32) throws -> spane_server_info {
        var info = spane_server_info()
        info.struct_size = UInt32(MemoryLayout<spane_server_info>.size)
        try ok(spane_cluster_server(pointer, server, &info))
        return info
    }

    /// What the nodes of a server have left, [node][cores, GB].
    func free(_ server: Int32) throws -> [Double] {
        var left = [Double](repeating: -1, count: 4)
        try ok(spane_cluster_amounts(pointer, [server], 1, nil, &left))
        return left
    }

    func state() throws -> [UInt8] {
        var size = 0
        try ok(spane_cluster_save_memory(pointer, nil, nil, 0, &size))
        var bytes = [UInt8](repeating: 0, count: size)
        try ok(spane_cluster_save_memory(pointer, nil, &bytes, size, &size))
        return bytes
    }
}

func request(_ generator: inout Xoshiro256StarStar) -> spane_request {
    request(Double(1 + generator.below(8)), Double(1 + generator.below(40)) / 2)
}

func request(_ cpu: Double, _ mem: Double, span: Int32 = 0) -> spane_request {
    var request = spane_request()
    request.struct_size = UInt32(MemoryLayout<spane_request>.size)
    (request.cpu, request.mem, request.span) = (cpu, mem, span)
    return request
}

/// The placement that a session chooses; `nil` without room.
func choose(_ session: Owned, _ request: spane_request) throws -> Place? {
    var placement = spane_placement(server: -7, nodes: 77)
    let status = spane_session_choose(session.pointer, [request], &placement)
    if status == SPANE_NO_ROOM {
        #expect(placement.server == -7)
        return nil
    }
    try ok(status)
    return Place(placement)
}

/// A placement that can be compared.
struct Place: Equatable {
    var server: Int32
    var nodes: UInt32

    init(_ placement: spane_placement) {
        server = placement.server
        nodes = placement.nodes
    }
}
