import SpaneExperiments
import SpaneStorage

extension ExperimentReport {
    /// Summarises an experiment that is all played, shows that and keeps it in the folder with the results.
    ///
    /// - Parameter playedBefore: a sentence about what was there before, if there was something.
    static func finish(
        _ waits: ExperimentWaits,
        _ settings: SummarySettings,
        _ folder: ExperimentFolder,
        threads: Int,
        _ playedBefore: String? = nil
    ) throws {
        let report = ExperimentReport(try waits.summary(settings, threads: threads), waits)
        // Printed first: a file that cannot be written shall not cost the result.
        StandardOutput.print(report.text)
        try report.write(to: folder)
        if let playedBefore { StandardOutput.print("\n\(playedBefore)") }
        let table = !waits.countsServers ? "waits-N.csv" : waits.moves == nil ? "servers.csv" : "servers-moves-N.csv"
        StandardOutput.print(
            "\n\(folder.path): results.h5, \(table), summary.md, summary.csv, summary.json, experiment.json"
        )
    }

    /// Writes everything beside the results.
    func write(to folder: ExperimentFolder) throws {
        for cluster in waits.clusters {
            let columns = zip(waits.policies, cluster.waits).map { ($0.name, $1 ?? []) }
            let text = WaitsCSV.text(
                starts: cluster.starts,
                lengths: cluster.lengths,
                bounds: cluster.bounds,
                waits: columns
            )
            try TextFile.write(text, to: folder.file(Self.table(of: cluster, kind)))
        }
        try TextFile.write(SummaryCSV.text(summary, of: kind, waits.fleet), to: folder.file("summary.csv"))
        try TextFile.write(try SummaryJSON.text(summary, waits.fleet), to: folder.file("summary.json"))
        try TextFile.write(markdown, to: folder.file("summary.md"))
    }

    /// The file with a row for each episode.
    private static func table(of cluster: ExperimentWaits.ServerCount, _ kind: Experiment.Kind) -> String {
        guard kind == .servers else { return "waits-\(cluster.servers).csv" }
        return cluster.moves.map { "servers-moves-\($0).csv" } ?? "servers.csv"
    }
}
