internal import SpaneScheduling

/// How the VMs of a trace arrive.
public struct ArrivalSummary: Equatable, Sendable {
    /// VMs an hour, from the first arrival to the last; 0 if they are at the same time.
    public var meanPerHour: Double
    /// The VMs of the fullest hour; hours begin at multiples of 3600 s.
    public var peakPerHour: Int
    /// The share of the VMs after the first that arrive in the same second as the one before, 0 ... 1.
    public var sameSecondShare: Double
    /// The share of the VMs that arrive in each of the 24 hours of a day; a day begins at a multiple of 86,400 s.
    public var hourShares: [Double]

    /// Summarises VMs in order of arrival.
    ///
    /// - Complexity: O(n).
    init(_ vms: [VirtualMachine]) {
        meanPerHour = 0
        peakPerHour = 0
        sameSecondShare = 0
        hourShares = Array(repeating: 0, count: 24)
        guard let first = vms.first, let last = vms.last else { return }
        if last.arrival > first.arrival { meanPerHour = Double(vms.count) * 3600 / (last.arrival - first.arrival) }
        var hour = -Double.infinity
        var second = -Double.infinity
        var inThisHour = 0
        var sameSecond = 0
        for vm in vms {
            let itsHour = (vm.arrival / 3600).rounded(.down)
            inThisHour = itsHour == hour ? inThisHour + 1 : 1
            hour = itsHour
            peakPerHour = max(peakPerHour, inThisHour)
            if vm.arrival.rounded(.down) == second { sameSecond += 1 }
            second = vm.arrival.rounded(.down)
            let hourOfDay = itsHour - (itsHour / 24).rounded(.down) * 24
            hourShares[Int(hourOfDay)] += 1
        }
        if vms.count > 1 { sameSecondShare = Double(sameSecond) / Double(vms.count - 1) }
        for index in hourShares.indices { hourShares[index] /= Double(vms.count) }
    }
}
