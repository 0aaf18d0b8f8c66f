internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

/// What a `spane_vec_env` stands for: environments, and threads that step them.
final class VectorHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4556_6563
    static var name: StaticString { "spane_vec_env" }

    let gate = Gate("vector environment")
    let trace: TraceHandle
    let environmentSettings: EnvironmentSettings
    let settings: VectorSettings
    let vector: VectorEnvironment<VectorBuffers>

    init(_ trace: TraceHandle, _ environmentSettings: EnvironmentSettings, _ settings: VectorSettings) throws {
        let first = try environmentSettings.makeEnvironment(on: trace.trace, count: settings.count + 1)
        self.trace = trace
        self.environmentSettings = environmentSettings
        self.settings = settings
        vector = VectorEnvironment(of: first, settings.vector)
    }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> VectorHandle {
        try unsafe Handle.object(handle, VectorHandle.self, "vec")
    }

    func bind(_ arrays: spane_vec_env_buffers) throws(Failure) {
        if settings.vector.autoreset != .sameStep {
            guard unsafe arrays.final_observation == nil, unsafe arrays.final_mask == nil else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "buffers->final_observation and final_mask must be NULL except with SPANE_AUTORESET_SAME_STEP"
                )
            }
        }
        vector.output = try unsafe VectorBuffers(arrays, environmentSettings)
    }

    // MARK: Checks

    /// Refuses starts of which one cannot be played.
    func check(_ starts: UnsafePointer<Int64>, which: UnsafePointer<UInt8>?) throws(Failure) {
        for index in 0..<settings.count {
            if let which = unsafe which, unsafe which[index] == 0 { continue }
            try settings.check(unsafe starts[index], index, "starts")
        }
    }

    func checkIsBound() throws(Failure) {
        guard vector.output != nil else {
            throw Failure(SPANE_BAD_STATE, "vec has no buffers; call spane_vec_env_bind first")
        }
    }

    /// Refuses actions unless every environment can take its own.
    func check(_ actions: UnsafePointer<Int32>) throws(Failure) {
        for index in 0..<settings.count {
            let action = unsafe Action(rawValue: actions[index])
            if !vector.canTake(action, at: index) { try refuse(action, index) }
        }
    }

    /// Says why an environment cannot take an action; one that the step resets takes any.
    @inline(never)
    private func refuse(_ action: Action, _ index: Int) throws(Failure) {
        let (hasStarted, isFinished, request, actions) = vector.withSlot(index) {
            (
                $0.environment.hasStarted, $0.environment.isFinished, $0.environment.request,
                $0.environment.cluster.actionCount
            )
        }
        guard hasStarted else {
            throw Failure(SPANE_BAD_STATE, "environment \(index) was never reset; call spane_vec_env_reset")
        }
        guard !isFinished else {
            if settings.vector.autoreset == .nextStep { return }
            throw Failure(
                SPANE_BAD_STATE,
                "the episode of environment \(index) has ended and autoreset is disabled; reset it before the next step"
            )
        }
        guard action.rawValue >= 0, action.index < actions else {
            throw Failure(
                SPANE_INFEASIBLE_ACTION,
                "actions[\(index)] is \(action.rawValue); it must be in 0 ... \(actions - 1)"
            )
        }
        let layout = environmentSettings.fleet.layout
        let placement = layout.placement(of: action, span: request.span)
        throw Failure(
            SPANE_INFEASIBLE_ACTION,
            "actions[\(index)] is \(action.rawValue) (\(placement)), which has no room for "
                + "\(request.cpu) cores and \(request.mem) GB"
        )
    }
}
