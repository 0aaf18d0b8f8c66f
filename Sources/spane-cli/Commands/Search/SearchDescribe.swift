import ArgumentParser
import SpaneExperiments
import SpaneRuns
import SpaneSettings
import SpaneStorage

/// Tells whoever hands out the trials of a search what there is to choose.
struct SearchDescribe: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Print a search as JSON: what identifies it, and what varies.",
        shouldDisplay: false
    )

    @OptionGroup var search: SearchOptions

    private struct Document: Encodable {
        struct Dimension: Encodable {
            let name: String
            let kind: String
            var choices: [String]?
            var integers: [Int]?
            var numbers: [Double]?

            init(_ dimension: SearchDimension) {
                name = dimension.name
                switch dimension.values {
                case .choices(let values): (kind, choices) = ("choices", values.map(\.source))
                case .integers(let low, let high): (kind, integers) = ("integers", [low, high])
                case .uniform(let low, let high): (kind, numbers) = ("uniform", [low, high])
                case .logUniform(let low, let high): (kind, numbers) = ("log-uniform", [low, high])
                }
            }
        }

        let identity_sha256: String
        let method: String
        let trials: Int
        let seed: Int
        let keep: Int
        let prune_after: Int
        let columns: [String]
        let space: [Dimension]
    }

    func run() throws {
        let search = try self.search.read()
        let document = Document(
            identity_sha256: SHA256.hexadecimal(of: try SearchWorker.identity(of: search)),
            method: search.settings.method.rawValue,
            trials: search.trialCount,
            seed: search.settings.seed,
            keep: search.settings.keep,
            prune_after: search.settings.pruneAfter,
            columns: SearchResult.columns,
            space: search.dimensions.map(Document.Dimension.init)
        )
        StandardOutput.write(try JSONText.pretty(document) + "\n")
    }
}
