import ArgumentParser
import SpaneRuns

extension RunConfiguration {
    /// Takes the traces of an option in place of those of the configuration `file`, in their order.
    mutating func take(traces: [String], file: String, option: String = "--trace") throws {
        guard !traces.isEmpty else { return }
        let count = data.traces.count
        guard count == 0 || count == traces.count else {
            throw ValidationError(
                "\(option) is given \(traces.count) times; data.traces of \(file) has \(count) traces."
            )
        }
        if count == 0 { data.traces = traces.map { DataSettings.Source(file: $0) } }
        for index in traces.indices { data.traces[index].file = traces[index] }
    }
}
