package import SpaneScheduling

/// Small fleets of every shape: several kinds of servers with up to 1 ... 8 nodes, equal or not, some without memory or cores,
/// with further resources, traits and distances; and VMs that contend for them.
package struct RandomFleet: Sendable {
    package let layout: Layout
    package let types: [ServerType]
    /// Not every kind has a server.
    package let typeOfServer: [Int32]
    package let spanRule: SpanRule

    /// Draws a fleet whose servers have up to `nodes` nodes.
    package init(nodes: Int, servers: Int, _ generator: inout Xoshiro256StarStar) throws {
        let (ofNodes, ofServers) = (generator.below(3), generator.below(3))
        layout = try Layout(
            nodes: nodes,
            nodeResources: Array(["gpu", "hugepages"].prefix(ofNodes)),
            serverResources: Array(["disk", "licences"].prefix(ofServers))
        )
        var types: [ServerType] = []
        for _ in 0...generator.below(3) { types.append(Self.type(layout, &generator)) }
        self.types = types
        typeOfServer = (0..<servers).map { _ in Int32(generator.below(types.count)) }
        spanRule = try SpanRule(
            splitAbove: [4, 10, .infinity][generator.below(3)],
            splitFromCores: [2, .infinity][generator.below(2)],
            span: 1 + generator.below(nodes)
        )
    }

    package var configuration: Fleet {
        get throws {
            try Fleet(layout: layout, types: types, typeOfServer: typeOfServer, spanRule: spanRule)
        }
    }

    /// The empty servers as the oracles have them.
    package var plain: [PlainServer] { typeOfServer.map { PlainServer(types[Int($0)]) } }

    /// The names of the further resources: of nodes, then of servers.
    package var extras: [String] { layout.nodeResources.dropFirst(2) + layout.serverResources }

    // MARK: Servers

    /// Draws a kind of servers that a layout allows.
    package static func type(_ layout: Layout, _ generator: inout Xoshiro256StarStar) -> ServerType {
        let count = generator.below(3) > 0 ? layout.nodes : 1 + generator.below(layout.nodes)
        let areEqual = generator.below(2) == 0
        var nodes: [[Double]] = []
        for index in 0..<count {
            if areEqual, let first = nodes.first {
                nodes.append(first)
            } else {
                nodes.append(node(layout, mayLack: index > 0, &generator))
            }
        }
        return ServerType(
            nodes: nodes,
            shared: layout.serverResources.map { _ in [0, 3, 10.5, 127.7][generator.below(4)] },
            traits: UInt64(generator.below(8)),
            distances: distances(count, &generator)
        )
    }

    private static func node(
        _ layout: Layout,
        mayLack: Bool,
        _ generator: inout Xoshiro256StarStar
    ) -> [Double] {
        var node = [[4, 8, 8.1, 2.5][generator.below(4)], [16, 24, 12.77, 24 + 1.0 / 3][generator.below(4)]]
        // Nodes with cores and no memory, with memory and no cores.
        if mayLack, generator.below(5) == 0 { node[generator.below(2)] = 0 }
        for _ in layout.nodeResources.dropFirst(2) { node.append([0, 1, 4, 2.5][generator.below(4)]) }
        return node
    }

    /// None, those of a server with two sockets, or any.
    private static func distances(_ count: Int, _ generator: inout Xoshiro256StarStar) -> [UInt8] {
        let kind = generator.below(4)
        guard kind > 1 else { return [] }
        return (0..<count * count).map { index in
            let (from, to) = (index / count, index % count)
            if kind == 3 { return [10, 12, 20, 32][generator.below(4)] }
            return from == to ? 10 : 2 * from / count == 2 * to / count ? 12 : 32
        }
    }

    // MARK: VMs

    /// Draws what a VM asks for, spread over 1 ... `nodes` nodes.
    package func ask(_ generator: inout Xoshiro256StarStar) -> Ask {
        let span = 1 + generator.below(layout.nodes)
        var ask = Ask(
            cpu: [0.1, 1.0 / 3, 0.7, 1, 1.75, 2][generator.below(6)],
            mem: [0.1, 1.0 / 3, 1, 1.75, 4, 7.3][generator.below(6)],
            span: span
        )
        if generator.below(2) == 0 {
            ask.cpu *= Double(span)
            ask.mem *= Double(span)
        }
        if generator.below(2) == 0 {
            ask.extras = extras.map { _ in [0, 0, 0.5, 1, 1.0 / 3][generator.below(5)] }
        }
        if generator.below(6) == 0 { ask.require = 1 << UInt64(generator.below(3)) }
        if generator.below(6) == 0 { ask.forbid = 1 << UInt64(generator.below(3)) }
        if generator.below(3) == 0 { ask.farthest = [9, 10, 12, 20, 32][generator.below(5)] }
        return ask
    }

    /// Draws `count` VMs in order of arrival, each of which fits on an empty server; a third leaves its span to the rule.
    package func vms(count: Int, _ generator: inout Xoshiro256StarStar) -> [VirtualMachine] {
        let empty = plain
        let isWhole = generator.below(2) == 0
        var time = Double(generator.below(20))
        var vms: [VirtualMachine] = []
        while vms.count < count {
            var ask = ask(&generator)
            (ask.require, ask.forbid, ask.farthest) = (0, 0, .max)
            let byRule = generator.below(3) == 0
            if byRule { ask.span = span(of: ask) }
            let request = ask.plain(layout)
            guard empty.contains(where: { !$0.sets(request).isEmpty }) else { continue }
            time += isWhole ? Double(max(0, generator.below(5) - 2)) : 1.5 * generator.uniform()
            let longest = Double(20 * typeOfServer.count)
            let lifetime = longest * generator.uniform()
            vms.append(
                VirtualMachine(
                    id: Int64(vms.count),
                    cpu: ask.cpu,
                    mem: ask.mem,
                    arrival: time,
                    lifetime: generator.below(10) == 0 ? 0 : isWhole ? lifetime.rounded() : lifetime,
                    span: byRule ? 0 : ask.span,
                    extras: ask.extras
                )
            )
        }
        return vms
    }

    /// Over how many nodes the rule spreads a VM.
    package func span(of ask: Ask) -> Int {
        let (cpu, mem) = (Steps.amount(Steps.demand(ask.cpu)), Steps.amount(Steps.demand(ask.mem)))
        return mem > spanRule.splitAbove || cpu >= spanRule.splitFromCores ? spanRule.span : 1
    }

    /// What a VM asks for, its span worked out.
    package func ask(of vm: VirtualMachine) -> Ask {
        var ask = Ask(cpu: vm.cpu, mem: vm.mem, span: vm.span, extras: vm.extras)
        if vm.span == 0 { ask.span = span(of: ask) }
        return ask
    }
}
