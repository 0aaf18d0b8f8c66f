internal import SpaneSettings
internal import SpaneStorage

/// The results of a search as CSV and HDF5.
enum SearchFiles {
    static let format = "spane-search"
    static let version: Int64 = 1

    // MARK: CSV

    /// One line a trial: ``SearchResult/columns``, then the keys that vary.
    static func csv(_ results: [SearchResult], of search: SearchConfiguration) -> String {
        var text = CSVText.line(SearchResult.columns + search.names)
        for result in results {
            let values = search.values(ofTrial: result.trial).map(plain)
            text += CSVText.line(result.fields + values)
        }
        return text
    }

    static func read(_ path: String) throws(StorageError) -> [SearchResult] {
        var results: [SearchResult] = []
        for (number, line) in try TextFile.read(path).split(separator: "\n").enumerated().dropFirst() {
            guard let result = SearchResult(fields: line.split(separator: ",", omittingEmptySubsequences: false)) else {
                throw StorageError(.format, path: path, "line \(number + 1) is not the result of a trial: \(line)")
            }
            results.append(result)
        }
        return results
    }

    /// A text without its quotes, and what a list holds.
    private static func plain(_ value: TOML) -> String {
        switch value {
        case .text(let text): text
        case .list(let values): values.map(plain).joined(separator: "+")
        default: value.source
        }
    }

    // MARK: HDF5

    /// The same with one dataset a column. The schema is in `docs/file-formats.md`.
    static func write(
        _ results: [SearchResult],
        of search: SearchConfiguration,
        identity: String,
        to path: String
    ) throws(StorageError) {
        let values = results.map { search.values(ofTrial: $0.trial) }
        try HDF5Writer.write(path) { file throws(StorageError) in
            try file.attribute("format", format)
            try file.attribute("format_version", version)
            try file.attribute("search", identity)
            try file.dataset("trial", results.map { Int64($0.trial) }, .checked)
            try file.dataset("seed", results.map { Int64($0.seed) }, .checked)
            try file.dataset("status", results.map { code(of: $0.status) }, .checked)
            try file.attribute("choices", "finished\npruned\ndiverged", of: "status")
            try file.dataset("validation", results.map { $0.best?.value ?? .nan }, .checked)
            try file.dataset("step", results.map { Int64($0.best?.step ?? -1) }, .checked)
            try file.dataset("steps", results.map { Int64($0.steps) }, .checked)
            try file.dataset("seconds", results.map(\.seconds), .checked)
            try file.dataset("untrained", results.map(\.untrained), .checked)
            try file.dataset("first_fit", results.map(\.firstFit), .checked)
            try file.group("validations")
            try file.dataset("validations/count", results.map { Int64($0.validations.count) }, .checked)
            try file.dataset("validations/step", results.flatMap { $0.validations.map { Int64($0.step) } }, .checked)
            try file.dataset("validations/value", results.flatMap { $0.validations.map(\.value) }, .checked)
            try file.group("parameters")
            for (column, name) in search.names.enumerated() {
                try write(values.map { $0[column] }, to: "parameters/\(name)", of: file)
            }
        }
    }

    /// Numbers as they are, anything else as the place of its value in the attribute `choices`.
    private static func write(
        _ column: [TOML],
        to name: String,
        of file: borrowing HDF5Writer
    ) throws(StorageError) {
        let numbers = column.compactMap(\.number)
        guard numbers.count < column.count else { return try file.dataset(name, numbers, .checked) }
        let choices = Set(column.map(plain)).sorted()
        try file.dataset(name, column.map { Int64(choices.firstIndex(of: plain($0)) ?? -1) }, .checked)
        try file.attribute("choices", choices.joined(separator: "\n"), of: name)
    }

    private static func code(of status: SearchResult.Status) -> Int64 {
        switch status {
        case .finished: 0
        case .pruned: 1
        case .diverged: 2
        }
    }
}
