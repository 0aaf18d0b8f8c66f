extension Environment {
    /// The number of VMs that First Fit places from `start` to an end; plays First Fit to find it unless the end says it.
    ///
    /// - Throws: `invalidArgument` when `start` is not in 0 ..< trace.count - 1; the episode under way is untouched then.
    /// - Complexity: O(length * servers).
    package mutating func length(
        from start: Int,
        until end: EpisodeEnd,
        progress: Progress = .none
    ) throws(SchedulingError) -> Int {
        switch end {
        case .length(let length): return length
        case .exceed: return try firstFitLength(from: start, until: end, progress)
        case .automatic:
            return try firstFitLength(from: start, until: .exceed(1), progress) + EpisodeEnd.automaticMargin
        }
    }

    private mutating func firstFitLength(
        from start: Int,
        until end: EpisodeEnd,
        _ progress: Progress
    ) throws(SchedulingError) -> Int {
        try reset(start: start, until: end)
        var policy = FirstFit()
        try finish(with: &policy, progress: progress)
        return placedCount
    }
}
