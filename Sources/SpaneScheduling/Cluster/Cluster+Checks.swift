extension Cluster {
    /// What a VM of this size asks for.
    ///
    /// - Throws: `invalidArgument` when a size is not above zero and at most ``Resources/largest``.
    package func checkedRequest(cpu: Double, mem: Double) throws(SchedulingError) -> Request {
        let size = Resources(cpu: cpu, mem: mem).onGrid
        guard size.isPositive else {
            throw SchedulingError(
                .invalidArgument,
                "request is \(cpu) cores and \(mem) GB; \(Resources(cpu: cpu, mem: mem).rule)"
            )
        }
        return request(cpu: size.cpu, mem: size.mem)
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
