/// The names that callers give to resources, traits and kinds of servers.
package enum Names {
    /// The most bytes of a name.
    package static let longest = 255

    /// Refuses names that are empty, too long, of several lines or there twice.
    ///
    /// - Parameter kind: what messages call what is named.
    static func check(_ names: [String], of kind: String) throws(SchedulingError) {
        for (index, name) in names.enumerated() {
            guard !name.isEmpty else { throw SchedulingError(.invalidArgument, "\(kind) \(index) has no name") }
            if let detail = refusal(of: name) {
                throw SchedulingError(.invalidArgument, "the name of \(kind) \(index) \(detail)")
            }
            guard !names[..<index].contains(name) else {
                throw SchedulingError(.invalidArgument, "\(kind) \(name) is there twice")
            }
        }
    }

    /// What is wrong with a name, if something is, to follow "the name".
    package static func refusal(of name: String) -> String? {
        guard name.utf8.count <= longest else {
            return "has \(name.utf8.count) bytes; at most \(longest) are allowed"
        }
        // Files tell the names a line each, and C ends them with a zero byte.
        guard !name.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
            return "\(name.debugDescription) has a line end or a zero byte; it must not"
        }
        return nil
    }
}
