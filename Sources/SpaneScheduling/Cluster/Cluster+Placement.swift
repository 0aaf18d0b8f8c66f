internal import SpaneBuffers

extension Cluster {
    /// Whether the server (or the NUMA node, for a VM that is not split) named by `action` has room for the request.
    ///
    /// - Parameter action: one of this cluster's actions.
    /// - Complexity: O(1).
    @inline(__always)
    public func isAvailable(_ action: Action, for request: Request) -> Bool {
        if request.isSplit { return hasRoom(on: action.server, for: request.demandPerNode) }
        return hasRoom(atNode: action.index, for: request.demandPerNode)
    }

    /// The lowest available action, or `nil` when the request fits nowhere.
    ///
    /// - Complexity: O(servers).
    @inline(__always)
    public func firstAvailable(for request: Request) -> Action? {
        let demand = request.demandPerNode
        if request.isSplit {
            for server in 0..<serverCount where hasRoom(on: server, for: demand) {
                return Action(server: server, node: 0)
            }
        } else {
            for index in 0..<actionCount where hasRoom(atNode: index, for: demand) {
                return Action(index)
            }
        }
        return nil
    }

    /// Writes the mask: 1 for every available action, 0 for the others.
    ///
    /// - Parameter mask: at least ``actionCount`` bytes; only those are written.
    /// - Returns: the number of available actions.
    /// - Complexity: O(servers).
    @discardableResult
    public func writeAvailability(of request: Request, into mask: inout MutableSpan<UInt8>) -> Int {
        precondition(mask.count >= actionCount, "the mask has room for fewer than \(actionCount) actions")
        let demand = request.demandPerNode
        var available = 0
        for server in 0..<serverCount {
            let first = server * NUMATopology.nodesPerServer
            if request.isSplit {
                let fits = hasRoom(on: server, for: demand)
                for index in first..<first + NUMATopology.nodesPerServer { mask[index] = fits ? 1 : 0 }
                available += fits ? NUMATopology.nodesPerServer : 0
            } else {
                for index in first..<first + NUMATopology.nodesPerServer {
                    let fits = hasRoom(atNode: index, for: demand)
                    mask[index] = fits ? 1 : 0
                    available += fits ? 1 : 0
                }
            }
        }
        return available
    }

    /// Writes what every NUMA node has left as `Float`, in the order (server, NUMA node, [cpu, mem]).
    ///
    /// - Parameters:
    ///   - observation: at least servers * nodesPerServer * 2 values; only those are written.
    ///   - unit: what cores and memory are divided by, in double precision.
    /// - Complexity: O(servers).
    public func writeFree(
        into observation: inout MutableSpan<Float>,
        in unit: Resources = Resources(cpu: 1, mem: 1)
    ) {
        let count = serverCount * Self.valuesPerServer
        precondition(observation.count >= count, "the observation has room for fewer than \(count) values")
        for server in 0..<serverCount {
            for node in 0..<NUMATopology.nodesPerServer {
                let left = free(server: server, node: node)
                let base = server * Self.valuesPerServer + node * Self.valuesPerNode
                observation[base] = Float(left.cpu / unit.cpu)
                observation[base + 1] = Float(left.mem / unit.mem)
            }
        }
    }

    /// Takes the request's demand from the place that `action` names.
    @inline(__always)
    package mutating func place(_ request: Request, at action: Action) {
        assert(isAvailable(action, for: request))
        add(request.demandPerNode, isSplit: request.isSplit, at: action, sign: -1)
    }

    /// Gives back what was placed at `action`.
    @inline(__always)
    package mutating func release(_ request: Request, at action: Action) {
        add(request.demandPerNode, isSplit: request.isSplit, at: action, sign: 1)
    }

    /// Empties every server.
    package mutating func removeAll() {
        for server in 0..<serverCount {
            let node = capacity(server: server)
            for index in 0..<NUMATopology.nodesPerServer { write(node, server: server, node: index) }
        }
        journal.recordReset()
    }

    // MARK: Flat storage

    @inline(__always)
    func hasRoom(atNode index: Int, for demand: Resources) -> Bool {
        let base = index &* Self.valuesPerNode
        return free[base] >= demand.cpu && free[base &+ 1] >= demand.mem
    }

    @inline(__always)
    func hasRoom(on server: Int, for demand: Resources) -> Bool {
        let first = server &* NUMATopology.nodesPerServer
        var fits = true
        for index in first..<first &+ NUMATopology.nodesPerServer {
            fits = fits && hasRoom(atNode: index, for: demand)
        }
        return fits
    }

    @inline(__always)
    private mutating func add(_ demand: Resources, isSplit: Bool, at action: Action, sign: Double) {
        let first = isSplit ? action.server * NUMATopology.nodesPerServer : action.index
        let last = isSplit ? first + NUMATopology.nodesPerServer : first + 1
        // VMs leave cordoned servers too; what they give back stays on the shelf.
        let isShelved = shelved.count > 0 && isCordoned(action.server)
        for index in first..<last {
            let base = index * Self.valuesPerNode
            if isShelved {
                shelved[base] += sign * demand.cpu
                shelved[base + 1] += sign * demand.mem
            } else {
                free[base] += sign * demand.cpu
                free[base + 1] += sign * demand.mem
            }
        }
        journal.record(server: action.server)
    }
}
