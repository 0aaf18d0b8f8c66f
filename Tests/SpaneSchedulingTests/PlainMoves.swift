import SpaneScheduling
import SpaneTestSupport

/// Servers and VMs on which plans are checked and looked for without any knowledge of how the library does it.
struct PlainMoves {
    struct VM {
        let id: UInt64
        let request: PlainRequest
        let mem: Double
        /// What a GB costs; `nil` when it may not move.
        var price: Double?
    }

    /// Where a VM is.
    struct Spot: Hashable {
        var server: Int
        var nodes: UInt8
    }

    var servers: [PlainServer]
    var vms: [VM] = []
    var spots: [Spot] = []

    init(_ servers: [PlainServer]) { self.servers = servers }

    mutating func place(_ vm: VM, _ spot: Spot) {
        servers[spot.server].take(vm.request, spot.nodes)
        vms.append(vm)
        spots.append(spot)
    }

    func fits(_ request: PlainRequest) -> Bool { servers.contains { !$0.sets(request).isEmpty } }

    mutating func move(_ vm: Int, _ spot: Spot) {
        servers[spot.server].take(vms[vm].request, spot.nodes)
        servers[spots[vm].server].take(vms[vm].request, spots[vm].nodes, times: -1)
        spots[vm] = spot
    }

    func price(_ vm: Int, _ spot: Spot, _ prices: MovePrices) -> Double? {
        let factor = spot.server == spots[vm].server ? prices.local : 1
        return vms[vm].price.map { prices.move + $0 * vms[vm].mem * factor }
    }

    // MARK: The referee

    /// What is wrong with a plan; `nil` when every move has room while its source holds the VM, and the VM that is to come has room
    /// after the last one.
    func fault(of plan: MovePlan, for request: PlainRequest?, most: Int, _ prices: MovePrices) -> String? {
        var after = self
        guard plan.moves.count <= most else { return "\(plan.moves.count) moves; \(most) are allowed" }
        for (index, move) in plan.moves.enumerated() {
            guard let vm = vms.firstIndex(where: { $0.id == move.vm }) else { return "move \(index): no VM \(move.vm)" }
            let source = Spot(server: move.source.server, nodes: move.source.nodes.rawValue)
            let target = Spot(server: move.target.server, nodes: move.target.nodes.rawValue)
            guard after.spots[vm] == source else { return "move \(index): VM \(move.vm) is not on \(move.source)" }
            guard after.servers[target.server].allows(target.nodes, vms[vm].request), source != target else {
                return "move \(index): no room on \(move.target)"
            }
            guard let price = after.price(vm, target, prices), abs(price - move.price) < 1e-9 else {
                return "move \(index): the price \(move.price) is wrong"
            }
            after.move(vm, target)
        }
        guard let request else { return nil }
        guard let placement = plan.placement else { return "the plan has no placement" }
        return after.servers[placement.server].allows(placement.nodes.rawValue, request)
            ? nil : "no room on \(placement) after all moves"
    }

    // MARK: Brute force

    /// The price of the cheapest sequence of so many moves at most after which the request fits; `nil` where there is none.
    func cheapest(_ request: PlainRequest, most: Int, _ prices: MovePrices) -> Double? {
        var least: Double?
        // Of every arrangement that so many moves lead to, the least price.
        var level = [spots: 0.0]
        for moves in 0...most {
            var next: [[Spot]: Double] = [:]
            for (spots, price) in level {
                let state = arranged(spots)
                if state.fits(request) {
                    least = min(least ?? .infinity, price)
                    continue
                }
                guard moves < most else { continue }
                for vm in vms.indices {
                    for (server, there) in state.servers.enumerated() {
                        for nodes in there.sets(vms[vm].request) {
                            let spot = Spot(server: server, nodes: nodes)
                            guard spot != spots[vm], let more = state.price(vm, spot, prices) else { continue }
                            var after = spots
                            after[vm] = spot
                            next[after] = min(next[after] ?? .infinity, price + more)
                        }
                    }
                }
            }
            level = next
        }
        return least
    }

    private func arranged(_ others: [Spot]) -> PlainMoves {
        var state = self
        for vm in vms.indices where spots[vm] != others[vm] { state.move(vm, others[vm]) }
        return state
    }
}
