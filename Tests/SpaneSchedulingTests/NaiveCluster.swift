import SpaneScheduling
import SpaneTestSupport

/// A live fleet written down a second time: dictionaries of servers and VMs, and every rule as its documentation tells it.
///
/// Every change returns the kind of refusal, `nil` when it happened.
struct NaiveCluster {
    /// One object, for it is looked at after every step.
    final class VM: Sendable {
        let ask: Ask
        /// What the library was given.
        let given: Request
        let request: PlainRequest
        let server: Int
        let nodes: UInt8

        init(_ ask: Ask, _ layout: Layout, _ server: Int, _ nodes: UInt8) {
            self.ask = ask
            given = ask.request(layout)
            request = ask.plain(layout)
            self.server = server
            self.nodes = nodes
        }
    }

    let layout: Layout
    var servers: [Int: PlainServer] = [:]
    var vms: [UInt64: VM] = [:]

    init(_ layout: Layout) { self.layout = layout }

    /// The ids of the VMs on a server, ascending.
    func ids(on server: Int) -> [UInt64] {
        var ids: [UInt64] = []
        for (id, vm) in vms where vm.server == server { ids.append(id) }
        return ids.sorted()
    }

    /// What the VMs on a server use, by node and then resource of nodes.
    func used(_ server: Int) -> [Int] {
        let resources = layout.nodeResources.count
        var used = Array(repeating: 0, count: layout.nodes * resources)
        for vm in vms.values where vm.server == server {
            for node in 0..<layout.nodes where vm.nodes >> UInt8(node) & 1 == 1 {
                for resource in 0..<resources { used[node * resources + resource] += vm.request.share[resource] }
            }
        }
        return used
    }

    // MARK: VMs

    private func areNodes(_ nodes: UInt8, of server: PlainServer, _ request: PlainRequest) -> Bool {
        nodes.nonzeroBitCount == request.span && PlainServer.nodes(nodes).allSatisfy { $0 < server.nodeCount }
    }

    private mutating func add(_ id: UInt64, _ ask: Ask, _ server: Int, _ nodes: UInt8) {
        let vm = VM(ask, layout, server, nodes)
        servers[server]?.take(vm.request, nodes)
        vms[id] = vm
    }

    mutating func place(_ id: UInt64, _ ask: Ask, _ server: Int, _ nodes: UInt8) -> SchedulingError.Code? {
        guard let there = servers[server] else { return .invalidArgument }
        guard vms[id] == nil else { return .duplicateVM }
        guard areNodes(nodes, of: there, ask.plain(layout)) else { return .invalidArgument }
        guard there.allows(nodes, ask.plain(layout)) else { return .unavailableAction }
        add(id, ask, server, nodes)
        return nil
    }

    mutating func record(_ id: UInt64, _ ask: Ask, _ server: Int, _ nodes: UInt8) -> SchedulingError.Code? {
        guard let there = servers[server] else { return .invalidArgument }
        guard vms[id] == nil else { return .duplicateVM }
        guard areNodes(nodes, of: there, ask.plain(layout)) else { return .invalidArgument }
        add(id, ask, server, nodes)
        return nil
    }

    mutating func release(_ id: UInt64) -> VM? {
        guard let vm = vms.removeValue(forKey: id) else { return nil }
        servers[vm.server]?.take(vm.request, vm.nodes, times: -1)
        return vm
    }

    mutating func move(_ id: UInt64, _ server: Int, _ nodes: UInt8) -> SchedulingError.Code? {
        guard let vm = vms[id] else { return .notFound }
        guard servers[server] != nil else { return .invalidArgument }
        if server == vm.server, nodes == vm.nodes { return nil }
        return change(id, vm, vm.ask, server, nodes)
    }

    mutating func resize(_ id: UInt64, _ ask: Ask) -> SchedulingError.Code? {
        guard let vm = vms[id] else { return .notFound }
        guard ask.span == vm.request.span else { return .invalidArgument }
        if ask.plain(layout).isAtMost(vm.request) {
            _ = release(id)
            add(id, ask, vm.server, vm.nodes)
            return nil
        }
        return change(id, vm, ask, vm.server, vm.nodes)
    }

    private mutating func change(
        _ id: UInt64,
        _ vm: VM,
        _ ask: Ask,
        _ server: Int,
        _ nodes: UInt8
    ) -> SchedulingError.Code? {
        var after = self
        _ = after.release(id)
        let refusal = after.place(id, ask, server, nodes)
        if refusal == nil { self = after }
        return refusal
    }

    mutating func rename(_ id: UInt64, _ other: UInt64) -> SchedulingError.Code? {
        guard let vm = vms[id] else { return .notFound }
        guard id == other || vms[other] == nil else { return .duplicateVM }
        vms[id] = nil
        vms[other] = vm
        return nil
    }

    // MARK: Servers

    /// Whether the layout allows such a server.
    private func allows(_ type: ServerType) -> Bool {
        func isAmount(_ amount: Double) -> Bool { amount >= 0 && amount <= 4_294_967_296 }
        let count = type.nodes.count
        return (1...layout.nodes).contains(count)
            && type.nodes.allSatisfy { $0.count == layout.nodeResources.count && $0.allSatisfy(isAmount) }
            && type.nodes.contains { Steps.capacity($0[0]) > 0 && Steps.capacity($0[1]) > 0 }
            && type.shared.count == layout.serverResources.count && type.shared.allSatisfy(isAmount)
            && (type.distances.isEmpty || type.distances.count == count * count)
    }

    /// The numbers of the new servers, or `nil` when they are refused.
    mutating func addServers(_ typeOfServer: [Int32], _ types: [ServerType]) -> [Int]? {
        guard types.allSatisfy(allows), typeOfServer.allSatisfy({ types.indices.contains(Int($0)) }) else { return nil }
        return typeOfServer.map { type in
            var number = 0
            while servers[number] != nil { number += 1 }
            servers[number] = PlainServer(types[Int(type)])
            return number
        }
    }

    mutating func removeServer(_ server: Int) -> SchedulingError.Code? {
        guard servers[server] != nil else { return .invalidArgument }
        guard ids(on: server).isEmpty else { return .badState }
        servers[server] = nil
        return nil
    }

    mutating func setCordoned(_ server: Int, _ isCordoned: Bool) -> SchedulingError.Code? {
        guard servers[server] != nil else { return .invalidArgument }
        servers[server]?.isCordoned = isCordoned
        return nil
    }

    /// The ids of what ran there, or `nil` when there is no such server.
    mutating func failServer(_ server: Int) -> [UInt64]? {
        guard servers[server] != nil else { return nil }
        let lost = ids(on: server)
        for id in lost { _ = release(id) }
        servers[server]?.isCordoned = true
        return lost
    }

    mutating func resizeServer(_ server: Int, _ type: ServerType) -> SchedulingError.Code? {
        guard let before = servers[server], allows(type) else { return .invalidArgument }
        var after = PlainServer(type)
        let occupied = vms.values.filter { $0.server == server }.flatMap { PlainServer.nodes($0.nodes) }
        guard occupied.allSatisfy({ $0 < after.nodeCount }) else { return .invalidArgument }
        after.isCordoned = before.isCordoned
        // What is taken stays taken.
        for node in 0..<min(before.nodeCount, after.nodeCount) {
            for resource in before.free[node].indices {
                after.free[node][resource] -= before.capacity[node][resource] - before.free[node][resource]
            }
        }
        for resource in before.sharedFree.indices {
            after.sharedFree[resource] -= before.sharedCapacity[resource] - before.sharedFree[resource]
        }
        servers[server] = after
        return nil
    }

    mutating func setFree(_ free: Resources, _ server: Int, _ node: Int) -> SchedulingError.Code? {
        guard let there = servers[server], (0..<there.nodeCount).contains(node) else { return .invalidArgument }
        let used = used(server)
        for (resource, amount) in [free.cpu, free.mem].enumerated() {
            guard amount >= 0, amount < 1e9 else { return .invalidArgument }
            let most = there.capacity[node][resource] - used[node * layout.nodeResources.count + resource]
            guard Steps.demand(amount) <= most else { return .invalidArgument }
        }
        servers[server]?.free[node][0] = Steps.demand(free.cpu)
        servers[server]?.free[node][1] = Steps.demand(free.mem)
        return nil
    }
}
