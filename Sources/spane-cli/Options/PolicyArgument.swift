import ArgumentParser
import SpaneEvaluation
import SpaneScheduling
import SpaneStorage

/// A policy as it is named on the command line: a heuristic, a weights file, or one of one's own.
struct PolicyArgument: ExpressibleByArgument {
    let name: String

    init(argument: String) { name = argument }

    /// What it is where it is one of one's own.
    var own: OwnPolicy? { OwnPolicy(name) }

    /// - Parameter mix: see ``MixOptions``.
    func source(mix: ExpectedFlavors? = nil) throws -> PolicySource {
        if let heuristic = Heuristic(name: name, mix: mix) { return .heuristic(heuristic) }
        if let own { return .external(try own.load()) }
        // A word that looks like no file is more likely a misspelt heuristic than a file that is missing.
        if !name.contains("/"), !name.contains("."), !File.exists(name) {
            throw ValidationError(
                "The policy '\(name)' is unknown; it must be \(Heuristic.names.joined(separator: ", ")) or a weights file."
            )
        }
        return .model(try WeightsFile.read(name).model)
    }

    /// The file of a network or of a policy of one's own; `nil` for a heuristic.
    func file(of source: PolicySource) -> String? { if case .model = source { name } else { own?.file } }

    /// The source where single decisions are asked for.
    func singleSource(mix: ExpectedFlavors?) throws -> PolicySource {
        if own != nil {
            throw ValidationError(
                "\(name) decides about many episodes at once; it can take part in 'spane evaluate' and 'spane experiment' alone."
            )
        }
        return try source(mix: mix)
    }
}

extension PolicySource {
    /// Notes on standard error that a network plays on servers that it was not made for.
    func noteMismatch(of name: String, with fleet: Fleet) {
        guard let mismatch = mismatch(with: fleet) else { return }
        StandardError.write("note: \(name): \(mismatch)\n")
    }
}
