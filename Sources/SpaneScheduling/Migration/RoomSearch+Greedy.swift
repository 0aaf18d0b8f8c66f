extension RoomSearch {
    /// Moves, one after the other, the VM that makes the goal fit and costs least, else the one that gives back most of what is
    /// short.
    ///
    /// - Complexity: O(moves * VMs on the server), and a target for those that are better than others before them.
    func searchGreedily() {
        let goal = goals[goals.count - 1]
        var moved: [Int] = []
        defer { for index in moved.reversed() { takeBack(index) } }
        var lacks: [RoomGoal.Lack] = []
        while spent < bestPrice {
            state.lacks(at: goal.placement, into: &lacks)
            if lacks.isEmpty { return keepPlan(goal.placement) }
            guard moves.count < mostMoves, let best = bestCandidate(of: goal, lacks) else { return }
            move(best.index, to: best.target)
            moved.append(best.index)
        }
    }

    private func bestCandidate(of goal: RoomGoal, _ lacks: [RoomGoal.Lack]) -> (index: Int, target: Placement)? {
        var best: (index: Int, target: Placement)?
        var (suffices, most, least) = (false, 0.0, Double.infinity)
        for number in goal.candidates {
            let index = Int(number)
            let resident = residents[index]
            guard !resident.hasMoved, spent + leastPrice(resident) < bestPrice else { continue }
            var (isEnough, relief) = (true, 0.0)
            for lack in lacks {
                let amount = state.relief(of: lack, from: resident.request, at: resident.placement)
                isEnough = isEnough && amount >= lack.amount
                relief += min(amount, lack.amount) / lack.capacity
            }
            guard relief > 0, isEnough || !suffices else { continue }
            let isBetter = isEnough != suffices || (isEnough ? resident.mem < least : relief > most)
            let isEqual = isEnough ? resident.mem == least : relief == most
            guard isBetter || isEqual && resident.id < best.map({ residents[$0.index].id }) ?? 0,
                let target = target(of: index, isQuick: limits.budget == 0)
            else { continue }
            (best, suffices, most, least) = ((index, target), isEnough, relief, resident.mem)
        }
        return best
    }
}
