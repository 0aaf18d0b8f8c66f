extension Request {
    /// What each node of a placement gives, in steps of the ``Grid``.
    package var shareSteps: Resources { Resources(cpu: share.cpu, mem: share.mem) }
}
