import SpaneExperiments
import SpaneStorage

extension ExperimentReport {
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
