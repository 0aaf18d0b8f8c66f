internal import SpaneStorage

/// What came of one trial.
package struct SearchResult: Equatable, Sendable {
    /// How a trial ended.
    package enum Status: String, Sendable {
        /// The run is complete.
        case finished
        /// It was worse than the first trials, and ended early.
        case pruned
        /// Its weights were no longer numbers.
        case diverged
    }

    /// A validation.
    package struct Point: Equatable, Sendable {
        package let step: Int
        package let value: Double
    }

    /// The number of the trial.
    package let trial: Int
    /// The seed of its run.
    package let seed: Int
    package let status: Status
    /// The steps done.
    package let steps: Int
    /// The time that it took.
    package let seconds: Double
    /// The validation of a random network of the same shape.
    package let untrained: Double
    /// The validation result of First Fit.
    package let firstFit: Double
    /// All validations.
    package let validations: [Point]

    /// The best validation, the first of equals; `nil` when there was none.
    package var best: Point? {
        validations.reduce(nil) { best, point in
            best.map { point.value < $0.value ? point : $0 } ?? point
        }
    }

    /// The best validation up to a step.
    func best(upTo step: Int) -> Double? { validations.filter { $0.step <= step }.map(\.value).min() }

    /// The trials with a validation, best first, ties to the lower number.
    package static func ranking(_ results: [SearchResult]) -> [SearchResult] {
        results.filter { $0.best != nil }.sorted {
            ($0.best?.value ?? .infinity, $0.trial) < ($1.best?.value ?? .infinity, $1.trial)
        }
    }

    // MARK: CSV

    /// The columns before those of the keys that vary.
    package static let columns = [
        "trial", "seed", "status", "validation", "step", "steps", "seconds", "untrained", "first_fit", "validations",
    ]

    /// The fields of ``columns``; none of them has a comma.
    package var fields: [String] {
        [
            "\(trial)", "\(seed)", status.rawValue, best.map { "\($0.value)" } ?? "", best.map { "\($0.step)" } ?? "",
            "\(steps)", "\(seconds)", "\(untrained)", "\(firstFit)",
            validations.map { "\($0.step):\($0.value)" }.joined(separator: " "),
        ]
    }

    /// Reads what ``fields`` gave; `nil` when it is of another form.
    package init?(fields: [Substring]) {
        guard fields.count >= Self.columns.count, let trial = Int(fields[0]), trial >= 0, let seed = Int(fields[1]),
            let status = Status(rawValue: String(fields[2])), let steps = Int(fields[5]),
            let seconds = Self.number(fields[6]), let untrained = Self.number(fields[7]),
            let firstFit = Self.number(fields[8])
        else { return nil }
        var validations: [Point] = []
        for text in fields[9].split(separator: " ") {
            let parts = text.split(separator: ":")
            guard parts.count == 2, let step = Int(parts[0]), let value = Self.number(parts[1]) else { return nil }
            validations.append(Point(step: step, value: value))
        }
        (self.trial, self.seed, self.status, self.steps) = (trial, seed, status, steps)
        (self.seconds, self.untrained, self.firstFit) = (seconds, untrained, firstFit)
        self.validations = validations
    }

    /// A number as ``fields`` writes it.
    private static func number(_ text: Substring) -> Double? {
        ["nan", "inf", "-inf"].contains(text) ? Double(text) : PlainNumber.parse(text)
    }

    init(
        trial: Int,
        seed: Int,
        status: Status,
        steps: Int,
        seconds: Double,
        untrained: Double,
        firstFit: Double,
        validations: [Point]
    ) {
        (self.trial, self.seed, self.status, self.steps) = (trial, seed, status, steps)
        (self.seconds, self.untrained, self.firstFit) = (seconds, untrained, firstFit)
        self.validations = validations
    }
}
