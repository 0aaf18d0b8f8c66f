extension RoomSearch {
    /// The places of which room for a VM is made that has to leave and fits nowhere.
    private static let chains = 2

    /// Branch and bound over the sets of VMs that leave for the last goal, each to its best place, those first that cost least. Where
    /// one fits nowhere, room for it becomes a goal of its own.
    mutating func branch() {
        guard steps < limits.budget else {
            isCut = true
            return
        }
        let depth = goals.count - 1
        let goal = goals[depth]
        state.lacks(for: goal.request, at: goal.placement, into: &lackLists[depth])
        let lacks = lackLists[depth]
        if lacks.isEmpty { return reach() }
        // The VM of each goal after the first takes a move too, when it goes there.
        let left = mostMoves - moves.count - depth
        let least = least(goal.candidates[goal.next...], lacks)
        guard least.moves <= left, spent + least.price < bestPrice else { return }
        defer { goals[depth].next = goal.next }
        var previous: Int?
        for position in goal.next..<goal.candidates.count {
            let index = Int(goal.candidates[position])
            let resident = residents[index]
            guard !resident.hasMoved else { continue }
            guard spent + resident.leastPrice < bestPrice else { return }
            if let previous, areLike(resident, residents[previous]) { continue }
            var (suffices, helps) = (true, false)
            for lack in lacks {
                let relief = relief(of: lack, from: resident)
                suffices = suffices && relief >= lack.amount
                helps = helps || relief > 0
            }
            guard helps, suffices || left > 1 else { continue }
            previous = index
            goals[depth].next = position + 1
            if let target = target(of: index) {
                move(index, to: target)
                if spent < bestPrice { branch() }
                takeBack(index)
            } else if left > 1 {
                chain(index, left - 1)
            }
            if isCut { return }
        }
    }

    /// Brings the candidates of the last goal into the order in which ``branch()`` tries them.
    mutating func sortCandidates() {
        var candidates = goals[goals.count - 1].candidates
        candidates.sort {
            let (left, right) = (residents[Int($0)], residents[Int($1)])
            return (left.mem, request(of: left).cpu, left.placement, left.id)
                < (right.mem, request(of: right).cpu, right.placement, right.id)
        }
        goals[goals.count - 1].candidates = candidates
    }

    /// The last goal is reached: its VM goes there, and what comes next is the goal before it.
    private mutating func reach() {
        let goal = goals[goals.count - 1]
        guard goal.resident >= 0 else { return keepPlan(goal.placement) }
        let source = residents[goal.resident].placement
        goals.removeLast()
        state.release(goal.request, at: source)
        note(goal.resident, goal.placement)
        if spent < bestPrice { branch() }
        unnote(goal.resident)
        state.record(goal.request, at: source)
        goals.append(goal)
    }

    private mutating func chain(_ index: Int, _ left: Int) {
        steps += 1
        let request = request(of: residents[index])
        var tried = 0
        // Some of the best are those of goals.
        for place in state.shortPlaces(for: request, on: servers, most: Self.chains + 2 * goals.count)
        where tried < Self.chains && !isWanted(place.placement) {
            guard place.placement != residents[index].placement else { continue }
            tried += 1
            push(request, place.placement, for: index)
            if goals[goals.count - 1].fewestMoves <= left {
                sortCandidates()
                branch()
            }
            pop()
            if isCut { return }
        }
    }

    /// Whether some of its nodes are those of a goal.
    private func isWanted(_ placement: Placement) -> Bool {
        goals.contains {
            $0.placement.server == placement.server && $0.placement.nodes.rawValue & placement.nodes.rawValue != 0
        }
    }
}
