internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

extension ExperimentManifest {
    struct TraceEntry: Codable, Equatable {
        var file: String
        var source: String
        var licence: String
        var sha256: String
    }

    struct StartsEntry: Codable, Equatable {
        var given: String
        var count: Int
        /// Of the indices in decimal, each followed by a newline.
        var sha256: String
    }

    struct PolicyEntry: Codable, Equatable {
        var name: String
        var group: String?
        var file: String?
        var sha256: String?
    }

    /// The moves that may make room.
    struct MovesEntry: Codable, Equatable {
        var moves: [Int]
        var seconds_per_gb: Double
        var price: Double
        var budget: Int

        init?(_ moves: [MoveLimits]) {
            guard let first = moves.first else { return nil }
            self.moves = moves.map(\.moves)
            (seconds_per_gb, price, budget) = (first.secondsPerGB, first.prices.move, first.budget)
        }
    }

    /// Which shard of an experiment a machine plays.
    struct ShardEntry: Codable, Equatable {
        var number: Int
        var count: Int
        /// How an experiment is to be summarised once all shards are there.
        var summary: SummarySettings?

        init(_ shard: Shard, _ summary: SummarySettings?) {
            (number, count, self.summary) = (shard.number, shard.count, summary)
        }
    }
}

extension ExperimentManifest.TraceEntry {
    init(_ file: String, _ description: TraceDescription) {
        self.init(
            file: file,
            source: description.source,
            licence: description.licence,
            sha256: description.contentHash
        )
    }

    /// The trace as results tell of it.
    var description: TraceDescription { TraceDescription(source: source, licence: licence, contentHash: sha256) }

    var title: String { "\(file) (sha256 \(sha256.prefix(12)))" }
}

extension ExperimentManifest.StartsEntry {
    /// - Parameter given: the starts as they were asked for.
    init(_ given: String, _ starts: [Int]) {
        self.init(given: given, count: starts.count, sha256: Self.hash(starts))
    }

    static func hash(_ starts: [Int]) -> String { ContentHash.ofText(starts.map { "\($0)\n" }.joined()) }

    var title: String { "\(given) (\(count), sha256 \(sha256.prefix(12)))" }
}

extension ExperimentManifest.PolicyEntry {
    /// Whether it is a policy of one's own, by the ending of its file.
    var isOwn: Bool { file.map { $0.hasSuffix(".py") || $0.hasSuffix(".so") } ?? false }

    /// The name with the group.
    var title: String { group.map { "\($0): \(name)" } ?? name }
}

extension ExperimentManifest.MovesEntry {
    /// The limits, of each number of moves.
    var limits: [MoveLimits] {
        moves.map {
            MoveLimits(moves: $0, budget: budget, prices: MovePrices(move: price), secondsPerGB: seconds_per_gb)
        }
    }
}

extension ExperimentManifest.ShardEntry {
    var title: String { "\(number)/\(count)" }

    /// `nil` where there is no such shard.
    var shard: Shard? { Shard(number: number, of: count) }
}
