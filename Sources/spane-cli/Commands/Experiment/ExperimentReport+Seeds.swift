import SpaneEvaluation
import SpaneExperiments

extension ExperimentReport {
    /// What is said about the seeds of groups.
    var seedNotes: [String] {
        let groups = summary.clusters.flatMap { cluster in
            cluster.rows.filter { $0.kind == .group }.map { (place(of: cluster), $0) }
        }
        guard groups.contains(where: { $1.spread.values.contains { $0.interval != nil } }) else {
            return groups.compactMap(note)
        }
        let confidence = NumberText.percent(summary.settings.confidence, decimals: 0)
        return [
            "Members: the range of the mean is Student's \(confidence) interval over all seeds that there could be, in these "
                + "\(kind == .servers ? "windows" : "episodes")."
        ] + groups.compactMap(note)
    }

    private func place(of cluster: ExperimentSummary.ServerCount) -> String {
        guard summary.clusters.count > 1 else { return "" }
        if kind == .servers { return cluster.moves.map { " with \($0) moves" } ?? "" }
        return " on \(cluster.servers) servers"
    }

    /// Whether a group has enough seeds; `nil` where that is not asked for.
    private func note(_ place: String, _ row: ExperimentSummary.Row) -> String? {
        guard let check = row.seeds else { return nil }
        let wanted = NumberText.percent(check.wanted)
        guard let width = check.width else {
            let reason = check.seeds < 2 ? "one seed has no interval" : "the mean is 0"
            return
                "\(row.name)\(place): whether \(check.seeds) seed\(check.seeds == 1 ? " is" : "s are") enough cannot be told: "
                + "\(reason)."
        }
        let shown =
            "\(row.name)\(place): with \(check.seeds) seeds the interval of the mean is \(NumberText.percent(width)) of it wide "
            + "(\(check.metric))"
        if check.isEnough { return "\(shown): enough for \(wanted)." }
        guard let needed = check.needed else { return "\(shown): too wide for \(wanted)." }
        return
            "\(shown): too wide for \(wanted), for which about \(NumberText.grouped(needed - check.seeds)) more are needed."
    }
}

extension ExperimentSummary.Spread {
    /// Of the mean.
    var interval: Interval? {
        guard let mean_low, let mean_high else { return nil }
        return Interval(low: mean_low, high: mean_high)
    }

    func estimate(_ figure: KeyPath<Self, Double>, _ interval: Interval?) -> Estimate {
        Estimate(value: self[keyPath: figure], interval: interval)
    }
}
