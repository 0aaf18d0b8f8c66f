internal import SpaneSystem

/// What a step is worth to a learner.
public enum Reward: Equatable, Sendable {
    /// -ln(1 + wait), with the wait in seconds.
    case logWait
    /// `logWait` plus `weight` times the change of ``ClusterState/balance`` since the placement before.
    case balance(weight: Double)

    /// -ln(1 + wait).
    static func logWait(_ wait: Double) -> Double {
        // Most VMs do not wait; the logarithm is a good part of a step.
        wait == 0 ? 0 : -log(1 + wait)
    }
}
