import SpaneScheduling
import SpaneWorkloads
import Testing

@Suite struct FlavorMixTests {
    /// Sizes 1 to 4 with shares near 0.6, 0.3, 0.09 and 0.01; the lifetime says which size a VM had.
    private func trace(count: Int = 20_000) throws -> Trace {
        var generator = Xoshiro256StarStar(seed: 4)
        return try Trace(
            (0..<count).map { index in
                let size: Double =
                    switch generator.below(100) {
                    case ..<60: 1
                    case ..<90: 2
                    case ..<99: 3
                    default: 4
                    }
                let lifetime = 1000 * size + Double(generator.below(100))
                return VirtualMachine(
                    id: Int64(index + 7),
                    cpu: size,
                    mem: 2 * size,
                    arrival: Double(index / 3),
                    lifetime: lifetime
                )
            }
        )
    }

    private func shares(_ trace: Trace) -> [Double] {
        (1...4).map { size in
            Double(trace.vms.count { $0.cpu == Double(size) }) / Double(trace.count)
        }
    }

    @Test(arguments: [1, 0.3, 2.7])
    func equalFactorsChangeNothing(factor: Double) throws {
        let trace = try trace(count: 3000)
        let mix = try FlavorMix(factors: Array(repeating: factor, count: 4))
        #expect(try trace.resampled(mix, seed: 1).vms == trace.vms)
    }

    @Test func noStrengthChangesNothing() throws {
        let trace = try trace(count: 3000)
        let mix = try FlavorMix(for: trace, strength: 0, seed: 9)
        #expect(mix.factors == [1, 1, 1, 1])
        #expect(try trace.resampled(mix, seed: 9).vms == trace.vms)
    }

    @Test func sharesFollowTheFactors() throws {
        let trace = try trace()
        let factors: [Double] = [0.5, 1, 2, 8]
        let changed = try trace.resampled(FlavorMix(factors: factors), seed: 1)
        let weighted = zip(shares(trace), factors).map { $0 * $1 }
        let total = weighted.reduce(0, +)
        for (share, expected) in zip(shares(changed), weighted.map { $0 / total }) {
            // Four standard deviations of a share of 20,000.
            #expect(abs(share - expected) < 4 * (expected / Double(trace.count)).squareRoot())
        }
    }

    @Test func onlySizesAndLifetimesChangeAndTheyGoTogether() throws {
        let trace = try trace(count: 5000)
        let changed = try trace.resampled(FlavorMix(for: trace, strength: 1, seed: 3), seed: 4)
        #expect(changed.count == trace.count)
        #expect(changed.vms.map(\.id) == trace.vms.map(\.id))
        #expect(changed.vms.map(\.arrival) == trace.vms.map(\.arrival))
        #expect(changed.vms != trace.vms)
        for vm in changed.vms {
            #expect(vm.mem == 2 * vm.cpu)
            #expect((vm.lifetime / 1000).rounded(.down) == vm.cpu)
        }
    }

    /// What is drawn in a VM's place arrived near it.
    @Test func replacementsAreNear() throws {
        let trace = try Trace(
            (0..<2000).map { index in
                VirtualMachine(
                    id: 0,
                    cpu: Double(1 + index % 2),
                    mem: 1,
                    arrival: Double(index),
                    lifetime: Double(index)
                )
            }
        )
        let changed = try trace.resampled(FlavorMix(factors: [0, 1]), neighbourhood: 10, seed: 5)
        for (index, vm) in changed.vms.enumerated() {
            #expect(vm.cpu == 2)
            #expect(abs(Int(vm.lifetime) - index) <= 10)
        }
    }

    /// Where all that is near has no factor, nothing can take its place.
    @Test func aSizeWithoutOthersNearStays() throws {
        let trace = try Trace(
            (0..<100).map {
                VirtualMachine(id: 0, cpu: $0 < 50 ? 1 : 2, mem: 1, arrival: Double($0), lifetime: 1)
            }
        )
        let changed = try trace.resampled(FlavorMix(factors: [0, 1]), neighbourhood: 5, seed: 5)
        #expect(changed.vms.prefix(45).allSatisfy { $0.cpu == 1 })
        #expect(changed.vms.dropFirst(46).allSatisfy { $0.cpu == 2 })
    }

    @Test func theSeedDecides() throws {
        let trace = try trace(count: 2000)
        let mix = try FlavorMix(for: trace, strength: 1, seed: 3)
        #expect(try mix == FlavorMix(for: trace, strength: 1, seed: 3))
        #expect(try mix != FlavorMix(for: trace, strength: 1, seed: 4))
        let changed = try trace.resampled(mix, seed: 1).vms
        #expect(try trace.resampled(mix, seed: 1).vms == changed)
        #expect(try trace.resampled(mix, seed: 2).vms != changed)
    }

    @Test func impossibleMixes() throws {
        let trace = try trace(count: 10)
        #expect(throws: SchedulingError.self) { try FlavorMix(factors: [1, -0.5]) }
        #expect(throws: SchedulingError.self) { try FlavorMix(factors: [.nan]) }
        #expect(throws: SchedulingError.self) { try FlavorMix(factors: [4097]) }
        #expect(throws: SchedulingError.self) { try FlavorMix(for: trace, strength: 3.1, seed: 1) }
        #expect(throws: SchedulingError.self) { try FlavorMix(for: trace, strength: -1, seed: 1) }
        #expect(throws: SchedulingError.self) { try trace.resampled(FlavorMix(factors: [1]), seed: 1) }
        let mix = try FlavorMix(for: trace, strength: 1, seed: 1)
        for neighbourhood in [0, 16_001] {
            #expect(throws: SchedulingError.self) { try trace.resampled(mix, neighbourhood: neighbourhood, seed: 1) }
        }
    }
}
