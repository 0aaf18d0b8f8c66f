import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// The option that says for which large VMs rules with `capacity-lost` keep room.
struct MixOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Trace whose VMs say for which large VMs rules with capacity-lost keep room, each size as often as it comes there. "
                + "[default: learned from what is asked for]",
            valueName: "file"
        )
    )
    var mix: String?

    /// The trace of `--mix`; `nil` without one.
    ///
    /// - Parameter trace: the file of the trace that is played, as standard input can be read once.
    func load(beside trace: String? = nil) throws -> GivenMix? {
        guard let mix else { return nil }
        guard mix != "-" || trace != "-" else {
            throw ValidationError("--trace and --mix are both -; standard input can be only one of them.")
        }
        let (loaded, description) = try loadTrace(mix)
        return GivenMix(file: mix, description: description, flavors: ExpectedFlavors(of: loaded))
    }
}

extension GivenMix? {
    /// Refuses a mix of which no policy makes use.
    func check(isUsedBy sources: [PolicySource]) throws {
        guard self != nil else { return }
        let isUsed = sources.contains { if case .heuristic(let rule) = $0 { rule.usesMix } else { false } }
        guard isUsed else {
            throw ValidationError("--mix is given, but no policy is a rule with capacity-lost, which it is for.")
        }
    }
}
