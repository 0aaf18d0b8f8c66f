public import SpaneScheduling

extension Trace {
    /// The VMs on either side of one, among which another is drawn in its place.
    public static let mixNeighbourhood = 1000

    /// The same arrivals with another mix of sizes.
    ///
    /// Around every VM the share of each size is multiplied by its factor (and all are divided by the mean factor there).
    /// As few VMs change as that takes: one whose factor is at least the mean stays, another stays with probability
    /// factor / mean, and else becomes a copy of a VM nearby that is to be more frequent. Size and lifetime are copied
    /// together, so every size keeps its lifetimes, and a burst stays a burst. Equal factors change nothing.
    ///
    /// - Parameters:
    ///   - mix: one factor for each of ``SpaneScheduling/Trace/flavors``.
    ///   - neighbourhood: how many VMs before and after one are near it, 1 ... 16,000.
    ///   - seed: selects one of the possible traces.
    /// - Throws: `invalidArgument` when there is not one factor for each size, or the neighbourhood is out of range.
    /// - Complexity: O(n (log f + c f)) for n VMs of f sizes, of which a share c changes.
    public func resampled(
        _ mix: FlavorMix,
        neighbourhood: Int = mixNeighbourhood,
        seed: UInt64
    ) throws(SchedulingError) -> Trace {
        guard mix.factors.count == flavors.count else {
            throw SchedulingError(
                .invalidArgument,
                "the mix has \(mix.factors.count) factors and the trace \(flavors.count) sizes; there must be one for each"
            )
        }
        guard neighbourhood >= 1, neighbourhood <= 16_000 else {
            throw SchedulingError(
                .invalidArgument,
                "the neighbourhood of a mix is \(neighbourhood) VMs; it must be in 1 ... 16000"
            )
        }
        var window = MixWindow(trace: self, weights: mix.weights, neighbourhood: neighbourhood)
        var generator = Xoshiro256StarStar(seed: seed)
        let vms = vms
        var changed = Array(vms)
        for index in vms.indices {
            window.move(to: index)
            guard let other = window.replacement(of: index, using: &generator) else { continue }
            changed[index].cpu = vms[other].cpu
            changed[index].mem = vms[other].mem
            changed[index].span = vms[other].span
            changed[index].extras = vms[other].extras
            changed[index].lifetime = vms[other].lifetime
        }
        return try Trace(changed, resources: resources)
    }
}

/// The VMs near one VM, by size, as it moves through a trace.
private struct MixWindow {
    private let weights: [Int]
    private let neighbourhood: Int
    /// The index of each VM's size.
    private let flavor: [Int]
    /// The VMs of each size, ascending.
    private let members: [[Int]]
    /// The first of `members` in the window, and how many there are.
    private var first: [Int]
    private var counts: [Int]
    private var range = 0..<0
    /// The sum of the weights in the window.
    private var sum = 0

    init(trace: Trace, weights: [Int], neighbourhood: Int) {
        self.weights = weights
        self.neighbourhood = neighbourhood
        flavor = (0..<trace.count).map { trace.flavor(of: $0) }
        var members: [[Int]] = Array(repeating: [], count: trace.flavors.count)
        for (index, kind) in flavor.enumerated() { members[kind].append(index) }
        self.members = members
        first = Array(repeating: 0, count: weights.count)
        counts = first
    }

    mutating func move(to index: Int) {
        let next = max(0, index - neighbourhood)..<min(flavor.count, index + neighbourhood + 1)
        for added in range.upperBound..<next.upperBound {
            counts[flavor[added]] += 1
            sum += weights[flavor[added]]
        }
        for left in range.lowerBound..<next.lowerBound {
            counts[flavor[left]] -= 1
            first[flavor[left]] += 1
            sum -= weights[flavor[left]]
        }
        range = next
    }

    /// The VM of which the one at `index` becomes a copy; `nil` when it stays as it is.
    ///
    /// With share p, factor f and mean factor m, min(p, p f / m) of a size stay, and what the others lose is spread in
    /// proportion to p max(0, f / m - 1): in all p f / m.
    func replacement(of index: Int, using generator: inout Xoshiro256StarStar) -> Int? {
        let own = weights[flavor[index]] * range.count
        guard own < sum, generator.below(sum) >= own else { return nil }
        var total = 0
        for kind in weights.indices { total += surplus(kind) }
        var left = generator.below(total)
        for kind in weights.indices {
            let surplus = surplus(kind)
            guard left >= surplus else { return members[kind][first[kind] + generator.below(counts[kind])] }
            left -= surplus
        }
        return nil
    }

    /// Below 2⁶², since a weight is at most 2³² and a window has fewer than 2¹⁵ VMs.
    private func surplus(_ kind: Int) -> Int { counts[kind] * max(0, weights[kind] * range.count - sum) }
}
