/// How the VMs of a kind arrive.
public enum ArrivalPattern: Equatable, Sendable {
    /// One at a time, a Poisson process with the same rate at every hour of the day.
    case routine
    /// In campaigns that follow the daily cycle; each brings batches of identical VMs.
    ///
    /// - Parameters:
    ///   - size: the mean number of VMs of a campaign, 1 or more.
    ///   - batch: the mean number of VMs that arrive in one second, 1 or more.
    case campaign(size: Double, batch: Double)
}
