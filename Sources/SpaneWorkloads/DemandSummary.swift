public import SpaneScheduling

/// What the VMs of a trace would use from the first arrival to the last if none ever waited.
///
/// Divided by the capacity of a cluster, the mean says how far the trace saturates it.
public struct DemandSummary: Equatable, Sendable {
    /// The mean cores and GB in use over that time; 0 if it has no length.
    public var mean: Resources
    /// The most cores and the most GB in use, each at its own moment.
    public var peak: Resources
    /// The mean of each further resource of the trace; missing ones are 0.
    public var meanExtras: [Double]
    /// The most of each further resource, each at its own moment.
    public var peakExtras: [Double]

    /// Summarises VMs in order of arrival.
    ///
    /// - Complexity: O(n log n).
    init(_ vms: [VirtualMachine]) {
        mean = Resources(cpu: 0, mem: 0)
        peak = Resources(cpu: 0, mem: 0)
        let extras = vms.reduce(0) { max($0, $1.extras.count) }
        meanExtras = Array(repeating: 0, count: extras)
        peakExtras = meanExtras
        guard let first = vms.first, let last = vms.last else { return }
        let span = last.arrival - first.arrival
        if span > 0 {
            for vm in vms {
                let share = min(vm.lifetime, last.arrival - vm.arrival) / span
                mean.cpu += vm.cpu * share
                mean.mem += vm.mem * share
                for (place, amount) in vm.extras.enumerated() { meanExtras[place] += amount * share }
            }
        }
        findPeak(vms)
    }

    /// Follows arrivals and departures; what ends at a time has left before what arrives at it.
    private mutating func findPeak(_ vms: [VirtualMachine]) {
        let departures = vms.indices.sorted { vms[$0].arrival + vms[$0].lifetime < vms[$1].arrival + vms[$1].lifetime }
        var next = 0
        var used = Resources(cpu: 0, mem: 0)
        var usedExtras = peakExtras
        for vm in vms where vm.lifetime > 0 {
            while next < departures.count {
                let leaving = vms[departures[next]]
                guard leaving.arrival + leaving.lifetime <= vm.arrival else { break }
                if leaving.lifetime > 0 {
                    used.cpu -= leaving.cpu
                    used.mem -= leaving.mem
                    for (place, amount) in leaving.extras.enumerated() { usedExtras[place] -= amount }
                }
                next += 1
            }
            used.cpu += vm.cpu
            used.mem += vm.mem
            peak.cpu = max(peak.cpu, used.cpu)
            peak.mem = max(peak.mem, used.mem)
            for (place, amount) in vm.extras.enumerated() {
                usedExtras[place] += amount
                peakExtras[place] = max(peakExtras[place], usedExtras[place])
            }
        }
    }
}
