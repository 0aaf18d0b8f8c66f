internal import SpaneBuffers

extension ClusterState {
    /// Takes what the request asks for from the server and the nodes of a placement.
    @inline(__always)
    package mutating func place(_ request: Request, at placement: Placement) {
        assert(isAvailable(placement, for: request))
        add(request, at: placement, sign: -1)
    }

    /// Gives back what was placed.
    @inline(__always)
    package mutating func release(_ request: Request, at placement: Placement) {
        add(request, at: placement, sign: 1)
    }

    /// Takes what the request asks for, whether or not there is room, which may leave less than nothing.
    package mutating func record(_ request: Request, at placement: Placement) {
        add(request, at: placement, sign: -1)
    }

    /// Empties every server.
    package mutating func removeAll() {
        for server in 0..<serverCount { empty(server) }
        journal.recordReset()
    }

    @inline(__always)
    private mutating func add(_ request: Request, at placement: Placement, sign: Double) {
        if request.share.isPlain {
            add(request.share, at: placement, sign: sign)
        } else {
            add(request.share, request.terms, at: placement, sign: sign)
        }
    }

    /// Adds what a request without terms asks for.
    @inline(__always)
    mutating func add(_ share: NodeShare, at placement: Placement, sign: Double) {
        let server = placement.server
        // VMs leave cordoned servers too; what they give back stays on the shelf.
        if isCordoned(server) { return add(share, nil, at: placement, sign: sign) }
        let (cpu, mem) = (sign * share.cpu, sign * share.mem)
        var rest = placement.nodes.rawValue
        while rest != 0 {
            let base = server &* valuesPerServer &+ rest.trailingZeroBitCount &* valuesPerNode
            free[base] += cpu
            free[base &+ 1] += mem
            rest &= rest &- 1
        }
        journal.record(server: server)
    }

    @inline(never)
    private mutating func add(_ share: NodeShare, _ terms: RequestTerms?, at placement: Placement, sign: Double) {
        let server = placement.server
        let isShelved = isCordoned(server)
        let extras = terms?.extras ?? []
        let perNode = min(valuesPerNode - 2, extras.count)
        placement.nodes.forEach { node in
            let base = server * valuesPerServer + node * valuesPerNode
            func give(_ amount: Double, at index: Int) {
                if isShelved { particulars.shelved[index] += sign * amount } else { free[index] += sign * amount }
            }
            give(share.cpu, at: base)
            give(share.mem, at: base + 1)
            for extra in 0..<perNode { give(extras[extra], at: base + 2 + extra) }
        }
        let shared = layout.serverResources.count
        for index in 0..<shared where valuesPerNode - 2 + index < extras.count {
            particulars.sharedFree[server * shared + index] += sign * extras[valuesPerNode - 2 + index]
        }
        journal.record(server: server)
    }
}
