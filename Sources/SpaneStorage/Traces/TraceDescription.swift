package import SpaneScheduling
internal import Synchronization

/// Where a trace comes from and what may be done with it.
public struct TraceDescription: Equatable, Sendable {
    /// Its origin: a file name, or the command that generated it.
    public var source: String
    /// Its licence, such as `CC BY-NC 4.0`.
    public var licence: String
    /// What a person should know of how it was read, a sentence each: what was left out. Kept in no file.
    public let notes: [String]
    private let hash: LazyHash?

    /// SHA-256 of its columns in hexadecimal, empty for a trace that is not known yet; see ``TraceFile/contentHash(of:)``.
    ///
    /// - Complexity: O(n) when it is asked for first.
    public var contentHash: String { hash?.value ?? "" }

    /// Describes a trace that is about to be written; writing finds the hash.
    public init(source: String, licence: String) {
        self.source = source
        self.licence = licence
        notes = []
        hash = nil
    }

    /// Describes a trace that was read.
    ///
    /// - Parameter contentHash: if it is known.
    init(source: String, licence: String, of trace: Trace, contentHash: String? = nil, notes: [String] = []) {
        self.source = source
        self.licence = licence
        self.notes = notes
        hash = LazyHash(trace, contentHash)
    }

    /// Describes a trace that is not at hand, by its hash.
    package init(source: String, licence: String, contentHash: String) {
        self.source = source
        self.licence = licence
        notes = []
        hash = LazyHash(nil, contentHash)
    }

    /// Describes some VMs of a trace, which are one of their own.
    init(_ whole: TraceDescription, part: Range<Int>, of trace: Trace) {
        self.init(
            source: "VMs \(part.lowerBound) ..< \(part.upperBound) of \(whole.source)",
            licence: whole.licence,
            of: trace,
            notes: whole.notes
        )
    }

    /// The same, and the hash of this trace where there was none.
    package func describing(_ trace: Trace) -> TraceDescription {
        hash == nil ? TraceDescription(source: source, licence: licence, of: trace, notes: notes) : self
    }

    /// Whether two say the same of the same trace.
    public static func == (left: TraceDescription, right: TraceDescription) -> Bool {
        left.source == right.source && left.licence == right.licence && left.contentHash == right.contentHash
            && left.notes == right.notes
    }
}

/// The hash of a trace, found when it is first asked for: that takes longer than reading a trace from text.
private final class LazyHash: Sendable {
    private let trace: Trace?
    private let known: Mutex<String?>

    /// - Parameter trace: `nil` only where the hash is known.
    init(_ trace: Trace?, _ known: String?) {
        self.trace = trace
        self.known = Mutex(known)
    }

    var value: String {
        known.withLock { known in
            let value = known ?? trace.map(TraceFile.contentHash) ?? ""
            known = value
            return value
        }
    }
}
