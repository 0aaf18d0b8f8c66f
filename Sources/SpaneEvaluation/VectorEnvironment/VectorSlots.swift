internal import SpaneScheduling
internal import Synchronization

/// What is done to each environment.
@unsafe
enum VectorTask {
    case step(UnsafePointer<Int32>)
    case reset(seed: UInt64?, which: UnsafePointer<UInt8>?)
    case resetAt(UnsafePointer<Int64>, which: UnsafePointer<UInt8>?)
    case show
}

/// The environments and what is to be done to them; used by one caller and its threads.
@safe
final class VectorSlots<Output: VectorOutput>: @unchecked Sendable {
    let configuration: VectorConfiguration
    private(set) var list: [Int] = []
    var output: Output?

    private let slots: UnsafeMutablePointer<VectorSlot>
    private var task: VectorTask?
    private let nextChunk = Atomic(0)
    private let failure = Mutex<(any Error)?>(nil)

    init(of environment: borrowing Environment, _ configuration: VectorConfiguration) {
        self.configuration = configuration
        unsafe slots = UnsafeMutablePointer<VectorSlot>.allocate(capacity: configuration.count)
        for index in 0..<configuration.count {
            unsafe (slots + index).initialize(
                to: VectorSlot(
                    environment: environment.copy(),
                    generator: Xoshiro256StarStar(seed: configuration.seed, stream: UInt64(index)),
                    position: 0
                )
            )
        }
    }

    deinit {
        unsafe slots.deinitialize(count: configuration.count)
        unsafe slots.deallocate()
    }

    @inline(__always)
    func with<Result, Failure: Error>(
        _ index: Int,
        _ body: (inout VectorSlot) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(index >= 0 && index < configuration.count, "there is no environment \(index)")
        return try unsafe body(&slots[index])
    }

    @inline(__always)
    func canTake(_ action: Action, at index: Int) -> Bool { unsafe slots[index].environment.canTake(action) }

    func take(_ list: [Int], positions: [Int]? = nil) {
        self.list = list
        for index in 0..<configuration.count { unsafe slots[index].position = positions?[index] ?? beginning(index) }
    }

    /// Where an environment begins in the list.
    private func beginning(_ index: Int) -> Int { list.isEmpty ? 0 : index % list.count }

    // MARK: Work

    func begin(_ task: VectorTask) {
        unsafe self.task = task
        nextChunk.store(0, ordering: .relaxed)
    }

    func finish() throws {
        unsafe task = nil
        if let failure = failure.withLock({ $0.take() }) { throw failure }
    }

    /// Takes environments until all are taken; run by every thread.
    func work() {
        guard let task = unsafe task, let output else { return }
        // Several chunks a thread, for episodes that start cost more than steps.
        let size = max(1, configuration.count / (8 * configuration.threads))
        while true {
            let first = nextChunk.add(1, ordering: .relaxed).oldValue * size
            guard first < configuration.count else { return }
            do {
                for index in first..<min(first + size, configuration.count) { try unsafe perform(task, index, output) }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
    }

    @inline(__always)
    private func perform(_ task: VectorTask, _ index: Int, _ output: Output) throws(SchedulingError) {
        switch unsafe task {
        case .step(let actions):
            try unsafe step(slots + index, Action(rawValue: actions[index]), index, output)
        case .reset(let seed, let which):
            if let which = unsafe which, unsafe which[index] == 0 { return }
            if let seed {
                unsafe slots[index].generator = Xoshiro256StarStar(seed: seed, stream: UInt64(index))
                unsafe slots[index].position = beginning(index)
            }
            try unsafe start(slots + index)
            unsafe show(slots + index, index, output)
        case .resetAt(let starts, let which):
            if let which = unsafe which, unsafe which[index] == 0 { return }
            try unsafe slots[index].environment.reset(start: Int(starts[index]), until: configuration.end)
            unsafe show(slots + index, index, output)
        case .show:
            guard unsafe slots[index].environment.hasStarted else { return }
            unsafe show(slots + index, index, output)
        }
    }

    /// Writes the rows of an environment that was not stepped.
    private func show(_ slot: UnsafeMutablePointer<VectorSlot>, _ index: Int, _ output: Output) {
        unsafe output.report(nil, slot.pointee.environment, row: index)
        unsafe output.show(slot.pointee.environment, row: index)
    }

    private func step(
        _ slot: UnsafeMutablePointer<VectorSlot>,
        _ action: Action,
        _ index: Int,
        _ output: Output
    ) throws(SchedulingError) {
        if unsafe slot.pointee.environment.isFinished {
            try unsafe start(slot)
            unsafe output.report(nil, slot.pointee.environment, row: index)
        } else {
            let step = try unsafe slot.pointee.environment.step(action)
            unsafe output.report(step, slot.pointee.environment, row: index)
            if configuration.autoreset == .sameStep, unsafe slot.pointee.environment.isFinished {
                unsafe output.showEnd(slot.pointee.environment, row: index)
                try unsafe start(slot)
            }
        }
        unsafe output.show(slot.pointee.environment, row: index)
    }

    /// Starts an episode where the list or the generator says.
    private func start(_ slot: UnsafeMutablePointer<VectorSlot>) throws(SchedulingError) {
        let start: Int
        if list.isEmpty {
            let starts = configuration.starts
            start = unsafe starts.lowerBound + slot.pointee.generator.below(starts.count)
        } else {
            start = unsafe list[slot.pointee.position]
            unsafe slot.pointee.position = (slot.pointee.position + configuration.count) % list.count
        }
        try unsafe slot.pointee.environment.reset(start: start, until: configuration.end)
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
