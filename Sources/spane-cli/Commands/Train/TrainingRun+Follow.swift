import SpaneRuns

extension TrainingRun {
    /// Runs to the end, telling how far it is; where a signal stops it, says how to resume and ends the command.
    ///
    /// - Precondition: ``StopSignal/install()`` was called.
    /// - Parameter label: what the bar counts.
    func follow(_ label: String) throws {
        guard try outcome(label) == .stopped else { return }
        throw StopReport.end(
            "Stopped after step \(NumberText.grouped(stepsDone)) of \(NumberText.grouped(stepsPlanned))"
        )
    }

    private func outcome(_ label: String) throws -> Outcome {
        let bar = ProgressBar(label, total: stepsPlanned, first: stepsDone, lineInterval: 30)
        defer { bar.clear() }
        let status = TrainingStatus(self)
        return try run(mustStop: { StopSignal.number != nil }) { event in
            let (step, note) = status.take(event)
            bar.show(step, note: note)
        }
    }
}
