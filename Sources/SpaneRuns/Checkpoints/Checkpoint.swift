internal import SpaneTraining

/// Everything that a run needs to resume as if nothing had happened.
struct Checkpoint {
    /// The identity of its configuration.
    var identity: String
    /// What was read.
    var inputs: [TrainingData.Input]
    /// The state of the learner.
    var learner: LearnerState
    /// The steps done.
    var step: Int
    /// The time that the run took so far, in seconds.
    var seconds: Double
    /// How long the logs are.
    var lengths: RunLogs.Lengths
    /// The validations so far.
    var validations: [ValidationHistory.Entry]
    /// The parameters of the best network, one after the other; empty before the first validation.
    var bestParameters: [Float]
    /// Why the run has ended; empty while it has not.
    var end: String
}
