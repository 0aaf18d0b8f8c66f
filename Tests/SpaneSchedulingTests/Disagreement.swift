/// What the library and an oracle do not agree about: cheaper than an expectation where there are millions.
struct Disagreement: Error {
    let file: String
    let line: Int
}

/// Throws a ``Disagreement`` unless something holds.
func check(_ holds: Bool, file: String = #fileID, line: Int = #line) throws(Disagreement) {
    if !holds { throw Disagreement(file: file, line: line) }
}
