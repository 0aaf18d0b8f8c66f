import SpaneEvaluation
import SpaneExperiments

/// The metrics of the fleet under several policies as a table, and by name for JSON.
struct FleetFiguresReport {
    let samples: Int
    let metrics: [EvaluationSubject.Metric]
    let policies: [String]
    /// [policy][episode]
    let figures: [[FleetFigures]]

    /// With a heading; `nil` when no metric was taken.
    var table: String? {
        guard !metrics.isEmpty else { return nil }
        var table = Table(header: ["policy"] + metrics.map(\.title))
        for (policy, figures) in zip(policies, figures) {
            table.add([policy] + zip(metrics, FleetFigures.means(of: figures)).map { $0.unit.text($1) })
        }
        return """
            The fleet at \(samples) moments of the second half of each episode (mean)

            \(table.text)
            """
    }

    /// The means of a policy; `nil` when no metric was taken.
    func named(_ policy: Int) -> [String: Double]? {
        guard !metrics.isEmpty else { return nil }
        var named: [String: Double] = [:]
        for (metric, mean) in zip(metrics, FleetFigures.means(of: figures[policy])) {
            named[metric.name] = mean
        }
        return named
    }
}

extension FleetMetric.Unit {
    func text(_ value: Double?) -> String {
        guard let value else { return "-" }
        return switch self {
        case .share: NumberText.percent(value)
        case .vms: NumberText.grouped(value, decimals: 1)
        }
    }
}
