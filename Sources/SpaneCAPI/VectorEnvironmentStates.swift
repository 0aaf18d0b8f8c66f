// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneSystem
internal import SpaneEvaluation
internal import SpaneScheduling
internal import SpaneStorage

// Saved states of many environments.

@implementation @_cdecl("spane_vec_env_save_memory")
public func spane_vec_env_save_memory(
    _ vec: OpaquePointer?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let size = try unsafe required(size, "size")
        return try vec.gate.shared {
            try vec.checkMemoryToSave()
            try unsafe copy(VectorImage.make(vec.contents), to: data, capacity: capacity, size: size, "data")
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_vec_env_load_memory")
public func spane_vec_env_load_memory(
    _ trace: OpaquePointer?,
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ threads: Int32,
    _ vec: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    call {
        let trace = try unsafe TraceHandle.of(trace)
        let threads = try Threads.count(threads, "threads")
        let state = try unsafe SavedVector(data, size, trace, threads: threads)
        let out = try unsafe required(vec, "vec")
        let made = try VectorHandle(trace, state.environment, state.settings)
        try state.restore(made.vector)
        unsafe out.pointee = Handle.make(made)
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_vec_env_restore_memory")
public func spane_vec_env_restore_memory(
    _ vec: OpaquePointer?,
    _ data: UnsafeRawPointer?,
    _ size: Int
) -> spane_status {
    call {
        let vec = try unsafe VectorHandle.of(vec)
        let state = try unsafe SavedVector(data, size, vec.trace, threads: vec.settings.vector.threads)
        return try vec.gate.exclusive {
            guard state.environment == vec.environmentSettings, state.settings.isLike(vec.settings) else {
                throw Failure(SPANE_SHAPE_MISMATCH, "data: the state was saved with other options than those of vec")
            }
            try state.restore(vec.vector)
            return SPANE_OK
        }
    }
}

/// A saved state that belongs to a trace.
private struct SavedVector {
    let environment: EnvironmentSettings
    let settings: VectorSettings
    private let list: [Int]
    private let slots: [VectorImage.Slot]

    init(_ data: UnsafeRawPointer?, _ size: Int, _ trace: TraceHandle, threads: Int) throws {
        let contents = try unsafe VectorImage.read(bytes(data, size), name: "data")
        environment = try EnvironmentSettings(contents.header, on: trace)
        try Memory.check(bytes: contents.slots.count * 512, for: "\(contents.slots.count) environments")
        do {
            let options = try spane_vec_env_options(words: contents.options, threads: threads)
            settings = try VectorSettings(options, on: trace.trace)
            for (index, start) in contents.starts.enumerated() {
                try settings.check(Int64(start), index, "starts")
            }
        } catch {
            throw Failure(SPANE_FORMAT, "data: \(error.message)")
        }
        guard contents.slots.count == settings.count else {
            throw Failure(
                SPANE_FORMAT,
                "data: has \(contents.slots.count) environments and says that it has \(settings.count)"
            )
        }
        list = contents.starts
        slots = contents.slots
    }

    /// Puts all environments into the state, or none.
    func restore(_ vector: VectorEnvironment<VectorBuffers>) throws(Failure) {
        for (index, slot) in slots.enumerated() {
            do {
                try vector.withSlot(index) { env throws(SchedulingError) in try env.environment.check(slot.snapshot) }
            } catch {
                throw Failure(state: error, of: "data: environment \(index)")
            }
        }
        for (index, slot) in slots.enumerated() {
            do {
                try vector.withSlot(index) { env throws(SchedulingError) in try env.environment.restore(slot.snapshot) }
            } catch {
                // It was looked at above, so this is no fault of the data; memory may have run out since.
                let status = error.code == .outOfMemory ? SPANE_OUT_OF_MEMORY : SPANE_INTERNAL
                throw Failure(status, "data: environment \(index): \(error)")
            }
            vector.withSlot(index) { $0.generator = slot.generator }
        }
        vector.take(list, positions: slots.map(\.position))
    }
}

extension VectorHandle {
    /// Refuses to save what there is no memory for.
    fileprivate func checkMemoryToSave() throws(OutOfMemory) {
        let running = (0..<settings.count).reduce(0) { $0 + vector.withSlot($1) { $0.environment.runningCount } }
        // The words of each, and the bytes while they double; the list of starts is among them.
        let bytes = settings.count * 1024 + running * 192 + vector.list.count * 32
        try Memory.check(bytes: bytes, for: "the state of \(settings.count) environments")
    }

    /// All that a state has to say.
    fileprivate var contents: VectorImage.Contents {
        VectorImage.Contents(
            header: environmentSettings.header(on: trace),
            options: settings.options.words,
            starts: vector.list,
            slots: (0..<settings.count).map { index in
                vector.withSlot(index) { slot in
                    VectorImage.Slot(
                        generator: slot.generator,
                        position: slot.position,
                        snapshot: slot.environment.snapshot
                    )
                }
            }
        )
    }
}

extension VectorSettings {
    /// Whether a state of environments with these settings is one of environments with the others.
    fileprivate func isLike(_ other: VectorSettings) -> Bool {
        vector.count == other.vector.count && vector.autoreset == other.vector.autoreset
            && vector.starts == other.vector.starts && vector.end == other.vector.end
    }
}

extension spane_vec_env_options {
    /// What a state keeps of the options: all but the threads.
    fileprivate var words: [Int] {
        [
            Int(count), Int(autoreset), Int(Int64(bitPattern: seed)), Int(start_low), Int(start_high), Int(end_kind),
            Int(end_count),
        ]
    }

    fileprivate init(words: [Int], threads: Int) throws(Failure) {
        self = .defaults
        guard words.count == self.words.count, let count = Int32(exactly: words[0]),
            let autoreset = Int32(exactly: words[1]), let kind = Int32(exactly: words[5])
        else { throw Failure(SPANE_FORMAT, "the options are \(words)") }
        self.count = count
        self.threads = Int32(truncatingIfNeeded: threads)
        self.autoreset = autoreset
        seed = UInt64(bitPattern: Int64(words[2]))
        start_low = Int64(words[3])
        start_high = Int64(words[4])
        end_kind = kind
        end_count = Int64(words[6])
    }
}
