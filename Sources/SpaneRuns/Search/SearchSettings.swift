internal import SpaneSettings

/// `[search]`: which trials there are, and what is kept of them.
package struct SearchSettings: Sendable {
    /// How values are chosen.
    package enum Method: String, CaseIterable, Sendable {
        /// Each trial draws its own.
        case random
        /// Every combination is tried once.
        case grid
        /// A tree-structured Parzen estimator, which learns from the trials before.
        case tpe
        /// The evolution strategy of that name, which does so too.
        case cmaES = "cma-es"

        /// Whether the values of a trial follow from those before, which this program leaves to Optuna.
        package var learns: Bool { self == .tpe || self == .cmaES }
    }

    /// How values are chosen.
    package var method = Method.random
    /// The trials; 0 for every combination of a grid.
    package var trials = 0
    /// The seed of the search, from which the seed of each trial follows.
    package var seed = 1
    /// How many of the best weights are kept.
    package var keep = 3
    /// The trials with which all later ones are compared; 0 for none.
    package var pruneAfter = 0

    /// The most trials of a search.
    package static let mostTrials = 1_000_000

    static var keys: [Setting<SearchSettings>] {
        [
            .choice(
                "method",
                \.method,
                "Search method: random, every combination of a grid once, or with --storage tpe and cma-es of Optuna."
            ),
            .integer("trials", \.trials, 0...mostTrials, "Number of trials; 0 for 100, or the whole grid."),
            .integer("seed", \.seed, 0...Int.max, "Random seed of the search, which determines those of the trials."),
            .integer("keep", \.keep, 1...mostTrials, "Number of best trials whose weights are kept."),
            .integer(
                "prune_after",
                \.pruneAfter,
                0...mostTrials,
                "Median pruning: so many first trials run to completion; a later one stops when its best validation result so far "
                    + "is worse than the median of theirs at that step. 0 to disable."
            ),
        ]
    }
}
