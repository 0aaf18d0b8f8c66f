internal import CSpaneHeader
internal import SpaneScheduling
internal import Synchronization

/// Environments and what is to be done to them; used by one caller and its threads.
@safe
final class VectorEnvironment: @unchecked Sendable {
    /// What is done to each environment.
    @unsafe
    enum Task {
        case step(UnsafePointer<Int32>)
        case reset(seed: UInt64?, which: UnsafePointer<UInt8>?)
        case resetAt(UnsafePointer<Int64>, which: UnsafePointer<UInt8>?)
        case show
    }

    struct Slot: ~Copyable {
        var environment: Environment
        var generator: Xoshiro256StarStar
        /// Where its next start is in the list.
        var position: Int
    }

    let trace: TraceHandle
    let environmentSettings: EnvironmentSettings
    let settings: VectorSettings
    let slots: UnsafeMutablePointer<Slot>
    /// Where episodes start, one after the other; empty where starts are drawn.
    private(set) var list: [Int] = []
    private var buffers: VectorBuffers?

    private var task: Task?
    private let nextChunk = Atomic(0)
    private let failure = Mutex<Failure?>(nil)

    init(_ trace: TraceHandle, _ environmentSettings: EnvironmentSettings, _ settings: VectorSettings) throws {
        let first = try environmentSettings.makeEnvironment(on: trace.trace, count: settings.count + 1)
        self.trace = trace
        self.environmentSettings = environmentSettings
        self.settings = settings
        unsafe slots = UnsafeMutablePointer<Slot>.allocate(capacity: settings.count)
        for index in 0..<settings.count {
            unsafe (slots + index).initialize(
                to: Slot(
                    environment: first.copy(),
                    generator: Xoshiro256StarStar(seed: settings.seed, stream: UInt64(index)),
                    position: 0
                )
            )
        }
    }

    deinit {
        unsafe slots.deinitialize(count: settings.count)
        unsafe slots.deallocate()
    }

    func bind(_ arrays: spane_vec_env_buffers) throws(Failure) {
        if settings.autoreset != .sameStep {
            guard unsafe arrays.final_observation == nil, unsafe arrays.final_mask == nil else {
                throw Failure(
                    SPANE_INVALID_ARGUMENT,
                    "buffers->final_observation and final_mask must be NULL except with SPANE_AUTORESET_SAME_STEP"
                )
            }
        }
        buffers = try unsafe VectorBuffers(arrays, environmentSettings)
    }

    /// Takes starts from a list from now on, or draws them when it is empty.
    ///
    /// - Parameter positions: where each environment is in it; `nil` for its beginning.
    func take(_ list: [Int], positions: [Int]? = nil) {
        self.list = list
        for index in 0..<settings.count { unsafe slots[index].position = positions?[index] ?? beginning(index) }
    }

    /// Where an environment begins in the list.
    private func beginning(_ index: Int) -> Int { list.isEmpty ? 0 : index % list.count }

    func describe(_ index: Int) -> spane_env_info { unsafe spane_env_info(slots[index].environment) }

    // MARK: Checks

    /// Refuses starts of which one cannot be played.
    func check(_ starts: UnsafePointer<Int64>, which: UnsafePointer<UInt8>?) throws(Failure) {
        for index in 0..<settings.count {
            if let which = unsafe which, unsafe which[index] == 0 { continue }
            try settings.check(unsafe starts[index], index, "starts")
        }
    }

    func checkIsBound() throws(Failure) {
        guard buffers != nil else {
            throw Failure(SPANE_BAD_STATE, "vec has no buffers; call spane_vec_env_bind first")
        }
    }

    /// Refuses actions unless every environment can take its own.
    func check(_ actions: UnsafePointer<Int32>) throws(Failure) {
        for index in 0..<settings.count {
            let action = unsafe Action(rawValue: actions[index])
            if unsafe !slots[index].environment.canTake(action) { try refuse(action, index) }
        }
    }

    /// Says why an environment cannot take an action; one that the step resets takes any.
    @inline(never)
    private func refuse(_ action: Action, _ index: Int) throws(Failure) {
        let environment = unsafe slots + index
        guard unsafe environment.pointee.environment.hasStarted else {
            throw Failure(SPANE_BAD_STATE, "environment \(index) was never reset; call spane_vec_env_reset")
        }
        guard unsafe !environment.pointee.environment.isFinished else {
            if settings.autoreset == .nextStep { return }
            throw Failure(
                SPANE_BAD_STATE,
                "the episode of environment \(index) has ended and autoreset is disabled; reset it before the next step"
            )
        }
        let request = unsafe environment.pointee.environment.request
        let actions = unsafe environment.pointee.environment.cluster.actionCount
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

    // MARK: Work

    func begin(_ task: Task) {
        unsafe self.task = task
        nextChunk.store(0, ordering: .relaxed)
    }

    func finish() throws(Failure) {
        unsafe task = nil
        if let failure = failure.withLock({ $0.take() }) { throw failure }
    }

    /// Takes environments until all are taken; run by every thread.
    func work() {
        guard let task = unsafe task, let buffers else { return }
        // Several chunks a thread, for episodes that start cost more than steps.
        let size = max(1, settings.count / (8 * settings.threads))
        while true {
            let first = nextChunk.add(1, ordering: .relaxed).oldValue * size
            guard first < settings.count else { return }
            do {
                for index in first..<min(first + size, settings.count) { unsafe try perform(task, index, buffers) }
            } catch {
                failure.withLock { $0 = $0 ?? Failure(SPANE_INTERNAL, "\(error)") }
            }
        }
    }

    @inline(__always)
    private func perform(_ task: Task, _ index: Int, _ buffers: VectorBuffers) throws(SchedulingError) {
        switch unsafe task {
        case .step(let actions):
            try unsafe step(slots + index, Action(rawValue: actions[index]), index, buffers)
        case .reset(let seed, let which):
            if let which = unsafe which, unsafe which[index] == 0 { return }
            if let seed {
                unsafe slots[index].generator = Xoshiro256StarStar(seed: seed, stream: UInt64(index))
                unsafe slots[index].position = beginning(index)
            }
            try unsafe start(slots + index)
            unsafe show(slots + index, index, buffers)
        case .resetAt(let starts, let which):
            if let which = unsafe which, unsafe which[index] == 0 { return }
            try unsafe slots[index].environment.reset(start: Int(starts[index]), until: settings.end)
            unsafe show(slots + index, index, buffers)
        case .show:
            guard unsafe slots[index].environment.hasStarted else { return }
            unsafe show(slots + index, index, buffers)
        }
    }

    /// Writes the rows of an environment that was not stepped.
    private func show(_ slot: UnsafeMutablePointer<Slot>, _ index: Int, _ buffers: VectorBuffers) {
        unsafe buffers.report(nil, slot.pointee.environment, row: index)
        unsafe buffers.show(slot.pointee.environment, row: index)
    }

    private func step(
        _ slot: UnsafeMutablePointer<Slot>,
        _ action: Action,
        _ index: Int,
        _ buffers: VectorBuffers
    ) throws(SchedulingError) {
        if unsafe slot.pointee.environment.isFinished {
            try unsafe start(slot)
            unsafe buffers.report(nil, slot.pointee.environment, row: index)
        } else {
            let step = try unsafe slot.pointee.environment.step(action)
            unsafe buffers.report(step, slot.pointee.environment, row: index)
            if settings.autoreset == .sameStep, unsafe slot.pointee.environment.isFinished {
                unsafe buffers.showEnd(slot.pointee.environment, row: index)
                try unsafe start(slot)
            }
        }
        unsafe buffers.show(slot.pointee.environment, row: index)
    }

    /// Starts an episode where the list or the generator says.
    private func start(_ slot: UnsafeMutablePointer<Slot>) throws(SchedulingError) {
        let start: Int
        if list.isEmpty {
            start = unsafe settings.starts.lowerBound + slot.pointee.generator.below(settings.starts.count)
        } else {
            start = unsafe list[slot.pointee.position]
            unsafe slot.pointee.position = (slot.pointee.position + settings.count) % list.count
        }
        try unsafe slot.pointee.environment.reset(start: start, until: settings.end)
    }
}

extension Environment {
    /// Whether a step with this action would succeed.
    @inline(__always)
    fileprivate func canTake(_ action: Action) -> Bool {
        !isFinished && action.rawValue >= 0 && action.index < cluster.actionCount
            && cluster.isAvailable(action, for: request)
    }
}
