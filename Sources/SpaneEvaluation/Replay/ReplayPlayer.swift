package import SpaneScheduling
internal import SpaneSystem

/// Plays the events of a log with another policy: what the scheduler asked for is asked again, and what it answered is not looked at.
///
/// VMs end when they ended in the log, or as much later as they started later. One that the log never placed runs as long as VMs of
/// its size do there on average. What a failure takes away asks for another place at once. Moves of the log are not made, except
/// that a server which is removed is emptied first.
package struct ReplayPlayer: ~Copyable {
    private let facts: LogFacts
    private let options: ReplayOptions
    private let stopsAtRefusal: Bool
    // What the log says that there is.
    private var recorded = Cluster()
    private var own: ReplayCluster
    private let source: PolicySource
    private var left: Set<Int> = []
    // VMs have numbers of their own here: in the log, the id of one may come again while it still runs or waits here.
    private var numbers: [UInt64: UInt64] = [:]
    private var given: UInt64 = 0
    // The ids of VMs that the log never placed and that got a place here, which the log may ask for again and again.
    private var served: Set<UInt64> = []
    // All below by number.
    private var wishes: [UInt64: ReplayWish] = [:]
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
            rename(id, to: other)
        case .move, .setExpiry: try recorded.perform(event)
        case .failServer(let server):
            try recorded.perform(event)
            for id in facts.endedByFailure[self.event] ?? [] {
                if let number = numbers.removeValue(forKey: id) { try end(number) }
            }
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
        if let number = numbers[id], own.find(number) != nil {
            // It started earlier than in the log. One that was lost there, and not here, may never get a place there again.
            if facts.neverPlaced.contains(event), endOf[number] == nil, let time = facts.expectedLifetime(of: request) {
                end(number, at: now + time)
            }
            return
        }
        guard !served.contains(id) else { return }
        let number: UInt64
        var wish: ReplayWish
        if let known = numbers[id], let there = wishes[known] {
            (number, wish) = (known, there)
            if wish.id == nil { wish.event = event }
            (wish.id, wish.request, wish.group) = (id, request, group)
        } else {
            number = name(id)
            wish = ReplayWish(id: id, request: request, group: group, event: event, since: now)
            enter(number, request)
        }
        if placement != nil { wish.placed = now }
        wishes[number] = wish
        // Those in a queue are looked at when time goes on, and all that ends now has ended.
        guard !options.hasQueue, try place(number, wish, placement) == false, stopsAtRefusal else { return }
        throw Refused()
    }

    /// Looks for another place for a VM that has lost its own: it ends when it would have ended.
    private mutating func seek(_ number: UInt64, _ request: Request, _ group: UInt64) throws {
        var wish = ReplayWish(request: request, group: group, event: -1, since: now)
        wish.placed = now - (delay.removeValue(forKey: number) ?? 0)
        wish.lifetime = endOf.removeValue(forKey: number).map { $0 - now }
        enter(number, request)
        wishes[number] = wish
        guard !options.hasQueue, try place(number, wish) == false, stopsAtRefusal else { return }
        throw Refused()
    }

    /// A number for a VM of the log.
    private mutating func name(_ id: UInt64) -> UInt64 {
        given += 1
        numbers[id] = given
        return given
    }

    private mutating func enter(_ number: UInt64, _ request: Request) {
        figures.asked.add(request)
        if options.hasQueue { line.append(number) }
    }

    private mutating func place(_ number: UInt64, _ wish: ReplayWish, _ recorded: Placement? = nil) throws -> Bool {
        let stopwatch = Stopwatch()
        let placement = try own.place(number, wish.request, in: wish.group)
        figures.seconds += stopwatch.seconds
        figures.decisions += 1
        guard let placement else { return false }
        wishes[number] = nil
        figures.addWait(now - wish.since)
        if let recorded {
            figures.compared += 1
            if placement == recorded { figures.alike += 1 }
        }
        if let lifetime = wish.lifetime {
            end(number, at: now + lifetime)
        } else if facts.neverPlaced.contains(wish.event) {
            if let id = wish.id { served.insert(id) }
            if let lifetime = facts.expectedLifetime(of: wish.request) { end(number, at: now + lifetime) }
        } else if let placed = wish.placed, now > placed {
            delay[number] = now - placed
        }
        return true
    }

    /// Places those that wait, as long as the first one fits.
    private mutating func serve() throws {
        guard options.hasQueue else { return }
        while head < line.count {
            let number = line[head]
            if let wish = wishes[number] {
                // As in the paper, what was placed for no time at all leaves before one that comes now, or when it is in the way.
                if wish.since == now { try endDue() }
                let placement = wish.placed == now ? wish.id.flatMap { recorded.find($0)?.placement } : nil
                // The policy is asked when there is room, as by the simulator: it learns of each VM once.
                let isPlaced = try own.mayHaveRoom(for: wish.request) && place(number, wish, placement)
                if !isPlaced {
                    guard ends.earliest > now else {
                        try endDue()
                        continue
                    }
                    if stopsAtRefusal { throw Refused() }
                    guard !own.canEverHold(wish.request, without: left) else { break }
                    // Nobody waits for what can never be.
                    wishes[number] = nil
                    figures.refused.add(wish.request)
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

    private mutating func end(_ number: UInt64, at time: Double) {
        endOf[number] = time
        ends.insert(number, at: time)
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
            // It may have ended otherwise.
            if endOf[next.id] == next.time { try end(next.id) }
        }
    }

    /// Ends what a VM is here.
    private mutating func end(_ number: UInt64) throws {
        (endOf[number], delay[number]) = (nil, nil)
        if own.find(number) != nil {
            try own.change { _ = $0.release(number) }
        } else if let wish = wishes.removeValue(forKey: number) {
            figures.refused.add(wish.request)
        }
    }

    /// A VM has ended in the log.
    private mutating func release(_ id: UInt64) throws {
        guard let number = numbers.removeValue(forKey: id), endOf[number] == nil else { return }
        if let delay = delay.removeValue(forKey: number) { return end(number, at: now + delay) }
        if options.hasQueue, let placed = wishes[number]?.placed {
            wishes[number]?.lifetime = now - placed
        } else {
            try end(number)
        }
    }

    // MARK: Changes

    private mutating func resize(_ id: UInt64, _ request: Request) throws {
        guard let number = numbers[id] else { return }
        wishes[number]?.request = request
        guard let before = own.find(number) else { return }
        let group = own.cluster.group(of: number) ?? 0
        do {
            try own.change { try $0.resize(number, to: request) }
        } catch let error as SchedulingError where error.code == .unavailableAction {
            // Another server may have room; if none has, the VM stays what it is.
            try own.change { cluster in
                _ = cluster.release(number)
                try cluster.record(number, request, in: group, at: before.placement)
            }
            guard try own.displace(number) == false else { return }
            figures.refusedResizes += 1
            try own.change { try $0.record(number, before.request, in: group, at: before.placement) }
        }
    }

    private mutating func rename(_ id: UInt64, to other: UInt64) {
        guard let number = numbers.removeValue(forKey: id) else { return }
        numbers[other] = number
        if wishes[number]?.id != nil { wishes[number]?.id = other }
    }

    /// Lets a server fail; what ran there asks again.
    private mutating func fail(_ server: Int) throws {
        var lost: [(number: UInt64, request: Request, group: UInt64)] = []
        try own.change { cluster in
            for vm in try cluster.vms(on: server) {
                if let found = cluster.find(vm) { lost.append((vm, found.request, cluster.group(of: vm) ?? 0)) }
            }
            _ = try cluster.failServer(server)
        }
        for (number, request, group) in lost { try seek(number, request, group) }
    }

    /// Finds other places for what runs on a server.
    private mutating func empty(_ server: Int) throws {
        try own.change { try $0.cordon(server) }
        for number in try own.cluster.vms(on: server) {
            guard let (_, request) = own.find(number), try own.displace(number) == false else { continue }
            (endOf[number], delay[number]) = (nil, nil)
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
        // What servers have left in a state is less what runs there.
        var next = try Cluster.restored(from: snapshot)
        for vm in snapshot.vms { _ = next.release(vm.id) }
        if isFirst, let count = options.servers {
            left = Set(snapshot.servers.map(\.number).sorted().dropFirst(count))
        }
        left.formIntersection(snapshot.servers.map(\.number))
        for server in left.sorted() { try next.cordon(server) }
        // What runs here, and where.
        var running: [(number: UInt64, request: Request, group: UInt64, placement: Placement)] = []
        if isFirst {
            for vm in snapshot.vms { running.append((name(vm.id), vm.request, vm.group, vm.placement)) }
        } else {
            for id in before where recorded.find(id) == nil { try release(id) }
            for number in own.cluster.vmIDs {
                guard let found = own.find(number) else { continue }
                running.append((number, found.request, own.cluster.group(of: number) ?? 0, found.placement))
            }
        }
        var homeless: [(number: UInt64, request: Request, group: UInt64)] = []
        for (number, request, group, placement) in running {
            if left.contains(placement.server) || (try? next.record(number, request, in: group, at: placement)) == nil {
                homeless.append((number, request, group))
            }
        }
        if isFirst {
            own = try ReplayCluster(next, source, options.moves)
        } else {
            try own.replace(by: next)
        }
        for (number, request, group) in homeless { try seek(number, request, group) }
        for vm in snapshot.vms where !isFirst && !before.contains(vm.id) {
            try ask(vm.id, vm.request, vm.group, vm.placement)
        }
    }
}
