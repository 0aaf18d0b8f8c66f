import SpaneScheduling

/// The rules of groups as they are defined, in plain loops over all VMs and servers.
struct GroupReferee {
    struct VM: Equatable {
        var group: UInt64
        /// The number of its server.
        var server: Int
    }

    var vms: [UInt64: VM] = [:]
    /// By number; those that are missing at a level are not known.
    var domains: [Int: [Int: Int]] = [:]
    var rules: [UInt64: [GroupRule]] = [:]

    func domain(of server: Int, _ level: Int) -> Int? {
        level == GroupRule.serverLevel ? server : domains[server]?[level]
    }

    /// By how many VMs one more breaks each rule on a server; those that run elsewhere are `others`.
    private func broken(_ rule: GroupRule, on server: Int, _ others: [VM], canSpread: () -> Bool) -> Int {
        let domain = domain(of: server, rule.level)
        let there = others.count { domain != nil && self.domain(of: $0.server, rule.level) == domain }
        switch rule.kind {
        case .atMost: return domain == nil ? 1 : max(0, there + 1 - rule.count)
        case .together: return domain == nil ? max(1, others.count) : others.count - there
        case .spread:
            guard domain != nil else { return 1 }
            let inUse = Set(others.compactMap { self.domain(of: $0.server, rule.level) })
            return there > 0 && inUse.count < rule.count && (!rule.isHard || canSpread()) ? 1 : 0
        }
    }

    /// By how many VMs soft rules are broken by one more VM on a server; `nil` where it breaks a hard one.
    ///
    /// - Parameter leaving: a VM that leaves for it.
    func violations(
        _ group: UInt64,
        _ request: Request,
        on server: Int,
        leaving: UInt64? = nil,
        of cluster: borrowing Cluster,
        asked: (GroupRule) -> Bool = { _ in true }
    ) -> Int? {
        let others = vms.filter { $0.value.group == group && $0.key != leaving }.map(\.value)
        let rules = self.rules[group] ?? []
        let simple = rules.filter { $0.isHard && $0.kind != .spread }
        var sum = 0
        for rule in rules where asked(rule) {
            let broken = broken(rule, on: server, others) {
                let inUse = Set(others.compactMap { domain(of: $0.server, rule.level) })
                return (0..<cluster.serverCount).contains { place in
                    let other = cluster.number(at: place)
                    guard let domain = domain(of: other, rule.level), !inUse.contains(domain) else { return false }
                    return cluster.state.hasRoom(on: place, for: request)
                        && simple.allSatisfy { self.broken($0, on: other, others) { false } == 0 }
                }
            }
            if broken > 0, rule.isHard { return nil }
            sum += broken
        }
        return sum
    }

    /// Whether a move is allowed by the rules whose domain it changes.
    func allowsMove(
        of id: UInt64,
        to server: Int,
        _ request: Request,
        _ cluster: borrowing Cluster
    ) -> Bool {
        guard let vm = vms[id], vm.server != server else { return true }
        return violations(vm.group, request, on: server, leaving: id, of: cluster) { rule in
            let domain = domain(of: server, rule.level)
            return !rule.isHard || domain == nil || domain != self.domain(of: vm.server, rule.level)
        } != nil
    }

    /// Whether all VMs run where the hard rules of their groups for a number in a domain, or for one domain, allow them to.
    var isSound: Bool {
        rules.allSatisfy { group, rules in
            let members = vms.values.filter { $0.group == group }
            return rules.allSatisfy { rule in
                guard rule.isHard, rule.kind != .spread else { return true }
                let domains = members.map { domain(of: $0.server, rule.level) }
                guard !domains.contains(nil) else { return false }
                let counts = Dictionary(grouping: domains) { $0 }.mapValues(\.count)
                return rule.kind == .atMost ? counts.values.allSatisfy { $0 <= rule.count } : counts.count <= 1
            }
        }
    }

    /// The places that a group allows, those first that break least, each step ascending.
    func steps(_ group: UInt64, _ request: Request, _ cluster: borrowing Cluster) -> [[Int32]] {
        var steps: [Int: [Int32]] = [:]
        for place in 0..<cluster.serverCount {
            let found = violations(group, request, on: cluster.number(at: place), of: cluster)
            if let found { steps[found, default: []].append(Int32(place)) }
        }
        return steps.sorted { $0.key < $1.key }.map(\.value)
    }
}
