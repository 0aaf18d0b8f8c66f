/// Why a plan for room is the one that it is, in figures and in words.
public struct RoomReport: Equatable, Sendable, CustomStringConvertible {
    /// What a place lacks of a resource.
    public struct Shortage: Equatable, Sendable, CustomStringConvertible {
        /// The NUMA node; `nil` for the server as a whole.
        public let node: Int?
        /// What amounts of it are called: "cores", "GB", or the name of the resource.
        public let unit: String
        /// The resource, as in ``Layout``.
        public let resource: String
        /// In cores, GB or devices.
        public let amount: Double

        init(_ lack: RoomGoal.Lack, of layout: Layout) {
            node = lack.node < 0 ? nil : lack.node
            resource = (lack.node < 0 ? layout.serverResources : layout.nodeResources)[lack.resource]
            unit = lack.node < 0 ? resource : layout.unit(of: lack.resource)
            amount = Grid.amount(lack.amount)
        }

        /// Such as "3 cores on node 1" or "20 disk on the server".
        public var description: String {
            let place = node.map { "node \($0)" } ?? "the server"
            return "\(RoomReport.exactText(amount)) \(unit) on \(place)"
        }

        /// Several, after each other.
        static func text(_ shortages: [Shortage]) -> String {
            shortages.map(\.description).joined(separator: ", ")
        }
    }

    /// What a plan that uses another place costs.
    public struct Alternative: Equatable, Sendable {
        /// The place.
        public let placement: Placement
        /// The price of the greedy plan there; `nil` where that finds none.
        public let price: Double?
    }

    /// The request, as a person writes it.
    public let request: String
    /// What was found.
    public let result: RoomResult
    /// The place of the plan, or, where there is none, that on which least is short; `nil` where no server is large enough.
    public let placement: Placement?
    /// What is short there before any move.
    public let shortages: [Shortage]
    /// Other places, those first on which least is short.
    public let alternatives: [Alternative]

    /// A few sentences.
    public var description: String {
        if let placement, let plan = result.plan, plan.moves.isEmpty {
            return "\(request) fit on \(placement) without a move."
        }
        var sentences = ["\(request) fit on no server."]
        if let placement {
            let which = result.plan == nil ? "Least is short on" : "On"
            sentences.append("\(which) \(placement): \(Shortage.text(shortages)).")
        }
        switch result {
        case .plan(let plan, let isCheapest):
            sentences.append(
                "\(MovePlan.text(plan.moves, "make", "makes")) room there, at a price of \(Self.text(plan.price))"
                    + (isCheapest ? ", which is proven to be the least." : ".")
            )
            let others = alternatives.map { "\($0.placement) \($0.price.map(Self.text) ?? "none found")" }
            if !others.isEmpty { sentences.append("Greedy plans elsewhere: \(others.joined(separator: "; ")).") }
        case .impossible(.noServers):
            sentences.append("No server is in placement.")
        case .impossible(.tooLarge):
            sentences = ["\(request) fit on no server in placement, even if nothing else ran there."]
        case .impossible(.fleetIsFull):
            sentences.append("The servers have not enough left in sum, wherever VMs run.")
        case .impossible(.tooManyMoves):
            sentences.append("No plan of so few moves exists.")
        case .notFound:
            sentences.append("No plan was found within the budget; one may exist.")
        }
        return sentences.joined(separator: " ")
    }

    /// An amount as a person writes it.
    static func text(_ amount: Double) -> String {
        let rounded = (amount * 1000).rounded() / 1000
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }

    /// As ``text(_:)``, with all of its decimals: what is short by less than a thousandth is short.
    static func exactText(_ amount: Double) -> String {
        amount == amount.rounded() && abs(amount) < 1e15 ? "\(Int(amount))" : "\(amount)"
    }

    /// What a request asks for, as a person writes it.
    package static func text(of request: Request, _ layout: Layout) -> String {
        var parts = ["\(text(request.cpu)) cores", "\(text(request.mem)) GB"]
        for (index, name) in layout.extraResources.enumerated() where request.extra(index, of: layout) > 0 {
            parts.append("\(text(request.extra(index, of: layout))) \(name)")
        }
        let amounts = parts.dropLast().joined(separator: ", ") + " and " + (parts.last ?? "")
        return request.span == 1 ? "\(amounts) on one node" : "\(amounts) over \(request.span) nodes"
    }
}

extension MovePlanner {
    /// Looks for a plan as ``makeRoom(for:on:_:)-(Request,_,_)`` does and tells why it is this one.
    ///
    /// - Throws: as that does.
    public func explainRoom(
        for request: Request,
        on cluster: borrowing Cluster,
        _ scope: MoveScope = MoveScope()
    ) throws(SchedulingError) -> RoomReport {
        let inner = try scope.inside(cluster, letting: request)
        let (result, seen) = look(for: request, on: cluster, inner)
        let closed = planner.search.close(inner.closed)
        defer { planner.search.reopen(closed) }
        let places = seen.prefix(6).map(\.placement)
        let chosen = result.plan?.placement
        let placement =
            try chosen.map { placement throws(SchedulingError) in try cluster.inside(placement) } ?? places.first
        var alternatives: [RoomReport.Alternative] = []
        if let plan = result.plan, !plan.moves.isEmpty {
            planner.list(places.map(\.server), inner) { servers, roster in
                cluster.list(servers, in: &roster)
            }
            for place in places where place != placement {
                let price = planner.search.greedyPrice(request, at: place)
                alternatives.append(.init(placement: cluster.outside(place), price: price))
            }
        }
        return RoomReport(
            request: RoomReport.text(of: request, cluster.state.layout),
            result: result,
            placement: placement.map { cluster.outside($0) },
            shortages: placement.map { planner.search.state.shortages(of: request, at: $0) } ?? [],
            alternatives: alternatives
        )
    }
}

extension ClusterState {
    /// What a place lacks for a request.
    func shortages(of request: Request, at placement: Placement) -> [RoomReport.Shortage] {
        var lacks: [RoomGoal.Lack] = []
        self.lacks(of: request, at: placement, into: &lacks)
        return lacks.map { RoomReport.Shortage($0, of: layout) }
    }
}

extension Layout {
    /// What amounts of a resource of nodes are called.
    func unit(of resource: Int) -> String {
        switch resource {
        case 0: "cores"
        case 1: "GB"
        default: nodeResources[resource]
        }
    }
}
