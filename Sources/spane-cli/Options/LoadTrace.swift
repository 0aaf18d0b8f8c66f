import SpaneSystem
import SpaneRuns
import SpaneScheduling
import SpaneStorage

/// Reads a trace for a command, and tells on standard error what was left out of it.
func loadTrace(_ path: String) throws -> (trace: Trace, description: TraceDescription) {
    let loaded = try TraceInput.load(path)
    for note in loaded.description.notes {
        let line = Array("Note: \(path): \(note)\n".utf8)
        _ = unsafe write(STDERR_FILENO, line, line.count)
    }
    return loaded
}
