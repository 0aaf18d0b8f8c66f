import ArgumentParser
import SpaneExperiments

/// The options that say how an experiment is summarised.
struct SummaryOptions: ParsableArguments {
    @Option(help: "Total wait in seconds above which an episode counts as bad.")
    var threshold = SummarySettings().threshold

    @OptionGroup var intervals: IntervalOptions

    var settings: SummarySettings {
        var settings = intervals.settings
        settings.threshold = threshold
        return settings
    }
}

/// The options that say what figures are compared with, and how sure they are.
struct IntervalOptions: ParsableArguments {
    @Option(help: "Policy or group to compare the others with. [default: the first]")
    var baseline: String?

    @Option(help: "Confidence level of the intervals.")
    var confidence = SummarySettings().confidence

    @Option(
        help: ArgumentHelp(
            "Block length of the bootstrap. [default: four times the overlap, at most an eighth of all episodes]",
            valueName: "episodes"
        )
    )
    var block: Int?

    @Option(
        help: ArgumentHelp(
            "How wide the interval of a group's mean over seeds may be, as a share of the mean, such as 0.05: the summary says "
                + "whether there are enough seeds, and how many are missing.",
            valueName: "share"
        )
    )
    var seedWidth: Double?

    @Option(help: "Number of bootstrap resamples.")
    var resamples = SummarySettings().resamples

    @Option(help: "Random seed of the bootstrap.")
    var bootstrapSeed = SummarySettings().seed

    var settings: SummarySettings {
        var settings = SummarySettings()
        settings.baseline = baseline
        settings.confidence = confidence
        settings.blockLength = block
        settings.resamples = resamples
        settings.seed = bootstrapSeed
        settings.seedWidth = seedWidth
        return settings
    }
}
