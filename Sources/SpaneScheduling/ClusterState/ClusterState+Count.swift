internal import SpaneBuffers

// How many VMs of one size have room.

extension ClusterState {
    /// How many VMs with this request still fit on the servers, one after another, when every one is placed as well as can be.
    ///
    /// - Parameter servers: the candidates, each once; `nil` for all servers.
    /// - Complexity: O(servers * nodes).
    public func room(for request: Request, among servers: Span<Int32>? = nil) -> Int {
        var sum = 0
        for index in 0..<(servers?.count ?? serverCount) {
            let more = room(for: request, on: selectedServer(index, of: servers))
            sum = sum.addingReportingOverflow(more).overflow ? .max : sum + more
        }
        return sum
    }

    /// How many VMs with this request still fit on a server, one after another, when every one is placed as well as can be.
    ///
    /// With b shares on each node, m VMs over k nodes fit if and only if the nodes hold m k shares of which none takes more than
    /// m: Σ min(b, m) ≥ m k. The largest such m is the least, over r < k, of ⌊(Σ b - the r largest b) / (k - r)⌋: r nodes may be
    /// in all VMs, the other k - r shares of each VM come from the rest. Source: arXiv 2604.15033.
    ///
    /// Where the request limits distances, that holds within each group of nodes that are all near each other. Where nodes do not
    /// fall into such groups, the number is exact for VMs over two nodes; for VMs over more it is a number that certainly fits.
    ///
    /// - Complexity: O(nodes * resources); O(2ⁿ n) for n nodes where the request limits distances.
    public func room(for request: Request, on server: Int) -> Int {
        let nodes = nodesWithRoom(on: server, for: request)
        guard request.span >= 1, nodes.count >= request.span else { return 0 }
        var shares: [Int] = Array(repeating: 0, count: layout.nodes)
        nodes.forEach { shares[$0] = self.shares(of: request, on: server, node: $0) }
        let most = sharedRoom(for: request, on: server)
        let farthest = request.terms?.farthest ?? .max
        guard request.span > 1, farthest < .max, self.farthest(within: nodes, on: server) > farthest else {
            return min(most, VMShares(shares).room(over: request.span))
        }
        var near = Array(repeating: NodeSet.none, count: layout.nodes)
        nodes.forEach { node in
            nodes.forEach { other in
                guard other != node else { return }
                let pair = NodeSet(rawValue: NodeSet(node: node).rawValue | NodeSet(node: other).rawValue)
                guard self.farthest(within: pair, on: server) <= farthest else { return }
                near[node] = NodeSet(rawValue: near[node].rawValue | NodeSet(node: other).rawValue)
            }
        }
        return min(most, VMShares(shares).room(over: request.span, near: near))
    }

    /// How many shares of a request a node holds that has room for one.
    private func shares(of request: Request, on server: Int, node: Int) -> Int {
        let base = server * valuesPerServer + node * valuesPerNode
        var most = Double.infinity
        if request.share.cpu > 0 { most = min(most, free[base] / request.share.cpu) }
        if request.share.mem > 0 { most = min(most, free[base + 1] / request.share.mem) }
        let extras = request.terms?.extras ?? []
        for extra in 0..<min(valuesPerNode - 2, extras.count) where extras[extra] > 0 {
            most = min(most, free[base + 2 + extra] / extras[extra])
        }
        return VMShares.whole(most)
    }

    /// How many times a server has what the request asks of it as a whole.
    private func sharedRoom(for request: Request, on server: Int) -> Int {
        let extras = request.terms?.extras ?? []
        var most = Double.infinity
        let shared = layout.serverResources.count
        for index in 0..<shared where valuesPerNode - 2 + index < extras.count {
            let demand = extras[valuesPerNode - 2 + index]
            if demand > 0 { most = min(most, particulars.sharedFree[server * shared + index] / demand) }
        }
        return VMShares.whole(most)
    }
}
