extension ClusterState {
    /// What a VM of this size asks for whose span the cluster's rule tells.
    public func request(cpu: Double, mem: Double) -> Request {
        Request(cpu: cpu, mem: mem, span: spanRule.span(cpu: cpu, mem: mem))
    }

    /// What a VM of this size asks for, refused where it makes no sense.
    ///
    /// - Parameter span: over how many nodes; 0 for what the cluster's rule says.
    /// - Throws: `invalidArgument` when a size is not above zero and at most ``Resources/largest``, or when the span is not one.
    @inline(__always)
    package func checkedRequest(cpu: Double, mem: Double, span: Int = 0) throws(SchedulingError) -> Request {
        let size = Resources(cpu: cpu, mem: mem).onGrid
        guard size.isPositive, span >= 0, span <= Layout.mostNodes else {
            throw refusal(cpu: cpu, mem: mem, span: span)
        }
        return span == 0 ? request(cpu: size.cpu, mem: size.mem) : Request(cpu: size.cpu, mem: size.mem, span: span)
    }

    /// As ``checkedRequest(cpu:mem:span:)``, with all that a VM can ask for; see
    /// ``Layout/request(cpu:mem:span:extras:require:forbid:farthest:prefer:)``.
    ///
    /// - Throws: also when there are more extras than resources, or when one is not in 0 ... ``Resources/largest``.
    package func checkedRequest(
        cpu: Double,
        mem: Double,
        span: Int,
        extras: [Double],
        require: UInt64,
        forbid: UInt64,
        farthest: UInt8,
        prefer: UInt64 = 0
    ) throws(SchedulingError) -> Request {
        let plain = try checkedRequest(cpu: cpu, mem: mem, span: span)
        let names = layout.extraResources
        guard extras.count <= names.count else {
            throw SchedulingError(
                .invalidArgument,
                "request has \(extras.count) further amounts; the cluster has \(names.count) further resources"
            )
        }
        for (amount, name) in zip(extras, names) {
            guard amount >= 0, amount <= Resources.largest else {
                throw SchedulingError(
                    .invalidArgument,
                    "request: \(name) is \(amount); it must be in 0 ... \(Resources.largest)"
                )
            }
            guard amount == 0 || Grid.demand(amount) > 0 else {
                throw SchedulingError(.invalidArgument, "request: \(name) is \(amount); it is below \(Resources.step)")
            }
        }
        return layout.request(
            cpu: plain.cpu,
            mem: plain.mem,
            span: plain.span,
            extras: extras,
            require: require,
            forbid: forbid,
            farthest: farthest,
            prefer: prefer
        )
    }

    @inline(never)
    private func refusal(cpu: Double, mem: Double, span: Int) -> SchedulingError {
        let size = Resources(cpu: cpu, mem: mem)
        guard size.onGrid.isPositive else {
            return SchedulingError(.invalidArgument, "request is \(cpu) cores and \(mem) GB; \(size.rule)")
        }
        return SchedulingError(
            .invalidArgument,
            "span is \(span); it must be in 1 ... \(Layout.mostNodes), or 0 for what the cluster's rule says"
        )
    }

    /// Whether some server, cordoned or not, could hold the request while nothing runs on it.
    ///
    /// - Complexity: O(1) where the first server could, O(servers) where none could.
    public func canEverHold(_ request: Request) -> Bool {
        (0..<serverCount).contains { server in
            isLargeEnough(server, for: request)
        }
    }

    /// Refuses a node that a server does not have.
    package func check(node: Int, of server: Int) throws(SchedulingError) {
        guard node >= 0, node < nodeCount(of: server) else {
            throw SchedulingError(
                .invalidArgument,
                "node is \(node); it must be in 0 ... \(nodeCount(of: server) - 1)"
            )
        }
    }

    /// Refuses a resource that nodes do not have.
    package func check(resource: Int) throws(SchedulingError) {
        guard layout.nodeResources.indices.contains(resource) else {
            throw SchedulingError(
                .invalidArgument,
                "resource is \(resource); it must be in 0 ... \(layout.nodeResources.count - 1)"
            )
        }
    }

    /// Refuses a server that is not there.
    package func check(_ server: Int) throws(SchedulingError) {
        guard server >= 0, server < serverCount else {
            throw SchedulingError(
                .invalidArgument,
                serverCount == 0
                    ? "server is \(server); the cluster has no servers"
                    : "server is \(server); it must be in 0 ... \(serverCount - 1)"
            )
        }
    }
}
