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
            let largest = particulars.sizes.largestServer[resource]
            body(ResourceTotal(free: free - demand, demand: demand, capacity: capacity, largest: largest))
        }
        let shared = particulars.sizes.largestServer.count - perNode
        for index in 0..<shared {
            let capacity = particulars.sharedCapacity[server * shared + index]
            guard capacity > 0 else { continue }
            let demand = request.extra(perNode - 2 + index)
            let free = particulars.sharedFree[server * shared + index] - demand
            let largest = particulars.sizes.largestServer[perNode + index]
            body(ResourceTotal(free: free, demand: demand, capacity: capacity, largest: largest))
        }
    }

    /// Cores and memory that a node has left, each divided by what the largest node has of it.
    @inline(__always)
    func freeOfLargest(server: Int, node: Int) -> Double {
        let index = server &* valuesPerServer &+ node &* valuesPerNode
        let largest = particulars.sizes.largestNode
        return share(free[index], of: largest.cpu) + share(free[index &+ 1], of: largest.mem)
    }

    @inline(__always)
    private func share(_ amount: Double, of largest: Double) -> Double { largest > 0 ? amount / largest : 0 }
}
