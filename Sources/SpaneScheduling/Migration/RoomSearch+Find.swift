extension RoomSearch {
    /// The price of the greedy plan for one place; `nil` where it finds none.
    mutating func greedyPrice(_ request: Request, at placement: Placement) -> Double? {
        (best, bestPrice) = (nil, .infinity)
        push(request, placement, for: -1)
        searchGreedily()
        pop()
        return best?.price
    }

    /// Looks for a plan that gets one of some places.
    ///
    /// - Parameter isWhole: whether those are all that there are.
    mutating func find(_ request: Request, _ places: [ShortPlace], _ isWhole: Bool) -> RoomResult {
        let most = mostMoves
        var reachable: [(place: ShortPlace, price: Double)] = []
        for place in places {
            push(request, place.placement, for: -1)
            let goal = goals[0]
            if goal.fewestMoves <= most {
                reachable.append((place, goal.leastPrice))
                if goal.leastPrice < bestPrice { searchGreedily() }
            }
            pop()
        }
        let isProven = isWhole && (request.span == 1 || state.layout.nodes <= 2)
        if reachable.isEmpty, isProven { return .impossible(.tooManyMoves) }
        steps = 0
        if limits.budget > 0 {
            for (place, price) in reachable where price < bestPrice && !isCut {
                push(request, place.placement, for: -1)
                sortCandidates()
                branch()
                pop()
            }
            if limits.isExact, isWhole, !isCut {
                residents.sort { $0.id < $1.id }
                exhaust(request, most)
                if !isCut {
                    return best.map { .plan($0, isCheapest: true) } ?? .impossible(.tooManyMoves)
                }
            }
        }
        return best.map { .plan($0, isCheapest: $0.moves.isEmpty) } ?? .notFound
    }
}
