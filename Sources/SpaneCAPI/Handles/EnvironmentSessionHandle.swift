internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

/// What a `spane_env_session` stands for: a policy bound to an environment, which it keeps alive.
final class EnvironmentSessionHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4545_5365
    static var name: StaticString { "spane_env_session" }

    let gate = Gate("session")
    private let handle: EnvironmentHandle
    // Used inside the gate only.
    let policy: BoundPolicy
    // The last episode of the environment that the policy was told of.
    private var episode: UInt64 = 0

    init(_ environment: EnvironmentHandle, _ policy: BoundPolicy) { (handle, self.policy) = (environment, policy) }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> EnvironmentSessionHandle {
        try unsafe Handle.object(handle, EnvironmentSessionHandle.self, "session")
    }

    /// Calls `body` with the cluster and the next VM's request, where the environment was reset.
    func reading(
        _ body: (borrowing ClusterState, Request) throws -> spane_status
    ) throws -> spane_status {
        try gate.exclusive {
            try handle.gate.shared {
                try handle.checkHasStarted()
                return try body(handle.environment.cluster, handle.environment.request)
            }
        }
    }

    /// As ``reading(_:)``, where the next VM can be placed; the policy forgets the last episode when another one has begun.
    func deciding(
        _ body: (borrowing ClusterState, Request) throws -> spane_status
    ) throws -> spane_status {
        try gate.exclusive {
            try handle.gate.shared {
                guard !handle.environment.isFinished else {
                    throw Failure(SPANE_BAD_STATE, "no episode is under way; call spane_env_reset")
                }
                if handle.episode != episode {
                    episode = handle.episode
                    policy.begin(start: handle.environment.start, on: handle.environment.cluster)
                }
                return try body(handle.environment.cluster, handle.environment.request)
            }
        }
    }

    /// What to report where a policy finds no room for the next VM, which has some.
    func lost() -> Failure {
        Failure(SPANE_INTERNAL, "VM \(handle.environment.head) is next and the policy finds no room for it")
    }

    /// What C is told of it; with both gates entered.
    var info: spane_session_info { policy.info(on: handle.environment.cluster) }
}
