import ArgumentParser
import SpaneEvaluation
import SpaneExperiments
import SpaneScheduling
import SpaneStorage

/// Who takes part in an experiment: a policy, or several under one name as `NAME=POLICY,POLICY`.
///
/// In a group a rule with a comma ends with its `+NODE`, which tells its commas from those between policies.
struct EntrantArgument: ExpressibleByArgument {
    private let group: String?
    private let members: [PolicyArgument]

    static let usage =
        "\(Heuristic.names.joined(separator: ", ")), weights files, \(OwnPolicy.usage), and groups of them as NAME=a.h5,b.h5, "
        + "in which a rule with a comma needs its +NODE, as in NAME=first-fit,l2,10*first+spread. NAME=FILE.py:OBJECT only "
        + "names a policy."

    init?(argument: String) {
        // A file may have an equals sign in its name.
        guard let sign = argument.firstIndex(of: "="), !File.exists(argument) else {
            (group, members) = (nil, [PolicyArgument(argument: argument)])
            return
        }
        let names = Self.members(argument[argument.index(after: sign)...])
        guard sign > argument.startIndex, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        (group, members) = (String(argument[..<sign]), names.map { PolicyArgument(argument: $0) })
    }

    /// The policies of a list with commas. Terms of a rule that have no `+NODE` belong to the next part if that is a term, up to
    /// the one that has it; where none has, each is a policy of its own.
    static func members(_ list: Substring) -> [String] {
        let parts = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        // A plus sign may also stand in a weight.
        func isOpen(_ part: String) -> Bool { RuleName("\(part)+spread") != nil }
        var names: [String] = []
        var next = 0
        while next < parts.count {
            let end = parts[next...].firstIndex { !isOpen($0) } ?? parts.count
            let isEnded = end < parts.count && RuleName(parts[end]) != nil
            let last = isEnded ? end : next
            names.append(parts[next...last].joined(separator: ","))
            next = last + 1
        }
        return names
    }

    /// The policies; members are called `GROUP/` and what tells their files apart.
    ///
    /// - Parameter mix: see ``MixOptions``.
    func policies(mix: ExpectedFlavors?) throws -> [Experiment.Policy] {
        // One policy of one's own is no group: the name is its own.
        let isNamed = members.count == 1 && members[0].own != nil
        let group = isNamed ? nil : group
        let names = group.map { group in Self.distinct(members.map(\.name)).map { "\(group)/\($0)" } }
        return try members.enumerated().map { index, member in
            let source = try member.source(mix: mix)
            let file = member.file(of: source)
            return Experiment.Policy(
                name: names?[index] ?? (isNamed ? self.group : nil) ?? member.name,
                group: group,
                source: source,
                file: file,
                contentHash: try file.map { path in try ContentHash.ofFile(path) }
            )
        }
    }

    /// The names without the folders and endings that all of them share: the 1 and 2 of `runs/1/best.h5` and `runs/2/best.h5`.
    static func distinct(_ paths: [String]) -> [String] {
        var parts = paths.map { path in
            (path.hasSuffix(".h5") ? path.dropLast(3) : path[...]).split(separator: "/").map(String.init)
        }
        func drop(_ end: KeyPath<[String], String?>, _ remove: (inout [String]) -> Void) {
            while parts.allSatisfy({ $0.count > 1 }), Set(parts.map { $0[keyPath: end] }).count == 1 {
                for index in parts.indices { remove(&parts[index]) }
            }
        }
        if paths.count == 1 { return [parts[0].last ?? paths[0]] }
        drop(\.first) { $0.removeFirst() }
        drop(\.last) { $0.removeLast() }
        return parts.map { $0.joined(separator: "/") }
    }
}
