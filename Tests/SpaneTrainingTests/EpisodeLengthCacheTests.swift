import SpaneTraining
import Testing

/// Lengths that are known are not found again.
@Suite struct EpisodeLengthCacheTests {
    private struct Refused: Error {}

    @Test func everyLengthIsFoundOnce() throws {
        let cache = EpisodeLengthCache(count: 4)
        var found: [Int] = []
        for index in [3, 0, 3, 3, 0, 1] {
            let length = cache.length(at: index) {
                found.append(index)
                return 10 + index
            }
            #expect(length == 10 + index)
        }
        #expect(found == [3, 0, 1])
    }

    @Test func whatCannotBeFoundIsNotKept() throws {
        let cache = EpisodeLengthCache(count: 1)
        #expect(throws: Refused.self) {
            try cache.length(at: 0) { () throws(Refused) in throw Refused() }
        }
        #expect(cache.length(at: 0) { 7 } == 7)
    }
}
