import SpaneRuns
import Synchronization

/// The result of a complete run.
struct TrainingReport {
    private let run: TrainingRun
    private let folder: RunFolder

    init(_ run: TrainingRun, folder: RunFolder) {
        self.run = run
        self.folder = folder
    }

    var text: String {
        let end = "\(NumberText.grouped(run.stepsDone)) of \(NumberText.grouped(run.stepsPlanned)) steps: \(run.reason)"
        guard let best = run.history.best else { return end }
        return """
            \(end)
            \(folder.best): \(Self.number(best.result.value)) in validation, after step \(NumberText.grouped(best.step)); \
            First Fit has \(Self.number(run.firstFit.value))
            """
    }

    /// A wait in seconds or a logarithm.
    static func number(_ value: Double) -> String {
        NumberText.grouped(value, decimals: value.magnitude < 100 ? 4 : 1)
    }
}

/// What the progress bar says of a run beside its steps.
final class TrainingStatus: Sendable {
    private struct State {
        var step: Int
        var best: Double?
    }

    private let episodes: Int
    private let state: Mutex<State>

    init(_ run: TrainingRun) {
        episodes = run.validationEpisodes
        state = Mutex(State(step: run.stepsDone, best: run.history.best?.result.value))
    }

    /// Takes note of an event; gives the steps done and a note for the bar.
    func take(_ event: TrainingRun.Event) -> (step: Int, note: String) {
        state.withLock { state in
            var notes: [String] = []
            switch event {
            case .stepped(let step): state.step = step
            case .validating(let played): notes.append("validating \(played) of \(episodes)")
            case .validated(let entry, let isBest): if isBest { state.best = entry.result.value }
            }
            if let best = state.best { notes.insert("best \(TrainingReport.number(best))", at: 0) }
            return (state.step, notes.joined(separator: ", "))
        }
    }
}
