internal import SpaneBuffers

/// A place that a VM is to get. Its room is taken from the cluster at once, so that nothing else goes there; where that leaves less
/// than nothing, VMs have to leave.
struct RoomGoal {
    /// What one resource of a node, or of a server as a whole, lacks, in steps of the ``Grid``.
    struct Lack {
        /// -1 for the server as a whole.
        let node: Int
        /// As in ``Layout/nodeResources``, or in ``Layout/serverResources``.
        let resource: Int
        let amount: Double
        /// What there is when nothing runs; at least a step.
        let capacity: Double
    }

    let request: Request
    let placement: Placement
    /// The resident for which it is, -1 for the request that is blocked.
    let resident: Int
    /// The residents that may leave.
    var candidates: [Int32] = []
    /// The candidate that is tried next.
    var next = 0
    /// The fewest moves that it takes.
    var fewestMoves = 0
    /// The least that those cost.
    var leastPrice = 0.0
}

extension ClusterState {
    /// What is short on the nodes of a placement, and on its server, of what a request asks for that has been counted there: others may
    /// be overcommitted in what it does not need.
    func lacks(for request: Request, at placement: Placement, into lacks: inout [RoomGoal.Lack]) {
        lacks.removeAll(keepingCapacity: true)
        let server = placement.server
        placement.nodes.forEach { node in
            let base = server &* valuesPerServer &+ node &* valuesPerNode
            for resource in 0..<valuesPerNode where free[base &+ resource] < 0 && request.share(of: resource) > 0 {
                let (amount, capacity) = (-free[base &+ resource], max(1, capacity[base &+ resource]))
                lacks.append(.init(node: node, resource: resource, amount: amount, capacity: capacity))
            }
        }
        let shared = layout.serverResources.count
        for resource in 0..<shared where request.extra(valuesPerNode - 2 + resource) > 0 {
            let index = server &* shared &+ resource
            guard particulars.sharedFree[index] < 0 else { continue }
            let (amount, capacity) = (-particulars.sharedFree[index], max(1, particulars.sharedCapacity[index]))
            lacks.append(.init(node: -1, resource: resource, amount: amount, capacity: capacity))
        }
    }

    /// What a VM gives back of what is short when it leaves.
    @inline(__always)
    func relief(of lack: RoomGoal.Lack, from request: Request, at placement: Placement) -> Double {
        if lack.node < 0 { return request.extra(valuesPerNode - 2 + lack.resource) }
        return placement.nodes.contains(lack.node) ? request.share(of: lack.resource) : 0
    }
}
