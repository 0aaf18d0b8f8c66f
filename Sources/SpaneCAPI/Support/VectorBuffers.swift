internal import CSpaneHeader
internal import SpaneEvaluation
internal import SpaneScheduling

/// The caller's arrays of a vector environment, and the rows in them.
@safe
struct VectorBuffers: VectorOutput, @unchecked Sendable {
    private let arrays: spane_vec_env_buffers
    private let observationCount: Int
    private let maskCount: Int
    private let unit: Resources

    /// - Throws: `SPANE_NULL_POINTER` for an array that must be there.
    init(_ arrays: spane_vec_env_buffers, _ settings: EnvironmentSettings) throws(Failure) {
        _ = try unsafe required(arrays.observation, "buffers->observation")
        _ = try unsafe required(arrays.mask, "buffers->mask")
        _ = try unsafe required(arrays.reward, "buffers->reward")
        _ = try unsafe required(arrays.terminated, "buffers->terminated")
        _ = try unsafe required(arrays.truncated, "buffers->truncated")
        unsafe self.arrays = arrays
        maskCount = settings.fleet.actionCount
        observationCount = settings.fleet.observationCount
        unit = settings.unit
    }

    /// Writes what environment `row` shows.
    func show(_ environment: borrowing Environment, row: Int) {
        unsafe write(environment, row, arrays.observation, arrays.mask)
    }

    /// Writes what environment `row` shows at the end of its episode.
    func showEnd(_ environment: borrowing Environment, row: Int) {
        unsafe write(environment, row, arrays.final_observation, arrays.final_mask)
    }

    /// Writes what a step did, before the environment is reset; `nil` for a reset.
    func report(_ step: Environment.Step?, _ environment: borrowing Environment, row: Int) {
        unsafe arrays.reward[row] = step?.reward ?? 0
        unsafe arrays.terminated[row] = environment.isTerminated ? 1 : 0
        unsafe arrays.truncated[row] = environment.isTruncated ? 1 : 0
        unsafe arrays.wait?[row] = step?.wait ?? 0
        unsafe arrays.total_wait?[row] = environment.totalWait
        unsafe arrays.placed?[row] = Int64(environment.placedCount)
        unsafe arrays.start?[row] = Int64(environment.start)
        unsafe arrays.moves?[row] = Int64(environment.moved.moves)
        unsafe arrays.moved?[row] = environment.moved.mem
        unsafe arrays.moved_local?[row] = environment.moved.localMem
    }

    private func write(
        _ environment: borrowing Environment,
        _ row: Int,
        _ observations: UnsafeMutablePointer<Float>?,
        _ masks: UnsafeMutablePointer<UInt8>?
    ) {
        if let observations = unsafe observations {
            var span = unsafe MutableSpan(
                _unsafeStart: observations + row * observationCount,
                count: observationCount
            )
            environment.writeObservation(into: &span, in: unit)
        }
        if let masks = unsafe masks {
            var span = unsafe MutableSpan(_unsafeStart: masks + row * maskCount, count: maskCount)
            environment.cluster.writeAvailability(of: environment.request, into: &span)
        }
    }
}
