import SpaneScheduling
import SpaneTestSupport

extension ClusterWalk {
    /// The first difference between what the two have, or `nil`.
    var difference: String? {
        if cluster.serverCount != naive.servers.count { return "\(cluster.serverCount) servers" }
        if cluster.vmCount != naive.vms.count { return "\(cluster.vmCount) VMs" }
        if cluster.vmIDs != naive.vms.keys.sorted() { return "VMs \(cluster.vmIDs)" }
        for (id, vm) in naive.vms {
            guard let found = cluster.find(id) else { return "no VM \(id)" }
            let placement = Placement(server: vm.server, nodes: NodeSet(rawValue: vm.nodes))
            if found.placement != placement { return "VM \(id) on \(found.placement)" }
            if found.request != vm.given { return "VM \(id) asks for something else" }
        }
        for place in 0..<cluster.serverCount {
            let number = cluster.number(at: place)
            guard let server = naive.servers[number] else { return "a server \(number)" }
            if let difference = difference(on: place, number, server) { return "server \(number): \(difference)" }
        }
        // As many, all known and all different: the numbers are the same.
        return nil
    }

    private func difference(on place: Int, _ number: Int, _ server: PlainServer) -> String? {
        if let difference = cluster.state.difference(on: place, from: server) { return difference }
        do {
            let ids = naive.ids(on: number)
            if try cluster.place(of: number) != place { return "its place" }
            if try cluster.vms(on: number) != ids { return "VMs \(try cluster.vms(on: number))" }
            if try cluster.vmCount(on: number) != ids.count { return "\(try cluster.vmCount(on: number)) VMs" }
            let expected = naive.used(number)
            for node in server.free.indices {
                for resource in server.free[node].indices {
                    let used = try cluster.used(server: number, node: node, resource: resource)
                    if used != Steps.amount(expected[node * server.free[node].count + resource]) {
                        return "\(used) used of \(resource)"
                    }
                }
            }
        } catch {
            return "\(error)"
        }
        return nil
    }

    /// Requires the same answers to what a random VM may do.
    mutating func requireSameAnswers() throws {
        let ask = random.ask(&generator)
        let (request, plain) = (ask.request(random.layout), ask.plain(random.layout))
        var first: Int?
        for place in 0..<cluster.serverCount {
            guard let server = naive.servers[cluster.number(at: place)] else { continue }
            let sets = server.sets(plain)
            if first == nil, !sets.isEmpty { first = place }
            let hasRoom = cluster.state.hasRoom(on: place, for: request)
            try check(hasRoom == !sets.isEmpty)
            let any = UInt8(generator.below(1 << random.layout.nodes))
            let isAvailable = cluster.state.isAvailable(
                Placement(server: place, nodes: NodeSet(rawValue: any)),
                for: request
            )
            try check(isAvailable == sets.contains(any))
        }
        let found = cluster.state.firstAvailable(for: request)
        try check(found?.server == first)
        let total = -naive.servers.values.reduce(0) { $0 + $1.imbalance }
        let balance = cluster.state.balance
        try check(abs(balance - total) < 1e-9 * (1 + abs(total)))
    }
}
