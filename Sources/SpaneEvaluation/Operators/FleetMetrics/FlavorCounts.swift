public import SpaneScheduling

/// What the VMs of a trace ask for on some servers, and how often.
public struct FlavorCounts: Sendable {
    /// What a VM of each flavor asks for.
    public let requests: [Request]
    /// How many VMs of the trace are of each flavor.
    public let counts: [Int]

    /// The VMs.
    public var total: Int { counts.reduce(0, +) }

    /// Counts the flavors of a trace.
    ///
    /// - Complexity: O(VMs).
    public init(_ scenario: Scenario) {
        var counts = Array(repeating: 0, count: scenario.requests.count)
        for row in scenario.trace.rows { counts[Int(row.flavor)] += 1 }
        requests = scenario.requests
        self.counts = counts
    }
}

extension FlavorCounts {
    /// Flavors drawn in proportion to their counts, from which flavors can be taken out.
    struct Draws {
        private let counts: [Int]
        private var isOut: [Bool]
        private var generator: Xoshiro256StarStar
        // The flavors among which is drawn, and the sums of their counts up to each; some may have been taken out since.
        private var flavors: [Int] = []
        private var sums: [Int] = []
        private var left: Int

        init(_ mix: FlavorCounts, seed: UInt64) {
            counts = mix.counts
            isOut = mix.counts.map { $0 == 0 }
            generator = Xoshiro256StarStar(seed: seed)
            left = mix.total
            compact()
        }

        /// A flavor; `nil` when all are out.
        ///
        /// - Complexity: O(log flavors) on average.
        mutating func next() -> Int? {
            guard left > 0, let all = sums.last else { return nil }
            while true {
                let draw = generator.below(all)
                var (low, high) = (0, sums.count - 1)
                while low < high {
                    let middle = (low + high) / 2
                    if sums[middle] > draw { high = middle } else { low = middle + 1 }
                }
                if !isOut[flavors[low]] { return flavors[low] }
            }
        }

        /// Takes a flavor out.
        ///
        /// - Complexity: O(log VMs) for each flavor, over all removals.
        mutating func remove(_ flavor: Int) {
            guard !isOut[flavor] else { return }
            isOut[flavor] = true
            left -= counts[flavor]
            // So that no more than every second draw is in vain.
            if let all = sums.last, 2 * left < all { compact() }
        }

        private mutating func compact() {
            flavors = counts.indices.filter { !isOut[$0] }
            var sum = 0
            sums = flavors.map {
                sum += counts[$0]
                return sum
            }
        }
    }
}
