/// The rule that a ``RuleName`` describes.
struct NamedRule: PlacementRule {
    let name: RuleName
    /// `nil` for names that need none.
    let mix: CapacityMix?

    /// Scores of one version of the mix are not those of another.
    var context: UInt64 { mix?.version ?? 0 }

    // To count what fits takes ten times as long as to add up what is left.
    var fewServers: Int { mix == nil ? 2 * ScoreIndex.fewServers : ScoreIndex.fewestServers }

    func best(
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState,
        above least: Double
    ) -> (score: Double, nodes: NodeSet)? {
        let nodes = cluster.nodesWithRoom(on: server, for: request)
        guard nodes.count >= request.span, let set = choose(nodes, on: server, for: request, of: cluster) else {
            return nil
        }
        var score = 0.0
        for term in name.terms { score += term.weight * value(term.score, server, set, request, cluster) }
        return score > least ? (score, set) : nil
    }

    func parts(
        of score: Double,
        on placement: Placement,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> [ScorePart] {
        var parts: [ScorePart] = []
        for term in name.terms {
            let value = term.weight * value(term.score, placement.server, placement.nodes, request, cluster)
            parts.append(ScorePart(name: term.description, value: value))
        }
        return parts
    }

    // MARK: Nodes

    @inline(__always)
    private func choose(
        _ nodes: NodeSet,
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> NodeSet? {
        switch name.nodes {
        case .first:
            return cluster.firstSet(of: nodes, on: server, span: request.span, request.terms)
        case .spread:
            return cluster.bestSet(of: nodes, on: server, span: request.span, request.terms) {
                -cluster.freeOfLargest(server: server, node: $0)
            }
        case .pack:
            return cluster.bestSet(of: nodes, on: server, span: request.span, request.terms) {
                cluster.freeOfLargest(server: server, node: $0)
            }
        case .capacityLost:
            return leastLost(nodes, on: server, for: request, of: cluster)
        }
    }

    private func leastLost(
        _ nodes: NodeSet,
        on server: Int,
        for request: Request,
        of cluster: borrowing ClusterState
    ) -> NodeSet? {
        if request.span == nodes.count, request.share.isPlain { return nodes }
        var best: NodeSet?
        var most = (left: -Double.infinity, free: -Double.infinity, distance: Int.min)
        nodes.forEachSubset(of: request.span) { set in
            guard cluster.areNear(set, on: server, request.terms) else { return }
            let left = mix?.capacity(of: cluster, server: server, with: request, on: set) ?? 0
            var free = 0.0
            set.forEach { free += cluster.freeOfLargest(server: server, node: $0) }
            let found = (left, free, -cluster.totalDistance(within: set, on: server))
            if found > most { (best, most) = (set, found) }
        }
        return best
    }

    // MARK: Servers

    @inline(__always)
    private func value(
        _ score: ServerScore,
        _ server: Int,
        _ set: NodeSet,
        _ request: Request,
        _ cluster: borrowing ClusterState
    ) -> Double {
        switch score {
        case .first:
            return 0
        case .mostAllocated:
            return mostAllocated(server, request, cluster)
        case .mostAllocatedShare:
            return -free(server, request, cluster)
        case .leastAllocated:
            return free(server, request, cluster)
        case .balanced:
            var (count, sum, squares) = (0.0, 0.0, 0.0)
            cluster.forEachTotal(of: server, for: request) { total in
                let used = 1 - total.free / total.capacity
                (count, sum, squares) = (count + 1, sum + used, squares + used * used)
            }
            return -max(0, squares / count - sum / count * (sum / count)).squareRoot()
        case .l2:
            var squares = 0.0
            cluster.forEachTotal(of: server, for: request) { total in
                let left = total.free / total.capacity
                squares += left * left
            }
            return -squares.squareRoot()
        case .dotProduct:
            var sum = 0.0
            cluster.forEachTotal(of: server, for: request) { total in
                sum += total.demand / total.capacity * ((total.free + total.demand) / total.capacity)
            }
            return sum
        case .bottleneck:
            var most = -Double.infinity
            cluster.forEachTotal(of: server, for: request) { total in
                most = max(most, 1 - total.free / total.capacity)
            }
            return most
        case .capacityLost:
            let before = mix?.capacity(of: cluster, server: server) ?? 0
            let after = mix?.capacity(of: cluster, server: server, with: request, on: set) ?? 0
            return after - before + Self.tie * mostAllocated(server, request, cluster)
        }
    }

    // Small beside any loss, whose unit is a core.
    private static let tie = 0.001

    @inline(__always)
    private func free(_ server: Int, _ request: Request, _ cluster: borrowing ClusterState) -> Double {
        var sum = 0.0
        cluster.forEachTotal(of: server, for: request) { total in sum += total.free / total.capacity }
        return sum
    }

    @inline(__always)
    private func mostAllocated(_ server: Int, _ request: Request, _ cluster: borrowing ClusterState) -> Double {
        var sum = 0.0
        cluster.forEachTotal(of: server, for: request) { total in sum += total.free / total.largest }
        return -sum
    }
}
