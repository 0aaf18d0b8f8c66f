internal import SpaneScheduling

// Fault domains and groups, as they are written to HDF5 where a fleet has any. Files of fleets without them are as they were.

extension ClusterFile {
    static func putGroups(of snapshot: Cluster.Snapshot, into file: borrowing HDF5Writer) throws(StorageError) {
        if !snapshot.levels.isEmpty {
            try file.attribute("levels", snapshot.levels.joined(separator: "\n"))
            try file.dataset("server_domain", snapshot.servers.flatMap { $0.domains.map { Int64($0) } }, .compressed)
        }
        let groups = snapshot.groups
        if !groups.isEmpty {
            let rules = groups.flatMap(\.rules)
            try file.dataset("group_id", groups.map { Int64(bitPattern: $0.id) }, .compressed)
            try file.dataset("group_rules", groups.map { Int64($0.rules.count) }, .compressed)
            try file.dataset("rule_kind", rules.map { Int64($0.kind.rawValue) }, .compressed)
            try file.dataset("rule_level", rules.map { Int64($0.level) }, .compressed)
            try file.dataset("rule_count", rules.map { Int64($0.count) }, .compressed)
            try file.dataset("rule_is_hard", rules.map { Int64($0.isHard ? 1 : 0) }, .compressed)
        }
        if snapshot.vms.contains(where: { $0.group != 0 }) {
            try file.dataset("vm_group", snapshot.vms.map { Int64(bitPattern: $0.group) }, .compressed)
        }
    }
}

extension HDF5Reader {
    /// Reads what there is of fault domains and groups into a state that has none.
    func readGroups(into snapshot: inout Cluster.Snapshot) throws(StorageError) {
        snapshot.levels = try names("levels")
        let levels = snapshot.levels.count
        if levels > 0 {
            let domains = try integers(
                "server_domain",
                count: snapshot.servers.count * levels,
                in: -1...Int64(Int32.max)
            )
            for server in snapshot.servers.indices {
                snapshot.servers[server].domains = domains[server * levels..<(server + 1) * levels].map { Int($0) }
            }
        }
        if try has("group_id") { snapshot.groups = try groups() }
        guard try has("vm_group") else { return }
        let groupOfVM = try integers("vm_group", count: snapshot.vms.count)
        for vm in snapshot.vms.indices { snapshot.vms[vm].group = UInt64(bitPattern: groupOfVM[vm]) }
    }

    private func groups() throws(StorageError) -> [Cluster.Snapshot.Group] {
        let ids = try identifiers("group_id").values
        let counts = try integers("group_rules", count: ids.count, in: 0...Int64(GroupRule.most))
        let total = Int(counts.reduce(0, +))
        let kinds = try integers("rule_kind", count: total, in: 0...Int64(GroupRule.Kind.allCases.count - 1))
        let levels = try integers("rule_level", count: total, in: -1...Int64(Int32.max))
        let amounts = try integers("rule_count", count: total)
        let areHard = try integers("rule_is_hard", count: total, in: 0...1)
        var first = 0
        return ids.indices.map { group in
            let rules = first..<first + Int(counts[group])
            first = rules.upperBound
            return Cluster.Snapshot.Group(
                id: ids[group],
                rules: rules.compactMap { rule in
                    GroupRule.Kind(rawValue: Int(kinds[rule])).map {
                        GroupRule($0, level: Int(levels[rule]), count: Int(amounts[rule]), isHard: areHard[rule] != 0)
                    }
                }
            )
        }
    }
}
