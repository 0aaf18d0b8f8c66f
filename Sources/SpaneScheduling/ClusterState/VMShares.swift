/// How many shares of one VM size each node of a server holds, and how many such VMs that makes.
struct VMShares {
    private let shares: [Int]

    init(_ shares: [Int]) { self.shares = shares }

    /// A quotient of amounts as a whole number, kept so low that sums over nodes cannot overflow. Amounts have fewer than 53
    /// bits, so that no quotient is rounded up to a whole number.
    static func whole(_ quotient: Double) -> Int { Int(min(quotient, 0x1p53)) }

    /// The most VMs of which every one takes a share from `span` different nodes, whichever these are.
    func room(over span: Int) -> Int { Self.room(shares, over: span) }

    private static func room(_ shares: [Int], over span: Int) -> Int {
        var copy = InlineArray<8, Int>(repeating: 0)
        for node in shares.indices { copy[node] = shares[node] }
        return room(copy, count: shares.count, over: span)
    }

    /// As ``room(over:)``, of the first `count` nodes; the others must be 0.
    @inline(__always)
    static func room(_ shares: InlineArray<8, Int>, count: Int, over span: Int) -> Int {
        var rest = 0
        for node in 0..<count { rest += shares[node] }
        if span == 1 { return rest }
        var (shares, least) = (shares, rest / span)
        for taken in 1..<span {
            var largest = 0
            for node in 0..<count where shares[node] > shares[largest] { largest = node }
            rest -= shares[largest]
            shares[largest] = 0
            least = min(least, rest / (span - taken))
        }
        return least
    }

    /// As ``room(over:)``, where the nodes of a VM must be near each other.
    ///
    /// Nodes that no chain of near ones connects share no VM, so that each group is counted by itself. In a group of which all
    /// are near each other every choice is allowed. For VMs over two nodes any other group is a graph, and the VMs a largest
    /// b-matching of it. For VMs over more nodes it is what taking the roomiest near nodes reaches, which is never too many.
    ///
    /// - Parameter near: for each node those that are near it, which is mutual.
    func room(over span: Int, near: [NodeSet]) -> Int {
        var sum = 0
        forEachGroup(of: NodeSet(first: shares.count), near) { group in
            let isClique = group.allSatisfy { $0 == $1 || near[$0].contains($1) }
            if isClique {
                var inside: [Int] = []
                group.forEach { inside.append(shares[$0]) }
                sum += Self.room(inside, over: span)
            } else if span == 2 {
                sum += largestMatching(in: group, near)
            } else {
                sum += reachable(in: group, over: span, near)
            }
        }
        return sum
    }

    private func total(of nodes: NodeSet) -> Int {
        var sum = 0
        nodes.forEach { sum += shares[$0] }
        return sum
    }

    private func forEachGroup(of nodes: NodeSet, _ near: [NodeSet], _ body: (NodeSet) -> Void) {
        var rest = nodes.rawValue
        while rest != 0 {
            var group = rest & (0 &- rest)
            var grown = group
            repeat {
                group = grown
                NodeSet(rawValue: group).forEach { grown |= near[$0].rawValue & nodes.rawValue }
            } while grown != group
            body(NodeSet(rawValue: group))
            rest &= ~group
        }
    }

    /// The formula of Tutte and Berge for b-matchings: the least, over sets of nodes, of what these hold and half of what each
    /// group of two or more holds into which the others fall without them (Schrijver, Combinatorial Optimization, 2003,
    /// theorem 31.1).
    private func largestMatching(in group: NodeSet, _ near: [NodeSet]) -> Int {
        var least = Int.max
        for bits in 0...group.rawValue where bits & ~group.rawValue == 0 {
            var sum = total(of: NodeSet(rawValue: bits))
            forEachGroup(of: NodeSet(rawValue: group.rawValue & ~bits), near) { other in
                if other.count > 1 { sum += total(of: other) / 2 }
            }
            least = min(least, sum)
        }
        return least
    }

    /// What is reached when always the near nodes are taken of which the scarcest holds most, an eighth of that at a time.
    private func reachable(in group: NodeSet, over span: Int, _ near: [NodeSet]) -> Int {
        var left = shares
        var placed = 0
        while true {
            var best = (scarcest: 0, total: 0, set: NodeSet.none)
            group.forEachSubset(of: span) { set in
                guard set.allSatisfy({ $0 == $1 || near[$0].contains($1) }) else { return }
                var (scarcest, total) = (Int.max, 0)
                set.forEach {
                    scarcest = min(scarcest, left[$0])
                    total += left[$0]
                }
                if (scarcest, total) > (best.scarcest, best.total) { best = (scarcest, total, set) }
            }
            guard best.scarcest > 0 else { return placed }
            let more = max(1, best.scarcest / 8)
            best.set.forEach { left[$0] -= more }
            placed += more
        }
    }
}

extension NodeSet {
    /// Whether something holds for all pairs of nodes, in both orders and with themselves.
    fileprivate func allSatisfy(_ holds: (Int, Int) -> Bool) -> Bool {
        var result = true
        forEach { from in forEach { to in result = result && holds(from, to) } }
        return result
    }
}
