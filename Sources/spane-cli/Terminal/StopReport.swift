import ArgumentParser
import SpaneRuns

/// What a command says that a signal has stopped.
enum StopReport {
    /// What was done, and the command that resumes.
    static func text(_ done: String) -> String {
        let command = (["spane"] + Spane.arguments).map(ShellText.word).joined(separator: " ")
        return """
            \(done); the state is saved. To resume:
              \(command)
            """
    }

    /// Says what was done, and gives what ends the command.
    static func end(_ done: String) -> ExitCode {
        StandardOutput.print(text(done))
        return exitCode
    }

    /// What a shell says of a process that a signal ended.
    static var exitCode: ExitCode { ExitCode(128 + (StopSignal.number ?? 0)) }
}
