public import SpaneScheduling

/// How many environments a ``VectorEnvironment`` has, and what they play.
public struct VectorConfiguration: Sendable {
    /// What happens to an environment whose episode has ended, as Gymnasium defines it.
    public enum Autoreset: Sendable {
        /// The next step ignores its action and resets it.
        case nextStep
        /// It is reset in the step that ended the episode.
        case sameStep
        /// It must be reset before the next step.
        case disabled
    }

    /// The number of environments, at least 1.
    public var count: Int
    /// The threads that step them, the caller's among them, at least 1.
    public var threads: Int
    /// What happens after the end of an episode.
    public var autoreset: Autoreset
    /// The seed of the starts; environment i draws from stream i.
    public var seed: UInt64
    /// What starts are drawn from; the trace can serve every one of them.
    public var starts: Range<Int>
    /// When episodes end.
    public var end: EpisodeEnd

    /// Creates a configuration.
    public init(
        count: Int,
        threads: Int = 1,
        autoreset: Autoreset = .nextStep,
        seed: UInt64 = 0,
        starts: Range<Int>,
        end: EpisodeEnd = .automatic
    ) {
        precondition(count >= 1 && threads >= 1 && !starts.isEmpty, "there is nothing to play")
        self.count = count
        self.threads = threads
        self.autoreset = autoreset
        self.seed = seed
        self.starts = starts
        self.end = end
    }
}

/// One environment of many, and where its starts come from.
package struct VectorSlot: ~Copyable {
    package var environment: Environment
    package var generator: Xoshiro256StarStar
    /// Where its next start is in the list.
    package var position: Int
}
