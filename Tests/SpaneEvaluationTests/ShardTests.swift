import SpaneEvaluation
import Testing

/// How episodes are shared among machines.
@Suite struct ShardTests {
    /// Each episode has one shard, shards differ by one episode at most, and together they are in the old order.
    @Test(arguments: [(1, 1), (7, 3), (12, 4), (5, 5), (100, 7)])
    func everyEpisodeOnce(total: Int, count: Int) throws {
        let shards = try (1...count).map { try #require(Shard(number: $0, of: count)).indices(of: total) }
        let sizes = shards.map(\.count)
        #expect(try (1...count).map { try #require(Shard(number: $0, of: count)).size(of: total) } == sizes)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        #expect(Shard.joined(shards) == Array(0..<total))
    }

    @Test func everyNth() throws {
        #expect(try #require(Shard("3/4")).size(of: 2) == 0)
        #expect(try #require(Shard("2/4")).indices(of: 11) == [1, 5, 9])
        #expect(Shard.whole.indices(of: 3) == [0, 1, 2])
    }

    @Test(arguments: ["0/4", "5/4", "4", "4/", "/4", "a/4", "1/2/3", "-1/4", ""])
    func whatIsNone(text: String) {
        #expect(Shard(text) == nil)
    }
}
