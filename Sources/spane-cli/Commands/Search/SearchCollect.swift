import ArgumentParser
import SpaneRuns

/// Writes the results of trials that came together elsewhere into the folder of a search, and reports them.
struct SearchCollect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Write the results of trials, which standard input has, into the folder of a search.",
        discussion: """
            One line a trial, its words separated by tabs: the columns of results.csv, then the value of each key of [space]. \
            The weights of the best must be in the folder already.
            """,
        shouldDisplay: false
    )

    @OptionGroup var search: SearchOptions
    @OptionGroup var lock: LockOptions

    func run() throws {
        var search = try self.search.read()
        var results: [SearchResult] = []
        while let line = readLine() {
            let words = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard let result = SearchResult(fields: Array(words.prefix(SearchResult.columns.count))) else {
                throw ValidationError("Standard input has a line that is not the result of a trial: \(line)")
            }
            try search.choose(words.dropFirst(SearchResult.columns.count).map(String.init), forTrial: result.trial)
            results.append(result)
        }
        results.sort { $0.trial < $1.trial }
        let run = try SearchRun(search, in: self.search.output, by: lock.guardian, version: Spane.version)
        try run.replace(with: results)
        StandardOutput.print(SearchReport(search, run).text)
    }
}
