import SpaneScheduling
import Testing

/// The generator gives the numbers of the published algorithm; the expected ones come from an independent computation.
@Suite struct Xoshiro256StarStarTests {
    @Test func knownAnswers() {
        let expected: [(seed: UInt64, numbers: [UInt64])] = [
            (
                0,
                [
                    0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0, 0x6aa5_94f1_262d_2d2c,
                    0xbba5_ad4a_1f84_2e59, 0xffef_8375_d9eb_caca,
                ]
            ),
            (
                0x1234_5678_9abc_def0,
                [
                    0xe01d_6faf_c557_f1b9, 0xbd62_7ebe_4406_b404, 0x2c23_132b_578b_57db, 0x2e8b_319d_4d1f_276a,
                    0x608d_57ac_f538_88e4, 0x9f44_d4fe_68bd_c399,
                ]
            ),
            (
                .max,
                [
                    0x8f55_20d5_2a7e_ad08, 0xc476_a018_caa1_802d, 0x81de_31c0_d260_469e, 0xbf65_8d7e_065f_3c2f,
                    0x9135_93fd_a1bc_a32a, 0xbb53_5e93_941b_a525,
                ]
            ),
        ]
        for (seed, numbers) in expected {
            var generator = Xoshiro256StarStar(seed: seed)
            #expect(numbers.map { _ in generator.next() } == numbers)
        }
        let state = Xoshiro256StarStar(seed: 0).state
        #expect(state.0 == 0xe220_a839_7b1d_cdaf)
        #expect(state.3 == 0xf88b_b8a8_724c_81ec)
    }

    @Test func theMillionthNumber() {
        var generator = Xoshiro256StarStar(seed: 42)
        for _ in 0..<999_999 { _ = generator.next() }
        #expect(generator.next() == 0x55cf_61d6_54b8_f555)
    }

    @Test func streamsDiffer() {
        var generator = Xoshiro256StarStar(seed: 7, stream: 3)
        #expect(generator.next() == 0x7957_c3b7_4b90_459e)
        #expect(generator.next() == 0x32f5_b5fe_f980_b055)
        let starts = (0..<1000).map { stream in
            var generator = Xoshiro256StarStar(seed: 7, stream: UInt64(stream))
            return generator.next()
        }
        #expect(Set(starts).count == 1000)
    }

    @Test func uniformNumbers() {
        var generator = Xoshiro256StarStar(seed: 5)
        #expect(generator.uniform() == 0.2884112281702357)
        #expect(generator.uniform() == 0.6020823331320106)
        let numbers = (0..<100_000).map { _ in generator.uniform() }
        #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
        let mean: Double = numbers.reduce(0, +) / 100_000
        // Six standard deviations of the mean of so many, each of variance 1 / 12.
        let tolerance: Double = 6 * (1.0 / 12 / 100_000).squareRoot()
        #expect(abs(mean - 0.5) < tolerance)
    }

    @Test func boundedNumbers() {
        var generator = Xoshiro256StarStar(seed: 5)
        let bounds = [1, 2, 3, 10, 1000, 1 << 62, 1 << 62 | 12345, .max, 3 << 61]
        let expected = [
            0, 1, 1, 8, 516, 3_617_978_140_038_130_273, 2_323_781_569_918_616_284, 7_458_586_743_318_756_547,
            2_507_861_787_451_737_597,
        ]
        #expect(bounds.map { generator.below($0) } == expected)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.below(7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 600 })
    }

    @Test func equalStatesGiveEqualNumbers() {
        var generator = Xoshiro256StarStar(seed: 9)
        var copy = generator
        #expect(generator == copy)
        _ = generator.next()
        #expect(generator != copy)
        _ = copy.next()
        #expect(generator == copy)
    }
}
