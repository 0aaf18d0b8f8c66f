import CSpaneHeader
import SpaneScheduling
import SpaneTestSupport
import Testing

/// Calls on one handle that overlap are noticed.
@Suite(.serialized) struct OverlapTests {
    private final class Listener: Sendable {
        nonisolated(unsafe) var cluster: OpaquePointer?
        nonisolated(unsafe) var path = ""
        nonisolated(unsafe) var statuses: [spane_status] = []
    }

    private let folder = TemporaryFolder()

    /// The line of a log comes while the cluster is being read.
    @Test func aChangeDuringAReadIsRefused() throws {
        let cluster = try Live(servers: 2)
        let listener = Listener()
        listener.cluster = cluster.pointer
        listener.path = folder.file("cluster.h5")
        try ok(
            spane_set_log(
                { _, message, user in
                    guard let user, let message else { return }
                    let listener = Unmanaged<Listener>.fromOpaque(user).takeUnretainedValue()
                    guard String(cString: message).contains(listener.path) else { return }
                    let small = request(1, 1)
                    var count: Int64 = 0
                    listener.statuses = [
                        spane_cluster_place(listener.cluster, 1, [small], spane_placement(server: 0, nodes: 1)),
                        spane_cluster_cordon(listener.cluster, 0),
                        spane_cluster_count(listener.cluster, &count, nil),
                    ]
                },
                SPANE_LOG_INFO,
                Unmanaged.passUnretained(listener).toOpaque()
            )
        )
        defer { _ = spane_set_log(nil, SPANE_LOG_ERROR, nil) }
        try ok(spane_cluster_save(cluster.pointer, listener.path, nil))
        #expect(listener.statuses == [SPANE_BAD_STATE, SPANE_BAD_STATE, SPANE_OK])
        try ok(
            spane_cluster_place(
                cluster.pointer,
                1,
                [request(1, 1)],
                spane_placement(server: 0, nodes: 1)
            )
        )
    }

    @Test func threadsOnOneEnvironmentEitherStepOrAreRefused() async throws {
        let trace = try makeTrace(count: 20_000, seed: 5)
        let env = try makeEnvironment(trace, environmentOptions)
        try ok(spane_env_reset(env.pointer, 0, SPANE_END_LENGTH, 19_000))
        nonisolated(unsafe) let pointer = env.pointer
        let steps = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    var done: Int64 = 0
                    for round in 0..<5000 {
                        let status = spane_env_step(pointer, Int32(round % 10), nil)
                        if status == SPANE_OK { done += 1 }
                        #expect([SPANE_OK, SPANE_BAD_STATE, SPANE_INFEASIBLE_ACTION].contains(status))
                    }
                    return done
                }
            }
            var sum: Int64 = 0
            for try await done in group { sum += done }
            return sum
        }
        #expect(try info(of: env).placed == steps)
    }
}
