internal import SpaneBuffers

extension Cluster {
    /// Everything that a fleet holds, as plain arrays.
    package struct Snapshot {
        package struct Server {
            package var number: Int
            /// An index into ``Snapshot/types``.
            package var type: Int
            package var isCordoned: Bool
            /// Of each node, what it has left of each resource of nodes, in cores, GB and so on.
            package var free: [[Double]]
            /// What the server has left as a whole.
            package var shared: [Double]

            package init(number: Int, type: Int, isCordoned: Bool, free: [[Double]], shared: [Double]) {
                self.number = number
                self.type = type
                self.isCordoned = isCordoned
                self.free = free
                self.shared = shared
            }
        }

        package struct VM {
            package var id: UInt64
            package var request: Request
            /// By number.
            package var placement: Placement

            package init(id: UInt64, request: Request, placement: Placement) {
                self.id = id
                self.request = request
                self.placement = placement
            }
        }

        package var layout: Layout
        package var spanRule: SpanRule
        package var types: [ServerType]
        /// In the order of their places.
        package var servers: [Server]
        /// Ascending by id.
        package var vms: [VM]

        package init(
            layout: Layout,
            spanRule: SpanRule,
            types: [ServerType],
            servers: [Server],
            vms: [VM]
        ) {
            self.layout = layout
            self.spanRule = spanRule
            self.types = types
            self.servers = servers
            self.vms = vms
        }
    }

    /// A copy of everything; servers do not remember the names of their types.
    ///
    /// - Complexity: O(servers * types + VMs log VMs).
    package var snapshot: Snapshot {
        var types: [ServerType] = []
        var servers: [Snapshot.Server] = []
        for place in 0..<serverCount {
            let type = state.type(of: place)
            let known = types.firstIndex(of: type)
            if known == nil { types.append(type) }
            let nodes = 0..<state.nodeCount(of: place)
            servers.append(
                Snapshot.Server(
                    number: number(at: place),
                    type: known ?? types.count - 1,
                    isCordoned: state.isCordoned(place),
                    free: nodes.map { node in
                        (0..<state.valuesPerNode).map { state.free(server: place, node: node, resource: $0) }
                    },
                    shared: state.layout.serverResources.indices.map {
                        state.sharedFree(server: place, resource: $0)
                    }
                )
            )
        }
        var list: [Snapshot.VM] = []
        list.reserveCapacity(vms.count)
        vms.forEach {
            list.append(Snapshot.VM(id: $0.id, request: vms.request(of: $0), placement: outside($0.placement)))
        }
        list.sort { $0.id < $1.id }
        return Snapshot(layout: state.layout, spanRule: state.spanRule, types: types, servers: servers, vms: list)
    }

    /// Makes the fleet whose ``snapshot`` this is.
    ///
    /// - Throws: `invalidArgument` or `duplicateVM` when the state contradicts itself.
    package static func restored(from snapshot: Snapshot) throws(SchedulingError) -> Cluster {
        var cluster = Cluster(layout: snapshot.layout, spanRule: snapshot.spanRule)
        for server in snapshot.servers where !snapshot.types.indices.contains(server.type) {
            throw SchedulingError(
                .invalidArgument,
                "server \(server.number) is of type \(server.type); there are \(snapshot.types.count) types"
            )
        }
        try cluster.addServers(snapshot.servers.map { Int32(truncatingIfNeeded: $0.type) }, of: snapshot.types)
        try cluster.numbers.restore(snapshot.servers.map(\.number))
        try cluster.reserve(snapshot.vms.count)
        for vm in snapshot.vms { try cluster.record(vm.id, vm.request, at: vm.placement) }
        for (place, server) in snapshot.servers.enumerated() {
            try cluster.restore(server, at: place)
            if server.isCordoned { cluster.state.cordon(place) }
        }
        return cluster
    }

    private mutating func restore(_ server: Snapshot.Server, at place: Int) throws(SchedulingError) {
        let perNode = state.valuesPerNode
        guard server.free.count == state.nodeCount(of: place), server.free.allSatisfy({ $0.count == perNode }),
            server.shared.count == state.layout.serverResources.count
        else {
            throw SchedulingError(.invalidArgument, "server \(server.number): what it has left does not fit its type")
        }
        for (node, amounts) in server.free.enumerated() {
            for (resource, amount) in amounts.enumerated() {
                let index = place * state.valuesPerServer + node * perNode + resource
                let steps = try Self.steps(left: amount, of: state.capacity[index], used: used[index]) {
                    "server \(server.number): \(state.layout.nodeResources[resource]) of node \(node)"
                }
                state.write(steps, at: index, of: place)
            }
        }
        let shared = state.layout.serverResources.count
        for (resource, amount) in server.shared.enumerated() {
            let index = place * shared + resource
            state.particulars.sharedFree[index] = try Self.steps(
                left: amount,
                of: state.particulars.sharedCapacity[index],
                used: sharedUsed[index]
            ) { "server \(server.number): \(state.layout.serverResources[resource])" }
        }
    }

    /// The steps of what is left of a resource, refused where the VMs there leave less, or where more is missing than any
    /// server has.
    private static func steps(
        left amount: Double,
        of capacity: Double,
        used: Double,
        _ name: () -> String
    ) throws(SchedulingError) -> Double {
        let steps = (amount * Grid.stepsPerUnit).rounded()
        guard steps <= capacity - used else {
            throw SchedulingError(.invalidArgument, "\(name()) has \(amount) left, more than its VMs leave")
        }
        // What the caller has set aside was there at some time, be it before the server was resized.
        guard capacity - used - steps <= Grid.capacity(Resources.largest) else {
            throw SchedulingError(
                .invalidArgument,
                "\(name()) has \(amount) left, less than its VMs leave by more than \(Resources.largest)"
            )
        }
        return steps
    }
}
