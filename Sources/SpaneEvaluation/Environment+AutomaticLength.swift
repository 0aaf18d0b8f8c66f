public import SpaneScheduling

extension Environment {
    /// Starts an episode of the automatic length: see ``EpisodePlan/Length/automatic``. Where the trace has not as many VMs,
    /// the episode runs to its end.
    ///
    /// - Parameter start: 0 ..< trace.count - 1.
    /// - Throws: `invalidArgument`; the episode under way is untouched then.
    /// - Complexity: O(length * servers).
    public mutating func resetToAutomaticLength(start: Int) throws(SchedulingError) {
        let length = try automaticLength(from: start)
        try reset(start: start, until: length < trace.count - 1 - start ? .length(length) : .exceed(.max))
    }

    /// The automatic length of the episode at `start`, which plays First Fit to find it.
    ///
    /// - Throws: `invalidArgument` when `start` is not in 0 ..< trace.count - 1.
    /// - Complexity: O(length * servers).
    package mutating func automaticLength(
        from start: Int,
        progress: Progress = .none
    ) throws(SchedulingError) -> Int {
        try reset(start: start, until: .exceed(1))
        var policy = FirstFit()
        try finish(with: &policy, progress: progress)
        return placedCount + EpisodePlan.Length.margin
    }
}
