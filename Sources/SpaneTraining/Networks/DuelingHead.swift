internal import CSpaneKernels
internal import SpaneBuffers

/// Q = value + advantage - mean of the advantages, for samples with different numbers of actions.
@safe
final class DuelingHead {
    /// The actions of each sample.
    let actions: RaggedLayout
    /// Q of the chosen actions.
    let q: FlatBuffer<Float>
    /// The gradient of ``q``.
    let gradient: FlatBuffer<Float>
    /// The chosen action of each sample, by its number among the sample's actions.
    let chosen: FlatBuffer<Int32>
    // [action][sample]: 0 or -infinity.
    private let penalties: FlatBuffer<Float>
    private let base: FlatBuffer<Float>

    /// - Parameter hasPenalties: whether actions may be forbidden.
    init(actions: Int, samples: Int, hasPenalties: Bool) {
        self.actions = RaggedLayout(items: actions, samples: samples)
        q = FlatBuffer(repeating: 0, count: samples)
        gradient = FlatBuffer(repeating: 0, count: samples)
        chosen = FlatBuffer(repeating: 0, count: samples)
        base = FlatBuffer(repeating: 0, count: samples)
        penalties = FlatBuffer(repeating: 0, count: hasPenalties ? actions * samples : 0)
    }

    /// Allows or forbids an action of a sample; ``actions`` must be arranged.
    func setAllowed(_ isAllowed: Bool, action: Int, sample: Int) {
        penalties[action * actions.samples + sample] = isAllowed ? 0 : -.infinity
    }

    /// Chooses the action with the largest Q of each sample.
    ///
    /// - Parameters:
    ///   - advantages: by the columns of ``actions``.
    ///   - isMasked: whether only allowed actions count.
    @unsafe
    func chooseBest(_ advantages: UnsafePointer<Float>, isMasked: Bool) {
        var items = unsafe actions.kernel
        unsafe training_best(&items, advantages, isMasked ? penalties.base : nil, chosen.base)
    }

    /// Computes ``q`` of the ``chosen`` actions.
    @unsafe
    func pick(_ advantages: UnsafePointer<Float>, value: UnsafePointer<Float>) {
        var items = unsafe actions.kernel
        unsafe training_base(&items, advantages, value, base.base)
        unsafe training_pick(&items, advantages, base.base, chosen.base, q.base)
    }

    /// Writes the gradient of the advantages for the ``gradient`` of ``q``; that of the value is ``gradient`` itself.
    @unsafe
    func spread(to advantages: UnsafeMutablePointer<Float>) {
        var items = unsafe actions.kernel
        for sample in 0..<actions.samples where actions.counts[sample] == 0 { gradient[sample] = 0 }
        unsafe training_spread(&items, gradient.base, chosen.base, advantages)
    }
}
