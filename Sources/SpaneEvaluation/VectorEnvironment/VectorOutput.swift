public import SpaneScheduling

/// Where a ``VectorEnvironment`` writes, a row for each environment; rows of different environments are written at once by several
/// threads.
public protocol VectorOutput: Sendable {
    /// Takes what a step did, before the environment is reset; `nil` for a reset.
    func report(_ step: Environment.Step?, _ environment: borrowing Environment, row: Int)

    /// Takes what an environment shows.
    func show(_ environment: borrowing Environment, row: Int)

    /// Takes what an environment shows at the end of an episode, with ``VectorConfiguration/Autoreset/sameStep`` alone.
    func showEnd(_ environment: borrowing Environment, row: Int)
}
