internal import CSpaneHeader
internal import SpaneScheduling

extension spane_request {
    static var defaults: spane_request {
        var request = unsafe spane_request()
        unsafe request.struct_size = UInt32(MemoryLayout<spane_request>.size)
        return unsafe request
    }

    /// What a request says to C; its amounts are asked for by a call of their own.
    init(_ request: Request) {
        unsafe self = .defaults
        unsafe span = Int32(truncatingIfNeeded: request.span)
        unsafe cpu = request.cpu
        unsafe mem = request.mem
        unsafe require = request.require
        unsafe forbid = request.forbid
        unsafe farthest = request.farthest == .max ? 0 : UInt32(request.farthest)
        unsafe prefer = request.prefer
    }
}

extension ClusterState {
    /// The request behind an argument that must not be NULL.
    @inline(__always)
    func request(_ pointer: UnsafePointer<spane_request>?) throws -> Request {
        try unsafe groupedRequest(pointer).0
    }

    /// The request behind an argument that must not be NULL, and its group, 0 for none.
    @inline(__always)
    func groupedRequest(_ pointer: UnsafePointer<spane_request>?) throws -> (Request, group: UInt64) {
        let pointer = try unsafe required(pointer, "request")
        guard unsafe pointer.pointee.struct_size == UInt32(MemoryLayout<spane_request>.size) else {
            let value = try unsafe read(pointer, defaults: .defaults, "request")
            return try unsafe (checked(value), value.group)
        }
        return try unsafe (checked(pointer.pointee), pointer.pointee.group)
    }

    /// A request of a list whose elements have the size of the first.
    func request(_ index: Int, of first: UnsafePointer<spane_request>) throws -> Request {
        try unsafe groupedRequest(index, of: first).0
    }

    /// The same with its group, 0 for none.
    func groupedRequest(_ index: Int, of first: UnsafePointer<spane_request>) throws -> (Request, group: UInt64) {
        let element = try unsafe elementOfArray(index, of: first, "requests")
        do {
            return try unsafe groupedRequest(element)
        } catch {
            let failure = Failure(error)
            throw Failure(failure.status, "requests[\(index)]: \(failure.message)")
        }
    }

    @inline(__always)
    private func checked(_ request: spane_request) throws -> Request {
        let hasTerms =
            unsafe request.amount_count | request.farthest != 0
            || request.require | request.forbid | request.prefer != 0
        if hasTerms { return try unsafe checkedTerms(request) }
        return try unsafe checkedRequest(cpu: request.cpu, mem: request.mem, span: Int(request.span))
    }

    @inline(never)
    private func checkedTerms(_ request: spane_request) throws -> Request {
        let most = layout.extraResources.count
        let count = try unsafe checkedCount(Int(request.amount_count), atMost: most, "request->amount_count")
        let farthest = unsafe request.farthest
        guard farthest <= UInt8.max else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "request->farthest is \(farthest); it must be in 1 ... 255, or 0 for any distance"
            )
        }
        return try unsafe checkedRequest(
            cpu: request.cpu,
            mem: request.mem,
            span: Int(request.span),
            extras: Array(elements(request.amounts, count, "request->amounts")),
            require: request.require,
            forbid: request.forbid,
            farthest: farthest == 0 ? .max : UInt8(farthest),
            prefer: request.prefer
        )
    }
}

extension spane_placement {
    init(_ placement: Placement) {
        self.init(server: Int32(truncatingIfNeeded: placement.server), nodes: UInt32(placement.nodes.rawValue))
    }

    /// The placement by number that it names.
    func placement(on cluster: borrowing Cluster) throws -> Placement {
        _ = try cluster.place(of: Int(server))
        guard nodes > 0, nodes <= UInt8.max else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "placement.nodes is \(nodes); it must have a bit for each NUMA node, 1 ... 255"
            )
        }
        return Placement(server: Int(server), nodes: NodeSet(rawValue: UInt8(nodes)))
    }
}
