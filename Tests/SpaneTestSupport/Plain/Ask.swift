package import SpaneScheduling

/// What a VM asks for, as a caller writes it down.
package struct Ask: Equatable, Sendable {
    package var cpu: Double
    package var mem: Double
    package var span: Int
    /// Of the further resources of nodes, then of those of the server; in all.
    package var extras: [Double] = []
    package var require: UInt64 = 0
    package var forbid: UInt64 = 0
    package var farthest: UInt8 = .max

    package init(cpu: Double, mem: Double, span: Int, extras: [Double] = []) {
        self.cpu = cpu
        self.mem = mem
        self.span = span
        self.extras = extras
    }

    /// As the library has it.
    package func request(_ layout: Layout) -> Request {
        layout.request(
            cpu: cpu,
            mem: mem,
            span: span,
            extras: extras,
            require: require,
            forbid: forbid,
            farthest: farthest
        )
    }

    /// As the oracles have it.
    package func plain(_ layout: Layout) -> PlainRequest { PlainRequest(self, layout) }
}

/// What a VM asks for, in whole steps.
package struct PlainRequest: Equatable, Sendable {
    /// Its cores in all, as they are asked for.
    package var cores: Int
    package var span: Int
    /// What each of its nodes gives, by resource of nodes.
    package var share: [Int]
    /// What its server gives.
    package var shared: [Int]
    package var require: UInt64
    package var forbid: UInt64
    package var farthest: Int

    package init(_ ask: Ask, _ layout: Layout) {
        let ofNodes = layout.nodeResources.count
        let all = ofNodes + layout.serverResources.count
        var steps = ([ask.cpu, ask.mem] + ask.extras).map { Steps.demand($0) }
        while steps.count < all { steps.append(0) }
        cores = steps[0]
        span = ask.span
        share = steps[..<ofNodes].map { Steps.share($0, span: ask.span) }
        shared = Array(steps[ofNodes..<all])
        require = ask.require
        forbid = ask.forbid
        farthest = Int(ask.farthest)
    }

    /// Whether it asks for no more of anything than another one.
    package func isAtMost(_ other: PlainRequest) -> Bool {
        zip(share, other.share).allSatisfy { $0 <= $1 } && zip(shared, other.shared).allSatisfy { $0 <= $1 }
            && require | other.require == other.require && forbid | other.forbid == other.forbid
            && farthest >= other.farthest
    }
}
