import ArgumentParser
import SpaneEvaluation

/// The option that shares episodes among several machines.
struct ShardOptions: ParsableArguments {
    @Option(
        name: .customLong("shard"),
        help: ArgumentHelp(
            "Play only every n-th of the starts, from the i-th on: the share of one of n machines. 'spane merge' puts what they "
                + "all found together.",
            valueName: "i/n"
        )
    )
    var text: String?

    func validate() throws {
        guard let text, Shard(text) == nil else { return }
        throw ValidationError("--shard is '\(text)'; it must be I/N with two numbers and 1 <= I <= N, as in 2/4.")
    }

    /// What the option says of so many starts; `nil` where it is not given.
    ///
    /// - Parameter name: what messages call the starts.
    func shard(of starts: Int, _ name: String = "starts") throws -> Shard? {
        guard let shard = text.flatMap({ Shard($0) }) else { return nil }
        guard shard.count <= starts else {
            throw ValidationError("--shard is \(shard); there are \(starts) \(name), and each shard needs one of them.")
        }
        return shard
    }

    /// What a machine says that has played its share.
    ///
    /// - Parameter unit: what was played, as "episodes".
    static func note(_ path: String, _ shard: Shard, _ played: Int, of all: Int, _ unit: String) -> String {
        "\(path): shard \(shard.number) of \(shard.count), \(NumberText.grouped(played)) of \(NumberText.grouped(all)) \(unit); "
            + "spane merge puts all shards together"
    }
}
