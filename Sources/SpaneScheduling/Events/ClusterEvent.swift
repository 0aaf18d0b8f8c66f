/// What happened to a cluster or was asked about it. Servers and placements are by number.
///
/// The changes are those of ``Cluster``, by the calls that made them; the questions are those that a session answered.
package enum ClusterEvent {
    // MARK: Changes

    /// The whole state: of a log's beginning, and after the scheduler was started again.
    case start(Cluster.Snapshot)
    case place(UInt64, Request, group: UInt64, Placement)
    case record(UInt64, Request, group: UInt64, Placement)
    case release(UInt64)
    case move(UInt64, Placement)
    case resize(UInt64, Request)
    case rename(UInt64, to: UInt64)
    case addServers([Int32], of: [ServerType])
    case removeServer(Int)
    case failServer(Int)
    case resizeServer(Int, ServerType)
    case cordon(Int)
    case uncordon(Int)
    case setFree(Resources, server: Int, node: Int)
    case setLevels([String])
    case setDomain(Int, server: Int, level: Int)
    case setRules([GroupRule], group: UInt64)
    /// When the place of a VM ends; `nil` for one that stays.
    case setExpiry(UInt64, Double?)
    case beginTrial
    case keepTrial
    case dropTrial

    // MARK: Questions

    /// A place was wanted for a VM, and there was none.
    case refuse(UInt64, Request, group: UInt64)
    /// It was asked where a VM would go; `nil` for nowhere.
    case choose(Request, group: UInt64, Placement?)
    /// Another scheduler has decided about a VM, and a session says what it would have done; `nil` for no place.
    case compare(UInt64, Request, group: UInt64, own: Placement?, other: Placement?)
}

/// Told of everything that happens to a cluster, in the thread that does it.
package protocol ClusterObserver: AnyObject, Sendable {
    /// Notes what has happened.
    func note(_ event: ClusterEvent)
}

extension Cluster {
    /// Tells the observer, if there is one.
    @inline(__always)
    package func tell(_ event: @autoclosure () -> ClusterEvent) {
        if let observer { observer.note(event()) }
    }

    /// Does again what was done to another cluster in the same state; questions change nothing.
    ///
    /// - Throws: what the call throws that the event stands for, when the states differ.
    package mutating func perform(_ event: ClusterEvent) throws(SchedulingError) {
        switch event {
        case .start(let snapshot):
            let observer = observer
            self = try Cluster.restored(from: snapshot)
            self.observer = observer
        case .place(let id, let request, let group, let placement):
            try place(id, request, in: group, at: placement)
        case .record(let id, let request, let group, let placement):
            try record(id, request, in: group, at: placement)
        case .release(let id):
            guard release(id) != nil else {
                throw SchedulingError(.notFound, "id is \(id), which is not placed")
            }
        case .move(let id, let placement): try move(id, to: placement)
        case .resize(let id, let request): try resize(id, to: request)
        case .rename(let id, let other): try rename(id, to: other)
        case .addServers(let typeOfServer, let types): try addServers(typeOfServer, of: types)
        case .removeServer(let server): try removeServer(server)
        case .failServer(let server): _ = try failServer(server)
        case .resizeServer(let server, let type): try resizeServer(server, to: type)
        case .cordon(let server): try cordon(server)
        case .uncordon(let server): try uncordon(server)
        case .setFree(let free, let server, let node): try setFree(free, server: server, node: node)
        case .setLevels(let names): try setLevels(names)
        case .setDomain(let domain, let server, let level): try setDomain(domain, of: server, level: level)
        case .setRules(let rules, let group): try setRules(rules, ofGroup: group)
        case .setExpiry(let id, let end): try setExpiry(end, of: id)
        case .beginTrial: beginTrial()
        case .keepTrial: try keepTrial()
        case .dropTrial: try dropTrial()
        case .refuse, .choose, .compare: break
        }
    }
}
