package import SpaneScheduling

// Servers with two nodes by the paper's numbering of actions, in which most tests are written.

extension ClusterState {
    /// Places a request at an action.
    package mutating func place(_ request: Request, at action: Action) {
        place(request, at: action.placement(ofSpan: request.span))
    }

    /// Gives back what was placed at an action.
    package mutating func release(_ request: Request, at action: Action) {
        release(request, at: action.placement(ofSpan: request.span))
    }
}

extension DepartureQueue.Entry {
    /// An entry for a VM on one node.
    package init(end: Double, vm: Int32, action: Action) {
        self.init(end: end, vm: vm, placement: action.placement(ofSpan: 1))
    }

    /// Where it runs.
    package var action: Action { placement.action }
}

extension Trace {
    /// The bound of an episode on these servers.
    package func waitBound(start: Int, length: Int, fleet: Fleet) throws -> Double {
        try Scenario(self, on: fleet).waitBound(start: start, length: length)
    }

    /// The bound that pools all servers.
    package func pooledBound(start: Int, length: Int, fleet: Fleet) throws -> Double {
        try Scenario(self, on: fleet).pooledBound(start: start, length: length)
    }
}

extension Fleet {
    /// What a NUMA node of each server has, where servers have equal nodes.
    package var nodeCapacities: [Resources] {
        (0..<serverCount).map { server in
            let node = type(ofServer: server).nodes[0]
            return Resources(cpu: node[0], mem: node[1])
        }
    }
}
