/// How many VMs of one size still fit on the servers of a type.
public struct TypeRoom: Equatable, Sendable {
    /// The name of the type; empty for servers without one.
    public let type: String
    /// The first of the servers.
    public let first: Int
    /// The number of servers, cordoned ones included.
    public internal(set) var servers: Int
    /// How many VMs fit on them.
    public internal(set) var room: Int
}

extension ClusterState {
    /// ``room(for:on:)`` summed over the servers of each type, in the order of the first server of each.
    ///
    /// - Complexity: O(servers * nodes).
    public func roomByType(for request: Request) -> [TypeRoom] {
        var rooms: [TypeRoom] = []
        var indices = Array(repeating: -1, count: typeNames.count)
        for server in 0..<serverCount {
            let number = typeNameNumber(of: server)
            if indices[number] < 0 {
                indices[number] = rooms.count
                rooms.append(TypeRoom(type: typeName(of: server), first: server, servers: 0, room: 0))
            }
            let (sum, overflow) = rooms[indices[number]].room.addingReportingOverflow(room(for: request, on: server))
            rooms[indices[number]].room = overflow ? .max : sum
            rooms[indices[number]].servers += 1
        }
        return rooms
    }
}
