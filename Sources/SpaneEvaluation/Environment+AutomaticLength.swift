public import SpaneScheduling

extension Environment {
    /// Starts an episode of the automatic length: see ``EpisodePlan/Length/automatic``. Where the trace has not as many VMs,
    /// the episode runs to its end.
    ///
    /// - Parameter start: 0 ..< trace.count - 1.
    /// - Throws: `invalidArgument`; the episode under way is untouched then.
    /// - Complexity: O(length * servers).
    public mutating func resetToAutomaticLength(start: Int) throws(SchedulingError) {
        let length = try automaticLength(start: start)
        try reset(start: start, until: length < trace.count - 1 - start ? .length(length) : .exceed(.max))
    }

    /// Plays First Fit from `start` until the next VM first fits nowhere, or the trace ends.
    ///
    /// - Returns: what ``EpisodePlan/Length/automatic`` means there, whether the trace has as many VMs or not.
    mutating func automaticLength(start: Int) throws(SchedulingError) -> Int {
        try reset(start: start, until: .exceed(1))
        var policy = FirstFit()
        try finish(with: &policy)
        return placedCount + EpisodePlan.Length.margin
    }
}
