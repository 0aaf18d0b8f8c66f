/// Where a trace comes from and what may be done with it.
public struct TraceDescription: Equatable, Sendable {
    /// Its origin: a file name, or the command that generated it.
    public var source: String
    /// Its licence, such as `CC BY-NC 4.0`.
    public var licence: String
    /// SHA-256 of its columns in hexadecimal; see ``TraceFile/contentHash(of:)``.
    public internal(set) var contentHash: String

    /// Describes a trace that is about to be written; writing fills in the hash.
    public init(source: String, licence: String) {
        self.source = source
        self.licence = licence
        contentHash = ""
    }
}
