extension Fleet {
    /// Everything that a fleet holds, as plain arrays.
    package struct State {
        package var splitAbove: Double
        package var capacities: [Resources]
        package var isCordoned: [Bool]
        /// In the order (server, node).
        package var free: [Resources]
        /// Ascending by id.
        package var vms: [(id: UInt64, cpu: Double, mem: Double, action: Int)]

        package init(
            splitAbove: Double,
            capacities: [Resources],
            isCordoned: [Bool],
            free: [Resources],
            vms: [(id: UInt64, cpu: Double, mem: Double, action: Int)]
        ) {
            self.splitAbove = splitAbove
            self.capacities = capacities
            self.isCordoned = isCordoned
            self.free = free
            self.vms = vms
        }
    }

    /// A copy of everything.
    ///
    /// - Complexity: O(servers + VMs log VMs).
    package var state: State {
        var vms: [(id: UInt64, cpu: Double, mem: Double, action: Int)] = []
        vms.reserveCapacity(ledger.count)
        ledger.forEach { vms.append(($0.id, $0.cpu, $0.mem, Int($0.action))) }
        vms.sort { $0.id < $1.id }
        var free: [Resources] = []
        for server in 0..<serverCount {
            for node in 0..<NUMATopology.nodesPerServer { free.append(cluster.free(server: server, node: node)) }
        }
        return State(
            splitAbove: cluster.splitAbove,
            capacities: (0..<serverCount).map { cluster.capacity(server: $0) },
            isCordoned: (0..<serverCount).map { cluster.isCordoned($0) },
            free: free,
            vms: vms
        )
    }

    /// Makes the fleet whose ``state`` this is.
    ///
    /// - Throws: `invalidArgument`, `duplicateVM` or `unavailableAction` when the state contradicts itself.
    package static func restored(from state: State) throws(SchedulingError) -> Fleet {
        var fleet = try Fleet(splitAbove: state.splitAbove)
        try fleet.addServers(state.capacities)
        try fleet.reserve(state.vms.count)
        for vm in state.vms {
            guard vm.action >= 0, vm.action < fleet.cluster.actionCount else {
                throw SchedulingError(
                    .invalidArgument,
                    "VM \(vm.id) is at action \(vm.action) of \(fleet.cluster.actionCount)"
                )
            }
            try fleet.place(vm.id, try fleet.request(cpu: vm.cpu, mem: vm.mem), at: Action(vm.action))
        }
        for server in 0..<fleet.serverCount {
            for node in 0..<NUMATopology.nodesPerServer {
                try fleet.setFree(state.free[Action(server: server, node: node).index], server: server, node: node)
            }
            if state.isCordoned[server] { try fleet.cordon(server) }
        }
        return fleet
    }
}
