import SpaneKernelVersions
import SpaneScheduling
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Every version of the kernels gives the same bits, on whichever processor it was chosen.
@Suite
struct KernelVersionTests {
    @Test
    func versionsAgree() {
        #expect(kernel_version_count() >= 2)
        for seed in UInt64(0)..<300 {
            let kernel = unsafe kernel_that_differs(seed).map { unsafe String(cString: $0) }
            #expect(kernel == nil, "seed \(seed)")
        }
    }

    @Test
    func fusingInSoftwareRoundsOnce() {
        var generator = Xoshiro256StarStar(seed: 1)
        func expectSame(_ factor: Float, _ other: Float, _ sum: Float) {
            let (expected, found) = (fmaf(factor, other, sum), fused_in_software(factor, other, sum))
            #expect(
                expected.bitPattern == found.bitPattern || (expected.isNaN && found.isNaN),
                "\(factor) * \(other) + \(sum)"
            )
        }
        let special: [Float] = [
            0, -0.0, 1, -1, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude, Float(1).nextUp, 0x1p-24, 0x1.8p-24,
            0x1p-75,
        ]
        for factor in special {
            for other in special { for sum in special { expectSame(factor, other, sum) } }
        }
        for _ in 0..<200_000 {
            let bits = (generator.next(), generator.next())
            let factor = Float(bitPattern: UInt32(truncatingIfNeeded: bits.0))
            let other = Float(bitPattern: UInt32(truncatingIfNeeded: bits.0 >> 32))
            expectSame(factor, other, Float(bitPattern: UInt32(truncatingIfNeeded: bits.1)))
            // Sums that nearly cancel, or lie near a tie.
            let small = Float(bitPattern: UInt32(truncatingIfNeeded: bits.1 >> 32) & 0x3FF | 0x3F80_0000)
            expectSame(small, 1 + Float(bits.1 & 0xFFF) * 0x1p-23, -small)
            expectSame(small, Float(bits.0 & 0xFFF) * 0x1p-36, 1)
        }
    }
}
