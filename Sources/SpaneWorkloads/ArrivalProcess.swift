internal import SpaneSystem
internal import SpaneScheduling

/// The state of a generation: time goes on in slots, and each kind brings its arrivals of the slot.
struct ArrivalProcess {
    /// The VMs that have arrived before the current slot.
    private(set) var arrivedCount = 0

    private let workload: SyntheticWorkload
    private var generators: [Xoshiro256StarStar]
    private var dayGenerator: Xoshiro256StarStar
    private var dayFactor = 1.0
    private var slot = 0
    private var arrivalsPerSlot: [Int] = []
    private var vms: [VirtualMachine] = []

    /// The length of a slot in seconds; rates are constant inside one.
    static let slotLength = 900
    private static let slotsPerDay = 96
    private static let largestCampaign = 100_000.0
    private static let secondsPerDay = 86_400.0

    /// The bytes that it takes to draw `count` VMs.
    ///
    /// The VMs stand in an array that doubles, and a last campaign may bring more than were asked for. Then their order is
    /// sorted, beside them; the VMs in order come last.
    static func bytes(toDraw count: Int) -> Int {
        3 * (count + Int(largestCampaign)) * MemoryLayout<VirtualMachine>.stride
    }

    init(_ workload: SyntheticWorkload) {
        self.workload = workload
        generators = workload.kinds.indices.map { Xoshiro256StarStar(seed: workload.seed, stream: UInt64($0) + 1) }
        dayGenerator = Xoshiro256StarStar(seed: workload.seed, stream: 0)
    }

    /// Generates the slot and goes to the next one.
    ///
    /// - Returns: false if no VM is to come and no kind has any demand in this phase.
    mutating func advance() -> Bool {
        if slot.isMultiple(of: Self.slotsPerDay) { beginDay() }
        let phase = workload.phaseStarts.count { $0 <= arrivedCount }
        var isAlive = false
        for index in workload.kinds.indices {
            let kind = workload.kinds[index]
            let perSecond = kind.perDay(inPhase: phase) * workload.rateScale / Self.secondsPerDay
            guard perSecond > 0 else { continue }
            isAlive = true
            switch kind.pattern {
            case .routine:
                addRoutine(index, perSecond: perSecond)
            case .campaign(let size, let batch):
                let size = max(size, 1)
                addCampaigns(index, perSecond: perSecond * campaignFactor() / size, size: size, batch: batch)
            }
        }
        if slot < arrivalsPerSlot.count { arrivedCount += arrivalsPerSlot[slot] }
        slot += 1
        return isAlive || slot < arrivalsPerSlot.count
    }

    /// The first `count` VMs by arrival, numbered from 0; VMs of the same second stay in order of generation.
    ///
    consuming func takeVirtualMachines(
        _ count: Int,
        _ progress: Progress
    ) throws(SchedulingError) -> [VirtualMachine] {
        var order = Array(vms.indices)
        try progress.sort(&order) { (vms[$0].arrival, $0) < (vms[$1].arrival, $1) }
        guard let first = order.first else { return [] }
        let origin = vms[first].arrival
        return try order.prefix(count).enumerated().map { (position, index) throws(SchedulingError) in
            try progress.part(0.5, 1).check(step: position, of: count)
            var vm = vms[index]
            vm.id = Int64(position)
            vm.arrival -= origin
            return vm
        }
    }

    private mutating func beginDay() {
        let spread = workload.dayVariation
        dayFactor = exp(spread * dayGenerator.normal() - spread * spread / 2)
    }

    /// What day and hour multiply the rate of campaigns by; its mean is 1.
    private func campaignFactor() -> Double {
        let middle = (Double(slot) + 0.5) * Double(Self.slotLength)
        let strength = workload.dailyAmplitude
        let wave = 1 + strength * cos(2 * Double.pi * (middle - workload.dailyPeak) / Self.secondsPerDay)
        return dayFactor * wave * wave / (1 + strength * strength / 2)
    }

    private mutating func addRoutine(_ index: Int, perSecond: Double) {
        let end = Double((slot + 1) * Self.slotLength)
        var time = Double(slot * Self.slotLength) + generators[index].exponential() / perSecond
        while time < end {
            add(index, at: time, shared: 0, share: 0)
            time += generators[index].exponential() / perSecond
        }
    }

    private mutating func addCampaigns(_ index: Int, perSecond: Double, size: Double, batch: Double) {
        let end = Double((slot + 1) * Self.slotLength)
        var time = Double(slot * Self.slotLength) + generators[index].exponential() / perSecond
        while time < end {
            addCampaign(index, at: time, meanSize: size, meanBatch: batch)
            time += generators[index].exponential() / perSecond
        }
    }

    private mutating func addCampaign(_ index: Int, at start: Double, meanSize: Double, meanBatch: Double) {
        let spread = meanSize > 1 ? workload.campaignSpread : 0
        let size = min(meanSize * exp(spread * generators[index].normal() - spread * spread / 2), Self.largestCampaign)
        // Rounding up with the chance of the fraction keeps the mean.
        var left = Int(size + generators[index].uniform())
        let shared = generators[index].normal()
        let isLaunch = generators[index].uniform() < workload.launchShare
        var time = start
        while left > 0 {
            let batch = isLaunch ? left : min(left, generators[index].geometric(mean: meanBatch))
            for _ in 0..<batch { add(index, at: time, shared: shared, share: workload.campaignShare) }
            left -= batch
            time += workload.batchGap * generators[index].exponential()
        }
    }

    private mutating func add(_ index: Int, at time: Double, shared: Double, share: Double) {
        let kind = workload.kinds[index]
        var lifetime = kind.lifetime
        lifetime.median *= workload.lifetimeScale
        let seconds = lifetime.sample(shared: shared, share: share, using: &generators[index])
        let arrival = time.rounded(.down)
        let arrivalSlot = Int(arrival) / Self.slotLength
        while arrivalsPerSlot.count <= arrivalSlot { arrivalsPerSlot.append(0) }
        arrivalsPerSlot[arrivalSlot] += 1
        vms.append(VirtualMachine(id: 0, cpu: kind.cpu, mem: kind.mem, arrival: arrival, lifetime: seconds))
    }
}
