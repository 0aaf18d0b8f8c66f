package import SpaneNetworks

/// The validations so far, and the best network among them.
package struct ValidationHistory: Sendable {
    /// One validation.
    package struct Entry: Equatable, Sendable {
        /// The steps done before it.
        package let step: Int
        /// What came out.
        package let result: Validation.Result
    }

    /// In the order of their steps.
    package private(set) var entries: [Entry] = []
    /// The index of the best one, the first of equals.
    package private(set) var bestIndex: Int?
    /// The network of the best one.
    package private(set) var bestModel: Model?

    package init() {}

    /// Takes over validations; `model` is the network of the best one.
    init(_ entries: [Entry], bestModel model: Model?) {
        self.entries = entries
        bestModel = model
        for (index, entry) in entries.enumerated() where isBetter(entry.result) { bestIndex = index }
    }

    /// The best validation.
    package var best: Entry? { bestIndex.map { entries[$0] } }

    /// Adds a validation.
    ///
    /// - Returns: whether it is the best so far.
    mutating func add(_ result: Validation.Result, of model: Model, step: Int) -> Bool {
        let isBest = isBetter(result)
        entries.append(Entry(step: step, result: result))
        if isBest {
            bestIndex = entries.count - 1
            bestModel = model
        }
        return isBest
    }

    private func isBetter(_ result: Validation.Result) -> Bool {
        best.map { result.value < $0.result.value } ?? true
    }

    /// Whether the last `patience` results are equal; never for a patience of 0.
    func isStuck(patience: Int) -> Bool {
        guard patience > 0, entries.count >= patience, let last = entries.last else { return false }
        return entries.suffix(patience).allSatisfy { $0.result.value == last.result.value }
    }
}
