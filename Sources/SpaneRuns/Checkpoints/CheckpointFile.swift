internal import SpaneStorage
internal import SpaneTraining

/// Checkpoints in HDF5. The schema is in `docs/file-formats.md`.
enum CheckpointFile {
    static let format = "spane-checkpoint"
    static let version: Int64 = 1

    private static let stateGroup = "learner"

    /// Writes a checkpoint; an earlier one is replaced in one step, and survives whatever goes wrong.
    static func write(_ checkpoint: Checkpoint, to path: String) throws(StorageError) {
        try HDF5Writer.write(path) { file throws(StorageError) in
            try file.attribute("format", format)
            try file.attribute("format_version", version)
            try file.attribute("configuration", checkpoint.identity)
            try file.attribute("inputs", checkpoint.inputs.map { "\($0.key) \($0.hash)\n" }.joined())
            try file.attribute("step", Int64(checkpoint.step))
            try file.attribute("seconds", checkpoint.seconds)
            try file.attribute("log_bytes", Int64(checkpoint.lengths.log))
            try file.attribute("event_bytes", Int64(checkpoint.lengths.events))
            try file.attribute("end", checkpoint.end)
            try file.group("validation")
            try file.dataset("validation/step", checkpoint.validations.map { Int64($0.step) }, .checked)
            try file.dataset("validation/value", checkpoint.validations.map(\.result.value), .checked)
            try file.dataset("validation/by_cluster", checkpoint.validations.flatMap(\.result.byCluster), .checked)
            try file.dataset(
                "validation/best_parameters",
                checkpoint.bestParameters,
                dimensions: [checkpoint.bestParameters.count],
                .checked
            )
            try write(checkpoint.learner, to: file)
        }
    }

    private static func write(_ state: LearnerState, to file: borrowing HDF5Writer) throws(StorageError) {
        var groups: Set<String> = []
        try file.group(stateGroup)
        for (name, values) in state.entries.sorted(by: { $0.key < $1.key }) {
            // The names of entries are paths.
            var group = stateGroup
            for part in name.split(separator: "/").dropLast() {
                group += "/\(part)"
                if groups.insert(group).inserted { try file.group(group) }
            }
            let path = "\(stateGroup)/\(name)"
            switch values {
            case .floats(let values): try file.dataset(path, values, dimensions: [values.count], .checked)
            case .doubles(let values): try file.dataset(path, values, .checked)
            case .integers(let values): try file.dataset(path, values, .checked)
            }
        }
    }

    /// Reads a checkpoint.
    ///
    /// - Throws: ``StorageError`` naming the file and the dataset or attribute that is missing, damaged or wrong.
    static func read(_ path: String) throws(StorageError) -> Checkpoint {
        try HDF5.perform { () throws(StorageError) in
            let file = try HDF5Reader(path: path)
            try file.check(format: format, version: version)
            let steps = try file.integers("validation/step")
            let values = try file.doubles("validation/value")
            let byCluster = try file.doubles("validation/by_cluster").values
            let count = steps.values.count
            guard values.values.count == count, count == 0 ? byCluster.isEmpty : byCluster.count % count == 0 else {
                throw file.error(
                    .shapeMismatch,
                    "the datasets of /validation have \(count), \(values.values.count) and \(byCluster.count) values, "
                        + "which do not go together"
                )
            }
            let clusters = count == 0 ? 0 : byCluster.count / count
            return Checkpoint(
                identity: try file.required(string: "configuration"),
                inputs: try inputs(of: file),
                learner: try state(in: stateGroup, of: file),
                step: try file.required(integer: "step"),
                seconds: try file.required(double: "seconds"),
                lengths: RunLogs.Lengths(
                    log: try file.required(integer: "log_bytes"),
                    events: try file.required(integer: "event_bytes")
                ),
                validations: (0..<count).map { index in
                    ValidationHistory.Entry(
                        step: Int(steps.values[index]),
                        result: Validation.Result(
                            value: values.values[index],
                            byCluster: Array(byCluster[index * clusters..<(index + 1) * clusters])
                        )
                    )
                },
                bestParameters: try file.floats("validation/best_parameters").values,
                end: try file.required(string: "end")
            )
        }
    }

    private static func inputs(of file: borrowing HDF5Reader) throws(StorageError) -> [TrainingData.Input] {
        try file.required(string: "inputs").split(separator: "\n").map { line in
            let parts = line.split(separator: " ")
            return TrainingData.Input(key: String(parts.first ?? ""), hash: String(parts.last ?? ""))
        }
    }

    private static func state(in group: String, of file: borrowing HDF5Reader) throws(StorageError) -> LearnerState {
        var entries: [String: LearnerState.Values] = [:]
        var groups = [group]
        while let next = groups.popLast() {
            for name in try file.names(in: next) {
                let path = "\(next)/\(name)"
                let entry = String(path.dropFirst(group.count + 1))
                switch try file.kind(of: path) {
                case .group: groups.append(path)
                case .floats: entries[entry] = .floats(try file.floats(path).values)
                case .doubles: entries[entry] = .doubles(try file.doubles(path).values)
                case .integers: entries[entry] = .integers(try file.integers(path).values)
                }
            }
        }
        return LearnerState(entries)
    }
}
