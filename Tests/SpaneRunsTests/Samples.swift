import SpaneRuns
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport

/// A folder with a trace of 600 VMs, and configurations for it.
struct Samples {
    let folder = TemporaryFolder()

    init() throws {
        try write(seed: 21, to: "trace.h5")
    }

    func write(seed: UInt64, to name: String) throws {
        var generator = Xoshiro256StarStar(seed: seed)
        let trace = try Trace(RandomTrace.vms(.fractional, count: 600, servers: 2, &generator))
        try TraceFile.write(trace, TraceDescription(source: "a test", licence: "CC0"), to: folder.file(name))
    }

    /// The preset `small` on `trace.h5`, with what `adjust` changes.
    func configuration(_ adjust: (inout RunConfiguration) -> Void = { _ in }) -> RunConfiguration {
        var configuration = RunConfiguration(preset: LearnerRegistry.test.presets[0], of: .test)
        configuration.data.traces = [DataSettings.Source(file: folder.file("trace.h5"))]
        configuration.data.traces[0].starts = "0..<300"
        configuration.validation.starts = "300..<450:8:1"
        adjust(&configuration)
        return configuration
    }

    func learner(_ adjust: (inout HillClimberSettings) -> Void) -> HillClimberSettings {
        var settings = HillClimberSettings()
        adjust(&settings)
        return settings
    }

    /// Opens the run of a folder.
    func open(_ configuration: RunConfiguration, in name: String) throws -> TrainingRun {
        let data = try TrainingData(configuration, file: "train.toml")
        let folder = try RunFolder(self.folder.file(name), for: configuration)
        return try TrainingRun(configuration, data: data, folder: folder, version: "1.2.3")
    }

    /// Runs to the end, or until `mustStop`.
    @discardableResult
    func run(
        _ configuration: RunConfiguration,
        in name: String,
        mustStop: @escaping @Sendable () -> Bool = { false }
    ) throws -> TrainingRun.Outcome {
        try open(configuration, in: name).run(mustStop: mustStop, report: { _ in })
    }

    /// The lines of the log, without the times.
    func log(_ name: String) throws -> [String] {
        try folder.text("\(name)/log.jsonl").split(separator: "\n").map { line in
            String(line).replacing(#/"seconds":[^,}]*,?/#, with: "")
        }
    }
}
