package import SpaneScheduling

/// What a log says by itself: what its scheduler did, and what is only known at its end.
package struct LogFacts: Sendable {
    /// What the scheduler of the log made of it.
    package private(set) var figures = ReplayFigures()
    /// How a session that ran beside it differed.
    package private(set) var shadow = ShadowFigures()
    /// The events.
    package private(set) var events = 0
    /// The time of the first event, in seconds.
    package private(set) var begin = 0.0
    /// The time of the last event, in seconds.
    package private(set) var end = 0.0
    /// The servers at the beginning.
    package private(set) var servers = 0

    // The VMs that never got a place, by the event with which they asked first.
    private(set) var neverPlaced: Set<Int> = []
    // By the event of a failure: the VMs that it ended for good.
    private(set) var endedByFailure: [Int: [UInt64]] = [:]
    private var lifetimes: [Flavor: Lifetimes] = [:]
    private var allLifetimes = Lifetimes()

    private struct Lifetimes {
        var count = 0
        var total = 0.0
        var mean: Double? { count > 0 ? total / Double(count) : nil }

        mutating func add(_ seconds: Double) {
            count += 1
            total += seconds
        }
    }

    /// Reads a log.
    ///
    /// - Throws: `badState` naming the event when the log contradicts itself; what reading it throws.
    /// - Complexity: O(events); memory for the VMs that run at once and those that were refused.
    package init(_ log: some EventSource, progress: Progress = .none) throws {
        var cluster = Cluster()
        var asked: [UInt64: (event: Int, time: Double, request: Request)] = [:]
        var started: [UInt64: Double] = [:]
        var lost: [UInt64: Int] = [:]
        try log.forEachLasting(progress) { time, event in
            if events == 0 { begin = time }
            end = time
            defer { events += 1 }
            func ask(_ id: UInt64, _ request: Request, isPlaced: Bool) {
                lost[id] = nil
                if asked[id] == nil { figures.asked.add(request) }
                let first = asked[id] ?? (events, time, request)
                figures.decisions += 1
                asked[id] = isPlaced ? nil : first
                guard isPlaced else { return }
                figures.addWait(time - first.time)
                started[id] = time
            }
            func leave(_ id: UInt64, hasEnded: Bool) {
                guard let start = started.removeValue(forKey: id), hasEnded, let request = cluster.find(id)?.request
                else { return }
                allLifetimes.add(time - start)
                lifetimes[Self.size(of: request), default: Lifetimes()].add(time - start)
            }
            switch event {
            case .start(let snapshot):
                if events == 0 { servers = snapshot.servers.count }
                let running = Set(snapshot.vms.map(\.id))
                for id in started.keys where !running.contains(id) { leave(id, hasEnded: false) }
                for vm in snapshot.vms where events > 0 && cluster.find(vm.id) == nil {
                    ask(vm.id, vm.request, isPlaced: true)
                }
            case .place(let id, let request, _, _), .record(let id, let request, _, _):
                ask(id, request, isPlaced: true)
            case .refuse(let id, let request, _):
                if cluster.find(id) == nil { ask(id, request, isPlaced: false) }
            case .release(let id): leave(id, hasEnded: true)
            case .failServer(let server):
                for id in (try? cluster.vms(on: server)) ?? [] {
                    leave(id, hasEnded: false)
                    lost[id] = events
                }
            case .rename(let id, let other):
                if let start = started.removeValue(forKey: id) { started[other] = start }
            case .move(let id, let target):
                if let (source, request) = cluster.find(id), source != target {
                    figures.moved.add(Move(vm: id, source: source, target: target, mem: request.mem, price: 0))
                }
            case .compare(_, _, _, let own, let other): shadow.add(ShadowOutcome(own: own, other: other))
            default: break
            }
            do {
                try cluster.perform(event)
            } catch {
                throw SchedulingError(.badState, "event \(events) contradicts those before it: \(error)")
            }
        }
        for (event, _, request) in asked.values.sorted(by: { $0.event < $1.event }) {
            neverPlaced.insert(event)
            figures.refused.add(request)
        }
        for (id, event) in lost.sorted(by: { $0.key < $1.key }) { endedByFailure[event, default: []].append(id) }
    }

    /// How long a VM of this size is expected to run of which the log does not say it; `nil` when nothing has ended in it.
    func expectedLifetime(of request: Request) -> Double? {
        lifetimes[Self.size(of: request)]?.mean ?? allLifetimes.mean
    }

    private static func size(of request: Request) -> Flavor {
        Flavor(cpu: request.cpu, mem: request.mem, span: request.span)
    }
}
