/// The parts of a request that most requests do not have.
package final class RequestTerms: Hashable, Sendable {
    /// In steps of the ``Grid``, in the order of ``Layout/extraResources``: what each node gives, then what the server gives.
    package let extras: [Double]
    /// The traits that a server must have; see ``ServerType/traits``.
    package let require: UInt64
    /// The traits that a server must not have.
    package let forbid: UInt64
    /// The largest distance between two of its nodes.
    package let farthest: UInt8
    /// Traits that a server should have: those that have more of them come first.
    package let prefer: UInt64

    package init(extras: [Double], require: UInt64, forbid: UInt64, farthest: UInt8, prefer: UInt64 = 0) {
        self.extras = extras
        self.require = require
        self.forbid = forbid
        self.farthest = farthest
        self.prefer = prefer
    }

    /// Whether such terms ask for nothing.
    var isEmpty: Bool { extras.allSatisfy { $0 == 0 } && require | forbid | prefer == 0 && farthest == .max }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(extras)
        hasher.combine(require)
        hasher.combine(forbid)
        hasher.combine(farthest)
        hasher.combine(prefer)
    }

    package static func == (left: RequestTerms, right: RequestTerms) -> Bool {
        left === right
            || (left.extras == right.extras && left.require == right.require && left.forbid == right.forbid
                && left.farthest == right.farthest && left.prefer == right.prefer)
    }
}
