import ArgumentParser
import SpaneExperiments

/// The options that say how an experiment is summarised.
struct SummaryOptions: ParsableArguments {
    @Option(help: "The policy or group that the others are compared with. [default: the first]")
    var baseline: String?

    @Option(help: "An episode that waits longer than this, in seconds, counts as one of the bad ones.")
    var threshold = SummarySettings().threshold

    @Option(help: "The share of intervals that should hold the true value.")
    var confidence = SummarySettings().confidence

    @Option(
        help: ArgumentHelp(
            "Episodes that the block bootstrap draws together. [default: four times as many as overlap, at most an eighth]",
            valueName: "episodes"
        )
    )
    var block: Int?

    @Option(help: "How often the bootstrap draws.")
    var resamples = SummarySettings().resamples

    @Option(help: "The seed of the bootstrap.")
    var bootstrapSeed = SummarySettings().seed

    var settings: SummarySettings {
        var settings = SummarySettings()
        settings.baseline = baseline
        settings.threshold = threshold
        settings.confidence = confidence
        settings.blockLength = block
        settings.resamples = resamples
        settings.seed = bootstrapSeed
        return settings
    }
}
