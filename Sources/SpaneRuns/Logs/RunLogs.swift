internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage
internal import SpaneSystem
internal import SpaneTraining

/// The two logs of a run: `log.jsonl` and the file for TensorBoard.
final class RunLogs {
    /// How long the logs are, so that they can be cut back.
    struct Lengths: Equatable {
        var log = 0
        var events = 0
    }

    private let log: LogFile
    private let events: LogFile

    init(_ folder: RunFolder, keeping lengths: Lengths) throws(StorageError) {
        log = try LogFile(folder.log, keeping: lengths.log)
        events = try LogFile(folder.events, keeping: lengths.events)
    }

    var lengths: Lengths { Lengths(log: log.byteCount, events: events.byteCount) }

    func synchronise() throws(StorageError) {
        try log.synchronise()
        try events.synchronise()
    }

    // MARK: Entries

    func begin(
        version: String,
        identityHash: String,
        validation: ValidationSettings,
        firstFit: Validation.Result,
        servers: [Int]
    ) throws(StorageError) {
        var line = JSONLine()
        line.add("event", "start")
        line.add("version", version)
        line.add("configuration_sha256", identityHash)
        line.add("metric", validation.metric.key)
        line.add("combination", validation.combination.rawValue)
        line.add("first_fit", Self.object(firstFit, servers))
        try append(line)
        try events.append(EventRecord.version(at: Self.now))
    }

    func step(_ step: Int, seconds: Double, metrics: [Metric]) throws(StorageError) {
        var line = JSONLine()
        line.add("event", "step")
        line.add("step", step)
        line.add("seconds", seconds)
        for metric in metrics { line.add(metric.name, metric.value) }
        try append(line)
        try append(metrics.map { ("train/\($0.name)", $0.value) }, step: step)
    }

    func validation(
        _ step: Int,
        seconds: Double,
        result: Validation.Result,
        servers: [Int],
        isBest: Bool
    ) throws(StorageError) {
        var line = JSONLine()
        line.add("event", "validation")
        line.add("step", step)
        line.add("seconds", seconds)
        line.add("result", Self.object(result, servers))
        line.add("best", isBest)
        try append(line)
        try append(
            [("validation/value", result.value)]
                + zip(servers, result.byCluster).map { ("validation/\($0)_servers", $1) },
            step: step
        )
    }

    func end(_ step: Int, seconds: Double, reason: String, best: ValidationHistory.Entry?) throws(StorageError) {
        var line = JSONLine()
        line.add("event", "end")
        line.add("step", step)
        line.add("seconds", seconds)
        line.add("reason", reason)
        if let best {
            line.add("best_step", best.step)
            line.add("best_value", best.result.value)
        }
        try append(line)
    }

    private static func object(_ result: Validation.Result, _ servers: [Int]) -> JSONLine {
        var object = JSONLine()
        object.add("value", result.value)
        for (count, value) in zip(servers, result.byCluster) { object.add("\(count)_servers", value) }
        return object
    }

    private func append(_ line: JSONLine) throws(StorageError) { try log.append(Array((line.text + "\n").utf8)) }

    private func append(_ values: [(tag: String, value: Double)], step: Int) throws(StorageError) {
        try events.append(EventRecord.scalars(values, step: step, at: Self.now))
    }

    /// Seconds since 1970.
    private static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
