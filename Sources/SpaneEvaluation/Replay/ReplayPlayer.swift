package import SpaneScheduling
internal import SpaneSystem

/// Plays the events of a log with another policy: what the scheduler asked for is asked again, and what it answered is not looked at.
///
/// VMs end when they ended in the log, or as much later as they started later. One that the log never placed runs as long as VMs of
/// its size do there on average. What a failure takes away asks for another place at once. Moves of the log are not made, except
/// that a server which is removed is emptied first.
package struct ReplayPlayer: ~Copyable {
    /// A VM that has no place.
    private struct Wish {
        var request: Request
        var group: UInt64
        /// The event with which it asked first.
        let event: Int
        /// When it asked first.
        let since: Double
        /// When the log placed it.
        var placed: Double?
        /// How long it ran in the log, when that is over.
        var lifetime: Double?
    }

    private let facts: LogFacts
    private let options: ReplayOptions
    private let stopsAtRefusal: Bool
    // What the log says that there is.
    private var recorded = Cluster()
    private var own: ReplayCluster
    private let source: PolicySource
    private var left: Set<Int> = []
    private var wishes: [UInt64: Wish] = [:]
    // The VMs that wait, in the order in which they asked; some may be gone.
    private var line: [UInt64] = []
    private var head = 0
    private var ends = EndQueue()
    private var endOf: [UInt64: Double] = [:]
    // By how much VMs started later than in the log.
    private var delay: [UInt64: Double] = [:]
    private var figures = ReplayFigures()
    private var event = 0
    private var now = 0.0

    private init(_ source: PolicySource, _ options: ReplayOptions, _ facts: LogFacts, stopsAtRefusal: Bool) throws {
        (self.facts, self.options, self.source) = (facts, options, source)
        self.stopsAtRefusal = stopsAtRefusal
        own = try ReplayCluster(Cluster(Fleet(servers: 1)), .heuristic(.firstFit), nil)
    }

    /// Ends a replay with its first refusal.
    private struct Refused: Error {}

    /// Plays a log from its beginning to its end.
    ///
    /// - Throws: ``NetworkError`` when a network cannot serve such servers; what reading the log throws; `cancelled`.
    package static func play(
        _ log: some EventSource,
        _ facts: LogFacts,
        by source: PolicySource,
        _ options: ReplayOptions = ReplayOptions(),
        progress: Progress = .none
    ) throws -> ReplayFigures {
        var player = try ReplayPlayer(source, options, facts, stopsAtRefusal: false)
        try log.forEachLasting(progress) { try player.take($1, at: $0) }
        return try player.finish()
    }

    /// Whether some VM is refused; ends with the first one.
    package static func refuses(
        _ log: some EventSource,
        _ facts: LogFacts,
        by source: PolicySource,
        _ options: ReplayOptions,
        progress: Progress = .none
    ) throws -> Bool {
        var player = try ReplayPlayer(source, options, facts, stopsAtRefusal: true)
        do {
            try log.forEachLasting(progress) { try player.take($1, at: $0) }
            _ = try player.finish()
            return false
        } catch is Refused {
            return true
        }
    }

    private mutating func take(_ event: ClusterEvent, at time: Double) throws {
        defer { self.event += 1 }
        try advance(to: time)
        switch event {
        case .start(let snapshot): try start(snapshot)
        case .place(let id, let request, let group, let placement),
            .record(let id, let request, let group, let placement):
            try recorded.perform(event)
            try ask(id, request, group, placement)
        case .refuse(let id, let request, let group):
            if recorded.find(id) == nil { try ask(id, request, group, nil) }
        case .release(let id):
            try recorded.perform(event)
            try release(id)
        case .resize(let id, let request):
            try recorded.perform(event)
            try resize(id, request)
        case .rename(let id, let other):
            try recorded.perform(event)
            try rename(id, to: other)
        case .move: try recorded.perform(event)
        case .failServer(let server):
            try recorded.perform(event)
            for id in facts.endedByFailure[self.event] ?? [] { try end(id) }
            try fail(server)
        case .removeServer(let server):
            try recorded.perform(event)
            try empty(server)
            try own.change { try $0.removeServer(server) }
            left.remove(server)
        case .uncordon(let server):
            try recorded.perform(event)
            if !left.contains(server) { try own.change { try $0.uncordon(server) } }
        case .setFree(_, let server, let node):
            try recorded.perform(event)
            try setAside(server, node)
        case .addServers, .resizeServer, .cordon, .setLevels, .setDomain, .setRules:
            try recorded.perform(event)
            try own.change { try $0.perform(event) }
        case .beginTrial, .keepTrial, .dropTrial, .choose, .compare: break
        }
    }

    private mutating func finish() throws -> ReplayFigures {
        try serve()
        // Those that wait go on waiting for those whose ends are known.
        while options.hasQueue, !wishes.isEmpty, ends.earliest < .infinity {
            try advance(to: ends.earliest)
            try serve()
        }
        for wish in wishes.values.sorted(by: { $0.event < $1.event }) {
            figures.refused.add(wish.request)
            if options.hasQueue { figures.addWait(now - wish.since) }
        }
        figures.moved = own.moved
        return figures
    }

    // MARK: Asking

    /// - Parameter placement: where the log placed it; `nil` for nowhere.
    private mutating func ask(_ id: UInt64, _ request: Request, _ group: UInt64, _ placement: Placement?) throws {
        // It started earlier than in the log.
        guard own.find(id) == nil else { return }
        var wish: Wish
        if let known = wishes[id] {
            wish = known
            (wish.request, wish.group) = (request, group)
        } else {
            wish = Wish(request: request, group: group, event: event, since: now)
            figures.asked.add(request)
            if options.hasQueue { line.append(id) }
        }
        if placement != nil { wish.placed = now }
        wishes[id] = wish
        // Those in a queue are looked at when time goes on, and all that ends now has ended.
        guard !options.hasQueue, try place(id, wish, placement) == false, stopsAtRefusal else { return }
        throw Refused()
    }

    private mutating func place(_ id: UInt64, _ wish: Wish, _ recorded: Placement? = nil) throws -> Bool {
        let stopwatch = Stopwatch()
        let placement = try own.place(id, wish.request, in: wish.group)
        figures.seconds += stopwatch.seconds
        figures.decisions += 1
        guard let placement else { return false }
        wishes[id] = nil
        figures.addWait(now - wish.since)
        if let recorded {
            figures.compared += 1
            if placement == recorded { figures.alike += 1 }
        }
        if let lifetime = wish.lifetime {
            end(id, at: now + lifetime)
        } else if facts.neverPlaced.contains(wish.event) {
            if let lifetime = facts.expectedLifetime(of: wish.request) { end(id, at: now + lifetime) }
        } else if let placed = wish.placed, now > placed {
            delay[id] = now - placed
        }
        return true
    }

    /// Places those that wait, as long as the first one fits.
    private mutating func serve() throws {
        guard options.hasQueue else { return }
        while head < line.count {
            let id = line[head]
            if let wish = wishes[id] {
                // As in the paper, what was placed for no time at all leaves before one that comes now, or when it is in the way.
                if wish.since == now { try endDue() }
                let placement = wish.placed == now ? recorded.find(id)?.placement : nil
                if try place(id, wish, placement) == false {
                    guard ends.earliest > now else {
                        try endDue()
                        continue
                    }
                    if stopsAtRefusal { throw Refused() }
                    break
                }
            }
            head += 1
        }
        if head > 1024, 2 * head > line.count {
            line.removeFirst(head)
            head = 0
        }
    }

    // MARK: Ending

    private mutating func end(_ id: UInt64, at time: Double) {
        endOf[id] = time
        ends.insert(id, at: time)
    }

    /// Goes on to another time: lets VMs end that end by then, and those in.
    private mutating func advance(to time: Double) throws {
        if event == 0 { now = time }
        while true {
            try endDue()
            guard now < time else { return }
            try serve()
            try endDue()
            now = min(ends.earliest, time)
        }
    }

    /// Lets the VMs end that end now.
    private mutating func endDue() throws {
        while ends.earliest <= now {
            let next = ends.removeFirst()
            // It may have ended otherwise, and its id have come again.
            if endOf[next.id] == next.time { try end(next.id) }
        }
    }

    /// Ends what a VM is here.
    private mutating func end(_ id: UInt64) throws {
        (endOf[id], delay[id]) = (nil, nil)
        if own.find(id) != nil {
            try own.change { _ = $0.release(id) }
        } else if let wish = wishes.removeValue(forKey: id) {
            figures.refused.add(wish.request)
        }
    }

    /// A VM has ended in the log.
    private mutating func release(_ id: UInt64) throws {
        if endOf[id] != nil { return }
        if let delay = delay.removeValue(forKey: id) { return end(id, at: now + delay) }
        if options.hasQueue, let placed = wishes[id]?.placed {
            wishes[id]?.lifetime = now - placed
        } else {
            try end(id)
        }
    }

    // MARK: Changes

    private mutating func resize(_ id: UInt64, _ request: Request) throws {
        wishes[id]?.request = request
        guard let before = own.find(id) else { return }
        do {
            try own.change { try $0.resize(id, to: request) }
        } catch let error as SchedulingError where error.code == .unavailableAction {
            // Another server may have room; if none has, the VM stays what it is.
            try own.change { cluster in
                let group = cluster.group(of: id) ?? 0
                _ = cluster.release(id)
                try cluster.record(id, request, in: group, at: before.placement)
            }
            guard try own.displace(id) == false else { return }
            figures.refusedResizes += 1
            let group = recorded.group(of: id) ?? 0
            try own.change { try $0.record(id, before.request, in: group, at: before.placement) }
        }
    }

    private mutating func rename(_ id: UInt64, to other: UInt64) throws {
        if own.find(id) != nil { try own.change { try $0.rename(id, to: other) } }
        if let wish = wishes.removeValue(forKey: id) {
            wishes[other] = wish
            if let index = line[head...].firstIndex(of: id) { line[index] = other }
        }
        if let time = endOf.removeValue(forKey: id) { end(other, at: time) }
        if let late = delay.removeValue(forKey: id) { delay[other] = late }
    }

    /// Lets a server fail; what ran there asks again.
    private mutating func fail(_ server: Int) throws {
        var lost: [(id: UInt64, request: Request, group: UInt64)] = []
        try own.change { cluster in
            for id in try cluster.vms(on: server) {
                if let found = cluster.find(id) { lost.append((id, found.request, cluster.group(of: id) ?? 0)) }
            }
            _ = try cluster.failServer(server)
        }
        for (id, request, group) in lost {
            var wish = Wish(request: request, group: group, event: -1, since: now)
            // It ends when it would have ended.
            wish.placed = now - (delay.removeValue(forKey: id) ?? 0)
            wish.lifetime = endOf.removeValue(forKey: id).map { $0 - now }
            figures.asked.add(request)
            wishes[id] = wish
            if options.hasQueue {
                line.append(id)
            } else if try place(id, wish) == false, stopsAtRefusal {
                throw Refused()
            }
        }
    }

    /// Finds other places for what runs on a server.
    private mutating func empty(_ server: Int) throws {
        try own.change { try $0.cordon(server) }
        for id in try own.cluster.vms(on: server) {
            guard let (_, request) = own.find(id), try own.displace(id) == false else { continue }
            (endOf[id], delay[id]) = (nil, nil)
            figures.asked.add(request)
            figures.refused.add(request)
            if stopsAtRefusal { throw Refused() }
        }
    }

    /// Sets as much of a node aside as the log does.
    private mutating func setAside(_ server: Int, _ node: Int) throws {
        let amounts = try (0..<2).map { resource in
            let place = try recorded.place(of: server)
            let capacity = recorded.state.capacity(server: place, node: node, resource: resource)
            let free = recorded.state.free(server: place, node: node, resource: resource)
            let aside = capacity - (try recorded.used(server: server, node: node, resource: resource)) - free
            return max(0, capacity - (try own.cluster.used(server: server, node: node, resource: resource)) - aside)
        }
        try own.change { try $0.setFree(Resources(cpu: amounts[0], mem: amounts[1]), server: server, node: node) }
    }

    // MARK: Beginnings

    /// Begins with a state, or goes on after the scheduler was started again.
    private mutating func start(_ snapshot: Cluster.Snapshot) throws {
        let isFirst = event == 0
        let before = Set(recorded.vmIDs)
        recorded = try Cluster.restored(from: snapshot)
        var empty = snapshot
        empty.vms = []
        var next = try Cluster.restored(from: empty)
        if isFirst, let count = options.servers {
            left = Set(snapshot.servers.map(\.number).sorted().dropFirst(count))
        }
        left.formIntersection(snapshot.servers.map(\.number))
        for server in left.sorted() { try next.cordon(server) }
        var homeless: [(id: UInt64, request: Request, group: UInt64)] = []
        func settle(_ id: UInt64, _ request: Request, _ group: UInt64, _ placement: Placement) {
            if !left.contains(placement.server), (try? next.record(id, request, in: group, at: placement)) != nil {
                return
            }
            homeless.append((id, request, group))
        }
        if isFirst {
            for vm in snapshot.vms { settle(vm.id, vm.request, vm.group, vm.placement) }
            own = try ReplayCluster(next, source, options.moves)
        } else {
            for id in before where recorded.find(id) == nil { try end(id) }
            for id in own.cluster.vmIDs {
                if let found = own.find(id) {
                    settle(id, found.request, own.cluster.group(of: id) ?? 0, found.placement)
                }
            }
            try own.replace(by: next)
        }
        for (id, request, group) in homeless {
            try ask(id, request, group, nil)
            // In the log it runs.
            wishes[id]?.placed = now
        }
        for vm in snapshot.vms where !isFirst && !before.contains(vm.id) {
            try ask(vm.id, vm.request, vm.group, vm.placement)
        }
    }
}
