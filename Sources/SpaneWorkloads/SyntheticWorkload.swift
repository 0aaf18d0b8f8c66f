package import SpaneSystem
public import SpaneScheduling

/// A generator of VM traces that look like those of a public cloud: few sizes, lifetimes from seconds to weeks, bursts, a
/// daily cycle, and demand that changes from phase to phase.
///
/// The demand is a sum of independent ``JobKind``s. The same values give the same VMs, and a shorter trace is the beginning
/// of a longer one.
public struct SyntheticWorkload: Equatable, Sendable {
    /// The number of VMs, 0 or more.
    public var count: Int
    /// Selects one of the possible traces.
    public var seed: UInt64
    /// What is asked for.
    public var kinds: [JobKind]
    /// The number of VMs before each phase after the first, ascending.
    public var phaseStarts: [Int]
    /// Multiplies the arrival rate of every kind; above zero.
    public var rateScale: Double
    /// Multiplies the median of every lifetime; above zero.
    public var lifetimeScale: Double
    /// The strength `a` of the daily cycle of campaigns, 0 (none) ... 1.
    ///
    /// The rate at time t is multiplied by `(1 + a cos(2 pi (t - peak) / 86400))^2 / (1 + a^2 / 2)`, whose mean is 1.
    public var dailyAmplitude: Double
    /// The time of the day with most campaigns, in seconds after midnight (midnight is a multiple of 86,400 s).
    public var dailyPeak: Double
    /// The standard deviation of the logarithm of the factor that each day applies to its campaigns; 0 or more.
    public var dayVariation: Double
    /// The standard deviation of the logarithm of the size of a campaign; 0 or more.
    public var campaignSpread: Double
    /// The share of the campaigns whose VMs arrive all in the same second, 0 ... 1.
    public var launchShare: Double
    /// The mean time in seconds between two batches of a campaign; above zero.
    public var batchGap: Double
    /// The part of the variance of a lifetime's logarithm which the VMs of one campaign share, 0 ... 1.
    public var campaignShare: Double

    /// Creates a workload with the default demand.
    ///
    /// - Parameters:
    ///   - count: the number of VMs, 0 or more.
    ///   - seed: selects one of the possible traces.
    public init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
        kinds = Self.defaultKinds
        phaseStarts = [50_000, 70_000]
        rateScale = 1
        lifetimeScale = 1
        dailyAmplitude = 0.5
        dailyPeak = 16_200
        dayVariation = 0.1
        campaignSpread = 1
        launchShare = 0.45
        batchGap = 120
        campaignShare = 0.8
    }

    /// Refuses more VMs than ``makeVirtualMachines()`` has memory for.
    package func checkMemory() throws(OutOfMemory) {
        try Memory.check(bytes: ArrivalProcess.bytes(toDraw: count), for: "a trace of \(count) VMs")
    }

    /// The VMs: numbered from 0, in order of arrival, from second 0 on, in whole seconds.
    ///
    /// There are fewer than ``count`` only if a phase has no demand at all.
    ///
    /// - Complexity: O(n log n) for n VMs.
    public func makeVirtualMachines() -> [VirtualMachine] {
        // Without anyone who waits for it, nothing is thrown.
        (try? makeVirtualMachines(progress: .none)) ?? []
    }

    /// As ``makeVirtualMachines()``, telling how far it is.
    ///
    /// - Throws: `cancelled` only.
    package func makeVirtualMachines(progress: Progress) throws(SchedulingError) -> [VirtualMachine] {
        guard count > 0 else { return [] }
        var process = ArrivalProcess(self)
        while process.arrivedCount < count, process.advance() {
            try progress.part(0, 0.6).check(process.arrivedCount, of: count)
        }
        return try process.takeVirtualMachines(count, progress.part(0.6, 1))
    }
}
