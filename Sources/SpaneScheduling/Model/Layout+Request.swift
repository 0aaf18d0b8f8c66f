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
    ///   - prefer: traits that a server should have; see ``Request/prefer``.
    public func request(
        cpu: Double,
        mem: Double,
        span: Int,
        extras: [Double] = [],
        require: UInt64 = 0,
        forbid: UInt64 = 0,
        farthest: UInt8 = .max,
        prefer: UInt64 = 0
    ) -> Request {
        // As many for all, so that requests for the same are equal.
        var shares = extraResources.indices.map { $0 < extras.count ? Grid.demand(extras[$0]) : 0 }
        for index in 0..<min(nodeResources.count - 2, shares.count) {
            shares[index] = Grid.share(shares[index], span: span)
        }
        let terms = RequestTerms(
            extras: shares,
            require: require,
            forbid: forbid,
            farthest: farthest,
            prefer: prefer
        )
        return Request(cpu: cpu, mem: mem, span: span, terms: terms.isEmpty ? nil : terms)
    }
}

extension Request {
    /// The traits that its server must have.
    public var require: UInt64 { terms?.require ?? 0 }

    /// The traits that its server must not have.
    public var forbid: UInt64 { terms?.forbid ?? 0 }

    /// The traits that its server should have. Where a cluster chooses (``Policy/placement(for:in:on:)``, and sessions in C), servers
    /// that lack fewer of them come first, whatever the policy; what decides about a ``ClusterState`` alone does not look at them.
    public var prefer: UInt64 { terms?.prefer ?? 0 }

    /// The same without preferences, for servers that have some traits as well.
    func requiring(_ traits: UInt64) -> Request {
        guard let terms else { return self }
        let made = RequestTerms(
            extras: terms.extras,
            require: terms.require | traits,
            forbid: terms.forbid,
            farthest: terms.farthest
        )
        return Request(cpu: cpu, mem: mem, span: span, terms: made.isEmpty ? nil : made)
    }

    /// The largest distance between two of its nodes; 255 for any.
    public var farthest: UInt8 { terms?.farthest ?? .max }

    /// What it asks for of a resource of ``Layout/extraResources``, in all.
    public func extra(_ index: Int, of layout: Layout) -> Double {
        guard let extras = terms?.extras, index < extras.count else { return 0 }
        let isOfNodes = index < layout.nodeResources.count - 2
        return Grid.amount(extras[index] * (isOfNodes ? Double(span) : 1))
    }
}
