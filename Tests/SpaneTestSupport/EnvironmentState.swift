package import SpaneScheduling

/// Everything that can be seen of an environment, as one value to compare.
package struct EnvironmentState: Equatable {
    package let clock: Double
    package let head: Int
    package let request: Request
    package let placedCount: Int
    package let totalWait: Double
    package let isFinished: Bool
    package let runningCount: Int
    package let free: [Resources]
    package let revision: UInt64
    package let earliestEnd: Double

    package init(_ environment: borrowing Environment) {
        clock = environment.clock
        head = environment.head
        request = environment.request
        placedCount = environment.placedCount
        totalWait = environment.totalWait
        isFinished = environment.isFinished
        runningCount = environment.runningCount
        free = environment.cluster.freeOfAllNodes
        revision = environment.cluster.revision
        earliestEnd = environment.departures.earliestEnd
    }
}

extension Environment {
    /// Everything that can be seen of this environment.
    package var state: EnvironmentState { EnvironmentState(self) }

    /// The mask as an array.
    package var mask: [UInt8] { cluster.mask(of: request) }
}
