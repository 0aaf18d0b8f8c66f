extension RoomSearch {
    /// What a candidate is chosen by: whether it makes the goal fit, then the one that costs least, else the one that gives back
    /// most; of equal ones the lowest id.
    private struct Merit {
        let suffices: Bool
        let relief: Double
        let mem: Double
        let id: UInt64

        @inline(__always)
        func isBetter(than other: Merit) -> Bool {
            if suffices != other.suffices { return suffices }
            if suffices ? mem != other.mem : relief != other.relief {
                return suffices ? mem < other.mem : relief > other.relief
            }
            return id < other.id
        }
    }

    /// Moves, one after the other, the VM that makes the goal fit and costs least, else the one that gives back most of what is
    /// short.
    ///
    /// - Complexity: O(moves * VMs on the server), and a target for those that are chosen.
    mutating func searchGreedily() {
        let goal = goals[goals.count - 1]
        var lacks: [RoomGoal.Lack] = []
        swap(&lacks, &lackLists[goals.count - 1])
        while spent < bestPrice {
            if lacks.isEmpty {
                keepPlan(goal.placement)
                break
            }
            guard moves.count < mostMoves, let best = bestCandidate(of: goal, lacks) else { break }
            move(best.index, to: best.target)
            movers.append(best.index)
            state.lacks(for: goal.request, at: goal.placement, into: &lacks)
        }
        while let index = movers.popLast() { takeBack(index) }
        swap(&lacks, &lackLists[goals.count - 1])
    }

    private mutating func bestCandidate(
        of goal: RoomGoal,
        _ lacks: [RoomGoal.Lack]
    ) -> (index: Int, target: Placement)? {
        // The best of those that are worse than the last one, for which there was no target.
        var last: Merit?
        var stuck = -1
        while true {
            var best: Merit?
            var chosen = -1
            for number in goal.candidates {
                let resident = residents[Int(number)]
                guard !resident.hasMoved, spent + resident.leastPrice < bestPrice else { continue }
                let suffices = lacks.allSatisfy { relief(of: $0, from: resident) >= $0.amount }
                if let best, best.suffices, !suffices { continue }
                // Of those that suffice, none is better for what it gives back.
                var sum = 0.0
                if !suffices {
                    for lack in lacks { sum += min(relief(of: lack, from: resident), lack.amount) / lack.capacity }
                    guard sum > 0 else { continue }
                }
                let merit = Merit(suffices: suffices, relief: sum, mem: resident.mem, id: resident.id)
                guard best.map({ merit.isBetter(than: $0) }) ?? true else { continue }
                if let last, !last.isBetter(than: merit) || areLike(resident, residents[stuck]) { continue }
                (best, chosen) = (merit, Int(number))
            }
            guard chosen >= 0 else { return nil }
            if let target = target(of: chosen, isQuick: limits.budget == 0) { return (chosen, target) }
            (last, stuck) = (best, chosen)
        }
    }
}
