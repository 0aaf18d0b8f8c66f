internal import SpaneBuffers

/// What a server has of one resource, summed over its nodes, in steps of the ``Grid``.
struct ResourceTotal {
    /// What is left with the VM on it.
    let free: Double
    let demand: Double
    /// Above 0.
    let capacity: Double
    /// The capacity of the server that has most.
    let largest: Double
}

extension ClusterState {
    /// Calls `body` for every resource of which a server has any.
    ///
    /// - Complexity: O(nodes * resources).
    @inline(__always)
    func forEachTotal(of server: Int, for request: Request, _ body: (ResourceTotal) -> Void) {
        forEachTotal(of: server, for: request, particulars.sizes.largestServer, body)
    }

    /// As ``forEachTotal(of:for:_:)``, for those who ask many servers: with ``ServerSizes/largestServer`` or
    /// ``ServerSizes/largestNode``, which the cluster holds behind a reference.
    @inline(__always)
    func forEachTotal(
        of server: Int,
        for request: Request,
        _ largest: [Double],
        _ body: (ResourceTotal) -> Void
    ) {
        let count = nodeCount(of: server)
        let perNode = valuesPerNode
        let base = server &* valuesPerServer
        let span = Double(request.span)
        for resource in 0..<perNode {
            var (free, capacity) = (0.0, 0.0)
            for node in 0..<count {
                free += self.free[base &+ node &* perNode &+ resource]
                capacity += self.capacity[base &+ node &* perNode &+ resource]
            }
            guard capacity > 0 else { continue }
            let demand = span * request.share(of: resource)
            let most = largest[resource]
            body(ResourceTotal(free: free - demand, demand: demand, capacity: capacity, largest: most))
        }
        let shared = largest.count - perNode
        for index in 0..<shared {
            let capacity = particulars.sharedCapacity[server * shared + index]
            guard capacity > 0 else { continue }
            let demand = request.extra(perNode - 2 + index)
            let free = particulars.sharedFree[server * shared + index] - demand
            let most = largest[perNode + index]
            body(ResourceTotal(free: free, demand: demand, capacity: capacity, largest: most))
        }
    }

    /// Cores and memory that a node has left, each divided by what the largest node has of it.
    @inline(__always)
    func freeOfLargest(server: Int, node: Int) -> Double {
        freeOfLargest(server: server, node: node, particulars.sizes.largestNode)
    }

    /// As ``freeOfLargest(server:node:)``, for those who ask many servers: with ``ServerSizes/largestServer`` or
    /// ``ServerSizes/largestNode``, which the cluster holds behind a reference.
    @inline(__always)
    func freeOfLargest(server: Int, node: Int, _ largest: Resources) -> Double {
        let index = server &* valuesPerServer &+ node &* valuesPerNode
        return share(free[index], of: largest.cpu) + share(free[index &+ 1], of: largest.mem)
    }

    @inline(__always)
    private func share(_ amount: Double, of largest: Double) -> Double { largest > 0 ? amount / largest : 0 }
}
