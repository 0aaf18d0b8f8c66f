internal import SpaneBuffers

// The indices of all of these must be those of servers, nodes and resources that there are; see `require`.

extension ClusterState {
    /// The number of NUMA nodes of a server.
    @inline(__always)
    public func nodeCount(of server: Int) -> Int {
        require(server)
        return Int(details[server].nodeCount)
    }

    /// The traits of a server; see ``ServerType/traits``.
    public func traits(of server: Int) -> UInt64 {
        require(server)
        return details[server].traits
    }

    /// Cores and memory that a NUMA node has left; negative where more runs than it can hold.
    public func free(server: Int, node: Int) -> Resources {
        require(server, node)
        return isCordoned(server)
            ? resources(particulars.shelved, server: server, node: node) : resources(free, server: server, node: node)
    }

    /// What may be taken from a NUMA node: what it has left, or less than nothing while its server is cordoned.
    @inline(__always)
    package func offered(server: Int, node: Int) -> Resources { resources(free, server: server, node: node) }

    /// As ``offered(server:node:)``, in steps of the ``Grid``, of which sums and differences are exact.
    @inline(__always)
    package func offeredSteps(server: Int, node: Int) -> Resources { steps(free, server: server, node: node) }

    /// Writes what some servers offer on their first two nodes, -infinity of everything where they are cordoned or there is none.
    ///
    /// - Parameters:
    ///   - first: the first server.
    ///   - count: the number of servers.
    ///   - output: [node][cpu, mem][server].
    package func writeOfferedSteps(from first: Int, count: Int, to output: UnsafeMutablePointer<Double>) {
        // Known here, so that they are not read again after every value that is written.
        let (perServer, perNode, servers) = (valuesPerServer, valuesPerNode, serverCount)
        for index in 0..<count {
            let server = first + index
            let isOffered = server < servers && !details[server].isCordoned
            for node in 0..<NUMATopology.nodesPerServer {
                let base = server &* perServer &+ node &* perNode
                unsafe output[2 * node * count + index] = isOffered ? free[base] : -.infinity
                unsafe output[(2 * node + 1) * count + index] = isOffered ? free[base &+ 1] : -.infinity
            }
        }
    }

    /// As ``capacity(server:node:)``, in steps of the ``Grid``.
    @inline(__always)
    package func capacitySteps(server: Int, node: Int) -> Resources { steps(capacity, server: server, node: node) }

    /// What a NUMA node of a server has when nothing runs on it.
    public func capacity(server: Int, node: Int = 0) -> Resources {
        require(server, node)
        return resources(capacity, server: server, node: node)
    }

    /// What a NUMA node has left of any resource of ``Layout/nodeResources``.
    public func free(server: Int, node: Int, resource: Int) -> Double {
        require(server, node, resource)
        let index = server * valuesPerServer + node * valuesPerNode + resource
        return Grid.amount(isCordoned(server) ? particulars.shelved[index] : free[index])
    }

    /// What a NUMA node has of any resource when nothing runs on its server.
    public func capacity(server: Int, node: Int, resource: Int) -> Double {
        require(server, node, resource)
        return Grid.amount(capacity[server * valuesPerServer + node * valuesPerNode + resource])
    }

    /// What a server has left of a resource of ``Layout/serverResources``.
    public func sharedFree(server: Int, resource: Int) -> Double {
        require(server, shared: resource)
        return Grid.amount(particulars.sharedFree[server * layout.serverResources.count + resource])
    }

    /// What a server has of such a resource when nothing runs on it.
    public func sharedCapacity(server: Int, resource: Int) -> Double {
        require(server, shared: resource)
        return Grid.amount(particulars.sharedCapacity[server * layout.serverResources.count + resource])
    }

    // The storage does not check: beyond its ends there is other memory, and behind a node stands the next one.

    @inline(__always)
    func require(_ server: Int) {
        precondition(server >= 0 && server < serverCount, "server is \(server); there are \(serverCount)")
    }

    @inline(__always)
    private func require(_ server: Int, _ node: Int) {
        precondition(node >= 0 && node < nodeCount(of: server), "node is \(node); there are \(nodeCount(of: server))")
    }

    @inline(__always)
    private func require(_ server: Int, _ node: Int, _ resource: Int) {
        require(server, node)
        precondition(resource >= 0 && resource < valuesPerNode, "resource is \(resource); there are \(valuesPerNode)")
    }

    @inline(__always)
    private func require(_ server: Int, shared resource: Int) {
        require(server)
        let all = layout.serverResources
        precondition(all.indices.contains(resource), "resource is \(resource); there are \(all.count)")
    }

    @inline(__always)
    private func resources(_ values: borrowing FlatBuffer<Double>, server: Int, node: Int) -> Resources {
        let base = server &* valuesPerServer &+ node &* valuesPerNode
        return Resources(cpu: Grid.amount(values[base]), mem: Grid.amount(values[base &+ 1]))
    }

    @inline(__always)
    private func steps(_ values: borrowing FlatBuffer<Double>, server: Int, node: Int) -> Resources {
        let base = server &* valuesPerServer &+ node &* valuesPerNode
        return Resources(cpu: values[base], mem: values[base &+ 1])
    }

    /// Whether nothing runs on any server.
    ///
    /// - Complexity: O(servers).
    public var isEmpty: Bool {
        for server in 0..<serverCount {
            let base = server * valuesPerServer
            for value in base..<base + nodeCount(of: server) * valuesPerNode {
                let left = isCordoned(server) ? particulars.shelved[value] : free[value]
                if left != capacity[value] { return false }
            }
        }
        for index in 0..<serverCount * layout.serverResources.count
        where particulars.sharedFree[index] != particulars.sharedCapacity[index] {
            return false
        }
        return true
    }

    /// The share of a NUMA node that is left, by its scarcer resource: min(cpu / capacity, mem / capacity), 0 ... 1; 0 where
    /// the node has none of one of the two.
    @inline(__always)
    func remaining(server: Int, node: Int) -> Double {
        let base = server &* valuesPerServer &+ node &* valuesPerNode
        let (cpu, mem) = (capacity[base], capacity[base &+ 1])
        guard cpu > 0, mem > 0 else { return 0 }
        return min(free[base] / cpu, free[base &+ 1] / mem)
    }

    /// How evenly the NUMA nodes of all servers are used: minus the sum over servers and resources of nodes of the difference
    /// between the fullest and the emptiest node, as a share of a node's capacity. 0 is perfectly even.
    ///
    /// Where the nodes of a server differ, it is the difference of their shares.
    /// - Complexity: O(servers).
    public var balance: Double {
        var imbalance = 0.0
        for server in 0..<serverCount {
            for resource in 0..<valuesPerNode { imbalance += spread(of: resource, on: server) }
        }
        return -imbalance
    }

    /// How unevenly the nodes of a server are used: its part of ``balance``, 0 ... resources.
    func unevenness(of server: Int) -> Double {
        (0..<valuesPerNode).reduce(0) { $0 + spread(of: $1, on: server) }
    }

    private func spread(of resource: Int, on server: Int) -> Double {
        let base = server * valuesPerServer + resource
        var (least, most) = (Double.infinity, -Double.infinity)
        var (leastShare, mostShare) = (Double.infinity, -Double.infinity)
        var areEqual = true
        let isShelved = isCordoned(server)
        for node in 0..<nodeCount(of: server) {
            let index = base + node * valuesPerNode
            let (left, all) = (isShelved ? particulars.shelved[index] : free[index], capacity[index])
            areEqual = areEqual && all == capacity[base]
            least = min(least, left)
            most = max(most, left)
            guard all > 0 else { continue }
            leastShare = min(leastShare, left / all)
            mostShare = max(mostShare, left / all)
        }
        if areEqual { return capacity[base] > 0 ? (most - least) / capacity[base] : 0 }
        return mostShare > leastShare ? mostShare - leastShare : 0
    }
}
