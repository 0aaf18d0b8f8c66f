internal import CSpaneHeader
internal import SpaneSystem

/// What a `spane_vec_env` stands for: environments, and threads that step them.
final class VectorHandle: HandleObject, @unchecked Sendable {
    static let tag: UInt64 = 0x5350_414E_4556_6563
    static var name: StaticString { "spane_vec_env" }

    let gate = Gate("vector environment")
    let vector: VectorEnvironment
    private let pool: WorkerPool

    init(_ vector: VectorEnvironment) {
        self.vector = vector
        // The threads hold the environments and not this object, which ends them.
        let threads = Memory.affordableThreads(min(vector.settings.threads, vector.settings.count), bytesOfEach: 0)
        pool = WorkerPool(threads: threads - 1) { vector.work() }
    }

    static func of(_ handle: OpaquePointer?) throws(Failure) -> VectorHandle {
        try unsafe Handle.object(handle, VectorHandle.self, "vec")
    }

    /// Does to every environment what was prepared.
    func run(_ task: VectorEnvironment.Task) throws(Failure) {
        unsafe vector.begin(task)
        pool.run()
        try vector.finish()
    }
}
