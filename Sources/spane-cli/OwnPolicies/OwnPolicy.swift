import ArgumentParser
import SpaneEvaluation
import SpaneStorage

/// A policy of one's own, as it is named on the command line: `FILE.py`, `FILE.py:OBJECT`, or `FILE.so`.
struct OwnPolicy {
    /// What a file has.
    enum Kind {
        /// A callable of this name.
        case python(object: String)
        /// The function `spane_decide`; see `spane_decide_callback` in spane.h.
        case plugin
    }

    let file: String
    let kind: Kind

    static let usage = "policies of your own as FILE.py:OBJECT or FILE.so (docs/policies.md)"

    /// - Parameter name: a policy as it is named; `nil` for one that is none of one's own.
    init?(_ name: String) {
        if name.hasSuffix(".so") {
            (file, kind) = (name, .plugin)
        } else if name.hasSuffix(".py") {
            (file, kind) = (name, .python(object: "policy"))
        } else if let colon = name.lastIndex(of: ":"), name[..<colon].hasSuffix(".py") {
            (file, kind) = (String(name[..<colon]), .python(object: String(name[name.index(after: colon)...])))
        } else {
            return nil
        }
    }

    /// The policy, ready to decide.
    ///
    /// - Throws: when the file is missing, or has no such object or function.
    func load() throws -> ExternalPolicy {
        _ = try File.size(file)
        switch kind {
        case .python(let object): return try PythonPolicy.start(file, object)
        case .plugin: return try PluginPolicy.load(file)
        }
    }
}
