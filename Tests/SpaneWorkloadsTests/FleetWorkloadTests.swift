import SpaneScheduling
import SpaneWorkloads
import Testing

/// Simulated fleets.
@Suite struct FleetWorkloadTests {
    private static let day = 86_400.0

    private func workload(
        _ kind: FleetKind = .coreBound,
        servers: Int = 30,
        load: Double = 0.9,
        days: Double = 4,
        seed: UInt64 = 1
    ) -> FleetWorkload { FleetWorkload(kind, servers: servers, load: load, days: days, seed: seed) }

    @Test(arguments: FleetKind.allCases)
    func theSameSeedGivesTheSameFleet(kind: FleetKind) throws {
        let (one, same, other) = (workload(kind), workload(kind), workload(kind, seed: 2))
        // In another order.
        let outages = try same.makeOutages()
        let vms = try same.makeVirtualMachines()
        #expect(try one.makeFleet() == same.makeFleet())
        #expect(try one.makeVirtualMachines() == vms)
        #expect(try one.makeOutages() == outages)
        #expect(try one.makeFleet().typeOfServer != other.makeFleet().typeOfServer)
        #expect(try one.makeFleet().counts == [10, 10, 10])
        #expect(try other.makeVirtualMachines() != vms)
        #expect(try other.makeOutages() != outages)
    }

    /// What one part of a fleet is drawn from is no other part's.
    @Test func partsAreIndependent() throws {
        let base = workload()
        let fuller = workload(load: 1.1)
        #expect(try fuller.makeFleet() == base.makeFleet())
        #expect(try fuller.makeOutages() == base.makeOutages())
        #expect(try workload(.memoryBound).makeOutages() == base.makeOutages())
        #expect(try workload(.memoryBound).makeFleet().typeOfServer == base.makeFleet().typeOfServer)
        // A shorter one is the beginning of a longer one.
        let vms = try workload(days: 6).makeVirtualMachines()
        #expect(try Array(vms.prefix { $0.arrival < 4 * Self.day }) == base.makeVirtualMachines())
    }

    @Test(arguments: FleetKind.allCases)
    func everyVMFitsAnEmptyServer(kind: FleetKind) throws {
        for servers in [1, 2, 3, 40] {
            let workload = workload(kind, servers: servers, days: servers < 4 ? 60 : 4)
            let (fleet, vms) = (try workload.makeFleet(), try workload.makeVirtualMachines())
            #expect(zip(vms, vms.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
            #expect(vms.enumerated().allSatisfy { $0.element.id == Int64($0.offset) })
            #expect(vms.allSatisfy { $0.arrival >= 0 && $0.arrival == $0.arrival.rounded() })
            #expect(vms.allSatisfy { $0.lifetime >= 1 && $0.lifetime == $0.lifetime.rounded() })
            let types = zip(fleet.types, fleet.counts).filter { $0.1 > 0 }.map(\.0)
            for flavor in try workload.makeTrace().flavors {
                let (cpu, mem) = (flavor.cpu / Double(flavor.span), flavor.mem / Double(flavor.span))
                #expect(
                    types.contains { type in
                        type.nodes.count { $0[0] >= cpu && $0[1] >= mem } >= flavor.span
                    },
                    "\(flavor)"
                )
            }
            // What makes sure of it in every command.
            _ = try Scenario(workload.makeTrace(), on: fleet)
            #expect(fleet.layout.nodes == (kind == .eightNodes ? 8 : kind == .singleNode ? 1 : 2))
        }
    }

    /// What would run if nothing were refused, as a share of what the servers have: the mean over a part of the time.
    private func demand(
        _ vms: [VirtualMachine],
        _ fleet: Fleet,
        _ from: Double,
        _ to: Double
    ) -> (cpu: Double, mem: Double) {
        var used = (cpu: 0.0, mem: 0.0)
        for vm in vms {
            let time = min(vm.arrival + vm.lifetime, to) - max(vm.arrival, from)
            guard time > 0 else { continue }
            used.cpu += vm.cpu * time / (to - from)
            used.mem += vm.mem * time / (to - from)
        }
        var all = (cpu: 0.0, mem: 0.0)
        for (type, count) in zip(fleet.types, fleet.counts) {
            all.cpu += Double(count) * type.nodes.reduce(0) { $0 + $1[0] }
            all.mem += Double(count) * type.nodes.reduce(0) { $0 + $1[1] }
        }
        return (used.cpu / all.cpu, used.mem / all.mem)
    }

    /// Within 3 % of the load over some seeds, of the resource that binds, and as much at the beginning as at the end.
    @Test(arguments: FleetKind.allCases)
    func theLoadIsNearStationary(kind: FleetKind) throws {
        let (days, load) = (10.0, 0.9)
        var sums = (first: 0.0, second: 0.0, other: 0.0)
        let seeds: [UInt64] = [1, 2, 3, 4]
        for seed in seeds {
            let workload = workload(kind, servers: 300, load: load, days: days, seed: seed)
            let (fleet, vms) = (try workload.makeFleet(), try workload.makeVirtualMachines())
            let halves = [0, days / 2].map { from in
                demand(vms, fleet, from * Self.day, (from + days / 2) * Self.day)
            }
            let isMemory = kind == .memoryBound
            sums.first += isMemory ? halves[0].mem : halves[0].cpu
            sums.second += isMemory ? halves[1].mem : halves[1].cpu
            sums.other += halves.reduce(0) { $0 + (isMemory ? $1.cpu : $1.mem) / 2 }
        }
        let count = Double(seeds.count)
        let (first, second, other) = (sums.first / count, sums.second / count, sums.other / count)
        #expect(abs((first + second) / 2 - load) < 0.03 * load)
        #expect(abs(first - second) < 0.04 * load)
        // There is more than enough of the other resource.
        #expect(other < 0.95 * load)
    }

    /// At the start there are as many as later: VMs with what is left of long lifetimes.
    @Test func thePopulationAtTheStart() throws {
        let vms = try workload(servers: 300, days: 4).makeVirtualMachines()
        let population = vms.prefix { $0.arrival == 0 }.count
        let later = vms.count { $0.arrival <= 3 * Self.day && $0.arrival + $0.lifetime > 3 * Self.day }
        #expect(abs(Double(later) / Double(population) - 1) < 0.05)
    }

    /// The rate at t is 1 + 0.4 cos(2 pi (t - 14 h) / day) of its mean; three of four VMs are short.
    @Test func dayAndNight() throws {
        let vms = try workload(servers: 300, days: 10).makeVirtualMachines().drop { $0.arrival == 0 }
        func arrivals(around hour: Double) -> Double {
            Double(
                vms.count { vm in
                    let apart = vm.arrival / 3600 - hour
                    return abs(apart - 24 * (apart / 24).rounded()) < 1.5
                }
            )
        }
        // The mean of the cosine over three hours about its peak is 0.9745.
        let ratio = (1 + 0.4 * 0.9745) / (1 - 0.4 * 0.9745)
        #expect(abs(arrivals(around: 14) / arrivals(around: 2) - ratio) < 0.1 * ratio)
        #expect(abs(arrivals(around: 8) / arrivals(around: 20) - 1) < 0.1)
        // Of those with a median of an hour 95.8 % end within eight, of those with one of three days hardly any.
        let brief = vms.count { $0.lifetime <= 8 * 3600 }
        #expect(abs(Double(brief) / Double(vms.count) - 0.75 * 0.958) < 0.02)
    }

    @Test func outages() throws {
        let workload = workload(servers: 1000, days: 365)
        let outages = try workload.makeOutages()
        #expect(zip(outages, outages.dropFirst()).allSatisfy { $0.start <= $1.start })
        #expect(outages.allSatisfy { (0..<1000).contains($0.server) && (0..<365 * Self.day).contains($0.start) })
        #expect(outages.allSatisfy { abs($0.end - $0.start - ($0.isFailure ? Self.day : Self.day / 4)) < 1e-3 })
        // Twice a year each server fails, and six times it is drained.
        #expect(abs(Double(outages.count { $0.isFailure }) / (1000 * 365 / 180) - 1) < 0.06)
        #expect(abs(Double(outages.count { !$0.isFailure }) / (1000 * 365 / 60) - 1) < 0.06)
        for one in Dictionary(grouping: outages, by: \.server).values {
            #expect(zip(one, one.dropFirst()).allSatisfy { $0.end <= $1.start })
        }
        // Even one that is away for an eighth of the time is never away twice at once.
        let alone = try FleetWorkload(.coreBound, servers: 1, load: 1, days: 365, seed: 3).makeOutages()
        #expect(zip(alone, alone.dropFirst()).allSatisfy { $0.end <= $1.start })
    }

    @Test func whatIsRefused() throws {
        for wrong in [
            workload(servers: 0), workload(servers: 100_001), workload(load: 0), workload(load: .nan),
            workload(load: 2.1),
            workload(days: 0), workload(days: .infinity), workload(days: -1),
        ] {
            #expect(throws: SchedulingError.self) { try wrong.makeFleet() }
            #expect(throws: SchedulingError.self) { try wrong.makeVirtualMachines() }
            #expect(throws: SchedulingError.self) { try wrong.makeOutages() }
        }
        let error = SchedulingError(
            .invalidTrace,
            "the single-node fleet with servers = 1, load = 0.001, days = 0.5 has 0 VMs; at least 3 are needed, from more "
                + "servers, load or days"
        )
        #expect(throws: error) { try workload(.singleNode, servers: 1, load: 0.001, days: 0.5).makeTrace() }
    }

    @Test func makingVMsCanBeCancelled() throws {
        let error = #expect(throws: SchedulingError.self) {
            // Told at once, as work is asked for a share of it now and then only.
            var calls = 0
            let progress = Progress { _ in
                calls += 1
                return false
            }
            try progress.part(0, 0.5).finish()
            _ = try workload(servers: 300).makeTrace(progress: progress)
        }
        #expect(error?.code == .cancelled)
    }
}
