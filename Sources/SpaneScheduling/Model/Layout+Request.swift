extension Layout {
    /// What a VM asks for on servers of this layout.
    ///
    /// - Parameters:
    ///   - cpu: cores in all.
    ///   - mem: GB in all.
    ///   - span: over how many NUMA nodes it is spread evenly, 1 ... 8.
    ///   - extras: amounts in the order of ``extraResources``, in all; missing ones are 0.
    ///   - require: traits that a server must have; see ``ServerType/traits``.
    ///   - forbid: traits that a server must not have.
    ///   - farthest: the largest distance between two of its nodes, where servers tell distances.
    public func request(
        cpu: Double,
        mem: Double,
        span: Int,
        extras: [Double] = [],
        require: UInt64 = 0,
        forbid: UInt64 = 0,
        farthest: UInt8 = .max
    ) -> Request {
        // As many for all, so that requests for the same are equal.
        var shares = extraResources.indices.map { $0 < extras.count ? Grid.demand(extras[$0]) : 0 }
        for index in 0..<min(nodeResources.count - 2, shares.count) {
            shares[index] = Grid.share(shares[index], span: span)
        }
        let terms = RequestTerms(extras: shares, require: require, forbid: forbid, farthest: farthest)
        return Request(cpu: cpu, mem: mem, span: span, terms: terms.isEmpty ? nil : terms)
    }
}

extension Request {
    /// The traits that its server must have.
    public var require: UInt64 { terms?.require ?? 0 }

    /// The traits that its server must not have.
    public var forbid: UInt64 { terms?.forbid ?? 0 }

    /// The largest distance between two of its nodes; 255 for any.
    public var farthest: UInt8 { terms?.farthest ?? .max }

    /// What it asks for of a resource of ``Layout/extraResources``, in all.
    public func extra(_ index: Int, of layout: Layout) -> Double {
        guard let extras = terms?.extras, index < extras.count else { return 0 }
        let isOfNodes = index < layout.nodeResources.count - 2
        return Grid.amount(extras[index] * (isOfNodes ? Double(span) : 1))
    }
}
