/// What one more VM of a group would break, server by server, and which traits that it prefers servers lack.
///
/// It is made for one decision, at a cost that depends on the servers on which VMs of the group run and not on all.
package struct GroupVerdict: Sendable {
    /// Where the VMs of the group run on one level.
    private struct Usage {
        var level: Int
        // Ascending, and how many VMs run in each.
        var domains: [Int32] = []
        var counts: [Int32] = []

        func count(in domain: Int32) -> Int {
            let index = domains.lowerBound(of: domain)
            return index < domains.count && domains[index] == domain ? Int(counts[index]) : 0
        }
    }

    private struct Check {
        let rule: GroupRule
        let usage: Int
        /// Whether a domain that is not in use could hold the VM; for a hard rule for at least so many domains.
        var canSpread = false
    }

    /// The group.
    let id: UInt64
    private var usages: [Usage] = []
    private var checks: [Check] = []
    private let total: Int
    private let numbers: ServerNumbers
    private let table: DomainTable

    /// The traits that the VM prefers.
    let prefer: UInt64
    /// Whether a placement may break rules, or lack what is preferred, and be allowed.
    let hasSoftRules: Bool

    /// Whether there are no rules, but preferences.
    var hasPreferencesAlone: Bool { checks.isEmpty }

    /// - Parameters:
    ///   - prefer: the traits that the VM prefers.
    ///   - leaving: the number of the server that one of the VMs leaves.
    init(_ group: Group, prefer: UInt64, _ numbers: ServerNumbers, _ table: DomainTable, leaving: Int?) {
        id = group.id
        self.prefer = prefer
        (self.numbers, self.table) = (numbers, table)
        total = group.count - (leaving == nil ? 0 : 1)
        hasSoftRules = prefer != 0 || group.rules.contains { !$0.isHard }
        for rule in group.rules {
            let usage = usages.firstIndex { $0.level == rule.level } ?? usages.count
            if usage == usages.count {
                usages.append(Self.usage(of: group, on: rule.level, numbers, table, leaving: leaving))
            }
            checks.append(Check(rule: rule, usage: usage))
        }
    }

    private static func usage(
        of group: Group,
        on level: Int,
        _ numbers: ServerNumbers,
        _ table: DomainTable,
        leaving: Int?
    ) -> Usage {
        var usage = Usage(level: level)
        if level == GroupRule.serverLevel, leaving == nil {
            (usage.domains, usage.counts) = (group.servers, group.counts)
            return usage
        }
        for (server, count) in zip(group.servers, group.counts) {
            let left = count - (leaving == Int(server) ? 1 : 0)
            guard left > 0, let place = numbers.place(of: Int(server)) else { continue }
            let domain = level == GroupRule.serverLevel ? server : table.levels[level].domains[place]
            guard domain != DomainTable.unknown else { continue }
            let index = usage.domains.lowerBound(of: domain)
            if index < usage.domains.count, usage.domains[index] == domain {
                usage.counts[index] += left
            } else {
                usage.domains.insert(domain, at: index)
                usage.counts.insert(left, at: index)
            }
        }
        return usage
    }

    /// Finds out whether domains that are not in use could hold the VM.
    ///
    /// - Complexity: O(servers up to the first that could) for each hard rule for at least so many domains that matters.
    mutating func look(for request: Request, on cluster: borrowing ClusterState) {
        for index in checks.indices {
            let (rule, usage) = (checks[index].rule, usages[checks[index].usage])
            guard rule.isHard, rule.kind == .spread, usage.domains.count < rule.count, !usage.domains.isEmpty
            else { continue }
            checks[index].canSpread = (0..<cluster.serverCount).contains { place in
                let domain = domain(of: place, on: rule.level)
                guard domain != DomainTable.unknown, usage.count(in: domain) == 0 else { return false }
                return cluster.hasRoom(on: place, for: request)
                    && !checks.contains { $0.rule.isHard && $0.rule.kind != .spread && broken($0, at: place) > 0 }
            }
        }
    }

    /// Takes it that domains that are not in use could hold the VM.
    mutating func expectRoom() {
        for index in checks.indices { checks[index].canSpread = true }
    }

    @inline(__always)
    private func domain(of place: Int, on level: Int) -> Int32 {
        level == GroupRule.serverLevel
            ? Int32(truncatingIfNeeded: numbers.number(at: place)) : table.levels[level].domains[place]
    }

    private func broken(_ check: Check, at place: Int) -> Int {
        broken(check, in: domain(of: place, on: check.rule.level))
    }

    /// By how many VMs a placement in a domain breaks a rule.
    private func broken(_ check: Check, in domain: Int32) -> Int {
        let isKnown = domain != DomainTable.unknown
        let count = isKnown ? usages[check.usage].count(in: domain) : 0
        switch check.rule.kind {
        case .atMost: return isKnown ? max(0, count + 1 - check.rule.count) : 1
        case .together: return isKnown ? total - count : max(1, total)
        case .spread:
            guard isKnown else { return 1 }
            let isReused = count > 0 && usages[check.usage].domains.count < check.rule.count
            return isReused && (check.canSpread || !check.rule.isHard) ? 1 : 0
        }
    }

    /// By how many VMs a placement on the server in a place breaks soft rules; `nil` where it breaks a hard one.
    ///
    /// - Complexity: O(rules * log servers of the group).
    package func violations(at place: Int) -> Int? {
        var sum = 0
        for check in checks {
            let broken = broken(check, at: place)
            guard broken > 0 else { continue }
            if check.rule.isHard { return nil }
            sum += broken
        }
        return sum
    }

    /// By how many VMs a placement on the server in a place breaks soft rules, and how many of the preferred traits that lacks, in
    /// sum; `nil` where it breaks a hard rule.
    package func broken(at place: Int, on cluster: borrowing ClusterState) -> Int? {
        let lacking = prefer == 0 ? 0 : (prefer & ~cluster.traits(of: place)).nonzeroBitCount
        return violations(at: place).map { $0 + lacking }
    }

    /// What ``violations(at:)`` is for a server in domains that are known and in which no VM of the group runs.
    var violationsElsewhere: Int? {
        var sum = 0
        for check in checks where check.rule.kind == .together && total > 0 {
            if check.rule.isHard { return nil }
            sum += total
        }
        return sum
    }

    /// The places, ascending, of all servers of which it may say something else than ``violationsElsewhere``.
    ///
    /// - Complexity: O(n log n) for n such servers.
    var places: [Int32] {
        var places: [Int32] = []
        for usage in usages {
            guard usage.level != GroupRule.serverLevel else {
                for number in usage.domains {
                    if let place = numbers.place(of: Int(number)) { places.append(Int32(truncatingIfNeeded: place)) }
                }
                continue
            }
            let level = table.levels[usage.level]
            for domain in usage.domains { places += level.places(in: domain) }
            places += level.places(in: DomainTable.unknown)
        }
        places.sort()
        var last: Int32 = -1
        return places.filter { place in
            defer { last = place }
            return place != last
        }
    }

    /// The places of the servers with so much ``broken(at:on:)``.
    package func places(of cluster: borrowing ClusterState, breaking count: Int) -> [Int32] {
        cluster.servers { broken(at: $0, on: cluster) == count }
    }

    /// Why the server in a place is refused, or `nil` where it is not.
    ///
    /// - Parameter source: the place that a VM leaves for it; rules by which both are in one domain are not asked.
    func refusal(at place: Int, from source: Int? = nil) -> String? {
        for check in checks where check.rule.isHard && broken(check, at: place) > 0 {
            let domain = domain(of: place, on: check.rule.level)
            if let source, source == place || domain >= 0 && domain == self.domain(of: source, on: check.rule.level) {
                continue
            }
            return text(check, domain, numbers.number(at: place))
        }
        return nil
    }

    private func text(_ check: Check, _ domain: Int32, _ server: Int) -> String {
        let name = table.name(of: check.rule.level)
        guard domain != DomainTable.unknown else {
            return "group \(id) has a rule for the level \(name), and that of server \(server) is not known"
        }
        let count = usages[check.usage].count(in: domain)
        switch check.rule.kind {
        case .atMost:
            return "group \(id) has \(count) VMs in \(name) \(domain); at most \(check.rule.count) may run there"
        case .together:
            return
                "group \(id) has \(total - count) of its \(total) VMs elsewhere than in \(name) \(domain); all must be in one "
                + name
        case .spread:
            return
                "group \(id) has \(count) VMs in \(name) \(domain) and runs in \(usages[check.usage].domains.count) of the "
                + "\(check.rule.count) domains of level \(name) that it must be in, and another one has room"
        }
    }
}
