internal import SpaneSystem

extension Cluster {
    // MARK: Fault domains

    /// The names of the levels of fault domains, such as racks and zones, beside the servers themselves.
    public var levels: [String] { domains.names }

    /// Names the levels of fault domains; no server has a domain yet.
    ///
    /// - Throws: `invalidArgument` when a name is empty, there twice or "server", or when there are more than 7; `badState` when
    ///   levels have names.
    /// - Complexity: O(servers).
    public mutating func setLevels(_ names: [String]) throws(SchedulingError) {
        guard names.count <= DomainTable.mostLevels else {
            throw SchedulingError(
                .invalidArgument,
                "there are \(names.count) levels; at most \(DomainTable.mostLevels) are allowed"
            )
        }
        try Names.check(names, of: "level")
        guard !names.contains("server") else {
            throw SchedulingError(.invalidArgument, "a level is called server; that is the level of each server itself")
        }
        guard levels.isEmpty else {
            throw SchedulingError(.badState, "the levels are \(levels.joined(separator: ", ")) already")
        }
        try Memory.require(
            bytes: names.count * serverCount * DomainTable.bytesPerServer,
            for: "\(names.count) levels of \(serverCount) servers"
        )
        domains.name(names, servers: serverCount)
        tell(.setLevels(names))
    }

    /// Says in which domain of a level a server is. VMs that run there stay.
    ///
    /// - Parameter domain: at least 0, or -1 where none is known.
    /// - Throws: `invalidArgument`.
    /// - Complexity: O(1).
    public mutating func setDomain(_ domain: Int, of server: Int, level: Int) throws(SchedulingError) {
        let place = try place(of: server)
        try checkLevel(level)
        guard domain >= -1, domain <= Int(Int32.max) else {
            throw SchedulingError(
                .invalidArgument,
                "domain is \(domain); it must be in 0 ... \(Int32.max), or -1 where none is known"
            )
        }
        let before = domains.levels[level].domains[place]
        guard before != Int32(domain) else { return }
        domains.set(place, level: level, to: Int32(domain))
        groups.noteDomain()
        trials.note(.setDomain(before, place: place, level: level))
        tell(.setDomain(domain, server: server, level: level))
    }

    /// In which domain of a level a server is, -1 where none is known. That of ``GroupRule/serverLevel`` is its number.
    public func domain(of server: Int, level: Int) throws(SchedulingError) -> Int {
        let place = try place(of: server)
        guard level != GroupRule.serverLevel else { return server }
        try checkLevel(level)
        return Int(domains.levels[level].domains[place])
    }

    private func checkLevel(_ level: Int) throws(SchedulingError) {
        guard domains.levels.indices.contains(level) else {
            throw SchedulingError(
                .invalidArgument,
                levels.isEmpty
                    ? "level is \(level); the cluster has no levels"
                    : "level is \(level); it must be in 0 ... \(levels.count - 1)"
            )
        }
    }

    // MARK: Groups

    /// Gives a group rules in place of those that it has. VMs that run stay where they are.
    ///
    /// - Throws: `invalidArgument` for group 0, which stands for none, for a rule that makes no sense, or for more than
    ///   ``GroupRule/most``.
    public mutating func setRules(_ rules: [GroupRule], ofGroup group: UInt64) throws(SchedulingError) {
        guard group != 0 else { throw SchedulingError(.invalidArgument, "group is 0, which stands for no group") }
        guard rules.count <= GroupRule.most else {
            throw SchedulingError(
                .invalidArgument,
                "group \(group) has \(rules.count) rules; at most \(GroupRule.most) are allowed"
            )
        }
        for (index, rule) in rules.enumerated() { try rule.check(levels: levels, as: "rules[\(index)]") }
        try checkGroupGrowth()
        let before = self.rules(ofGroup: group)
        groups.set(rules, of: group)
        trials.note(.setRules(before, of: group))
        tell(.setRules(rules, group: group))
    }

    /// The rules of a group; none for one that is not known.
    public func rules(ofGroup group: UInt64) -> [GroupRule] { groups.find(group)?.rules ?? [] }

    /// The number of VMs of a group that run.
    public func vmCount(ofGroup group: UInt64) -> Int { groups.find(group)?.count ?? 0 }

    /// The groups that have rules or VMs, ascending.
    public var groupIDs: [UInt64] { groups.ids }

    /// The group of a VM, 0 for none; `nil` when it does not run here.
    public func group(of id: UInt64) -> UInt64? { vms.find(id).map { groups.id(at: $0.group) } }

    /// By how many VMs the soft rules of a group are broken if one more goes to a server, and how many of the traits that it prefers
    /// are lacking there, in sum; `nil` where a hard rule forbids it.
    public func violations(ofGroup group: UInt64, for request: Request, on server: Int) throws(SchedulingError) -> Int?
    {
        let place = try place(of: server)
        guard let verdict = verdict(ofGroup: group, for: request) else { return 0 }
        return verdict.broken(at: place, on: state)
    }

    /// What the rules of a group say of all servers, and the preferences of the request; `nil` where there are none.
    ///
    /// - Parameter leaving: the number of the server that a VM of the group leaves.
    package func verdict(ofGroup group: UInt64, for request: Request, leaving: Int? = nil) -> GroupVerdict? {
        if group != 0, let found = groups.find(group) { return verdict(of: found, for: request, leaving: leaving) }
        return request.prefer == 0 ? nil : verdict(of: Group(0), for: request)
    }

    func verdict(of group: Group, for request: Request, leaving: Int? = nil) -> GroupVerdict? {
        guard !group.rules.isEmpty || request.prefer != 0 else { return nil }
        var verdict = GroupVerdict(group, prefer: request.prefer, numbers, domains, leaving: leaving)
        verdict.look(for: request, on: state)
        return verdict
    }

    /// Refuses a placement that breaks a hard rule.
    ///
    /// - Parameter source: where the VM runs that goes there; what it takes there counts as free already.
    func check(_ group: UInt64, _ request: Request, at place: Int, from source: Int? = nil) throws(SchedulingError) {
        guard let verdict = verdict(ofGroup: group, for: request, leaving: source.map { number(at: $0) }),
            let refusal = verdict.refusal(at: place, from: source)
        else { return }
        throw SchedulingError(.unavailableAction, "server \(number(at: place)) is not allowed: \(refusal)")
    }

    /// Refuses one more group where memory for it cannot be had.
    func checkGroupGrowth() throws(SchedulingError) {
        if let bytes = groups.bytesToGrow { try Memory.require(bytes: bytes, for: "a table of groups") }
    }
}
