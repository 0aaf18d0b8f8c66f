import SpaneEvaluation
import SpaneExperiments
import SpaneRuns
import SpaneScheduling

/// How a tuned rule compares with the known ones, and which to use.
struct TuningReport {
    let tuned: RuleTuning.Candidate
    let mix: GivenMix?
    let tuning: RuleTask
    let validation: RuleTask
    let threads: Int

    private struct Row {
        let name: String
        let tuned: Double
        let values: [Double]
    }

    private func row(_ name: String, _ heuristic: Heuristic, tuned: Double? = nil) throws -> Row {
        let policy = PolicySource.heuristic(heuristic)
        return Row(
            name: name,
            tuned: try tuned ?? tuning.figure(tuning.values(of: policy, threads: threads, isTuning: true)),
            values: try validation.values(of: policy, threads: threads)
        )
    }

    var text: String {
        get throws {
            let known = try RuleTuning.textbook(mix: mix?.flavors).map { try row($0.name, $0.heuristic) }
            let own = try row("\(tuned.name)", Heuristic(tuned.name, mix: mix?.flavors), tuned: tuned.figure)
            // Chosen before the validation is looked at.
            guard let control = known.min(by: { $0.tuned < $1.tuned }) else { return "" }
            let order = validation.plan.timeOrder
            let figures = try ResampledFigures(
                series: [own, control].map { row in order.map { row.values[$0] } },
                metrics: [validation.objective.metric],
                bootstrap: BlockBootstrap(
                    count: order.count,
                    blockLength: validation.plan.defaultBlockLength,
                    resamples: 5000,
                    seed: 1
                ),
                threads: threads
            )
            let difference = figures.estimate { $0[0, 0] - $0[1, 0] }
            var table = Table(header: ["rule", "tuning", "validation"])
            for row in known + [own] {
                table.add([
                    row.name, number(row.tuned), number(validation.figure(row.values)),
                ])
            }
            let range = difference.interval.map { " (95 % interval \(number($0.low)) … \(number($0.high)))" } ?? ""
            let isBetter = difference.interval.map { $0.high < 0 } ?? false
            return """
                \(title)

                \(table.text)

                Best known rule while tuning: \(control.name). On the validation part the tuned rule less that is \
                \(difference.value > 0 ? "+" : "")\(number(difference.value))\(range).
                \(isBetter
                    ? "The tuned rule is better: use '\(own.name)'\(advice(own.name))."
                    : "The tuned rule is not clearly better: use '\(control.name)'\(advice(control.name)).")
                """
        }
    }

    /// What a rule needs beside its name to do as well as it did here.
    private func advice(_ rule: String) -> String {
        guard let mix, Heuristic(name: rule)?.usesMix == true else { return "" }
        return " with --mix \(mix.file)"
    }

    private var title: String {
        switch validation.objective {
        case .wait: "Mean of ln(1 + total wait / 1000 s) of an episode; lower is better"
        case .servers:
            "Servers on which nothing waits, mean of the windows; tuning: mean root of the cores refused on as many servers as the "
                + "bound and on one and two more; lower is better"
        case .refusedCores: "Refused cores of those asked for, mean of the episodes; lower is better"
        }
    }

    private func number(_ value: Double) -> String { NumberText.grouped(value, decimals: 4) }
}
