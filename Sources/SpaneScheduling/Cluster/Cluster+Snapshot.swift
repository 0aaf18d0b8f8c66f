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
            /// Of each level, -1 where none is known.
            package var domains: [Int]

            package init(
                number: Int,
                type: Int,
                isCordoned: Bool,
                free: [[Double]],
                shared: [Double],
                domains: [Int] = []
            ) {
                self.number = number
                self.type = type
                self.isCordoned = isCordoned
                self.free = free
                self.shared = shared
                self.domains = domains
            }
        }

        package struct VM {
            package var id: UInt64
            package var request: Request
            /// By number.
            package var placement: Placement
            /// 0 for none.
            package var group: UInt64
            /// When its place ends that is reserved.
            package var expires: Double?

            package init(
                id: UInt64,
                request: Request,
                placement: Placement,
                group: UInt64 = 0,
                expires: Double? = nil
            ) {
                self.expires = expires
                self.id = id
                self.request = request
                self.placement = placement
                self.group = group
            }
        }

        package struct Group {
            package var id: UInt64
            package var rules: [GroupRule]

            package init(id: UInt64, rules: [GroupRule]) { (self.id, self.rules) = (id, rules) }
        }

        package var layout: Layout
        package var spanRule: SpanRule
        package var traits: [String]
        package var types: [ServerType]
        /// In the order of their places.
        package var servers: [Server]
        /// Ascending by id.
        package var vms: [VM]
        /// The names of the levels of fault domains.
        package var levels: [String]
        /// Those that have rules, ascending by id.
        package var groups: [Group]

        package init(
            layout: Layout,
            spanRule: SpanRule,
            traits: [String],
            types: [ServerType],
            servers: [Server],
            vms: [VM],
            levels: [String] = [],
            groups: [Group] = []
        ) {
            self.layout = layout
            self.spanRule = spanRule
            self.traits = traits
            self.types = types
            self.servers = servers
            self.vms = vms
            self.levels = levels
            self.groups = groups
        }
    }

    /// A copy of everything.
    ///
    /// - Complexity: O(servers + VMs log VMs).
    /// - Throws: `cancelled` only.
    package func snapshot(_ progress: Progress = .none) throws(SchedulingError) -> Snapshot {
        var types: [ServerType] = []
        var kinds: [ServerType: Int] = [:]
        var servers: [Snapshot.Server] = []
        for place in 0..<serverCount {
            try progress.part(0, 0.3).check(step: place, of: serverCount)
            let type = state.type(of: place)
            let kind = kinds[type] ?? types.count
            if kind == types.count {
                kinds[type] = kind
                types.append(type)
            }
            let nodes = 0..<state.nodeCount(of: place)
            servers.append(
                Snapshot.Server(
                    number: number(at: place),
                    type: kind,
                    isCordoned: state.isCordoned(place),
                    free: nodes.map { node in
                        (0..<state.valuesPerNode).map { state.free(server: place, node: node, resource: $0) }
                    },
                    shared: state.layout.serverResources.indices.map {
                        state.sharedFree(server: place, resource: $0)
                    },
                    domains: domains.levels.map { Int($0.domains[place]) }
                )
            )
        }
        var list: [Snapshot.VM] = []
        list.reserveCapacity(vms.count)
        try vms.forEach { vm throws(SchedulingError) in
            try progress.part(0.3, 0.6).check(step: list.count, of: vms.count)
            list.append(
                Snapshot.VM(
                    id: vm.id,
                    request: vms.request(of: vm),
                    placement: outside(vm.placement),
                    group: groups.id(at: vm.group),
                    expires: reservations.end(of: vm.id)
                )
            )
        }
        try progress.sort(&list) { $0.id < $1.id }
        return Snapshot(
            layout: state.layout,
            spanRule: state.spanRule,
            traits: traits,
            types: types,
            servers: servers,
            vms: list,
            levels: levels,
            groups: groups.ids.map { Snapshot.Group(id: $0, rules: rules(ofGroup: $0)) }.filter { !$0.rules.isEmpty }
        )
    }

    /// Makes the fleet whose ``snapshot`` this is.
    ///
    /// - Throws: `invalidArgument` or `duplicateVM` when the state contradicts itself.
    package static func restored(
        from snapshot: Snapshot,
        _ progress: Progress = .none
    ) throws(SchedulingError) -> Cluster {
        var cluster = try Cluster(
            layout: snapshot.layout,
            spanRule: snapshot.spanRule,
            traits: snapshot.traits
        )
        for server in snapshot.servers where !snapshot.types.indices.contains(server.type) {
            throw SchedulingError(
                .invalidArgument,
                "server \(server.number) is of type \(server.type); there are \(snapshot.types.count) types"
            )
        }
        try cluster.addServers(snapshot.servers.map { Int32(truncatingIfNeeded: $0.type) }, of: snapshot.types)
        try cluster.numbers.restore(snapshot.servers.map(\.number))
        try cluster.reserve(snapshot.vms.count)
        try cluster.restoreGroups(snapshot)
        for (index, vm) in snapshot.vms.enumerated() {
            try progress.part(0, 0.7).check(step: index, of: snapshot.vms.count)
            try cluster.record(vm.id, vm.request, in: vm.group, at: vm.placement)
            if let expires = vm.expires { try cluster.setExpiry(expires, of: vm.id) }
        }
        for (place, server) in snapshot.servers.enumerated() {
            try progress.part(0.7, 1).check(step: place, of: snapshot.servers.count)
            try cluster.restore(server, at: place)
            if server.isCordoned { cluster.state.cordon(place) }
        }
        return cluster
    }

    private mutating func restoreGroups(_ snapshot: Snapshot) throws(SchedulingError) {
        try setLevels(snapshot.levels)
        for server in snapshot.servers where !server.domains.isEmpty {
            guard server.domains.count == levels.count else {
                throw SchedulingError(
                    .invalidArgument,
                    "server \(server.number) has \(server.domains.count) domains; there are \(levels.count) levels"
                )
            }
            for (level, domain) in server.domains.enumerated() {
                try setDomain(domain, of: server.number, level: level)
            }
        }
        for group in snapshot.groups { try setRules(group.rules, ofGroup: group.id) }
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
